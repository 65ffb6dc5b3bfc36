//! Files of snarkjs: the same verdicts as on the wire, and refusals that say what is wrong.

use super::{cases_of, fixture, Case, CIRCUITS};
use crate::{
	encode_inputs,
	groth16::{
		json::{inputs_from_json, key_from_json, proof_from_json, JsonError},
		Groth16, Proof, VerifyingKey,
	},
	InputError, KeyError, PointFault, PointName, ProofError, Pure, Scalar, Verifier,
};
use num_bigint::BigUint;
use proptest::prelude::*;
use serde_json::{json, Value};

fn key(text: &str) -> Result<VerifyingKey, JsonError> {
	key_from_json(text)
}

fn proof(value: &Value) -> Result<Proof, JsonError> {
	proof_from_json(&value.to_string())
}

fn proof_json() -> Value {
	serde_json::from_str(&fixture("cubic_1", "proof0.json")).unwrap()
}

fn key_json() -> Value {
	serde_json::from_str(&fixture("cubic_1", "vk.json")).unwrap()
}

#[test]
fn what_snarkjs_made_is_believed() {
	for (circuit, inputs) in CIRCUITS {
		let key = key(&fixture(circuit, "vk.json")).unwrap();
		assert_eq!(key.inputs(), inputs);
		for index in 0..3 {
			let proof = proof_from_json(&fixture(circuit, &format!("proof{index}.json"))).unwrap();
			let public = inputs_from_json(&fixture(circuit, &format!("public{index}.json")));
			assert_eq!(Groth16::verify(&key, &public.unwrap(), &proof), Ok(()));
		}
	}
}

#[test]
fn files_and_wire_are_the_same() {
	for (circuit, _) in CIRCUITS {
		for index in 0..3 {
			let case = Case::called(circuit, &format!("valid_{index}"));
			let proof: Proof =
				proof_from_json(&fixture(circuit, &format!("proof{index}.json"))).unwrap();
			assert_eq!(proof.to_wire().as_slice(), case.proof);
			let public = inputs_from_json(&fixture(circuit, &format!("public{index}.json")));
			assert_eq!(encode_inputs(&public.unwrap()), case.inputs);
		}
	}
}

#[test]
fn keys_have_the_same_verdict_as_on_the_wire() {
	for (circuit, _) in CIRCUITS {
		for case in cases_of(circuit) {
			let (bytes, inputs) = case.key();
			let wire = VerifyingKey::from_wire(&bytes, inputs);
			let json = key(&fixture(circuit, &format!("{}.json", case.key)));
			match (wire, json) {
				(Ok(wire), Ok(json)) => assert_eq!(wire, json),
				(Err(KeyError::Length { .. }), Err(JsonError::Count { points, declared })) => {
					assert_eq!((points, declared), (inputs, inputs as u64));
				},
				(Err(wire), Err(JsonError::Key(json))) => assert_eq!(wire, json),
				(wire, json) => panic!("{}: {wire:?} {json:?}", case.name),
			}
		}
	}
}

/// The words of a proof as snarkjs would write them, whatever they are.
fn as_json(bytes: &[u8]) -> Value {
	let words: Vec<_> =
		bytes.chunks(32).map(|word| BigUint::from_bytes_be(word).to_string()).collect();
	json!({
		"pi_a": [words[0], words[1], "1"],
		"pi_b": [[words[3], words[2]], [words[5], words[4]], ["1", "0"]],
		"pi_c": [words[6], words[7], "1"],
		"protocol": "groth16",
		"curve": "bn128",
	})
}

#[test]
fn proofs_have_the_same_verdict_as_on_the_wire() {
	for (circuit, _) in CIRCUITS {
		for case in cases_of(circuit).iter().filter(|case| case.proof.len() == 256) {
			let wire = Proof::from_wire(&case.proof).map_err(JsonError::Proof);
			assert_eq!(proof(&as_json(&case.proof)), wire, "{}", case.name);
		}
	}
}

#[test]
fn a_coordinate_plus_q_is_refused_where_snarkjs_takes_it() {
	let case = Case::called("cubic_1", "A_x_plus_q");
	let fault = PointFault::CoordinateTooLarge;
	let error = JsonError::Proof(ProofError::Point { point: PointName::A, fault });
	assert_eq!(proof(&as_json(&case.proof)).unwrap_err(), error);
}

#[test]
fn gnark_commitments_are_refused_by_name() {
	for field in ["Commitments", "commitments"] {
		let mut value = proof_json();
		value[field] = json!([["1", "2"]]);
		let error = JsonError::Commitments { field: field.into() };
		assert_eq!(proof(&value).unwrap_err(), error);
		assert!(error.to_string().contains("gnark"));
		value[field] = json!([]);
		assert!(proof(&value).is_ok());
		value[field] = Value::Null;
		assert!(proof(&value).is_ok());
	}
	for field in ["CommitmentKeys", "PublicAndCommitmentCommitted", "commitmentKeys"] {
		let mut value = key_json();
		value[field] = json!([[1]]);
		let error = JsonError::Commitments { field: field.into() };
		assert_eq!(key(&value.to_string()).unwrap_err(), error);
	}
	let of_gnark =
		json!({ "Ar": {}, "Krs": {}, "Bs": {}, "Commitments": [{}], "CommitmentPok": {} });
	assert!(matches!(proof(&of_gnark), Err(JsonError::Commitments { .. })));
}

