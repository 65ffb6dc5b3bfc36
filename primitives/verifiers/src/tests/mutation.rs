//! Every bit of a proof, a key and its inputs counts: encodings are canonical, so none is legal to
//! flip.

use super::{verify, Case};
use crate::{
	groth16::{Groth16, Proof, VerifyingKey},
	Scalar, Verifier,
};

fn flipped(bytes: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> + '_ {
	(0..bytes.len() * 8).map(|bit| {
		let mut bytes = bytes.to_vec();
		bytes[bit / 8] ^= 1 << (bit % 8);
		(bit, bytes)
	})
}

#[test]
fn a_proof_with_any_bit_flipped_is_refused() {
	let case = Case::called("cubic_1", "valid_0");
	let key = case.validated_key();
	for (bit, proof) in flipped(&case.proof) {
		assert!(verify(&key, &case.inputs, &proof).is_err(), "bit {bit}");
	}
}

#[test]
fn inputs_with_any_bit_flipped_are_refused() {
	let case = Case::called("poly_8", "valid_0");
	let key = case.validated_key();
	let proof = Proof::from_wire(&case.proof).unwrap();
	for (bit, inputs) in flipped(&case.inputs).step_by(3) {
		let inputs = crate::decode_inputs(&inputs);
		let verdict = inputs.map(|inputs| Groth16::verify(&key, &inputs, &proof));
		assert!(!matches!(verdict, Ok(Ok(()))), "bit {bit}");
	}
}

#[test]
fn a_key_with_any_bit_flipped_is_refused_at_registration() {
	let case = Case::called("cubic_1", "valid_0");
	let (bytes, inputs) = case.key();
	for (bit, key) in flipped(&bytes) {
		assert!(VerifyingKey::<crate::Pure>::from_wire(&key, inputs).is_err(), "bit {bit}");
	}
}

/// Compressed, half of all coordinates are those of some point, so a flip may go unnoticed until
/// the proof is checked.
#[test]
fn a_compressed_proof_or_key_with_any_bit_flipped_is_refused() {
	let case = Case::called("cubic_1", "valid_0");
	let (inputs, proof): (Vec<Scalar>, Proof) = case.decoded().unwrap();
	let key = case.validated_key();
	for (bit, bytes) in flipped(&proof.to_compressed()) {
		let Ok(proof) = Proof::from_compressed(&bytes) else { continue };
		assert_eq!(proof.to_compressed().as_slice(), bytes);
		assert!(Groth16::verify(&key, &inputs, &proof).is_err(), "bit {bit} of the proof");
	}
	for (bit, bytes) in flipped(&key.to_compressed()) {
		let Ok(key) = VerifyingKey::from_compressed(&bytes, 1) else { continue };
		assert_eq!(key.to_compressed(), bytes);
		assert!(Groth16::verify(&key, &inputs, &proof).is_err(), "bit {bit} of the key");
	}
}
