//! Proofs of EZKL in batches, among themselves and with those of Groth16.

use super::{srs, Case, MODELS};
use crate::{
	ezkl::{Ezkl, Proof, VerifyingKey},
	point::{g1_from_wire, g1_to_wire},
	Batch, Cost, Pure, Randomiser, Scalar, Verdict, Verifier,
};
use ark_bn254::{G1Affine, G1Projective};
use ark_ec::{AffineRepr, CurveGroup};

type Owned = (VerifyingKey, Vec<Scalar>, Proof);

fn batch_of(claims: &[Owned]) -> Batch<'_> {
	let mut batch = Batch::new();
	for (key, inputs, proof) in claims {
		batch.push(Ezkl::claim(key, inputs, proof).unwrap());
	}
	batch
}

/// Both proofs of every model.
fn good() -> Vec<Owned> {
	let names = ["valid_a", "valid_b"];
	MODELS
		.into_iter()
		.flat_map(|model| names.map(|name| Case::called(model, name).decoded()))
		.collect()
}

/// The proof with `error` added to its W′, which nothing but the pairing sees.
fn spoilt(proof: &Proof, error: G1Projective) -> Proof {
	let mut wire = proof.to_wire().to_vec();
	let last = wire.len() - 64;
	let point = g1_from_wire(wire[last..].try_into().unwrap()).unwrap();
	let point: G1Affine = (error + point).into_affine();
	wire[last..].copy_from_slice(&g1_to_wire(&point));
	Proof::from_wire(&wire).unwrap()
}

fn error() -> G1Projective {
	G1Affine::generator().into_group()
}

fn verdicts(claims: usize, bad: &[usize]) -> Vec<Verdict> {
	let verdict = |index| if bad.contains(&index) { Verdict::Fails } else { Verdict::Holds };
	(0..claims).map(verdict).collect()
}

#[test]
fn proofs_of_all_models_share_two_pairings() {
	let claims = good();
	let outcome = batch_of(&claims).verify(1);
	assert!(outcome.all_hold());
	assert_eq!((outcome.cost.loops, outcome.cost.exponentiations), (2, 1));
}

#[test]
fn one_bad_proof_is_found_wherever_it_is() {
	for bad in 0..10 {
		let mut claims = good();
		claims[bad].2 = spoilt(&claims[bad].2, error());
		let outcome = batch_of(&claims).verify(u32::MAX);
		assert_eq!(outcome.verdicts, verdicts(10, &[bad]));
	}
}

#[test]
fn inputs_of_another_proof_are_found_wherever_they_are() {
	for bad in 0..5 {
		let mut claims = good();
		claims[2 * bad].1 = claims[2 * bad + 1].1.clone();
		let outcome = batch_of(&claims).verify(u32::MAX);
		assert_eq!(outcome.verdicts, verdicts(10, &[2 * bad]));
	}
}

/// Two errors of W′ that cancel in both sums: μ·E on the left and E on the right, weighed.
#[test]
fn errors_that_cancel_are_caught() {
	let case = Case::called("mlp_4_8_3_fixed", "valid_a");
	let (key, inputs, proof) = case.decoded();
	let claims = vec![
		(key.clone(), inputs.clone(), spoilt(&proof, error())),
		(key, inputs, spoilt(&proof, -error())),
	];
	let batch = batch_of(&claims);
	assert!(batch.verify_with(1, &[Randomiser::ONE; 2]).all_hold(), "the attack is a real one");
	assert_eq!(batch.verify(u32::MAX).verdicts, verdicts(2, &[0, 1]));
}

#[test]
fn both_systems_share_a_batch() {
	let claims = good();
	let json = crate::groth16::VerifyingKey::<Pure>::from_wire;
	let fixture =
		|file: &str| std::fs::read_to_string(format!("fixtures/groth16/cubic_1/{file}")).unwrap();
	let groth16 = json(&hex::decode(fixture("vk.hex").trim()).unwrap(), 1).unwrap();
	let cases: serde_json::Value = serde_json::from_str(&fixture("cases.json")).unwrap();
	let valid = cases.as_array().unwrap().iter().find(|case| case["name"] == "valid_0").unwrap();
	let proof = hex::decode(valid["proof"].as_str().unwrap()).unwrap();
	let proof = crate::groth16::Proof::from_wire(&proof).unwrap();
	let input = super::word(&valid["public"][0]);
	for (added, expected) in [(0u64, Verdict::Holds), (1, Verdict::Fails)] {
		let inputs: Vec<_> = crate::decode_inputs(&input)
			.unwrap()
			.into_iter()
			.map(|input| input + Scalar::from(added))
			.collect();
		let mut batch = batch_of(&claims);
		batch.push(crate::groth16::Groth16::claim(&groth16, &inputs, &proof).unwrap());
		let outcome = batch.verify(u32::MAX);
		assert_eq!(outcome.verdicts[..10], verdicts(10, &[]));
		assert_eq!(outcome.verdicts[10], expected);
	}
}

#[test]
fn the_announced_cost_is_the_one_spent() {
	for model in MODELS {
		let (key, inputs, proof) = Case::called(model, "valid_a").decoded();
		for proofs in [1, 2, 5] {
			let claims = vec![(key.clone(), inputs.clone(), proof.clone()); proofs];
			let spent = batch_of(&claims).verify(1).cost;
			let announced = Ezkl::<Pure>::batch_cost(key.shape(), proofs);
			let arithmetic = Cost {
				preparations: 0,
				exponentiations: 1,
				points: 0,
				operations: 0,
				words: 0,
				..announced
			};
			assert_eq!(spent, arithmetic, "{model}");
		}
		let alone = Cost { exponentiations: 1, ..Ezkl::<Pure>::batch_cost(key.shape(), 1) };
		assert_eq!(Ezkl::<Pure>::cost(key.shape()), alone);
		assert_eq!(key.shape().proof_bytes() as usize, key.proof_bytes());
	}
	// The identity points of two empty columns are not summed.
	let shape = Case::called("mlp_4_8_3_fixed", "valid_a").validated_key().shape();
	assert_eq!(Ezkl::<Pure>::cost(shape).terms, 45 - 2);
}

#[test]
fn a_key_keeps_its_reference_string() {
	let key = Case::called("conv_1x6x6", "valid_a").validated_key();
	assert_eq!(key.srs(), srs());
}
