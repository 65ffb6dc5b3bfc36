//! The laws hold after any sequence of calls and blocks, every panel ends, and broken states are caught.

use crate::{mock::*, Cases, Closing, Jobs, NextPanel, Outcomes, Panels, Phase, SeatState, Source};
use opg_primitives::{
	seams::{Case, PanelId, Panels as _, Question},
	FaultKind, NodeId, Outcome,
};
use proptest::prelude::*;
use sp_runtime::Perbill;

#[derive(Clone, Debug)]
enum Step {
	Convene { case: u64, nodes: u8, agree: u8, claim: Option<u8> },
	Commit { panel: PanelId, seat: usize, answer: u8 },
	CommitAll { panel: PanelId, answer: u8 },
	Reveal { panel: PanelId, seat: usize, answer: u8 },
	RevealAll { panel: PanelId },
	Escalate { case: u64 },
	Run(u64),
	Pause(u64),
	Leap(u64),
	Ration(u32),
}

fn step() -> impl Strategy<Value = Step> {
	let (panel, seat, answer) = (0..12u64, 0..15usize, 0..5u8);
	let case = 0..4u64;
	prop_oneof![
		4 => (case.clone(), 1..=4u8, 1..=4u8, prop::option::of(answer.clone()))
			.prop_map(|(case, nodes, agree, claim)| Step::Convene { case, nodes, agree, claim }),
		4 => (panel.clone(), seat.clone(), answer.clone())
			.prop_map(|(panel, seat, answer)| Step::Commit { panel, seat, answer }),
		4 => (panel.clone(), answer.clone())
			.prop_map(|(panel, answer)| Step::CommitAll { panel, answer }),
		3 => (panel.clone(), seat, answer)
			.prop_map(|(panel, seat, answer)| Step::Reveal { panel, seat, answer }),
		4 => panel.prop_map(|panel| Step::RevealAll { panel }),
		4 => case.prop_map(|case| Step::Escalate { case }),
		4 => (1..8u64).prop_map(Step::Run),
		1 => (1..4u64).prop_map(Step::Pause),
		1 => (2..12u64).prop_map(Step::Leap),
		1 => (1..40u32).prop_map(Step::Ration),
	]
}

fn answer(number: u8) -> Outcome {
	match number {
		0 => fault(FaultKind::Looped),
		1 => output(5.0),
		2 => output(1.15),
		_ => output(1.0),
	}
}

/// The answer behind a seat's commitment, which the test finds by trying.
fn committed(panel: PanelId, node: NodeId) -> Option<Outcome> {
	let (hash, _) = record(panel).owes_reveal(node)?;
	(0..5).map(answer).find(|outcome| commit(panel, node, outcome).commitment == hash)
}

fn case_of(number: u64) -> Case {
	if number % 2 == 0 {
		Case::Request(number)
	} else {
		Case::Check(number)
	}
}

/// Some seats, by their places, answer otherwise than the rest.
fn answer_of(seat: usize, number: u8) -> Outcome {
	answer(if seat % 4 == 3 { number / 2 } else { number })
}

fn take(step: Step) {
	// A step may be refused: only the laws matter here.
	match step {
		Step::Convene { case, nodes, agree, claim } => {
			let asked = question(case_of(case));
			let asked = match claim {
				Some(number) => check(asked.case, &[58], answer(number)),
				None => asked,
			};
			convene(Question { nodes, agree, ..asked });
		},
		Step::Commit { panel, seat, answer } => with_seat(panel, seat, |node| {
			include(commits(node, vec![commit(panel, node, &self::answer(answer))]));
		}),
		Step::CommitAll { panel, answer } => (0..15).for_each(|seat| {
			with_seat(panel, seat, |node| {
				include(commits(node, vec![commit(panel, node, &answer_of(seat, answer))]));
			});
		}),
		Step::Reveal { panel, seat, answer } => with_seat(panel, seat, |node| {
			include(reveals(node, vec![reveal(panel, node, &self::answer(answer))]));
		}),
		Step::RevealAll { panel } => (0..15).for_each(|seat| {
			with_seat(panel, seat, |node| {
				if let Some(outcome) = committed(panel, node) {
					take_reveal(panel, node, &outcome);
				}
			});
		}),
		Step::Escalate { case } => {
			escalate(case_of(case));
		},
		Step::Run(blocks) => run(blocks),
		Step::Pause(blocks) => pause(blocks),
		Step::Leap(blocks) => {
			Time::mutate(|time| *time += blocks);
			pause(1);
		},
		Step::Ration(percent) => Budget::set(Perbill::from_percent(percent)),
	}
}

