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

/// The fewest nodes of a quorum.
pub const MIN_QUORUM: u8 = 3;
/// The most nodes of a quorum.
pub const MAX_QUORUM: u8 = 7;
/// Nodes of a jury that decides between `nodes` answers.
pub const fn jury_of(nodes: u8) -> u8 {
	nodes.saturating_mul(2).saturating_add(1)
}
/// Operators a model must have before `nodes` of them make a quorum: enough for a jury beside them.
pub const fn operators_for(nodes: u8) -> u32 {
	(nodes as u32).saturating_mul(3).saturating_add(1)
}

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
	/// One bonded node answers; answers drawn by chance are run again.
	#[codec(index = 0)]
	Attested,
	/// Several nodes of different owners answer without seeing each other's answers, and enough of them agree.
	#[codec(index = 1)]
	Quorum {
		/// How many are drawn; 3 to [`MAX_QUORUM`].
		nodes: u8,
		/// How many must agree; more than half of them.
		agree: u8,
	},
	/// One node answers with a proof that the chain checks before anybody is paid.
	#[codec(index = 2)]
	Proved,
}

impl TrustMode {
	/// The mode without its parameters.
	pub const fn kind(self) -> TrustKind {
		match self {
			Self::Attested => TrustKind::Attested,
			Self::Quorum { .. } => TrustKind::Quorum,
			Self::Proved => TrustKind::Proved,
		}
	}

	/// How many nodes are drawn at first, each of which is paid the model's price.
	pub const fn nodes(self) -> u8 {
		match self {
			Self::Attested | Self::Proved => 1,
			Self::Quorum { nodes, .. } => nodes,
		}
	}

	/// Whether the numbers make sense.
	pub const fn is_valid(self) -> bool {
		match self {
			Self::Attested | Self::Proved => true,
			Self::Quorum { nodes, agree } => {
				nodes >= MIN_QUORUM && nodes <= MAX_QUORUM && agree <= nodes && agree > nodes / 2
			},
		}
	}
}

/// Why a node that ran a model has no output. Two nodes that name the same kind agree.
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
pub enum FaultKind {
	/// It did not end within the time a run may take.
	#[codec(index = 0)]
	Looped,
	/// It asked for more memory than a run may have.
	#[codec(index = 1)]
	OutOfMemory,
	/// Its output has more bytes than an answer holds.
	#[codec(index = 2)]
	OutputTooLong,
	/// Its output is not what the chain says the model gives.
	#[codec(index = 3)]
	OutputMismatch,
	/// The input off chain is not what the model takes.
	#[codec(index = 4)]
	InputMismatch,
	/// It ended the process it ran in.
	#[codec(index = 5)]
	Crashed,
	/// The runtime refused to run it on this input.
	#[codec(index = 6)]
	Refused,
	/// The model's or the input's file could not be had.
	#[codec(index = 7)]
	Unavailable,
	/// The model's circuit cannot hold the input, or what it comes to.
	#[codec(index = 8)]
	Unprovable,
}

/// What a node answers.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Outcome {
	/// Encoded tensors that fit the model's outputs.
	#[codec(index = 0)]
	Output(BoundedVec<u8, MaxOutputBytes>),
	/// There is no output, and why.
	#[codec(index = 1)]
	Fault(FaultKind),
}

impl Outcome {
	/// What went wrong, if something did.
	pub const fn fault(&self) -> Option<FaultKind> {
		match self {
			Self::Output(_) => None,
			Self::Fault(kind) => Some(*kind),
		}
	}
}
