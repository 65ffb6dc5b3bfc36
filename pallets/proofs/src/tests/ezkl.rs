//! The vectors made with EZKL, through the pallet: every verdict at the stage where it belongs, singly and together.

use crate::{
	fault::{CircuitFeature, HeaderFault, KeyField, KeyPart, WordFault},
	mock::*,
	Error, KeyFault, PointFault, Programs, ProofFault, Statements,
};
use frame_support::{assert_noop, assert_ok};
use opg_primitives::seams::ProofSystem;
use sp_runtime::DispatchError;

fn valid(model: &str) -> Case {
	ezkl_case(model, "valid_a")
}

#[test]
fn every_case_has_its_verdict_at_its_stage() {
	let all: Vec<_> = MODELS.iter().flat_map(|model| ezkl_cases_of(model)).collect();
	assert_eq!(all.len(), 188);
	assert_eq!(all.iter().filter(|case| case.accept).count(), 10);
	assert_eq!(all.iter().filter(|case| case.at_registration).count(), 28);
	for case in all {
		build_and_execute(|| {
			let registered = case.register(ALICE);
			assert_eq!(registered.is_err(), case.at_registration, "{}: {registered:?}", case.name);
			if case.at_registration {
				assert_noop!(case.register(ALICE), registered.unwrap_err());
				return;
			}
			next_block();
			let verdict = case.submit(BOB, 1);
			assert_eq!(verdict.is_ok(), case.accept, "{}: {verdict:?}", case.name);
			assert_eq!(Statements::<Test>::iter().count(), usize::from(case.accept));
			let asked = Proofs::verify(case.id(), &case.inputs, &case.proof);
			assert_eq!(asked.is_ok(), case.accept, "{}: {asked:?}", case.name);
		});
	}
}

#[test]
fn every_case_has_its_verdict_in_a_batch_with_other_keys_and_groth16() {
	build_and_execute(|| {
		let good = [valid("conv_1x6x6"), case("poly_8", "valid_0")].map(Case::registered);
		let cases: Vec<_> = MODELS
			.iter()
			.flat_map(|model| ezkl_cases_of(model))
			.filter(|case| !case.at_registration)
			.collect();
		for case in &cases {
			let _ = case.register(BOB);
		}
		next_block();
		for (number, case) in (0..).zip(&cases) {
			let references = [1, 2, 3].map(|place| number % 80 * 3 + place);
			let batch = vec![
				good[0].submission(references[0]),
				case.submission(references[1]),
				good[1].submission(references[2]),
			];
			let single = Proofs::verify(case.id(), &case.inputs, &case.proof);
			let before = Told::get().len();
			let result = submit_batch(ALICE, batch);
			let stored = Told::get().len() - before;
			match single {
				Ok(()) => assert_eq!((result, stored), (Ok(()), 3), "{}", case.name),
				Err(ProofFault::Unproven) => {
					assert_eq!((result, stored), (Ok(()), 2), "{}: the good ones stand", case.name);
				},
				Err(fault) => assert_eq!(result, Err(refused(1, fault)), "{}", case.name),
			}
			wait(LIFE + 2);
		}
	});
}

#[test]
fn keys_are_refused_by_name() {
	let header = |field, fault| KeyFault::Header(field, fault);
	let reasons = [
		("vka_foreign_srs", KeyFault::ForeignString),
		("vka_s_g2_replaced", KeyFault::ForeignString),
		("vka_known_s_forged", KeyFault::ForeignString),
		("vka_digest_ge_r", header(KeyField::Digest, HeaderFault::NotCanonical)),
		("vka_has_accumulator", KeyFault::Unsupported(CircuitFeature::Accumulator)),
		("vka_num_inst_huge", header(KeyField::Inputs, HeaderFault::OutOfBounds)),
		("vka_omega_one", header(KeyField::Omega, HeaderFault::Disagrees)),
		("vka_gate_loads_commitment", KeyFault::Malformed(KeyPart::Gates, WordFault::Pointer)),
		("vka_fixed_off_curve", KeyFault::FixedColumn(PointFault::OffCurve)),
		("vka_lookup_flavour", KeyFault::Unsupported(CircuitFeature::PermutedLookups)),
		("vka_truncated", header(KeyField::Section, HeaderFault::Disagrees)),
		("vka_trailing_bytes", KeyFault::Length),
		("vka_empty", KeyFault::Length),
	];
	for (name, fault) in reasons {
		build_and_execute(|| {
			let case = ezkl_case("mlp_4_8_3_fixed", name);
			assert_noop!(case.register(ALICE), Error::<Test>::Key(fault));
		});
	}
	build_and_execute(|| {
		let case = Case { declared: 8, ..valid("mlp_4_8_3_fixed") };
		assert_noop!(case.register(ALICE), Error::<Test>::Key(KeyFault::InputCount));
		let case = Case { system: ProofSystem::Groth16Bn254, ..valid("mlp_4_8_3_fixed") };
		assert_noop!(case.register(ALICE), Error::<Test>::Key(KeyFault::Length));
	});
}

