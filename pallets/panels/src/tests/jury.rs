//! What a jury decides, and whom that costs.

use crate::{mock::*, Ending, Event, Phase, SeatState};
use opg_primitives::{
	seams::{Case, Delivery, Panels as _, Question, Verdict},
	Draw, FaultKind, NodeId, Outcome,
};
use std::collections::BTreeSet;

const CASE: Case = Case::Check(0);
const LIE: f32 = 5.0;
const TRUTH: f32 = 1.0;

/// A jury of seven at work on three nodes' answers.
fn split_on(question: Question<u64, Balance>, answers: [f32; 3]) {
	assert!(convene(question));
	play(0, &answers.map(output));
	assert_eq!(Verdicts::get(), [(CASE, Verdict::Split)]);
	assert!(escalate(CASE));
	Verdicts::take();
	System::reset_events();
}

fn punished() -> Vec<NodeId> {
	Punished::get().into_iter().map(|(node, _)| node).collect()
}

fn verdict() -> Verdict {
	let verdicts = Verdicts::get();
	assert_eq!(verdicts.len(), 1);
	verdicts[0].1.clone()
}

/// Of seven jurors the first `truthful` tell the truth, the others lie.
fn jurors(truthful: usize) -> Vec<Outcome> {
	let answer = |juror| output(if juror < truthful { TRUTH } else { LIE });
	(0..7).map(answer).collect()
}

#[test]
fn a_panel_that_split_waits_for_its_desk() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		play(0, &[TRUTH, TRUTH, LIE].map(output));
		assert!(events().contains(&Event::Divided { panel: 0 }));
		assert_eq!(Deliveries::get(), [], "its nodes are judged later");
		run(23);
		assert!(matches!(record(0).phase, Phase::Split { .. }));
		assert!(crate::Pallet::<Test>::is_revealing(CASE));
		assert!(escalate(CASE));
		assert!(crate::Pallet::<Test>::is_revealing(CASE));
	});
}

#[test]
fn a_panel_that_gets_no_jury_in_time_ends_undecided_and_punishes_nobody() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		play(0, &[TRUTH, TRUTH, LIE].map(output));
		run(25);
		assert_eq!(Verdicts::get(), [(CASE, Verdict::Split), (CASE, Verdict::Undecided)]);
		assert_eq!(Punished::get(), []);
		assert!(!escalate(CASE));
	});
}

#[test]
fn a_jury_shares_no_node_or_owner_with_the_panel() {
	build_and_execute(|| {
		let claimants = [0, 3];
		split_on(check(CASE, &claimants, output(LIE)), [TRUTH; 3]);
		let jury = seats(0);
		assert_eq!(events(), []);
		assert_eq!(jury.len(), 7);
		let panel = record(0).seats.into_iter().take(3).map(|seat| seat.node);
		let others: BTreeSet<u64> = panel.chain(claimants).map(owner_of).collect();
		assert!(jury.iter().all(|node| !others.contains(&owner_of(*node))));
		assert!(jury.iter().all(|node| *node != 0 && *node != 3));
	});
}

#[test]
fn a_jury_is_drawn_from_busy_nodes_too_by_a_draw_of_its_own() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		play(0, &[TRUTH, TRUTH, LIE].map(output));
		Capacity::set(0);
		let same_draw = record(0).draw;
		assert!(!crate::Pallet::<Test>::escalate(CASE, same_draw));
		events();
		assert!(escalate(CASE));
		let nodes = seats(0);
		assert_ne!(record(0).draw, same_draw);
		assert_eq!(events(), [Event::Escalated { panel: 0, nodes }]);
	});
}

#[test]
fn only_a_panel_that_split_gets_a_jury_and_only_one() {
	build_and_execute(|| {
		assert!(!escalate(CASE));
		assert!(convene(question(CASE)));
		assert!(!escalate(CASE));
		play(0, &[TRUTH, TRUTH, LIE].map(output));
		assert!(escalate(CASE));
		assert!(!crate::Pallet::<Test>::escalate(CASE, Draw::repeat_byte(1)));
		assert_eq!(record(0).seats.len(), 10);
	});
}

