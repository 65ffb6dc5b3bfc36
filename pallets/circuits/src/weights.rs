//! Weights of the call beside the check of the proof: upper bounds, not measured.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What a delivery weighs, the check of its proof left out.
pub trait WeightInfo {
	/// Of `deliver`: what was asked is read and computed with, and the request settled.
	fn deliver() -> Weight;
	/// Of finding out whether a delivery may enter a block.
	fn authorize() -> Weight;
}

const RECORD_BYTES: u64 = 20_000;

fn upper_bound<T: frame_system::Config>(micros: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(1_000_000), RECORD_BYTES)
		.saturating_add(T::DbWeight::get().reads_writes(reads, writes))
}

/// Upper bounds.
pub struct UpperBounds<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for UpperBounds<T> {
	fn deliver() -> Weight {
		// The request, its input, the model and its key are looked at before the call for its weight as well. Settling is what
		// settling an answer without a proof is.
		upper_bound::<T>(900, 25, 20)
	}

	fn authorize() -> Weight {
		// Up to 6,000 numbers are rounded and hashed.
		upper_bound::<T>(700, 6, 0)
	}
}
