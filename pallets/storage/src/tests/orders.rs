//! Orders and slots from placing to closing, and what is refused on the way.

use crate::{mock::*, types::MAX_SIZE, Draft, Error, Event, Files, HoldReason, Orders, Slots};
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use sp_runtime::TokenError;

fn held(reason: HoldReason, who: u64) -> Balance {
	Balances::balance_on_hold(&reason.into(), &who)
}

/// Copies kept of the file.
fn copies() -> u32 {
	Files::<Test>::get(CONTENT).map_or(0, |file| file.copies)
}

#[test]
fn an_order_holds_all_it_may_cost_and_returns_what_it_did_not() {
	build_and_execute(|| {
		assert_ok!(Storage::order(signed(OWNER), draft()));
		assert_eq!(held(HoldReason::Purse, OWNER), 2 * 10 * PRICE + DEPOSIT);
		assert_noop!(Storage::close(signed(BOB), 0), Error::<Test>::OrderRuns);
		assert_ok!(Storage::take(signed(ALICE), 0, 1));
		assert_eq!((held(HoldReason::Slot, ALICE), copies()), (BOND, 1));
		for _ in 0..10 {
			next_check();
			assert_ok!(show(ALICE, 0, 1));
		}
		end_check();
		events();
		assert_ok!(Storage::close(signed(BOB), 0));
		assert_eq!(
			events(),
			[
				Event::Freed { order: 0, slot: 1, returned: BOND },
				Event::LastCopyLost { content: CONTENT, models: 1 },
				Event::Closed { order: 0, returned: 10 * PRICE + DEPOSIT },
			]
		);
		assert_eq!(Balances::free_balance(OWNER), PURSE - 10 * PRICE);
		assert_eq!(Balances::free_balance(ALICE), PURSE + 10 * PRICE);
		assert_noop!(Storage::close(signed(BOB), 0), Error::<Test>::OrderUnknown);
	});
}

#[test]
fn an_order_without_sense_is_refused() {
	build_and_execute(|| {
		let refuse = |draft, error: Error<Test>| {
			assert_noop!(Storage::order(signed(OWNER), draft), error);
		};
		refuse(Draft { size: 0, ..draft() }, Error::SizeInvalid);
		refuse(Draft { size: MAX_SIZE + 1, ..draft() }, Error::SizeInvalid);
		refuse(Draft { copies: 0, ..draft() }, Error::CopiesInvalid);
		refuse(Draft { copies: 17, ..draft() }, Error::CopiesInvalid);
		refuse(Draft { periods: 0, ..draft() }, Error::PeriodsInvalid);
		refuse(Draft { periods: 101, ..draft() }, Error::PeriodsInvalid);
		refuse(Draft { price: 9, ..draft() }, Error::PriceTooLow);
		refuse(Draft { price: Balance::MAX, ..draft() }, Error::PriceTooHigh);
		assert_noop!(
			Storage::order(signed(OWNER), Draft { price: PURSE, ..draft() }),
			TokenError::FundsUnavailable
		);
	});
}

#[test]
fn an_order_is_extended_by_its_owner_while_it_runs() {
	build_and_execute(|| {
		assert_ok!(Storage::order(signed(OWNER), draft()));
		assert_noop!(Storage::extend(signed(ALICE), 0, 5), Error::<Test>::NotOwner);
		assert_noop!(Storage::extend(signed(OWNER), 0, 91), Error::<Test>::PeriodsInvalid);
		assert_noop!(Storage::extend(signed(OWNER), 1, 5), Error::<Test>::OrderUnknown);
		assert_ok!(Storage::extend(signed(OWNER), 0, 5));
		assert_eq!(held(HoldReason::Purse, OWNER), 2 * 15 * PRICE + DEPOSIT);
		assert_eq!(Orders::<Test>::get(0).map(|order| order.ends), Some(16));
		(0..16).for_each(|_| next_check());
		assert_noop!(Storage::extend(signed(OWNER), 0, 5), Error::<Test>::OrderEnded);
	});
}

#[test]
fn a_slot_is_one_account_s_and_an_account_has_one() {
	build_and_execute(|| {
		assert_ok!(Storage::order(signed(OWNER), draft()));
		assert_noop!(Storage::take(signed(ALICE), 1, 0), Error::<Test>::OrderUnknown);
		assert_noop!(Storage::take(signed(ALICE), 0, 2), Error::<Test>::SlotUnknown);
		assert_ok!(Storage::take(signed(ALICE), 0, 0));
		assert_noop!(Storage::take(signed(BOB), 0, 0), Error::<Test>::SlotTaken);
		assert_noop!(Storage::take(signed(ALICE), 0, 1), Error::<Test>::KeepsAnother);
		assert_ok!(Storage::take(signed(BOB), 0, 1));
		assert_eq!(copies(), 2);
		(0..10).for_each(|_| next_check());
		assert_ok!(Storage::order(signed(OWNER), Draft { periods: 1, ..draft() }));
		next_check();
		assert_noop!(Storage::take(signed(CAROL), 1, 0), Error::<Test>::OrderEnded);
	});
}

#[test]
fn a_slot_of_a_cheap_order_is_bonded_all_the_same() {
	build_and_execute(|| {
		assert_ok!(Storage::order(signed(OWNER), Draft { price: 10, ..draft() }));
		assert_ok!(Storage::take(signed(ALICE), 0, 0));
		assert_eq!(held(HoldReason::Slot, ALICE), MIN_BOND);
	});
}

#[test]
fn who_leaves_in_good_order_has_its_bond_back() {
	build_and_execute(|| {
		assert_ok!(Storage::order(signed(OWNER), draft()));
		assert_ok!(Storage::take(signed(ALICE), 0, 0));
		assert_noop!(Storage::leave(signed(BOB), 0, 0), Error::<Test>::NotKeeper);
		assert_noop!(Storage::leave(signed(ALICE), 0, 1), Error::<Test>::SlotUnknown);
		next_check();
		assert_noop!(Storage::leave(signed(ALICE), 0, 0), Error::<Test>::PieceAsked);
		assert_ok!(show(ALICE, 0, 0));
		assert_ok!(Storage::leave(signed(ALICE), 0, 0));
		assert_eq!(Balances::free_balance(ALICE), PURSE + PRICE);
		assert!(!Slots::<Test>::contains_key(0, 0));
		assert_ok!(Storage::take(signed(BOB), 0, 0));
	});
}

#[test]
fn a_balance_that_is_frozen_or_not_there_takes_no_slot() {
	build_and_execute(|| {
		let dear = Draft { price: PURSE / 100, copies: 1, periods: 1, ..draft() };
		assert_ok!(Storage::order(signed(OWNER), Draft { periods: 10, ..dear }));
		assert_ok!(Balances::transfer_allow_death(signed(ALICE), BOB, PURSE - 1_000));
		assert_noop!(Storage::take(signed(ALICE), 0, 0), TokenError::FundsUnavailable);
	});
}
