//! The laws hold after any sequence of calls and blocks, every request ends once, and broken states are caught.

use crate::{mock::*, Expiring, Expiry, HoldReason, Requests, Ring};
use frame_support::{
	assert_ok,
	traits::{fungible::InspectHold, Hooks},
};
use opg_primitives::{
	job::Answer,
	seams::{AnswerDesk, Proof, Verdict},
	Access, Draw, FaultKind, LateProof, NodeId, Outcome, RequestId,
};
use proptest::prelude::*;
use sp_core::H256;
use sp_runtime::Perbill;

#[derive(Clone, Debug)]
enum Step {
	Ask(u64, u8, u64),
	AskThrough(u64, u8, bool),
	AskQuorum(u64, u8),
	Cancel(u64, RequestId),
	Dispute(u64, RequestId),
	Decide(usize, Finding),
	Panels(bool, bool),
	Answer(NodeId, Vec<RequestId>, Manner),
	ProveLater(RequestId),
	Places(NodeId, u32),
	Demand(Balance),
	Budget(Perbill),
	Run(u64),
}

#[derive(Clone, Copy, Debug)]
enum Manner {
	Rightly,
	Unfit,
	ByAnotherDraw,
	WithoutOutput,
}

#[derive(Clone, Copy, Debug)]
enum Finding {
	Agreed,
	Fault,
	Split,
	OneWrong,
	Nothing,
}

impl Finding {
	fn verdict(self) -> Verdict {
		let outcome = output();
		match self {
			Self::Agreed => Verdict::Agreed { outcome, by: vec![0, 1] },
			Self::Fault => {
				Verdict::Agreed { outcome: Outcome::Fault(FaultKind::Looped), by: vec![0, 1] }
			},
			Self::Split => Verdict::Split,
			Self::OneWrong => {
				Verdict::Decided { outcome, by: vec![1], jurors: vec![2, 3], wrong: vec![0] }
			},
			Self::Nothing => Verdict::Undecided,
		}
	}
}

fn finding() -> impl Strategy<Value = Finding> {
	prop_oneof![
		Just(Finding::Agreed),
		Just(Finding::Fault),
		Just(Finding::Split),
		Just(Finding::OneWrong),
		Just(Finding::Nothing)
	]
}

/// Room for nothing, for a few, for all.
fn budget() -> impl Strategy<Value = Perbill> {
	let few = Perbill::from_parts(250_000);
	prop_oneof![Just(Perbill::zero()), Just(few), Just(Perbill::from_percent(50))]
}

fn step() -> impl Strategy<Value = Step> {
	let who = prop_oneof![Just(ALICE), Just(BOB), Just(owner_of(0))];
	let manner = prop_oneof![4 => Just(Manner::Rightly), 1 => Just(Manner::Unfit), 1 => Just(Manner::ByAnotherDraw), 1 => Just(Manner::WithoutOutput)];
	prop_oneof![
		4 => (who.clone(), 0..12u8, 10..60u64).prop_map(|(who, key, time)| Step::Ask(who, key, time)),
		2 => (who.clone(), 0..12u8).prop_map(|(who, key)| Step::AskQuorum(who, key)),
		2 => (who.clone(), 0..12u8, any::<bool>())
			.prop_map(|(who, key, pays)| Step::AskThrough(who, key, pays)),
		1 => (who.clone(), 0..12u64).prop_map(|(who, request)| Step::Cancel(who, request)),
		2 => (who, 0..12u64).prop_map(|(who, request)| Step::Dispute(who, request)),
		2 => (0..8usize, finding()).prop_map(|(which, finding)| Step::Decide(which, finding)),
		1 => (any::<bool>(), any::<bool>()).prop_map(|(free, late)| Step::Panels(free, late)),
		3 => (0..2u32, prop::collection::vec(0..12u64, 1..4), manner)
			.prop_map(|(node, requests, manner)| Step::Answer(node, requests, manner)),
		1 => (0..12u64).prop_map(Step::ProveLater),
		1 => (0..2u32, 0..4u32).prop_map(|(node, places)| Step::Places(node, places)),
		1 => (0..PRICE).prop_map(Step::Demand),
		1 => budget().prop_map(Step::Budget),
		4 => (1..12u64).prop_map(Step::Run),
	]
}

fn answer(request: RequestId, manner: Manner) -> Option<Answer> {
	let (_, draw) = assignment(request)?;
	Some(match manner {
		Manner::Rightly => Answer { request, draw, outcome: output() },
		Manner::Unfit => {
			Answer { request, draw, outcome: Outcome::Output(vec![0].try_into().expect("short")) }
		},
		Manner::WithoutOutput => fault_of(request, FaultKind::Crashed),
		Manner::ByAnotherDraw => Answer { request, draw: Draw::zero(), outcome: output() },
	})
}

