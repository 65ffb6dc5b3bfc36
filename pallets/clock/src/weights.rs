//! Weights of the hooks: upper bounds counted by hand.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What each hook weighs.
pub trait WeightInfo {
	/// A block the clock counts.
	fn open_block() -> Weight;
	/// A block it does not count.
	fn closed_block() -> Weight;
}

/// Upper bounds, not measured: two reads for whether a block is closed, one of each for the count.
pub struct UpperBounds<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for UpperBounds<T> {
	fn open_block() -> Weight {
		Weight::from_parts(5_000_000, 1_000).saturating_add(T::DbWeight::get().reads(2))
	}

	fn closed_block() -> Weight {
		Weight::from_parts(8_000_000, 1_000).saturating_add(T::DbWeight::get().reads_writes(3, 1))
	}
}
