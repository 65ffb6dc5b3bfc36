//! When and how nodes are drawn.

use crate::{mock::*, Ending, Waiting};
use frame_support::assert_ok;
use opg_primitives::seams::{Case, CaseDesk, Verdict};

fn ask(model: u32) {
	assert_ok!(Audits::request_audit(RuntimeOrigin::signed(ALICE), model));
}

#[test]
fn three_nodes_that_are_not_the_publishers_are_drawn_two_blocks_later() {
	build_and_execute(|| {
		ask(0);
		run(1);
		assert!(Convened::get().is_empty());
		run(1);
		let [question] = &Convened::get()[..] else { panic!("one panel") };
		assert_eq!((question.nodes, question.agree), (3, 2));
		assert_eq!((question.asker, question.fee), (BOB, PAY));
		assert!(question.claim.is_none());
		assert!(Waiting::<Test>::get().is_empty());
		assert!(Audits::input(Case::Audit(0)).is_some());
		run(1);
		assert_eq!(Convened::get().len(), 1, "a panel is drawn once");
		assert!(crate::PreviousEntropy::<Test>::get().is_none(), "nobody waits any more");
	});
}

#[test]
fn two_audits_are_drawn_for_by_seeds_of_their_own_a_block_each() {
	build_and_execute(|| {
		ask(0);
		ask(1);
		run(3);
		let seeds: Vec<_> = Convened::get().iter().map(|question| question.seed).collect();
		assert_eq!(seeds.len(), 2);
		assert_ne!(seeds[0], seeds[1]);
	});
}

#[test]
fn blocks_of_one_author_wait_for_another_where_there_are_several() {
	build_and_execute(|| {
		Authors::set(2);
		ask(0);
		run(3);
		assert!(Convened::get().is_empty());
		Author::set(1);
		run(1);
		assert_eq!(Convened::get().len(), 1);
	});
}

#[test]
fn an_author_who_is_alone_for_long_draws_after_all() {
	build_and_execute(|| {
		Authors::set(2);
		ask(0);
		run(5);
		assert!(Convened::get().is_empty());
		run(1);
		assert_eq!(Convened::get().len(), 1);
	});
}

#[test]
fn with_too_few_nodes_the_deposit_returns_in_the_end() {
	build_and_execute(|| {
		HasNodes::set(false);
		ask(0);
		run(199);
		assert!(is_open(0));
		run(2);
		assert!(!is_open(0));
		assert_eq!(endings(), [(0, Ending::NotDrawn, 0)]);
		assert_eq!(free(ALICE), FUNDS);
	});
}

#[test]
fn a_model_that_was_judged_before_its_draw_needs_none() {
	build_and_execute(|| {
		ask(0);
		Refusal::set(Some(opg_primitives::seams::AuditRefusal::Audited));
		run(2);
		assert_eq!(endings(), [(0, Ending::Moot, 0)]);
		assert_eq!(free(ALICE), FUNDS);
	});
}

#[test]
fn a_panel_that_differs_gets_a_jury_by_another_seed() {
	build_and_execute(|| {
		convened(0);
		decide(0, Verdict::Split);
		run(1);
		assert!(Juries::get().is_empty());
		run(1);
		let [(case, seed)] = Juries::get()[..] else { panic!("one jury") };
		assert_eq!(case, Case::Audit(0));
		assert_ne!(seed, Convened::get()[0].seed);
	});
}
