//! Which answers count, what they pay, and what refused ones leave behind.

use crate::{mock::*, Assigned, Call, Event, Inputs, Requests, State};
use frame_support::{
	assert_noop, assert_ok,
	pallet_prelude::{InvalidTransaction, TransactionValidityError},
	traits::UnfilteredDispatchable,
};
use opg_primitives::{
	job::Answer,
	seams::Delivery,
	statement::{statement, Domain},
	Draw, FaultKind, Outcome,
};
use sp_core::{Pair, H256};
use sp_runtime::DispatchError;

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
		assert_eq!(events(), [settled(0, &[0], PRICE, 2)]);
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
			[Event::AnswerRefused { request: 0, node: 0 }, settled(1, &[0], PRICE, 2)]
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

#[test]
fn of_a_number_already_included_are_stale() {
	build_and_execute(|| {
		two_assigned();
		let second = answer_to(1);
		assert!(include(batch(0, vec![answer_to(0)])));
		assert_eq!(Batches::get().get(&0), Some(&1));
		let late = signed_batch(0, 0, vec![second.clone()], &pair(0));
		assert_eq!(refusal(&late), Some(InvalidTransaction::Stale));
		assert!(include(batch(0, vec![second])));
	});
}

#[test]
fn signed_for_another_chain_are_refused() {
	build_and_execute(|| {
		two_assigned();
		let answers = vec![answer_to(0)];
		let signed_for = |genesis: H256| {
			let claim = statement(Domain::Answers, genesis, &(0u32, 0u64, &answers));
			let answers = answers.clone().try_into().expect("a few");
			let signature = pair(0).sign(&claim).into();
			Call::answer { node: 0, number: 0, answers, signature }
		};
		assert_eq!(refusal(&signed_for(H256::zero())), Some(InvalidTransaction::BadProof));
		assert_eq!(refusal(&signed_for(System::block_hash(0))), None);
	});
}

#[test]
fn in_the_pool_stand_for_their_node_and_number_and_not_for_ever() {
	build_and_execute(|| {
		for key in 0..4 {
			assert_ok!(ask(ALICE, key, DEADLINE));
		}
		run(2);
		let validity = |node, request| {
			authorize(&batch(node, vec![answer_to(request)])).expect("a valid batch").0
		};
		let first = validity(0, 0);
		assert_eq!((first.longevity, first.propagate), (8, true));
		assert_ne!(first.provides, validity(1, 2).provides, "of another node");
		assert!(include(batch(0, vec![answer_to(0)])));
		assert_ne!(first.provides, validity(0, 1).provides, "of another number");
	});
}

#[test]
fn are_charged_for_each_stale_one_and_not_where_all_count() {
	build_and_execute(|| {
		two_assigned();
		let first = answer_to(0);
		assert!(include(batch(0, vec![answer_to(1)])));
		assert_eq!(Stale::get(), []);
		assert!(include(batch(0, vec![first.clone(), first.clone(), first])));
		assert_eq!(Stale::get(), [(0, 2)]);
	});
}

#[test]
fn are_stale_from_who_had_the_request_and_foreign_from_others() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(2);
		let fault = fault_of(0, FaultKind::Looped);
		assert!(include(batch(0, vec![fault.clone()])));
		assert_eq!(refusal(&batch(0, vec![fault.clone()])), Some(InvalidTransaction::Stale));
		assert_eq!(refusal(&batch(1, vec![fault])), Some(InvalidTransaction::Call));
		run(2);
		let answer = answer_to(0);
		assert!(include(batch(1, vec![answer.clone()])));
		assert_eq!(refusal(&batch(1, vec![answer.clone()])), Some(InvalidTransaction::Stale));
		assert_eq!(refusal(&batch(2, vec![answer])), Some(InvalidTransaction::Call));
	});
}

#[test]
fn after_the_deadline_are_stale() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(12);
		let late = answer_to(0);
		run(8);
		assert_eq!(refusal(&batch(1, vec![late])), Some(InvalidTransaction::Stale));
	});
}

