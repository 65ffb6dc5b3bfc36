//! Decoders are total: any bytes give a value that encodes to them again, or an error.

use super::{g1, g2, random, Case};
use crate::{
	decode_inputs, encode_inputs,
	groth16::{Groth16, Proof, VerifyingKey},
	point::{g1_from_compressed, g1_to_compressed, g2_from_compressed, g2_to_compressed},
	InputError, KeyError, PointFault, PointName, ProofError, Pure, Rejection, Scalar, Verifier,
	MAX_INPUTS,
};
use ark_bn254::Fq;
use ark_ff::{BigInteger, PrimeField};
use ark_serialize::CanonicalSerialize;
use ark_std::UniformRand;
use proptest::{collection::vec, prelude::*};

fn modulus<F: PrimeField>() -> Vec<u8> {
	F::MODULUS.to_bytes_be()
}

#[test]
fn every_length_but_its_own_is_refused() {
	let case = Case::called("cubic_1", "valid_0");
	let (key, inputs) = case.key();
	for length in 0..key.len() + 200 {
		let mut bytes = key.clone();
		bytes.resize(length, 0);
		let decoded = VerifyingKey::<Pure>::from_wire(&bytes, inputs);
		assert_eq!(decoded.is_ok(), length == key.len(), "key of {length} bytes");
		let mut bytes = case.proof.clone();
		bytes.resize(length, 0);
		let decoded = Proof::<Pure>::from_wire(&bytes);
		assert_eq!(decoded.is_ok(), length == case.proof.len(), "proof of {length} bytes");
		let decoded = decode_inputs(&vec![0; length]);
		assert_eq!(decoded.is_ok(), length % 32 == 0, "inputs of {length} bytes");
	}
}

#[test]
fn a_key_is_of_the_inputs_declared_with_it() {
	let case = Case::called("poly_8", "valid_0");
	let (key, inputs) = case.key();
	let compressed = case.validated_key().to_compressed();
	for declared in (0..20).filter(|declared| *declared != inputs) {
		assert!(VerifyingKey::<Pure>::from_wire(&key, declared).is_err());
		assert!(VerifyingKey::<Pure>::from_compressed(&compressed, declared).is_err());
	}
}

#[test]
fn a_count_inside_a_compressed_key_has_to_be_true() {
	let case = Case::called("cubic_1", "valid_0");
	let mut bytes = case.validated_key().to_compressed();
	bytes[224] = 3;
	let error = KeyError::Count { got: 3, expected: 2 };
	assert_eq!(VerifyingKey::<Pure>::from_compressed(&bytes, 1).unwrap_err(), error);
}

#[test]
fn gnark_proofs_with_commitments_are_refused_by_name() {
	let case = Case::called("cubic_1", "valid_0");
	let refused = |tail: &[u8]| {
		let bytes = [case.proof.as_slice(), tail].concat();
		Groth16::<Pure>::decode_proof(&bytes).unwrap_err()
	};
	let named = |commitments| Rejection::Proof(ProofError::Commitments { commitments });
	// As given to Solidity: commitments, then a proof of knowledge.
	assert_eq!(refused(&[7; 128]), named(1));
	assert_eq!(refused(&[7; 192]), named(2));
	// As in gnark's file: a count before them.
	assert_eq!(refused(&[[0, 0, 0, 1].as_slice(), &[7; 128]].concat()), named(1));
	assert_eq!(refused(&[[0, 0, 0, 0].as_slice(), &[7; 64]].concat()), named(0));
	let length = |got| Rejection::Proof(ProofError::Length { got, expected: 256 });
	assert_eq!(refused(&[[0, 0, 0, 2].as_slice(), &[7; 128]].concat()), length(388));
	assert_eq!(refused(&[7; 64]), length(320));
	assert_eq!(refused(&[7; 100]), length(356));
	assert!(named(2).to_string().contains("gnark"));
}

#[test]
fn inputs_up_to_the_group_order_are_taken() {
	let mut word = modulus::<Scalar>();
	assert_eq!(decode_inputs(&word), Err(InputError::TooLarge { input: 0 }));
	word[31] -= 1;
	assert_eq!(decode_inputs(&word), Ok(vec![-Scalar::from(1u64)]));
	assert_eq!(
		decode_inputs(&[word.as_slice(), &[0xff; 32]].concat()),
		Err(InputError::TooLarge { input: 1 })
	);
	assert_eq!(decode_inputs(&[]), Ok(vec![]));
	assert!(decode_inputs(&[0; 32 * MAX_INPUTS]).is_ok());
	let got = MAX_INPUTS + 1;
	let error = InputError::TooMany { got, limit: MAX_INPUTS };
	assert_eq!(decode_inputs(&vec![0; 32 * got]), Err(error));
}

/// A coordinate plus the modulus names the same point; only those that fit 256 bits can be tried.
#[test]
fn a_coordinate_plus_the_field_modulus_is_refused() {
	use num_bigint::BigUint;
	let case = Case::called("poly_8", "valid_0");
	let q = BigUint::from_bytes_be(&modulus::<Fq>());
	let (key, inputs) = case.key();
	let mut tried = 0;
	for (start, of_key) in (0..8)
		.map(|word| (word * 32, false))
		.chain((0..key.len() / 32).map(|word| (word * 32, true)))
	{
		let mut bytes = if of_key { key.clone() } else { case.proof.clone() };
		let sum = BigUint::from_bytes_be(&bytes[start..start + 32]) + &q;
		let sum = sum.to_bytes_be();
		assert_eq!(sum.len(), 32);
		bytes[start..start + 32].copy_from_slice(&sum);
		tried += 1;
		let fault = if of_key {
			match VerifyingKey::<Pure>::from_wire(&bytes, inputs).unwrap_err() {
				KeyError::Point { fault, .. } => fault,
				other => panic!("{other}"),
			}
		} else {
			match Proof::<Pure>::from_wire(&bytes).unwrap_err() {
				ProofError::Point { fault, .. } => fault,
				other => panic!("{other}"),
			}
		};
		assert_eq!(fault, PointFault::CoordinateTooLarge);
	}
	assert_eq!(tried, 8 + key.len() / 32);
}

