//! Keys under which false statements can be proved, and proofs that try.

use super::{g1, proof_of, random, Trapdoor};
use crate::{
	groth16::{Groth16, VerifyingKey},
	KeyError, PointFault, PointName, Rejection, Scalar, Verifier, MAX_INPUTS,
};
use ark_ff::{AdditiveGroup, Field};
use ark_std::UniformRand;

fn refused(trapdoor: &Trapdoor) -> KeyError {
	let inputs = trapdoor.ic.len() - 1;
	VerifyingKey::<crate::Pure>::from_wire(&trapdoor.wire(), inputs).unwrap_err()
}

#[test]
fn a_key_without_phase_two_is_refused() {
	let mut trapdoor = Trapdoor::new(2, &mut random());
	trapdoor.delta = trapdoor.gamma;
	assert_eq!(refused(&trapdoor), KeyError::NoPhaseTwo);
	trapdoor.delta = -trapdoor.gamma;
	assert_eq!(refused(&trapdoor), KeyError::NoPhaseTwo);
}

#[test]
fn a_key_whose_beta_is_gamma_or_delta_is_refused() {
	let trapdoor = Trapdoor::new(2, &mut random());
	for (beta, right) in [
		(trapdoor.gamma, PointName::Gamma),
		(-trapdoor.gamma, PointName::Gamma),
		(trapdoor.delta, PointName::Delta),
		(-trapdoor.delta, PointName::Delta),
	] {
		let related = Trapdoor { beta, ..trapdoor.clone() };
		assert_eq!(refused(&related), KeyError::Related { left: PointName::Beta, right });
	}
}

#[test]
fn the_identity_is_refused_for_each_fixed_point() {
	let trapdoor = Trapdoor::new(2, &mut random());
	let zero = Scalar::ZERO;
	for (point, broken) in [
		(PointName::Alpha, Trapdoor { alpha: zero, ..trapdoor.clone() }),
		(PointName::Beta, Trapdoor { beta: zero, ..trapdoor.clone() }),
		(PointName::Gamma, Trapdoor { gamma: zero, ..trapdoor.clone() }),
		(PointName::Delta, Trapdoor { delta: zero, ..trapdoor.clone() }),
	] {
		assert_eq!(refused(&broken), KeyError::Point { point, fault: PointFault::Identity });
	}
}

#[test]
fn an_input_that_nothing_binds_is_refused() {
	let mut trapdoor = Trapdoor::new(3, &mut random());
	trapdoor.ic[2] = Scalar::ZERO;
	assert_eq!(refused(&trapdoor), KeyError::UnboundInput { input: 1 });
}

#[test]
fn a_constant_that_nothing_binds_is_fine() {
	let random = &mut random();
	let mut trapdoor = Trapdoor::new(3, random);
	trapdoor.ic[0] = Scalar::ZERO;
	let key = trapdoor.key();
	let compressed = key.to_compressed();
	assert_eq!(VerifyingKey::from_compressed(&compressed, 3).unwrap(), key);
	for inputs in [vec![Scalar::ZERO; 3], vec![Scalar::rand(random); 3]] {
		let proof = trapdoor.proof(&inputs, random);
		assert_eq!(Groth16::verify(&key, &inputs, &proof), Ok(()));
	}
}

#[test]
fn a_key_of_no_inputs_or_too_many_is_refused() {
	let trapdoor = Trapdoor::new(0, &mut random());
	assert_eq!(refused(&trapdoor), KeyError::NoInputs);
	let got = MAX_INPUTS + 1;
	let bytes = vec![0; 448 + 64 * (got + 1)];
	let error = KeyError::TooManyInputs { got, limit: MAX_INPUTS };
	assert_eq!(VerifyingKey::<crate::Pure>::from_wire(&bytes, got).unwrap_err(), error);
	assert_eq!(VerifyingKey::<crate::Pure>::from_wire(&bytes, usize::MAX).unwrap_err(), {
		KeyError::TooManyInputs { got: usize::MAX, limit: MAX_INPUTS }
	});
}

#[test]
fn a_key_of_as_many_inputs_as_are_allowed_checks_proofs() {
	let random = &mut random();
	let trapdoor = Trapdoor::new(MAX_INPUTS, random);
	let (inputs, proof) = trapdoor.statement_and_proof(random);
	assert_eq!(Groth16::verify(&trapdoor.key(), &inputs, &proof), Ok(()));
}

/// With δ = γ the points (α, β, −L) satisfy the equation for any inputs; with any other δ they
/// do not.
#[test]
fn the_forgery_against_keys_without_phase_two_fails_under_a_sound_key() {
	let random = &mut random();
	let trapdoor = Trapdoor::new(2, random);
	let inputs = vec![Scalar::rand(random); 2];
	let forged =
		proof_of(g1(trapdoor.alpha), super::g2(trapdoor.beta), g1(-trapdoor.statement(&inputs)))
			.unwrap();
	let verdict = Groth16::verify(&trapdoor.key(), &inputs, &forged);
	assert_eq!(verdict, Err(Rejection::Unproven));
}

#[test]
fn a_statement_that_sums_to_the_identity_is_still_checked() {
	let random = &mut random();
	let trapdoor = Trapdoor::new(1, random);
	let inputs = [-trapdoor.ic[0] * trapdoor.ic[1].inverse().unwrap()];
	assert_eq!(trapdoor.statement(&inputs), Scalar::ZERO);
	let proof = trapdoor.proof(&inputs, random);
	assert_eq!(Groth16::verify(&trapdoor.key(), &inputs, &proof), Ok(()));
	let other = trapdoor.proof(&[Scalar::ZERO], random);
	let verdict = Groth16::verify(&trapdoor.key(), &inputs, &other);
	assert_eq!(verdict, Err(Rejection::Unproven));
}
