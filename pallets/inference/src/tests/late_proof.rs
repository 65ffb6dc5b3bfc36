//! Answers that are proved after they were given: which may be, and how long it is kept.

use super::check::{disputed, settled, CASE};
use crate::{mock::*, Error, Requests};
use frame_support::{assert_noop, assert_ok};
use opg_primitives::{
	seams::{AnswerDesk, AnswerRefusal, GivenAnswer, Proof, ProvedDesk, Verdict},
	FaultKind, LateProof, Outcome, RequestId,
};
use sp_core::H256;

fn late_proof() -> LateProof<u64> {
	let proof = Proof { statement: H256::repeat_byte(1), hash: H256::repeat_byte(2), bytes: 3_072 };
	LateProof { proof, key: H256::repeat_byte(3), by: BOB, difference: 7 }
}

fn answered(request: RequestId) -> Result<GivenAnswer, AnswerRefusal> {
	<Inference as AnswerDesk<u64>>::answered(request)
}

fn note(request: RequestId) {
	<Inference as AnswerDesk<u64>>::note_proof(request, late_proof());
}

fn noted(request: RequestId) -> Option<LateProof<u64>> {
	Requests::<Test>::get(request)?.late_proof
}

/// An answer as its prover sees it.
fn given() -> GivenAnswer {
	let Outcome::Output(output) = output() else { panic!("no output") };
	GivenAnswer { model: MODEL, input: input(), output }
}

#[test]
fn are_those_of_one_node_and_of_a_quorum_once_they_are_given() {
	build_and_execute(|| {
		assert_eq!(answered(0), Err(AnswerRefusal::Unknown));
		assert_ok!(ask(ALICE, 1, DEADLINE));
		assert_eq!(answered(0), Err(AnswerRefusal::Unanswered), "nobody has it");
		run(2);
		let (node, _) = assignment(0).expect("assigned");
		assert_eq!(answered(0), Err(AnswerRefusal::Unanswered), "a node has it");
		assert!(include(batch(node, vec![answer_to(0)])));
		assert_eq!(answered(0), Ok(given()));
		assert_eq!(<Inference as AnswerDesk<u64>>::asked(0), Some(MODEL));
		assert_ok!(ask_quorum(ALICE, 2, 3, 2));
		run(2);
		let agreed = Verdict::Agreed { outcome: output(), by: vec![0, 1] };
		decide(opg_primitives::seams::Case::Request(1), agreed);
		assert_eq!(answered(1), Ok(given()));
	});
}

#[test]
fn are_none_that_came_with_a_proof_failed_or_ended_without_an_answer() {
	build_and_execute(|| {
		assert_ok!(ask_proved(ALICE, 1, input()));
		run(2);
		let (node, _) = assignment(0).expect("assigned");
		<Inference as ProvedDesk>::settle(node, 0, output(), late_proof().proof);
		assert_eq!(answered(0), Err(AnswerRefusal::Proved));
		assert_ok!(ask(ALICE, 2, DEADLINE));
		assert_ok!(Inference::cancel(RuntimeOrigin::signed(ALICE), 1));
		assert_eq!(answered(1), Err(AnswerRefusal::Unanswered));
		assert_ok!(ask(ALICE, 3, DEADLINE));
		for _ in 0..2 {
			run(2);
			let (node, _) = assignment(2).expect("assigned");
			assert!(include(batch(node, vec![fault_of(2, FaultKind::Looped)])));
		}
		assert_eq!(answered(2), Err(AnswerRefusal::Unanswered));
	});
}

#[test]
fn are_proved_once_and_may_be_disputed_as_before() {
	build_and_execute(|| {
		settled(1);
		note(0);
		assert_eq!(noted(0), Some(late_proof()));
		assert_eq!(answered(0), Err(AnswerRefusal::Proved));
		assert_ok!(Inference::dispute(RuntimeOrigin::signed(BOB), 0));
		run(2);
		decide(CASE, Verdict::Agreed { outcome: output(), by: vec![0, 1] });
		assert_eq!(noted(0), Some(late_proof()), "the answer stands");
	});
}

#[test]
fn wait_for_the_end_of_a_dispute() {
	build_and_execute(|| {
		disputed();
		assert_eq!(answered(0), Err(AnswerRefusal::InDoubt));
		decide(CASE, Verdict::Agreed { outcome: output(), by: vec![0, 1] });
		assert_eq!(answered(0), Ok(given()));
	});
}

#[test]
fn lose_their_proof_with_the_answer_that_was_proved() {
	build_and_execute(|| {
		settled(1);
		note(0);
		assert_ok!(Inference::dispute(RuntimeOrigin::signed(BOB), 0));
		run(2);
		let wrong =
			Verdict::Decided { outcome: output(), by: vec![1], jurors: vec![2, 3], wrong: vec![0] };
		decide(CASE, wrong);
		assert_eq!(noted(0), None);
		assert_eq!(answered(0), Ok(given()), "the one that took its place may be");
	});
}

#[test]
fn are_forgotten_with_their_requests() {
	build_and_execute(|| {
		settled(1);
		note(0);
		run(Retention::get() + 1);
		assert_eq!(Requests::<Test>::iter().count(), 0);
		assert_eq!(answered(0), Err(AnswerRefusal::Unknown));
		note(0);
		assert_eq!(Requests::<Test>::iter().count(), 0, "nothing comes back");
		let gone = Inference::dispute(RuntimeOrigin::signed(BOB), 0);
		assert_noop!(gone, Error::<Test>::RequestUnknown);
	});
}

#[test]
#[should_panic = "a request was proved later that has no answer"]
fn are_caught_without_an_answer() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		note(0);
	});
}
