//! The laws hold after any sequence of calls and blocks, no deposit stays, and broken states are caught.

use crate::{mock::*, Commitments, Due, DuePlaces, HoldReason};
use frame_support::{assert_ok, traits::fungible::MutateHold};
use opg_primitives::{late_proof::commitment, seams::AnswerRefusal, RequestId};
use proptest::prelude::*;
use sp_core::H256;
use std::collections::BTreeSet;

#[derive(Clone, Debug)]
enum Step {
	Commit {
		who: u64,
		request: RequestId,
		is_good: bool,
	},
	Prove {
		who: u64,
		request: RequestId,
		is_good: bool,
	},
	Answer {
		request: RequestId,
		value: f32,
	},
	Withdraw {
		request: RequestId,
		refusal: AnswerRefusal,
	},
	Believe(bool),
	/// Blocks without time left at their ends.
	Hurry(u64),
	Run(u64),
}

fn step() -> impl Strategy<Value = Step> {
	let who = prop_oneof![Just(ALICE), Just(BOB), Just(ALICE + 10)];
	let which = || 20..26u64;
	let refusal = prop_oneof![
		Just(AnswerRefusal::Unknown),
		Just(AnswerRefusal::Unanswered),
		Just(AnswerRefusal::InDoubt)
	];
	let good = || proptest::bool::weighted(0.8);
	prop_oneof![
		6 => (who.clone(), which(), good())
			.prop_map(|(who, request, is_good)| Step::Commit { who, request, is_good }),
		6 => (who, which(), good())
			.prop_map(|(who, request, is_good)| Step::Prove { who, request, is_good }),
		2 => (which(), prop_oneof![Just(0.25), Just(0.250_1), Just(0.3)])
			.prop_map(|(request, value)| Step::Answer { request, value }),
		1 => (which(), refusal).prop_map(|(request, refusal)| Step::Withdraw { request, refusal }),
		1 => proptest::bool::weighted(0.9).prop_map(Step::Believe),
		1 => (1..4u64).prop_map(Step::Hurry),
		4 => (1..6u64).prop_map(Step::Run),
	]
}

fn take(step: Step) {
	let proof = |is_good| if is_good { GOOD } else { [2; 4] };
	// A step may be refused: only the laws matter here.
	match step {
		Step::Commit { who, request, is_good } => {
			let genesis = System::block_hash(0);
			let (output, proof) = (output(0.25), proof(is_good));
			let hash = commitment(genesis, &who, request, &output, &proof, &[0; 32]);
			let _ = Circuits::commit(RuntimeOrigin::signed(who), request, hash);
		},
		Step::Prove { who, request, is_good } => {
			let proof = proof(is_good).to_vec().try_into().expect("short");
			let origin = RuntimeOrigin::signed(who);
			let _ = Circuits::prove(origin, request, output(0.25), proof, [0; 32]);
		},
		Step::Answer { request, value } => {
			let is_proved = Noted::get().iter().any(|(noted, _)| *noted == request);
			if !is_proved {
				give(request, Ok(answer(value)));
			}
		},
		Step::Withdraw { request, refusal } => give(request, Err(refusal)),
		Step::Believe(is_believed) => IsBelieved::set(is_believed),
		Step::Hurry(blocks) => System::set_block_number(System::block_number() + blocks),
		Step::Run(blocks) => run(blocks),
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(128))]

	#[test]
	fn any_sequence_of_calls_and_blocks_keeps_the_laws_and_no_deposit(
		steps in prop::collection::vec(step(), 1..60)
	) {
		build_and_execute(|| {
			for step in steps {
				take(step);
				Circuits::check_laws().expect("the laws hold after each step");
			}
			for (_, noted) in Noted::get() {
				assert!(noted.difference <= 976_563, "within 8 steps: {}", noted.difference);
			}
			let proved: Vec<_> = Noted::get().into_iter().map(|(request, _)| request).collect();
			let once: BTreeSet<_> = proved.iter().collect();
			assert_eq!(once.len(), proved.len(), "an answer is proved once");
			run(LIFE + 1);
			assert_eq!(Commitments::<Test>::iter().count() + Due::<Test>::iter().count(), 0);
			assert!(DuePlaces::<Test>::get().is_empty());
			assert_eq!((held(ALICE), held(BOB)), (0, 0));
		});
	}
}

/// What the laws say of a state in which somebody has committed and something was broken since.
fn fault(broken: impl FnOnce()) -> String {
	externalities().execute_with(|| {
		assert_ok!(Circuits::commit(RuntimeOrigin::signed(ALICE), ANSWERED, H256::zero()));
		Circuits::check_laws().expect("nothing is broken yet");
		broken();
		format!("{:?}", Circuits::check_laws().expect_err("it is broken"))
	})
}

#[test]
fn a_deposit_that_is_not_a_commitment_s_is_caught() {
	let reason = HoldReason::Commitment.into();
	assert!(fault(|| Balances::hold(&reason, &BOB, 1).expect("he has as much")).contains("deposit"));
	let gone = fault(|| {
		let commitment = Commitments::<Test>::take(ANSWERED, ALICE).expect("there is one");
		Due::<Test>::remove(commitment.place);
	});
	assert!(gone.contains("deposit"), "{gone}");
}

#[test]
fn a_commitment_that_would_never_be_given_up_is_caught() {
	assert!(fault(|| Due::<Test>::remove(0)).contains("never be given up"));
	let later = fault(|| {
		Commitments::<Test>::mutate(ANSWERED, ALICE, |it| {
			it.as_mut().expect("there is one").until += 1;
		});
	});
	assert!(later.contains("never be given up"), "{later}");
	let passed = fault(|| DuePlaces::<Test>::mutate(|places| places.head = places.tail));
	assert!(passed.contains("not in use"), "{passed}");
}

#[test]
fn a_place_that_nobody_has_is_caught() {
	let kept = fault(|| {
		let entry = Due::<Test>::get(0).expect("there is one");
		DuePlaces::<Test>::mutate(|places| places.tail = 2);
		Due::<Test>::insert(1, entry);
	});
	assert!(kept.contains("gone"), "{kept}");
	let many = fault(|| DuePlaces::<Test>::mutate(|places| places.tail = 100));
	assert!(many.contains("than there are"), "{many}");
}
