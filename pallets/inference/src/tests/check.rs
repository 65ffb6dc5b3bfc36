//! Settled answers that are run again: drawn by chance, disputed, upheld, overturned.

use crate::{mock::*, CheckStage, Error, Event, HoldReason, Positions, Requests, State};
use frame_support::{
	assert_noop, assert_ok,
	traits::{fungible::InspectHold, LockableCurrency, WithdrawReasons},
};
use opg_primitives::{
	seams::{Case, Claim, Verdict},
	Outcome, RequestId,
};
use sp_runtime::TokenError;

pub(super) const CASE: Case = Case::Check(0);
const DEPOSIT: Balance = 10 * PRICE;

/// `count` requests of Alice's, settled by node 0.
pub(super) fn settled(count: u8) {
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

pub(super) fn disputed() {
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
		decide(Case::Check(1), Verdict::Agreed { outcome: output(), by: vec![0, 1] });
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
			record.check = Some(crate::Check {
				dispute: None,
				stage,
				drawn_from: 0,
				until,
				is_repeated: false,
			});
		});
		run(170);
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
		run(210);
		assert_eq!(deposit(BOB), 0);
		assert!(!Requests::<Test>::contains_key(0));
	});
}

#[test]
fn a_panel_that_comes_to_nothing_is_drawn_once_more() {
	build_and_execute(|| {
		disputed();
		decide(CASE, Verdict::Undecided);
		assert_eq!(deposit(BOB), DEPOSIT);
		run(2);
		assert!(Convened::get().contains_key(&CASE));
		decide(CASE, Verdict::Undecided);
		assert_eq!(events().last(), Some(&Event::CheckUndecided { request: 0 }));
		assert_eq!(deposit(BOB), 0);
	});
}

fn is_checked(request: RequestId) -> bool {
	Requests::<Test>::get(request).is_some_and(|record| record.check.is_some())
}

fn stage() -> Option<CheckStage> {
	Requests::<Test>::get(0).and_then(|record| record.check).map(|check| check.stage)
}

#[test]
fn a_dispute_is_taken_to_the_last_block_of_its_window() {
	build_and_execute(|| {
		settled(2);
		run(30);
		assert_ok!(dispute(BOB, 0));
		run(1);
		assert_noop!(dispute(BOB, 1), Error::<Test>::DisputeTooLate);
	});
}

#[test]
fn a_dispute_needs_its_deposit_in_usable_balance() {
	build_and_execute(|| {
		settled(1);
		let lock = |frozen| {
			Balances::set_lock(*b"elsewher", &BOB, frozen, WithdrawReasons::all());
		};
		lock(PURSE - DEPOSIT + 1);
		assert_noop!(dispute(BOB, 0), TokenError::FundsUnavailable);
		lock(PURSE - DEPOSIT);
		assert_ok!(dispute(BOB, 0));
	});
}

#[test]
fn a_panel_that_runs_an_answer_again_is_asked_for_its_price() {
	build_and_execute(|| {
		disputed();
		let question = Convened::get().remove(&CASE).expect("convened");
		assert_eq!((question.fee, question.asker), (PRICE, ALICE));
	});
}

#[test]
fn a_checks_stages_follow_its_panel_and_jury() {
	build_and_execute(|| {
		settled(1);
		assert_ok!(dispute(BOB, 0));
		assert_eq!(stage(), Some(CheckStage::Waiting));
		run(2);
		assert_eq!(stage(), Some(CheckStage::Convened));
		decide(CASE, Verdict::Split);
		assert_eq!(stage(), Some(CheckStage::Escalated));
		decide(CASE, Verdict::Undecided);
		assert_eq!(stage(), Some(CheckStage::Waiting));
		decided_for(&[0, 1]);
		assert_eq!(stage(), None);
	});
}

fn decided_for(by: &[u32]) {
	run(2);
	decide(CASE, Verdict::Agreed { outcome: output(), by: by.to_vec() });
}

#[test]
fn a_check_waits_for_its_panel_as_long_as_it_may_and_no_longer() {
	build_and_execute(|| {
		settled(1);
		assert_ok!(dispute(BOB, 0));
		HasPanels::set(false);
		run(60);
		assert!(is_checked(0));
		run(1);
		assert_eq!(events().last(), Some(&Event::CheckUndecided { request: 0 }));
	});
}

#[test]
fn a_check_gets_its_panel_as_soon_as_there_is_one() {
	build_and_execute(|| {
		settled(1);
		assert_ok!(dispute(BOB, 0));
		HasPanels::set(false);
		run(4);
		HasPanels::set(true);
		run(1);
		assert_eq!(stage(), Some(CheckStage::Convened));
		decide(CASE, Verdict::Split);
		HasPanels::set(false);
		run(4);
		HasPanels::set(true);
		run(1);
		assert_eq!(Juries::get(), [CASE]);
	});
}

