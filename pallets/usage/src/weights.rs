//! Weights of the hooks and of what others cause here: upper bounds counted by hand until `scripts/weights.sh` has measured them.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What each hook weighs, and what a batch of notes adds to whoever commits it.
pub trait WeightInfo {
	/// Of every block.
	fn initialize() -> Weight;
	/// Of an epoch's first block, more.
	fn close() -> Weight;
	/// Of committing notes in which `accounts` accounts had an answer of `scopes` models and apps, for who calls it.
	fn commit(accounts: u32, scopes: u32) -> Weight;
	/// Of looking at `entries` entries that may be too old.
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
	// The epoch's record is fetched and stored once a block, however many batches change it: the block pays for that, not they.
	fn initialize() -> Weight {
		upper_bound::<T>(2, 1, 1)
	}

	fn close() -> Weight {
		upper_bound::<T>(25, 1, 0)
	}

	// The epoch's record is decoded and encoded; each account and each scope is read and written once.
	fn commit(accounts: u32, scopes: u32) -> Weight {
		upper_bound::<T>(30, 0, 0)
			.saturating_add(upper_bound::<T>(20, 1, 1).saturating_mul(accounts.into()))
			.saturating_add(upper_bound::<T>(15, 1, 1).saturating_mul(scopes.into()))
	}

	// The next key, the entry, its removal.
	fn sweep(entries: u32) -> Weight {
		upper_bound::<T>(5, 1, 1)
			.saturating_add(upper_bound::<T>(10, 2, 1).saturating_mul(entries.into()))
	}
}
