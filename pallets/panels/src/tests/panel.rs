//! Convening: who is drawn, what is refused, what is left.

use crate::{mock::*, Cases, Closing, Event, Jobs, Outcomes, Panels, Phase};
use opg_primitives::{
	request::MAX_QUORUM,
	seams::{Case, Panels as _, Question, Verdict},
};

type Pallet = crate::Pallet<Test>;

const CASE: Case = Case::Request(7);

#[test]
fn convenes_draws_nodes_and_gives_each_a_job() {
	build_and_execute(|| {
		let asked = question(CASE);
		assert!(convene(asked.clone()));
		let nodes = seats(0);
		assert_eq!(nodes, [0, 2, 4], "a node of each owner");
		assert_eq!(events(), [Event::Convened { panel: 0, case: CASE, nodes: nodes.clone() }]);
		assert!(nodes.iter().all(|node| Jobs::<Test>::get(node, 0) == Some(asked.seed)));
		assert_eq!(
			record(0).phase,
			Phase::Commit { closes_at: 1 + COMMIT_TIME, reveals_by: 1 + COMMIT_TIME + REVEAL_TIME }
		);
		assert!(!Pallet::is_revealing(CASE));
	});
}

#[test]
fn one_panel_has_a_case_at_a_time() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		assert!(!convene(question(CASE)));
		assert!(convene(question(Case::Check(7))), "a check of the same request is another case");
		give_up(CASE);
		assert!(convene(question(CASE)));
	});
}

#[test]
fn a_panel_shares_no_node_or_owner_with_its_claim() {
	build_and_execute(|| {
		assert!(convene(check(CASE, &[0, 3], output(1.0))));
		assert_eq!(seats(0), [4, 6, 8]);
	});
}

#[test]
fn who_judges_a_claim_is_drawn_busy_or_not() {
	build_and_execute(|| {
		Capacity::set(0);
		assert!(!convene(question(CASE)), "answers wait for a place free");
		assert!(convene(check(CASE, &[0], output(1.0))));
	});
}

#[test]
fn convenes_nobody_for_a_question_that_makes_no_sense() {
	build_and_execute(|| {
		assert!(!convene(Question { nodes: 0, agree: 0, ..question(CASE) }));
		assert!(!convene(Question { agree: 0, ..question(CASE) }));
		assert!(!convene(Question { agree: 4, ..question(CASE) }));
		assert!(!convene(Question { nodes: MAX_QUORUM + 1, ..question(CASE) }));
		assert!(!convene(Question { model: 9, ..question(CASE) }));
		assert!(!convene(check(CASE, &[0, 1, 2, 3, 4, 5, 6, 7], output(1.0))));
		assert!(convene(Question { nodes: MAX_QUORUM, agree: MAX_QUORUM, ..question(CASE) }));
	});
}

#[test]
fn convenes_nobody_where_nodes_are_too_few_and_takes_no_place() {
	build_and_execute(|| {
		Capacity::set(0);
		assert!(!convene(question(CASE)));
		assert_eq!(Closing::<Test>::iter().count(), 0);
		assert_eq!(Cases::<Test>::iter().count(), 0);
	});
}

#[test]
fn convenes_nobody_while_the_ring_is_full_and_draws_nobody() {
	build_and_execute(|| {
		Capacity::set(100);
		let fits = (0..100).take_while(|case| convene(question(Case::Request(*case)))).count();
		// Places of nine blocks are searched, three for new panels in each; ends of reveals take some of them.
		assert!((9..27).contains(&fits), "{fits}");
		let taken = Taken::get();
		assert!(!convene(question(Case::Request(100))));
		assert_eq!(Taken::get(), taken);
		let last = Closing::<Test>::iter_keys().max().expect("not empty");
		assert!(last <= 1 + u64::from(Pallet::least_time(MODEL)));
	});
}

#[test]
fn of_an_ended_panel_nothing_is_left() {
	build_and_execute(|| {
		assert!(convene(check(CASE, &[50], output(1.0))));
		play(0, &[output(1.0), output(1.0), output(1.0)]);
		assert!(matches!(Verdicts::get()[..], [(CASE, Verdict::Agreed { .. })]));
		leaves_nothing();
		run(50);
		assert_eq!(Closing::<Test>::iter().count(), 0);
	});
}

fn leaves_nothing() {
	assert_eq!(Panels::<Test>::iter().count(), 0);
	assert_eq!(Cases::<Test>::iter().count(), 0);
	assert_eq!(Jobs::<Test>::iter().count(), 0);
	assert_eq!(Outcomes::<Test>::iter().count(), 0);
	assert_eq!(Taken::get(), Default::default());
}

#[test]
fn a_desk_may_convene_again_from_its_verdict() {
	build_and_execute(|| {
		IsEager::set(true);
		assert!(convene(question(CASE)));
		run(COMMIT_TIME);
		assert_eq!(Verdicts::get(), [(CASE, Verdict::Undecided)]);
		assert_eq!(Cases::<Test>::get(CASE), Some(1));
		assert!(has_ended(0));
	});
}

#[test]
fn a_desk_may_escalate_from_its_verdict() {
	build_and_execute(|| {
		IsEager::set(true);
		assert!(convene(question(CASE)));
		play(0, &[output(1.0), output(1.0), output(5.0)]);
		assert!(record(0).has_jury());
		play(0, &vec![output(1.0); 7]);
		assert!(has_ended(0));
	});
}

#[test]
fn least_time_covers_both_phases_and_most_time_the_slowest_jury() {
	build_and_execute(|| {
		let slip = crate::closing::SLIP;
		assert_eq!(Pallet::least_time(MODEL), 10 + 6 + 2 * slip);
		assert_eq!(Pallet::most_time(), 3 * (6 + slip) + 24 + slip + 80 + slip + 3 * (6 + slip));
	});
}

#[test]
fn a_slow_model_gets_more_time_to_commit_within_bounds() {
	build_and_execute(|| {
		let slip = crate::closing::SLIP;
		for (usual, commit_time) in [(3, 10), (6, 12), (40, 80), (1_000, 80)] {
			Usual::set(usual);
			assert!(convene(question(CASE)));
			assert_eq!(
				record(crate::NextPanel::<Test>::get() - 1).closes_at(),
				1 + u64::from(commit_time)
			);
			assert_eq!(Pallet::least_time(MODEL), commit_time + 6 + 2 * slip);
			give_up(CASE);
		}
	});
}