#[test]
fn by_the_draw_of_the_node_that_has_the_request_now_take_nothing_from_it() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(10);
		assert_ok!(ask(ALICE, 2, DEADLINE));
		run(2);
		assert_eq!([0, 1].map(|id| assignment(id).map(|(node, _)| node)), [Some(1), Some(0)]);
		assert!(include(batch(0, vec![answer_to(1), answer_to(0)])));
		assert_eq!(Stale::get(), [(0, 1)]);
		assert_eq!(assignment(0).map(|(node, _)| node), Some(1));
	});
}

#[test]
fn that_came_past_the_pool_still_need_its_word_and_their_draw() {
	build_and_execute(|| {
		two_assigned();
		let other_fork = Answer { draw: Draw::repeat_byte(9), ..answer_to(0) };
		let call = batch(0, vec![other_fork]);
		for origin in [RuntimeOrigin::signed(owner_of(0)), RuntimeOrigin::none()] {
			assert_noop!(call.clone().dispatch_bypass_filter(origin), DispatchError::BadOrigin);
		}
		let authorised = frame_system::RawOrigin::Authorized;
		assert_ok!(call.dispatch_bypass_filter(authorised.into()));
		assert_eq!(Stale::get(), [(0, 1)]);
		assert!(Assigned::<Test>::contains_key(0, 0));
	});
}

/// Two requests of Alice's at node 0: one for five blocks, one for three.
fn slow_and_quick() {
	assert_ok!(ask(ALICE, 1, 2 * DEADLINE));
	run(2);
	assert_ok!(ask(ALICE, 2, 2 * DEADLINE));
	run(5);
}

#[test]
fn tell_the_catalogue_the_longest_time_of_a_batch() {
	build_and_execute(|| {
		slow_and_quick();
		assert!(include(batch(0, vec![answer_to(0), answer_to(1)])));
		assert_eq!(Noted::get(), [(MODEL, 5)]);
	});
}

#[test]
fn tell_no_time_where_they_took_none_or_do_not_fit() {
	build_and_execute(|| {
		two_assigned();
		assert!(include(batch(0, vec![answer_to(0), answer_to(1)])));
		assert_eq!(Noted::get(), []);
		assert_ok!(ask(ALICE, 3, DEADLINE));
		run(4);
		let junk = Outcome::Output(vec![1].try_into().expect("short"));
		assert!(include(batch(0, vec![Answer { outcome: junk, ..answer_to(2) }])));
		assert_eq!(Noted::get(), []);
	});
}

#[test]
fn in_one_batch_are_each_held_against_their_own_model() {
	build_and_execute(|| {
		slow_and_quick();
		Requests::<Test>::mutate_extant(1, |record| record.model = 1);
		assert!(include(batch(0, vec![answer_to(0), answer_to(1)])));
		assert_eq!(events().last(), Some(&Event::AnswerRefused { request: 1, node: 0 }));
		let tensor = opg_tensor::Tensor::from_f32(&[2], &[3.0, 4.0]).expect("two elements");
		let longer = opg_tensor::encode(&[tensor]).try_into().expect("short");
		let fit = Answer { outcome: Outcome::Output(longer), ..answer_to(1) };
		assert!(include(batch(0, vec![fit])));
		assert_eq!(Noted::get(), [(MODEL, 5), (1, 3)]);
	});
}

#[test]
fn for_two_models_in_one_batch_tell_the_time_of_each() {
	build_and_execute(|| {
		slow_and_quick();
		Requests::<Test>::mutate_extant(1, |record| record.model = 1);
		let tensor = opg_tensor::Tensor::from_f32(&[2], &[3.0, 4.0]).expect("two elements");
		let longer = opg_tensor::encode(&[tensor]).try_into().expect("short");
		let quick = Answer { outcome: Outcome::Output(longer), ..answer_to(1) };
		assert!(include(batch(0, vec![answer_to(0), quick])));
		assert_eq!(Noted::get(), [(MODEL, 5), (1, 3)]);
	});
}