#[test]
fn a_second_panel_gets_as_much_time_as_the_first() {
	build_and_execute(|| {
		disputed();
		run(50);
		decide(CASE, Verdict::Undecided);
		HasPanels::set(false);
		run(60);
		assert!(is_checked(0));
		run(1);
		assert!(!is_checked(0));
	});
}

#[test]
fn checks_get_one_panel_and_one_jury_a_block() {
	build_and_execute(|| {
		settled(2);
		assert_ok!(dispute(BOB, 0));
		assert_ok!(dispute(BOB, 1));
		run(2);
		assert_eq!(Convened::get().len(), 1);
		run(1);
		assert_eq!(Convened::get().len(), 2);
		[0, 1].into_iter().for_each(|request| decide(Case::Check(request), Verdict::Split));
		run(2);
		assert_eq!(Juries::get().len(), 1);
		run(1);
		assert_eq!(Juries::get().len(), 2);
	});
}

#[test]
fn an_answer_that_stands_costs_its_own_deposit_and_no_other() {
	build_and_execute(|| {
		settled(2);
		assert_ok!(dispute(BOB, 0));
		assert_ok!(dispute(BOB, 1));
		run(3);
		decide(CASE, Verdict::Agreed { outcome: output(), by: vec![0; 11] });
		assert_eq!(deposit(BOB), DEPOSIT);
		assert_eq!(Balances::free_balance(owner_of(0)), PURSE + 2 * (PRICE * 7 / 10) + DEPOSIT);
		let other = Case::Check(1);
		decide(other, Verdict::Agreed { outcome: output(), by: vec![0] });
		assert_eq!((deposit(BOB), Balances::free_balance(BOB)), (0, PURSE - DEPOSIT - PRICE));
	});
}

#[test]
fn an_owner_too_poor_to_be_paid_leaves_the_payment_to_the_upkeep() {
	build_and_execute(|| {
		disputed();
		Existential::set(2 * PRICE);
		decide(CASE, Verdict::Agreed { outcome: output(), by: vec![2] });
		assert_eq!(UpkeepPaid::get(), UPKEEP + PRICE);
		assert_eq!(Balances::free_balance(BOB), PURSE - PRICE);
	});
}

#[test]
fn a_verdict_of_a_check_that_is_over_does_nothing() {
	build_and_execute(|| {
		InPurse::set(100 * PRICE);
		settled(1);
		for verdict in [decided(&[0]), decided(&[5]), Verdict::Undecided, Verdict::Split] {
			<Inference as opg_primitives::seams::CaseDesk>::decided(CASE, verdict);
		}
		assert_eq!(events(), []);
		assert_eq!(PursePaid::get(), []);
	});
}

#[test]
fn an_open_check_puts_its_requests_pruning_off_by_as_much_each_time() {
	build_and_execute(|| {
		settled(1);
		Requests::<Test>::mutate_extant(0, |record| {
			let (stage, until) = (CheckStage::Convened, 183);
			record.check = Some(crate::Check {
				dispute: None,
				stage,
				drawn_from: 0,
				until,
				is_repeated: false,
			});
		});
		let counted = || Positions::<Test>::get().sampling.counted;
		let before = counted();
		// Looked at in blocks 163, 183, when it may still end, and 203.
		run(181);
		assert!(is_checked(0));
		run(19);
		assert!(is_checked(0));
		run(1);
		assert!(!is_checked(0));
		assert_eq!(counted(), before, "nothing was answered");
		run(19);
		assert!(Requests::<Test>::contains_key(0));
		run(1);
		assert!(!Requests::<Test>::contains_key(0));
	});
}

#[test]
fn a_turn_left_over_from_the_first_panel_does_not_draw_the_second() {
	build_and_execute(|| {
		disputed();
		decide(CASE, Verdict::Split);
		HasPanels::set(false);
		run(2);
		// No jury came, and its turn still waits.
		decide(CASE, Verdict::Undecided);
		HasPanels::set(true);
		run(1);
		assert_eq!(stage(), Some(CheckStage::Waiting), "by a block known when it was wanted");
		run(1);
		assert_eq!(stage(), Some(CheckStage::Convened));
	});
}

#[test]
fn an_answer_found_instead_speaks_for_the_bonds_of_those_who_gave_it() {
	build_and_execute(|| {
		disputed();
		Exposed::take();
		decide(CASE, Verdict::Split);
		run(2);
		decide(CASE, decided(&[0]));
		assert_eq!(Exposed::get(), [1, 2, 3].map(|node| (node, PRICE)));
	});
}
