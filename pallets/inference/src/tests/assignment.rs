//! When and by what a node is drawn.

use crate::{mock::*, Event, Queue, Requests, State, WeightInfo};
use codec::Encode;
use frame_support::{assert_ok, traits::Hooks};
use opg_primitives::{Draw, NodeId};
use sp_io::hashing::blake2_256;

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

#[test]
fn mixes_what_two_blocks_contribute_with_the_request_and_its_state() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(2);
		let output = |block: u64| blake2_256(&block.to_le_bytes());
		let seed = (output(2), output(3), (0u64, State::<u64>::Waiting)).encode();
		let draw = Draw::from(blake2_256(&seed));
		assert_eq!(assignment(0), Some((0, draw)));
		assert_eq!(Requests::<Test>::get(0).map(|record| record.draw), Some(draw));
	});
}

#[test]
fn needs_the_entropy_of_two_blocks_in_a_row() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(1);
		HasEntropy::set(false);
		run(2);
		HasEntropy::set(true);
		run(1);
		assert_eq!(node_of(0), None, "the block before had none");
		run(1);
		assert_eq!(node_of(0), Some(0));
	});
}

#[test]
fn looks_at_each_waiting_request_once_a_block() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(1);
		System::set_block_number(3);
		// The author of the block before: nobody is drawn.
		let work = Inference::on_initialize(3);
		assert_eq!(work, <Test as crate::Config>::WeightInfo::initialize(0, 0, 0, 1));
		assert_eq!(node_of(0), None);
	});
}

#[test]
fn waits_for_two_authors_anew_once_somebody_is_free() {
	build_and_execute(|| {
		Free::set([(0, 0)].into());
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(7);
		Free::set([(0, 1)].into());
		System::set_block_number(9);
		Inference::on_initialize(9);
		assert_eq!(node_of(0), None, "both blocks are of one author");
		run(2);
		assert_eq!(node_of(0), Some(0));
	});
}

#[test]
fn is_tried_again_in_the_next_block_once_somebody_is_free() {
	build_and_execute(|| {
		Free::set([(0, 0)].into());
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(2);
		Free::set([(0, 1)].into());
		run(1);
		assert_eq!(node_of(0), Some(0));
	});
}

#[test]
fn forgets_requests_that_ended_or_are_gone() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		assert_ok!(Inference::cancel(RuntimeOrigin::signed(ALICE), 0));
		Inference::push_waiting(77, 3);
		run(2);
		assert_eq!(Inference::queue_len(Queue::Waiting), 0);
	});
}

#[test]
fn happens_while_the_least_time_to_answer_is_left() {
	for (blocks, node) in [(6, Some(0)), (7, None)] {
		build_and_execute(|| {
			Free::set([(0, 0)].into());
			assert_ok!(ask(ALICE, 1, 12));
			run(blocks);
			Free::set([(0, 1)].into());
			run(1);
			assert_eq!(node_of(0), node);
		});
	}
}
