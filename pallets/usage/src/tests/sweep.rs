//! What is too old goes, a little in every block, and nothing else does.

use crate::{mock::*, Accounts, Sweeping, Tallies, WeightInfo};
use frame_support::{traits::Hooks, weights::Weight};

type Weights = crate::weights::UpperBounds<Test>;

/// An idle block with room for so many looks; returns what it weighed.
fn idle(looks: u32) -> Weight {
	Usage::on_idle(System::block_number(), Weights::sweep(looks))
}

#[test]
fn counters_of_old_epochs_go_first_to_last() {
	build_and_execute(|| {
		for epoch in 0..4 {
			enter(epoch);
			(0..3).for_each(|model| settle(ALICE, model, 1));
		}
		enter(SCOPE_RING + 1);
		assert_eq!(Tallies::<Test>::iter().count(), 12);
		// Epochs 0 and 1 are over: six entries, and a look to find each of them empty.
		assert_eq!(idle(2), Weights::sweep(2));
		assert_eq!(
			(Tallies::<Test>::iter().count(), Sweeping::<Test>::get().tallies_from),
			(10, 0)
		);
		assert_eq!(idle(2), Weights::sweep(2));
		assert_eq!((Tallies::<Test>::iter().count(), Sweeping::<Test>::get().tallies_from), (9, 1));
		idle(4);
		assert_eq!((Tallies::<Test>::iter().count(), Sweeping::<Test>::get().tallies_from), (6, 2));
		assert_eq!(idle(100), Weights::sweep(0), "nothing is left to do");
		assert_eq!(Tallies::<Test>::iter().count(), 6);
	});
}

#[test]
fn forgotten_accounts_go_and_known_ones_stay() {
	build_and_execute(|| {
		(0..20).for_each(|who| settle(who, 0, 1));
		enter(1);
		(0..5).for_each(|who| settle(who, 0, 1));
		enter(RING);
		assert_eq!(Accounts::<Test>::iter().count(), 20);
		// Nine epochs of the only model, one of them with an entry, and what is left for accounts.
		idle(100);
		let mut left: Vec<_> = Accounts::<Test>::iter_keys().collect();
		left.sort();
		assert_eq!(left, [0, 1, 2, 3, 4]);
		assert_eq!(Sweeping::<Test>::get().done, RING);
		assert_eq!(idle(100), Weights::sweep(0), "once an epoch");
		enter(RING + 1);
		idle(100);
		assert_eq!(Accounts::<Test>::iter().count(), 0);
	});
}

#[test]
fn a_look_through_all_accounts_goes_on_where_it_stopped() {
	build_and_execute(|| {
		(0..20).for_each(|who| settle(who, 0, 1));
		enter(RING);
		idle(10);
		let mut blocks = 0;
		while Sweeping::<Test>::get().done < RING {
			let before = Accounts::<Test>::iter().count();
			idle(3);
			assert!(before - Accounts::<Test>::iter().count() <= 3);
			// Whoever comes meanwhile stays.
			settle(100 + blocks, 0, 1);
			blocks += 1;
		}
		assert!(blocks >= 6, "in {blocks} blocks");
		assert_eq!(Accounts::<Test>::iter().count() as u64, blocks);
	});
}

#[test]
fn a_full_block_has_no_room_for_it() {
	build_and_execute(|| {
		settle(ALICE, 0, 1);
		enter(2 * RING);
		assert_eq!(Usage::on_idle(1, Weight::zero()), Weight::zero());
		assert_eq!(idle(0), Weights::sweep(0));
		assert_eq!((Accounts::<Test>::iter().count(), Tallies::<Test>::iter().count()), (1, 1));
	});
}

#[test]
fn a_block_takes_a_bounded_part_however_much_room_there_is() {
	build_and_execute(|| {
		(0..600).for_each(|who| settle(who, 0, 1));
		enter(RING);
		let weight = Usage::on_idle(1, Weight::MAX);
		assert_eq!(weight, Weights::sweep(512));
		assert!(Accounts::<Test>::iter().count() > 0);
		Usage::on_idle(1, Weight::MAX);
		assert_eq!(Accounts::<Test>::iter().count(), 0);
	});
}
