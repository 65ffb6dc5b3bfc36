//! What keepers of a model's file earn by its use, when they are paid it, and who is not.

use crate::{mock::*, Event, Files, Slots, StoredFile};
use frame_support::{assert_ok, BoundedVec};
use proptest::prelude::*;

fn order_and_take() {
	assert_ok!(Storage::order(signed(OWNER), draft()));
	assert_ok!(Storage::take(signed(ALICE), 0, 0));
}

/// What showing its copy pays beside the price.
fn earned(who: u64, slot: u8) -> Balance {
	events();
	assert_ok!(show(who, 0, slot));
	match events().as_slice() {
		[.., Event::Shown { earned, .. }] => *earned,
		other => panic!("nothing was shown: {other:?}"),
	}
}

#[test]
fn a_copy_earns_by_use_and_is_paid_when_it_is_shown() {
	build_and_execute(|| {
		order_and_take();
		use_model(0, 700);
		use_model(1, 300);
		assert_eq!(Balances::free_balance(POT), 1_000, "nobody is paid for a promise");
		next_check();
		let before = Balances::free_balance(ALICE);
		assert_eq!(earned(ALICE, 0), 700, "and nothing for another model");
		assert_eq!(Balances::free_balance(ALICE) - before, PRICE + 700);
		next_check();
		assert_eq!(earned(ALICE, 0), 0, "what was paid is paid");
	});
}

#[test]
fn copies_share_equally_from_when_they_are_taken() {
	build_and_execute(|| {
		order_and_take();
		use_model(0, 100);
		assert_ok!(Storage::take(signed(BOB), 0, 1));
		use_model(0, 101);
		next_check();
		assert_eq!((earned(ALICE, 0), earned(BOB, 1)), (150, 50));
		assert_eq!(Files::<Test>::get(CONTENT).map(|file| file.left), Some(1));
		use_model(0, 1);
		next_check();
		assert_eq!((earned(ALICE, 0), earned(BOB, 1)), (1, 1), "what was left over is not lost");
	});
}

#[test]
fn who_does_not_show_earns_nothing_and_the_others_get_it() {
	build_and_execute(|| {
		order_and_take();
		assert_ok!(Storage::take(signed(BOB), 0, 1));
		use_model(0, 200);
		for _ in 0..MISSES {
			next_check();
			assert_ok!(show(ALICE, 0, 0));
		}
		end_check();
		assert_ok!(Storage::evict(signed(CAROL), 0, 1));
		use_model(0, 1);
		next_check();
		assert_eq!(earned(ALICE, 0), 101);
	});
}

#[test]
fn what_is_used_while_nobody_keeps_it_earns_nobody_later() {
	build_and_execute(|| {
		use_model(0, 500);
		order_and_take();
		next_check();
		assert_eq!(earned(ALICE, 0), 0);
		assert_eq!(Balances::free_balance(POT), 500);
	});
}

#[test]
fn the_loss_of_the_last_copy_tells_how_many_models_need_it() {
	build_and_execute(|| {
		order_and_take();
		events();
		assert_ok!(Storage::leave(signed(ALICE), 0, 0));
		let lost = Event::LastCopyLost { content: CONTENT, models: 1 };
		assert_eq!(events().last(), Some(&lost));
		assert_eq!(Files::<Test>::get(CONTENT), None);
	});
}

proptest! {
	#[test]
	fn no_unit_is_made_or_lost_between_copies(
		shares in prop::collection::vec(0..u64::from(u32::MAX), 1..50),
		copies in 1..17u32,
	) {
		let mut file = StoredFile::<u64> { copies, ..Default::default() };
		for share in &shares {
			file.earn(*share);
		}
		let total = file.each * u64::from(copies) + file.left;
		prop_assert_eq!(total, shares.iter().sum::<u64>());
		prop_assert!(file.left < u64::from(copies));
	}

	#[test]
	fn keepers_are_paid_no_more_than_use_brought_in(
		uses in prop::collection::vec((0..4u8, 1..10_000u64), 1..30),
	) {
		build_and_execute(|| {
			order_and_take();
			assert_ok!(Storage::take(signed(BOB), 0, 1));
			let (mut brought, mut paid) = (0, 0);
			for (turn, (what, share)) in uses.into_iter().enumerate() {
				match what {
					0 | 1 => {
						use_model(0, share);
						brought += share;
					},
					slot => {
						if turn % 3 == 0 {
							next_check();
						}
						let (who, slot) = if slot == 2 { (ALICE, 0) } else { (BOB, 1) };
						let is_kept = Slots::<Test>::get(0, slot).is_some();
						if let (true, Some(showing)) = (is_kept, showing(0, slot)) {
							let before = Balances::free_balance(POT);
							let all = BoundedVec::truncate_from(vec![showing]);
							if Storage::show(signed(who), all).is_ok() {
								paid += before - Balances::free_balance(POT);
							}
						}
					},
				}
				Storage::check_laws().expect("the laws hold after each step");
			}
			assert!(paid <= brought);
		});
	}
}
