//! Requests made through an app.

use crate::{mock::*, Requests};
use frame_support::{assert_err, assert_noop, assert_ok};
use opg_primitives::{Access, AppUse, FaultKind, TrustMode};
use sp_runtime::TokenError;

/// The most a request costs whom an app pays for.
const COST: Balance = PRICE + UPKEEP;

#[test]
fn are_paid_by_the_requester_unless_the_app_pays() {
	for access in [Access::Named, Access::Pass] {
		build_and_execute(|| {
			assert_ok!(ask_through(ALICE, 1, access));
			assert_eq!(Admitted::get(), [(ALICE, access, COST)]);
			assert_eq!((held(ALICE), held(SPONSOR)), (2 * PRICE, 0));
			run(2);
			assert!(Only::get().is_empty());
			assert!(include(batch(0, vec![answer_to(0)])));
			assert_eq!(Balances::free_balance(ALICE), PURSE - COST);
			assert_eq!(GivenBack::get(), [(ALICE, access, PRICE, false)]);
		});
	}
}

#[test]
fn cost_the_requester_nothing_where_the_app_pays_and_hold_no_more_than_the_price() {
	for access in [Access::SponsoredPass, Access::Credit] {
		build_and_execute(|| {
			Sponsored::set(vec![0, 7]);
			assert_ok!(ask_through(ALICE, 1, access));
			assert_eq!((held(ALICE), held(SPONSOR)), (0, PRICE));
			run(2);
			assert_eq!(Only::get(), [0, 7], "the app names the nodes it pays");
			assert!(include(batch(0, vec![answer_to(0)])));
			assert_eq!(Balances::free_balance(ALICE), PURSE);
			assert_eq!(Balances::free_balance(SPONSOR), PURSE - COST);
			assert_eq!(GivenBack::get(), [(ALICE, access, 0, false)]);
		});
	}
}

#[test]
fn count_as_the_apps() {
	build_and_execute(|| {
		assert_ok!(ask_through(ALICE, 1, Access::Named));
		let record = Requests::<Test>::get(0).expect("made");
		assert_eq!(record.as_use().app, Some(0));
		assert_eq!((record.sponsor, record.app()), (None, Some(0)));
	});
}

#[test]
fn that_nobody_answers_give_back_their_place_in_the_pass() {
	build_and_execute(|| {
		for (key, access) in [(1, Access::Pass), (2, Access::SponsoredPass)] {
			assert_ok!(ask_through(ALICE, key, access));
		}
		run(DEADLINE);
		assert_eq!(
			GivenBack::get(),
			[(ALICE, Access::Pass, 2 * PRICE, true), (ALICE, Access::SponsoredPass, PRICE, true)]
		);
		assert_eq!(Balances::free_balance(SPONSOR), PURSE - UPKEEP);
		assert_eq!(Balances::free_balance(ALICE), PURSE - UPKEEP);
	});
}

#[test]
fn that_are_taken_back_give_back_their_place_unless_the_app_paid_the_upkeep() {
	build_and_execute(|| {
		for (key, access) in [(1, Access::Pass), (2, Access::SponsoredPass)] {
			assert_ok!(ask_through(ALICE, key, access));
			assert_ok!(Inference::cancel(RuntimeOrigin::signed(ALICE), u64::from(key) - 1));
		}
		assert_eq!(
			GivenBack::get(),
			[(ALICE, Access::Pass, 2 * PRICE, true), (ALICE, Access::SponsoredPass, PRICE, false)]
		);
	});
}

#[test]
fn that_have_no_answer_were_served_and_return_what_is_left() {
	build_and_execute(|| {
		assert_ok!(ask_through(ALICE, 1, Access::SponsoredPass));
		for node in [0, 1] {
			run(2);
			assert!(include(batch(node, vec![fault_of(0, FaultKind::Looped)])));
		}
		let paid = 2 * PRICE / 10;
		assert_eq!(GivenBack::get(), [(ALICE, Access::SponsoredPass, PRICE - paid, false)]);
		assert_eq!(Balances::free_balance(SPONSOR), PURSE - UPKEEP - paid);
	});
}

#[test]
fn are_refused_where_the_app_refuses_or_cannot_pay() {
	build_and_execute(|| {
		let through = |app, access| {
			Inference::request(
				RuntimeOrigin::signed(ALICE),
				MODEL,
				input(),
				TrustMode::Attested,
				PRICE,
				DEADLINE,
				[1; 16],
				Some(AppUse { app, access }),
			)
		};
		assert_noop!(through(1, Access::Named), REFUSAL);
		let all = Balances::free_balance(SPONSOR) - COST;
		assert_ok!(Balances::transfer_keep_alive(RuntimeOrigin::signed(SPONSOR), BOB, all));
		assert_err!(through(0, Access::Credit), TokenError::FundsUnavailable);
	});
}
