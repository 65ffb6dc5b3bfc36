//! Requests that several nodes answer: what is asked for up front, and what verdicts do.

use crate::{mock::*, Error, Event, Inputs, Queue, Requests, State};
use frame_support::{assert_noop, assert_ok};
use opg_primitives::{
	seams::{Case, Verdict},
	FaultKind, Outcome, RequestId, TrustMode,
};

const CASE: Case = Case::Request(0);

fn state(request: RequestId) -> Option<State<u64>> {
	Requests::<Test>::get(request).map(|record| record.state)
}

fn convened() {
	assert_ok!(ask_quorum(ALICE, 1, 3, 2));
	run(2);
	assert!(matches!(state(0), Some(State::Convened { since: 3 })));
	System::reset_events();
}

fn agreed(by: &[u32]) -> Verdict {
	Verdict::Agreed { outcome: output(), by: by.to_vec() }
}

fn decided(by: &[u32], jurors: &[u32], wrong: &[u32]) -> Verdict {
	Verdict::Decided {
		outcome: output(),
		by: by.to_vec(),
		jurors: jurors.to_vec(),
		wrong: wrong.to_vec(),
	}
}

#[test]
fn is_refused_for_numbers_that_make_no_sense() {
	build_and_execute(|| {
		for (nodes, agree) in [(2, 2), (3, 1), (4, 2), (3, 4), (8, 7)] {
			assert_noop!(ask_quorum(ALICE, 1, nodes, agree), Error::<Test>::QuorumInvalid);
		}
	});
}

#[test]
fn is_refused_where_too_few_operators_serve_the_model() {
	build_and_execute(|| {
		Operators::set(9);
		assert_noop!(ask_quorum(ALICE, 1, 3, 2), Error::<Test>::TooFewOperators);
		Operators::set(10);
		assert_ok!(ask_quorum(ALICE, 1, 3, 2));
		assert_noop!(ask_quorum(ALICE, 2, 4, 3), Error::<Test>::TooFewOperators);
	});
}

#[test]
fn is_refused_for_less_than_the_price_of_every_node_or_too_short_a_time() {
	build_and_execute(|| {
		let ask = |fee, deadline| {
			let trust = TrustMode::Quorum { nodes: 3, agree: 2 };
			let who = RuntimeOrigin::signed(ALICE);
			Inference::request(who, MODEL, input(), trust, fee, deadline, [9; 16], None)
		};
		assert_noop!(ask(3 * PRICE - 1, 40), Error::<Test>::MaxFeeTooLow);
		assert_noop!(ask(3 * PRICE, 17), Error::<Test>::DeadlineInvalid);
		assert_ok!(ask(3 * PRICE, 18));
	});
}

#[test]
fn convenes_a_panel_of_as_many_nodes_two_blocks_later() {
	build_and_execute(|| {
		assert_ok!(ask_quorum(ALICE, 1, 5, 4).and_then(|()| Ok(())).or_else(|_| {
			Operators::set(16);
			ask_quorum(ALICE, 1, 5, 4)
		}));
		run(1);
		assert_eq!(Convened::get().len(), 0);
		run(1);
		let question = Convened::get().remove(&CASE).expect("convened");
		assert_eq!((question.nodes, question.agree, question.asker), (5, 4, ALICE));
		assert_eq!((question.fee, question.claim), (PRICE, None));
	});
}

#[test]
fn settles_by_a_verdict_and_pays_each_who_agreed() {
	build_and_execute(|| {
		let issued = Balances::total_issuance();
		convened();
		decide(CASE, agreed(&[0, 1]));
		assert_eq!(events(), [settled(0, &[0, 1], 2 * PRICE, 2)]);
		for node in [0, 1] {
			assert_eq!(Balances::free_balance(owner_of(node)), PURSE + PRICE * 7 / 10);
		}
		assert_eq!(Balances::free_balance(ALICE), PURSE - UPKEEP - 2 * PRICE);
		assert_eq!(Balances::total_issuance() + UPKEEP, issued);
		assert_eq!(Exposed::get(), [(0, PRICE), (1, PRICE)]);
		assert!(Inputs::<Test>::contains_key(0));
	});
}

