//! The laws hold after any sequence of calls, and a broken state is caught.

use crate::{mock::*, Agenda, Draft, Latest, OnStale, Results, Workflows};
use opg_primitives::seams::RequestStanding;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
	Create(u64, Balance, bool),
	Stop(u64, u32),
	Tell(u8, i64),
	TellStale(u8),
	Settle(u64),
	End(u64),
	Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
	prop_oneof![
		2 => (10..30u64, 0..2_000u64, any::<bool>())
			.prop_map(|(every, purse, tells)| Step::Create(every, purse, tells)),
		1 => (1..3u64, 0..6u32).prop_map(|(who, flow)| Step::Stop(who, flow)),
		2 => (0..2u8, any::<i64>()).prop_map(|(key, value)| Step::Tell(key, value)),
		1 => (0..2u8).prop_map(Step::TellStale),
		4 => (0..20u64).prop_map(Step::Settle),
		1 => (0..20u64).prop_map(Step::End),
		6 => (1..15u64).prop_map(Step::Wait),
	]
}

fn take(step: Step) {
	// A step may be refused: only the laws matter here.
	match step {
		Step::Create(every, purse, tells) => {
			let on_stale = if tells { OnStale::Tell } else { OnStale::Skip };
			let draft = Draft { every, purse, on_stale, deadline: 9, ..draft() };
			let _ = Flows::create(signed(OWNER), draft);
		},
		Step::Stop(who, flow) => {
			let _ = Flows::stop(signed(who), flow);
		},
		Step::Tell(key, value) => tell(key, value),
		Step::TellStale(key) => tell_stale(key),
		Step::Settle(request) => drop(settle(request)),
		Step::End(request) => {
			Standings::mutate(|all| drop(all.insert(request, RequestStanding::Ended)));
		},
		Step::Wait(blocks) => go_to(System::block_number() + blocks),
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn hold_after_any_calls(steps in prop::collection::vec(step(), 1..80)) {
		build_and_execute(|| {
			let all = Balances::total_issuance();
			for step in steps {
				take(step);
				Flows::check_laws().expect("the laws hold after each step");
				assert_eq!(Balances::total_issuance(), all, "nothing is made and nothing lost");
			}
			// Whatever happened, everything can be stopped and goes, and what was not paid returns.
			let flows: Vec<_> = Workflows::<Test>::iter_keys().collect();
			for flow in flows {
				let _ = Flows::stop(signed(OWNER), flow);
			}
			(0..Asked::get().len() as u64).for_each(|request| drop(settle(request)));
			go_to(System::block_number() + 20);
			assert_eq!(Workflows::<Test>::iter_keys().count(), 0);
			let paid = Balances::free_balance(NODES) - RICH;
			assert_eq!(Balances::free_balance(OWNER), RICH - paid);
			assert_eq!(Results::<Test>::iter().count() + Agenda::<Test>::iter_values().flatten().count(), 0);
		});
	}
}

fn with_result() -> u32 {
	let flow = create(draft());
	go_to(2);
	settle(0);
	go_to(6);
	flow
}

#[test]
#[should_panic = "a hold is not what workflows' deposits are"]
fn catch_a_deposit_that_is_not_held() {
	build_and_execute(|| {
		let flow = create(draft());
		Workflows::<Test>::mutate(flow, |record| record.as_mut().expect("one").deposit += 1);
	});
}

#[test]
#[should_panic = "a workflow would never be looked at"]
fn catch_a_workflow_without_a_place() {
	build_and_execute(|| {
		let flow = create(draft());
		let at = Workflows::<Test>::get(flow).expect("one").look_at;
		Agenda::<Test>::remove(at);
	});
}

#[test]
#[should_panic = "the last result is not there"]
fn catch_a_result_that_is_not_there() {
	build_and_execute(|| {
		let flow = with_result();
		Latest::<Test>::insert(flow, 3);
	});
}

#[test]
#[should_panic = "a result does not name what it is made of"]
fn catch_a_result_without_its_lineage() {
	build_and_execute(|| {
		let flow = with_result();
		Results::<Test>::mutate(flow, 0, |derived| {
			derived.as_mut().expect("a result").taken.pop();
		});
	});
}
