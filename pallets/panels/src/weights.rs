//! Weights of the calls, the hook and the seam: upper bounds counted by hand until `scripts/weights.sh` has measured them.

use crate::closing::SLIP;
use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What each call and each step of the hook weighs.
pub trait WeightInfo {
	/// Of `commit` with `commits` commitments.
	fn commit(commits: u32) -> Weight;
	/// Of checking who sent `commits` commitments.
	fn authorize_commit(commits: u32) -> Weight;
	/// Of `reveal` with `reveals` answers.
	fn reveal(reveals: u32) -> Weight;
	/// Of checking who sent `reveals` answers, and that each opens its commitment.
	fn authorize_reveal(reveals: u32) -> Weight;
	/// Of convening a panel of `seats` nodes, or its jury.
	fn convene(seats: u32) -> Weight;
	/// Of looking up what closes in a block.
	fn closing_block() -> Weight;
	/// Of looking up one panel that may close in a block.
	fn closing_place() -> Weight;
	/// Of ending a phase of a panel of `seats` seats, or the panel, with what its desk does then; what [`Self::judge`] weighs
	/// left out.
	fn close(seats: u32) -> Weight;
	/// Of comparing `answers` answers, each with each.
	fn judge(answers: u32) -> Weight;
}

const RECORD_BYTES: u64 = 9_000;

/// Of comparing two outputs of the longest kind: natively 0.53 ms where numbers differ so much in size that 128 bits do not hold
/// the formula, which is rare, and 0.03 ms for ordinary 32-bit floats; twice the former for Wasm.
const COMPARISON: u64 = 1_100_000_000;

/// Blocks of the ring that are searched for one place.
const SEARCHED: u64 = SLIP as u64 + 1;

fn upper_bound<T: frame_system::Config>(micros: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(1_000_000), RECORD_BYTES)
		.saturating_add(T::DbWeight::get().reads_writes(reads, writes))
}

/// Upper bounds, not measured.
pub struct UpperBounds<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for UpperBounds<T> {
	fn commit(commits: u32) -> Weight {
		let each =
			upper_bound::<T>(40, SEARCHED.saturating_add(4), 3).saturating_mul(commits.into());
		upper_bound::<T>(100, 6, 6).saturating_add(each)
	}

	fn authorize_commit(commits: u32) -> Weight {
		let each = upper_bound::<T>(10, 3, 0).saturating_mul(commits.into());
		upper_bound::<T>(150, 3, 0).saturating_add(each)
	}

	fn reveal(reveals: u32) -> Weight {
		let each =
			upper_bound::<T>(200, SEARCHED.saturating_add(6), 5).saturating_mul(reveals.into());
		upper_bound::<T>(100, 6, 6).saturating_add(each)
	}

	fn authorize_reveal(reveals: u32) -> Weight {
		let each = upper_bound::<T>(60, 3, 0).saturating_mul(reveals.into());
		upper_bound::<T>(150, 3, 0).saturating_add(each)
	}

	fn convene(seats: u32) -> Weight {
		let each = upper_bound::<T>(40, 8, 6).saturating_mul(seats.into());
		let searched = SEARCHED.saturating_mul(2);
		upper_bound::<T>(200, searched.saturating_add(12), 10).saturating_add(each)
	}

	fn closing_block() -> Weight {
		upper_bound::<T>(10, 2, 2)
	}

	fn closing_place() -> Weight {
		upper_bound::<T>(10, 1, 0)
	}

	fn close(seats: u32) -> Weight {
		let each = upper_bound::<T>(80, 8, 10).saturating_mul(seats.into());
		upper_bound::<T>(210, SEARCHED.saturating_add(22), 17).saturating_add(each)
	}

	fn judge(answers: u32) -> Weight {
		let pairs = u64::from(answers).saturating_mul(answers.saturating_sub(1).into()) / 2;
		let compared = Weight::from_parts(COMPARISON, 0).saturating_mul(pairs);
		let read = upper_bound::<T>(60, 1, 0).saturating_mul(answers.into());
		read.saturating_add(compared)
	}
}
