//! The vectors made with snarkjs and with EZKL, as tasks.

use opg_engines::{Claim, Key, System};
use opg_verifiers::{
	encode_inputs,
	ezkl::{
		json::{inputs_from_json, proof_from_json, srs_from_json},
		Srs,
	},
};
use serde_json::Value;

/// The folders of the vectors of EZKL.
pub(crate) const MODELS: [&str; 5] =
	["mlp_4_8_3_fixed", "mlp_4_8_3_polycommit", "mlp_4_8_3_hashed", "sigmoid_6_5_2", "conv_1x6x6"];

/// The folders of the vectors of Groth16.
pub(crate) const CIRCUITS: [&str; 3] = ["cubic_1", "poly_8", "dense_70"];

/// A vector.
pub(crate) struct Case {
	/// Its folder and name.
	pub(crate) name: String,
	/// Its key.
	pub(crate) key: Key,
	/// Its public inputs on the wire.
	pub(crate) inputs: Vec<u8>,
	/// Its proof on the wire.
	pub(crate) proof: Vec<u8>,
	/// Whether it is to be believed.
	pub(crate) accept: bool,
	/// Whether its key is to be refused.
	pub(crate) at_registration: bool,
}

impl Case {
	/// It as a claim under a key of this number.
	pub(crate) fn claim(&self, key: usize) -> Claim {
		(key as u32, self.inputs.clone(), self.proof.clone())
	}
}

/// The vectors of a folder.
pub(crate) fn cases_of(circuit: &str) -> Vec<Case> {
	// From the folder of this package, in which tests start: checkouts may share a build.
	let folder = format!("../verifiers/fixtures/groth16/{circuit}");
	let read = |file: &str| std::fs::read_to_string(format!("{folder}/{file}")).expect("a fixture");
	let list: Vec<Value> = serde_json::from_str(&read("cases.json")).expect("cases");
	let case = |case: &Value| {
		let text = |field: &str| case[field].as_str().expect("text");
		let words = case["public"].as_array().expect("words").iter();
		let words: String = words.map(|word| word.as_str().expect("a word")).collect();
		let key: Value =
			serde_json::from_str(&read(&format!("{}.json", text("vk")))).expect("a key");
		let bytes = hex::decode(read(&format!("{}.hex", text("vk"))).trim()).expect("hex");
		Case {
			name: format!("{circuit}/{}", text("name")),
			key: (bytes, key["nPublic"].as_u64().expect("a count") as u32),
			inputs: hex::decode(words).expect("hex"),
			proof: hex::decode(text("proof")).expect("hex"),
			accept: text("expect") == "accept",
			at_registration: text("stage") == "register",
		}
	};
	list.iter().map(case).collect()
}

fn ezkl_file(path: &str) -> String {
	format!("../verifiers/fixtures/ezkl/{path}")
}

fn ezkl_text(path: &str) -> String {
	std::fs::read_to_string(ezkl_file(path)).expect("a fixture")
}

/// The system of EZKL with the reference string that its vectors pin.
pub(crate) fn ezkl() -> System {
	let srs: Srs = srs_from_json(&ezkl_text("srs.json")).expect("a sound one");
	System::Ezkl(*srs.wire())
}

/// The vectors of a folder of EZKL.
pub(crate) fn ezkl_cases_of(model: &str) -> Vec<Case> {
	let list: Vec<Value> =
		serde_json::from_str(&ezkl_text(&format!("{model}/cases.json"))).expect("cases");
	let bytes = |value: &Value| {
		let digits = value.as_str().expect("hex").trim_start_matches("0x");
		hex::decode(digits).expect("hex")
	};
	let case = |case: &Value| {
		let text = |field: &str| case[field].as_str().expect("text");
		let file = |name: &str| ezkl_text(&format!("{model}/{name}"));
		let key = ezkl_file(&format!("{model}/{}", text("vka")));
		Case {
			name: format!("{model}/{}", text("name")),
			key: (std::fs::read(key).expect("a key"), 0),
			inputs: match &case["instances"] {
				Value::String(name) => {
					encode_inputs(&inputs_from_json(&file(name)).expect("inputs"))
				},
				words => words.as_array().expect("words").iter().flat_map(bytes).collect(),
			},
			proof: match text("proof") {
				name if name.ends_with(".json") => {
					proof_from_json(&file(name)).expect("a proof").to_wire().to_vec()
				},
				_ => bytes(&case["proof"]),
			},
			accept: text("expect") == "accept",
			at_registration: text("stage") == "register",
		}
	};
	list.iter().map(case).collect()
}
