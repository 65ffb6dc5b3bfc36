//! EZKL's artefacts and proofs: keys, proofs, public inputs and reference strings, sound ones edited among them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use opg_fuzz::{
	claims::{read_inputs, told},
	edit::edit,
	seeds, Bytes, Drawn,
};
use opg_verifiers::{
	encode_inputs,
	ezkl::{
		json::{inputs_from_json, proof_from_json},
		srs_of_key, Ezkl, Proof, Srs, VerifyingKey, MAX_KEY_BYTES, SRS_BYTES,
	},
	Pure, Verifier,
};
use std::sync::OnceLock;

/// A claim that holds.
struct Sample {
	key: &'static [u8],
	read: VerifyingKey,
	inputs: Vec<u8>,
	proof: Vec<u8>,
}

macro_rules! sample {
	($model:literal) => {
		Sample::new(
			include_bytes!(concat!("../../verifiers/fixtures/ezkl/", $model, "/vka.bytes")),
			include_str!(concat!("../../verifiers/fixtures/ezkl/", $model, "/proof.json")),
		)
	};
}

/// One for each kind of key: plain, with a commitment, with hashes, with lookups.
fn samples() -> &'static [Sample] {
	static SAMPLES: OnceLock<Vec<Sample>> = OnceLock::new();
	SAMPLES.get_or_init(|| {
		vec![
			sample!("mlp_4_8_3_fixed"),
			sample!("mlp_4_8_3_polycommit"),
			sample!("mlp_4_8_3_hashed"),
			sample!("sigmoid_6_5_2"),
		]
	})
}

impl Sample {
	fn new(key: &'static [u8], proof: &str) -> Self {
		let read = VerifyingKey::from_bytes(key, srs(key)).expect("a sound key");
		let inputs = encode_inputs(&inputs_from_json(proof).expect("inputs"));
		let proof = proof_from_json(proof).expect("a proof").to_wire().to_vec();
		Self { key, read, inputs, proof }
	}

	fn named(byte: u8) -> &'static Self {
		&samples()[usize::from(byte) % samples().len()]
	}

	fn holds(&self, key: &VerifyingKey, inputs: &[u8], proof: &[u8]) -> bool {
		let judge = || {
			let proof = told(Proof::from_wire(proof))?;
			assert!(proof.to_wire().len() % 32 == 0);
			told(Ezkl::<Pure>::verify(key, &read_inputs(inputs)?, &proof))
		};
		judge().is_some()
	}
}

/// The reference string that all samples were made for.
fn srs(key: &[u8]) -> &'static Srs {
	static SRS: OnceLock<Srs> = OnceLock::new();
	SRS.get_or_init(|| Srs::from_wire(srs_of_key(key).expect("is named")).expect("a sound one"))
}

fuzz_target!(init: seeds::plant(sown), |data: &[u8]| {
	if let [way, choice, data @ ..] = data {
		// Bytes that make no edit are nothing to hold against a law.
		let _ = run(way % 6, *choice, data);
	}
});

fn run(way: u8, choice: u8, data: &[u8]) -> Drawn<()> {
	let sample = Sample::named(choice);
	let mut u = Bytes::new(data);
	match way {
		0 => drop(key(data)),
		1 => drop(sample.holds(&sample.read, &sample.inputs, data)),
		2 => {
			let mut bytes = sample.key.to_vec();
			let is_edited = edit(&mut u, &mut bytes)?;
			let Some(read) = key(&bytes) else { return Ok(()) };
			// What no verdict depends on may be edited, but then it is another key.
			assert_eq!(read.id() == sample.read.id(), !is_edited);
			if !is_edited {
				assert!(sample.holds(&read, &sample.inputs, &sample.proof));
			}
		},
		3 => {
			let mut proof = sample.proof.clone();
			let is_edited = edit(&mut u, &mut proof)?;
			assert_eq!(sample.holds(&sample.read, &sample.inputs, &proof), !is_edited);
		},
		4 => {
			let mut inputs = sample.inputs.clone();
			let is_edited = edit(&mut u, &mut inputs)?;
			assert_eq!(sample.holds(&sample.read, &inputs, &sample.proof), !is_edited);
		},
		_ => {
			let mut points = srs_of_key(sample.key).expect("is named").to_vec();
			edit(&mut u, &mut points)?;
			if let Ok(points) = <&[u8; SRS_BYTES]>::try_from(points.as_slice()) {
				if let Some(srs) = told(Srs::<Pure>::from_wire(points)) {
					assert_eq!(srs.wire(), points, "a second form");
				}
			}
		},
	}
	Ok(())
}

/// An artefact read: one that is taken is no longer than it may be, and costs what can be told from its length.
fn key(bytes: &[u8]) -> Option<VerifyingKey> {
	let key = told(VerifyingKey::from_bytes(bytes, srs(samples_key())))?;
	assert!(bytes.len() <= MAX_KEY_BYTES);
	let shape = key.shape();
	assert_eq!(shape.words as usize * 32 + 8, bytes.len());
	assert!(shape.points <= shape.words / 2 && shape.inputs as usize == key.inputs());
	assert_eq!(shape.proof_bytes() as usize, key.proof_bytes());
	Some(key)
}

fn samples_key() -> &'static [u8] {
	samples()[0].key
}

fn sown() -> Vec<Vec<u8>> {
	let whatever: Vec<u8> = (0..=255).collect();
	let mut seeds: Vec<_> = (2..6).map(|way| [&[way, 0], whatever.as_slice()].concat()).collect();
	for sample in samples() {
		seeds.push([&[0, 0], sample.key].concat());
		seeds.push([&[1, 0], sample.proof.as_slice()].concat());
	}
	seeds
}
