//! The ring: nothing closes late for want of room, nothing twice, and no block is filled.

use crate::{closing::JURY_WAIT, mock::*, Closing, NextClosing, Phase, WeightInfo};
use frame_support::traits::{Get, Hooks};
use frame_system::limits::BlockWeights;
use opg_primitives::seams::{Case, Verdict};
use sp_runtime::{traits::Zero, Perbill};

const CASE: Case = Case::Request(0);

fn ended() -> usize {
	Verdicts::get().len()
}

#[test]
fn a_clock_that_stands_still_ends_nothing() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		run(COMMIT_TIME - 1);
		pause(20);
		assert_eq!(ended(), 0);
		take_commits(0, &vec![Some(output(1.0)); 3]);
		run(1);
		pause(20);
		assert!(!has_ended(0));
		run(REVEAL_TIME * 3);
		assert_eq!(Verdicts::get(), [(CASE, Verdict::Undecided)]);
	});
}

#[test]
fn what_ends_while_the_clock_stands_still_ends_once() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		run(COMMIT_TIME);
		assert_eq!(ended(), 1);
		pause(5);
		assert_eq!(ended(), 1);
		assert!(convene(question(CASE)));
		pause(5);
		run(COMMIT_TIME);
		assert_eq!(ended(), 2);
	});
}

#[test]
fn a_clock_that_leaps_loses_nothing() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		Time::mutate(|time| *time += 3 * COMMIT_TIME);
		pause(1);
		assert_eq!(Verdicts::get(), [(CASE, Verdict::Undecided)]);
	});
}

/// What a block's closings weigh if it ends `panels` panels of three seats of which nobody committed.
fn budget_for(panels: u32) -> Perbill {
	type Weights = <Test as crate::Config>::WeightInfo;
	let each = Weights::closing_place().saturating_add(Weights::close(3));
	let all = Weights::closing_block().saturating_add(each.saturating_mul(panels.into()));
	let weights: BlockWeights = <Test as frame_system::Config>::BlockWeights::get();
	let block = weights.max_block;
	// Rounded up, so that they just fit.
	let parts = u128::from(all.ref_time()) * 1_000_000_000;
	Perbill::from_parts(parts.div_ceil(block.ref_time().into()) as u32)
}

#[test]
fn what_does_not_fit_the_budget_ends_in_the_next_block() {
	build_and_execute(|| {
		for case in 0..3 {
			assert!(convene(question(Case::Request(case))));
		}
		run(COMMIT_TIME - 1);
		Budget::set(budget_for(2));
		run(1);
		assert_eq!(ended(), 2);
		check_laws();
		assert_eq!(NextClosing::<Test>::get(), Some(1 + COMMIT_TIME), "it is still due");
		take_commits(2, &vec![None; 3]);
		run(1);
		assert_eq!(ended(), 3);
		assert_eq!(NextClosing::<Test>::get(), Some(3 + COMMIT_TIME));
	});
}

#[test]
fn what_does_not_fit_the_budget_ends_while_the_clock_stands_still() {
	build_and_execute(|| {
		for case in 0..3 {
			assert!(convene(question(Case::Request(case))));
		}
		run(COMMIT_TIME - 1);
		Budget::set(budget_for(1));
		run(1);
		assert_eq!(ended(), 1);
		pause(1);
		assert_eq!(ended(), 2);
		pause(5);
		assert_eq!(ended(), 3);
	});
}

#[test]
fn the_hook_says_what_it_used() {
	build_and_execute(|| {
		type Weights = <Test as crate::Config>::WeightInfo;
		let idle = Panels::on_initialize(1);
		assert!(idle.is_zero(), "this block's closings were looked up before");
		assert!(convene(check(CASE, &[50], output(1.0))));
		take_commits(0, &vec![Some(output(1.0)); 3]);
		for node in [0, 2, 4] {
			take_reveal(0, node, &output(1.0));
		}
		Time::set(2);
		let used = Panels::on_initialize(2);
		let expected = Weights::closing_block()
			.saturating_add(Weights::closing_place())
			.saturating_add(Weights::close(3))
			.saturating_add(Weights::judge(4));
		assert_eq!(used, expected);
	});
}

#[test]
fn commits_close_at_their_time_where_the_ring_has_no_room_for_an_earlier_end() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		fill(1 + REVEAL_TIME, 9);
		take_commits(0, &vec![Some(output(1.0)); 3]);
		assert!(matches!(record(0).phase, Phase::Commit { .. }));
		run(COMMIT_TIME);
		let kept = 1 + COMMIT_TIME + REVEAL_TIME;
		assert_eq!(
			record(0).phase,
			Phase::Reveal { closes_at: kept, since: 1 + COMMIT_TIME, extensions: 0 }
		);
	});
}

