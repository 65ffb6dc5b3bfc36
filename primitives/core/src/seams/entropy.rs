//! Randomness of a block that nobody could know before its author made it.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// What one block contributes to a draw.
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
pub struct Entropy {
	/// Who made the block, by index among the present authors.
	pub author: u32,
	/// The author's verifiable random output for the block's slot.
	pub output: [u8; 32],
}

/// Where a draw's randomness comes from.
pub trait BlockEntropy {
	/// The block being executed, known from its header on (so already in `on_initialize`).
	fn current() -> Option<Entropy>;
	/// How many authors take turns; with one, no draw waits for a second.
	fn authors() -> u32;
}
