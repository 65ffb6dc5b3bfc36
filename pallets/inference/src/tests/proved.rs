//! Requests whose answers come with proofs.

use crate::{mock::*, Error, Event, Inputs, Requests, State};
use frame_support::{assert_noop, assert_ok};
use opg_primitives::{
	seams::{Delivery, Proof, ProvedDesk},
	FaultKind, Input, NodeId, RequestId,
};
use opg_tensor::Tensor;
use sp_core::H256;

fn proof() -> Proof {
	Proof { statement: H256::repeat_byte(1), hash: H256::repeat_byte(2), bytes: 3_072 }
}

fn input_of(values: &[f32; 2]) -> Input {
	let tensor = Tensor::from_f32(&[2], values).expect("two elements");
	Input::Inline(opg_tensor::encode(&[tensor]).try_into().expect("short"))
}

/// Asks, and says which node was drawn.
fn assigned() -> NodeId {
	assert_ok!(ask_proved(ALICE, 1, input()));
	run(2);
	assignment(0).expect("assigned").0
}

fn question(node: NodeId, request: RequestId) -> bool {
	let (_, draw) = assignment(request).expect("assigned");
	<Inference as ProvedDesk>::question(node, request, draw) == Some((MODEL, input()))
}

#[test]
fn are_told_to_whoever_checks_proofs_only_of_the_node_that_has_them() {
	build_and_execute(|| {
		let node = assigned();
		assert!(question(node, 0) && !question(node + 1, 0));
		assert_eq!(<Inference as ProvedDesk>::model(0), Some(MODEL));
		assert_ok!(ask(ALICE, 2, DEADLINE));
		run(2);
		assert!(!question(assignment(1).expect("assigned").0, 1), "nobody wants a proof of it");
		assert_eq!(<Inference as ProvedDesk>::model(1), None);
	});
}

#[test]
fn pay_for_the_check_with_their_upkeep() {
	build_and_execute(|| {
		assert_ok!(ask_proved(ALICE, 1, input()));
		assert_eq!(UpkeepPaid::get(), UPKEEP + CHECKING);
		Checks::set(false);
		assert_noop!(ask_proved(ALICE, 2, input()), Error::<Test>::TrustNotOffered);
	});
}

#[test]
fn are_refused_for_inputs_that_no_proof_is_about() {
	build_and_execute(|| {
		let stored = Input::Stored(opg_primitives::ContentId {
			codec: opg_primitives::ContentCodec::Raw,
			digest: [3; 32],
		});
		for input in [stored, input_of(&[0.0, 32_768.0]), input_of(&[f32::NAN, 0.0])] {
			assert_noop!(ask_proved(ALICE, 1, input), Error::<Test>::InputUnprovable);
		}
		assert_ok!(ask_proved(ALICE, 1, input_of(&[0.0, 32_767.0])));
	});
}

#[test]
fn settle_as_others_do_and_keep_what_was_proved() {
	build_and_execute(|| {
		let node = assigned();
		settle(node);
		assert_eq!(events().last(), Some(&settled(0, &[node], PRICE, 2)));
		assert_eq!(Requests::<Test>::get(0).and_then(|record| record.proof), Some(proof()));
		assert_eq!(Deliveries::get(), [(node, Delivery::InTime)]);
		assert_eq!(Balances::free_balance(owner_of(node)), PURSE + PRICE * 7 / 10);
		assert_eq!(held(ALICE), 0);
		settle(node);
		assert_eq!(events(), [], "it counts once");
	});
}

fn settle(node: NodeId) {
	<Inference as ProvedDesk>::settle(node, 0, output(), proof());
}

#[test]
fn once_settled_are_neither_disputed_nor_run_again() {
	build_and_execute(|| {
		InPurse::set(PURSE);
		let node = assigned();
		settle(node);
		assert_eq!(Exposed::get(), []);
		assert_noop!(Inference::dispute(RuntimeOrigin::signed(BOB), 0), Error::<Test>::NotSettled);
		assert_eq!(crate::Positions::<Test>::get().sampling.counted, 0);
	});
}

#[test]
fn are_not_answered_by_an_output_without_a_proof() {
	build_and_execute(|| {
		let node = assigned();
		assert!(include(batch(node, vec![answer_to(0)])));
		assert_eq!(events().last(), Some(&Event::AnswerRefused { request: 0, node }));
		assert_eq!(Stale::get(), [(node, 1)]);
		assert!(assignment(0).is_some(), "it still has the job");
	});
}

#[test]
fn that_cannot_be_proved_fail_by_the_word_of_two_nodes_and_nobody_is_punished() {
	build_and_execute(|| {
		let first = assigned();
		assert!(include(batch(first, vec![fault_of(0, FaultKind::Unprovable)])));
		run(2);
		let (second, _) = assignment(0).expect("another node");
		assert!(include(batch(second, vec![fault_of(0, FaultKind::Unprovable)])));
		assert!(matches!(
			Requests::<Test>::get(0).map(|record| record.state),
			Some(State::Failed { fault: FaultKind::Unprovable, .. })
		));
		assert!(Punished::get().is_empty());
	});
}

#[test]
fn proved_wrongly_punish_the_node_and_go_to_another() {
	build_and_execute(|| {
		let first = assigned();
		<Inference as ProvedDesk>::refuse(first, 0);
		assert_eq!(Punished::get(), [first]);
		assert_eq!(Deliveries::get(), [(first, Delivery::Missed)]);
		assert_eq!(events().last(), Some(&Event::Missed { request: 0, node: first }));
		assert_eq!(held(ALICE), 2 * PRICE);
		run(2);
		let (second, _) = assignment(0).expect("another node");
		assert_ne!(first, second);
		<Inference as ProvedDesk>::refuse(first, 0);
		assert_eq!(
			assignment(0).map(|(node, _)| node),
			Some(second),
			"it is not the first's any more"
		);
		settle(second);
		assert_eq!(held(ALICE), 0);
	});
}

#[test]
fn that_come_too_late_are_replaced_and_expire_as_others_do() {
	build_and_execute(|| {
		let first = assigned();
		run(DEADLINE / 2);
		let (second, _) = assignment(0).expect("another node");
		assert_ne!(first, second);
		settle(first);
		assert_eq!(assignment(0).map(|(node, _)| node), Some(second));
		run(DEADLINE);
		assert_eq!(events().last(), Some(&expired(0, 2 * PRICE)));
		assert!(Punished::get().is_empty());
	});
}

#[test]
fn under_a_key_that_nobody_believes_in_any_more_return_everything() {
	build_and_execute(|| {
		let node = assigned();
		<Inference as ProvedDesk>::give_up(node, 0);
		assert_eq!(events().last(), Some(&expired(0, 2 * PRICE)));
		assert_eq!(Deliveries::get(), [(node, Delivery::Excused)]);
		assert_eq!((held(ALICE), Punished::get()), (0, vec![]));
		assert!(!Inputs::<Test>::contains_key(0));
	});
}
