//! Credits: what an app pays for accounts it named.

use crate::{mock::*, Access, Error, Event};
use frame_support::{assert_noop, assert_ok};
use opg_primitives::seams::AppDesk;
use sp_runtime::TokenError;

#[test]
fn pay_for_a_new_account_which_they_let_exist() {
	build_and_execute(|| {
		let app = sponsor(10 * COST);
		let endowment = 3 * EXISTENTIAL_DEPOSIT;
		assert_ok!(Apps::credit(by(&OWNER), app, NOBODY, 2 * COST, 1, endowment));
		let credited = Event::Credited { app, who: NOBODY, amount: 2 * COST, endowment };
		assert_eq!(events().last(), Some(&credited));
		assert_eq!(balance(&NOBODY), endowment);
		assert_eq!(admit(app, Access::Credit, &NOBODY), Ok(Some(Apps::purse(app))));
		assert_ok!(admit(app, Access::Credit, &NOBODY));
		assert_noop!(admit(app, Access::Credit, &NOBODY), Error::<Test>::CreditExhausted);
		assert_noop!(admit(app, Access::Credit, &ALICE), Error::<Test>::NoCredit);
	});
}

#[test]
fn get_back_what_a_request_did_not_spend() {
	build_and_execute(|| {
		let app = sponsor(COST);
		assert_ok!(Apps::credit(by(&OWNER), app, ALICE, COST, 1, 0));
		assert_ok!(admit(app, Access::Credit, &ALICE));
		Apps::ended(through(app, Access::Credit), &ALICE, COST / 4, true);
		assert_eq!((credit_left(app, &ALICE), Apps::spendable(app)), (COST / 4, COST / 4));
		assert_eq!(pass_of(app, &ALICE), None, "there was no pass");
	});
}

#[test]
fn hold_for_so_many_epochs() {
	build_and_execute(|| {
		let app = sponsor(10 * COST);
		let credit = |epochs| Apps::credit(by(&OWNER), app, ALICE, 5 * COST, epochs, 0);
		assert_noop!(credit(0), Error::<Test>::TermsInvalid);
		assert_noop!(credit(MAX_EPOCHS + 1), Error::<Test>::TermsInvalid);
		assert_ok!(credit(2));
		Epoch::set(1);
		assert_ok!(admit(app, Access::Credit, &ALICE));
		Epoch::set(2);
		assert_noop!(admit(app, Access::Credit, &ALICE), Error::<Test>::CreditExpired);
	});
}

#[test]
fn cost_the_owner_a_record_and_the_purse_the_endowment() {
	build_and_execute(|| {
		let app = sponsor(10 * COST);
		let credit = |endowment| Apps::credit(by(&OWNER), app, NOBODY, COST, 1, endowment);
		assert_noop!(credit(10 * COST + 1), Error::<Test>::PurseTooSmall);
		assert_noop!(credit(EXISTENTIAL_DEPOSIT - 1), TokenError::BelowMinimum);
		let owner = balance(&OWNER);
		assert_ok!(credit(EXISTENTIAL_DEPOSIT));
		assert_eq!(owner - balance(&OWNER), RECORD_FEE);
		assert_eq!(Apps::spendable(app), 10 * COST - EXISTENTIAL_DEPOSIT);
	});
}
