//! Why a structured reference string, a key artefact or a proof of EZKL is refused.

use crate::{InputError, PointFault};
use core::fmt;

/// A point of a structured reference string, a key or a proof.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PointName {
	/// \[1\]₁ of the reference string.
	G1,
	/// \[1\]₂ of the reference string.
	G2,
	/// −\[s\]₂ of the reference string.
	NegSG2,
	/// The key's commitment to a fixed column, from 0.
	Fixed(usize),
	/// The key's commitment to a column of the permutation, from 0.
	Permutation(usize),
	/// A commitment of the proof, from 0.
	Commitment(usize),
	/// The proof's W.
	W,
	/// The proof's W′.
	WPrime,
}

impl fmt::Display for PointName {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::G1 => f.write_str("[1]₁"),
			Self::G2 => f.write_str("[1]₂"),
			Self::NegSG2 => f.write_str("−[s]₂"),
			Self::Fixed(index) => write!(f, "commitment to fixed column {index}"),
			Self::Permutation(index) => write!(f, "commitment to permutation column {index}"),
			Self::Commitment(index) => write!(f, "commitment {index}"),
			Self::W => f.write_str("W"),
			Self::WPrime => f.write_str("W′"),
		}
	}
}

/// Why a structured reference string may not be pinned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SrsError {
	/// A point is not sound.
	Point {
		/// Which point.
		point: PointName,
		/// What is wrong with it.
		fault: PointFault,
	},
	/// Its secret s is 1 or −1, so that anyone can forge.
	KnownSecret,
}

impl fmt::Display for SrsError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Point { point, fault } => write!(f, "the reference string's {point} {fault}"),
			Self::KnownSecret => {
				f.write_str("the reference string's secret is 1 or −1, so proofs can be forged")
			},
		}
	}
}

impl core::error::Error for SrsError {}

/// A field of the key's header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
	/// The digest of the key that the transcript begins with.
	Digest,
	/// The bytes set aside for intermediate values.
	Scratch,
	/// The number of public inputs.
	Inputs,
	/// The number of evaluations of a proof.
	Evaluations,
	/// The logarithm of the number of rows.
	K,
	/// 1/n.
	SizeInverse,
	/// The root of unity ω.
	Omega,
	/// 1/ω.
	OmegaInverse,
	/// ω to the power of the last usable row.
	OmegaToLast,
	/// Where the last piece of the quotient is.
	LastPiece,
	/// Where the first piece of the quotient is.
	FirstPiece,
	/// Where a section begins.
	Section(Part),
	/// The number of rows that are kept for blinding, and one.
	Blinding,
	/// The number of fixed columns.
	FixedColumns,
	/// A constant, from 0.
	Constant(usize),
}

impl fmt::Display for Field {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Digest => "digest",
			Self::Scratch => "size of scratch memory",
			Self::Inputs => "number of public inputs",
			Self::Evaluations => "number of evaluations",
			Self::K => "k",
			Self::SizeInverse => "1/n",
			Self::Omega => "root of unity",
			Self::OmegaInverse => "inverse of the root of unity",
			Self::OmegaToLast => "root of unity to the power of the last row",
			Self::LastPiece => "place of the last quotient piece",
			Self::FirstPiece => "place of the first quotient piece",
			Self::Section(part) => return write!(f, "place of {part}"),
			Self::Blinding => "number of blinding rows",
			Self::FixedColumns => "number of fixed columns",
			Self::Constant(index) => return write!(f, "constant {index}"),
		})
	}
}

/// A part of the key's artefact after its header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
	/// The rounds of the proof: commitments, then challenges.
	Rounds,
	/// The custom gates.
	Gates,
	/// The permutation argument.
	Permutation,
	/// The lookup arguments.
	Lookups,
	/// What the proof opens, and where.
	Openings,
	/// How public inputs are scaled, which the verdict does not depend on.
	Rescaling,
}

impl fmt::Display for Part {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Rounds => "the rounds",
			Self::Gates => "the gates",
			Self::Permutation => "the permutation",
			Self::Lookups => "the lookups",
			Self::Openings => "the openings",
			Self::Rescaling => "the rescaling",
		})
	}
}

/// What is wrong with a word of a part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
	/// The part ends where more is needed, or a word does.
	Ends,
	/// Something is left where the part or word should have ended.
	Leftover,
	/// An unknown operation or kind of thing.
	Unknown,
	/// A pointer leads to nothing that may be used there.
	Pointer,
	/// A count or size is not one that there can be.
	Count,
	/// It is not what the rest of the key says it is.
	Disagrees,
}

impl fmt::Display for Fault {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Ends => "ends too early",
			Self::Leftover => "goes on where it should end",
			Self::Unknown => "has an operation or kind that is not known",
			Self::Pointer => "points to what may not be used there",
			Self::Count => "has a count or size that cannot be",
			Self::Disagrees => "disagrees with the rest of the key",
		})
	}
}

/// What a circuit may use elsewhere, but not here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Feature {
	/// An accumulator of other proofs in the public inputs.
	Accumulator,
	/// Challenges of the circuit's own, as dynamic lookups and shuffles have them.
	Challenges,
	/// Lookups by the permuted argument of halo2, not by logUp.
	PermutedLookups,
	/// More values to look up at once than a word holds.
	WideLookups,
	/// More sets of rotations than a word holds.
	ManySets,
}

