//! Requests as every part of the chain sees them: what is asked, how it is to be believed, what comes back.

use crate::{ContentId, TrustKind};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{traits::ConstU32, BoundedVec};

/// A request's number, counted from 0.
pub type RequestId = u64;

/// The caller's own name for a request: the same key never buys twice while the request is kept.
pub type ClientKey = [u8; 16];

/// The value a node was drawn by; an answer names it, so that a draw undone by a fork pays nobody.
pub type Draw = H256;

/// Bytes of an input written into the request itself.
pub const MAX_INPUT_BYTES: u32 = 16_384;
/// Bytes of an output.
pub const MAX_OUTPUT_BYTES: u32 = 8_192;

/// Bounds an input written into the request itself.
pub type MaxInputBytes = ConstU32<MAX_INPUT_BYTES>;
/// Bounds an output.
pub type MaxOutputBytes = ConstU32<MAX_OUTPUT_BYTES>;

/// What the model is asked.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Input {
	/// Encoded tensors in the request itself, checked when the request is made.
	#[codec(index = 0)]
	Inline(BoundedVec<u8, MaxInputBytes>),
	/// A file of encoded tensors off chain, checked by whoever runs the model.
	#[codec(index = 1)]
	Stored(ContentId),
}

/// What makes an answer believable.
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
)]
pub enum TrustMode {
	/// One bonded node answers.
	#[codec(index = 0)]
	Attested,
}

impl TrustMode {
	/// The mode without its parameters.
	pub const fn kind(self) -> TrustKind {
		match self {
			Self::Attested => TrustKind::Attested,
		}
	}
}

/// What a node answers.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Outcome {
	/// Encoded tensors that fit the model's outputs.
	#[codec(index = 0)]
	Output(BoundedVec<u8, MaxOutputBytes>),
}
