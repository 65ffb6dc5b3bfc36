//! The vectors made with snarkjs, as tasks.

use opg_engines::{Claim, Key};
use serde_json::Value;

/// The folders of the vectors.
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
	let folder = format!("{}/../verifiers/fixtures/groth16/{circuit}", env!("CARGO_MANIFEST_DIR"));
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