impl fmt::Display for Feature {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Accumulator => "an accumulator of other proofs: prove without aggregation",
			Self::Challenges => {
				"challenges of the circuit's own: avoid operations that EZKL maps to dynamic \
				 lookups or shuffles"
			},
			Self::PermutedLookups => "permuted lookups: make the key with EZKL 23.0.5",
			Self::WideLookups => "lookups of more values than a word holds",
			Self::ManySets => "more sets of rotations than are read",
		})
	}
}

/// Why a key's artefact may not be registered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum KeyError {
	/// Not as many bytes as the count of words in front says.
	Length {
		/// Bytes given.
		got: usize,
		/// Bytes that the count asks for, or the least there can be.
		expected: u64,
	},
	/// More bytes than [`MAX_KEY_BYTES`](super::MAX_KEY_BYTES).
	TooLong {
		/// Bytes given.
		got: usize,
		/// Most bytes allowed.
		limit: usize,
	},
	/// It was made for another structured reference string, whose secret may be known.
	ForeignSrs,
	/// It uses what is not supported.
	Unsupported(Feature),
	/// A field is not below the group order r.
	NotCanonical {
		/// Which field.
		field: Field,
	},
	/// A field is out of bounds.
	OutOfBounds {
		/// Which field.
		field: Field,
		/// The least it may be.
		least: usize,
		/// The most it may be.
		most: usize,
	},
	/// A field is not what it can be computed to be.
	Disagrees {
		/// Which field.
		field: Field,
	},
	/// A point is not sound.
	Point {
		/// Which point.
		point: PointName,
		/// What is wrong with it.
		fault: PointFault,
	},
	/// A part after the header is not as EZKL writes it.
	Malformed {
		/// Which part.
		part: Part,
		/// The word of the artefact, from 0.
		word: usize,
		/// What is wrong with it.
		fault: Fault,
	},
}

impl fmt::Display for KeyError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Length { got, expected } => {
				write!(f, "the key has {got} bytes, but its count of words asks for {expected}")
			},
			Self::TooLong { got, limit } => {
				write!(f, "the key has {got} bytes, but at most {limit} are allowed")
			},
			Self::ForeignSrs => f.write_str(
				"the key was made for another structured reference string than the pinned one: \
				 set the circuit up again with the SRS of this chain",
			),
			Self::Unsupported(feature) => write!(f, "the key uses {feature}"),
			Self::NotCanonical { field } => {
				write!(f, "the key's {field} is not below the group order")
			},
			Self::OutOfBounds { field, least, most } => {
				write!(f, "the key's {field} is not between {least} and {most}")
			},
			Self::Disagrees { field } => {
				write!(f, "the key's {field} is not what the rest of it makes it")
			},
			Self::Point { point, fault } => write!(f, "the key's {point} {fault}"),
			Self::Malformed { part, word, fault } => write!(
				f,
				"word {word} of the key, in {part}, {fault}: make it with `create_evm_vka` of EZKL \
				 23.0.5"
			),
		}
	}
}

impl core::error::Error for KeyError {}

/// Why bytes are not a proof under a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ProofError {
	/// Not whole words of 32 bytes, or more than [`MAX_PROOF_BYTES`](super::MAX_PROOF_BYTES).
	Bytes {
		/// Bytes given.
		got: usize,
		/// Most bytes allowed.
		limit: usize,
	},
	/// Not as many bytes as a proof under this key has.
	Length {
		/// Bytes given.
		got: usize,
		/// Bytes of a proof under the key.
		expected: usize,
	},
	/// A point is not sound.
	Point {
		/// Which point.
		point: PointName,
		/// What is wrong with it.
		fault: PointFault,
	},
	/// An evaluation is not below the group order r.
	Evaluation {
		/// Which evaluation, from 0.
		evaluation: usize,
	},
}

impl fmt::Display for ProofError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Bytes { got, limit } => write!(
				f,
				"the proof has {got} bytes, but one is whole words of 32 and at most {limit} bytes"
			),
			Self::Length { got, expected } => {
				write!(f, "the proof has {got} bytes, but one under this key has {expected}")
			},
			Self::Point { point, fault } => write!(f, "the proof's {point} {fault}"),
			Self::Evaluation { evaluation } => {
				write!(f, "the proof's evaluation {evaluation} is not below the group order")
			},
		}
	}
}

impl core::error::Error for ProofError {}

/// Why a claim is not believed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Rejection {
	/// The public inputs are refused.
	Input(InputError),
	/// The bytes are not a proof.
	Proof(ProofError),
	/// Everything is well-formed, but the proof does not show this statement under this key.
	Unproven,
}

impl fmt::Display for Rejection {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Input(error) => error.fmt(f),
			Self::Proof(error) => error.fmt(f),
			Self::Unproven => f.write_str(
				"the proof does not hold for these public inputs under this key: check that both \
				 are of the model that was proved, with the same settings",
			),
		}
	}
}

impl core::error::Error for Rejection {}

impl From<InputError> for Rejection {
	fn from(error: InputError) -> Self {
		Self::Input(error)
	}
}

impl From<ProofError> for Rejection {
	fn from(error: ProofError) -> Self {
		Self::Proof(error)
	}
}
