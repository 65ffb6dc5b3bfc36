//! Every byte counts, but for those that no verdict depends on.

use super::{key, verify, Case, MODELS};
use crate::ezkl::KeyError;

/// The bytes with one of them changed, each in two ways.
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
		for (index, proof) in changed(&case.proof) {
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

/// Two places may be changed without a change of verdict: the contents of the rescaling section,
/// after its first byte, and the size of the scratch memory, if it stays large enough. The key is
/// another one all the same, by its id.
#[test]
fn a_key_with_any_byte_changed_is_refused_or_another_that_refuses_the_proof() {
	for model in MODELS {
		let case = Case::called(model, "valid_a");
		let original = case.validated_key();
		let (mut refused, mut unproven, mut ignored) = (0, 0, Vec::new());
		let last = case.key.len() - 32..case.key.len() - 1;
		let scratch = 8 + 32..8 + 64;
		for (index, bytes) in changed(&case.key) {
			let changed = match key(&bytes) {
				Ok(changed) => changed,
				Err(error) => {
					let in_srs = (8 + 14 * 32..8 + 24 * 32).contains(&index);
					assert_eq!(error == KeyError::ForeignSrs, in_srs, "byte {index} of {model}");
					refused += 1;
					continue;
				},
			};
			assert_ne!(changed.id(), original.id());
			if verify(&changed, &case.inputs, &case.proof).is_err() {
				unproven += 1;
				continue;
			}
			assert!(last.contains(&index) || scratch.contains(&index), "byte {index} of {model}");
			ignored.push(index);
		}
		println!("{model}: {refused} refused, {unproven} unproven, ignored {ignored:?}");
	}
}