#[test]
fn fails_for_base_fees_when_nodes_agree_on_a_fault() {
	build_and_execute(|| {
		convened();
		let outcome = Outcome::Fault(FaultKind::OutOfMemory);
		decide(CASE, Verdict::Agreed { outcome, by: vec![0, 1] });
		let (fault, fee) = (FaultKind::OutOfMemory, 2 * PRICE / 10);
		assert!(matches!(
			events().as_slice(),
			[Event::Failed { request: 0, fault: found, fee: paid, refund, .. }]
				if (*found, *paid, *refund) == (fault, fee, 4 * PRICE - fee)
		));
		assert_eq!(Balances::free_balance(ALICE), PURSE - UPKEEP - fee);
	});
}

#[test]
fn asks_for_a_jury_when_answers_differ_and_settles_by_it() {
	build_and_execute(|| {
		convened();
		decide(CASE, Verdict::Split);
		assert_eq!(events(), [Event::Escalated { request: 0 }]);
		run(1);
		assert_eq!(Juries::get(), [], "its randomness is still to come");
		run(1);
		assert_eq!(Juries::get(), [CASE]);
		decide(CASE, decided(&[0], &[1, 2, 3], &[4]));
		// The liar's place in the quorum is a juror's now; the others are paid from the purse.
		assert_eq!(events().last(), Some(&settled(0, &[0, 1, 2], 3 * PRICE, 4)));
		assert_eq!(PursePaid::get(), [(owner_of(3), PRICE)]);
	});
}

#[test]
fn waits_for_a_jury_that_cannot_be_drawn_yet() {
	build_and_execute(|| {
		convened();
		decide(CASE, Verdict::Split);
		HasPanels::set(false);
		run(3);
		assert_eq!(Juries::get(), []);
		HasPanels::set(true);
		run(1);
		assert_eq!(Juries::get(), [CASE]);
		decide(CASE, Verdict::Undecided);
	});
}

#[test]
fn draws_a_second_panel_once_and_then_returns_the_fee() {
	build_and_execute(|| {
		convened();
		decide(CASE, Verdict::Undecided);
		assert_eq!(state(0), Some(State::Waiting));
		run(2);
		decide(CASE, Verdict::Undecided);
		assert_eq!(events().last(), Some(&expired(0, 4 * PRICE)));
		assert_eq!(Balances::free_balance(ALICE), PURSE - UPKEEP);
	});
}

#[test]
fn ends_at_the_deadline_while_commitments_are_missing() {
	build_and_execute(|| {
		convened();
		run(2 * DEADLINE);
		assert_eq!(events().last(), Some(&expired(0, 4 * PRICE)));
	});
}

#[test]
fn outlasts_the_deadline_while_a_panel_decides_but_not_for_ever() {
	build_and_execute(|| {
		convened();
		Revealing::set(true);
		run(2 * DEADLINE);
		assert!(matches!(state(0), Some(State::Convened { .. })));
		run(20);
		assert_eq!(events().last(), Some(&expired(0, 4 * PRICE)));
		assert_eq!(Inference::queue_len(Queue::Waiting), 0);
	});
}

#[test]
fn ignores_a_verdict_that_comes_too_late() {
	build_and_execute(|| {
		convened();
		run(2 * DEADLINE);
		<Inference as opg_primitives::seams::CaseDesk>::decided(CASE, agreed(&[0, 1]));
		assert_eq!(Balances::free_balance(owner_of(0)), PURSE);
	});
}

#[test]
fn draws_one_panel_and_one_jury_a_block() {
	build_and_execute(|| {
		assert_ok!(ask_quorum(ALICE, 1, 3, 2));
		assert_ok!(ask_quorum(ALICE, 2, 3, 2));
		run(2);
		assert_eq!(Convened::get().len(), 1);
		run(1);
		assert_eq!(Convened::get().len(), 2);
		[0, 1].into_iter().for_each(|request| decide(Case::Request(request), Verdict::Split));
		run(2);
		assert_eq!(Juries::get().len(), 1);
		run(1);
		assert_eq!(Juries::get().len(), 2);
	});
}

