//! How many owners serve a model.

use crate::{mock::*, List, Lists};
use frame_support::assert_ok;
use opg_primitives::seams::NodeRegistry;

#[test]
fn are_counted_once_however_many_nodes_they_have() {
	build_and_execute(|| {
		serving(ALICE, BOND);
		let second = serving(ALICE, BOND);
		let other = serving(BOB, BOND);
		assert_eq!((Registry::operators(0), Registry::operators(1)), (2, 0));
		System::set_block_number(3);
		report(second, &[1]);
		assert_eq!((Registry::operators(0), Registry::operators(1)), (2, 1));
		report(other, &[1]);
		assert_eq!((Registry::operators(0), Registry::operators(1)), (1, 2));
	});
}

#[test]
fn that_unbond_are_gone() {
	build_and_execute(|| {
		let node = serving(ALICE, BOND);
		assert_ok!(Registry::unbond(RuntimeOrigin::signed(ALICE), node));
		assert_eq!(Registry::operators(0), 0);
		assert!(!Lists::<Test>::contains_key(0));
	});
}

#[test]
fn found_silent_by_a_draw_are_gone_until_they_report() {
	build_and_execute(|| {
		let node = serving(ALICE, BOND);
		System::set_block_number(50);
		serving(BOB, BOND);
		assert_eq!(Registry::operators(0), 2, "nobody has looked yet");
		draw(1);
		assert_eq!(Lists::<Test>::get(0), List { nodes: 1, operators: 1 });
		report(node, &[0]);
		assert_eq!(Registry::operators(0), 2);
	});
}
