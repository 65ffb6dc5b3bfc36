//! Asking, taking back, and what is refused.

use crate::{mock::*, ClientKeys, Error, Requests, State};
use frame_support::{
	assert_noop, assert_ok,
	traits::{LockableCurrency, WithdrawReasons},
};
use opg_primitives::{ContentCodec, ContentId, Input, ModelId, TrustMode};
use opg_tensor::Tensor;
use sp_runtime::TokenError;

#[test]
fn holds_the_fee_and_takes_the_upkeep() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		assert_eq!(events(), [requested(0)]);
		assert_eq!(held(ALICE), 2 * PRICE);
		assert_eq!(UpkeepPaid::get(), UPKEEP);
		assert_eq!(Balances::free_balance(ALICE), PURSE - 2 * PRICE - UPKEEP);
		assert_eq!(Requests::<Test>::get(0).map(|record| record.deadline), Some(1 + DEADLINE));
		assert_eq!(ClientKeys::<Test>::get(ALICE, [1; 16]), Some(0));
	});
}

#[test]
fn buys_once_for_each_client_key() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		assert_noop!(ask(ALICE, 1, DEADLINE), Error::<Test>::ClientKeyUsed);
		assert_ok!(ask(BOB, 1, DEADLINE));
	});
}

fn refuse(model: ModelId, input: Input, max_fee: Balance, deadline: u64, error: Error<Test>) {
	build_and_execute(|| {
		let call = || {
			Inference::request(
				RuntimeOrigin::signed(ALICE),
				model,
				input.clone(),
				TrustMode::Attested,
				max_fee,
				deadline,
				[1; 16],
				None,
			)
		};
		assert_noop!(call(), error);
	});
}

#[test]
fn is_refused_for_a_model_unknown_or_retired() {
	refuse(7, input(), PRICE, DEADLINE, Error::ModelUnknown);
	refuse(1, input(), PRICE, DEADLINE, Error::ModelRetired);
}

#[test]
fn is_refused_below_the_price_and_outside_the_deadlines() {
	refuse(MODEL, input(), PRICE - 1, DEADLINE, Error::MaxFeeTooLow);
	refuse(MODEL, input(), PRICE, 11, Error::DeadlineInvalid);
	refuse(MODEL, input(), PRICE, 101, Error::DeadlineInvalid);
}

#[test]
fn is_refused_for_an_input_that_does_not_fit() {
	let inline = |bytes: Vec<u8>| Input::Inline(bytes.try_into().expect("short"));
	let tensors = |tensors: &[Tensor]| inline(opg_tensor::encode(tensors));
	let f32s = |length: u32| {
		Tensor::from_f32(&[length], &vec![0.0; length as usize]).expect("as many as said")
	};
	let cases = [
		(inline(vec![1, 2, 3]), Error::InputMalformed),
		(inline(vec![]), Error::InputMalformed),
		(tensors(&[]), Error::InputMismatch),
		(tensors(&[f32s(3)]), Error::InputMismatch),
		(tensors(&[f32s(2), f32s(2)]), Error::InputMismatch),
		(tensors(&[Tensor::from_i64(&[2], &[1, 2]).expect("two")]), Error::InputMismatch),
	];
	for (input, error) in cases {
		refuse(MODEL, input, PRICE, DEADLINE, error);
	}
}

#[test]
fn takes_an_input_kept_off_chain_unseen() {
	build_and_execute(|| {
		let stored = ContentId { codec: ContentCodec::Raw, digest: [9; 32] };
		assert_ok!(Inference::request(
			RuntimeOrigin::signed(ALICE),
			MODEL,
			Input::Stored(stored),
			TrustMode::Attested,
			PRICE,
			DEADLINE,
			[1; 16],
			None,
		));
	});
}

#[test]
fn is_refused_where_nobody_serves_the_model() {
	build_and_execute(|| {
		Free::take();
		assert_noop!(ask(ALICE, 1, DEADLINE), Error::<Test>::NotServed);
	});
}

#[test]
fn is_refused_without_the_fee_in_usable_balance() {
	build_and_execute(|| {
		Balances::set_lock(*b"elsewher", &ALICE, PURSE - PRICE, WithdrawReasons::all());
		assert_noop!(ask(ALICE, 1, DEADLINE), TokenError::FundsUnavailable);
	});
}

