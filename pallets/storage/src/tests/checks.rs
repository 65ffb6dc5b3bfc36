//! Checks: what they ask, what showing pays, and what silence costs.

use crate::{mock::*, types::PIECE, CurrentCheck, Draft, Error, Event, Showing, Slots};
use binary_merkle_tree::{merkle_proof, merkle_root};
use frame_support::{assert_noop, assert_ok, BoundedVec};
use sp_runtime::traits::BlakeTwo256;

fn order_and_take() {
	assert_ok!(Storage::order(signed(OWNER), draft()));
	assert_ok!(Storage::take(signed(ALICE), 0, 0));
}

fn send(who: u64, showing: Showing) -> sp_runtime::DispatchResult {
	Storage::show(signed(who), BoundedVec::truncate_from(vec![showing]))
}

#[test]
fn a_copy_is_paid_for_each_check_it_was_shown_in() {
	build_and_execute(|| {
		order_and_take();
		assert_eq!(Storage::piece_asked(0, 0), None, "nothing is asked before the next check");
		next_check();
		let (_, until) = Storage::piece_asked(0, 0).expect("a piece");
		assert_eq!(until, PERIOD + SHOW_TIME);
		assert_eq!(Storage::piece_asked(0, 1), None, "nobody keeps it");
		go_to(until);
		events();
		assert_ok!(show(ALICE, 0, 0));
		assert_eq!(events(), [Event::Shown { order: 0, slot: 0, paid: PRICE, earned: 0 }]);
		assert_eq!(Storage::piece_asked(0, 0), None);
	});
}

#[test]
fn a_piece_counts_once_in_time_and_from_its_keeper() {
	build_and_execute(|| {
		order_and_take();
		next_check();
		let right = showing(0, 0).expect("a piece");
		assert_noop!(send(BOB, right.clone()), Error::<Test>::NotKeeper);
		assert_noop!(
			send(ALICE, Showing { order: 9, ..right.clone() }),
			Error::<Test>::OrderUnknown
		);
		assert_noop!(send(ALICE, Showing { slot: 1, ..right.clone() }), Error::<Test>::SlotUnknown);
		assert_ok!(send(ALICE, right.clone()));
		assert_noop!(send(ALICE, right), Error::<Test>::NothingAsked);
		next_check();
		let late = showing(0, 0).expect("a piece");
		end_check();
		assert_noop!(send(ALICE, late), Error::<Test>::NothingAsked);
	});
}

#[test]
fn another_piece_or_path_is_refused() {
	build_and_execute(|| {
		order_and_take();
		for _ in 0..6 {
			next_check();
			let right = showing(0, 0).expect("a piece");
			let (index, _) = Storage::piece_asked(0, 0).expect("a piece");
			let file = file();
			let other = (index + 1) % 10;
			let proof = merkle_proof::<BlakeTwo256, _, _>(pieces(&file), other);
			let another = Showing {
				piece: pieces(&file)[other as usize].to_vec().try_into().expect("a piece"),
				path: proof.proof.try_into().expect("a path"),
				..right.clone()
			};
			let mut changed = right.clone();
			changed.piece[0] ^= 1;
			let mut shorter = right.clone();
			shorter.piece.pop();
			let mut rerouted = right.clone();
			rerouted.path[0].0[0] ^= 1;
			let mut cut = right.clone();
			cut.path.pop();
			for wrong in [another, changed, shorter, rerouted, cut] {
				assert_noop!(send(ALICE, wrong), Error::<Test>::PieceWrong);
			}
			assert_ok!(send(ALICE, right));
		}
	});
}

#[test]
fn every_piece_of_files_of_any_size_can_be_shown() {
	for count in [1u32, 2, 3, 5, 16, 17] {
		build_and_execute(|| {
			let bytes: Vec<u8> = (0..count * PIECE - 7).map(|index| (index % 241) as u8).collect();
			let root = merkle_root::<BlakeTwo256, _>(pieces(&bytes));
			let size = bytes.len() as u64;
			let one = Draft { size, pieces: root, periods: 30, ..draft() };
			assert_ok!(Storage::order(signed(OWNER), one));
			assert_ok!(Storage::take(signed(ALICE), 0, 0));
			for _ in 0..30 {
				next_check();
				let (index, _) = Storage::piece_asked(0, 0).expect("a piece");
				let proof = merkle_proof::<BlakeTwo256, _, _>(pieces(&bytes), index);
				let showing = Showing {
					order: 0,
					slot: 0,
					piece: pieces(&bytes)[index as usize].to_vec().try_into().expect("a piece"),
					path: proof.proof.try_into().expect("a path"),
				};
				assert_ok!(send(ALICE, showing));
			}
		});
	}
}

