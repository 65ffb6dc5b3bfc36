//! What is wrong with a key or with a submitted proof, small enough for a dispatch error to say.

mod ezkl;

pub use ezkl::{CircuitFeature, HeaderFault, KeyField, KeyPart, StringFault, WordFault};

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::PalletError;
use opg_verifiers::{InputError, KeyError, PointName, ProofError, Rejection};
use scale_info::TypeInfo;

/// What is wrong with the encoding of a point.
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
pub enum PointFault {
	/// A coordinate is not below the field's modulus.
	CoordinateTooLarge,
	/// It is not on the curve.
	OffCurve,
	/// It is on the curve but not in the subgroup of order r.
	OutsideSubgroup,
	/// It is the identity.
	Identity,
	/// Its compression flags contradict one another.
	Flags,
}

/// Why a key is refused.
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
pub enum KeyFault {
	/// Not as many bytes as a key for the declared inputs has.
	Length,
	/// No public inputs: its proofs would be about nothing.
	NoInputs,
	/// More public inputs than there may be.
	TooManyInputs,
	/// α is not sound.
	Alpha(PointFault),
	/// β is not sound.
	Beta(PointFault),
	/// γ is not sound.
	Gamma(PointFault),
	/// δ is not sound.
	Delta(PointFault),
	/// The point of the constant (0) or of an input (from 1) is not sound.
	Ic(PointFault),
	/// The point of this input, from 0, is the identity: proofs would hold for any value of it.
	UnboundInput(u16),
	/// δ = ±γ: exported before phase 2 of its ceremony, so that anyone can forge.
	NoPhaseTwo,
	/// β = ±γ or β = ±δ, so that anyone can forge.
	RelatedPoints,
	/// The key takes another number of public inputs than was declared.
	InputCount,
	/// Made for a reference string that is not accepted on this chain: set the circuit up again with one that is.
	ForeignString,
	/// Made for a reference string that is going to be believed, but is not yet.
	StringTooNew,
	/// It uses what is not supported.
	Unsupported(CircuitFeature),
	/// A field of its header is not sound.
	Header(KeyField, HeaderFault),
	/// Its commitment to a fixed column is not sound.
	FixedColumn(PointFault),
	/// Its commitment to a column of the permutation is not sound.
	PermutationColumn(PointFault),
	/// A part after the header is not as EZKL writes it.
	Malformed(KeyPart, WordFault),
}

/// Why a proof is refused.
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
pub enum ProofFault {
	/// No such key is registered.
	KeyUnknown,
	/// Not as many public inputs as the key takes.
	InputCount,
	/// A public input is not below the group order: reduce it.
	InputTooLarge,
	/// Not as many bytes as a proof has.
	Length,
	/// A proof with gnark's commitments, or in gnark's own file format.
	Commitments,
	/// A is not sound.
	A(PointFault),
	/// B is not sound.
	B(PointFault),
	/// C is not sound.
	C(PointFault),
	/// The last block in which it may be verified has passed.
	ContextExpired,
	/// The last block in which it may be verified is further off than statements are kept.
	ContextTooLong,
	/// This statement was verified for this account and reference already, or stands twice in the batch.
	Duplicate,
	/// Everything is well-formed, but the proof does not show these inputs under this key.
	Unproven,
	/// A commitment is not sound.
	Commitment(PointFault),
	/// One of the last two points, which open the commitments, is not sound.
	Opening(PointFault),
	/// An evaluation is not below the group order.
	EvaluationTooLarge,
	/// The key was registered in this block: submit in the next.
	KeyTooNew,
	/// The reference string that the key was made for is not believed any more.
	StringRetired,
}

impl From<opg_verifiers::PointFault> for PointFault {
	fn from(fault: opg_verifiers::PointFault) -> Self {
		match fault {
			opg_verifiers::PointFault::CoordinateTooLarge => Self::CoordinateTooLarge,
			opg_verifiers::PointFault::OffCurve => Self::OffCurve,
			opg_verifiers::PointFault::OutsideSubgroup => Self::OutsideSubgroup,
			opg_verifiers::PointFault::Identity => Self::Identity,
			opg_verifiers::PointFault::Flags => Self::Flags,
		}
	}
}

impl From<KeyError> for KeyFault {
	fn from(error: KeyError) -> Self {
		match error {
			KeyError::Length { .. } | KeyError::Count { .. } => Self::Length,
			KeyError::NoInputs => Self::NoInputs,
			KeyError::TooManyInputs { .. } => Self::TooManyInputs,
			KeyError::Point { point: PointName::Alpha, fault } => Self::Alpha(fault.into()),
			KeyError::Point { point: PointName::Beta, fault } => Self::Beta(fault.into()),
			KeyError::Point { point: PointName::Gamma, fault } => Self::Gamma(fault.into()),
			KeyError::Point { point: PointName::Delta, fault } => Self::Delta(fault.into()),
			KeyError::Point { fault, .. } => Self::Ic(fault.into()),
			KeyError::UnboundInput { input } => {
				Self::UnboundInput(u16::try_from(input).unwrap_or(u16::MAX))
			},
			KeyError::NoPhaseTwo => Self::NoPhaseTwo,
			KeyError::Related { .. } => Self::RelatedPoints,
		}
	}
}

impl From<Rejection> for ProofFault {
	fn from(rejection: Rejection) -> Self {
		match rejection {
			Rejection::Input(InputError::TooLarge { .. }) => Self::InputTooLarge,
			Rejection::Input(_) => Self::InputCount,
			Rejection::Proof(ProofError::Length { .. }) => Self::Length,
			Rejection::Proof(ProofError::Commitments { .. }) => Self::Commitments,
			Rejection::Proof(ProofError::Point { point: PointName::A, fault }) => {
				Self::A(fault.into())
			},
			Rejection::Proof(ProofError::Point { point: PointName::B, fault }) => {
				Self::B(fault.into())
			},
			Rejection::Proof(ProofError::Point { fault, .. }) => Self::C(fault.into()),
			Rejection::Unproven => Self::Unproven,
		}
	}
}
