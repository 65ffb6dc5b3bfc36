//! The node's arithmetic of BN254 against the pure one: the same verdict for every vector, and an answer to any bytes.

use opg_host::{bn_254, HostEngine};
use opg_verifiers::{
	decode_inputs,
	exchange::{G1, GT, PREPARED},
	groth16::Groth16,
	Batch, Engine, Outcome, Pure, Rejection, Verifier,
};
use proptest::prelude::*;
use serde_json::Value;

const CIRCUITS: [&str; 3] = ["cubic_1", "poly_8", "dense_70"];

struct Case {
	name: String,
	key: Vec<u8>,
	declared: usize,
	inputs: Vec<u8>,
	proof: Vec<u8>,
	accept: bool,
}

fn cases() -> Vec<Case> {
	CIRCUITS.iter().flat_map(|circuit| cases_of(circuit)).collect()
}

fn cases_of(circuit: &str) -> Vec<Case> {
	// Cargo runs tests in their crate's folder.
	let folder = format!("../verifiers/fixtures/groth16/{circuit}");
	let read = |file: &str| std::fs::read_to_string(format!("{folder}/{file}")).expect("a fixture");
	let list: Vec<Value> = serde_json::from_str(&read("cases.json")).expect("cases");
	list.iter()
		.map(|case| {
			let text = |field: &str| case[field].as_str().expect("text");
			let words = case["public"].as_array().expect("words").iter();
			let words: String = words.map(|word| word.as_str().expect("a word")).collect();
			let key: Value =
				serde_json::from_str(&read(&format!("{}.json", text("vk")))).expect("a key");
			Case {
				name: format!("{circuit}/{}", text("name")),
				key: hex::decode(read(&format!("{}.hex", text("vk"))).trim()).expect("hex"),
				declared: key["nPublic"].as_u64().expect("a count") as usize,
				inputs: hex::decode(words).expect("hex"),
				proof: hex::decode(text("proof")).expect("hex"),
				accept: text("expect") == "accept",
			}
		})
		.collect()
}

fn verdict<E: Engine>(case: &Case) -> Result<Result<(), Rejection>, opg_verifiers::KeyError> {
	let key = Groth16::<E>::validate_key(&case.key, case.declared)?;
	let verify = || {
		let inputs = decode_inputs(&case.inputs)?;
		let proof = Groth16::<E>::decode_proof(&case.proof)?;
		Groth16::<E>::verify(&key, &inputs, &proof)
	};
	Ok(verify())
}

#[test]
fn both_engines_give_every_vector_the_same_verdict_for_the_same_reason() {
	for case in cases() {
		let host = verdict::<HostEngine>(&case);
		assert_eq!(host, verdict::<Pure>(&case), "{}", case.name);
		assert_eq!(matches!(host, Ok(Ok(()))), case.accept, "{}", case.name);
	}
}

fn outcome<E: Engine>(cases: &[&Case]) -> Outcome {
	let decoded: Vec<_> = cases
		.iter()
		.map(|case| {
			let key = Groth16::<E>::validate_key(&case.key, case.declared).expect("a sound key");
			let inputs = decode_inputs(&case.inputs).expect("inputs");
			(key, inputs, Groth16::<E>::decode_proof(&case.proof).expect("a proof"))
		})
		.collect();
	let mut batch = Batch::new();
	for (key, inputs, proof) in &decoded {
		batch.push(Groth16::<E>::claim(key, inputs, proof).expect("a claim"));
	}
	batch.verify(u32::MAX)
}

#[test]
fn both_engines_find_the_same_bad_proofs_of_a_batch_at_the_same_cost() {
	let all = cases();
	let fit: Vec<_> = all
		.iter()
		.filter(|case| match verdict::<Pure>(case) {
			Ok(verdict) => matches!(verdict, Ok(()) | Err(Rejection::Unproven)),
			Err(_) => false,
		})
		.collect();
	assert!(fit.iter().any(|case| case.accept) && fit.iter().any(|case| !case.accept));
	assert_eq!(outcome::<HostEngine>(&fit), outcome::<Pure>(&fit));
	let good: Vec<_> = fit.into_iter().filter(|case| case.accept).collect();
	let outcome = outcome::<HostEngine>(&good);
	assert!(outcome.all_hold() && outcome.cost.exponentiations == 1);
}

#[test]
fn what_is_of_the_wrong_length_is_answered_with_false() {
	let mut point = [7; G1];
	assert!(!bn_254::sum(&[0; G1], &[], &mut point));
	assert_eq!(point, [0; G1], "nothing is left of what was there");
	assert!(!bn_254::sum(&[0; G1 - 1], &[0; 32], &mut point));
	assert!(!bn_254::sum(&[0; G1], &[0; 32], &mut []));
	assert!(bn_254::sum(&[0; G1], &[0; 32], &mut point));
	assert!(bn_254::sum(&[], &[], &mut point));
	assert!(!bn_254::short_sum(&[0; G1], &[0; 9], &mut point));
	assert!(!bn_254::times(&[0; G1], 0, 0, &mut point));
	assert!(bn_254::times(&[0; G1], 1, 0, &mut point));
	assert!(!bn_254::prepare(&[0; 128], &mut [0; PREPARED]), "the identity");
	assert!(!bn_254::prepare(&[], &mut [0; PREPARED]));
	let mut value = [0; GT];
	assert!(bn_254::product(&[], &[], &mut value));
	assert!(!bn_254::product(&[0; G1], &[], &mut value));
	assert!(!bn_254::product(&[0; G1], &[0; PREPARED - 1], &mut value));
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn any_bytes_are_answered(
		left in prop::collection::vec(any::<u8>(), 0..200),
		right in prop::collection::vec(any::<u8>(), 0..200),
		fill in any::<u8>(),
		low in any::<u64>(),
		high in any::<u64>(),
	) {
		let mut point = [0; G1];
		bn_254::sum(&left, &right, &mut point);
		bn_254::short_sum(&left, &right, &mut point);
		bn_254::times(&left, low, high, &mut point);
		bn_254::prepare(&left, &mut [0; PREPARED]);
		let mut value = [0; GT];
		bn_254::product(&left, &right, &mut value);
		// Lines that no point has, all their elements below the modulus.
		let mut lines = vec![fill; PREPARED];
		lines.iter_mut().skip(31).step_by(32).for_each(|byte| *byte &= 0x1f);
		prop_assert!(bn_254::product(&[0; G1], &lines, &mut value));
		let mut one = vec![0; G1];
		one[..32].copy_from_slice(&R);
		one[32..].copy_from_slice(&TWO_R);
		prop_assert!(bn_254::product(&one, &lines, &mut value));
	}
}

/// The coordinates of the generator (1, 2) in Montgomery form.
const R: [u8; 32] =
	montgomery([0xd35d438dc58f0d9d, 0x0a78eb28f5c70b3d, 0x666ea36f7879462c, 0x0e0a77c19a07df2f]);
const TWO_R: [u8; 32] =
	montgomery([0xa6ba871b8b1e1b3a, 0x14f1d651eb8e167b, 0xccdd46def0f28c58, 0x1c14ef83340fbe5e]);

const fn montgomery(limbs: [u64; 4]) -> [u8; 32] {
	let mut bytes = [0; 32];
	let mut index = 0;
	while index < 32 {
		bytes[index] = limbs[index / 8].to_le_bytes()[index % 8];
		index += 1;
	}
	bytes
}
