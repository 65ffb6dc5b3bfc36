//! The ecosystem bucket streams into the growth pot as it unlocks, however late blocks are.

use crate::{bucket::MONTH, mock::*, Bucket, Event, Ledgers, Pot};
use frame_support::traits::Hooks;

#[test]
fn what_is_free_at_launch_is_there_after_the_first_block() {
	externalities_with(genesis_balances(), Vec::new()).execute_with(|| {
		assert_eq!(in_pot(Pot::Growth), 0);
		block(1, LAUNCH);
		assert_eq!(in_pot(Pot::Growth), 40 * MILLION);
		assert_eq!(
			events(),
			[Event::Launched { at: LAUNCH }, Event::Streamed { amount: 40 * MILLION }]
		);
	});
}

#[test]
fn the_stream_steps_once_a_period() {
	build_and_execute(|| {
		let at_launch = in_pot(Pot::Growth);
		(0..PERIOD - 2).for_each(|_| next_block(3_000));
		assert_eq!(in_pot(Pot::Growth), at_launch);
		next_block(3_000);
		// The time is that of the block before.
		let unlocked = 360 * MILLION * 3_000 * u128::from(PERIOD - 2) / (60 * u128::from(MONTH));
		assert_eq!(in_pot(Pot::Growth), at_launch + unlocked);
		assert_eq!(events(), [Event::Streamed { amount: unlocked }]);
	});
}

#[test]
fn a_stream_that_was_late_makes_up_for_it() {
	build_and_execute(|| {
		// Two years without a block.
		months_after_launch(24);
		block(PERIOD, Now::get());
		assert_eq!(in_pot(Pot::Growth), 40 * MILLION + 360 * MILLION * 24 / 60);
		months_after_launch(700);
		block(2 * PERIOD, Now::get());
		assert_eq!(in_pot(Pot::Growth), 400 * MILLION);
		assert_eq!(Ledgers::<Test>::get(Bucket::Ecosystem).released, 400 * MILLION);
		System::reset_events();
		months_after_launch(800);
		block(3 * PERIOD, Now::get());
		assert_eq!(events(), [], "nothing after the last unit");
	});
}

#[test]
fn a_step_weighs_more_than_a_block_without_one() {
	build_and_execute(|| {
		let idle = Economics::on_initialize(PERIOD + 1);
		let step = Economics::on_initialize(2 * PERIOD);
		assert!(idle.ref_time() > 0 && step.ref_time() > idle.ref_time());
	});
}
