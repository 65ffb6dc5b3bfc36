//! Which answers count, what they pay, and what refused ones leave behind.

use crate::{mock::*, Call, Event, Inputs, Requests, State};
use frame_support::{
	assert_ok,
	pallet_prelude::{InvalidTransaction, TransactionValidityError},
};
use opg_primitives::{job::Answer, seams::Delivery, Draw, Outcome};

fn refusal(call: &Call<Test>) -> Option<InvalidTransaction> {
	match authorize(call) {
		Err(TransactionValidityError::Invalid(why)) => Some(why),
		_ => None,
	}
}

/// Two requests of Alice's, both at node 0.
fn two_assigned() {
	assert_ok!(ask(ALICE, 1, DEADLINE));
	assert_ok!(ask(ALICE, 2, DEADLINE));
	run(2);
	assert_eq!([0, 1].map(|request| assignment(request).map(|(node, _)| node)), [Some(0); 2]);
	System::reset_events();
}

#[test]
fn settles_pays_node_and_owner_and_returns_the_rest() {
	build_and_execute(|| {
		two_assigned();
		let issued = Balances::total_issuance();
		let answer = answer_to(0);
		assert!(include(batch(0, vec![answer.clone()])));
		assert_eq!(events(), [Event::Settled { request: 0, by: by(&[0]), fee: PRICE }]);
		assert_eq!(Balances::free_balance(owner_of(0)), PURSE + PRICE * 7 / 10);
		assert_eq!(Balances::free_balance(PUBLISHER), PURSE + PRICE * 2 / 10);
		assert_eq!(Balances::free_balance(TREASURY), PURSE + PRICE / 10);
		assert_eq!(held(ALICE), 2 * PRICE, "the other request keeps its fee");
		assert_eq!(Balances::free_balance(ALICE), PURSE - 2 * UPKEEP - PRICE - 2 * PRICE);
		assert_eq!(Balances::total_issuance(), issued);
		assert_eq!(Deliveries::get(), [(0, Delivery::InTime)]);
		let state = Requests::<Test>::get(0).map(|record| record.state);
		let Answer { draw, outcome, .. } = answer;
		assert_eq!(state, Some(State::Settled { by: by(&[0]), draw, outcome, at: 3 }));
		assert!(Inputs::<Test>::contains_key(0), "it may be run again");
		assert_eq!(Exposed::get(), [(0, PRICE)]);
	});
}

#[test]
fn in_a_batch_are_paid_each() {
	build_and_execute(|| {
		two_assigned();
		assert!(include(batch(0, vec![answer_to(0), answer_to(1)])));
		assert_eq!(held(ALICE), 0);
		assert_eq!(Balances::free_balance(owner_of(0)), PURSE + 2 * (PRICE * 7 / 10));
	});
}

#[test]
fn count_once() {
	build_and_execute(|| {
		two_assigned();
		let first = answer_to(0);
		let twice = vec![first.clone(), first.clone()];
		assert!(include(batch(0, twice)));
		assert_eq!(Stale::get(), [(0, 1)]);
		assert_eq!(Balances::free_balance(owner_of(0)), PURSE + PRICE * 7 / 10);
		let again = batch(0, vec![first]);
		assert_eq!(refusal(&again), Some(InvalidTransaction::Stale), "no live answer in it");
	});
}

#[test]
fn of_another_draw_or_another_nodes_request_refuse_the_batch() {
	build_and_execute(|| {
		two_assigned();
		let live = answer_to(0);
		let other_fork = Answer { draw: Draw::repeat_byte(9), ..answer_to(1) };
		let call = batch(0, vec![live.clone(), other_fork]);
		assert_eq!(refusal(&call), Some(InvalidTransaction::Call));
		assert_eq!(refusal(&batch(1, vec![live])), Some(InvalidTransaction::Call));
		let unknown = Answer { request: 77, draw: Draw::zero(), outcome: output() };
		assert_eq!(refusal(&batch(0, vec![unknown])), Some(InvalidTransaction::Call));
	});
}

#[test]
fn need_the_workers_signature_and_the_next_number() {
	build_and_execute(|| {
		two_assigned();
		let answers = vec![answer_to(0)];
		let forged = signed_batch(0, 0, answers.clone(), &pair(1));
		assert_eq!(refusal(&forged), Some(InvalidTransaction::BadProof));
		let ahead = signed_batch(0, 1, answers.clone(), &pair(0));
		assert_eq!(refusal(&ahead), Some(InvalidTransaction::Future));
		let call = batch(0, answers.clone());
		assert!(include(call.clone()));
		assert_eq!(refusal(&call), Some(InvalidTransaction::Stale));
		assert_eq!(refusal(&batch(9, answers)), Some(InvalidTransaction::BadSigner));
		assert_eq!(refusal(&batch(0, vec![])), Some(InvalidTransaction::Stale));
	});
}

#[test]
fn that_do_not_fit_the_model_never_fail_the_others() {
	build_and_execute(|| {
		two_assigned();
		let junk = Answer {
			outcome: Outcome::Output(vec![1, 2, 3].try_into().expect("short")),
			..answer_to(0)
		};
		assert!(include(batch(0, vec![junk, answer_to(1)])));
		assert_eq!(
			events(),
			[
				Event::AnswerRefused { request: 0, node: 0 },
				Event::Settled { request: 1, by: by(&[0]), fee: PRICE }
			]
		);
		assert_eq!(Stale::get(), [(0, 1)]);
		assert!(assignment(0).is_some(), "it may still answer rightly");
	});
}

#[test]
fn after_the_time_is_over_are_stale() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(2);
		let late = answer_to(0);
		run(8);
		assert_eq!(Requests::<Test>::get(0).map(|record| record.state), Some(State::Waiting));
		assert_eq!(refusal(&batch(0, vec![late])), Some(InvalidTransaction::Stale));
	});
}

#[test]
fn in_a_longer_batch_replace_a_shorter_one_in_the_pool() {
	build_and_execute(|| {
		two_assigned();
		let short = authorize(&batch(0, vec![answer_to(0)])).expect("valid").0;
		let long = authorize(&batch(0, vec![answer_to(0), answer_to(1)])).expect("valid").0;
		assert_eq!(short.provides, long.provides);
		assert!(long.priority > short.priority);
	});
}
