//! The vectors made with snarkjs: every verdict, at the stage where it belongs, and in company.

use super::{cases, cases_of, Case, CIRCUITS};
use crate::{
	groth16::{Groth16, Proof, VerifyingKey},
	Batch, KeyError, PointFault, PointName, ProofError, Rejection, Scalar, Verdict, Verifier,
};

#[test]
fn there_are_as_many_as_were_made() {
	assert_eq!(cases().len(), 102);
	assert_eq!(cases().iter().filter(|case| case.accept).count(), 15);
	assert_eq!(cases().iter().filter(|case| case.at_registration).count(), 10);
}

#[test]
fn every_case_has_its_verdict_at_its_stage() {
	for case in cases() {
		let place = format!("{}/{}", case.circuit, case.name);
		let (bytes, inputs) = case.key();
		let key: Result<VerifyingKey, _> = Groth16::validate_key(&bytes, inputs);
		assert_eq!(key.is_err(), case.at_registration, "{place}: {key:?}");
		let Ok(mut key) = key else { continue };
		let verdict = super::verify(&key, &case.inputs, &case.proof);
		assert_eq!(verdict.is_ok(), case.accept, "{place}: {verdict:?}");
		key.cache_pairing();
		assert_eq!(super::verify(&key, &case.inputs, &case.proof), verdict, "{place}, cached");
	}
}

#[test]
fn every_case_has_its_verdict_in_a_batch_of_good_ones() {
	let good: Vec<_> = cases().into_iter().filter(|case| case.accept).collect();
	let good: Vec<_> =
		good.iter().map(|case| (case.validated_key(), case.decoded().unwrap())).collect();
	for case in cases().iter().filter(|case| !case.at_registration) {
		let key = case.validated_key();
		let Ok((inputs, proof)) = case.decoded() else {
			assert!(!case.accept);
			continue;
		};
		let Ok(claim) = Groth16::claim(&key, &inputs, &proof) else {
			assert!(!case.accept);
			continue;
		};
		let mut batch = Batch::new();
		for (key, (inputs, proof)) in &good[..7] {
			batch.push(Groth16::claim(key, inputs, proof).unwrap());
		}
		batch.push(claim);
		for (key, (inputs, proof)) in &good[7..] {
			batch.push(Groth16::claim(key, inputs, proof).unwrap());
		}
		let outcome = batch.verify(u32::MAX);
		let place = format!("{}/{}", case.circuit, case.name);
		let expected = if case.accept { Verdict::Holds } else { Verdict::Fails };
		assert_eq!(outcome.verdicts[7], expected, "{place}");
		let others = outcome.verdicts.iter().filter(|verdict| **verdict == Verdict::Holds);
		assert_eq!(others.count(), 15 + usize::from(case.accept), "{place}");
		let checks = outcome.cost.exponentiations;
		assert!(if case.accept { checks == 1 } else { checks == 5 }, "{place}: {checks} checks");
	}
}

#[test]
fn all_cases_together_have_their_verdicts() {
	let judged: Vec<_> = cases()
		.into_iter()
		.filter(|case| !case.at_registration)
		.filter_map(|case| {
			let (inputs, proof) = case.decoded().ok()?;
			Some((case.validated_key(), inputs, proof, case.accept))
		})
		.filter(|(key, inputs, _, _)| key.inputs() == inputs.len())
		.collect();
	let mut batch = Batch::new();
	for (key, inputs, proof, _) in &judged {
		batch.push(Groth16::claim(key, inputs, proof).unwrap());
	}
	let outcome = batch.verify(Batch::<crate::Pure>::checks_for_all(batch.len()));
	let expected: Vec<_> = judged
		.iter()
		.map(|(_, _, _, accept)| if *accept { Verdict::Holds } else { Verdict::Fails })
		.collect();
	assert_eq!(outcome.verdicts, expected);
}

