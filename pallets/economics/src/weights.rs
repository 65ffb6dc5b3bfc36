//! Weights of the calls: upper bounds counted by hand until `scripts/weights.sh` has measured them.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What each call weighs.
pub trait WeightInfo {
	/// Of `claim`.
	fn claim() -> Weight;
	/// Of `allocate`.
	fn allocate() -> Weight;
	/// Of `set_shares`.
	fn set_shares() -> Weight;
	/// Of a step of the stream into the growth pot.
	fn stream() -> Weight;
	/// Of the end of the block that launches the chain.
	fn launch() -> Weight;
	/// Of the end of every block after it.
	fn launched() -> Weight;
}

const RECORD_BYTES: u64 = 3_000;

fn upper_bound<T: frame_system::Config>(micros: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(1_000_000), RECORD_BYTES)
		.saturating_add(T::DbWeight::get().reads_writes(reads, writes))
}

/// Upper bounds, not measured.
pub struct UpperBounds<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for UpperBounds<T> {
	// The allocation, the ledger, the launch, the time, two accounts.
	fn claim() -> Weight {
		upper_bound::<T>(100, 6, 4)
	}

	fn allocate() -> Weight {
		upper_bound::<T>(40, 2, 2)
	}

	fn set_shares() -> Weight {
		upper_bound::<T>(20, 0, 1)
	}

	// The ledger, the launch, the time, two accounts.
	fn stream() -> Weight {
		upper_bound::<T>(80, 5, 3)
	}

	fn launch() -> Weight {
		upper_bound::<T>(10, 2, 1).saturating_add(Self::stream())
	}

	fn launched() -> Weight {
		upper_bound::<T>(2, 1, 0)
	}
}
