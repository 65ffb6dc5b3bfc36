//! Seats and juries: several nodes of different owners, all or none.

use crate::{mock::*, Lists, Nodes};
use frame_support::assert_ok;
use opg_primitives::{
	seams::{Delivery, NodeRegistry, Wanted},
	NodeId,
};
use std::collections::{BTreeMap, BTreeSet};

fn seats(number: u64, seats: u8) -> Option<Vec<NodeId>> {
	Registry::draw_seats(&wanted(0, number, &NOBODY, &[]), seats)
}

fn jury(number: u64, seats: u8) -> Option<Vec<NodeId>> {
	Registry::draw_jury(&wanted(0, number, &NOBODY, &[]), seats)
}

fn end_all(nodes: &[NodeId]) {
	nodes.iter().for_each(|node| end(*node, Delivery::Excused));
}

fn owners(nodes: &[NodeId]) -> BTreeSet<u64> {
	nodes.iter().map(|node| record(*node).owner).collect()
}

fn jobs() -> u32 {
	Nodes::<Test>::iter_values().map(|record| record.capacity.used()).sum()
}

#[test]
fn have_different_owners() {
	build_and_execute(|| {
		(0..9).for_each(|turn| {
			serving(1 + turn % 3, BOND);
		});
		for number in 0..100 {
			for draw in [seats, jury] {
				let drawn = draw(number, 3).expect("three owners are free");
				assert_eq!(owners(&drawn), BTreeSet::from([1, 2, 3]));
				assert_eq!(jobs(), 3, "a place of each is taken");
				end_all(&drawn);
			}
		}
	});
}

#[test]
fn are_all_or_none() {
	build_and_execute(|| {
		(0..6).for_each(|turn| {
			serving(1 + turn % 3, BOND);
		});
		assert_eq!((seats(1, 4), jury(1, 4)), (None, None));
		assert_eq!(jobs(), 0);
		assert!(Nodes::<Test>::iter_values().all(|record| Registry::spoken_for(&record) == 0));
	});
}

#[test]
fn shun_the_asker_and_named_nodes_and_their_owners() {
	build_and_execute(|| {
		let nodes: Vec<_> = (0..10).map(|turn| serving(1 + turn % 5, BOND)).collect();
		let not = [nodes[1]];
		let wanted = |number| wanted(0, number, &1, &not);
		for number in 0..50 {
			for draw in [Registry::draw_seats, Registry::draw_jury] {
				let drawn = draw(&wanted(number), 3).expect("three owners are left");
				assert_eq!(owners(&drawn), BTreeSet::from([3, 4, 5]));
				end_all(&drawn);
				assert_eq!(draw(&wanted(number), 4), None);
			}
		}
	});
}

#[test]
fn go_to_free_nodes_only() {
	build_and_execute(|| {
		(1..=3).for_each(|owner| {
			serving(owner, BOND);
		});
		assert_eq!(seats(1, 3).map(|nodes| nodes.len()), Some(3));
		assert_eq!(seats(2, 3), None);
	});
}

#[test]
fn of_a_jury_include_busy_nodes() {
	build_and_execute(|| {
		(1..=3).for_each(|owner| {
			serving(owner, BOND);
		});
		seats(1, 3).expect("all are free");
		let jurors = jury(2, 3).expect("being busy is no excuse");
		assert!(jurors.iter().all(|node| record(*node).capacity.used() == 2));
	});
}

#[test]
fn need_room_in_the_bond() {
	build_and_execute(|| {
		let nodes: Vec<_> = (1..=3).map(|owner| serving(owner, BOND)).collect();
		Registry::expose(nodes[0], 6 * UNIT);
		let wants = |fee| Wanted { fee, ..wanted(0, 1, &NOBODY, &[]) };
		let seats = |fee| Registry::draw_seats(&wants(fee), 3);
		let jury = |fee| Registry::draw_jury(&wants(fee), 3);
		// Of a bond for fees of ten, six are spoken for and an eighth is kept for judging.
		let (of_seats, of_jury) = (2_750, 4 * UNIT);
		for (most, draw) in [(of_seats, &seats as &dyn Fn(_) -> Option<Vec<u32>>), (of_jury, &jury)]
		{
			assert_eq!(draw(most + 1), None);
			let drawn = draw(most).expect("there is room for that");
			assert!(drawn.iter().all(|node| record(*node).exposure.in_hand() == 100 * most));
			drawn.iter().for_each(|node| Registry::release(*node, Delivery::Excused, most));
		}
	});
}

