//! Weights of the calls: upper bounds counted by hand until `scripts/weights.sh` has measured them.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What each call weighs.
pub trait WeightInfo {
	/// Of `publish`.
	fn publish() -> Weight;
	/// Of `update_price`.
	fn update_price() -> Weight;
	/// Of `retire`.
	fn retire() -> Weight;
	/// Of `remove`.
	fn remove() -> Weight;
	/// Of `pause`.
	fn pause() -> Weight;
	/// Of `resume`.
	fn resume() -> Weight;
	/// Of `audit`.
	fn audit() -> Weight;
}

const RECORD_BYTES: u64 = 6_000;

fn upper_bound<T: frame_system::Config>(micros: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(1_000_000), RECORD_BYTES)
		.saturating_add(T::DbWeight::get().reads_writes(reads, writes))
}

/// Upper bounds, not measured.
pub struct UpperBounds<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for UpperBounds<T> {
	fn publish() -> Weight {
		// The circuit's key is looked up, and counted as relied on.
		upper_bound::<T>(175, 6, 6)
	}

	fn update_price() -> Weight {
		upper_bound::<T>(40, 1, 1)
	}

	fn retire() -> Weight {
		upper_bound::<T>(40, 1, 1)
	}

	fn remove() -> Weight {
		upper_bound::<T>(115, 5, 6)
	}

	fn pause() -> Weight {
		upper_bound::<T>(40, 1, 1)
	}

	fn resume() -> Weight {
		upper_bound::<T>(40, 1, 1)
	}

	fn audit() -> Weight {
		upper_bound::<T>(40, 1, 1)
	}
}
