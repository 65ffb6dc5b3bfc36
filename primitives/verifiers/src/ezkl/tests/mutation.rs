//! Every byte counts, but for those that no verdict depends on.

use super::{key, verify, Case, MODELS};
use crate::{
	ezkl::{domain::Lagrange, transcript::Challenges, KeyError, VerifyingKey},
	Scalar,
};

/// The bytes with one of them changed: in one bit, or in all.
fn changed(bytes: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> + '_ {
	(0..bytes.len()).flat_map(|index| {
		[1 << (index % 8), 0xff].map(|mask| {
			let mut bytes = bytes.to_vec();
			bytes[index] ^= mask;
			(index, bytes)
		})
	})
}

#[test]
fn a_proof_with_any_byte_changed_is_refused() {
	for model in MODELS {
		let case = Case::called(model, "valid_a");
		let key = case.validated_key();
		// Both ways for one model, one bit for the others.
		let step = if model == MODELS[0] { 1 } else { 2 };
		for (index, proof) in changed(&case.proof).step_by(step) {
			assert!(verify(&key, &case.inputs, &proof).is_err(), "byte {index} of {model}");
		}
	}
}

#[test]
fn inputs_with_any_byte_changed_are_refused() {
	for model in MODELS {
		let case = Case::called(model, "valid_a");
		let key = case.validated_key();
		for (index, inputs) in changed(&case.inputs) {
			assert!(verify(&key, &inputs, &case.proof).is_err(), "byte {index} of {model}");
		}
	}
}

/// Every constraint's value for a case under a key.
fn terms(key: &VerifyingKey, case: &Case) -> Vec<Scalar> {
	let (_, inputs, proof) = case.decoded();
	let evaluations = proof.parts(&key.counts).unwrap().evaluations;
	let challenges = Challenges::draw(&key.digest, &key.counts, &inputs, &proof);
	let lagrange = Lagrange::at(&key.domain, challenges.x, &inputs).unwrap();
	key.constraints(&evaluations, &challenges, &lagrange).terms().unwrap()
}

/// Three places may be changed without a change of verdict: the contents of the rescaling section,
/// after its first byte; the size of the scratch memory, if it stays large enough; and what is
/// multiplied by zero in gates and lookups: by the constant, or by a column that is all zeros and
/// switches gates off that the model does not use. The key is another one all the same, by its
/// id.
#[test]
fn a_key_with_any_byte_changed_is_refused_or_another_that_refuses_the_proof() {
	for model in MODELS {
		let case = Case::called(model, "valid_a");
		let original = case.validated_key();
		let values = terms(&original, &case);
		let rescaling = case.key.len() - 32..case.key.len() - 1;
		let (scratch, srs) = (8 + 32..8 + 64, 8 + 14 * 32..8 + 24 * 32);
		let (mut refused, mut unproven, mut dead) = (0, 0, 0);
		for (index, bytes) in changed(&case.key) {
			let changed = match key(&bytes) {
				Ok(changed) => changed,
				Err(error) => {
					let foreign = error == KeyError::ForeignSrs;
					assert_eq!(foreign, srs.contains(&index), "byte {index} of {model}");
					refused += 1;
					continue;
				},
			};
			assert_ne!(changed.id(), original.id());
			if verify(&changed, &case.inputs, &case.proof).is_err() {
				unproven += 1;
				continue;
			}
			if rescaling.contains(&index) || scratch.contains(&index) {
				continue;
			}
			dead += 1;
			assert_ne!(changed.program, original.program, "byte {index} of {model}");
			assert_eq!(changed.program.chunks, original.program.chunks, "byte {index} of {model}");
			assert_eq!(terms(&changed, &case), values, "byte {index} of {model}");
			let id = original.id;
			let program = original.program.clone();
			assert_eq!(
				VerifyingKey { program, id, ..changed },
				original,
				"byte {index} of {model}"
			);
		}
		println!("{model}: {refused} refused, {unproven} unproven, {dead} times zero");
	}
}
