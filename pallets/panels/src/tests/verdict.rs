//! What the answers of a panel come to.

use crate::{mock::*, Ending, Event};
use opg_primitives::{
	seams::{Case, Delivery, Question, Verdict},
	FaultKind, NodeId, Outcome,
};

const CASE: Case = Case::Check(0);

/// The verdict on these answers of three nodes, two of which must agree.
fn of_three(answers: [Outcome; 3]) -> Verdict {
	of(|| question(CASE), answers)
}

/// The verdict on these answers of three nodes about a claim of node 50.
fn of_check(claim: Outcome, answers: [Outcome; 3]) -> Verdict {
	of(move || check(CASE, &[50], claim), answers)
}

fn of(question: impl FnOnce() -> Question<u64, Balance>, answers: [Outcome; 3]) -> Verdict {
	let mut verdicts = Vec::new();
	build_and_execute(|| {
		assert!(convene(question()));
		play(0, &answers);
		verdicts = Verdicts::get();
		assert_eq!(Punished::get(), [], "a panel alone punishes nobody for an answer");
	});
	assert_eq!(verdicts.len(), 1);
	verdicts.remove(0).1
}

fn agreed(outcome: Outcome, by: &[NodeId]) -> Verdict {
	Verdict::Agreed { outcome, by: by.to_vec() }
}

#[test]
fn settles_one_revealed_output_with_enough_others_within_tolerance() {
	let verdict = of_three([1.0, 1.05, 1.09].map(output));
	assert_eq!(verdict, agreed(output(1.0), &[0, 2, 4]));
	let verdict = of_three([1.0, 1.08, 1.16].map(output));
	assert_eq!(verdict, agreed(output(1.08), &[0, 2, 4]), "the one with the most others");
	let verdict = of_three([1.18, 1.02, 1.0].map(output));
	assert_eq!(verdict, agreed(output(1.02), &[2, 4]), "of two as good, the lower seat");
}

#[test]
fn near_is_no_lie() {
	assert_eq!(of_three([1.0, 1.15, 1.0].map(output)), agreed(output(1.0), &[0, 4]));
	assert_eq!(of_check(output(1.15), [1.0; 3].map(output)), agreed(output(1.0), &[0, 2, 4]));
}

#[test]
fn too_few_that_agree_leave_it_undecided() {
	let all_three = || Question { agree: 3, ..question(CASE) };
	assert_eq!(of(all_three, [1.0, 1.15, 1.0].map(output)), Verdict::Undecided);
	assert_eq!(of(all_three, [1.0, 1.01, 1.0].map(output)), agreed(output(1.0), &[0, 2, 4]));
}

#[test]
fn apart_escalates_even_if_enough_agree() {
	assert_eq!(of_three([1.0, 1.0, 1.3].map(output)), Verdict::Split);
	assert_eq!(of_check(output(1.3), [1.0; 3].map(output)), Verdict::Split);
}

#[test]
fn an_output_that_is_not_the_same_as_itself_is_a_fault() {
	let no_number = fault(FaultKind::OutputMismatch);
	let all = agreed(no_number.clone(), &[0, 2, 4]);
	assert_eq!(of_three([f32::NAN; 3].map(output)), all);
	assert_eq!(of_three([f32::INFINITY, f32::NAN, f32::INFINITY].map(output)), all);
	assert_eq!(of_check(output(f32::NAN), [f32::NAN; 3].map(output)), all);
	assert_eq!(of_three([f32::NAN, 1.0, 1.0].map(output)), agreed(output(1.0), &[2, 4]));
}

#[test]
fn a_claim_stands_by_enough_nodes_of_the_panel() {
	let verdict = of_check(output(1.1), [1.04, 1.06, 1.08].map(output));
	assert_eq!(verdict, agreed(output(1.1), &[0, 2, 4]), "the claim comes first");
	// One node is the same as the claim; those who gave it do not count for it.
	let verdict = of_check(output(1.0), [output(1.0), output(1.15), fault(FaultKind::Looped)]);
	assert_eq!(verdict, Verdict::Undecided);
}

#[test]
fn a_claim_that_does_not_fit_the_model_is_a_fault_too() {
	assert_eq!(of_check(unfit(), [1.0; 3].map(output)), agreed(output(1.0), &[0, 2, 4]));
}

#[test]
fn faults_agree_and_are_never_punished() {
	let (looped, crashed) = (fault(FaultKind::Looped), fault(FaultKind::Crashed));
	let verdict = of_three([looped.clone(), looped.clone(), looped.clone()]);
	assert_eq!(verdict, agreed(looped.clone(), &[0, 2, 4]));
	let verdict = of_three([looped.clone(), output(1.0), output(1.0)]);
	assert_eq!(verdict, agreed(output(1.0), &[2, 4]), "a fault is not apart from an output");
	let verdict = of_three([looped.clone(), crashed.clone(), output(1.0)]);
	assert_eq!(verdict, Verdict::Undecided, "faults of two kinds are not the same");
	let verdict = of_check(looped, [output(1.0), output(1.0), crashed]);
	assert_eq!(verdict, agreed(output(1.0), &[0, 2]), "a fault in doubt is no lie either");
}

#[test]
fn an_end_releases_every_place_and_says_what_it_came_to() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		play(0, &[1.0, 1.0, 1.15].map(output));
		assert_eq!(Deliveries::get(), [0, 2, 4].map(|node| (node, Delivery::InTime)));
		let ended = Event::Ended { panel: 0, case: CASE, ending: Ending::Agreed };
		assert_eq!(events().last(), Some(&ended));
	});
}
