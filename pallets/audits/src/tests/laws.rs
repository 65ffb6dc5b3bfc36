//! The laws hold after any sequence of calls and verdicts, and a broken state is caught.

use crate::{mock::*, Audits as Records, Waiting};
use frame_support::assert_ok;
use opg_primitives::{
	audit::NO_KEY,
	seams::{AuditRefusal, Verdict},
	FaultKind, ModelId, Outcome,
};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
	Ask(u64, ModelId),
	Run(u32),
	Nodes(bool),
	Pay(Balance),
	Refuse(Option<AuditRefusal>),
	Decide(ModelId, Verdict),
}

fn verdict() -> impl Strategy<Value = Verdict> {
	let nodes = prop::collection::vec(0..25u32, 0..8);
	let outcome = prop_oneof![
		Just(key(KEY)),
		Just(key(NO_KEY)),
		Just(Outcome::Fault(FaultKind::Unavailable)),
	];
	prop_oneof![
		Just(Verdict::Split),
		Just(Verdict::Undecided),
		(outcome.clone(), nodes.clone()).prop_map(|(outcome, by)| Verdict::Agreed { outcome, by }),
		(outcome, nodes.clone(), nodes).prop_map(|(outcome, by, jurors)| Verdict::Decided {
			outcome,
			by,
			jurors,
			wrong: vec![],
		}),
	]
}

fn step() -> impl Strategy<Value = Step> {
	let refusal = prop_oneof![
		4 => Just(None),
		1 => Just(Some(AuditRefusal::Audited)),
		1 => Just(Some(AuditRefusal::Retired)),
	];
	prop_oneof![
		4 => (1..4u64, 0..MODELS + 1).prop_map(|(who, model)| Step::Ask(who, model)),
		3 => (1..40u32).prop_map(Step::Run),
		1 => any::<bool>().prop_map(Step::Nodes),
		1 => (0..100u64).prop_map(Step::Pay),
		1 => refusal.prop_map(Step::Refuse),
		4 => (0..MODELS, verdict()).prop_map(|(model, verdict)| Step::Decide(model, verdict)),
	]
}

/// Whether a panel is at work on it, as only then is there a verdict.
fn has_panel(model: ModelId) -> bool {
	Records::<Test>::get(model)
		.is_some_and(|record| !matches!(record.stage, crate::Stage::Waiting { .. }))
}

/// Whether a panel can still differ: after that comes a jury, which does not.
fn may_split(model: ModelId) -> bool {
	Records::<Test>::get(model).is_some_and(|record| record.stage == crate::Stage::Convened)
}

fn take(step: Step) {
	match step {
		// It may be refused: only the laws matter here.
		Step::Ask(who, model) => drop(Audits::request_audit(RuntimeOrigin::signed(who), model)),
		Step::Run(blocks) => run(blocks),
		Step::Nodes(are_there) => HasNodes::set(are_there),
		Step::Pay(pay) => PayOfNodes::set(pay),
		Step::Refuse(refusal) => Refusal::set(refusal),
		Step::Decide(model, verdict) => {
			if has_panel(model) && (verdict != Verdict::Split || may_split(model)) {
				decide(model, verdict);
			}
		},
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(128))]

	#[test]
	fn hold_after_any_calls(steps in prop::collection::vec(step(), 1..60)) {
		build_and_execute(|| {
			for step in steps {
				take(step);
				crate::Pallet::<Test>::check_laws().expect("the laws hold after each step");
			}
		});
	}
}

#[test]
#[should_panic = "an audit's deposit is held without it"]
fn catch_a_deposit_without_its_audit() {
	build_and_execute(|| {
		convened(0);
		Records::<Test>::remove(0);
	});
}

#[test]
#[should_panic = "an audit's turn never comes"]
fn catch_an_audit_that_nobody_is_drawn_for() {
	build_and_execute(|| {
		assert_ok!(Audits::request_audit(RuntimeOrigin::signed(ALICE), 0));
		Waiting::<Test>::kill();
	});
}

#[test]
#[should_panic = "a turn is kept for nobody"]
fn catch_a_turn_of_an_audit_that_has_its_panel() {
	build_and_execute(|| {
		convened(0);
		Waiting::<Test>::mutate(|waiting| waiting.try_push(0)).expect("room");
	});
}
