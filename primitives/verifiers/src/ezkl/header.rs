//! The header of a key's artefact: sizes, the domain, and where everything is.

use super::{
	domain::{Domain, TWO_ADICITY},
	words::{Words, HEADER},
	Fault, Feature, Field, KeyError, Part, Srs, MAX_COMMITMENTS, MAX_EVALUATIONS,
};
use crate::{
	point::{from_word, to_word},
	Engine, Scalar, MAX_INPUTS,
};

/// Most pieces of a quotient: the degree of the constraints, less one.
const MAX_PIECES: usize = 16;
/// Most rows kept for blinding, and one; as many rotations backwards as a word has room for.
const MAX_BLINDING: usize = 14;
/// Where an EVM contract would find the first byte of a proof.
const PROOF_ADDRESS: usize = 0x84;
/// Where it would have the first word of the key.
const KEY_ADDRESS: usize = 0xa0;
/// Between the end of the circuit's challenges and the value of the public inputs.
const INSTANCE_OFFSET: usize = 0x220;

/// How many there are of each thing that a proof or key is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Counts {
	/// Public inputs.
	pub(super) inputs: usize,
	/// Evaluations in a proof.
	pub(super) evaluations: usize,
	/// Commitments to advice columns.
	pub(super) advice: usize,
	/// Lookup arguments.
	pub(super) lookups: usize,
	/// Products of the permutation.
	pub(super) chunks: usize,
	/// Pieces of the quotient.
	pub(super) pieces: usize,
	/// Fixed columns.
	pub(super) fixed: usize,
}

impl Counts {
	/// Commitments before the pieces of the quotient: advice columns, lookup multiplicities,
	/// permutation products, lookup sums and the random polynomial.
	pub(super) fn before_pieces(&self) -> usize {
		let lookups = self.lookups.saturating_mul(2);
		self.advice.saturating_add(lookups).saturating_add(self.chunks).saturating_add(1)
	}

	/// All commitments of a proof but W and W′.
	pub(super) fn commitments(&self) -> usize {
		self.before_pieces().saturating_add(self.pieces)
	}

	/// The commitment to the multiplicities of a lookup.
	pub(super) fn multiplicities(&self, lookup: usize) -> usize {
		self.advice.saturating_add(lookup)
	}

	/// The commitment to a product of the permutation.
	pub(super) fn product(&self, chunk: usize) -> usize {
		self.multiplicities(self.lookups).saturating_add(chunk)
	}

	/// The commitment to the sums of a lookup.
	pub(super) fn sums(&self, lookup: usize) -> usize {
		self.product(self.chunks).saturating_add(lookup)
	}

	/// The commitment to the random polynomial.
	pub(super) fn random(&self) -> usize {
		self.sums(self.lookups)
	}

	/// The first of the three evaluations of a lookup.
	pub(super) fn lookup_evaluation(&self, lookup: usize) -> Option<usize> {
		let after = self.lookups.checked_sub(lookup)?.saturating_mul(3);
		self.evaluations.checked_sub(after)
	}

	/// The first of the three evaluations of a product, the last of which has two.
	pub(super) fn product_evaluation(&self, chunk: usize) -> Option<usize> {
		let after = self.chunks.checked_sub(chunk)?.saturating_mul(3).checked_sub(1)?;
		self.lookup_evaluation(0)?.checked_sub(after)
	}
}

/// Where the parts of the artefact begin, as indices of words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Places {
	pub(super) gates: usize,
	pub(super) permutation: usize,
	pub(super) lookups: usize,
	pub(super) openings: usize,
	pub(super) rescaling: usize,
}

/// What an EVM contract would have in its memory and call data, for the pointers of the artefact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Memory {
	/// After the key.
	pub(super) end: usize,
	/// The bytes after that for intermediate values.
	pub(super) scratch: usize,
	/// The first evaluation of the proof.
	pub(super) evaluations: usize,
	/// The value of the public inputs.
	pub(super) instance: usize,
}

