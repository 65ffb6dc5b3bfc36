//! When and by what a node is drawn.

use crate::{mock::*, Event, Queue, Requests, State};
use frame_support::{assert_ok, traits::Hooks};
use opg_primitives::NodeId;

fn node_of(request: u64) -> Option<NodeId> {
	assignment(request).map(|(node, _)| node)
}

#[test]
fn comes_two_blocks_after_the_request_and_not_before() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(1);
		assert_eq!(node_of(0), None);
		run(1);
		assert_eq!(node_of(0), Some(0));
		assert!(matches!(events().last(), Some(Event::Assigned { request: 0, node: 0, .. })));
	});
}

#[test]
fn waits_for_two_authors_where_there_are_several_but_not_for_ever() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		let step = || {
			System::set_block_number(System::block_number() + 1);
			Author::set(0);
			Inference::on_initialize(System::block_number());
		};
		(0..5).for_each(|_| step());
		assert_eq!((System::block_number(), node_of(0)), (6, None));
		step();
		assert_eq!(node_of(0), Some(0));
	});
}

#[test]
fn needs_no_second_author_where_there_is_one() {
	build_and_execute(|| {
		Authors::set(1);
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(2);
		assert_eq!(node_of(0), Some(0));
	});
}

#[test]
fn does_not_happen_without_entropy() {
	build_and_execute(|| {
		HasEntropy::set(false);
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(6);
		assert_eq!(node_of(0), None);
		HasEntropy::set(true);
		run(2);
		assert_eq!(node_of(0), Some(0));
	});
}

#[test]
fn keeps_requests_waiting_while_every_place_is_taken() {
	build_and_execute(|| {
		for key in 0..6 {
			assert_ok!(ask(ALICE, key, DEADLINE));
		}
		run(4);
		let assigned = (0..6).filter(|request| node_of(*request).is_some()).count();
		assert_eq!((assigned, Inference::queue_len(Queue::Waiting)), (4, 2));
		assert!(include(batch(0, vec![answer_to(0)])));
		run(1);
		let assigned = (0..6).filter(|request| node_of(*request).is_some()).count();
		assert_eq!((assigned, Inference::queue_len(Queue::Waiting)), (4, 1));
	});
}

#[test]
fn is_bounded_in_each_block() {
	build_and_execute(|| {
		Free::set([(0, 100)].into());
		for key in 0..7 {
			assert_ok!(ask(ALICE, key, DEADLINE));
		}
		run(2);
		let assigned = || (0..7).filter(|request| node_of(*request).is_some()).count();
		assert_eq!(assigned(), 4);
		run(1);
		assert_eq!(assigned(), 7);
	});
}

#[test]
fn never_goes_to_the_requesters_own_node() {
	build_and_execute(|| {
		assert_ok!(ask(owner_of(0), 1, DEADLINE));
		run(2);
		assert_eq!(node_of(0), Some(1));
	});
}

#[test]
fn does_not_happen_when_no_time_is_left_to_answer() {
	build_and_execute(|| {
		Free::set([(0, 0)].into());
		assert_ok!(ask(ALICE, 1, 12));
		run(8);
		Free::set([(0, 1)].into());
		run(10);
		assert_eq!(Deliveries::get(), [], "nobody is blamed for a request it could not answer");
		assert!(matches!(
			Requests::<Test>::get(0).map(|record| record.state),
			Some(State::Expired { .. })
		));
	});
}
