//! Settled answers that are run again: drawn by chance, disputed, upheld, overturned.

use crate::{mock::*, CheckStage, Error, Event, HoldReason, Requests, State};
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use opg_primitives::{
	seams::{Case, Claim, Verdict},
	Outcome, RequestId,
};

const CASE: Case = Case::Check(0);
const DEPOSIT: Balance = 10 * PRICE;

/// `count` requests of Alice's, settled by node 0.
fn settled(count: u8) {
	Free::set([(0, u32::from(count))].into());
	for key in 0..count {
		assert_ok!(ask(ALICE, key, DEADLINE));
	}
	run(2);
	let answers = (0..count.into()).map(answer_to).collect();
	assert!(include(batch(0, answers)));
	System::reset_events();
}

fn dispute(who: u64, request: RequestId) -> frame_support::dispatch::DispatchResult {
	Inference::dispute(RuntimeOrigin::signed(who), request)
}

fn deposit(who: u64) -> Balance {
	Balances::balance_on_hold(&HoldReason::Dispute.into(), &who)
}

fn disputed() {
	settled(1);
	assert_ok!(dispute(BOB, 0));
	run(2);
}

fn other() -> Outcome {
	let tensor = opg_tensor::Tensor::from_f32(&[1], &[4.0]).expect("one element");
	Outcome::Output(opg_tensor::encode(&[tensor]).try_into().expect("short"))
}

fn decided(wrong: &[u32]) -> Verdict {
	Verdict::Decided { outcome: other(), by: vec![1], jurors: vec![2, 3], wrong: wrong.to_vec() }
}

#[test]
fn a_dispute_holds_what_it_may_cost_and_convenes_a_panel_with_the_claim() {
	build_and_execute(|| {
		settled(1);
		assert_ok!(dispute(BOB, 0));
		assert_eq!(events(), [Event::Disputed { request: 0, by: BOB, deposit: DEPOSIT }]);
		assert_eq!(deposit(BOB), DEPOSIT);
		run(2);
		let question = Convened::get().remove(&CASE).expect("convened");
		assert_eq!((question.nodes, question.agree), (3, 2));
		assert_eq!(question.claim, Some(Claim { by: vec![0], outcome: output() }));
	});
}

#[test]
fn a_dispute_is_refused_without_an_answer_too_late_twice_or_with_too_few_operators() {
	build_and_execute(|| {
		assert_noop!(dispute(BOB, 0), Error::<Test>::RequestUnknown);
		assert_ok!(ask(ALICE, 9, DEADLINE));
		assert_noop!(dispute(BOB, 0), Error::<Test>::NotSettled);
		assert_ok!(Inference::cancel(RuntimeOrigin::signed(ALICE), 0));
		assert_ok!(ask(ALICE, 8, DEADLINE));
		run(2);
		assert!(include(batch(0, vec![answer_to(1)])));
		Operators::set(9);
		assert_noop!(dispute(BOB, 1), Error::<Test>::TooFewOperators);
		Operators::set(10);
		assert_ok!(dispute(BOB, 1));
		assert_noop!(dispute(ALICE, 1), Error::<Test>::DisputeOpen);
		run(2);
		decide(Case::Check(1), Verdict::Undecided);
		run(31);
		assert_noop!(dispute(BOB, 1), Error::<Test>::DisputeTooLate);
	});
}

#[test]
fn an_answer_that_stands_costs_the_one_who_disputed_it() {
	build_and_execute(|| {
		let issued = Balances::total_issuance();
		disputed();
		decide(CASE, Verdict::Agreed { outcome: output(), by: vec![0, 1] });
		assert_eq!(events().last(), Some(&Event::Upheld { request: 0 }));
		assert_eq!(deposit(BOB), 0);
		assert_eq!(Balances::free_balance(BOB), PURSE - 2 * PRICE);
		assert_eq!(Balances::free_balance(owner_of(1)), PURSE + PRICE);
		assert_eq!(PursePaid::get(), []);
		assert_eq!(Balances::total_issuance() + UPKEEP, issued);
	});
}

