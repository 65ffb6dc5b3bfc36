//! The laws hold after any sequence of calls, and a broken state is caught.

use crate::{mock::*, Draft, Files, Kept, Orders, Slots};
use frame_support::{assert_ok, BoundedVec};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
	Order(u64, u8, u32),
	Extend(u64, u64, u32),
	Take(u64, u64, u8),
	Show(u64, u64, u8),
	Leave(u64, u64, u8),
	Evict(u64, u8),
	Close(u64),
	Wait(u64),
	Use(u32, u64),
}

fn step() -> impl Strategy<Value = Step> {
	let who = OWNER..=CAROL;
	let place = (0..3u64, 0..3u8);
	prop_oneof![
		2 => (who.clone(), 1..4u8, 1..6u32)
			.prop_map(|(who, copies, periods)| Step::Order(who, copies, periods)),
		1 => (who.clone(), 0..3u64, 1..6u32).prop_map(|(who, order, more)| Step::Extend(who, order, more)),
		5 => (who.clone(), place.clone()).prop_map(|(who, (order, slot))| Step::Take(who, order, slot)),
		8 => (who.clone(), place.clone()).prop_map(|(who, (order, slot))| Step::Show(who, order, slot)),
		1 => (who, place.clone()).prop_map(|(who, (order, slot))| Step::Leave(who, order, slot)),
		1 => place.prop_map(|(order, slot)| Step::Evict(order, slot)),
		1 => (0..3u64).prop_map(Step::Close),
		6 => (1..12u64).prop_map(Step::Wait),
		4 => (0..2u32, 1..1_000u64).prop_map(|(model, share)| Step::Use(model, share)),
	]
}

fn take(step: Step) {
	// A step may be refused: only the laws matter here.
	let _ = match step {
		Step::Order(who, copies, periods) => {
			Storage::order(signed(who), Draft { copies, periods, ..draft() })
		},
		Step::Extend(who, order, periods) => Storage::extend(signed(who), order, periods),
		Step::Take(who, order, slot) => Storage::take(signed(who), order, slot),
		Step::Show(who, order, slot) => match showing(order, slot) {
			Some(showing) => Storage::show(signed(who), BoundedVec::truncate_from(vec![showing])),
			None => Ok(()),
		},
		Step::Leave(who, order, slot) => Storage::leave(signed(who), order, slot),
		Step::Evict(order, slot) => Storage::evict(signed(OWNER), order, slot),
		Step::Close(order) => Storage::close(signed(OWNER), order),
		Step::Use(model, share) => {
			use_model(model, share);
			Ok(())
		},
		Step::Wait(blocks) => {
			go_to(System::block_number() + blocks);
			Ok(())
		},
	};
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(96))]

	#[test]
	fn hold_after_any_calls(steps in prop::collection::vec(step(), 1..80)) {
		build_and_execute(|| {
			let mut issued = Balances::total_issuance();
			for step in steps {
				take(step);
				Storage::check_laws().expect("the laws hold after each step");
				assert!(Balances::total_issuance() <= issued, "nothing is ever minted");
				issued = Balances::total_issuance();
			}
			// Whatever happened, everything can be closed and returns.
			go_to(System::block_number() + 120 * PERIOD);
			let orders: Vec<_> = Orders::<Test>::iter_keys().collect();
			for order in orders {
				assert_ok!(Storage::close(signed(ALICE), order));
			}
			let free: Balance =
				(OWNER..=CAROL).chain([POT]).map(Balances::free_balance).sum();
			assert_eq!(free, Balances::total_issuance(), "nothing is held any more");
		});
	}
}

fn order_and_take() {
	assert_ok!(Storage::order(signed(OWNER), draft()));
	assert_ok!(Storage::take(signed(ALICE), 0, 0));
}

#[test]
#[should_panic = "a hold is not what orders and slots say"]
fn catch_a_bond_that_is_not_held() {
	build_and_execute(|| {
		order_and_take();
		Slots::<Test>::mutate(0, 0, |kept| kept.as_mut().expect("kept").bond += 1);
	});
}

#[test]
#[should_panic = "a purse does not cover what its order may still cost"]
fn catch_a_purse_that_is_too_small() {
	build_and_execute(|| {
		order_and_take();
		Orders::<Test>::mutate(0, |order| order.as_mut().expect("an order").purse -= 1);
	});
}

#[test]
#[should_panic = "copies are not the slots taken"]
fn catch_a_copy_that_nobody_keeps() {
	build_and_execute(|| {
		order_and_take();
		Files::<Test>::mutate(CONTENT, |file| file.as_mut().expect("kept").copies = 2);
	});
}

#[test]
#[should_panic = "a slot is missing among its keeper's"]
fn catch_a_slot_its_keeper_does_not_know_of() {
	build_and_execute(|| {
		order_and_take();
		Kept::<Test>::remove(ALICE, (0, 0));
	});
}

#[test]
#[should_panic = "a keeper has a slot that is not its own"]
fn catch_a_slot_of_another_keeper() {
	build_and_execute(|| {
		order_and_take();
		Kept::<Test>::insert(BOB, (0, 0), ());
	});
}

#[test]
#[should_panic = "a slot is of no order"]
fn catch_a_slot_without_an_order() {
	build_and_execute(|| {
		order_and_take();
		Orders::<Test>::remove(0);
	});
}

#[test]
#[should_panic = "a copy was paid more than it earned"]
fn catch_a_copy_that_was_paid_too_much() {
	build_and_execute(|| {
		order_and_take();
		Slots::<Test>::mutate(0, 0, |kept| kept.as_mut().expect("kept").claimed = 1);
	});
}

#[test]
#[should_panic = "the purse does not hold what copies earned"]
fn catch_earnings_that_nobody_paid_in() {
	build_and_execute(|| {
		order_and_take();
		use_model(0, 100);
		Files::<Test>::mutate(CONTENT, |file| file.as_mut().expect("kept").each += 1);
	});
}
