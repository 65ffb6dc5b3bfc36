//! Proofs and keys as the pallet takes them: SCALE forms, and a chain that believes exactly what holds.
#![no_main]

use codec::Encode;
use libfuzzer_sys::fuzz_target;
use opg_fuzz::{
	claims::{declared, samples, Sample},
	edit::edit,
	scale, seeds,
	verification::{key_of, register, submit},
	Bytes, Drawn,
};
use pallet_proofs::{api::Claims, Context, Inclusion, Key, Root, Submission, Verified};

/// The most proofs of a batch made here.
const MOST: usize = 5;

fuzz_target!(init: seeds::plant(sown), |data: &[u8]| {
	if let [way, choice, data @ ..] = data {
		// Bytes that make no value are nothing to hold against a law.
		let _ = run(way % 6, *choice, data);
	}
});

fn run(way: u8, choice: u8, data: &[u8]) -> Drawn<()> {
	let mut u = Bytes::new(data);
	match way {
		0 => hold_record(choice, data),
		1 => {
			if let Some(batch) = scale::read::<Vec<Submission<u64>>>(data) {
				submit(batch);
			}
		},
		2 => {
			let batch = drawn(&mut u)?;
			let mut bytes = batch.encode();
			let is_edited = edit(&mut u, &mut bytes)?;
			let read = scale::read::<Vec<Submission<u64>>>(&bytes);
			assert!(is_edited || read == Some(batch), "a batch reads as something else");
			if let Some(batch) = read {
				submit(batch);
			}
		},
		3 => drop(submit(drawn(&mut u)?)),
		4 => drop(register(declared(choice) as u32, data.to_vec())),
		_ => {
			let sample = Sample::named(choice);
			let mut key = sample.key.clone();
			edit(&mut u, &mut key)?;
			register(sample.declared as u32, key);
		},
	}
	Ok(())
}

/// Reads a record of a kind and asserts the laws.
fn hold_record(kind: u8, bytes: &[u8]) {
	match kind % 6 {
		0 => drop(scale::read_bounded::<Submission<u64>>(bytes)),
		1 => drop(scale::read_bounded::<Key<[u8; 32], u128>>(bytes)),
		2 => drop(scale::read_bounded::<Verified<u32>>(bytes)),
		3 => drop(scale::read_bounded::<Root>(bytes)),
		4 => drop(scale::read::<Inclusion<u32>>(bytes)),
		_ => drop(scale::read::<Claims>(bytes)),
	}
}

/// A batch of proofs that hold, or nearly.
fn drawn(u: &mut Bytes) -> Drawn<Vec<Submission<u64>>> {
	let count = u.int_in_range(1..=MOST)?;
	(0..count).map(|_| submission(u)).collect()
}

fn submission(u: &mut Bytes) -> Drawn<Submission<u64>> {
	let sample = Sample::named(u.arbitrary()?);
	let other = Sample::named(u.arbitrary()?);
	let mut proof = sample.proof.clone();
	let mut inputs = sample.inputs.clone();
	match u.int_in_range(0..=7u8)? {
		0 => drop(edit(u, &mut proof)?),
		1 => drop(edit(u, &mut inputs)?),
		2 => proof = other.proof.clone(),
		3 => inputs = other.inputs.clone(),
		_ => {},
	}
	let words = inputs.as_chunks::<32>().0.to_vec();
	let context = Context { reference: [u.arbitrary()?; 32], until: u.int_in_range(0..=12u64)? };
	Ok(Submission {
		key: key_of(if u.ratio(1u8, 16u8)? { other } else { sample }),
		inputs: words.try_into().unwrap_or_default(),
		proof: proof.try_into().unwrap_or_default(),
		context,
	})
}

fn sown() -> Vec<Vec<u8>> {
	let one = |sample: &Sample| Submission {
		key: key_of(sample),
		inputs: sample.inputs.as_chunks::<32>().0.to_vec().try_into().expect("few"),
		proof: sample.proof.clone().try_into().expect("short"),
		context: Context { reference: [1; 32], until: 5u64 },
	};
	let batch: Vec<_> = samples().iter().map(one).collect();
	let claims: Vec<_> =
		batch.iter().map(|one| (one.key, one.inputs.clone(), one.proof.clone())).collect();
	let whatever: Vec<u8> = (0..=255).collect();
	let mut seeds = vec![
		[&[0, 0], batch[0].encode().as_slice()].concat(),
		[&[0, 5], claims.encode().as_slice()].concat(),
		[&[1, 0], batch.encode().as_slice()].concat(),
		[&[1, 0], batch[..1].encode().as_slice()].concat(),
	];
	seeds.extend([2, 3, 5].map(|way| [&[way, 0], whatever.as_slice()].concat()));
	for sample in samples() {
		seeds.push([&[4, sample.declared as u8], sample.key.as_slice()].concat());
	}
	seeds
}
