//! What does not hold any more is gone some time after.

use crate::{mock::*, Access, Standings, Sweeping};
use frame_support::{assert_ok, traits::Hooks, weights::Weight};

fn idle() {
	Apps::on_idle(System::block_number(), Weight::MAX);
}

#[test]
fn removes_what_is_over_and_nothing_else() {
	build_and_execute(|| {
		let app = sponsor(10 * COST);
		assert_ok!(Apps::buy(by(&ALICE), app, OFFER));
		assert_ok!(Apps::credit(by(&OWNER), app, ALICE, COST, 1, 0));
		assert_ok!(Apps::credit(by(&OWNER), app, BOB, COST, 1, 0));
		Epoch::set(1);
		idle();
		assert_eq!(Standings::<Test>::iter().count(), 1);
		assert!(pass_of(app, &ALICE).is_some());
		assert_eq!(credit_left(app, &ALICE), 0, "only the pass is left");
		assert_ok!(admit(app, Access::Pass, &ALICE));
		Epoch::set(2);
		idle();
		assert_eq!(Standings::<Test>::iter().count(), 0);
	});
}

#[test]
fn looks_at_a_bounded_number_and_goes_on_where_it_stopped() {
	build_and_execute(|| {
		let app = sponsor(10 * COST);
		for index in 0..600u32 {
			let mut bytes = [7; 32];
			bytes[..4].copy_from_slice(&index.to_le_bytes());
			assert_ok!(Apps::credit(by(&OWNER), app, bytes.into(), COST, 1, 0));
		}
		Epoch::set(1);
		let left = || Standings::<Test>::iter().count();
		idle();
		assert_eq!(left(), 600 - 256);
		Apps::on_idle(1, Weight::zero());
		assert_eq!(left(), 600 - 256, "without room nothing is done");
		(0..2).for_each(|_| idle());
		assert_eq!((left(), Sweeping::<Test>::get().done), (0, 1));
	});
}
