//! Weights of calls and hooks: upper bounds counted by hand until `scripts/weights.sh` has measured them.

use crate::types::MAX_INPUTS;
use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What each call weighs.
pub trait WeightInfo {
	/// Of a block in which no workflow is looked at.
	fn initialize() -> Weight;
	/// Of looking at one workflow: a result kept, numbers read and packed, or all of it taken away; asking left out.
	fn look() -> Weight;
	/// Of `create`.
	fn create() -> Weight;
	/// Of `stop`.
	fn stop() -> Weight;
	/// Of `ask`, asking left out.
	fn ask() -> Weight;
}

const RECORD_BYTES: u64 = 16_000;

/// Blocks searched for a place on the agenda at most.
const SEARCHED: u64 = 33;

fn upper_bound<T: frame_system::Config>(micros: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(1_000_000), RECORD_BYTES)
		.saturating_add(T::DbWeight::get().reads_writes(reads, writes))
}

fn place<T: frame_system::Config>() -> Weight {
	upper_bound::<T>(5, 1, 0).saturating_mul(SEARCHED).saturating_add(upper_bound::<T>(10, 1, 1))
}

/// Each number may be of another feed: its sheet, and its record for whether it is curated and signed. Or it is an earlier one of a feed: two of its rounds
/// at most.
fn inputs<T: frame_system::Config>() -> Weight {
	upper_bound::<T>(30, 3, 0).saturating_mul(MAX_INPUTS.into())
}

/// Upper bounds, not measured.
pub struct UpperBounds<T>(PhantomData<T>);

impl<T: crate::Config> WeightInfo for UpperBounds<T> {
	fn initialize() -> Weight {
		upper_bound::<T>(5, 1, 1)
	}

	fn look() -> Weight {
		// Every result is taken away.
		let gone = upper_bound::<T>(5, 1, 1).saturating_mul(T::HistoryDepth::get().into());
		upper_bound::<T>(200, 9, 8)
			.saturating_add(inputs::<T>())
			.saturating_add(gone)
			.saturating_add(place::<T>())
	}

	fn create() -> Weight {
		upper_bound::<T>(250, 9, 7).saturating_add(inputs::<T>()).saturating_add(place::<T>())
	}

	fn stop() -> Weight {
		upper_bound::<T>(50, 2, 2).saturating_add(place::<T>())
	}

	fn ask() -> Weight {
		upper_bound::<T>(100, 3, 1).saturating_add(inputs::<T>())
	}
}
