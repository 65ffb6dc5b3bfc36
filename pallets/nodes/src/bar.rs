//! Bars: the models a node may not run for a while, because it was wrong about them.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use opg_primitives::ModelId;
use scale_info::TypeInfo;

/// The most models a node is barred from; one more takes the place of the oldest.
const MOST: u32 = 8;

/// The models a node is barred from, oldest first, and the block in which each bar ends.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Bars<BlockNumber>(BoundedVec<(ModelId, BlockNumber), ConstU32<MOST>>);

impl<BlockNumber> Default for Bars<BlockNumber> {
	fn default() -> Self {
		Self(BoundedVec::new())
	}
}

impl<BlockNumber: Ord + Copy> Bars<BlockNumber> {
	/// Whether the node may not run `model` in block `now`.
	pub fn holds(&self, model: ModelId, now: BlockNumber) -> bool {
		self.0.iter().any(|(barred, until)| *barred == model && now < *until)
	}

	/// Every bar that holds in block `now`.
	pub fn iter(&self, now: BlockNumber) -> impl Iterator<Item = (ModelId, BlockNumber)> + '_ {
		self.0.iter().copied().filter(move |(_, until)| now < *until)
	}

	/// Bars `model` from block `now` to block `until`; forgets what ended.
	pub fn put(&mut self, model: ModelId, now: BlockNumber, until: BlockNumber) {
		self.0.retain(|(barred, end)| *barred != model && now < *end);
		if self.0.is_full() {
			self.0.remove(0);
		}
		// There is room: one was just taken out of a full list.
		let _ = self.0.try_push((model, until));
	}
}

#[cfg(test)]
mod tests {
	use super::Bars;

	#[test]
	fn hold_until_their_block_for_their_model_only() {
		let mut bars = Bars::default();
		bars.put(3, 10, 20);
		assert!(bars.holds(3, 10) && bars.holds(3, 19));
		assert!(!bars.holds(3, 20) && !bars.holds(4, 10));
	}

	#[test]
	fn are_prolonged_and_not_doubled() {
		let mut bars = Bars::default();
		bars.put(3, 10, 20);
		bars.put(3, 15, 25);
		assert_eq!(bars.iter(15).collect::<Vec<_>>(), [(3, 25)]);
	}

	#[test]
	fn make_room_by_what_ended_and_then_by_the_oldest() {
		let mut bars = Bars::default();
		bars.put(0, 0, 5);
		(1..8).for_each(|model| bars.put(model, 0, 100));
		bars.put(8, 6, 100);
		assert_eq!(bars.iter(6).map(|bar| bar.0).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7, 8]);
		bars.put(9, 6, 100);
		assert_eq!(bars.iter(6).map(|bar| bar.0).collect::<Vec<_>>(), [2, 3, 4, 5, 6, 7, 8, 9]);
	}
}
