//! Who is drawn.

use crate::{mock::*, Lists, Nodes, Status};
use opg_primitives::{
	seams::{Delivery, NodeRegistry, Wanted},
	Roles,
};

#[test]
fn takes_only_who_serves_the_model_and_has_a_place_free() {
	build_and_execute(|| {
		let (a, b) = (register(ALICE, BOND), register(BOB, BOND));
		report(a, &[0]);
		report(b, &[1]);
		assert_eq!(draw(1), Some(a));
		assert_eq!(draw(2), None, "a new node carries one job");
		end(a, Delivery::InTime);
		assert_eq!(
			(draw(3), draw(4), draw(5)),
			(Some(a), Some(a), None),
			"an answer earned a second"
		);
	});
}

#[test]
fn never_takes_the_askers_own_node_nor_a_named_one() {
	build_and_execute(|| {
		let (a, b) = (serving(ALICE, BOND), serving(BOB, BOND));
		for number in 0..20 {
			assert_eq!(Registry::draw(&wanted(0, number, &ALICE, &[])), Some(b));
			end(b, Delivery::Excused);
			assert_eq!(Registry::draw(&wanted(0, number, &NOBODY, &[b])), Some(a));
			end(a, Delivery::Excused);
			assert_eq!(Registry::draw(&wanted(0, number, &ALICE, &[b])), None);
		}
	});
}

#[test]
fn takes_only_named_nodes_where_some_are_named() {
	build_and_execute(|| {
		let (a, b) = (serving(ALICE, BOND), serving(BOB, BOND));
		let elsewhere = register(BOB, BOND);
		report(elsewhere, &[1]);
		for number in 0..20 {
			let only =
				|only: &[u32]| Registry::draw(&Wanted { only, ..wanted(0, number, &NOBODY, &[]) });
			assert_eq!(only(&[b]), Some(b));
			assert_eq!(only(&[b]), None, "it has no place free");
			end(b, Delivery::Excused);
			assert_eq!(only(&[elsewhere, 99]), None, "they do not serve the model");
			let own = Wanted { only: &[a], ..wanted(0, number, &ALICE, &[]) };
			assert_eq!(Registry::draw(&own), None, "nobody is served by a node of their own");
		}
	});
}

#[test]
fn never_takes_another_node_of_a_named_ones_owner() {
	build_and_execute(|| {
		let (a, _, b) = (serving(ALICE, BOND), serving(ALICE, BOND), serving(BOB, BOND));
		for number in 0..20 {
			assert_eq!(Registry::draw(&wanted(0, number, &NOBODY, &[a])), Some(b));
			end(b, Delivery::Excused);
		}
	});
}

#[test]
fn never_picks_a_node_whose_bond_is_spoken_for() {
	build_and_execute(|| {
		let node = serving(ALICE, BOND);
		earn(node, 1);
		earn(node, 2);
		let draw_for =
			|fee| Registry::draw(&Wanted { fee, ..wanted(0, 1, &NOBODY, &[]) }).is_some();
		// A bond of a thousand answers for fees of ten, and an eighth is kept for judging.
		let (some, rest) = (5 * UNIT, 3_750);
		assert!(!draw_for(some + rest + 1));
		assert!(draw_for(some));
		assert!(!draw_for(rest + 1), "part is in hand");
		assert!(draw_for(rest));
		assert!(!draw_for(1));
		Registry::release(node, Delivery::Excused, rest);
		assert!(draw_for(rest), "what was given back is free again");
		Registry::release(node, Delivery::InTime, rest);
		Registry::expose(node, rest);
		assert!(!draw_for(1), "what was paid can be disputed");
		let jury = Registry::draw_jury(&Wanted { fee: UNIT, ..wanted(0, 1, &NOBODY, &[]) }, 1);
		assert_eq!(jury, Some(vec![node]), "what is kept for juries is theirs");
	});
}

#[test]
fn needs_the_role_and_an_active_node() {
	// What is listed wrongly breaks the laws; it must not be drawn all the same.
	externalities().execute_with(|| {
		let node = serving(ALICE, BOND);
		assert_eq!(draw(1), Some(node));
		end(node, Delivery::Excused);
		let before = record(node);
		for status in [Status::Unbonding { until: 9 }, Status::Jailed { until: 9 }] {
			Nodes::<Test>::mutate_extant(node, |record| record.status = status);
			assert_eq!(draw(1), None);
		}
		let roles = Roles { inference: false, data: true };
		Nodes::<Test>::insert(node, crate::Node { roles, ..before });
		assert_eq!(draw(1), None);
	});
}

#[test]
fn follows_the_bond_of_those_with_a_place_free() {
	build_and_execute(|| {
		let (a, b) = (serving(ALICE, 4 * BOND), serving(BOB, BOND));
		earn(b, 1);
		earn(b, 2);
		let before = [a, b].map(record);
		assert_eq!(before.clone().map(|record| record.capacity.free(10)), [1, 4]);
		let draws = 2_000;
		let to_a = (0..draws)
			.filter(|number| {
				let drawn = draw(*number);
				Nodes::<Test>::insert(a, before[0].clone());
				Nodes::<Test>::insert(b, before[1].clone());
				drawn == Some(a)
			})
			.count();
		assert!((1_500..1_700).contains(&to_a), "four fifths of {draws} expected, got {to_a}");
	});
}

#[test]
fn never_takes_who_could_not_pay_for_a_lie() {
	build_and_execute(|| {
		let node = serving(ALICE, BOND);
		let wanted = |fee| Wanted { fee, ..wanted(0, 1, &NOBODY, &[]) };
		for draw in [Registry::draw_seats, Registry::draw_jury] {
			assert_eq!(draw(&wanted(5 * UNIT + 1), 1), None);
			assert_eq!(draw(&wanted(5 * UNIT), 1), Some(vec![node]));
			Registry::release(node, Delivery::Excused, 5 * UNIT);
		}
	});
}

#[test]
fn leaves_silent_nodes_out_until_they_report_again() {
	build_and_execute(|| {
		let (a, b) = (register(ALICE, BOND), register(BOB, BOND));
		report(a, &[0]);
		System::set_block_number(15);
		report(b, &[0]);
		System::set_block_number(22);
		assert_eq!(draw(1), Some(b));
		assert_eq!(Lists::<Test>::get(0).nodes, 1, "who is silent leaves the list");
		end(b, Delivery::Missed);
		report(a, &[0]);
		assert_eq!(Lists::<Test>::get(0).nodes, 2);
	});
}

#[test]
fn looks_at_few_of_many_and_reaches_all() {
	build_and_execute(|| {
		let nodes: Vec<_> = (0..12).map(|turn| serving(1 + turn % 2, BOND)).collect();
		let drawn: std::collections::BTreeSet<_> = (0..200).filter_map(draw).collect();
		assert_eq!(drawn.len(), nodes.len());
	});
}
