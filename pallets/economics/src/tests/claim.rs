//! Beneficiaries get what has vested of what they were given, and no unit more.

use crate::{bucket::MONTH, mock::*, Allocations, Bucket, Error, Event, Ledgers};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{AccountId32, DispatchError};

fn allocate(bucket: Bucket, who: AccountId32, amount: u128) {
	assert_ok!(Economics::allocate(RuntimeOrigin::signed(GOVERNANCE), bucket, who, amount));
}

fn claim(bucket: Bucket, who: AccountId32) -> sp_runtime::DispatchResult {
	Economics::claim(RuntimeOrigin::signed(who.clone()), bucket, who)
}

#[test]
fn allocate_gives_a_part_of_a_bucket_and_says_so() {
	build_and_execute(|| {
		allocate(Bucket::Contributors, BOB, MILLION);
		assert_eq!(
			events(),
			[Event::Allocated { bucket: Bucket::Contributors, beneficiary: BOB, amount: MILLION }]
		);
		assert_eq!(Ledgers::<Test>::get(Bucket::Contributors).allocated, MILLION);
		allocate(Bucket::Contributors, BOB, MILLION);
		let allocation = Allocations::<Test>::get(Bucket::Contributors, BOB).expect("given");
		assert_eq!((allocation.amount, allocation.claimed), (2 * MILLION, 0));
	});
}

#[test]
fn allocate_is_for_governance_and_within_what_a_bucket_has() {
	build_and_execute(|| {
		let allocate = |who, bucket, amount| {
			Economics::allocate(RuntimeOrigin::signed(who), bucket, BOB, amount)
		};
		let (investors, all) = (Bucket::Investors, 100 * MILLION);
		assert_noop!(allocate(ALICE, investors, OPG), DispatchError::BadOrigin);
		for streaming in [Bucket::Ecosystem, Bucket::Staking] {
			assert_noop!(allocate(GOVERNANCE, streaming, OPG), Error::<Test>::BucketStreams);
		}
		assert_noop!(
			allocate(GOVERNANCE, investors, EXISTENTIAL_DEPOSIT - 1),
			Error::<Test>::AllocationTooSmall
		);
		assert_noop!(allocate(GOVERNANCE, investors, all + 1), Error::<Test>::AllocationTooLarge);
		assert_ok!(allocate(GOVERNANCE, investors, all));
		assert_noop!(allocate(GOVERNANCE, investors, OPG), Error::<Test>::AllocationTooLarge);
		assert_noop!(
			allocate(GOVERNANCE, investors, u128::MAX),
			sp_runtime::ArithmeticError::Overflow
		);
	});
}

#[test]
fn what_was_spent_before_the_first_block_cannot_be_given_again() {
	build_and_execute(|| {
		let spent = Ledgers::<Test>::get(Bucket::Liquidity).allocated;
		assert_noop!(
			Economics::allocate(
				RuntimeOrigin::signed(GOVERNANCE),
				Bucket::Liquidity,
				BOB,
				60 * MILLION - spent + 1
			),
			Error::<Test>::AllocationTooLarge
		);
		allocate(Bucket::Liquidity, BOB, 60 * MILLION - spent);
		assert_ok!(claim(Bucket::Liquidity, BOB));
		assert_eq!(balance(Bucket::Liquidity.account()), ENDOWMENT);
	});
}

#[test]
fn claim_pays_what_has_vested_and_then_the_rest() {
	build_and_execute(|| {
		// A third at launch, the rest within 48 months.
		allocate(Bucket::Foundation, BOB, 3 * MILLION);
		System::reset_events();
		assert_eq!(Economics::claimable(Bucket::Foundation, BOB), MILLION);
		assert_ok!(claim(Bucket::Foundation, BOB));
		assert_eq!(
			events(),
			[Event::Claimed { bucket: Bucket::Foundation, beneficiary: BOB, amount: MILLION }]
		);
		assert_noop!(claim(Bucket::Foundation, BOB), Error::<Test>::NothingVested);

		months_after_launch(24);
		assert_ok!(claim(Bucket::Foundation, BOB));
		assert_eq!(balance(BOB), PURSE + 2 * MILLION);

		months_after_launch(48);
		assert_ok!(claim(Bucket::Foundation, BOB));
		assert_eq!(balance(BOB), PURSE + 3 * MILLION);
		assert_noop!(claim(Bucket::Foundation, BOB), Error::<Test>::AllocationUnknown);
	});
}

