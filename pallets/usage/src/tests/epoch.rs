//! Epochs follow the block number alone; who comes back is told from who comes anew.

use crate::{mock::*, EpochSpan, Event, Ring};
use frame_support::traits::Hooks;

#[test]
fn epochs_are_counted_from_the_first_block() {
	build_and_execute(|| {
		System::set_block_number(0);
		assert_eq!(Usage::epoch(), EpochSpan { index: 0, begin: 0, end: LENGTH });
		settle(ALICE, 0, 10);
		System::set_block_number(LENGTH - 1);
		settle(ALICE, 0, 10);
		assert_eq!(heads(&counters(0)), [1, 1, 0, 0]);
		System::set_block_number(LENGTH);
		assert_eq!(Usage::epoch(), EpochSpan { index: 1, begin: LENGTH, end: 2 * LENGTH });
		assert_eq!(counters(1), Default::default());
	});
}

#[test]
fn accounts_are_new_once_then_returning_or_resurrected() {
	build_and_execute(|| {
		settle(ALICE, 0, 10);
		enter(1);
		settle(ALICE, 0, 10);
		settle(ALICE, 0, 10);
		settle(BOB, 0, 10);
		assert_eq!(heads(&counters(1)), [2, 1, 1, 0]);
		enter(2);
		settle(BOB, 0, 10);
		assert_eq!(heads(&counters(2)), [1, 0, 1, 0]);
		enter(3);
		settle(ALICE, 0, 10);
		settle(CAROL, 0, 10);
		assert_eq!(heads(&counters(3)), [2, 1, 0, 1]);
		assert_eq!(heads(&counters(1)), [2, 1, 1, 0], "what is over does not change");
	});
}

#[test]
fn an_epoch_without_use_counts_as_one_missed() {
	build_and_execute(|| {
		settle(ALICE, 0, 10);
		enter(5);
		settle(ALICE, 0, 10);
		assert_eq!(heads(&counters(5)), [1, 0, 0, 1]);
		for idle in 1..5 {
			assert_eq!(counters(idle), Default::default());
		}
		assert_eq!(Ring::<Test>::iter().count(), 2);
	});
}

#[test]
fn the_ring_forgets_an_epoch_when_its_time_is_over() {
	build_and_execute(|| {
		for epoch in 0..3 * RING {
			enter(epoch);
			settle(ALICE, 0, 10 + u128::from(epoch));
			let oldest = (epoch + 1).saturating_sub(RING);
			for kept in oldest..=epoch {
				assert_eq!(counters(kept).money.spend, 10 + u128::from(kept), "{kept} in {epoch}");
			}
			assert_eq!(Usage::counters(epoch + 1), None, "it has not begun");
			if let Some(gone) = oldest.checked_sub(1) {
				assert_eq!(Usage::counters(gone), None);
				assert_eq!(Usage::service(gone), None);
			}
			assert!(Ring::<Test>::iter().count() <= RING as usize);
		}
	});
}

#[test]
fn what_stands_in_the_ring_from_long_ago_is_not_taken_for_now() {
	build_and_execute(|| {
		enter(3);
		settle(ALICE, 0, 10);
		enter(3 + RING);
		assert_eq!(counters(3 + RING), Default::default());
		assert_eq!(Usage::counters(3), None);
		settle(BOB, 0, 7);
		assert_eq!(counters(3 + RING).money.spend, 7);
		enter(3 + 5 * RING);
		assert_eq!(counters(3 + 5 * RING), Default::default());
	});
}

#[test]
fn an_epochs_totals_are_told_in_the_first_block_of_the_next() {
	build_and_execute(|| {
		settle(ALICE, 0, 10);
		(2..LENGTH).for_each(run_block);
		assert_eq!(events(), []);
		run_block(LENGTH);
		let all = counters(0);
		let (accounts, service, money) = (all.accounts, all.service, all.money);
		assert_eq!(events(), [Event::EpochClosed { epoch: 0, accounts, service, money }]);
		assert_eq!((accounts.new, service.settled, money.spend), (1, 1, 10));
		run_block(LENGTH + 1);
		assert_eq!(events(), []);
	});
}

#[test]
fn an_epoch_without_use_is_told_as_well() {
	build_and_execute(|| {
		run_block(0);
		assert_eq!(events(), []);
		run_block(20 * LENGTH);
		let nothing = counters(19);
		let (accounts, service, money) = (nothing.accounts, nothing.service, nothing.money);
		assert_eq!(events(), [Event::EpochClosed { epoch: 19, accounts, service, money }]);
		assert_eq!(money.spend, 0);
	});
}

#[test]
fn an_epochs_first_block_weighs_more() {
	build_and_execute(|| {
		let idle = Usage::on_initialize(LENGTH + 1);
		let turn = Usage::on_initialize(2 * LENGTH);
		assert!(idle.ref_time() > 0 && turn.ref_time() > idle.ref_time());
	});
}
