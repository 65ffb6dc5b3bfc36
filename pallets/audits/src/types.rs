//! An audit's record, where it stands, and what it came to.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// What an audit waits for.
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
pub enum Stage<BlockNumber> {
	/// Its panel is to be drawn.
	Waiting {
		/// When it was asked for.
		since: BlockNumber,
	},
	/// Its panel, or the jury after it, makes the key.
	Convened,
	/// The panel differs: a jury is to be drawn.
	Escalated {
		/// Since when.
		since: BlockNumber,
	},
}

impl<BlockNumber: Copy> Stage<BlockNumber> {
	/// Since when it waits for a draw, if it does.
	pub const fn waits_since(&self) -> Option<BlockNumber> {
		match self {
			Self::Waiting { since } | Self::Escalated { since } => Some(*since),
			Self::Convened => None,
		}
	}
}

/// An audit that has not ended.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Audit<AccountId, Balance, BlockNumber> {
	/// Who asked for it.
	pub asker: AccountId,
	/// What is held of the asker until it ends.
	pub deposit: Balance,
	/// What each node has that says which key it is.
	pub pay: Balance,
	/// Where it stands.
	pub stage: Stage<BlockNumber>,
}

/// What an audit came to.
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
pub enum Ending {
	/// The key is the model's.
	Matched,
	/// It is another's: the model is suspended.
	Differed,
	/// Nobody can say.
	Undecided,
	/// There were not the nodes to draw.
	NotDrawn,
	/// The model is gone, or was judged by governance meanwhile.
	Moot,
}