impl Memory {
	/// Where a word of the key is.
	pub(super) fn of_word(index: usize) -> usize {
		KEY_ADDRESS.saturating_add(index.saturating_mul(32))
	}

	/// Where a commitment of the proof is.
	pub(super) fn of_commitment(index: usize) -> usize {
		PROOF_ADDRESS.saturating_add(index.saturating_mul(64))
	}

	/// Where an evaluation of the proof is, or what follows them.
	pub(super) fn of_evaluation(&self, index: usize) -> usize {
		self.evaluations.saturating_add(index.saturating_mul(32))
	}
}

/// The header, all of it checked.
pub(super) struct Header {
	pub(super) digest: Scalar,
	pub(super) counts: Counts,
	pub(super) domain: Domain,
	pub(super) places: Places,
	pub(super) memory: Memory,
}

impl Header {
	pub(super) fn read<E: Engine>(words: &Words, srs: &Srs<E>) -> Result<Self, KeyError> {
		let unsupported = |index, feature| match words.number(index) {
			Some(0) => Ok(()),
			_ => Err(KeyError::Unsupported(feature)),
		};
		unsupported(10, Feature::Accumulator)?;
		srs.check(words.between(14, 24))?;
		unsupported(4, Feature::Challenges)?;
		for index in [11, 12, 13] {
			unsupported(index, Feature::Accumulator)?;
		}
		let digest = words.scalar(0).ok_or(KeyError::NotCanonical { field: Field::Digest })?;
		let number = |index, field, least, most| match words.number(index) {
			Some(value) if (least..=most).contains(&value) => Ok(value),
			_ => Err(KeyError::OutOfBounds { field, least, most }),
		};
		let fixed = number(32, Field::FixedColumns, 0, words.len().saturating_sub(HEADER) / 2)?;
		let counts = Counts {
			inputs: number(2, Field::Inputs, 1, MAX_INPUTS)?,
			evaluations: number(3, Field::Evaluations, 1, MAX_EVALUATIONS)?,
			..rounds(words, fixed)?
		};
		let (memory, domain) = (memory(words, &counts)?, domain(words, &counts)?);
		let last_piece = counts.commitments().saturating_sub(1);
		let pointers = [
			(24, Field::LastPiece, Memory::of_commitment(last_piece)),
			(25, Field::FirstPiece, Memory::of_commitment(counts.before_pieces())),
		];
		for (index, field, known) in pointers {
			let same = words.number(index) == Some(known);
			same.then_some(()).ok_or(KeyError::Disagrees { field })?;
		}
		Ok(Self { digest, counts, domain, places: places(words, fixed)?, memory })
	}
}

/// The counts that the rounds of the proof give: commitments, and then challenges.
fn rounds(words: &Words, fixed: usize) -> Result<Counts, KeyError> {
	let mut section = words.section(Part::Rounds, HEADER.saturating_sub(1), HEADER);
	let mut word = section.list()?;
	let mut round = || {
		let (bytes, challenges) = (word.short()?, word.byte()?);
		match (bytes % 64, bytes / 64) {
			(0, commitments) if commitments > 0 => Ok((commitments, challenges)),
			_ => Err(word.fault(Fault::Count)),
		}
	};
	let (advice, challenges) = round()?;
	// θ is drawn before β and γ only where there are lookups to fold.
	let lookups = match challenges {
		1 => round().map(|(lookups, challenges)| (challenges == 2).then_some(lookups))?,
		3 => Some(0),
		_ => None,
	};
	let ((products, y), (pieces, x)) = (round()?, round()?);
	word.finish()?;
	let count = word.fault(Fault::Count);
	let (Some(lookups), 1, 1) = (lookups, y, x) else { return Err(count) };
	let chunks = products.checked_sub(lookups.saturating_add(1)).filter(|chunks| *chunks > 0);
	let chunks = chunks.ok_or(count.clone())?;
	let counts = Counts { inputs: 0, evaluations: 0, advice, lookups, chunks, pieces, fixed };
	let bounded = counts.commitments() <= MAX_COMMITMENTS && (2..=MAX_PIECES).contains(&pieces);
	bounded.then_some(counts).ok_or(count)
}

