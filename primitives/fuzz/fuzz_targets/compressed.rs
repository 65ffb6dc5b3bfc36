//! Groth16 as arkworks compresses it: keys and proofs in little-endian halves with flags, sound ones edited among them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use opg_fuzz::{
	claims::{declared, read_inputs, read_key, read_proof, samples, told, Sample},
	edit::edit,
	seeds, Bytes, Drawn,
};
use opg_verifiers::{
	groth16::{Groth16, Proof, VerifyingKey},
	Pure, Verifier,
};

fuzz_target!(init: seeds::plant(sown), |data: &[u8]| {
	if let [way, choice, data @ ..] = data {
		// Bytes that make no edit are nothing to hold against a law.
		let _ = run(way % 4, *choice, data);
	}
});

fn run(way: u8, choice: u8, data: &[u8]) -> Drawn<()> {
	let sample = Sample::named(choice);
	let mut u = Bytes::new(data);
	match way {
		0 => drop(proof(data)),
		1 => drop(key(data, declared(choice))),
		2 => {
			let mut bytes = sound_proof(sample).to_compressed().to_vec();
			let is_edited = edit(&mut u, &mut bytes)?;
			hold(sample, Some(sound_key(sample)), proof(&bytes), is_edited);
		},
		_ => {
			let mut bytes = sound_key(sample).to_compressed();
			let is_edited = edit(&mut u, &mut bytes)?;
			hold(sample, key(&bytes, sample.declared), Some(sound_proof(sample)), is_edited);
		},
	}
	Ok(())
}

fn sound_proof(sample: &Sample) -> Proof {
	read_proof(&sample.proof).expect("a proof")
}

fn sound_key(sample: &Sample) -> VerifyingKey {
	read_key(&sample.key, sample.declared).expect("a key")
}

fn hold(sample: &Sample, key: Option<VerifyingKey>, proof: Option<Proof>, is_edited: bool) {
	let inputs = read_inputs(&sample.inputs).expect("inputs");
	let holds =
		key.zip(proof).is_some_and(|(key, proof)| Groth16::verify(&key, &inputs, &proof).is_ok());
	assert_eq!(holds, !is_edited, "only the statement that was proved is shown");
}

fn proof(bytes: &[u8]) -> Option<Proof> {
	let proof = told(Proof::<Pure>::from_compressed(bytes))?;
	assert_eq!(proof.to_compressed(), bytes, "a second form");
	assert_eq!(Proof::from_wire(&proof.to_wire()).as_ref(), Ok(&proof));
	Some(proof)
}

fn key(bytes: &[u8], inputs: usize) -> Option<VerifyingKey> {
	let key = told(VerifyingKey::<Pure>::from_compressed(bytes, inputs))?;
	assert_eq!((key.to_compressed().as_slice(), key.inputs()), (bytes, inputs), "a second form");
	assert_eq!(VerifyingKey::from_wire(&key.to_wire(), inputs).as_ref(), Ok(&key));
	Some(key)
}

fn sown() -> Vec<Vec<u8>> {
	let mut seeds: Vec<_> = (2..4).map(|way| [&[way, 0], &[7; 40][..]].concat()).collect();
	for sample in samples() {
		seeds.push([&[0, 0], sound_proof(sample).to_compressed().as_slice()].concat());
		let key = sound_key(sample).to_compressed();
		seeds.push([&[1, sample.declared as u8], key.as_slice()].concat());
	}
	seeds
}
