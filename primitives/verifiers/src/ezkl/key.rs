//! Verification keys of EZKL: the artefact that `create_evm_vka` writes, decoded once.

use super::{
	domain::{Domain, Lagrange},
	header::{constants, Counts, Header},
	interpolation::{KeyPoints, Openings},
	opening,
	opening::PointSet,
	program::{Program, Values},
	proof::words_of,
	query::are_complete,
	quotient::Constraints,
	section,
	transcript::Challenges,
	words::{Words, HEADER},
	Fault, Field, KeyError, Part, PointName, Shape, Srs,
};
use crate::{cost::count, point::g1_from_wire, Engine, PointFault, Pure, Scalar};
use alloc::vec::Vec;
use ark_bn254::G1Affine;
use blake2::{digest::consts::U32, Blake2b, Digest};

/// A verification key as a typed program, for one structured reference string.
///
/// The artefact is an image of the memory of an EVM contract: a count of words as eight
/// little-endian bytes, then big-endian words. Every pointer in it is resolved and checked when it
/// is read, so a key that was read can be run without looking anywhere but in its own lists.
#[derive(Clone, PartialEq, Debug)]
pub struct VerifyingKey<E: Engine = Pure> {
	pub(super) srs: Srs<E>,
	pub(super) id: [u8; 32],
	pub(super) digest: Scalar,
	pub(super) counts: Counts,
	pub(super) domain: Domain,
	pub(super) constants: Vec<Scalar>,
	pub(super) program: Program,
	pub(super) sets: Vec<PointSet>,
	pub(super) places: KeyPoints,
	/// The commitments of the key that are not the identity, and \[1\]₁.
	pub(super) points: Vec<G1Affine>,
	pub(super) words: usize,
}

impl<E: Engine> VerifyingKey<E> {
	/// Decodes the artefact of a circuit that was set up with the reference string `srs`.
	///
	/// Refused are: another length than the artefact says; another reference string; what is not
	/// supported, by name; sizes beyond the limits; scalars and points that are not canonical or
	/// off the curve (a fixed column may have the identity as its commitment, where it is empty);
	/// fields that can be computed and are something else; pointers to anything but what may
	/// stand there; and openings that are not exactly those that halo2 makes of the columns.
	///
	/// Not looked at are the contents of the rescaling section, which no verdict depends on, and
	/// of the size of the scratch memory only that it is large enough: artefacts that differ in
	/// nothing else have different ids but the same proofs.
	pub fn from_bytes(bytes: &[u8], srs: &Srs<E>) -> Result<Self, KeyError> {
		let words = Words::read(bytes)?;
		let header = Header::read(&words, srs)?;
		let Header { digest, counts, domain, places, .. } = header;

		let chunks = section::chunks(&header, &words)?;
		let columns = chunks.iter().map(|chunk| chunk.columns.len()).fold(0, usize::saturating_add);
		// Constants fill what is left between the commitments and the gates.
		let commitments = counts.fixed.saturating_add(columns).saturating_mul(2);
		let constants_at = commitments.saturating_add(HEADER);
		if constants_at > places.gates {
			return Err(KeyError::Disagrees { field: Field::Section(Part::Gates) });
		}
		let program = section::program(&header, &words, constants_at, chunks)?;
		let openings = words.section(Part::Openings, places.openings, places.rescaling);
		let sets = opening::Reader::new(&header, columns).sets(openings)?;
		if !are_complete(&header, columns, &sets) {
			let (part, word) = (Part::Openings, places.openings);
			return Err(KeyError::Malformed { part, word, fault: Fault::Disagrees });
		}
		rescaling(&words, places.rescaling)?;

		let constants = constants(words.between(constants_at, places.gates))?;
		let commitments = words.between(HEADER, constants_at).as_flattened().as_chunks::<64>().0;
		let (points, places) = points(commitments, counts.fixed, srs.g1)?;
		let id = Blake2b::<U32>::digest(bytes).into();
		let (srs, words) = (srs.clone(), words.len());
		Ok(Self {
			srs,
			id,
			digest,
			counts,
			domain,
			constants,
			program,
			sets,
			places,
			points,
			words,
		})
	}

	/// How many public inputs it takes.
	pub fn inputs(&self) -> usize {
		self.counts.inputs
	}

	/// How many bytes its proofs have.
	pub fn proof_bytes(&self) -> usize {
		words_of(&self.counts).saturating_mul(32)
	}

	/// BLAKE2b-256 of the artefact, all of it.
	///
	/// The digest inside the artefact can't be recomputed and says nothing about its program, so
	/// only this names a key.
	pub fn id(&self) -> [u8; 32] {
		self.id
	}