#[test]
fn two_thirds_of_drawn_seats_punish_silent_ones_counted() {
	build_and_execute(|| {
		split_on(question(CASE), [TRUTH, TRUTH, LIE]);
		// Five of seven are enough, two never commit.
		let mut answers = vec![Some(output(TRUTH)); 5];
		answers.extend([None, None]);
		let jury = take_commits(0, &answers);
		run(COMMIT_TIME);
		for node in &jury[..5] {
			take_reveal(0, *node, &output(TRUTH));
		}
		run(1);
		let decided = Verdict::Decided {
			outcome: output(TRUTH),
			by: vec![0, 2],
			jurors: jury[..5].to_vec(),
			wrong: vec![4],
		};
		assert_eq!(verdict(), decided);
		assert_eq!(Punished::get(), [(4, FEE)]);
		let ended = Event::Ended { panel: 0, case: CASE, ending: Ending::Decided };
		assert_eq!(events().last(), Some(&ended));
	});
}

#[test]
fn less_than_two_thirds_punish_nobody() {
	build_and_execute(|| {
		split_on(question(CASE), [TRUTH, TRUTH, LIE]);
		// Four of seven, and all of those who spoke.
		let mut answers = vec![Some(output(TRUTH)); 4];
		answers.extend([None, None, None]);
		let jury = take_commits(0, &answers);
		run(COMMIT_TIME);
		for node in &jury[..4] {
			take_reveal(0, *node, &output(TRUTH));
		}
		run(1);
		assert_eq!(verdict(), Verdict::Undecided);
		assert_eq!(Punished::get(), []);
	});
}

#[test]
fn a_divided_jury_decides_nothing() {
	build_and_execute(|| {
		split_on(question(CASE), [TRUTH, TRUTH, LIE]);
		play(0, &jurors(4));
		assert_eq!(verdict(), Verdict::Undecided);
		assert_eq!(Punished::get(), []);
	});
}

#[test]
fn wrong_jurors_are_punished_too_and_their_answers_earn_nothing() {
	build_and_execute(|| {
		split_on(question(CASE), [TRUTH, TRUTH, LIE]);
		let jury = play(0, &jurors(5));
		assert_eq!(punished(), [4, jury[5], jury[6]]);
		let excused: Vec<NodeId> = Deliveries::get()
			.into_iter()
			.filter(|(_, delivery)| *delivery == Delivery::Excused)
			.map(|(node, _)| node)
			.collect();
		assert_eq!(excused, [4, jury[5], jury[6]]);
		assert_eq!(Deliveries::get().len(), 10);
	});
}

#[test]
fn two_colluding_nodes_cannot_punish_the_third() {
	build_and_execute(|| {
		split_on(question(CASE), [LIE, LIE, TRUTH]);
		play(0, &jurors(7));
		assert_eq!(punished(), [0, 2]);
		let Verdict::Decided { outcome, by, .. } = verdict() else { panic!("decided") };
		assert_eq!((outcome, by), (output(TRUTH), vec![4]));
	});
}

#[test]
fn a_claim_found_wrong_is_punished_with_whoever_confirmed_it() {
	build_and_execute(|| {
		split_on(check(CASE, &[40, 42], output(LIE)), [LIE, TRUTH, TRUTH]);
		play(0, &jurors(7));
		assert_eq!(punished(), [40, 42, 0]);
		let Verdict::Decided { wrong, by, .. } = verdict() else { panic!("decided") };
		assert_eq!((wrong, by), (vec![40, 42, 0], vec![2, 4]));
	});
}

#[test]
fn a_claim_found_right_is_the_verdict() {
	build_and_execute(|| {
		split_on(check(CASE, &[40], output(1.02)), [LIE, TRUTH, TRUTH]);
		play(0, &jurors(7));
		let Verdict::Decided { outcome, wrong, .. } = verdict() else { panic!("decided") };
		assert_eq!((outcome, wrong), (output(1.02), vec![0]));
	});
}

#[test]
fn near_to_the_verdict_is_no_lie_before_a_jury_either() {
	build_and_execute(|| {
		split_on(question(CASE), [TRUTH, 1.15, LIE]);
		play(0, &jurors(7));
		let Verdict::Decided { by, .. } = verdict() else { panic!("decided") };
		assert_eq!((punished(), by), (vec![4], vec![0]));
	});
}

