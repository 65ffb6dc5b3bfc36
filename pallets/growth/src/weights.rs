//! Weights of the calls: upper bounds counted by hand until `scripts/weights.sh` has measured them.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What each call weighs.
pub trait WeightInfo {
	/// Of `claim`.
	fn claim() -> Weight;
	/// Of `grant`.
	fn grant() -> Weight;
	/// Of `grant_unmeasured`.
	fn grant_unmeasured() -> Weight;
	/// Of `release`.
	fn release() -> Weight;
	/// Of `withdraw`.
	fn withdraw() -> Weight;
	/// Of `set_terms`.
	fn set_terms() -> Weight;
}

const RECORD_BYTES: u64 = 3_000;

fn upper_bound<T: frame_system::Config>(micros: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(1_000_000), RECORD_BYTES)
		.saturating_add(T::DbWeight::get().reads_writes(reads, writes))
}

/// Upper bounds, not measured.
pub struct UpperBounds<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for UpperBounds<T> {
	// The terms, what was spent, the account's use, two accounts.
	fn claim() -> Weight {
		upper_bound::<T>(120, 6, 4)
	}

	fn grant() -> Weight {
		upper_bound::<T>(50, 3, 3)
	}

	fn grant_unmeasured() -> Weight {
		upper_bound::<T>(40, 2, 2)
	}

	// The grant, the terms, what was spent, two accounts, and a measure with the counters of 64 epochs.
	fn release() -> Weight {
		upper_bound::<T>(1_000, 72, 6)
	}

	fn withdraw() -> Weight {
		upper_bound::<T>(30, 1, 1)
	}

	fn set_terms() -> Weight {
		upper_bound::<T>(20, 0, 1)
	}
}