#[test]
fn waits_for_a_panel_that_cannot_be_drawn_yet_while_its_time_is_left() {
	for (blocks, is_convened) in [(27, true), (28, false)] {
		build_and_execute(|| {
			HasPanels::set(false);
			assert_ok!(ask_quorum(ALICE, 1, 3, 2));
			run(blocks);
			HasPanels::set(true);
			run(1);
			assert_eq!(Convened::get().contains_key(&CASE), is_convened);
		});
	}
}

#[test]
fn says_by_which_draw_it_was_convened_and_settled() {
	build_and_execute(|| {
		assert_ok!(ask_quorum(ALICE, 1, 3, 2));
		run(2);
		let drawn = Convened::get()[&CASE].seed;
		assert_eq!(events().last(), Some(&Event::Convened { request: 0, draw: drawn }));
		decide(CASE, agreed(&[0, 1]));
		assert!(matches!(state(0), Some(State::Settled { draw, .. }) if draw == drawn));
	});
}

#[test]
fn draws_a_second_panel_only_while_its_time_is_left() {
	for (blocks, is_retried) in [(25, true), (26, false)] {
		build_and_execute(|| {
			convened();
			run(blocks);
			decide(CASE, Verdict::Undecided);
			assert_eq!(state(0) == Some(State::Waiting), is_retried);
		});
	}
}

#[test]
fn ends_where_a_jury_comes_to_nothing() {
	build_and_execute(|| {
		convened();
		decide(CASE, Verdict::Split);
		run(2);
		decide(CASE, Verdict::Undecided);
		assert_eq!(events().last(), Some(&expired(0, 4 * PRICE)));
		assert_eq!(Balances::free_balance(ALICE), PURSE - UPKEEP);
	});
}

#[test]
fn ends_at_the_deadline_while_it_waits_for_a_jury() {
	build_and_execute(|| {
		convened();
		HasPanels::set(false);
		decide(CASE, Verdict::Split);
		run(2 * DEADLINE - 2);
		assert_eq!(events().last(), Some(&expired(0, 4 * PRICE)));
		assert_eq!(held(ALICE), 0);
	});
}

#[test]
fn ends_no_earlier_than_a_panel_that_decides_may_take() {
	build_and_execute(|| {
		convened();
		Revealing::set(true);
		run(2 * DEADLINE - 2 + 19);
		assert!(matches!(state(0), Some(State::Convened { .. })));
		run(1);
		assert!(matches!(state(0), Some(State::Expired { at: 61 })));
	});
}

#[test]
fn never_pays_more_than_what_is_held_for_it() {
	build_and_execute(|| {
		convened();
		assert_ok!(ask(ALICE, 2, DEADLINE));
		decide(CASE, agreed(&[0, 1, 0, 1, 0]));
		let state = events().into_iter().last();
		assert!(matches!(state, Some(Event::Settled { fee, .. }) if fee == 4 * PRICE));
		assert_eq!(held(ALICE), 2 * PRICE, "the other request keeps its fee");
	});
}

#[test]
fn tells_panels_what_to_run_while_it_is_of_use() {
	build_and_execute(|| {
		let asked = |case| <Inference as opg_primitives::seams::CaseDesk>::input(case);
		convened();
		assert_eq!(asked(CASE), Some(input()));
		decide(CASE, agreed(&[0, 1]));
		assert_eq!(asked(Case::Check(0)), Some(input()));
		assert_eq!(asked(Case::Request(9)), None);
	});
}

#[test]
fn pays_jurors_from_what_is_held_while_places_of_the_quorum_are_free() {
	build_and_execute(|| {
		convened();
		decide(CASE, Verdict::Split);
		run(2);
		decide(CASE, decided(&[], &[0, 1], &[2, 3, 4]));
		let settled = settled(0, &[0, 1], 2 * PRICE, 4);
		assert_eq!(events().last(), Some(&settled));
		assert_eq!(PursePaid::get(), []);
	});
}