fn take(step: Step) {
	// A step may be refused: only the laws matter here.
	match step {
		Step::Ask(who, key, deadline) => {
			let _ = ask(who, key, deadline);
		},
		Step::AskThrough(who, key, app_pays) => {
			let access = if app_pays { Access::Credit } else { Access::Pass };
			let _ = ask_through(who, key, access);
		},
		Step::AskQuorum(who, key) => {
			let _ = ask_quorum(who, key, 3, 2);
		},
		Step::Dispute(who, request) => {
			let _ = Inference::dispute(RuntimeOrigin::signed(who), request);
		},
		Step::Decide(which, finding) => {
			let case = Convened::get().keys().copied().nth(which);
			case.into_iter().for_each(|case| decide(case, finding.verdict()));
		},
		Step::Panels(are_free, are_revealing) => {
			HasPanels::set(are_free);
			Revealing::set(are_revealing);
		},
		Step::Cancel(who, request) => {
			let _ = Inference::cancel(RuntimeOrigin::signed(who), request);
		},
		Step::Answer(node, requests, manner) => {
			let answers = requests.into_iter().filter_map(|request| answer(request, manner));
			include(batch(node, answers.collect()));
		},
		Step::ProveLater(request) => {
			if <Inference as AnswerDesk<u64>>::answered(request).is_ok() {
				let hash = H256::repeat_byte(1);
				let proof = Proof { statement: hash, hash, bytes: 3_072 };
				let late = LateProof { proof, key: hash, by: BOB, difference: 0 };
				<Inference as AnswerDesk<u64>>::note_proof(request, late);
			}
		},
		Step::Places(node, places) => Free::mutate(|free| {
			free.insert(node, places);
		}),
		Step::Demand(surplus) => Surplus::set(surplus),
		Step::Budget(part) => HooksBudget::set(part),
		Step::Run(blocks) => run(blocks),
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(96))]

	#[test]
	fn hold_after_any_calls_and_everything_ends(steps in prop::collection::vec(step(), 1..60)) {
		build_and_execute(|| {
			let endowed = Balances::total_issuance();
			for step in steps {
				take(step);
				Inference::check_laws().expect("the laws hold after each step");
				// Only the upkeep is burnt in this runtime: nothing else is lost or made.
				assert_eq!(Balances::total_issuance() + UpkeepPaid::get() + SurplusBurnt::get(), endowed);
			}
			// Whatever nodes did, the longest deadline later nothing is open, and after retention nothing is left.
			run(60 + 20 + 2 * u64::from(crate::deadline::SLIP) + 1);
			assert!(Requests::<Test>::iter_values().all(|record| !record.state.is_open()));
			assert_eq!([ALICE, BOB, owner_of(0), SPONSOR].map(held), [0; 4]);
			assert_eq!(GivenBack::get().len(), Admitted::get().len(), "once each");
			// What is run again ends as well, and then nothing is left.
			HooksBudget::set(Perbill::from_percent(50));
			run(102 + 61 + 41);
			assert_eq!([ALICE, BOB, owner_of(0)].map(|who| {
				Balances::balance_on_hold(&HoldReason::Dispute.into(), &who)
			}), [0; 3]);
			assert_eq!(Requests::<Test>::iter().count(), 0);
		});
	}
}

#[test]
#[should_panic = "a fee is held without an open request"]
fn catch_a_fee_that_does_not_match() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		Requests::<Test>::mutate_extant(0, |record| record.held -= 1);
	});
}

#[test]
#[should_panic = "a request has a sponsor it does not name"]
fn catch_a_sponsor_nobody_named() {
	build_and_execute(|| {
		assert_ok!(ask_through(ALICE, 1, Access::Credit));
		Requests::<Test>::mutate_extant(0, |record| record.through = None);
	});
}

#[test]
#[should_panic = "an open request does not end at its deadline"]
fn catch_a_request_that_would_never_end() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		let _ = Expiring::<Test>::clear(u32::MAX, None);
	});
}

#[test]
#[should_panic = "a ring has what belongs to the other one"]
fn catch_a_deadline_that_may_be_postponed() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		let _ = Expiring::<Test>::try_append(Ring::HalfTimes, 40, Expiry::Deadline(0));
	});
}

#[test]
#[should_panic = "a second node needs time as well"]
fn catch_a_runtime_that_leaves_a_second_node_no_time() {
	build_and_execute(|| {
		MinDeadline::set(10);
		Inference::integrity_test();
	});
}

#[test]
#[should_panic = "MaxDeadline"]
fn catch_a_runtime_without_any_deadline() {
	build_and_execute(|| {
		MinDeadline::set(101);
		Inference::integrity_test();
	});
}

#[test]
#[should_panic = "a re-run must end before its request is pruned"]
fn catch_a_runtime_that_prunes_what_is_run_again() {
	build_and_execute(|| {
		Retention::set(149);
		Inference::integrity_test();
	});
}

#[test]
#[should_panic = "draws must keep to the budget of the hooks"]
fn catch_a_runtime_whose_draws_fill_its_blocks() {
	build_and_execute(|| {
		MaxDraws::set(10_000);
		Inference::integrity_test();
	});
}

#[test]
#[should_panic = "deadlines and draws must leave half of a block"]
fn catch_a_runtime_whose_hooks_may_fill_its_blocks() {
	build_and_execute(|| {
		HooksBudget::set(Perbill::from_percent(51));
		Inference::integrity_test();
	});
}

#[test]
#[should_panic = "deadlines must leave room for draws"]
fn catch_a_runtime_whose_deadlines_leave_no_room_for_draws() {
	build_and_execute(|| {
		MaxDraws::set(1);
		HooksBudget::set(Perbill::from_parts(200_000));
		Inference::integrity_test();
	});
}

#[test]
fn hold_for_a_runtime_with_just_enough_of_everything() {
	build_and_execute(|| {
		MinDeadline::set(11);
		Retention::set(150);
		Inference::integrity_test();
	});
}