#[test]
fn a_full_ring_decides_at_the_time_instead_of_the_next_block() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		take_commits(0, &vec![Some(output(1.0)); 3]);
		fill(2, 4);
		for node in [0, 2, 4] {
			take_reveal(0, node, &output(1.0));
		}
		run(4);
		assert!(!has_ended(0));
		run(1);
		assert!(has_ended(0), "in the first block with room");
	});
}

#[test]
fn a_full_ring_never_decides_after_the_time() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		take_commits(0, &vec![Some(output(1.0)); 3]);
		fill(2, REVEAL_TIME);
		for node in [0, 2, 4] {
			take_reveal(0, node, &output(1.0));
		}
		run(REVEAL_TIME);
		assert!(has_ended(0));
	});
}

#[test]
fn a_full_ring_gives_no_extension() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		take_commits(0, &vec![Some(output(1.0)); 3]);
		run(REVEAL_TIME - 1);
		fill(1 + 2 * REVEAL_TIME, 9);
		run(1);
		assert_eq!(Verdicts::get(), [(CASE, Verdict::Undecided)]);
		assert_eq!(Punished::get(), []);
	});
}

#[test]
fn late_closings_leave_reveals_their_time() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		take_commits(0, &[Some(output(1.0)), Some(output(1.0)), None]);
		Time::mutate(|time| *time += COMMIT_TIME + 4);
		pause(1);
		let Phase::Reveal { closes_at, .. } = record(0).phase else { panic!("reveals") };
		assert_eq!(closes_at, Time::get() + REVEAL_TIME);
	});
}

#[test]
fn late_closings_leave_reveals_what_was_kept_where_the_ring_is_full() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		take_commits(0, &[Some(output(1.0)), Some(output(1.0)), None]);
		let late = 1 + COMMIT_TIME + 2;
		fill(late + REVEAL_TIME, 9);
		Time::set(late);
		pause(1);
		let Phase::Reveal { closes_at, .. } = record(0).phase else { panic!("reveals") };
		assert_eq!(closes_at, 1 + COMMIT_TIME + REVEAL_TIME);
	});
}

#[test]
fn a_full_ring_gives_no_jury() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		fill(2 + u64::from(JURY_WAIT), 9);
		play(0, &[1.0, 1.0, 5.0].map(output));
		assert_eq!(Verdicts::get(), [(CASE, Verdict::Undecided)]);
	});
}

#[test]
fn new_panels_leave_room_for_the_jury_of_one_at_work() {
	build_and_execute(|| {
		Capacity::set(100);
		assert!(convene(question(CASE)));
		play(0, &[1.0, 1.0, 5.0].map(output));
		let asked = (1..200).take_while(|case| convene(question(Case::Request(*case)))).count();
		assert!(asked < 100, "new panels are refused");
		assert!(escalate(CASE));
	});
}

#[test]
fn early_ends_leave_room_for_a_panel_that_splits() {
	build_and_execute(|| {
		Capacity::set(100);
		assert!(convene(question(CASE)));
		let ends_at = 2 + u64::from(JURY_WAIT);
		// Others would all end early in the blocks in which this one waits for a jury.
		(ends_at..ends_at + 9).for_each(|at| fill_up_to(5, at));
		play(0, &[1.0, 1.0, 5.0].map(output));
		assert_eq!(record(0).closes_at(), ends_at);
		assert!(convene(question(Case::Request(1))));
		let now = ends_at - REVEAL_TIME;
		Time::set(now);
		take_commits(1, &vec![Some(output(1.0)); 3]);
		assert!(matches!(record(1).phase, Phase::Commit { .. }), "no room for an early end");
	});
}

#[test]
fn early_verdicts_leave_it_room_too() {
	build_and_execute(|| {
		assert!(convene(question(CASE)));
		take_commits(0, &vec![Some(output(1.0)); 3]);
		(2..REVEAL_TIME).for_each(|at| fill_up_to(5, at));
		for node in [0, 2, 4] {
			take_reveal(0, node, &output(1.0));
		}
		assert_eq!(record(0).closes_at(), REVEAL_TIME);
	});
}

fn fill_up_to(places: usize, at: u64) {
	while Closing::<Test>::decode_len(at).unwrap_or(0) < places {
		Closing::<Test>::try_append(at, u64::MAX).expect("there is room");
	}
}

/// Fills the ring's blocks from `from` on with places nobody needs.
fn fill(from: u64, blocks: u64) {
	for at in from..from + blocks {
		while Closing::<Test>::try_append(at, u64::MAX).is_ok() {}
	}
}
