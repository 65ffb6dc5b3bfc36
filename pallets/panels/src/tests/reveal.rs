//! Which answers may be shown, and when.

use crate::{mock::*, Commit, Event, Outcomes, Reveal, SeatState, Source};
use frame_support::pallet_prelude::InvalidTransaction;
use opg_primitives::{
	seams::{Case, Delivery, Verdict},
	Draw, FaultKind, Outcome,
};

const CASE: Case = Case::Request(0);

/// A panel of nodes 0, 2 and 4, all of which committed to 1.
fn all_committed() {
	assert!(convene(question(CASE)));
	take_commits(0, &vec![Some(output(1.0)); 3]);
	System::reset_events();
}

#[test]
fn a_node_shows_its_answer_and_is_done() {
	build_and_execute(|| {
		all_committed();
		take_reveal(0, 0, &output(1.0));
		assert_eq!(events(), [Event::Revealed { panel: 0, node: 0 }]);
		assert_eq!(Outcomes::<Test>::get(0, Source::Seat(0)), Some(output(1.0)));
		assert_eq!(states(0)[0], SeatState::Revealed);
		assert!(jobs(0).is_empty());
		assert_eq!(Deliveries::get(), [], "its place is kept while its answer may be judged");
	});
}

#[test]
fn reveal_before_the_commits_close_is_refused() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		take_commit(0, 0, &output(1.0));
		let early = reveals(0, vec![reveal(0, 0, &output(1.0))]);
		assert_eq!(refusal(&early), Some(InvalidTransaction::Future));
		take_commit(0, 2, &output(1.0));
		take_commit(0, 4, &output(1.0));
		assert!(include(early));
	});
}

#[test]
fn a_reveal_that_does_not_open_its_commitment_is_refused_and_costs_nothing() {
	build_and_execute(|| {
		all_committed();
		let right = reveal(0, 0, &output(1.0));
		let other_answer = Reveal { outcome: output(2.0), ..right.clone() };
		let other_salt = Reveal { salt: [99; 32], ..right.clone() };
		for wrong in [other_answer, other_salt] {
			assert_eq!(refusal(&reveals(0, vec![wrong])), Some(InvalidTransaction::Call));
		}
		assert!(include(reveals(0, vec![right])), "the seat still has its chance");
		assert_eq!(Stale::get(), []);
	});
}

#[test]
fn a_copied_commitment_opens_nothing() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		take_commit(0, 0, &output(1.0));
		let copied = commit(0, 0, &output(1.0));
		assert!(include(commits(2, vec![copied])));
		take_commit(0, 4, &output(1.0));
		take_reveal(0, 0, &output(1.0));
		take_reveal(0, 4, &output(1.0));
		let copied = reveal(0, 0, &output(1.0));
		assert_eq!(refusal(&reveals(2, vec![copied])), Some(InvalidTransaction::Call));
		run(REVEAL_TIME);
		assert_eq!(Punished::get(), [(2, FEE)], "it committed and showed nothing");
	});
}

#[test]
fn reveal_refuses_foreign_nodes_draws_panels_and_signatures() {
	build_and_execute(|| {
		all_committed();
		let right = reveal(0, 0, &output(1.0));
		let call = Some(InvalidTransaction::Call);
		assert_eq!(refusal(&reveals(6, vec![right.clone()])), call);
		let of_a_fork = Reveal { draw: Draw::repeat_byte(9), ..right.clone() };
		assert_eq!(refusal(&reveals(0, vec![of_a_fork])), call);
		let unknown = Reveal { panel: 1, ..right.clone() };
		assert_eq!(refusal(&reveals(0, vec![unknown])), call);
		let forged = signed_reveals(0, vec![right], &pair(2));
		assert_eq!(refusal(&forged), Some(InvalidTransaction::BadProof));
	});
}

#[test]
fn a_seat_reveals_once() {
	build_and_execute(|| {
		all_committed();
		let right = reveal(0, 0, &output(1.0));
		assert!(include(reveals(0, vec![right.clone(), right.clone()])));
		assert_eq!(Stale::get(), [(0, 1)], "the second comes to nothing and is charged");
		assert_eq!(refusal(&reveals(0, vec![right])), Some(InvalidTransaction::Stale));
	});
}

#[test]
fn a_late_reveal_is_stale() {
	build_and_execute(|| {
		all_committed();
		let late = reveal(0, 0, &output(1.0));
		take_reveal(0, 2, &output(1.0));
		take_reveal(0, 4, &output(1.0));
		run(REVEAL_TIME);
		assert!(has_ended(0));
		assert_eq!(refusal(&reveals(0, vec![late])), Some(InvalidTransaction::Stale));
	});
}

#[test]
fn an_output_that_does_not_fit_counts_as_that_fault() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		let junk = Outcome::Output(vec![1, 2, 3].try_into().expect("short"));
		play(0, &[junk, unfit(), output(1.0)]);
		let agreed = Verdict::Agreed { outcome: fault(FaultKind::OutputMismatch), by: vec![0, 2] };
		assert_eq!(Verdicts::get(), [(CASE, agreed)]);
	});
}