#[test]
fn other_systems_and_curves_are_refused() {
	let mut value = proof_json();
	value["protocol"] = json!("plonk");
	assert_eq!(proof(&value).unwrap_err(), JsonError::Protocol { got: "plonk".into() });
	let mut value = proof_json();
	value["curve"] = json!("bls12381");
	assert_eq!(proof(&value).unwrap_err(), JsonError::Curve { got: "bls12381".into() });
	let mut value = proof_json();
	value["curve"] = json!(7);
	assert_eq!(proof(&value).unwrap_err(), JsonError::Curve { got: "7".into() });
}

#[test]
fn what_is_missing_or_misshapen_is_named() {
	for field in ["pi_a", "pi_b", "pi_c"] {
		let mut value = proof_json();
		value.as_object_mut().unwrap().remove(field);
		assert_eq!(proof(&value).unwrap_err(), JsonError::Missing { field });
		let mut value = proof_json();
		value[field] = json!("1");
		assert!(matches!(proof(&value), Err(JsonError::Shape { at, .. }) if at == field));
		let mut value = proof_json();
		value[field].as_array_mut().unwrap().push(json!("1"));
		assert!(matches!(proof(&value), Err(JsonError::Shape { .. })));
	}
	let mut value = proof_json();
	value["pi_b"][0][1] = json!(5);
	assert_eq!(proof(&value).unwrap_err(), JsonError::NotDecimal { at: "pi_b[0][1]".into() });
	assert!(matches!(proof(&json!([])), Err(JsonError::Shape { at, .. }) if at.is_empty()));
	assert!(matches!(proof_from_json::<Pure>("{"), Err(JsonError::Syntax { .. })));
	let mut value = key_json();
	value["nPublic"] = json!("1");
	assert!(matches!(key(&value.to_string()), Err(JsonError::Shape { .. })));
	value["nPublic"] = json!(2);
	let error = JsonError::Count { points: 2, declared: 2 };
	assert_eq!(key(&value.to_string()).unwrap_err(), error);
	value["nPublic"] = json!(0);
	value["IC"] = json!([]);
	let error = JsonError::Count { points: 0, declared: 0 };
	assert_eq!(key(&value.to_string()).unwrap_err(), error);
}

#[test]
fn only_plain_decimals_are_numbers() {
	for text in ["", "-1", "+1", "01", "0x1", "1 ", "1_0", "1e3", "१"] {
		let error = JsonError::NotDecimal { at: "[0]".into() };
		assert_eq!(inputs_from_json(&json!([text]).to_string()), Err(error), "{text}");
	}
	for value in [json!(1), json!(1.5), json!(null), json!([]), json!(true)] {
		let error = JsonError::NotDecimal { at: "[0]".into() };
		assert_eq!(inputs_from_json(&json!([value]).to_string()), Err(error));
	}
	let power = BigUint::from(2u8).pow(256).to_string();
	for text in [power.clone(), format!("{power}0"), "9".repeat(100_000)] {
		let error = JsonError::TooLarge { at: "[1]".into() };
		assert_eq!(inputs_from_json(&json!(["0", text]).to_string()), Err(error));
	}
	let order: BigUint = <Scalar as ark_ff::PrimeField>::MODULUS.into();
	let error = JsonError::Input(InputError::TooLarge { input: 0 });
	assert_eq!(inputs_from_json(&json!([order.to_string()]).to_string()), Err(error));
	let last = (order - 1u8).to_string();
	assert_eq!(inputs_from_json(&json!([last]).to_string()), Ok(vec![-Scalar::from(1u64)]));
}

#[test]
fn points_that_are_not_affine_are_refused() {
	let mut value = proof_json();
	value["pi_a"][2] = json!("2");
	assert_eq!(proof(&value).unwrap_err(), JsonError::NotAffine { at: "pi_a".into() });
	let mut value = proof_json();
	value["pi_b"][2] = json!(["0", "1"]);
	assert_eq!(proof(&value).unwrap_err(), JsonError::NotAffine { at: "pi_b".into() });
	for (field, point) in [("pi_a", PointName::A), ("pi_c", PointName::C)] {
		let mut value = proof_json();
		value[field] = json!(["0", "1", "0"]);
		let error = ProofError::Point { point, fault: PointFault::Identity };
		assert_eq!(proof(&value).unwrap_err(), JsonError::Proof(error));
	}
}

proptest! {
	#[test]
	fn random_text_never_panics(text in ".{0,60}") {
		let _ = key(&text);
		let _ = proof_from_json::<Pure>(&text);
		let _ = inputs_from_json(&text);
	}

	#[test]
	fn random_numbers_in_place_of_coordinates_never_panic(
		words in proptest::collection::vec(any::<[u8; 32]>(), 8),
	) {
		prop_assert!(proof(&as_json(&words.concat())).is_err());
	}
}
