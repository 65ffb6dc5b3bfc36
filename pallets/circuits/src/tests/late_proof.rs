//! Answers proved later: what is committed to, what is believed, and what is refused.

use crate::{mock::*, Commitments, Due, Error, Event};
use frame_support::{
	assert_noop, assert_ok,
	dispatch::{DispatchResult, GetDispatchInfo},
	weights::Weight,
};
use opg_primitives::{
	late_proof::{commitment, Salt},
	seams::{AnswerRefusal, GivenAnswer, Proof},
	ContentCodec, ContentId, Input, LateProof, RequestId,
};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::DispatchError;

const SALT: Salt = [4; 32];

fn hash(who: u64, request: RequestId, value: f32, proof: &[u8]) -> H256 {
	commitment(System::block_hash(0), &who, request, &output(value), proof, &SALT)
}

fn commit(who: u64, request: RequestId, value: f32, proof: &[u8]) -> DispatchResult {
	let origin = RuntimeOrigin::signed(who);
	Circuits::commit(origin, request, hash(who, request, value, proof))
}

fn prove(who: u64, request: RequestId, value: f32, proof: &[u8]) -> Result<(), DispatchError> {
	let bytes = proof.to_vec().try_into().expect("short");
	let origin = RuntimeOrigin::signed(who);
	let done = Circuits::prove(origin, request, output(value), bytes, SALT);
	done.map(|_| ()).map_err(|refusal| refusal.error)
}

/// Commits, waits and proves.
fn commit_and_prove(
	who: u64,
	request: RequestId,
	value: f32,
	proof: &[u8],
) -> Result<(), DispatchError> {
	assert_ok!(commit(who, request, value, proof));
	run(AGE);
	prove(who, request, value, proof)
}

#[test]
fn are_noted_with_who_proved_them_under_which_key_and_how_far_they_are_apart() {
	build_and_execute(|| {
		give(ANSWERED, Ok(answer(0.250_1)));
		assert_ok!(commit(ALICE, ANSWERED, 0.25, &GOOD));
		assert_eq!(held(ALICE), DEPOSIT);
		run(AGE);
		assert_ok!(prove(ALICE, ANSWERED, 0.25, &GOOD));
		assert_eq!(held(ALICE), 0);
		let [(ANSWERED, noted)] = &Noted::get()[..] else { panic!("not noted") };
		let statement = noted.proof.statement;
		let proof = Proof { statement, hash: H256(blake2_256(&GOOD)), bytes: PROOF_BYTES };
		// 0.2501 as a float32 is 0.250099986…
		let difference = 99_987;
		assert_eq!(*noted, LateProof { proof, key: KEY, by: ALICE, difference });
		assert_eq!(
			events(),
			[
				Event::Committed { request: ANSWERED, by: ALICE, until: 1 + LIFE },
				Event::ProvedLater {
					request: ANSWERED,
					by: ALICE,
					key: KEY,
					statement,
					difference
				},
			]
		);
		assert_noop!(prove(ALICE, ANSWERED, 0.25, &GOOD), Error::<Test>::AlreadyProved);
		assert_noop!(commit(BOB, ANSWERED, 0.25, &GOOD), Error::<Test>::AlreadyProved);
	});
}

#[test]
fn cannot_be_taken_out_of_the_pool() {
	build_and_execute(|| {
		assert_ok!(commit(ALICE, ANSWERED, 0.25, &GOOD));
		run(AGE);
		// Bob sees the proof now, and has committed to nothing or to he knows not what.
		assert_noop!(prove(BOB, ANSWERED, 0.25, &GOOD), Error::<Test>::NotCommitted);
		let copied = hash(ALICE, ANSWERED, 0.25, &GOOD);
		assert_ok!(Circuits::commit(RuntimeOrigin::signed(BOB), ANSWERED, copied));
		run(AGE);
		assert_noop!(prove(BOB, ANSWERED, 0.25, &GOOD), Error::<Test>::NotAsCommitted);
		assert_ok!(commit(BOB, ANSWERED, 0.25, &GOOD));
		assert_noop!(prove(BOB, ANSWERED, 0.25, &GOOD), Error::<Test>::CommitmentTooNew);
		assert_ok!(prove(ALICE, ANSWERED, 0.25, &GOOD));
	});
}

