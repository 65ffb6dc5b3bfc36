//! Groth16 on the wire: keys, proofs and public inputs in big-endian words, sound ones edited among them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use opg_fuzz::{
	claims::{declared, read_inputs, read_key, read_proof, samples, Sample},
	edit::edit,
	seeds, Bytes, Drawn,
};

fuzz_target!(init: seeds::plant(sown), |data: &[u8]| {
	if let [way, choice, data @ ..] = data {
		// Bytes that make no edit are nothing to hold against a law.
		let _ = run(way % 6, *choice, data);
	}
});

fn run(way: u8, choice: u8, data: &[u8]) -> Drawn<()> {
	let sample = Sample::named(choice);
	let mut u = Bytes::new(data);
	let mut edited = |bytes: &[u8]| -> Drawn<Vec<u8>> {
		let mut bytes = bytes.to_vec();
		edit(&mut u, &mut bytes)?;
		Ok(bytes)
	};
	match way {
		0 => drop(read_proof(data)),
		1 => drop(read_key(data, declared(choice))),
		2 => drop(read_inputs(data)),
		3 => drop(sample.holds(&sample.key, &sample.inputs, &edited(&sample.proof)?)),
		4 => drop(sample.holds(&edited(&sample.key)?, &sample.inputs, &sample.proof)),
		_ => drop(sample.holds(&sample.key, &edited(&sample.inputs)?, &sample.proof)),
	}
	Ok(())
}

fn sown() -> Vec<Vec<u8>> {
	let mut seeds: Vec<_> = (3..6).map(|way| [&[way, 0], &[7; 40][..]].concat()).collect();
	for sample in samples() {
		seeds.push([&[0, 0], sample.proof.as_slice()].concat());
		seeds.push([&[1, sample.declared as u8], sample.key.as_slice()].concat());
		seeds.push([&[2, 0], sample.inputs.as_slice()].concat());
	}
	// With commitments, as gnark appends them.
	seeds.push([&[0, 0][..], &samples()[0].proof, &[1; 128]].concat());
	seeds
}
