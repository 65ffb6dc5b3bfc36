//! Weights of calls and hooks: upper bounds counted by hand until `scripts/weights.sh` has measured them.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};
use opg_primitives::feed::{MAX_KEYS, MAX_SEATS};

/// What each call weighs.
pub trait WeightInfo {
	/// Of a block in which no feed is looked at.
	fn initialize() -> Weight;
	/// Of looking at one feed, its term settled and a committee drawn.
	fn look() -> Weight;
	/// Of `create`.
	fn create() -> Weight;
	/// Of `fund`.
	fn fund() -> Weight;
	/// Of `amend`.
	fn amend() -> Weight;
	/// Of `curate`.
	fn curate() -> Weight;
	/// Of `close`.
	fn close() -> Weight;
	/// Of `report` with so many observations of together `values` numbers.
	fn report(observations: u32, values: u32) -> Weight;
	/// Of checking such a report, with so many numbers that sources signed.
	fn authorize_report(observations: u32, values: u32, signed: u32) -> Weight;
	/// Of `denounce`.
	fn denounce() -> Weight;
}

const RECORD_BYTES: u64 = 50_000;

/// Of checking one signature: about 50 µs natively, which is how the chain does it in Wasm too.
const SIGNATURE_MICROS: u64 = 80;

/// Of checking what a source signed: two recoveries of a key, and reading 3 kB of base64.
const TOKEN_MICROS: u64 = 350;

/// Of finding one number in 2 kB.
const FIELD_MICROS: u64 = 8;

/// Of reading, sorting and comparing one number: natively a tenth of it.
const VALUE_NANOS: u64 = 300;

/// The most numbers of one round.
const MOST_VALUES: u32 = MAX_KEYS * MAX_SEATS as u32;

/// Blocks searched for a place on the agenda at most.
const SEARCHED: u64 = 33;

fn upper_bound<T: frame_system::Config>(micros: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(1_000_000), RECORD_BYTES)
		.saturating_add(T::DbWeight::get().reads_writes(reads, writes))
}

fn values_weight(values: u32) -> Weight {
	Weight::from_parts(u64::from(values).saturating_mul(VALUE_NANOS * 1_000), 0)
}

/// Counting a round: medians once more, and the committee's record.
fn count_round<T: frame_system::Config>(values: u32) -> Weight {
	upper_bound::<T>(30, 1, 1).saturating_add(values_weight(values))
}

/// Counting the last round, then paying, scoring and fining every seat.
fn settle<T: frame_system::Config>() -> Weight {
	// Who is barred leaves one list.
	let seat = upper_bound::<T>(200, 13, 13).saturating_mul(MAX_SEATS.into());
	count_round::<T>(MOST_VALUES).saturating_add(upper_bound::<T>(100, 6, 6)).saturating_add(seat)
}

fn place<T: frame_system::Config>() -> Weight {
	upper_bound::<T>(5, 1, 0).saturating_mul(SEARCHED).saturating_add(upper_bound::<T>(10, 1, 2))
}

/// Four places of the list looked at for each seat, a few silent nodes taken off it.
fn draw<T: frame_system::Config>() -> Weight {
	let looked_at = upper_bound::<T>(20, 3, 0).saturating_mul(4 * u64::from(MAX_SEATS));
	let silent = upper_bound::<T>(15, 4, 6).saturating_mul(8);
	upper_bound::<T>(50, 2, 1).saturating_add(looked_at).saturating_add(silent)
}

/// Upper bounds, not measured.
pub struct UpperBounds<T>(PhantomData<T>);

impl<T: crate::Config> WeightInfo for UpperBounds<T> {
	fn initialize() -> Weight {
		upper_bound::<T>(5, 1, 1)
	}

	fn look() -> Weight {
		upper_bound::<T>(50, 4, 3)
			.saturating_add(settle::<T>())
			.saturating_add(draw::<T>())
			.saturating_add(place::<T>())
	}

	fn create() -> Weight {
		upper_bound::<T>(250, 6, 7).saturating_add(place::<T>())
	}

	fn fund() -> Weight {
		upper_bound::<T>(120, 6, 5).saturating_add(place::<T>())
	}

	fn amend() -> Weight {
		upper_bound::<T>(100, 4, 4).saturating_add(settle::<T>()).saturating_add(place::<T>())
	}

	fn curate() -> Weight {
		upper_bound::<T>(20, 1, 1)
	}

	fn close() -> Weight {
		upper_bound::<T>(100, 6, 8)
			.saturating_add(settle::<T>())
			// Every round of its history is taken away.
			.saturating_add(upper_bound::<T>(3, 1, 1).saturating_mul(T::HistoryDepth::get().into()))
	}

	fn report(observations: u32, values: u32) -> Weight {
		// The keys of the feed are in each observation; the round before may have had every seat.
		let keys = values.checked_div(observations.max(1)).unwrap_or(0);
		let before = keys.saturating_mul(MAX_SEATS.into());
		let each = Weight::from_parts(3_000_000, 0).saturating_mul(observations.into());
		// Medians are of all observations of the round, also those of reports before.
		upper_bound::<T>(150, 5, 5)
			.saturating_add(each)
			.saturating_add(place::<T>())
			.saturating_add(values_weight(before))
			.saturating_add(count_round::<T>(before))
	}

	fn authorize_report(observations: u32, values: u32, signed: u32) -> Weight {
		let signatures =
			upper_bound::<T>(SIGNATURE_MICROS, 0, 0).saturating_mul(observations.into());
		// Two points are tried for a signature that does not say which it was, and each number is looked for in all of the text.
		let tokens = if signed > 0 {
			upper_bound::<T>(TOKEN_MICROS, 0, 0).saturating_mul(MAX_SEATS.into())
		} else {
			Weight::zero()
		};
		let looked_for = upper_bound::<T>(FIELD_MICROS, 0, 0).saturating_mul(signed.into());
		upper_bound::<T>(50, 6, 0)
			.saturating_add(signatures)
			.saturating_add(values_weight(values))
			.saturating_add(tokens)
			.saturating_add(looked_for)
	}

	fn denounce() -> Weight {
		upper_bound::<T>(2 * SIGNATURE_MICROS, 2, 1).saturating_add(upper_bound::<T>(100, 4, 4))
	}
}