#[test]
fn an_earlier_answer_that_holds_goes_before_a_jurors() {
	build_and_execute(|| {
		split_on(question(CASE), [LIE, 1.05, TRUTH]);
		play(0, &[1.0, 1.01, 1.02, 1.03, 1.04, 1.13, 1.13].map(output));
		let Verdict::Decided { outcome, by, .. } = verdict() else { panic!("decided") };
		assert_eq!((outcome, by), (output(1.05), vec![2, 4]), "the one with the most jurors");
	});
}

#[test]
fn where_no_earlier_answer_holds_a_jurors_does() {
	build_and_execute(|| {
		split_on(question(CASE), [LIE, LIE, -LIE]);
		let jury = play(0, &jurors(7));
		let Verdict::Decided { outcome, by, jurors, .. } = verdict() else { panic!("decided") };
		assert_eq!((outcome, by, jurors), (output(TRUTH), vec![], jury));
		assert_eq!(punished(), [0, 2, 4]);
	});
}

#[test]
fn a_jury_of_faults_decides_nothing() {
	build_and_execute(|| {
		split_on(question(CASE), [TRUTH, TRUTH, LIE]);
		play(0, &vec![fault(FaultKind::Looped); 7]);
		assert_eq!(verdict(), Verdict::Undecided);
		assert_eq!(Punished::get(), []);
	});
}

#[test]
fn a_fault_before_a_jury_is_not_punished() {
	build_and_execute(|| {
		split_on(question(CASE), [TRUTH, TRUTH, LIE]);
		let mut answers = jurors(7);
		answers[6] = fault(FaultKind::OutOfMemory);
		play(0, &answers);
		assert_eq!(punished(), [4]);
	});
}

#[test]
fn a_jury_of_numbers_that_equal_nothing_decides_nothing() {
	build_and_execute(|| {
		split_on(question(CASE), [TRUTH, TRUTH, LIE]);
		play(0, &vec![output(f32::NAN); 7]);
		assert_eq!(verdict(), Verdict::Undecided);
		assert_eq!(Punished::get(), []);
	});
}

#[test]
fn a_jury_that_never_commits_ends_undecided() {
	build_and_execute(|| {
		split_on(question(CASE), [TRUTH, TRUTH, LIE]);
		run(COMMIT_TIME);
		assert_eq!(verdict(), Verdict::Undecided);
		assert_eq!(Punished::get(), []);
		let in_time = Deliveries::get().into_iter().filter(|(_, how)| *how == Delivery::InTime);
		assert_eq!(in_time.map(|(node, _)| node).collect::<Vec<_>>(), [0, 2, 4]);
	});
}

#[test]
fn a_juror_that_commits_and_is_silent_is_punished_the_others_are_not() {
	build_and_execute(|| {
		split_on(question(CASE), [TRUTH, TRUTH, LIE]);
		let jury = take_commits(0, &vec![Some(output(TRUTH)); 7]);
		for node in &jury[..4] {
			take_reveal(0, *node, &output(TRUTH));
		}
		run(REVEAL_TIME);
		assert_eq!(verdict(), Verdict::Undecided, "four of seven");
		assert_eq!(punished(), jury[4..]);
	});
}

#[test]
fn seats_that_missed_before_stay_missed() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		take_commits(0, &[Some(output(TRUTH)), Some(output(LIE)), None]);
		run(COMMIT_TIME);
		take_reveal(0, 0, &output(TRUTH));
		take_reveal(0, 2, &output(LIE));
		run(1);
		assert!(escalate(CASE));
		play(0, &jurors(7));
		let mut of_last = Deliveries::get().into_iter().filter(|(node, _)| *node == 4);
		assert_eq!((of_last.next(), of_last.next()), (Some((4, Delivery::Missed)), None));
		assert_eq!(punished(), [2]);
	});
}

#[test]
fn the_first_seats_owe_nothing_while_the_jury_works() {
	build_and_execute(|| {
		split_on(question(CASE), [TRUTH, TRUTH, LIE]);
		assert!(jobs(0).is_empty());
		assert_eq!(states(0), [SeatState::Drawn; 7]);
		assert!(record(0).seats.iter().take(3).all(|seat| seat.state == SeatState::Revealed));
	});
}
