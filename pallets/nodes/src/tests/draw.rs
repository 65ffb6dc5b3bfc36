//! Who is drawn.

use crate::{mock::*, CandidateCounts, Nodes};
use opg_primitives::{
	seams::{Delivery, NodeRegistry},
	NodeId,
};

fn draw(number: u64) -> Option<NodeId> {
	Registry::draw(0, seed(number), &CAROL, None)
}

/// Carries `jobs` jobs at once and answers each in time.
fn earn(node: NodeId, jobs: u32) {
	(0..jobs).for_each(|_| Nodes::<Test>::mutate_extant(node, |record| record.capacity.take()));
	(0..jobs).for_each(|_| Registry::release(node, Delivery::InTime));
}

#[test]
fn takes_only_who_serves_the_model_and_has_a_place_free() {
	build_and_execute(|| {
		let (a, b) = (register(ALICE, BOND), register(BOB, BOND));
		report(a, &[0]);
		report(b, &[1]);
		assert_eq!(draw(1), Some(a));
		assert_eq!(draw(2), None, "a new node carries one job");
		Registry::release(a, Delivery::InTime);
		assert_eq!(
			(draw(3), draw(4), draw(5)),
			(Some(a), Some(a), None),
			"an answer earned a second"
		);
	});
}

#[test]
fn never_takes_the_requesters_own_node_nor_the_one_that_missed() {
	build_and_execute(|| {
		let (a, b) = (register(ALICE, BOND), register(BOB, BOND));
		report(a, &[0]);
		report(b, &[0]);
		for number in 0..20 {
			assert_eq!(Registry::draw(0, seed(number), &ALICE, None), Some(b));
			Registry::release(b, Delivery::Missed);
			assert_eq!(Registry::draw(0, seed(number), &CAROL, Some(b)), Some(a));
			Registry::release(a, Delivery::Missed);
			assert_eq!(Registry::draw(0, seed(number), &ALICE, Some(b)), None);
		}
	});
}

#[test]
fn follows_free_capacity() {
	build_and_execute(|| {
		let (a, b) = (register(ALICE, BOND), register(BOB, BOND));
		report(a, &[0]);
		report(b, &[0]);
		earn(b, 1);
		earn(b, 2);
		let before = [a, b].map(|node| Nodes::<Test>::get(node).expect("registered"));
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
		assert!((300..500).contains(&to_a), "a fifth of {draws} expected, got {to_a}");
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
		assert_eq!(CandidateCounts::<Test>::get(0), 1, "who is silent leaves the list");
		Registry::release(b, Delivery::Missed);
		report(a, &[0]);
		assert_eq!(CandidateCounts::<Test>::get(0), 2);
	});
}

#[test]
fn looks_at_few_of_many_and_reaches_all() {
	build_and_execute(|| {
		let nodes: Vec<_> = (0..12).map(|turn| register(1 + turn % 2, BOND)).collect();
		nodes.iter().for_each(|node| report(*node, &[0]));
		let drawn: std::collections::BTreeSet<_> = (0..200).filter_map(draw).collect();
		assert_eq!(drawn.len(), nodes.len());
	});
}
