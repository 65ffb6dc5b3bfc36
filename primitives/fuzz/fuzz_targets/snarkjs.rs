//! Groth16 as snarkjs writes it: JSON of keys, proofs and public inputs, sound ones edited among them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use opg_fuzz::{
	claims::{read_inputs, read_key, read_proof, samples, told, Sample},
	edit::edit,
	memory, seeds, Bytes, Drawn,
};
use opg_verifiers::{
	groth16::json::{
		inputs_from_json, inputs_to_wire, key_from_json, key_to_wire, proof_from_json,
		proof_to_wire, JsonError,
	},
	Pure,
};

/// Bytes of memory a byte of JSON may cost: an empty list is three bytes and a value of 32, in a list that doubles as it grows.
const COST: usize = 200;
/// Bytes of memory besides: a key's prepared points.
const AHEAD: usize = 256 * 1024;

fuzz_target!(init: seeds::plant(sown), |data: &[u8]| {
	if let [way, choice, data @ ..] = data {
		// Bytes that make no edit are nothing to hold against a law.
		let _ = run(way % 6, *choice, data);
	}
});

fn run(way: u8, choice: u8, data: &[u8]) -> Drawn<()> {
	if way < 3 {
		if let Ok(text) = std::str::from_utf8(data) {
			read(way, text);
		}
		return Ok(());
	}
	let sample = Sample::named(choice);
	let kind = way - 3;
	let mut u = Bytes::new(data);
	let mut text = sample.texts[usize::from(kind)].as_bytes().to_vec();
	edit(&mut u, &mut text)?;
	let Ok(text) = String::from_utf8(text) else { return Ok(()) };
	let Some(wire) = read(kind, &text) else { return Ok(()) };
	match kind {
		0 => sample.holds(&wire, &sample.inputs, &sample.proof),
		1 => sample.holds(&sample.key, &sample.inputs, &wire),
		_ => sample.holds(&sample.key, &wire, &sample.proof),
	};
	Ok(())
}

/// The bytes a text stands for, if it is sound: those that the decoder of bytes takes, no others.
fn read(kind: u8, text: &str) -> Option<Vec<u8>> {
	let (wire, used) = memory::peak(|| match kind {
		0 => key(text),
		1 => proof(text),
		_ => inputs(text),
	});
	assert!(used <= text.len() * COST + AHEAD, "{} bytes took {used} of memory", text.len());
	wire
}

fn key(text: &str) -> Option<Vec<u8>> {
	let read = key_from_json::<Pure>(text);
	if let Err(JsonError::Key(_) | JsonError::Count { .. }) = &read {
		let (wire, declared) = key_to_wire(text).expect("a key whose points were read");
		assert_eq!(read_key(&wire, usize::try_from(declared).unwrap_or(usize::MAX)), None);
	}
	let key = told(read)?;
	let (wire, declared) = told(key_to_wire(text)).expect("a sound key has bytes");
	assert_eq!(read_key(&wire, declared as usize), Some(key));
	Some(wire)
}

fn proof(text: &str) -> Option<Vec<u8>> {
	let read = proof_from_json::<Pure>(text);
	if let Err(JsonError::Proof(_)) = &read {
		assert_eq!(read_proof(&proof_to_wire(text).expect("points were read")), None);
	}
	let proof = told(read)?;
	let wire = told(proof_to_wire(text)).expect("a sound proof has bytes");
	assert_eq!(read_proof(&wire), Some(proof));
	Some(wire)
}

fn inputs(text: &str) -> Option<Vec<u8>> {
	let read = inputs_from_json(text);
	if let Err(JsonError::Input(_)) = &read {
		assert_eq!(read_inputs(&inputs_to_wire(text).expect("words were read")), None);
	}
	let inputs = told(read)?;
	let wire = told(inputs_to_wire(text)).expect("sound inputs have bytes");
	assert_eq!(read_inputs(&wire), Some(inputs));
	Some(wire)
}

fn sown() -> Vec<Vec<u8>> {
	let mut seeds: Vec<_> = (3..6).map(|way| [&[way, 0], &[7; 40][..]].concat()).collect();
	for sample in samples() {
		for (kind, text) in (0u8..).zip(sample.texts) {
			seeds.push([&[kind, 0], text.as_bytes()].concat());
		}
	}
	seeds
}
