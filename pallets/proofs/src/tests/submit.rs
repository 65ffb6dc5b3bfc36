//! One proof: stored and told of, or refused for a reason.

use crate::{mock::*, Context, Event, ProofFault, Statements, Verified};
use frame_support::{assert_noop, assert_ok};

#[test]
fn stores_a_statement_and_tells_of_it() {
	build_and_execute(|| {
		let case = case("poly_8", "valid_0").registered();
		events();
		assert_ok!(case.submit(BOB, 1));
		let statement = case.statement(BOB, 1);
		let (who, key, reference, approved) = (BOB, case.id(), [1; 32], false);
		assert_eq!(events(), [Event::ProofVerified { statement, who, key, reference, approved }]);
		assert_eq!(Statements::<Test>::get(statement), Some(Verified { at: 1, approved }));
		assert_eq!(Told::get(), [(statement, BOB, [1; 32], false)]);
	});
}

#[test]
fn fails_under_an_unknown_key() {
	build_and_execute(|| {
		let case = case("poly_8", "valid_0");
		assert_noop!(case.submit(BOB, 1), refused(0, ProofFault::KeyUnknown));
		assert_ok!(case.register(ALICE));
		assert_ok!(Proofs::remove_key(RuntimeOrigin::signed(ALICE), case.id()));
		assert_noop!(case.submit(BOB, 1), refused(0, ProofFault::KeyUnknown));
	});
}

#[test]
fn fails_with_the_key_of_another_circuit() {
	build_and_execute(|| {
		let other = case("cubic_1", "valid_0").registered();
		let mut moved = case("poly_8", "valid_0").submission(1);
		moved.key = other.id();
		let batch = vec![other.submission(1), moved];
		assert_noop!(submit_batch(BOB, batch), refused(1, ProofFault::InputCount));
	});
}

#[test]
fn fails_with_a_proof_of_other_inputs() {
	build_and_execute(|| {
		let mut mixed = case("poly_8", "valid_0").registered();
		mixed.inputs = case("poly_8", "valid_1").inputs;
		events();
		assert_noop!(mixed.submit(BOB, 1), refused(0, ProofFault::Unproven));
		assert_eq!(events(), []);
	});
}

#[test]
fn fails_with_a_gnark_proof_with_commitments() {
	build_and_execute(|| {
		let mut case = case("poly_8", "valid_0").registered();
		case.proof = [case.proof.as_slice(), &[0; 128]].concat().try_into().expect("short");
		assert_noop!(case.submit(BOB, 1), refused(0, ProofFault::Commitments));
		case.proof = Default::default();
		assert_noop!(case.submit(BOB, 1), refused(0, ProofFault::Length));
	});
}

#[test]
fn fails_after_its_context_has_expired_and_not_in_its_last_block() {
	build_and_execute(|| {
		let case = case("cubic_1", "valid_0").registered();
		wait(5);
		let submit = |until| {
			let context = Context { reference: [1; 32], until };
			outcome(submit(BOB, crate::Submission { context, ..case.submission(1) }))
		};
		assert_noop!(submit(5), refused(0, ProofFault::ContextExpired));
		assert_noop!(submit(6 + LIFE + 1), refused(0, ProofFault::ContextTooLong));
		assert_ok!(submit(6));
	});
}

#[test]
fn names_the_first_fault_without_arithmetic() {
	build_and_execute(|| {
		// Everything is wrong with it: what is cheapest to see is said.
		let mut case = case("cubic_1", "A_off_curve").registered();
		assert_noop!(case.submit(BOB, 1), refused(0, ProofFault::A(crate::PointFault::OffCurve)));
		case.inputs = Default::default();
		assert_noop!(case.submit(BOB, 1), refused(0, ProofFault::InputCount));
	});
}
