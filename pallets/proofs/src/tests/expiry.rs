//! Statements are kept for their time, and no longer than there is room to forget them.

use crate::{mock::*, Leaves, NextExpiry, ProofFault, Roots, Statements, WeightInfo};
use frame_support::{assert_noop, assert_ok, weights::Weight};

fn kept() -> usize {
	Statements::<Test>::iter().count()
}

#[test]
fn a_statement_counts_to_the_last_block_of_its_life_and_is_then_forgotten() {
	build_and_execute(|| {
		let case = case("cubic_1", "valid_0").registered();
		assert_ok!(case.submit(BOB, 1));
		wait(LIFE);
		assert_noop!(case.submit(BOB, 1), refused(0, ProofFault::Duplicate));
		assert!(Proofs::inclusion(case.statement(BOB, 1)).is_some());
		assert_eq!(kept(), 1);
		wait(2);
		assert_eq!(kept(), 0);
		assert_eq!(Leaves::<Test>::iter().count() + Roots::<Test>::iter().count(), 0);
		assert_ok!(case.submit(BOB, 1));
	});
}

#[test]
fn a_context_never_outlives_its_statement() {
	build_and_execute(|| {
		let case = case("cubic_1", "valid_0").registered();
		let submission = case.submission(1);
		assert_ok!(case.submit(BOB, 1));
		for _ in 0..3 * LIFE {
			next_block();
			let batch = vec![submission.clone()];
			assert!(submit_batch(BOB, batch).is_err());
		}
		assert_eq!(kept(), 0);
	});
}

#[test]
fn what_there_was_no_room_to_forget_is_forgotten_later_oldest_first() {
	build_and_execute(|| {
		let case = case("cubic_1", "valid_0").registered();
		for reference in 0..6 {
			assert_ok!(case.submit(BOB, reference));
		}
		next_block();
		assert_ok!(case.submit(BOB, 100));
		for _ in 0..2 * LIFE {
			next_block_with_room(Weight::zero());
		}
		assert_eq!((kept(), NextExpiry::<Test>::get()), (7, 0));
		// Room to look at the blocks 0 and 1 and to forget two statements.
		let room = Bounds::prune_block() * 3 + Bounds::prune() * 2;
		next_block_with_room(room);
		assert_eq!((kept(), NextExpiry::<Test>::get()), (5, 1));
		assert_eq!(Leaves::<Test>::get(1).len(), 4);
		assert_eq!(Roots::<Test>::get(1), None, "a root of what is not whole is of no use");
		next_block();
		assert_eq!(kept(), 0);
		crate::Pallet::<Test>::check_laws().expect("the laws hold");
		next_block_with_room(Bounds::prune_block());
		next_block();
		assert!(NextExpiry::<Test>::get() > LIFE);
	});
}

#[test]
fn pruning_never_takes_more_than_it_is_given() {
	build_and_execute(|| {
		let case = case("cubic_1", "valid_0").registered();
		for reference in 0..6 {
			assert_ok!(case.submit(BOB, reference));
		}
		wait(1);
		(0..LIFE + 5).for_each(|_| next_block_with_room(Weight::zero()));
		for micros in 0..40u64 {
			let room = Weight::from_parts(micros * 100_000_000, u64::MAX);
			assert!(Proofs::prune(room).all_lte(room));
			crate::Pallet::<Test>::check_laws().expect("the laws hold");
		}
		assert_eq!(kept(), 0);
	});
}