#[test]
fn outputs_of_a_model_that_is_gone_meanwhile_are_no_faults() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		IsGone::set(true);
		play(0, &[1.0, 1.0, 5.0].map(output));
		assert_eq!(Verdicts::get(), [(CASE, Verdict::Split)]);
	});
}

#[test]
fn a_missing_reveal_is_punished() {
	build_and_execute(|| {
		all_committed();
		take_reveal(0, 0, &output(1.0));
		take_reveal(0, 2, &output(1.0));
		run(REVEAL_TIME - 1);
		assert_eq!(Punished::get(), []);
		run(1);
		assert_eq!(Punished::get(), [(4, FEE)]);
		assert!(events().contains(&Event::Punished { panel: 0, node: 4 }));
		assert_eq!(
			Deliveries::get(),
			[(4, Delivery::Missed), (0, Delivery::InTime), (2, Delivery::InTime)]
		);
		let agreed = Verdict::Agreed { outcome: output(1.0), by: vec![0, 2] };
		assert_eq!(Verdicts::get(), [(CASE, agreed)]);
	});
}

#[test]
fn a_missing_commitment_is_a_miss() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		take_commits(0, &[Some(output(1.0)), Some(output(1.0)), None]);
		run(COMMIT_TIME - 1);
		assert_eq!(Deliveries::get(), []);
		run(1);
		assert_eq!(Deliveries::get(), [(4, Delivery::Missed)]);
		assert!(events().contains(&Event::Missed { panel: 0, node: 4 }));
		assert!(jobs(4).is_empty());
		take_reveal(0, 0, &output(1.0));
		take_reveal(0, 2, &output(1.0));
		run(1);
		let agreed = Verdict::Agreed { outcome: output(1.0), by: vec![0, 2] };
		assert_eq!(Verdicts::get(), [(CASE, agreed)]);
		assert_eq!(Punished::get(), []);
	});
}

#[test]
fn a_panel_to_which_nobody_commits_is_undecided() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		run(COMMIT_TIME);
		assert_eq!(Verdicts::get(), [(CASE, Verdict::Undecided)]);
		assert_eq!(Deliveries::get(), [0, 2, 4].map(|node| (node, Delivery::Missed)));
		assert_eq!(Punished::get(), []);
	});
}

#[test]
fn too_few_reveals_extend_then_end_without_punishment() {
	build_and_execute(|| {
		all_committed();
		take_reveal(0, 0, &output(1.0));
		for _ in 0..EXTENSIONS {
			run(REVEAL_TIME);
			assert_eq!(events().last(), Some(&Event::Extended { panel: 0 }));
		}
		run(REVEAL_TIME - 1);
		assert_eq!(Verdicts::get(), []);
		run(1);
		assert_eq!(Verdicts::get(), [(CASE, Verdict::Undecided)]);
		assert_eq!(Punished::get(), []);
		assert_eq!(
			Deliveries::get(),
			[(0, Delivery::InTime), (2, Delivery::Excused), (4, Delivery::Excused)]
		);
	});
}

#[test]
fn reveals_that_come_in_an_extension_count() {
	build_and_execute(|| {
		all_committed();
		run(REVEAL_TIME);
		take_reveal(0, 0, &output(1.0));
		take_reveal(0, 2, &output(1.0));
		take_reveal(0, 4, &output(1.0));
		run(1);
		assert!(matches!(Verdicts::get()[..], [(CASE, Verdict::Agreed { .. })]));
	});
}

#[test]
fn half_of_the_reveals_due_are_enough() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		take_commits(0, &[Some(output(1.0)), Some(output(1.0)), None]);
		run(COMMIT_TIME);
		take_reveal(0, 0, &output(1.0));
		run(REVEAL_TIME);
		assert_eq!(Punished::get(), [(2, FEE)], "one of two reveals due came");
		assert_eq!(Verdicts::get(), [(CASE, Verdict::Undecided)]);
	});
}

#[test]
fn the_block_after_the_last_reveal_decides() {
	build_and_execute(|| {
		all_committed();
		for node in [0, 2, 4] {
			assert_eq!(Verdicts::get(), []);
			take_reveal(0, node, &output(1.0));
		}
		run(1);
		assert_eq!(Verdicts::get().len(), 1);
		run(50);
		assert_eq!(Verdicts::get().len(), 1, "the places it did not need decide nothing");
	});
}

#[test]
fn a_commitment_of_the_first_draw_is_foreign_to_the_jury() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		let first_draw = record(0).draw;
		play(0, &[output(1.0), output(1.0), output(5.0)]);
		assert!(escalate(CASE));
		let old = Commit { draw: first_draw, ..commit(0, 6, &output(1.0)) };
		assert_eq!(refusal(&commits(6, vec![old])), Some(InvalidTransaction::Call));
		let shown = commit(0, 0, &output(1.0));
		assert_eq!(refusal(&commits(0, vec![shown])), Some(InvalidTransaction::Stale));
	});
}
