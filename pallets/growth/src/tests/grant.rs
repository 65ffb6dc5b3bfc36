//! Grants are paid milestone by milestone, within what burnt and what an epoch may cost.

use crate::{mock::*, Error, Event, Grants};
use frame_support::{assert_noop, assert_ok};
use opg_primitives::seams::Subject;
use sp_runtime::DispatchError;

fn granted(parts: &[crate::Balance]) {
	assert_ok!(Growth::grant(governance(), ALICE, MODEL, milestones(parts)));
}

fn release(grant: u32) -> frame_support::dispatch::DispatchResult {
	Growth::release(governance(), grant)
}

#[test]
fn pay_what_burn_allows_since_they_were_made() {
	build_and_execute(|| {
		burn(1_000_000);
		next_epoch();
		granted(&[100, 300, 1]);
		assert_eq!(events(), [Event::Granted { grant: 0, beneficiary: ALICE, amount: 401 }]);
		assert_noop!(release(0), Error::<Test>::BurnTooSmall);
		burn(1_000);
		assert_noop!(release(0), Error::<Test>::BurnTooSmall);
		next_epoch();
		// Four tenths of what burns; the rest is for rebates.
		assert_ok!(release(0));
		assert_ok!(release(0));
		assert_eq!(Paid::get(), [(ALICE, 100), (ALICE, 300)]);
		assert_noop!(release(0), Error::<Test>::BurnTooSmall);
		burn(3);
		next_epoch();
		assert_ok!(release(0));
		assert_eq!(events().last(), Some(&Event::Released { grant: 0, amount: 1 }));
		assert_noop!(release(0), Error::<Test>::GrantUnknown);
	});
}

#[test]
fn of_one_model_share_what_it_burnt() {
	build_and_execute(|| {
		granted(&[400]);
		granted(&[400]);
		burn(1_000);
		next_epoch();
		assert_ok!(release(0));
		assert_noop!(release(1), Error::<Test>::BurnTooSmall);
	});
}

#[test]
fn of_root_wait_and_need_no_burn() {
	build_and_execute(|| {
		let parts = || milestones(&[700, 700]);
		assert_noop!(
			Growth::grant_unmeasured(governance(), BOB, parts()),
			DispatchError::BadOrigin
		);
		assert_ok!(Growth::grant_unmeasured(RuntimeOrigin::root(), BOB, parts()));
		System::set_block_number(DELAY);
		assert_noop!(release(0), Error::<Test>::TooEarly);
		System::set_block_number(DELAY + 1);
		assert_ok!(release(0));
		assert_noop!(release(0), Error::<Test>::GrantsExhausted);
		next_epoch();
		assert_ok!(release(0));
		assert_eq!(Paid::get(), [(BOB, 700), (BOB, 700)]);
	});
}

#[test]
fn are_made_for_something_that_exists_and_pay_something() {
	build_and_execute(|| {
		let grant =
			|subject, parts: &[_]| Growth::grant(governance(), ALICE, subject, milestones(parts));
		assert_noop!(grant(Subject::Model(7), &[1]), Error::<Test>::SubjectUnknown);
		assert_noop!(grant(Subject::App(0), &[1]), Error::<Test>::SubjectUnknown);
		assert_noop!(grant(MODEL, &[]), Error::<Test>::MilestonesInvalid);
		assert_noop!(grant(MODEL, &[1, 0]), Error::<Test>::MilestonesInvalid);
		assert_noop!(grant(MODEL, &[u128::MAX, 1]), Error::<Test>::MilestonesInvalid);
		assert_noop!(
			Growth::grant(RuntimeOrigin::signed(ALICE), ALICE, MODEL, milestones(&[1])),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn can_be_taken_back() {
	build_and_execute(|| {
		granted(&[1, 1]);
		assert_noop!(Growth::withdraw(RuntimeOrigin::signed(ALICE), 0), DispatchError::BadOrigin);
		assert_ok!(Growth::withdraw(governance(), 0));
		assert_eq!(events().last(), Some(&Event::Withdrawn { grant: 0 }));
		assert_noop!(Growth::withdraw(governance(), 0), Error::<Test>::GrantUnknown);
		assert_eq!(Grants::<Test>::iter().count(), 0);
	});
}

#[test]
fn are_not_paid_from_an_empty_purse() {
	build_and_execute(|| {
		granted(&[4]);
		burn(10);
		next_epoch();
		InPurse::set(3);
		assert_noop!(release(0), Error::<Test>::PurseTooSmall);
	});
}