#[test]
fn an_answer_found_wrong_is_replaced_and_the_deposit_returned() {
	build_and_execute(|| {
		disputed();
		decide(CASE, Verdict::Split);
		assert_eq!(deposit(BOB), DEPOSIT);
		run(2);
		assert_eq!(Juries::get(), [CASE]);
		decide(CASE, decided(&[0]));
		assert_eq!(events().last(), Some(&Event::Overturned { request: 0 }));
		assert_eq!((deposit(BOB), Balances::free_balance(BOB)), (0, PURSE));
		assert_eq!(PursePaid::get(), [1, 2, 3].map(|node| (owner_of(node), PRICE)));
		let state = Requests::<Test>::get(0).map(|record| record.state);
		assert!(
			matches!(state, Some(State::Settled { outcome, by: right, .. }) if outcome == other() && right == by(&[1, 2, 3]))
		);
	});
}

#[test]
fn a_jury_that_finds_a_checker_wrong_upholds_the_answer() {
	build_and_execute(|| {
		disputed();
		decide(CASE, Verdict::Split);
		run(2);
		decide(CASE, decided(&[5]));
		assert_eq!(events().last(), Some(&Event::Upheld { request: 0 }));
		assert_eq!(Balances::free_balance(BOB), PURSE - 3 * PRICE);
	});
}

#[test]
fn a_check_nobody_can_run_is_given_up_and_the_deposit_returned() {
	build_and_execute(|| {
		settled(1);
		assert_ok!(dispute(BOB, 0));
		HasPanels::set(false);
		run(62);
		assert_eq!(events().last(), Some(&Event::CheckUndecided { request: 0 }));
		assert_eq!((deposit(BOB), Balances::free_balance(BOB)), (0, PURSE));
		assert_eq!(Requests::<Test>::get(0).and_then(|record| record.check), None);
	});
}

#[test]
fn an_open_check_keeps_its_request_from_being_pruned() {
	build_and_execute(|| {
		settled(1);
		Requests::<Test>::mutate_extant(0, |record| {
			let (stage, until) = (CheckStage::Convened, 500);
			record.check = Some(crate::Check { dispute: None, stage, until });
		});
		run(110);
		assert!(Requests::<Test>::contains_key(0));
		Requests::<Test>::mutate_extant(0, |record| record.check = None);
		run(40);
		assert!(!Requests::<Test>::contains_key(0));
	});
}

#[test]
fn a_check_that_never_ends_is_given_up_before_its_request_is_pruned() {
	build_and_execute(|| {
		disputed();
		run(150);
		assert_eq!(deposit(BOB), 0);
		assert!(!Requests::<Test>::contains_key(0));
	});
}

#[test]
fn sampling_draws_one_answer_once_enough_was_paid() {
	build_and_execute(|| {
		InPurse::set(100 * PRICE);
		settled(3);
		run(4);
		assert_eq!(events(), [], "three prices are not enough");
		assert_ok!(ask(ALICE, 9, DEADLINE));
		run(2);
		assert!(include(batch(0, vec![answer_to(3)])));
		System::reset_events();
		run(2);
		let drawn: Vec<_> = events()
			.into_iter()
			.filter(|event| matches!(event, Event::CheckDrawn { .. }))
			.collect();
		assert_eq!(drawn.len(), 1);
		run(2);
		let case = *Convened::get().keys().next().expect("convened");
		decide(case, Verdict::Agreed { outcome: output(), by: vec![0, 1] });
		assert_eq!(PursePaid::get(), [(owner_of(0), PRICE), (owner_of(1), PRICE)]);
	});
}

#[test]
fn sampling_asks_nobody_the_purse_cannot_pay_or_where_operators_are_few() {
	build_and_execute(|| {
		InPurse::set(3 * PRICE - 1);
		settled(4);
		run(6);
		InPurse::set(100 * PRICE);
		Operators::set(9);
		for key in 20..24 {
			assert_ok!(ask(ALICE, key, DEADLINE));
		}
		run(2);
		assert!(include(batch(0, (4..8).map(answer_to).collect())));
		run(6);
		assert!(!events().iter().any(|event| matches!(event, Event::CheckDrawn { .. })));
	});
}
