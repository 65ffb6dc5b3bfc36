//! Who came back, what they paid themselves meanwhile, and what models and apps burnt.

use crate::{mock::*, Scope};
use opg_primitives::seams::{Returned, UsageLog, Use};

fn returned(who: u64) -> u128 {
	let Returned { fees, burnt } = Usage::returned(&who);
	assert_eq!(burnt, fees / 20);
	fees
}

#[test]
fn an_epoch_counts_for_who_was_here_in_one_of_the_three_before() {
	build_and_execute(|| {
		settle(ALICE, 0, 100);
		enter(1);
		assert_eq!(returned(ALICE), 0, "she has not come back yet");
		settle(ALICE, 0, 1_000);
		assert_eq!(returned(ALICE), 0, "the epoch is not over");
		enter(2);
		assert_eq!(returned(ALICE), 1_000);
		enter(4);
		settle(ALICE, 0, 10_000);
		enter(5);
		assert_eq!(returned(ALICE), 10_000, "epoch 1 is too long ago by now");
		enter(9);
		settle(ALICE, 0, 20);
		enter(10);
		assert_eq!(returned(ALICE), 0, "she was away for four epochs");
	});
}

#[test]
fn what_was_taken_is_not_there_twice() {
	build_and_execute(|| {
		for epoch in 0..3 {
			enter(epoch);
			settle(ALICE, 0, 100);
		}
		assert_eq!(Usage::take_returned(&ALICE), Returned { fees: 100, burnt: 5 });
		assert_eq!(returned(ALICE), 0);
		enter(3);
		assert_eq!(returned(ALICE), 100, "the epoch in which it was taken counts when it is over");
		assert_eq!(Usage::take_returned(&BOB), Returned::default());
	});
}

#[test]
fn what_others_paid_is_not_given_back() {
	build_and_execute(|| {
		for epoch in 0..2 {
			enter(epoch);
			let of = Use { who: &ALICE, model: 0, app: Some(0), is_sponsored: true };
			Usage::record(of, settled(100, 1));
			settle(ALICE, 0, 20);
		}
		enter(2);
		assert_eq!(returned(ALICE), 20);
		assert_eq!(Usage::account(&ALICE).expect("known").fees, [0, 120, 120, 0]);
	});
}

#[test]
fn burn_is_told_of_the_epochs_that_are_kept() {
	build_and_execute(|| {
		for epoch in 0..5 {
			enter(epoch);
			settle(ALICE, 7, 1_000);
		}
		let burnt = |from, to| Usage::burnt(Scope::Model(7), from, to);
		assert_eq!((burnt(3, 4), burnt(4, 4), burnt(4, 5)), (50, 0, 50));
		assert_eq!(burnt(0, 4), 50 * u128::from(SCOPE_RING - 1));
		assert_eq!(Usage::burnt(Scope::App(7), 0, 4), 0);
	});
}
