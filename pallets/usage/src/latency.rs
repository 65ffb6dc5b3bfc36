//! How long answers took, in few numbers: how many took how many blocks.

use codec::{Compact, Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The most blocks that each bucket but the last counts; the last counts whatever took longer.
pub const BOUNDS: [u32; 14] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128];

/// How many answers took how many blocks, in the buckets of [`BOUNDS`] and one more.
///
/// A percentile lies between its bucket's bounds: that is all a reader needs, and all that can be added up.
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
pub struct Latencies([Compact<u64>; BOUNDS.len() + 1]);

impl Default for Latencies {
	fn default() -> Self {
		Self([Compact(0); BOUNDS.len() + 1])
	}
}

impl Latencies {
	/// Counts an answer that took so many blocks.
	pub fn count(&mut self, blocks: u32) {
		let bucket = BOUNDS.partition_point(|bound| *bound < blocks);
		if let Some(count) = self.0.get_mut(bucket) {
			count.0 = count.0.saturating_add(1);
		}
	}

	/// Adds another's counts.
	pub fn merge(&mut self, other: &Self) {
		for (mine, theirs) in self.0.iter_mut().zip(other.0) {
			mine.0 = mine.0.saturating_add(theirs.0);
		}
	}

	/// The counts, shortest first.
	pub fn counts(&self) -> impl Iterator<Item = u64> {
		self.0.into_iter().map(|count| count.0)
	}

	/// How many answers were counted.
	pub fn total(&self) -> u64 {
		self.counts().fold(0, u64::saturating_add)
	}
}