#[test]
fn proofs_are_refused_by_name() {
	let reasons = [
		("point_bitflip", ProofFault::Commitment(PointFault::OffCurve)),
		("point_x_plus_q", ProofFault::Commitment(PointFault::CoordinateTooLarge)),
		("point_identity", ProofFault::Commitment(PointFault::Identity)),
		("eval_plus_r", ProofFault::EvaluationTooLarge),
		("proof_truncated", ProofFault::Length),
		("proof_extended", ProofFault::Length),
		("proof_empty", ProofFault::Length),
		("inst_plus_r", ProofFault::InputTooLarge),
		("inst_missing", ProofFault::InputCount),
		("inst_extra", ProofFault::InputCount),
	];
	for (name, fault) in reasons {
		build_and_execute(|| {
			let case = ezkl_case("sigmoid_6_5_2", name).settled();
			assert_noop!(case.submit(BOB, 1), refused(0, fault));
		});
	}
	build_and_execute(|| {
		let mut case = valid("sigmoid_6_5_2").settled();
		let last = case.proof.len() - 1;
		case.proof[last] ^= 1;
		assert_noop!(case.submit(BOB, 1), refused(0, ProofFault::Opening(PointFault::OffCurve)));
		// As long as one of Groth16, which is what the call was charged for.
		case.proof = vec![0; 256].try_into().expect("short");
		assert_noop!(case.submit(BOB, 1), refused(0, ProofFault::Length));
	});
}

#[test]
fn a_key_is_good_from_the_block_after_its_registration() {
	build_and_execute(|| {
		let case = valid("mlp_4_8_3_fixed").registered();
		assert_noop!(case.submit(BOB, 1), refused(0, ProofFault::KeyTooNew));
		next_block();
		assert_ok!(case.submit(BOB, 1));
		assert_ok!(Proofs::remove_key(RuntimeOrigin::signed(ALICE), case.id()));
		assert!(!Programs::<Test>::contains_key(case.id()));
		assert_ok!(case.register(BOB));
		assert_noop!(case.submit(BOB, 2), refused(0, ProofFault::KeyTooNew));
	});
}

#[test]
fn a_statement_counts_once_whichever_of_two_proofs_shows_it() {
	build_and_execute(|| {
		let case = valid("mlp_4_8_3_fixed").settled();
		assert_ok!(case.submit(BOB, 1));
		assert_noop!(case.submit(BOB, 1), refused(0, ProofFault::Duplicate));
		assert_ok!(case.submit(BOB, 2));
		assert_ok!(case.submit(ALICE, 1));
	});
}

#[test]
fn a_proof_shows_nothing_under_the_key_of_another_model() {
	build_and_execute(|| {
		let own = valid("mlp_4_8_3_fixed").settled();
		let other = ezkl_case("mlp_4_8_3_fixed", "vka_other_model");
		let verdict: Result<(), DispatchError> = match other.register(ALICE) {
			Ok(()) => {
				next_block();
				other.submit(BOB, 1)
			},
			// The other model's key may be the one of `own` under this name.
			Err(_) => Case { inputs: other.inputs.clone(), ..own }.submit(BOB, 1),
		};
		assert!(verdict.is_err());
	});
}
