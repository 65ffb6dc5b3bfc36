//! Weights of calls and hooks: upper bounds counted by hand until `scripts/weights.sh` has measured them.

use crate::types::{MAX_COPIES, MAX_PATH};
use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What each call weighs.
pub trait WeightInfo {
	/// Of a block that begins no check.
	fn initialize() -> Weight;
	/// Of a block that begins one.
	fn initialize_check() -> Weight;
	/// Of `order`.
	fn order() -> Weight;
	/// Of `extend`.
	fn extend() -> Weight;
	/// Of `take`.
	fn take() -> Weight;
	/// Of `show` with so many showings.
	fn show(showings: u32) -> Weight;
	/// Of authorising a node's showings, so many.
	fn authorize_show(showings: u32) -> Weight;
	/// Of `leave`.
	fn leave() -> Weight;
	/// Of `evict`.
	fn evict() -> Weight;
	/// Of `close`.
	fn close() -> Weight;
}

const RECORD_BYTES: u64 = 3_000;

fn upper_bound<T: frame_system::Config>(micros: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(1_000_000), RECORD_BYTES)
		.saturating_add(T::DbWeight::get().reads_writes(reads, writes))
}

/// Freeing a slot: the slot, its copies, the keeper's account and holds.
fn free<T: frame_system::Config>() -> Weight {
	upper_bound::<T>(130, 6, 5)
}

/// Upper bounds, not measured.
pub struct UpperBounds<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for UpperBounds<T> {
	fn initialize() -> Weight {
		// How long a period is, is of the chain's pace.
		upper_bound::<T>(2, 1, 0)
	}

	fn initialize_check() -> Weight {
		upper_bound::<T>(30, 4, 2)
	}

	fn order() -> Weight {
		upper_bound::<T>(100, 4, 4)
	}

	fn extend() -> Weight {
		upper_bound::<T>(90, 4, 3)
	}

	fn take() -> Weight {
		let others = upper_bound::<T>(5, 1, 0).saturating_mul(MAX_COPIES.into());
		upper_bound::<T>(105, 6, 5).saturating_add(others).saturating_add(free::<T>())
	}

	fn show(showings: u32) -> Weight {
		let hashes = u64::from(MAX_PATH).saturating_add(1).saturating_mul(2);
		upper_bound::<T>(260u64.saturating_add(hashes), 11, 8).saturating_mul(showings.into())
	}

	fn authorize_show(showings: u32) -> Weight {
		let hashes = u64::from(MAX_PATH).saturating_add(1).saturating_mul(2);
		let each = upper_bound::<T>(10u64.saturating_add(hashes), 2, 0);
		upper_bound::<T>(150, 3, 0).saturating_add(each.saturating_mul(showings.into()))
	}

	fn leave() -> Weight {
		upper_bound::<T>(20, 3, 0).saturating_add(free::<T>())
	}

	fn evict() -> Weight {
		Self::leave()
	}

	fn close() -> Weight {
		upper_bound::<T>(80, 4, 3).saturating_add(free::<T>().saturating_mul(MAX_COPIES.into()))
	}
}
