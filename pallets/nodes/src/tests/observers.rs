//! Nodes that observe feeds: who is drawn, what conduct does to the score, what a fine takes.

use crate::{mock::*, Event, Status};
use frame_support::assert_ok;
use opg_primitives::{
	node::OBSERVES,
	seams::{Conduct, Observers},
	NodeId, Roles,
};
use sp_runtime::Perbill;

fn observer(owner: u64, bond: Balance, roles: Roles) -> NodeId {
	let node = crate::NextNode::<Test>::get();
	let name = node.to_string();
	let key = worker(&name);
	assert_ok!(Registry::register(
		RuntimeOrigin::signed(owner),
		roles,
		key,
		proof(&name, owner),
		bond
	));
	report(node, &[OBSERVES]);
	node
}

const DATA: Roles = Roles { inference: false, data: true };

fn drawn(seats: u8) -> Vec<NodeId> {
	Registry::draw_observers(seed(1), seats).into_iter().map(|(node, _)| node).collect()
}

#[test]
fn are_drawn_with_the_keys_they_sign_with() {
	build_and_execute(|| {
		let node = observer(ALICE, BOND, DATA);
		assert_eq!(Registry::draw_observers(seed(1), 4), [(node, worker("0"))]);
		assert_eq!(Registry::paid_for(node), Some(ALICE));
		assert_eq!(Registry::observer(&worker("0")), Some(node));
		assert_eq!(draw(1), None, "who only observes runs no model");
	});
}

#[test]
fn are_of_different_owners_and_as_many_as_there_are() {
	build_and_execute(|| {
		observer(ALICE, BOND, DATA);
		observer(ALICE, BOND, DATA);
		observer(BOB, BOND, DATA);
		assert_eq!(drawn(5).len(), 2);
		assert_eq!(drawn(1).len(), 1);
		assert!(drawn(0).is_empty());
	});
}

#[test]
fn need_the_role_and_report_and_are_not_in_jail() {
	build_and_execute(|| {
		observer(ALICE, BOND, Roles::INFERENCE);
		assert!(drawn(5).is_empty());
		let node = observer(BOB, BOND, DATA);
		assert_eq!(drawn(5), [node]);
		System::set_block_number(22);
		assert!(drawn(5).is_empty(), "silent");
		report(node, &[OBSERVES]);
		assert_eq!(drawn(5), [node], "its heartbeat brings it back");
		assert_ok!(Registry::slash(RuntimeOrigin::root(), node, 1));
		assert!(drawn(5).is_empty());
	});
}

#[test]
fn with_poor_conduct_are_barred_for_a_while_and_with_good_conduct_rise() {
	build_and_execute(|| {
		let node = observer(ALICE, BOND, DATA);
		Registry::note_conduct(node, Conduct::Good);
		assert_eq!(record(node).score.permille(), 531);
		(0..3).for_each(|_| Registry::note_conduct(node, Conduct::Poor));
		assert_eq!(drawn(1), [node]);
		Registry::note_conduct(node, Conduct::Poor);
		assert!(drawn(1).is_empty());
		assert_eq!((record(node).score.permille(), record(node).status), (200, Status::Active));
		System::set_block_number(10);
		report(node, &[OBSERVES]);
		assert!(drawn(1).is_empty(), "a heartbeat does not lift the bar");
		System::set_block_number(51);
		report(node, &[OBSERVES]);
		assert_eq!(drawn(1), [node]);
		Registry::note_conduct(77, Conduct::Poor);
	});
}

#[test]
fn pay_fines_from_the_bond() {
	build_and_execute(|| {
		let node = observer(ALICE, BOND, DATA);
		events();
		Registry::fine(node, Perbill::from_percent(1));
		assert_eq!(record(node).bond, BOND - BOND / 100);
		assert_eq!(events(), [Event::Fined { node, amount: BOND / 100 }]);
		Registry::fine(77, Perbill::from_percent(1));
	});
}