#[test]
fn are_shown_no_earlier_than_some_blocks_after_the_commitment() {
	build_and_execute(|| {
		assert_ok!(commit(ALICE, ANSWERED, 0.25, &GOOD));
		for _ in 0..AGE {
			assert_noop!(prove(ALICE, ANSWERED, 0.25, &GOOD), Error::<Test>::CommitmentTooNew);
			run(1);
		}
		assert_ok!(prove(ALICE, ANSWERED, 0.25, &GOOD));
	});
}

#[test]
fn are_what_was_committed_to() {
	build_and_execute(|| {
		assert_ok!(commit(ALICE, ANSWERED, 0.25, &GOOD));
		run(AGE);
		let refused = Error::<Test>::NotAsCommitted;
		assert_noop!(prove(ALICE, ANSWERED, 0.5, &GOOD), refused);
		assert_noop!(prove(ALICE, ANSWERED, 0.25, &[2; 4]), Error::<Test>::NotAsCommitted);
		let bytes = GOOD.to_vec().try_into().expect("short");
		let origin = RuntimeOrigin::signed(ALICE);
		let other = Circuits::prove(origin, ANSWERED, output(0.25), bytes, [5; 32]);
		assert_eq!(other.unwrap_err().error, Error::<Test>::NotAsCommitted.into());
		// Of an alike request, but not of this one.
		assert_noop!(prove(ALICE, ANSWERED_TOO, 0.25, &GOOD), Error::<Test>::NotCommitted);
	});
}

#[test]
fn of_two_requests_that_are_alike_are_both_noted() {
	build_and_execute(|| {
		assert_ok!(commit_and_prove(ALICE, ANSWERED, 0.25, &GOOD));
		assert_ok!(commit_and_prove(BOB, ANSWERED_TOO, 0.25, &GOOD));
		let by: Vec<_> = Noted::get().iter().map(|(request, noted)| (*request, noted.by)).collect();
		assert_eq!(by, [(ANSWERED, ALICE), (ANSWERED_TOO, BOB)]);
	});
}

#[test]
fn that_do_not_hold_or_are_of_another_input_are_refused_and_may_be_made_anew() {
	build_and_execute(|| {
		assert_ok!(commit(ALICE, ANSWERED, 0.25, &[2; 4]));
		run(AGE);
		assert_noop!(prove(ALICE, ANSWERED, 0.25, &[2; 4]), Error::<Test>::ProofWrong);
		let asked = GivenAnswer { input: input(&[1.0, -0.25]), ..answer(0.25) };
		give(ANSWERED, Ok(asked));
		assert_ok!(commit(ALICE, ANSWERED, 0.25, &GOOD));
		assert_eq!(held(ALICE), DEPOSIT, "in the place of the first");
		run(AGE);
		assert_noop!(prove(ALICE, ANSWERED, 0.25, &GOOD), Error::<Test>::ProofWrong);
		give(ANSWERED, Ok(answer(0.25)));
		assert_ok!(prove(ALICE, ANSWERED, 0.25, &GOOD));
	});
}