	/// The reference string it was made for.
	pub fn srs(&self) -> &Srs<E> {
		&self.srs
	}

	/// What the cost of checking a proof follows from.
	pub fn shape(&self) -> Shape {
		let counts = &self.counts;
		Shape {
			inputs: count(counts.inputs),
			commitments: count(counts.commitments()),
			evaluations: count(counts.evaluations),
			points: count(self.points.len()),
			operations: count(self.operations()),
			words: count(self.words),
		}
	}

	/// The constraints, over the values of a proof.
	pub(super) fn constraints<'a>(
		&'a self,
		evaluations: &'a [Scalar],
		challenges: &'a Challenges,
		lagrange: &'a Lagrange,
	) -> Constraints<'a> {
		let constants = &self.constants;
		Constraints {
			program: &self.program,
			counts: &self.counts,
			values: Values { constants, evaluations, instance: lagrange.instance },
			challenges,
			lagrange,
		}
	}

	/// The openings, over the values of a proof and of the quotient.
	pub(super) fn openings<'a>(
		&'a self,
		evaluations: &'a [Scalar],
		quotient: Scalar,
		challenges: &'a Challenges,
		lagrange: &'a Lagrange,
	) -> Openings<'a> {
		Openings {
			sets: &self.sets,
			counts: &self.counts,
			domain: &self.domain,
			points: &self.places,
			evaluations,
			quotient,
			challenges,
			lagrange,
		}
	}

	/// Multiplications in the scalar field for one proof, each operation of the program counted as
	/// one and each inversion as 400.
	fn operations(&self) -> usize {
		let Counts { inputs, evaluations, lookups, chunks, .. } = self.counts;
		let gates = self.program.gates.len();
		let terms = gates.saturating_add(chunks.saturating_mul(2)).saturating_add(1);
		let rows = inputs.saturating_add(self.domain.blinding);
		let rotations =
			self.sets.iter().map(|set| set.rotations.len()).fold(0, usize::saturating_add);
		let polynomials = self.sets.iter().map(|set| set.polynomials.len());
		let looked_up = self.program.lookups.iter().map(|lookup| lookup.inputs.len());
		let sums = self.points.len().saturating_add(self.counts.commitments()).saturating_add(2);
		[
			(self.program.operations(), 1),
			(terms, 2),
			(self.program.columns(), 4),
			(lookups, 12),
			(looked_up.fold(0, usize::saturating_add), 3),
			(rows, 8),
			(evaluations, 4),
			(polynomials.fold(0, usize::saturating_add), 4),
			// Each point of a set meets each other point of all sets, of which there are at most 29.
			(rotations, 48),
			(sums, 2),
			(2, 400),
		]
		.into_iter()
		.fold(self.domain.k, |sum, (count, each)| sum.saturating_add(count.saturating_mul(each)))
	}
}

/// The commitments that are not the identity, with \[1\]₁ after them, and where they went.
fn points(
	commitments: &[[u8; 64]],
	fixed: usize,
	g1: G1Affine,
) -> Result<(Vec<G1Affine>, KeyPoints), KeyError> {
	let mut points = Vec::with_capacity(commitments.len().saturating_add(1));
	let mut places = KeyPoints { fixed: Vec::new(), permutation: Vec::new(), count: 0 };
	for (index, bytes) in commitments.iter().enumerate() {
		let column = index.checked_sub(fixed);
		let decoded = match (g1_from_wire(bytes), column) {
			// The column is empty.
			(Err(PointFault::Identity), None) => None,
			(decoded, None) => Some((decoded, PointName::Fixed(index))),
			(decoded, Some(column)) => Some((decoded, PointName::Permutation(column))),
		};
		let place = match decoded {
			None => None,
			Some((decoded, point)) => {
				points.push(decoded.map_err(|fault| KeyError::Point { point, fault })?);
				points.len().checked_sub(1)
			},
		};
		match column {
			None => places.fixed.push(place),
			Some(_) => places.permutation.push(place),
		}
	}
	points.push(g1);
	places.count = points.len();
	Ok((points, places))
}

/// The last section has as many words as its first byte says.
fn rescaling(words: &Words, first: usize) -> Result<(), KeyError> {
	let mut section = words.section(Part::Rescaling, first, words.len());
	// What is in them is of no concern here.
	let count = section.word()?.byte()?;
	for _ in 1..count {
		section.word()?;
	}
	(count > 0).then_some(()).ok_or(section.fault(Fault::Count))?;
	section.finish()
}
