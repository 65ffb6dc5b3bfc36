//! The laws hold after any sequence of calls and blocks, every request ends once, and broken states are caught.

use crate::{mock::*, Expiring, Requests};
use frame_support::assert_ok;
use opg_primitives::{job::Answer, Draw, NodeId, Outcome, RequestId};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
	Ask(u64, u8, u64),
	Cancel(u64, RequestId),
	Answer(NodeId, Vec<RequestId>, Manner),
	Places(NodeId, u32),
	Run(u64),
}

#[derive(Clone, Copy, Debug)]
enum Manner {
	Rightly,
	Unfit,
	ByAnotherDraw,
}

fn step() -> impl Strategy<Value = Step> {
	let who = prop_oneof![Just(ALICE), Just(BOB), Just(owner_of(0))];
	let manner = prop_oneof![4 => Just(Manner::Rightly), 1 => Just(Manner::Unfit), 1 => Just(Manner::ByAnotherDraw)];
	prop_oneof![
		4 => (who.clone(), 0..12u8, 10..60u64).prop_map(|(who, key, time)| Step::Ask(who, key, time)),
		1 => (who, 0..12u64).prop_map(|(who, request)| Step::Cancel(who, request)),
		3 => (0..2u32, prop::collection::vec(0..12u64, 1..4), manner)
			.prop_map(|(node, requests, manner)| Step::Answer(node, requests, manner)),
		1 => (0..2u32, 0..4u32).prop_map(|(node, places)| Step::Places(node, places)),
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
		Manner::ByAnotherDraw => Answer { request, draw: Draw::zero(), outcome: output() },
	})
}

fn take(step: Step) {
	// A step may be refused: only the laws matter here.
	match step {
		Step::Ask(who, key, deadline) => {
			let _ = ask(who, key, deadline);
		},
		Step::Cancel(who, request) => {
			let _ = Inference::cancel(RuntimeOrigin::signed(who), request);
		},
		Step::Answer(node, requests, manner) => {
			let answers = requests.into_iter().filter_map(|request| answer(request, manner));
			include(batch(node, answers.collect()));
		},
		Step::Places(node, places) => Free::mutate(|free| {
			free.insert(node, places);
		}),
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
				assert_eq!(Balances::total_issuance() + UpkeepPaid::get(), endowed);
			}
			// Whatever nodes did, the longest deadline later nothing is open, and after retention nothing is left.
			run(60 + u64::from(crate::deadline::SLIP) + 1);
			assert!(Requests::<Test>::iter_values().all(|record| !record.state.is_open()));
			assert_eq!([ALICE, BOB, owner_of(0)].map(held), [0; 3]);
			run(52);
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
#[should_panic = "an open request does not end at its deadline"]
fn catch_a_request_that_would_never_end() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		let _ = Expiring::<Test>::clear(u32::MAX, None);
	});
}
