//! What is wrong with a key, a proof or a reference string of EZKL.

use super::{KeyFault, PointFault, ProofFault};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::PalletError;
use opg_verifiers::{
	ezkl::{Fault, Feature, Field, KeyError, Part, PointName, ProofError, Rejection, SrsError},
	InputError,
};
use scale_info::TypeInfo;

/// What a circuit may use elsewhere, but not here.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	PalletError,
)]
pub enum CircuitFeature {
	/// An accumulator of other proofs in the public inputs.
	Accumulator,
	/// Challenges of the circuit's own, as dynamic lookups and shuffles have them.
	Challenges,
	/// Lookups by the permuted argument of halo2.
	PermutedLookups,
	/// More values to look up at once than a word holds.
	WideLookups,
	/// More sets of rotations than are read.
	ManySets,
}

/// A field of the header of a key.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	PalletError,
)]
pub enum KeyField {
	/// The digest that the transcript begins with.
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
	Section,
	/// The number of rows that are kept for blinding, and one.
	Blinding,
	/// The number of fixed columns.
	FixedColumns,
	/// A constant.
	Constant,
}

/// What is wrong with a field of the header.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	PalletError,
)]
pub enum HeaderFault {
	/// It is not below the group order.
	NotCanonical,
	/// It is out of bounds.
	OutOfBounds,
	/// It is not what it can be computed to be.
	Disagrees,
}

/// A part of a key after its header.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	PalletError,
)]
pub enum KeyPart {
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
	/// How public inputs are scaled.
	Rescaling,
}

/// What is wrong with a word of a part.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	PalletError,
)]
pub enum WordFault {
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

/// What is wrong with a structured reference string.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	PalletError,
)]
pub enum StringFault {
	/// \[1\]₁ is not sound.
	G1(PointFault),
	/// \[1\]₂ is not sound.
	G2(PointFault),
	/// −\[s\]₂ is not sound.
	NegSG2(PointFault),
	/// Its secret is 1 or −1, so that anyone can forge.
	KnownSecret,
}

impl From<Feature> for CircuitFeature {
	fn from(feature: Feature) -> Self {
		match feature {
			Feature::Accumulator => Self::Accumulator,
			Feature::Challenges => Self::Challenges,
			Feature::PermutedLookups => Self::PermutedLookups,
			Feature::WideLookups => Self::WideLookups,
			Feature::ManySets => Self::ManySets,
		}
	}
}

impl From<Field> for KeyField {
	fn from(field: Field) -> Self {
		match field {
			Field::Digest => Self::Digest,
			Field::Scratch => Self::Scratch,
			Field::Inputs => Self::Inputs,
			Field::Evaluations => Self::Evaluations,
			Field::K => Self::K,
			Field::SizeInverse => Self::SizeInverse,
			Field::Omega => Self::Omega,
			Field::OmegaInverse => Self::OmegaInverse,
			Field::OmegaToLast => Self::OmegaToLast,
			Field::LastPiece => Self::LastPiece,
			Field::FirstPiece => Self::FirstPiece,
			Field::Section(_) => Self::Section,
			Field::Blinding => Self::Blinding,
			Field::FixedColumns => Self::FixedColumns,
			Field::Constant(_) => Self::Constant,
		}
	}
}

impl From<Part> for KeyPart {
	fn from(part: Part) -> Self {
		match part {
			Part::Rounds => Self::Rounds,
			Part::Gates => Self::Gates,
			Part::Permutation => Self::Permutation,
			Part::Lookups => Self::Lookups,
			Part::Openings => Self::Openings,
			Part::Rescaling => Self::Rescaling,
		}
	}
}

impl From<Fault> for WordFault {
	fn from(fault: Fault) -> Self {
		match fault {
			Fault::Ends => Self::Ends,
			Fault::Leftover => Self::Leftover,
			Fault::Unknown => Self::Unknown,
			Fault::Pointer => Self::Pointer,
			Fault::Count => Self::Count,
			Fault::Disagrees => Self::Disagrees,
		}
	}
}

impl From<KeyError> for KeyFault {
	fn from(error: KeyError) -> Self {
		match error {
			KeyError::Length { .. } | KeyError::TooLong { .. } => Self::Length,
			KeyError::ForeignSrs => Self::ForeignString,
			KeyError::Unsupported(feature) => Self::Unsupported(feature.into()),
			KeyError::NotCanonical { field } => {
				Self::Header(field.into(), HeaderFault::NotCanonical)
			},
			KeyError::OutOfBounds { field, .. } => {
				Self::Header(field.into(), HeaderFault::OutOfBounds)
			},
			KeyError::Disagrees { field } => Self::Header(field.into(), HeaderFault::Disagrees),
			KeyError::Point { point: PointName::Permutation(_), fault } => {
				Self::PermutationColumn(fault.into())
			},
			KeyError::Point { fault, .. } => Self::FixedColumn(fault.into()),
			KeyError::Malformed { part, fault, .. } => Self::Malformed(part.into(), fault.into()),
		}
	}
}

impl From<Rejection> for ProofFault {
	fn from(rejection: Rejection) -> Self {
		match rejection {
			Rejection::Input(InputError::TooLarge { .. }) => Self::InputTooLarge,
			Rejection::Input(_) => Self::InputCount,
			Rejection::Proof(ProofError::Bytes { .. } | ProofError::Length { .. }) => Self::Length,
			Rejection::Proof(ProofError::Point { point: PointName::Commitment(_), fault }) => {
				Self::Commitment(fault.into())
			},
			Rejection::Proof(ProofError::Point { fault, .. }) => Self::Opening(fault.into()),
			Rejection::Proof(ProofError::Evaluation { .. }) => Self::EvaluationTooLarge,
			Rejection::Unproven => Self::Unproven,
		}
	}
}

impl From<SrsError> for StringFault {
	fn from(error: SrsError) -> Self {
		match error {
			SrsError::Point { point: PointName::G1, fault } => Self::G1(fault.into()),
			SrsError::Point { point: PointName::G2, fault } => Self::G2(fault.into()),
			SrsError::Point { fault, .. } => Self::NegSG2(fault.into()),
			SrsError::KnownSecret => Self::KnownSecret,
		}
	}
}
