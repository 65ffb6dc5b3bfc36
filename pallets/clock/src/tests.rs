//! What the clock shows, and what a pace does to periods.

use crate::{
	mock::{of_pace, Clock, ClosedBlocks, LivePace, System},
	Pace,
};
use frame_support::traits::OnInitialize;
use sp_runtime::traits::BlockNumberProvider;

fn shown_from(first: u64, last: u64) -> Vec<u64> {
	(first..=last)
		.map(|number| {
			System::set_block_number(number);
			Clock::on_initialize(number);
			Clock::current_block_number()
		})
		.collect()
}

const FAST: Pace = Pace { epoch_slots: 40, sessions_per_era: 3, bonding_eras: 3, haste: 1_440 };

mod the_clock {
	use super::*;

	#[test]
	fn shows_the_number_of_the_block_until_one_is_closed() {
		of_pace(None).execute_with(|| assert_eq!(shown_from(1, 4), [1, 2, 3, 4]));
	}

	#[test]
	fn stands_still_in_closed_blocks_and_then_goes_on_without_a_gap() {
		of_pace(None).execute_with(|| {
			ClosedBlocks::set((3, 5));
			assert_eq!(shown_from(1, 8), [1, 2, 2, 2, 2, 3, 4, 5]);
			ClosedBlocks::set((9, 9));
			assert_eq!(shown_from(9, 10), [5, 6]);
			assert_eq!(Clock::now(), 6);
		});
	}
}

mod a_pace {
	use super::*;

	#[test]
	fn is_that_of_a_live_network_unless_the_genesis_says_otherwise() {
		of_pace(None).execute_with(|| {
			assert_eq!(Clock::pace(), LivePace::get());
			assert_eq!(Clock::hasten(28_800), 28_800);
		});
		of_pace(Some(FAST)).execute_with(|| assert_eq!(Clock::pace(), FAST));
	}

	#[test]
	fn shortens_periods_but_never_to_nothing() {
		of_pace(Some(FAST)).execute_with(|| {
			assert_eq!(Clock::hasten(28_800), 20);
			assert_eq!(Clock::hasten(100), 1);
			assert_eq!((FAST.bonding_sessions(), FAST.bonding_slots()), (9, 360));
		});
	}

	#[test]
	#[should_panic(expected = "would not run")]
	fn without_a_length_is_refused_in_the_genesis() {
		of_pace(Some(Pace { sessions_per_era: 0, ..FAST }));
	}
}
