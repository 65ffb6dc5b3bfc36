//! The tests of EZKL, one module for each subject, and the vectors they share.

mod batching;
mod decoding;
#[cfg(feature = "insecure-srs")]
mod insecure;
#[cfg(feature = "json")]
mod json;
mod mutation;
mod trace;
mod vectors;

use super::{words::Word, Ezkl, KeyError, Proof, Rejection, Srs, VerifyingKey, SRS_BYTES};
use crate::{decode_inputs, Scalar, Verifier};
use serde_json::Value;
use std::sync::LazyLock;

/// The folders of the vectors.
const MODELS: [&str; 5] =
	["mlp_4_8_3_fixed", "mlp_4_8_3_polycommit", "mlp_4_8_3_hashed", "sigmoid_6_5_2", "conv_1x6x6"];

#[derive(Debug)]
struct Case {
	model: &'static str,
	name: String,
	accept: bool,
	at_registration: bool,
	key: Vec<u8>,
	proof: Vec<u8>,
	inputs: Vec<u8>,
}

/// From the folder of this package, in which `cargo test` starts its tests: checkouts may share a build.
fn path(file: &str) -> String {
	format!("fixtures/ezkl/{file}")
}

fn bytes(file: &str) -> Vec<u8> {
	std::fs::read(path(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn json(file: &str) -> Value {
	serde_json::from_slice(&bytes(file)).unwrap()
}

fn word(value: &Value) -> Word {
	let text = value.as_str().unwrap();
	let bytes = hex::decode(text.strip_prefix("0x").unwrap_or(text)).unwrap();
	bytes.try_into().unwrap()
}

fn srs_wire(file: &str) -> [u8; SRS_BYTES] {
	let json = json(file);
	let mut words = vec![word(&json["g1"][0]), word(&json["g1"][1])];
	for name in ["g2", "neg_s_g2"] {
		words.extend(["x_c1", "x_c0", "y_c1", "y_c0"].map(|part| word(&json[name][part])));
	}
	words.concat().try_into().unwrap()
}

fn srs() -> &'static Srs {
	static SRS: LazyLock<Srs> = LazyLock::new(|| Srs::from_wire(&srs_wire("srs.json")).unwrap());
	&SRS
}

/// The proof and the inputs on the wire that a file of EZKL holds.
fn proof_file(model: &str, name: &str) -> (Vec<u8>, Vec<u8>) {
	let json = json(&format!("{model}/{name}"));
	let byte = |value: &Value| u8::try_from(value.as_u64().unwrap()).unwrap();
	let proof = json["proof"].as_array().unwrap().iter().map(byte).collect();
	let big_endian = |value: &Value| {
		let mut word = word(value);
		word.reverse();
		word
	};
	let inputs = json["instances"][0].as_array().unwrap().iter().flat_map(big_endian).collect();
	(proof, inputs)
}

fn cases_of(model: &'static str) -> Vec<Case> {
	let case = |case: &Value| {
		let text = |field: &str| case[field].as_str().unwrap();
		let proof = match text("proof") {
			file if file.ends_with(".json") => proof_file(model, file).0,
			digits => hex::decode(digits).unwrap(),
		};
		let inputs = match &case["instances"] {
			Value::String(file) => proof_file(model, file).1,
			words => words.as_array().unwrap().iter().flat_map(word).collect(),
		};
		Case {
			model,
			name: text("name").to_string(),
			accept: text("expect") == "accept",
			at_registration: text("stage") == "register",
			key: bytes(&format!("{model}/{}", text("vka"))),
			proof,
			inputs,
		}
	};
	json(&format!("{model}/cases.json")).as_array().unwrap().iter().map(case).collect()
}

fn cases() -> Vec<Case> {
	MODELS.into_iter().flat_map(cases_of).collect()
}

impl Case {
	fn called(model: &'static str, name: &str) -> Self {
		cases_of(model).into_iter().find(|case| case.name == name).unwrap()
	}

	fn validated_key(&self) -> VerifyingKey {
		key(&self.key).unwrap()
	}

	fn decoded(&self) -> (VerifyingKey, Vec<Scalar>, Proof) {
		let proof = Proof::from_wire(&self.proof).unwrap();
		(self.validated_key(), decode_inputs(&self.inputs).unwrap(), proof)
	}
}

fn key(bytes: &[u8]) -> Result<VerifyingKey, KeyError> {
	Ezkl::validate_key(bytes, srs())
}

/// From bytes to verdict.
fn verify(key: &VerifyingKey, inputs: &[u8], proof: &[u8]) -> Result<(), Rejection> {
	Ezkl::verify(key, &decode_inputs(inputs)?, &Ezkl::<crate::Pure>::decode_proof(proof)?)
}

/// The artefact with one word replaced.
fn with_word(bytes: &[u8], index: usize, word: Word) -> Vec<u8> {
	let mut bytes = bytes.to_vec();
	bytes[8 + 32 * index..][..32].copy_from_slice(&word);
	bytes
}

fn number(value: u64) -> Word {
	let mut word = [0; 32];
	word[24..].copy_from_slice(&value.to_be_bytes());
	word
}
