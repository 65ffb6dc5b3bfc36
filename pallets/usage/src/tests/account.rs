//! An account's record says when it was here and what it paid of late, and forgets what is too long ago.

use crate::{mock::*, AccountUse};
use codec::{Encode, MaxEncodedLen};

fn known(who: u64) -> AccountUse {
	Usage::account(&who).expect("the account is known")
}

#[test]
fn epochs_are_seen_from_the_current_one() {
	build_and_execute(|| {
		settle(ALICE, 0, 10);
		enter(1);
		settle(ALICE, 0, 20);
		enter(3);
		settle(ALICE, 0, 30);
		assert_eq!(
			known(ALICE),
			AccountUse { first: 0, last: 3, seen: 0b1101, fees: [30, 0, 20, 10] }
		);
		enter(5);
		assert_eq!(
			known(ALICE),
			AccountUse { first: 0, last: 3, seen: 0b110100, fees: [0, 0, 30, 0] }
		);
		assert_eq!((known(ALICE).seen_in(4), known(ALICE).seen_in(64)), (1, 3));
		assert_eq!((known(ALICE).seen_in(0), known(ALICE).seen_in(u32::MAX)), (0, 3));
	});
}

#[test]
fn what_was_paid_is_kept_of_four_epochs() {
	build_and_execute(|| {
		for epoch in 0..6u32 {
			enter(epoch);
			settle(ALICE, 0, 1 + u128::from(epoch));
		}
		assert_eq!(known(ALICE).fees, [6, 5, 4, 3]);
		enter(9);
		assert_eq!(known(ALICE).fees, [0; 4]);
		assert_eq!(known(ALICE).seen_in(4), 0);
	});
}

#[test]
fn an_account_is_known_for_as_long_as_the_ring_goes_back() {
	build_and_execute(|| {
		settle(ALICE, 0, 10);
		settle(BOB, 0, 10);
		enter(RING - 1);
		assert_eq!(known(ALICE).last, 0);
		settle(ALICE, 0, 10);
		assert_eq!(heads(&counters(RING - 1)), [1, 0, 0, 1]);
		enter(RING);
		assert_eq!(Usage::account(&BOB), None);
		settle(BOB, 0, 10);
		assert_eq!(heads(&counters(RING)), [1, 1, 0, 0], "he is new again");
		assert_eq!((known(BOB).first, known(BOB).seen), (RING, 1));
		assert_eq!(known(ALICE).first, 0);
	});
}

#[test]
fn an_account_that_stays_is_seen_in_the_last_64_epochs() {
	build_and_execute(|| {
		for epoch in 0..100 {
			enter(epoch);
			settle(ALICE, 0, 1);
		}
		assert_eq!((known(ALICE).first, known(ALICE).seen), (0, u64::MAX));
	});
}

#[test]
fn a_record_is_small() {
	build_and_execute(|| {
		settle(ALICE, 0, 1_000_000_000_000);
		assert!(record(ALICE).encoded_size() <= 64, "{}", record(ALICE).encoded_size());
		assert!(crate::Account::max_encoded_len() <= 400, "{}", crate::Account::max_encoded_len());
	});
}