#[test]
fn what_was_missed_costs_bond_when_the_keeper_comes_back() {
	build_and_execute(|| {
		order_and_take();
		(0..2).for_each(|_| next_check());
		end_check();
		next_check();
		events();
		assert_ok!(show(ALICE, 0, 0));
		assert_eq!(
			events(),
			[
				Event::Missed { order: 0, slot: 0, misses: 2, burnt: BOND / 2 },
				Event::Shown { order: 0, slot: 0, paid: PRICE, earned: 0 },
			]
		);
		assert_eq!(Slots::<Test>::get(0, 0).map(|kept| kept.bond), Some(BOND / 2));
	});
}

#[test]
fn a_keeper_in_default_loses_all_and_anybody_takes_its_place() {
	build_and_execute(|| {
		order_and_take();
		(0..MISSES).for_each(|_| next_check());
		assert_noop!(Storage::evict(signed(BOB), 0, 0), Error::<Test>::NotInDefault);
		end_check();
		let issued = Balances::total_issuance();
		events();
		assert_ok!(Storage::take(signed(BOB), 0, 0));
		assert_eq!(
			events(),
			[
				Event::Missed { order: 0, slot: 0, misses: MISSES, burnt: BOND },
				Event::Freed { order: 0, slot: 0, returned: 0 },
				Event::LastCopyLost { content: CONTENT, models: 1 },
				Event::Taken { order: 0, slot: 0, keeper: BOB },
			]
		);
		assert_eq!(issued - Balances::total_issuance(), BOND);
		next_check();
		assert_ok!(show(BOB, 0, 0));
	});
}

#[test]
fn anybody_evicts_who_is_in_default_and_it_cannot_come_back_by_showing() {
	build_and_execute(|| {
		order_and_take();
		(0..=MISSES).for_each(|_| next_check());
		let late = showing(0, 0).expect("a piece");
		assert_noop!(send(ALICE, late), Error::<Test>::InDefault);
		assert_noop!(Storage::evict(signed(BOB), 0, 1), Error::<Test>::SlotUnknown);
		assert_ok!(Storage::evict(signed(BOB), 0, 0));
		assert_eq!(Slots::<Test>::get(0, 0), None);
		assert_eq!(Balances::free_balance(ALICE), PURSE - BOND);
	});
}

#[test]
fn checks_after_an_order_s_end_cost_nobody_anything() {
	build_and_execute(|| {
		order_and_take();
		for _ in 0..10 {
			next_check();
			assert_ok!(show(ALICE, 0, 0));
		}
		(0..10).for_each(|_| next_check());
		assert_eq!(Storage::piece_asked(0, 0), None);
		assert_ok!(Storage::close(signed(CAROL), 0));
		assert_eq!(Balances::free_balance(ALICE), PURSE + 10 * PRICE);
	});
}

#[test]
fn a_block_without_randomness_asks_nothing() {
	build_and_execute(|| {
		order_and_take();
		Authored::set(false);
		next_check();
		assert_eq!((CurrentCheck::<Test>::get().period, Storage::piece_asked(0, 0)), (0, None));
		Authored::set(true);
		next_check();
		assert_ok!(show(ALICE, 0, 0));
	});
}

/// In how many of `trials` checks of 50 a keeper without every tenth piece is caught.
fn caught(trials: u64) -> usize {
	(0..trials)
		.filter(|trial| {
			let mut found = false;
			build_and_execute(|| {
				System::set_block_number(*trial * 10_000 / PERIOD * PERIOD + 1);
				let long = Draft { periods: 50, size: 1_000 * u64::from(PIECE), ..draft() };
				assert_ok!(Storage::order(signed(OWNER), long));
				assert_ok!(Storage::take(signed(ALICE), 0, 0));
				for _ in 0..50 {
					next_check();
					let (index, _) = Storage::piece_asked(0, 0).expect("a piece");
					found |= index % 10 == *trial as u32 % 10;
					Slots::<Test>::mutate(0, 0, |kept| {
						kept.as_mut().expect("kept").shown = CurrentCheck::<Test>::get().period;
					});
				}
			});
			found
		})
		.count()
}

#[test]
fn who_lacks_a_tenth_of_the_pieces_is_caught_within_fifty_checks() {
	// 1 − 0.9^50 is 0.995.
	let caught = caught(200);
	assert!(caught >= 197, "{caught} of 200");
}