#[test]
fn of_a_jury_need_half_of_the_least_bond() {
	build_and_execute(|| {
		let nodes: Vec<_> = (1..=3).map(|owner| serving(owner, BOND)).collect();
		let least = BOND / 2 / UNIT;
		Registry::charge_stale(nodes[0], least as u32);
		end_all(&jury(1, 3).expect("half is enough"));
		Registry::charge_stale(nodes[0], 1);
		assert_eq!(jury(1, 3), None);
		assert!(jury(1, 2).is_some());
	});
}

#[test]
fn depend_on_the_seed_and_on_nothing_else() {
	build_and_execute(|| {
		(0..30).for_each(|turn| {
			serving(1 + turn % 10, BOND);
		});
		let mut seen = BTreeSet::new();
		for number in 0..20 {
			let Some(first) = seats(number, 3) else { continue };
			end_all(&first);
			let again = seats(number, 3).expect("as before");
			assert_eq!(first, again);
			end_all(&again);
			seen.insert(first);
		}
		assert!(seen.len() > 10);
	});
}

#[test]
fn come_from_a_few_places_of_a_long_list() {
	build_and_execute(|| {
		let draws_that_find_three = || {
			(0..40)
				.filter(|number| {
					let drawn = Registry::draw_seats(&wanted(0, *number, &ALICE, &[]), 3);
					drawn.iter().for_each(|nodes| end_all(nodes));
					drawn.is_some()
				})
				.count()
		};
		(2..=4).for_each(|owner| {
			serving(owner, BOND);
		});
		(0..9).for_each(|_| {
			serving(ALICE, BOND);
		});
		assert_eq!(draws_that_find_three(), 40, "four places a seat are looked at whole");
		assert_ok!(Balances::transfer_allow_death(RuntimeOrigin::signed(BOB), ALICE, 8 * BOND));
		(0..8).for_each(|_| {
			serving(ALICE, BOND);
		});
		let found = draws_that_find_three();
		assert!((1..40).contains(&found), "some seeds meet all three of a long list: {found}");
	});
}

#[test]
fn take_silent_nodes_off_the_list() {
	build_and_execute(|| {
		(1..=3).for_each(|owner| {
			serving(owner, BOND);
		});
		System::set_block_number(50);
		serving(4, BOND);
		assert_eq!(seats(1, 2), None);
		assert_eq!(Lists::<Test>::get(0).nodes, 1);
		assert_eq!(Registry::operators(0), 1);
	});
}

#[test]
fn of_a_jury_are_no_more_for_many_small_nodes_than_for_one_with_the_same_bond() {
	build_and_execute(|| {
		let mut sums = BTreeMap::<u64, u32>::new();
		(0..5).for_each(|_| {
			serving(ALICE, BOND);
		});
		serving(BOB, 5 * BOND);
		(3..=8).for_each(|owner| {
			serving(owner, BOND);
		});
		let draws = 1_000;
		for number in 0..draws {
			let jurors = jury(number, 3).expect("eight owners");
			owners(&jurors).into_iter().for_each(|owner| *sums.entry(owner).or_default() += 1);
			end_all(&jurors);
		}
		let (small, large, other) = (sums[&ALICE], sums[&BOB], sums[&CAROL]);
		assert!(small.abs_diff(large) < 80, "{small} seats against {large}");
		assert!(large > 2 * other, "{large} seats for five times the bond of {other}");
	});
}

#[test]
fn of_a_jury_go_by_the_bond_whoever_holds_it() {
	build_and_execute(|| {
		// Three owners with a bond each against one with three: half of the draws each.
		(1..=3).for_each(|owner| {
			serving(owner, BOND);
		});
		let large = serving(4, 3 * BOND);
		let draws = 1_000;
		let to_large = (0..draws)
			.filter(|number| {
				let jurors = jury(*number, 1).expect("all may be drawn");
				end_all(&jurors);
				jurors == [large]
			})
			.count();
		assert!((440..560).contains(&to_large), "half of {draws} expected, got {to_large}");
	});
}
