//! Of those who began together it is known how many are left, and what they pay.

use crate::{mock::*, CohortAge, AGES};

#[test]
fn a_cohort_is_told_age_by_age_in_accounts_and_in_spend() {
	build_and_execute(|| {
		settle(ALICE, 0, 10);
		settle(BOB, 0, 20);
		enter(1);
		settle(ALICE, 0, 30);
		settle(CAROL, 0, 5);
		enter(3);
		settle(ALICE, 0, 1);
		settle(BOB, 0, 2);
		settle(BOB, 0, 2);
		let ages = |rows: &[(u32, u32, u128)]| -> Vec<_> {
			rows.iter().map(|&(age, accounts, spend)| CohortAge { age, accounts, spend }).collect()
		};
		assert_eq!(Usage::cohort(0), ages(&[(0, 2, 30), (1, 1, 30), (2, 0, 0), (3, 2, 5)]));
		assert_eq!(Usage::cohort(1), ages(&[(0, 1, 5), (1, 0, 0), (2, 0, 0)]));
		assert_eq!(Usage::cohort(3), ages(&[(0, 0, 0)]));
		assert_eq!(Usage::cohort(4), []);
		assert_eq!(Usage::cohort(u32::MAX), []);
	});
}

#[test]
fn a_cohort_older_than_the_ring_is_told_from_where_the_ring_begins() {
	build_and_execute(|| {
		for epoch in 0..=2 * RING {
			enter(epoch);
			settle(ALICE, 0, 1);
		}
		let ages: Vec<_> = Usage::cohort(0).into_iter().map(|one| (one.age, one.spend)).collect();
		assert_eq!(ages, (RING + 1..=2 * RING).map(|age| (age, 1)).collect::<Vec<_>>());
	});
}

#[test]
fn whoever_is_older_than_ages_are_told_apart_stands_in_the_last_cell() {
	build_and_execute(|| {
		for epoch in 0..AGES + 3 {
			enter(epoch);
			settle(ALICE, 0, 1);
			if epoch == 1 {
				settle(BOB, 0, 0);
			}
		}
		enter(AGES + 2);
		let ages = counters(AGES + 2).ages;
		assert_eq!((ages.at(AGES).accounts, ages.at(AGES + 1).accounts), (1, 1));
		assert_eq!(ages.cells().len(), AGES as usize + 1);
		// The cell of the older ones is no cohort's.
		let last = Usage::cohort(0).last().map(|one| one.age);
		assert_eq!(last, Some(AGES - 1));
	});
}

#[test]
fn splitting_oneself_up_raises_accounts_and_not_spend() {
	build_and_execute(|| {
		settle(ALICE, 0, 1_000);
		(100..200).for_each(|sybil| settle(sybil, 1, 10));
		let cell = |model| of_model(model, 0).expect("it was used").ages.at(0);
		assert_eq!((cell(0).accounts, cell(1).accounts), (1, 100));
		assert_eq!(cell(0).spend, cell(1).spend);
	});
}
