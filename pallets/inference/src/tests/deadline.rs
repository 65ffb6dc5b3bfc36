//! What happens when nobody answers, and when what ended is gone.

use crate::WeightInfo;
use crate::{mock::*, ClientKeys, Event, Expiring, Queue, Requests, Ring, State};
use frame_support::{
	assert_ok,
	traits::{Get, Hooks},
	weights::Weight,
};
use frame_system::limits::BlockWeights;
use opg_primitives::seams::Delivery;
use sp_runtime::Perbill;

#[test]
fn passes_the_request_to_another_node_at_half_time() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(9);
		assert_eq!(assignment(0).map(|(node, _)| node), Some(0));
		run(1);
		assert_eq!(events().last(), Some(&Event::Missed { request: 0, node: 0 }));
		assert_eq!(Deliveries::get(), [(0, Delivery::Missed)]);
		run(2);
		assert_eq!(assignment(0).map(|(node, _)| node), Some(1));
		assert!(include(batch(1, vec![answer_to(0)])));
		assert_eq!(Balances::free_balance(owner_of(1)), PURSE + PRICE * 7 / 10);
	});
}

#[test]
fn returns_the_fee_when_no_node_answers() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(DEADLINE);
		assert_eq!(events().last(), Some(&expired(0, 2 * PRICE)));
		assert_eq!(Deliveries::get(), [(0, Delivery::Missed), (1, Delivery::Missed)]);
		assert_eq!((held(ALICE), Balances::free_balance(ALICE)), (0, PURSE - UPKEEP));
		assert_eq!(
			Requests::<Test>::get(0).map(|record| record.state),
			Some(State::Expired { at: 21 })
		);
	});
}

#[test]
fn returns_the_fee_when_no_node_was_ever_free() {
	build_and_execute(|| {
		Free::set([(0, 0)].into());
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(DEADLINE);
		assert_eq!(held(ALICE), 0);
		assert_eq!(Deliveries::get(), []);
		run(1);
		assert_eq!(Inference::queue_len(Queue::Waiting), 0);
	});
}

#[test]
fn spares_a_node_that_had_no_chance_by_half_time() {
	build_and_execute(|| {
		Free::set([(0, 0)].into());
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(7);
		Free::set([(0, 1)].into());
		run(3);
		assert_eq!(assignment(0).map(|(node, _)| node), Some(0));
		assert_eq!(Deliveries::get(), []);
		assert!(include(batch(0, vec![answer_to(0)])));
	});
}

#[test]
fn leaves_nothing_behind_after_the_retention() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(2);
		assert!(include(batch(0, vec![answer_to(0)])));
		run(159);
		assert!(Requests::<Test>::contains_key(0));
		run(2);
		assert!(!Requests::<Test>::contains_key(0));
		assert_eq!(ClientKeys::<Test>::get(ALICE, [1; 16]), None);
		assert_eq!(Inference::queue_len(Queue::Ended), 0);
		assert_eq!(Expiring::<Test>::iter().count(), 0);
		assert_ok!(ask(ALICE, 1, DEADLINE));
	});
}

#[test]
fn prunes_no_more_than_the_block_has_room_for() {
	build_and_execute(|| {
		for key in 0..4 {
			assert_ok!(ask(ALICE, key, DEADLINE));
			assert_ok!(Inference::cancel(RuntimeOrigin::signed(ALICE), key.into()));
		}
		System::set_block_number(170);
		let two = <Test as crate::Config>::WeightInfo::prune(2);
		assert_eq!(Inference::on_idle(170, two), two);
		assert_eq!(Requests::<Test>::iter().count(), 2);
		assert_eq!(Inference::on_idle(170, Weight::zero()), Weight::zero());
		assert_eq!(Requests::<Test>::iter().count(), 2);
	});
}

#[test]
fn passes_the_request_on_from_a_node_that_had_just_the_least_time() {
	build_and_execute(|| {
		Free::set([(0, 0)].into());
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(4);
		Free::set([(0, 1)].into());
		run(1);
		assert!(assignment(0).is_some());
		run(5);
		assert_eq!(events().last(), Some(&Event::Missed { request: 0, node: 0 }));
	});
}