fn with_seat(panel: PanelId, seat: usize, act: impl FnOnce(NodeId)) {
	if has_ended(panel) {
		return;
	}
	if let Some(node) = seats(panel).get(seat) {
		act(*node);
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(256))]

	#[test]
	fn hold_after_any_calls_and_everything_ends(steps in prop::collection::vec(step(), 1..80)) {
		build_and_execute(|| {
			for step in steps {
				take(step);
				check_laws();
			}
			// Whatever nodes did, with blocks of their usual size every panel ends.
			Budget::set(Perbill::from_percent(50));
			run(u64::from(crate::Pallet::<Test>::most_time()) + 20);
			check_laws();
			assert_eq!(Panels::<Test>::iter().count(), 0);
			assert_eq!(Jobs::<Test>::iter().count(), 0);
			assert_eq!(Outcomes::<Test>::iter().count(), 0);
			assert_eq!(Closing::<Test>::iter().count(), 0);
			assert_eq!(Taken::get(), Default::default());
		});
	}
}

/// A state with one panel, broken by `breaking`.
fn broken(breaking: impl FnOnce()) {
	build_and_execute(|| {
		assert!(convene(check(Case::Check(0), &[50], output(1.0))));
		check_laws();
		breaking();
	});
}

#[test]
#[should_panic = "a case does not lead to its panel"]
fn catch_a_panel_its_case_does_not_lead_to() {
	broken(|| Cases::<Test>::remove(Case::Check(0)));
}

#[test]
#[should_panic = "a case outlived its panel"]
fn catch_a_case_that_could_never_be_asked_again() {
	broken(|| Cases::<Test>::insert(Case::Check(1), 0));
}

#[test]
#[should_panic = "a number not given out"]
fn catch_a_number_that_would_be_given_twice() {
	broken(|| NextPanel::<Test>::put(0));
}

#[test]
#[should_panic = "a phase would never end"]
fn catch_a_panel_that_would_never_end() {
	broken(|| Closing::<Test>::remove(1 + COMMIT_TIME));
}

#[test]
#[should_panic = "a phase would never end"]
fn catch_reveals_that_would_never_end() {
	broken(|| Closing::<Test>::remove(1 + COMMIT_TIME + REVEAL_TIME));
}

#[test]
#[should_panic = "a seat that owes something has no job"]
fn catch_a_seat_whose_worker_would_forget_it() {
	broken(|| Jobs::<Test>::remove(0, 0));
}

#[test]
#[should_panic = "or a job has no such seat"]
fn catch_a_job_that_would_never_go() {
	broken(|| Jobs::<Test>::insert(9, 0, record(0).draw));
}

#[test]
#[should_panic = "an answer outlived its panel"]
fn catch_an_answer_nobody_gave() {
	broken(|| Outcomes::<Test>::insert(0, Source::Seat(0), output(1.0)));
}

#[test]
#[should_panic = "the answer of a claim or a seat is gone"]
fn catch_a_claim_that_was_lost() {
	broken(|| Outcomes::<Test>::remove(0, Source::Claim));
}

#[test]
#[should_panic = "more or fewer seats than were drawn"]
fn catch_a_lost_seat() {
	broken(|| change(|record| record.seats.truncate(2)));
}

#[test]
#[should_panic = "two seats of a panel"]
fn catch_a_node_that_counts_twice() {
	broken(|| change(|record| record.seats[1].node = record.seats[0].node));
}

#[test]
#[should_panic = "judges its own claim"]
fn catch_a_node_that_judges_itself() {
	broken(|| change(|record| record.seats[1].node = 50));
}

#[test]
#[should_panic = "owes what its panel does not wait for"]
fn catch_a_seat_nobody_waits_for() {
	broken(|| change(|record| record.phase = Phase::Split { closes_at: record.closes_at() }));
}

#[test]
#[should_panic = "a place was given back twice, or never"]
fn catch_a_place_that_was_not_given_back() {
	broken(|| {
		change(|record| record.seats[0].state = SeatState::Missed);
		Jobs::<Test>::remove(0, 0);
	});
}

fn change(change: impl FnOnce(&mut crate::PanelOf<Test>)) {
	Panels::<Test>::mutate_extant(0, change);
}