/// The reason each refused case is refused for, where it is not that nothing is shown.
#[test]
fn cases_are_refused_for_the_right_reason() {
	for (circuit, inputs) in CIRCUITS {
		for case in cases_of(circuit) {
			let at = |point, fault| ProofError::Point { point, fault };
			let proof = match case.name.as_str() {
				"A_identity" | "all_zero" => Some(at(PointName::A, PointFault::Identity)),
				"B_identity" => Some(at(PointName::B, PointFault::Identity)),
				"C_identity" => Some(at(PointName::C, PointFault::Identity)),
				"A_off_curve" => Some(at(PointName::A, PointFault::OffCurve)),
				"B_off_curve" | "B_limbs_swapped" => Some(at(PointName::B, PointFault::OffCurve)),
				"A_x_plus_q" => Some(at(PointName::A, PointFault::CoordinateTooLarge)),
				"B_wrong_subgroup" | "B_plus_small_order" => {
					Some(at(PointName::B, PointFault::OutsideSubgroup))
				},
				"proof_255" => Some(ProofError::Length { got: 255, expected: 256 }),
				"proof_257" => Some(ProofError::Length { got: 257, expected: 256 }),
				_ => None,
			};
			assert_eq!(Proof::<crate::Pure>::from_wire(&case.proof).err(), proof, "{}", case.name);
			let key = match case.name.as_str() {
				"vk_ic_missing" => Some(KeyError::Length {
					got: 448 + 64 * inputs,
					expected: 448 + 64 * (inputs + 1),
				}),
				"vk_ic_off_curve" => {
					Some(KeyError::Point { point: PointName::Ic(1), fault: PointFault::OffCurve })
				},
				"vk_delta_wrong_subgroup" => Some(KeyError::Point {
					point: PointName::Delta,
					fault: PointFault::OutsideSubgroup,
				}),
				"vk_no_phase2_forged" => Some(KeyError::NoPhaseTwo),
				_ => None,
			};
			let (bytes, declared) = case.key();
			let validated: Result<VerifyingKey, _> = Groth16::validate_key(&bytes, declared);
			assert_eq!(validated.err(), key, "{}", case.name);
			let verdict = key
				.is_none()
				.then(|| super::verify(&case.validated_key(), &case.inputs, &case.proof).err());
			use crate::InputError::{Count, TooLarge};
			match (case.name.as_str(), verdict) {
				("pub_plus_r", verdict) => {
					assert_eq!(verdict, Some(Some(Rejection::Input(TooLarge { input: 0 }))));
				},
				("pub_missing", verdict) => assert_eq!(
					verdict,
					Some(Some(Rejection::Input(Count { got: inputs - 1, expected: inputs })))
				),
				("pub_extra", verdict) => assert_eq!(
					verdict,
					Some(Some(Rejection::Input(Count { got: inputs + 1, expected: inputs })))
				),
				("vk_other_circuit", Some(Some(Rejection::Input(Count { .. })))) => {},
				(_, None) => {},
				(_, Some(None)) => assert!(case.accept),
				(_, Some(Some(Rejection::Proof(error)))) => assert_eq!(Some(error), proof),
				(name, Some(Some(rejection))) => {
					assert_eq!((&rejection, proof), (&Rejection::Unproven, None), "{name}");
				},
			}
		}
	}
}

#[test]
fn proof_bytes_are_not_unique_to_a_statement() {
	for (circuit, _) in CIRCUITS {
		let valid = Case::called(circuit, "valid_0");
		for name in ["malleable_negAB", "malleable_rerandomised"] {
			let other = Case::called(circuit, name);
			assert_eq!(valid.inputs, other.inputs);
			assert_ne!(valid.proof, other.proof);
			super::verify(&valid.validated_key(), &other.inputs, &other.proof).unwrap();
		}
	}
}

#[test]
fn keys_and_proofs_round_trip_through_both_encodings() {
	for case in cases().iter().filter(|case| case.accept) {
		let (bytes, inputs) = case.key();
		let key = case.validated_key();
		assert_eq!((key.to_wire(), key.inputs()), (bytes, inputs));
		assert_eq!(VerifyingKey::from_compressed(&key.to_compressed(), inputs).unwrap(), key);
		let (scalars, proof) = case.decoded().unwrap();
		assert_eq!(proof.to_wire().as_slice(), case.proof);
		assert_eq!(Proof::from_compressed(&proof.to_compressed()).unwrap(), proof);
		assert_eq!(crate::encode_inputs(&scalars), case.inputs);
	}
}

#[test]
fn a_disguised_proof_shows_the_same_statement() {
	for (circuit, _) in CIRCUITS {
		let case = Case::called(circuit, "valid_0");
		let (inputs, proof) = case.decoded().unwrap();
		let disguised = proof.disguised(Scalar::from(7u64)).unwrap();
		assert_ne!(disguised, proof);
		assert_eq!(Groth16::verify(&case.validated_key(), &inputs, &disguised), Ok(()));
		assert_eq!(proof.disguised(Scalar::from(1u64)), Some(proof.clone()));
		assert_eq!(proof.disguised(Scalar::from(0u64)), None);
	}
}