#[test]
fn keeps_what_ended_to_the_last_block_of_the_retention() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		assert_ok!(Inference::cancel(RuntimeOrigin::signed(ALICE), 0));
		run(160);
		assert!(Requests::<Test>::contains_key(0), "block 160 ended with it");
		run(1);
		assert!(!Requests::<Test>::contains_key(0));
	});
}

#[test]
fn prunes_no_more_than_a_bounded_number_in_a_block() {
	build_and_execute(|| {
		(0..1_030).for_each(|_| Inference::push_ended(77, 1, 0));
		let most = <Test as crate::Config>::WeightInfo::prune(1_024);
		assert_eq!(Inference::on_idle(1, Weight::MAX), most);
		assert_eq!(Inference::queue_len(Queue::Ended), 6);
	});
}

/// What the hook says it did in the next block: what it looked at, ended, took from late nodes, and drew.
fn weighs_in_next_block(looked: u32, ended: u32, missed: u32, drawn: u32) {
	let number = System::block_number() + 1;
	System::set_block_number(number);
	Author::set(u32::from(number % 2 == 1));
	let weight = <Test as crate::Config>::WeightInfo::initialize(looked, ended, missed, drawn);
	assert_eq!(Inference::on_initialize(number), weight, "block {number}");
}

#[test]
fn weighs_what_is_done_in_a_block() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, 20));
		assert_ok!(ask(ALICE, 2, 20));
		weighs_in_next_block(0, 0, 0, 0);
		weighs_in_next_block(0, 0, 0, 2);
		assert!(include(batch(0, vec![answer_to(0)])));
		run(6);
		// Who was late is replaced; who answered costs a look.
		Free::set([(0, 0)].into());
		run(1);
		weighs_in_next_block(2, 0, 1, 0);
		run(9);
		weighs_in_next_block(2, 1, 0, 0);
	});
}

#[test]
fn replaces_as_many_late_nodes_as_a_block_has_room_for_and_the_rest_in_the_next_ones() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		assert_ok!(ask(ALICE, 2, DEADLINE));
		run(9);
		let missed = || Deliveries::get().len();
		let weight = <Test as crate::Config>::WeightInfo::initialize;
		// Room for one beside the two looks.
		let limits: BlockWeights = <Test as frame_system::Config>::BlockWeights::get();
		let whole = limits.max_block.ref_time();
		let room = weight(2, 0, 1, 0).ref_time();
		HooksBudget::set(Perbill::from_rational(room + 1_000_000, whole));
		run(1);
		assert_eq!(missed(), 1);
		run(1);
		assert_eq!(missed(), 2);
		HooksBudget::set(Perbill::from_percent(50));
		run(2);
		assert!(assignment(0).is_some() && assignment(1).is_some());
	});
}

#[test]
fn comes_on_time_however_little_room_is_left_for_anything_else() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		assert_ok!(ask(ALICE, 2, DEADLINE));
		run(2);
		HooksBudget::set(Perbill::zero());
		run(DEADLINE - 2);
		assert_eq!(held(ALICE), 0);
		let ended = Requests::<Test>::iter_values();
		assert!(ended.into_iter().all(|record| record.state == State::Expired { at: 21 }));
		assert_eq!(Deliveries::get().len(), 2, "once each, at the deadline");
	});
}

#[test]
fn takes_no_place_of_those_that_are_half_way() {
	build_and_execute(|| {
		Free::set([(0, 100)].into());
		// Half way in block 21, in which two others end.
		for key in 0..2 {
			assert_ok!(ask(ALICE, key, 40));
		}
		for key in 2..4 {
			assert_ok!(ask(ALICE, key, 20));
		}
		let due = |ring| Expiring::<Test>::get(ring, 21).len();
		assert_eq!((due(Ring::HalfTimes), due(Ring::Ends)), (2, 2));
	});
}
