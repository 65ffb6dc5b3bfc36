//! Weights of the calls beside the check of the proof, and of the hook: upper bounds, not measured.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What each call and the hook weigh, the check of a proof left out.
pub trait WeightInfo {
	/// Of `deliver`: what was asked is read and computed with, and the request settled.
	fn deliver() -> Weight;
	/// Of finding out whether a delivery may enter a block.
	fn authorize() -> Weight;
	/// Of `commit`.
	fn commit() -> Weight;
	/// Of `prove`: what was asked and answered is read, computed with and compared.
	fn prove() -> Weight;
	/// Of looking at `places` of commitments and giving them up.
	fn give_up(places: u32) -> Weight;
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

	fn commit() -> Weight {
		// The request, its input and the model are looked at; a commitment whose time is over goes first.
		upper_bound::<T>(150, 9, 7)
	}

	fn prove() -> Weight {
		// As a delivery, and up to 2,048 numbers are compared with what was answered, which may be so small that they take more than
		// 128 bits. The request and the model are looked at before the call for its weight as well.
		upper_bound::<T>(6_000, 16, 7)
	}

	fn give_up(places: u32) -> Weight {
		let each = upper_bound::<T>(30, 3, 4).saturating_mul(places.into());
		// The first one whose time is not over is looked at as well.
		upper_bound::<T>(15, 2, 1).saturating_add(each)
	}
}