#[test]
fn of_an_answer_that_rounding_does_not_explain_are_refused() {
	build_and_execute(|| {
		// 8 steps of 2⁻¹³ are 0.0009765625.
		for (given, is_near) in [(0.250_976, true), (0.249_024, true), (0.250_978, false)] {
			give(ANSWERED, Ok(answer(given)));
			assert_ok!(commit(ALICE, ANSWERED, 0.25, &GOOD));
			run(AGE);
			if is_near {
				assert_ok!(prove(ALICE, ANSWERED, 0.25, &GOOD));
			} else {
				assert_noop!(prove(ALICE, ANSWERED, 0.25, &GOOD), Error::<Test>::AnswerTooFar);
			}
		}
		for never in [f32::NAN, f32::NEG_INFINITY] {
			give(ANSWERED, Ok(answer(never)));
			assert_noop!(prove(ALICE, ANSWERED, 0.25, &GOOD), Error::<Test>::AnswerTooFar);
		}
	});
}

#[test]
fn show_a_number_that_the_circuit_gives() {
	build_and_execute(|| {
		assert_ok!(commit(ALICE, ANSWERED, 0.250_01, &GOOD));
		run(AGE);
		assert_noop!(prove(ALICE, ANSWERED, 0.250_01, &GOOD), Error::<Test>::NotOfCircuit);
	});
}

#[test]
fn under_a_key_that_nobody_believes_in_are_refused() {
	build_and_execute(|| {
		assert_ok!(commit(ALICE, ANSWERED, 0.25, &GOOD));
		run(AGE);
		IsBelieved::set(false);
		assert_noop!(prove(ALICE, ANSWERED, 0.25, &GOOD), Error::<Test>::KeyNotBelieved);
	});
}

#[test]
fn under_a_key_that_an_audit_found_to_be_another_s_are_refused() {
	build_and_execute(|| {
		assert_ok!(commit(ALICE, ANSWERED, 0.25, &GOOD));
		run(AGE);
		IsRefuted::set(true);
		assert_noop!(prove(ALICE, ANSWERED, 0.25, &GOOD), Error::<Test>::KeyNotBelieved);
		assert_noop!(commit(BOB, ANSWERED, 0.25, &GOOD), Error::<Test>::KeyNotBelieved);
	});
}

#[test]
fn of_what_cannot_be_proved_are_refused_by_name_before_anything_is_held() {
	build_and_execute(|| {
		let stored = Input::Stored(ContentId { codec: ContentCodec::Raw, digest: [0; 32] });
		let answers = [
			(Err(AnswerRefusal::Unknown), Error::<Test>::RequestUnknown),
			(Err(AnswerRefusal::Unanswered), Error::<Test>::NotAnswered),
			(Err(AnswerRefusal::Proved), Error::<Test>::AlreadyProved),
			(Err(AnswerRefusal::InDoubt), Error::<Test>::AnswerInDoubt),
			(Ok(GivenAnswer { input: stored, ..answer(0.25) }), Error::<Test>::InputNotInRequest),
			(Ok(GivenAnswer { model: BARE, ..answer(0.25) }), Error::<Test>::NoCircuit),
			(Ok(GivenAnswer { model: BARE + 1, ..answer(0.25) }), Error::<Test>::NoCircuit),
		];
		assert_ok!(commit(ALICE, ANSWERED, 0.25, &GOOD));
		run(AGE);
		for (answer, refusal) in answers {
			let refusal: DispatchError = refusal.into();
			give(ANSWERED, answer);
			assert_noop!(commit(BOB, ANSWERED, 0.25, &GOOD), refusal);
			assert_noop!(prove(ALICE, ANSWERED, 0.25, &GOOD), refusal);
		}
	});
}

#[test]
fn that_are_never_shown_cost_nothing_but_the_time_the_deposit_was_held() {
	build_and_execute(|| {
		assert_ok!(commit(ALICE, ANSWERED, 0.25, &GOOD));
		run(LIFE);
		assert_eq!(held(ALICE), DEPOSIT, "this is the last block");
		System::set_block_number(2 + LIFE);
		assert_noop!(prove(ALICE, ANSWERED, 0.25, &GOOD), Error::<Test>::CommitmentExpired);
		events();
		run(1);
		assert_eq!(held(ALICE), 0);
		assert_eq!(events(), [Event::CommitmentExpired { request: ANSWERED, by: ALICE }]);
		assert_noop!(prove(ALICE, ANSWERED, 0.25, &GOOD), Error::<Test>::NotCommitted);
	});
}

