//! An app's life.

use crate::{mock::*, Apps as Records, Error, Event, HoldReason};
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};

fn held() -> Balance {
	Balances::balance_on_hold(&HoldReason::App.into(), &OWNER)
}

#[test]
fn is_registered_for_a_deposit_and_numbered() {
	build_and_execute(|| {
		for app in 0..2 {
			assert_ok!(Apps::register(by(&OWNER), name("chat")));
			assert_eq!(events(), [Event::Registered { app, owner: OWNER }]);
		}
		assert_eq!(held(), 2 * DEPOSIT);
		assert_noop!(Apps::register(by(&OWNER), name("")), Error::<Test>::NameInvalid);
		let noise = vec![0xff].try_into().expect("short");
		assert_noop!(Apps::register(by(&OWNER), noise), Error::<Test>::NameInvalid);
		assert_noop!(
			Apps::register(by(&NOBODY), name("chat")),
			sp_runtime::TokenError::FundsUnavailable
		);
	});
}

#[test]
fn is_its_owners_alone() {
	build_and_execute(|| {
		let app = app();
		let by = || by(&ALICE);
		let none = Default::default();
		assert_noop!(Apps::set_offers(by(), app, none), Error::<Test>::NotOwner);
		assert_noop!(Apps::grant(by(), app, BOB, TERMS), Error::<Test>::NotOwner);
		assert_noop!(Apps::sponsor(by(), app, None), Error::<Test>::NotOwner);
		assert_noop!(Apps::sponsor(by(), app, Some(promise(1))), Error::<Test>::NotOwner);
		assert_noop!(Apps::credit(by(), app, BOB, 1, 1, 0), Error::<Test>::NotOwner);
		assert_noop!(Apps::withdraw(by(), app, 1), Error::<Test>::NotOwner);
		assert_noop!(Apps::retire(by(), app), Error::<Test>::NotOwner);
		assert_noop!(Apps::remove(by(), app), Error::<Test>::NotOwner);
		assert_noop!(
			Apps::retire(RuntimeOrigin::none(), app),
			sp_runtime::DispatchError::BadOrigin
		);
		assert_noop!(Apps::retire(by(), 9), Error::<Test>::AppUnknown);
	});
}

#[test]
fn sells_nothing_once_retired_but_keeps_what_it_sold() {
	build_and_execute(|| {
		let app = app();
		assert_ok!(Apps::buy(by(&ALICE), app, OFFER));
		assert_ok!(Apps::retire(by(&OWNER), app));
		assert_eq!(events().last(), Some(&Event::Retired { app }));
		assert_noop!(Apps::buy(by(&BOB), app, OFFER), Error::<Test>::AppRetired);
		assert_noop!(Apps::grant(by(&OWNER), app, BOB, TERMS), Error::<Test>::AppRetired);
		assert_noop!(Apps::retire(by(&OWNER), app), Error::<Test>::AppRetired);
		assert_ok!(admit(app, crate::Access::Pass, &ALICE));
	});
}

#[test]
fn is_removed_when_nothing_it_gave_holds_and_gets_its_deposit_and_purse_back() {
	build_and_execute(|| {
		let app = sponsor(COST);
		assert_ok!(Apps::buy(by(&ALICE), app, OFFER));
		assert_noop!(Apps::remove(by(&OWNER), app), Error::<Test>::AppInUse);
		assert_ok!(Apps::retire(by(&OWNER), app));
		System::set_block_number(1 + DELAY);
		assert_noop!(Apps::remove(by(&OWNER), app), Error::<Test>::AppInUse);
		Epoch::set(2);
		System::set_block_number(DELAY);
		assert_noop!(Apps::remove(by(&OWNER), app), Error::<Test>::AppInUse);
		System::set_block_number(1 + DELAY);
		let before = balance(&OWNER);
		assert_ok!(Apps::remove(by(&OWNER), app));
		assert_eq!(balance(&OWNER) - before, DEPOSIT + 10 * COST + EXISTENTIAL_DEPOSIT);
		assert_eq!((held(), Records::<Test>::iter().count()), (0, 0));
		assert_eq!(events().last(), Some(&Event::Removed { app }));
		assert_noop!(admit(app, crate::Access::Named, &ALICE), Error::<Test>::AppUnknown);
	});
}
