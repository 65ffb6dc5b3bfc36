//! The vectors made with snarkjs, through the pallet: every verdict at the stage where it belongs.

use crate::{mock::*, Error, KeyFault, PointFault, ProofFault, Statements};
use frame_support::{assert_noop, assert_ok, pallet_prelude::DispatchError};

#[test]
fn there_are_as_many_as_were_made() {
	let all: Vec<_> = CIRCUITS.iter().flat_map(|circuit| cases_of(circuit)).collect();
	assert_eq!(all.len(), 102);
	assert_eq!(all.iter().filter(|case| case.accept).count(), 15);
	assert_eq!(all.iter().filter(|case| case.at_registration).count(), 10);
}

#[test]
fn every_case_has_its_verdict_at_its_stage() {
	for case in CIRCUITS.iter().flat_map(|circuit| cases_of(circuit)) {
		build_and_execute(|| {
			let registered = case.register(ALICE);
			assert_eq!(registered.is_err(), case.at_registration, "{}: {registered:?}", case.name);
			if case.at_registration {
				assert_noop!(case.register(ALICE), registered.unwrap_err());
				return;
			}
			let verdict = case.submit(BOB, 1);
			assert_eq!(verdict.is_ok(), case.accept, "{}: {verdict:?}", case.name);
			assert_eq!(Statements::<Test>::iter().count(), usize::from(case.accept));
			assert_eq!(Told::get().len(), usize::from(case.accept));
			let asked = Proofs::verify(case.id(), &case.inputs, &case.proof);
			assert_eq!(asked.is_ok(), case.accept, "{}: {asked:?}", case.name);
		});
	}
}

#[test]
fn every_case_has_its_verdict_in_a_batch() {
	for circuit in CIRCUITS {
		let good = case(circuit, "valid_1");
		for case in cases_of(circuit).into_iter().filter(|case| !case.at_registration) {
			build_and_execute(|| {
				let good = good.clone().registered();
				if case.id() != good.id() {
					assert_ok!(case.register(ALICE));
				}
				let batch = vec![good.submission(1), case.submission(2), good.submission(3)];
				let single = case.submit(ALICE, 9).err();
				let result = submit_batch(BOB, batch);
				let stored = Statements::<Test>::iter().count();
				match single {
					None => {
						assert_ok!(result);
						assert_eq!(stored, 4, "{}", case.name);
					},
					Some(error) if error == refused(0, ProofFault::Unproven) => {
						assert_ok!(result);
						assert_eq!(stored, 2, "{}: the good ones are stored", case.name);
					},
					Some(_) => {
						let error = result.expect_err(&case.name);
						assert!(is_of_the_second(error), "{}: {error:?}", case.name);
					},
				}
			});
		}
	}
}

fn is_of_the_second(error: DispatchError) -> bool {
	let DispatchError::Module(error) = error else { return false };
	let DispatchError::Module(second) = refused(1, ProofFault::Unproven) else { return false };
	error.error[..2] == second.error[..2]
}

#[test]
fn errors_name_what_is_wrong() {
	use PointFault::*;
	let of_proofs = [
		("A_identity", ProofFault::A(Identity)),
		("B_identity", ProofFault::B(Identity)),
		("C_identity", ProofFault::C(Identity)),
		("A_off_curve", ProofFault::A(OffCurve)),
		("B_off_curve", ProofFault::B(OffCurve)),
		("A_x_plus_q", ProofFault::A(CoordinateTooLarge)),
		("B_wrong_subgroup", ProofFault::B(OutsideSubgroup)),
		("B_plus_small_order", ProofFault::B(OutsideSubgroup)),
		("proof_255", ProofFault::Length),
		("proof_257", ProofFault::Length),
		("pub_plus_r", ProofFault::InputTooLarge),
		("pub_missing", ProofFault::InputCount),
		("pub_extra", ProofFault::InputCount),
	];
	for (name, fault) in of_proofs {
		build_and_execute(|| {
			let case = case("poly_8", name).registered();
			assert_eq!(case.submit(BOB, 1).expect_err(name), refused(0, fault), "{name}");
		});
	}
	let of_keys = [
		("poly_8", "vk_delta_wrong_subgroup", KeyFault::Delta(OutsideSubgroup)),
		("poly_8", "vk_ic_missing", KeyFault::Length),
		("cubic_1", "vk_no_phase2_forged", KeyFault::NoPhaseTwo),
	];
	for (circuit, name, fault) in of_keys {
		build_and_execute(|| {
			let case = case(circuit, name);
			assert_noop!(case.register(ALICE), Error::<Test>::Key(fault));
		});
	}
}