#[test]
fn is_refused_when_too_many_wait_or_end_together() {
	build_and_execute(|| {
		// Two places a block and eight blocks of slip: eighteen for each of half time and deadline.
		let mut asked = 0;
		while ask(ALICE, asked, DEADLINE).is_ok() {
			asked += 1;
		}
		assert_eq!(asked, 8);
		assert_noop!(ask(ALICE, asked, DEADLINE), Error::<Test>::TooManyWaiting);
	});
}

#[test]
fn slips_by_a_few_blocks_at_most_when_a_block_of_the_ring_is_full() {
	build_and_execute(|| {
		for key in 0..8 {
			assert_ok!(ask(ALICE, key, DEADLINE));
		}
		let ends: Vec<_> = (0..8)
			.filter_map(|id| Requests::<Test>::get(id))
			.map(|record| record.deadline)
			.collect();
		assert_eq!(ends, [21, 21, 22, 22, 23, 23, 24, 24]);
	});
}

#[test]
fn cancel_returns_everything_but_the_upkeep_before_assignment() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		let cancel = |who| Inference::cancel(RuntimeOrigin::signed(who), 0);
		assert_noop!(cancel(BOB), Error::<Test>::NotRequester);
		assert_ok!(cancel(ALICE));
		assert_eq!(events().last(), Some(&cancelled(0, 2 * PRICE)));
		assert_eq!((held(ALICE), Balances::free_balance(ALICE)), (0, PURSE - UPKEEP));
		assert_noop!(cancel(ALICE), Error::<Test>::NotWaiting);
		run(5);
		assert_eq!(
			Requests::<Test>::get(0).map(|record| record.state),
			Some(State::Cancelled { at: 1 })
		);
	});
}

#[test]
fn cancel_is_refused_once_a_node_has_the_request() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(2);
		assert!(assignment(0).is_some());
		assert_noop!(Inference::cancel(RuntimeOrigin::signed(ALICE), 0), Error::<Test>::NotWaiting);
		assert_noop!(
			Inference::cancel(RuntimeOrigin::signed(ALICE), 9),
			Error::<Test>::RequestUnknown
		);
	});
}

#[test]
fn records_what_was_agreed_when_it_was_made() {
	build_and_execute(|| {
		run(4);
		assert_ok!(ask(ALICE, 1, DEADLINE));
		let record = Requests::<Test>::get(0).expect("asked");
		assert_eq!((record.requested_at, record.deadline), (5, 5 + DEADLINE));
		assert_eq!((record.held, record.price, record.base_fee), (2 * PRICE, PRICE, PRICE / 10));
	});
}

#[test]
fn may_take_the_shortest_and_the_longest_deadline() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, 12));
		assert_ok!(ask(ALICE, 2, 100));
	});
}

#[test]
fn must_leave_time_for_two_answers_as_slow_as_of_late() {
	build_and_execute(|| {
		AnswerTime::set(10);
		assert_noop!(ask(ALICE, 1, 39), Error::<Test>::DeadlineInvalid);
		assert_ok!(ask(ALICE, 1, 40));
		AnswerTime::set(60);
		assert_noop!(ask(ALICE, 2, 99), Error::<Test>::DeadlineInvalid);
		assert_ok!(ask(ALICE, 2, 100));
	});
}

#[test]
fn may_take_every_unit_of_usable_balance() {
	build_and_execute(|| {
		let lock = |frozen| {
			Balances::set_lock(*b"elsewher", &ALICE, frozen, WithdrawReasons::all());
		};
		lock(PURSE - 2 * PRICE - UPKEEP + 1);
		assert_noop!(ask(ALICE, 1, DEADLINE), TokenError::FundsUnavailable);
		lock(PURSE - 2 * PRICE - UPKEEP);
		assert_ok!(ask(ALICE, 1, DEADLINE));
	});
}

#[test]
fn is_refused_when_every_block_it_could_end_in_is_full() {
	build_and_execute(|| {
		Free::set([(0, 100)].into());
		// Two places in each of nine blocks; half times lie elsewhere.
		for key in 0..18 {
			assert_ok!(ask(ALICE, key, 101 - System::block_number()));
			run(1);
		}
		let deadline = 101 - System::block_number();
		assert_noop!(ask(ALICE, 99, deadline), Error::<Test>::TooManyExpiring);
		assert_ok!(ask(ALICE, 99, deadline + 9));
	});
}
