//! Weights of the calls and hooks: upper bounds counted by hand until `scripts/weights.sh` has measured them.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What each call and hook weighs.
pub trait WeightInfo {
	/// Of `register`.
	fn register() -> Weight;
	/// Of `set_offers`.
	fn set_offers() -> Weight;
	/// Of `buy`.
	fn buy() -> Weight;
	/// Of `grant`.
	fn grant() -> Weight;
	/// Of `transfer_pass`.
	fn transfer_pass() -> Weight;
	/// Of `sponsor`.
	fn sponsor() -> Weight;
	/// Of `credit`.
	fn credit() -> Weight;
	/// Of `withdraw`.
	fn withdraw() -> Weight;
	/// Of `retire`.
	fn retire() -> Weight;
	/// Of `remove`.
	fn remove() -> Weight;
	/// Of looking at `entries` standings that may be over.
	fn sweep(entries: u32) -> Weight;
}

const RECORD_BYTES: u64 = 3_000;

fn upper_bound<T: frame_system::Config>(micros: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(1_000_000), RECORD_BYTES)
		.saturating_add(T::DbWeight::get().reads_writes(reads, writes))
}

/// Upper bounds, not measured.
pub struct UpperBounds<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for UpperBounds<T> {
	fn register() -> Weight {
		upper_bound::<T>(100, 3, 4)
	}

	fn set_offers() -> Weight {
		upper_bound::<T>(40, 1, 1)
	}

	// The app, the standing, the shares, the buyer, the owner, five pots, the epoch.
	fn buy() -> Weight {
		upper_bound::<T>(250, 11, 9)
	}

	fn grant() -> Weight {
		upper_bound::<T>(100, 5, 4)
	}

	fn transfer_pass() -> Weight {
		upper_bound::<T>(60, 3, 2)
	}

	fn sponsor() -> Weight {
		upper_bound::<T>(60, 3, 1)
	}

	fn credit() -> Weight {
		upper_bound::<T>(150, 7, 6)
	}

	fn withdraw() -> Weight {
		upper_bound::<T>(80, 3, 2)
	}

	fn retire() -> Weight {
		upper_bound::<T>(40, 1, 1)
	}

	fn remove() -> Weight {
		upper_bound::<T>(150, 6, 6)
	}

	// The next key, the entry, its removal.
	fn sweep(entries: u32) -> Weight {
		upper_bound::<T>(5, 2, 1)
			.saturating_add(upper_bound::<T>(10, 2, 1).saturating_mul(entries.into()))
	}
}