#[test]
fn claim_pays_nothing_before_the_cliff_and_nothing_for_it_after() {
	build_and_execute(|| {
		allocate(Bucket::Contributors, BOB, 36 * OPG);
		months_after_launch(12);
		assert_noop!(claim(Bucket::Contributors, BOB), Error::<Test>::NothingVested);
		months_after_launch(13);
		assert_ok!(claim(Bucket::Contributors, BOB));
		assert_eq!(balance(BOB), PURSE + OPG);
	});
}

#[test]
fn anybody_may_claim_for_a_beneficiary_who_alone_is_paid() {
	build_and_execute(|| {
		allocate(Bucket::Airdrop, NOBODY, OPG);
		let alice = balance(ALICE);
		assert_ok!(Economics::claim(RuntimeOrigin::signed(ALICE), Bucket::Airdrop, NOBODY));
		assert_eq!((balance(NOBODY), balance(ALICE)), (OPG, alice));
		assert_noop!(
			Economics::claim(RuntimeOrigin::none(), Bucket::Airdrop, NOBODY),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn claim_names_what_is_unknown() {
	build_and_execute(|| {
		assert_noop!(claim(Bucket::Airdrop, BOB), Error::<Test>::AllocationUnknown);
		assert_noop!(claim(Bucket::Ecosystem, BOB), Error::<Test>::AllocationUnknown);
		assert_eq!(Economics::claimable(Bucket::Airdrop, BOB), 0);
	});
}

#[test]
fn claim_waits_until_enough_has_vested_to_make_an_account() {
	build_and_execute(|| {
		// A thousandth of an OPG makes an account; that much vests in the first 36th of a month after the cliff.
		allocate(Bucket::Contributors, NOBODY, 36 * 36 * EXISTENTIAL_DEPOSIT);
		let begin = LAUNCH + 12 * MONTH;
		Now::set(begin + MONTH / 36 - 1);
		assert_noop!(claim(Bucket::Contributors, NOBODY), Error::<Test>::BelowExistentialDeposit);
		Now::set(begin + MONTH / 36);
		assert_ok!(claim(Bucket::Contributors, NOBODY));
		// Who has an account may claim as little as has vested.
		Now::set(begin + MONTH / 36 + 1);
		assert_ok!(claim(Bucket::Contributors, NOBODY));
		assert!(balance(NOBODY) < 2 * EXISTENTIAL_DEPOSIT);
	});
}

#[test]
fn what_is_given_late_has_vested_as_far_as_its_bucket() {
	build_and_execute(|| {
		months_after_launch(30);
		allocate(Bucket::Investors, BOB, 2 * OPG);
		assert_ok!(claim(Bucket::Investors, BOB));
		assert_eq!(balance(BOB), PURSE + OPG);
		allocate(Bucket::Investors, BOB, 2 * OPG);
		assert_ok!(claim(Bucket::Investors, BOB));
		assert_eq!(balance(BOB), PURSE + 2 * OPG);
	});
}

#[test]
fn shares_of_a_bucket_sum_to_no_more_than_has_vested_of_it() {
	build_and_execute(|| {
		let thirds = [BOB, CAROL, NOBODY];
		let total = 150 * MILLION;
		let parts = [total / 7, total / 3, total - total / 7 - total / 3];
		for (who, part) in thirds.iter().zip(parts) {
			allocate(Bucket::Contributors, who.clone(), part);
		}
		for month in [13, 20, 47, 48] {
			months_after_launch(month);
			for who in &thirds {
				assert_ok!(claim(Bucket::Contributors, who.clone()));
			}
			let released = Ledgers::<Test>::get(Bucket::Contributors).released;
			let vested = Economics::vested(Bucket::Contributors);
			assert!(released <= vested && vested - released < 3, "in month {month}");
		}
		assert_eq!(Ledgers::<Test>::get(Bucket::Contributors).released, total);
		assert_eq!(balance(Bucket::Contributors.account()), ENDOWMENT);
	});
}