fn memory(words: &Words, counts: &Counts) -> Result<Memory, KeyError> {
	let end = Memory::of_word(words.len());
	// Pointers have two bytes, so what is further off can't be named.
	let most = usize::from(u16::MAX).saturating_sub(end.saturating_add(INSTANCE_OFFSET));
	let out_of_bounds = KeyError::OutOfBounds { field: Field::Scratch, least: 0, most };
	let scratch = words.number(1).filter(|scratch| scratch % 32 == 0 && *scratch <= most);
	let scratch = scratch.ok_or(out_of_bounds)?;
	Ok(Memory {
		end,
		scratch,
		evaluations: Memory::of_commitment(counts.commitments()),
		instance: end.saturating_add(scratch).saturating_add(INSTANCE_OFFSET),
	})
}

fn domain(words: &Words, counts: &Counts) -> Result<Domain, KeyError> {
	let out_of_bounds = |field, least, most| KeyError::OutOfBounds { field, least, most };
	let blinding = words.number(31).filter(|rows| (2..=MAX_BLINDING).contains(rows));
	let blinding = blinding.ok_or(out_of_bounds(Field::Blinding, 2, MAX_BLINDING))?;
	let taken = counts.inputs.saturating_add(blinding);
	let rows = |k: usize| u32::try_from(k).ok().and_then(|k| 1usize.checked_shl(k));
	let roomy =
		|k: &usize| (1..=TWO_ADICITY).contains(k) && rows(*k).is_some_and(|rows| taken <= rows);
	let k = words.number(5).filter(roomy).ok_or(out_of_bounds(Field::K, 1, TWO_ADICITY))?;
	let domain = Domain::new(k, blinding).ok_or(KeyError::Disagrees { field: Field::Omega })?;
	let known = [
		(6, Field::SizeInverse, domain.size_inverse),
		(7, Field::Omega, domain.omega),
		(8, Field::OmegaInverse, domain.omega_inverse),
		(9, Field::OmegaToLast, domain.power(domain.last_rotation())),
	];
	for (index, field, known) in known {
		let same = words.get(index) == Some(&to_word(&known));
		same.then_some(()).ok_or(KeyError::Disagrees { field })?;
	}
	Ok(domain)
}

/// Where the parts begin: one after the other, and after the fixed columns.
fn places(words: &Words, fixed: usize) -> Result<Places, KeyError> {
	let mut before = HEADER.saturating_add(fixed.saturating_mul(2));
	let mut place = |index, part, first: usize| {
		let pointer = words.number(index).and_then(|pointer| pointer.checked_sub(first));
		let word = pointer.filter(|bytes| bytes % 32 == 0).map(|bytes| bytes / 32);
		let word = word.filter(|word| (before..words.len()).contains(word));
		let word = word.ok_or(KeyError::Disagrees { field: Field::Section(part) })?;
		before = word.saturating_add(1);
		Ok(word)
	};
	Ok(Places {
		gates: place(26, Part::Gates, KEY_ADDRESS)?,
		permutation: place(27, Part::Permutation, KEY_ADDRESS)?,
		lookups: place(28, Part::Lookups, KEY_ADDRESS)?,
		openings: place(29, Part::Openings, KEY_ADDRESS)?,
		rescaling: place(30, Part::Rescaling, 32)?,
	})
}

/// The constants, which fill the words before the gates.
pub(super) fn constants(words: &[[u8; 32]]) -> Result<alloc::vec::Vec<Scalar>, KeyError> {
	let decoded = words.iter().enumerate();
	let not_canonical = |index| KeyError::NotCanonical { field: Field::Constant(index) };
	decoded.map(|(index, word)| from_word(word).ok_or_else(|| not_canonical(index))).collect()
}