#[test]
fn can_be_committed_to_again_when_too_little_time_is_left() {
	build_and_execute(|| {
		assert_ok!(commit(ALICE, ANSWERED, 0.5, &GOOD));
		run(LIFE - AGE);
		assert_ok!(commit(ALICE, ANSWERED, 0.75, &GOOD));
		assert_eq!(Commitments::<Test>::get(ANSWERED, ALICE).map(|it| it.until), Some(1 + LIFE));
		run(1);
		assert_ok!(commit(ALICE, ANSWERED, 0.25, &GOOD));
		assert_eq!(held(ALICE), DEPOSIT);
		run(LIFE);
		assert_ok!(prove(ALICE, ANSWERED, 0.25, &GOOD));
	});
}

#[test]
fn are_committed_to_by_a_few_at_once() {
	build_and_execute(|| {
		let many = 100..100 + u64::from(PLACES);
		for request in many.clone() {
			give(request, Ok(answer(0.25)));
			assert_ok!(commit(ALICE, request, 0.25, &GOOD));
		}
		assert_noop!(commit(BOB, ANSWERED, 0.25, &GOOD), Error::<Test>::TooManyCommitments);
		run(LIFE);
		assert_eq!(Due::<Test>::iter().count(), many.count());
		run(1);
		assert_eq!((Due::<Test>::iter().count(), held(ALICE)), (0, 0));
		assert_ok!(commit(BOB, ANSWERED, 0.25, &GOOD));
	});
}

#[test]
fn are_given_up_only_as_far_as_a_block_has_time_left() {
	build_and_execute(|| {
		for request in [ANSWERED, ANSWERED_TOO] {
			assert_ok!(commit(ALICE, request, 0.25, &GOOD));
		}
		let now = 2 + LIFE;
		System::set_block_number(now);
		use crate::WeightInfo;
		type Weights = crate::weights::UpperBounds<Test>;
		assert_eq!(Circuits::give_up_expired(now, Weight::zero()), Weight::zero());
		let used = Circuits::give_up_expired(now, Weights::give_up(1));
		assert!(used.all_lte(Weights::give_up(1)));
		assert_eq!(held(ALICE), DEPOSIT);
		Circuits::give_up_expired(now, Weight::MAX);
		assert_eq!(held(ALICE), 0);
	});
}

#[test]
fn need_a_deposit() {
	build_and_execute(|| {
		assert!(commit(ALICE + 10, ANSWERED, 0.25, &GOOD).is_err(), "nobody without money");
		assert_eq!(Commitments::<Test>::iter().count(), 0);
	});
}

#[test]
fn are_charged_for_their_check_unless_they_are_refused_before_it() {
	build_and_execute(|| {
		let bytes = GOOD.to_vec().try_into().expect("short");
		let call = crate::Call::<Test>::prove {
			request: ANSWERED,
			output: output(0.25),
			proof: bytes,
			salt: SALT,
		};
		let info = call.get_dispatch_info();
		let check = 1_000_000 * u64::from(3 + PROOF_BYTES);
		assert!(info.call_weight.ref_time() > check);
		assert_eq!(info.pays_fee, frame_support::dispatch::Pays::Yes);
		use crate::WeightInfo;
		type Weights = crate::weights::UpperBounds<Test>;
		assert_eq!((info.call_weight - Weights::prove()).ref_time(), check);
		let bytes = GOOD.to_vec().try_into().expect("short");
		let refused =
			Circuits::prove(RuntimeOrigin::signed(BOB), ANSWERED, output(0.25), bytes, SALT);
		let charged = refused.unwrap_err().post_info.actual_weight;
		assert_eq!(charged, Some(Weights::prove()));
	});
}
