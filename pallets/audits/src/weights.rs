//! Weights of the call and the hook: upper bounds counted by hand.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What the call and the hook weigh.
pub trait WeightInfo {
	/// Of `request_audit`.
	fn request_audit() -> Weight;
	/// Of finding that no audit waits for a draw.
	fn idle() -> Weight;
	/// Of one turn: a panel or a jury is drawn, or the audit ends without.
	fn turn() -> Weight;
}

const RECORD_BYTES: u64 = 8_000;

fn upper_bound<T: frame_system::Config>(micros: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(1_000_000), RECORD_BYTES)
		.saturating_add(T::DbWeight::get().reads_writes(reads, writes))
}

/// Upper bounds, not measured.
pub struct UpperBounds<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for UpperBounds<T> {
	fn request_audit() -> Weight {
		upper_bound::<T>(120, 5, 4)
	}

	fn idle() -> Weight {
		upper_bound::<T>(5, 2, 1)
	}

	fn turn() -> Weight {
		// A jury of seven: four places looked at for each seat, each perhaps a silent node that leaves the list, and a search of the
		// ring for two places.
		upper_bound::<T>(500, 110, 60)
	}
}
