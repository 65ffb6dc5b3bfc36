//! Claims that snarkjs made, and the laws of whatever reads their bytes.

use opg_verifiers::{
	decode_inputs, encode_inputs,
	groth16::{
		json::{inputs_to_wire, key_to_wire, proof_to_wire},
		Groth16, Proof, VerifyingKey,
	},
	Pure, Scalar, Verifier,
};
use std::{fmt::Display, sync::OnceLock};

/// The most public inputs a key is read for here: one declared for more is refused by its length alone.
const MOST_INPUTS: u8 = 12;

/// A claim that holds, as snarkjs wrote it and on the wire.
pub struct Sample {
	pub texts: [&'static str; 3],
	pub key: Vec<u8>,
	pub declared: usize,
	pub inputs: Vec<u8>,
	pub proof: Vec<u8>,
}

macro_rules! sample {
	($circuit:literal, $index:literal) => {
		Sample::new([
			include_str!(concat!("../../verifiers/fixtures/groth16/", $circuit, "/vk.json")),
			include_str!(concat!(
				"../../verifiers/fixtures/groth16/",
				$circuit,
				"/proof",
				$index,
				".json"
			)),
			include_str!(concat!(
				"../../verifiers/fixtures/groth16/",
				$circuit,
				"/public",
				$index,
				".json"
			)),
		])
	};
}

/// Claims under two keys, none of whose inputs is zero: of such an input a key's point may be another one.
pub fn samples() -> &'static [Sample] {
	static SAMPLES: OnceLock<Vec<Sample>> = OnceLock::new();
	SAMPLES.get_or_init(|| {
		vec![
			sample!("cubic_1", "0"),
			sample!("cubic_1", "1"),
			sample!("poly_8", "0"),
			sample!("poly_8", "2"),
		]
	})
}

impl Sample {
	fn new(texts: [&'static str; 3]) -> Self {
		let (key, declared) = key_to_wire(texts[0]).expect("a key");
		let proof = proof_to_wire(texts[1]).expect("a proof");
		let inputs = inputs_to_wire(texts[2]).expect("inputs");
		Self { texts, key, declared: declared as usize, inputs, proof }
	}

	/// The sample that a byte names.
	pub fn named(byte: u8) -> &'static Self {
		let samples = samples();
		&samples[usize::from(byte) % samples.len()]
	}

	/// Whether these bytes hold, in place of the sample's; nothing but the sample's own may.
	pub fn holds(&self, key: &[u8], inputs: &[u8], proof: &[u8]) -> bool {
		let judge = || {
			let key = read_key(key, self.declared)?;
			let inputs = read_inputs(inputs)?;
			Groth16::verify(&key, &inputs, &read_proof(proof)?).ok()
		};
		let holds = judge().is_some();
		let is_sample = key == self.key && inputs == self.inputs && proof == self.proof;
		assert_eq!(holds, is_sample, "only the statement that was proved is shown");
		holds
	}
}

/// How many inputs a byte declares.
pub fn declared(byte: u8) -> usize {
	usize::from(byte % MOST_INPUTS)
}

/// What was read, if it was; a refusal says something.
pub fn told<T, E: Display>(read: Result<T, E>) -> Option<T> {
	if let Err(error) = &read {
		assert!(!error.to_string().is_empty());
	}
	read.ok()
}

/// A proof on the wire: one encoding for each, and the same proof compressed.
pub fn read_proof(bytes: &[u8]) -> Option<Proof> {
	let proof = told(Proof::<Pure>::from_wire(bytes))?;
	assert_eq!(proof.to_wire(), bytes, "a second form");
	assert_eq!(Proof::from_compressed(&proof.to_compressed()).as_ref(), Ok(&proof));
	Some(proof)
}

/// A key on the wire: likewise.
pub fn read_key(bytes: &[u8], inputs: usize) -> Option<VerifyingKey> {
	let key = told(VerifyingKey::<Pure>::from_wire(bytes, inputs))?;
	assert_eq!((key.to_wire().as_slice(), key.inputs()), (bytes, inputs), "a second form");
	assert_eq!(VerifyingKey::from_compressed(&key.to_compressed(), inputs).as_ref(), Ok(&key));
	Some(key)
}

/// Public inputs on the wire: one encoding for each list.
pub fn read_inputs(bytes: &[u8]) -> Option<Vec<Scalar>> {
	let inputs = told(decode_inputs(bytes))?;
	assert_eq!(encode_inputs(&inputs), bytes, "a second form");
	Some(inputs)
}
