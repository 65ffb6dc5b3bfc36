//! Who came back is given back a part of what they paid.

use crate::{mock::*, Error, Event, Terms};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchError, Permill};

fn claim(who: u64) -> frame_support::dispatch::DispatchResult {
	Growth::claim(RuntimeOrigin::signed(BOB), who)
}

#[test]
fn is_a_part_of_the_fees_and_paid_once() {
	build_and_execute(|| {
		came_back(ALICE, 10_000);
		assert_eq!(Growth::claimable(ALICE), 300);
		assert_ok!(claim(ALICE));
		assert_eq!(Paid::get(), [(ALICE, 300)]);
		assert_eq!(events(), [Event::Rebated { who: ALICE, paid: 10_000, amount: 300 }]);
		assert_eq!(Growth::spent().rebates, 300);
		assert_noop!(claim(ALICE), Error::<Test>::NothingDue);
		assert_noop!(claim(BOB), Error::<Test>::NothingDue);
		assert_noop!(Growth::claim(RuntimeOrigin::none(), ALICE), DispatchError::BadOrigin);
	});
}

#[test]
fn is_never_more_than_its_part_of_what_burnt() {
	build_and_execute(|| {
		Came::mutate(|came| came.insert(ALICE, (10_000, 100)));
		assert_ok!(claim(ALICE));
		assert_eq!(Paid::get(), [(ALICE, 60)]);
	});
}

#[test]
fn is_paid_while_the_epochs_sum_lasts_and_can_be_had_in_the_next() {
	build_and_execute(|| {
		came_back(ALICE, 30_000);
		came_back(BOB, 5_000);
		assert_ok!(claim(ALICE));
		frame_support::assert_err!(claim(BOB), Error::<Test>::RebatesExhausted);
		came_back(BOB, 5_000);
		next_epoch();
		assert_ok!(claim(BOB));
		assert_eq!(Growth::spent().rebates, 150);
	});
}

#[test]
fn is_not_paid_from_an_empty_purse() {
	build_and_execute(|| {
		came_back(ALICE, 10_000);
		InPurse::set(299);
		frame_support::assert_err!(claim(ALICE), Error::<Test>::PurseTooSmall);
		assert_eq!(Paid::get(), []);
	});
}

#[test]
fn is_set_by_governance_below_what_burns() {
	build_and_execute(|| {
		let set = |terms| Growth::set_terms(governance(), terms);
		let all_of_burn = Terms { of_burn: Permill::one(), ..TERMS };
		assert_noop!(set(all_of_burn), Error::<Test>::RebateNotBelowBurn);
		let more_of_fees = Terms { of_fees: Permill::from_parts(30_001), ..TERMS };
		assert_noop!(set(more_of_fees), Error::<Test>::RebateNotBelowBurn);
		let less = Terms { of_fees: Permill::from_percent(1), ..TERMS };
		assert_noop!(
			Growth::set_terms(RuntimeOrigin::signed(ALICE), less),
			DispatchError::BadOrigin
		);
		assert_ok!(set(less));
		assert_eq!(events(), [Event::TermsChanged]);
		came_back(ALICE, 10_000);
		assert_eq!(Growth::claimable(ALICE), 100);
	});
}
