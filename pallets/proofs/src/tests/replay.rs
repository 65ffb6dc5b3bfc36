//! A statement counts once for each reference of each account, whatever bytes prove it.

use crate::{mock::*, ProofFault, Statements};
use frame_support::{assert_noop, assert_ok};

const MALLEATED: [&str; 2] = ["malleable_negAB", "malleable_rerandomised"];

#[test]
fn another_proof_of_a_statement_is_refused_to_the_same_account_and_reference() {
	for circuit in CIRCUITS {
		build_and_execute(|| {
			let valid = case(circuit, "valid_0").registered();
			assert_ok!(valid.submit(BOB, 1));
			assert_noop!(valid.submit(BOB, 1), refused(0, ProofFault::Duplicate));
			for name in MALLEATED {
				let other = case(circuit, name);
				assert_eq!((other.id(), &other.inputs), (valid.id(), &valid.inputs));
				assert_ne!(other.proof, valid.proof);
				assert_noop!(other.submit(BOB, 1), refused(0, ProofFault::Duplicate));
			}
			assert_eq!(Told::get().len(), 1);
		});
	}
}

#[test]
fn a_malleated_proof_that_comes_first_takes_the_honest_ones_place_only_in_its_own_name() {
	build_and_execute(|| {
		let valid = case("cubic_1", "valid_0").registered();
		assert_ok!(case("cubic_1", MALLEATED[0]).submit(ALICE, 1));
		assert_ok!(valid.submit(BOB, 1));
		assert_ne!(valid.statement(ALICE, 1), valid.statement(BOB, 1));
	});
}

#[test]
fn the_same_statement_counts_for_another_reference_and_another_account() {
	build_and_execute(|| {
		let valid = case("poly_8", "valid_0").registered();
		assert_ok!(valid.submit(BOB, 1));
		assert_ok!(valid.submit(BOB, 2));
		assert_ok!(valid.submit(ALICE, 1));
		assert_eq!(Statements::<Test>::iter().count(), 3);
		assert_eq!(Told::get().len(), 3);
	});
}

#[test]
fn a_later_deadline_does_not_make_another_statement() {
	build_and_execute(|| {
		let valid = case("poly_8", "valid_0").registered();
		assert_ok!(valid.submit(BOB, 1));
		next_block();
		assert_eq!(valid.submission(1).context.until, 2 + LIFE);
		assert_noop!(valid.submit(BOB, 1), refused(0, ProofFault::Duplicate));
	});
}

#[test]
fn a_statement_counts_once_in_a_batch() {
	build_and_execute(|| {
		let valid = case("poly_8", "valid_0").registered();
		let other = case("poly_8", MALLEATED[1]);
		let submit = |batch| submit_batch(BOB, batch);
		let twice = vec![valid.submission(1), valid.submission(2), other.submission(1)];
		assert_noop!(submit(twice), refused(2, ProofFault::Duplicate));
		assert_ok!(submit(vec![valid.submission(1), other.submission(2)]));
		assert_noop!(
			submit(vec![valid.submission(3), other.submission(2)]),
			refused(1, ProofFault::Duplicate)
		);
	});
}

#[test]
fn a_bad_proof_does_not_use_the_statement_up() {
	build_and_execute(|| {
		let valid = case("poly_8", "valid_0").registered();
		let mut bad = valid.clone();
		bad.proof = case("poly_8", "valid_1").proof;
		assert_noop!(bad.submit(BOB, 1), refused(0, ProofFault::Unproven));
		let batch = vec![bad.submission(1)];
		assert_ok!(submit_batch(BOB, batch));
		assert_ok!(valid.submit(BOB, 1));
	});
}