#[test]
fn compressed_points_are_those_of_arkworks() {
	let random = &mut random();
	for _ in 0..20 {
		let scalar = Scalar::rand(random);
		let mut bytes = Vec::new();
		g1(scalar).serialize_compressed(&mut bytes).unwrap();
		assert_eq!(g1_to_compressed(&g1(scalar)).as_slice(), bytes);
		assert_eq!(g1_from_compressed(bytes.as_slice().try_into().unwrap()), Ok(g1(scalar)));
		let mut bytes = Vec::new();
		g2(scalar).serialize_compressed(&mut bytes).unwrap();
		assert_eq!(g2_to_compressed(&g2(scalar)).as_slice(), bytes);
		assert_eq!(g2_from_compressed(bytes.as_slice().try_into().unwrap()), Ok(g2(scalar)));
	}
	let mut bytes = Vec::new();
	ark_bn254::G1Affine::identity().serialize_compressed(&mut bytes).unwrap();
	assert_eq!(g1_to_compressed(&ark_bn254::G1Affine::identity()).as_slice(), bytes);
}

#[test]
fn flags_of_compressed_points_have_to_agree() {
	let point = g1_to_compressed(&g1(Scalar::from(5u64)));
	let with = |flags: u8| {
		let mut bytes = point;
		bytes[31] = (bytes[31] & 0x3f) | flags;
		g1_from_compressed(&bytes)
	};
	assert_eq!(with(0x00).unwrap(), -with(0x80).unwrap());
	assert_eq!(with(0x40), Err(PointFault::Flags));
	assert_eq!(with(0xc0), Err(PointFault::Flags));
	let mut identity = [0; 64];
	identity[63] = 0x40;
	assert_eq!(g2_from_compressed(&identity), Err(PointFault::Identity));
	identity[63] = 0xc0;
	assert_eq!(g2_from_compressed(&identity), Err(PointFault::Flags));
	let mut modulus = modulus::<Fq>();
	modulus.reverse();
	let bytes = modulus.as_slice().try_into().unwrap();
	assert_eq!(g1_from_compressed(bytes), Err(PointFault::CoordinateTooLarge));
}

#[test]
fn compressed_points_outside_the_subgroup_are_refused() {
	let random = &mut random();
	let case = Case::called("cubic_1", "valid_0");
	let (_, proof) = case.decoded().unwrap();
	let mut bytes = proof.to_compressed();
	bytes[32..96].copy_from_slice(&g2_to_compressed(&super::twist_point(random)));
	assert_eq!(
		Proof::<Pure>::from_compressed(&bytes).unwrap_err(),
		ProofError::Point { point: PointName::B, fault: PointFault::OutsideSubgroup }
	);
}

fn any_decoder(bytes: &[u8]) {
	if let Ok(proof) = Proof::<Pure>::from_wire(bytes) {
		assert_eq!(proof.to_wire().as_slice(), bytes);
	}
	if let Ok(proof) = Proof::<Pure>::from_compressed(bytes) {
		assert_eq!(proof.to_compressed().as_slice(), bytes);
	}
	for inputs in 0..4 {
		if let Ok(key) = VerifyingKey::<Pure>::from_wire(bytes, inputs) {
			assert_eq!(key.to_wire(), bytes);
		}
		if let Ok(key) = VerifyingKey::<Pure>::from_compressed(bytes, inputs) {
			assert_eq!(key.to_compressed(), bytes);
		}
	}
	if let Ok(inputs) = decode_inputs(bytes) {
		assert_eq!(encode_inputs(&inputs), bytes);
	}
}

proptest! {
	#[test]
	fn random_bytes_never_panic(bytes in vec(any::<u8>(), 0..800)) {
		any_decoder(&bytes);
	}

	#[test]
	fn random_bytes_of_plausible_lengths_never_panic(
		length in proptest::sample::select(
			vec![128usize, 256, 296, 320, 384, 388, 576, 328, 640, 360, 32, 64],
		),
		mut bytes in vec(any::<u8>(), 640),
		small in any::<bool>(),
	) {
		bytes.truncate(length);
		if small {
			// Below the modulus, so that decoding gets as far as the curve.
			for word in bytes.chunks_mut(32) {
				word[0] &= 0x1f;
			}
		}
		any_decoder(&bytes);
	}

	#[test]
	fn small_changes_of_good_bytes_never_panic(
		place in 0usize..256, value: u8, cut in 0usize..256,
	) {
		let case = Case::called("cubic_1", "valid_1");
		let mut bytes = case.proof;
		bytes[place] = value;
		any_decoder(&bytes);
		any_decoder(&bytes[..cut]);
		let (mut bytes, _) = Case::called("cubic_1", "valid_1").key();
		bytes[place * 2] = value;
		any_decoder(&bytes);
	}

	#[test]
	fn inputs_round_trip(values in vec(any::<[u64; 4]>(), 0..40)) {
		let inputs: Vec<_> = values
			.iter()
			.map(|limbs| Scalar::from_le_bytes_mod_order(&limbs.map(u64::to_le_bytes).concat()))
			.collect();
		prop_assert_eq!(decode_inputs(&encode_inputs(&inputs)), Ok(inputs));
	}
}
