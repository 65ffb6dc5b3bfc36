//! Answers: the messages of workers and peers, and outcomes held against a model's outputs.
#![no_main]

use codec::Encode;
use libfuzzer_sys::fuzz_target;
use opg_fuzz::{edit::edit, ports, scale, seeds, values, Bytes, Drawn};
use opg_primitives::{
	job::{Answer, Job, JobId, Progress, Query, Ready, Serving, Task},
	model::Ports,
	node::WorkerSignature,
	request::{jury_of, operators_for, MAX_OUTPUT_BYTES, MAX_QUORUM, MIN_QUORUM},
	seams::Case,
	FaultKind, Input, Outcome, TrustMode,
};
use opg_tensor::{decode, encode, Tensor};
use pallet_panels::{Commit, MaxCommits, MaxReveals, Reveal};
use sp_runtime::{traits::ConstU32, BoundedVec};

fuzz_target!(init: seeds::plant(sown), |data: &[u8]| {
	if let Some((way, data)) = data.split_first() {
		// Bytes that make no value are nothing to hold against a law.
		let _ = run(way % 4, data);
	}
});

fn run(way: u8, data: &[u8]) -> Drawn<()> {
	let mut u = Bytes::new(data);
	match way {
		0 => {
			if let Some((kind, bytes)) = data.split_first() {
				hold_message(*kind, bytes);
			}
		},
		1 => {
			let kind = u.int_in_range(0..=MESSAGES - 1)?;
			let mut bytes = message(&mut u, kind)?;
			let is_edited = edit(&mut u, &mut bytes)?;
			let is_whole = hold_message(kind, &bytes);
			assert!(is_edited || is_whole, "what was sent is not understood");
		},
		2 => {
			let mut declared = values::ports(&mut u)?;
			let profile = values::profile(&mut u)?;
			let fitting = values::fitting(&mut u, &declared)?;
			let Some(tensors) = fitting else { return Ok(()) };
			ports::agrees_with_itself(&tensors, profile);
			let mut bytes = encode(&tensors);
			let is_edited = edit(&mut u, &mut bytes)? | values::alter(&mut u, &mut declared)?;
			let is_short = bytes.len() <= MAX_OUTPUT_BYTES as usize;
			let read = hold_outcome(&declared, bytes);
			assert!(is_edited || read == is_short.then_some(tensors), "an answer is refused");
		},
		_ => {
			let declared = values::ports(&mut u)?;
			hold_outcome(&declared, u.take_rest().to_vec());
		},
	}
	Ok(())
}

/// How many kinds of message can be made; there are more that are only read.
const MESSAGES: u8 = 6;

/// A sound message of a kind, encoded.
fn message(u: &mut Bytes, kind: u8) -> Drawn<Vec<u8>> {
	Ok(match kind {
		0 => values::task(u)?.encode(),
		1 => values::query(u)?.encode(),
		2 => values::progress(u)?.encode(),
		3 => values::serving(u)?.encode(),
		4 => values::answer(u)?.encode(),
		_ => values::outcome(u)?.encode(),
	})
}

/// Reads a message of a kind and asserts the laws; whether it was understood.
fn hold_message(kind: u8, bytes: &[u8]) -> bool {
	match kind {
		0 => scale::read::<Task>(bytes).is_some(),
		1 => scale::read::<Query>(bytes).is_some(),
		2 => scale::read::<Progress>(bytes).is_some(),
		3 => scale::read::<Serving>(bytes).is_some(),
		4 => scale::read_bounded::<Answer>(bytes).is_some(),
		5 => scale::read_bounded::<Outcome>(bytes).is_some(),
		6 => scale::read_bounded::<BoundedVec<Answer, ConstU32<256>>>(bytes).is_some(),
		7 => scale::read_bounded::<BoundedVec<Reveal, MaxReveals>>(bytes).is_some(),
		8 => scale::read_bounded::<BoundedVec<Commit, MaxCommits>>(bytes).is_some(),
		9 => scale::read_bounded::<Input>(bytes).is_some(),
		10 => scale::read_bounded::<Case>(bytes).is_some(),
		11 => scale::read_bounded::<FaultKind>(bytes).is_some(),
		12 => scale::read::<Job>(bytes).is_some(),
		13 => scale::read::<JobId>(bytes).is_some(),
		14 => scale::read::<Ready>(bytes).is_some(),
		15 => scale::read::<WorkerSignature>(bytes).is_some(),
		_ => scale::read_bounded::<TrustMode>(bytes).map(hold_trust).is_some(),
	}
}

/// A trust mode that is taken names as many nodes as a quorum has, and more than half of them.
fn hold_trust(trust: TrustMode) {
	assert!(trust.nodes() <= MAX_QUORUM || !trust.is_valid());
	assert!(operators_for(trust.nodes()) > u32::from(trust.nodes()));
	if let (TrustMode::Quorum { nodes, agree }, true) = (trust, trust.is_valid()) {
		assert!((MIN_QUORUM..=MAX_QUORUM).contains(&nodes) && agree <= nodes);
		assert!(u16::from(agree) * 2 > u16::from(nodes), "two answers could both have enough");
		let drawn = u32::from(nodes) + u32::from(jury_of(nodes));
		assert!(operators_for(nodes) >= drawn, "too few operators for a jury");
	}
}

/// An outcome of these bytes is the tensors it encodes where they fit the ports, and nothing else.
fn hold_outcome(declared: &Ports, bytes: Vec<u8>) -> Option<Vec<Tensor>> {
	let max_bytes = MAX_OUTPUT_BYTES as usize;
	let Ok(output) = BoundedVec::try_from(bytes.clone()) else {
		assert!(bytes.len() > max_bytes);
		assert_eq!(ports::read(declared, &bytes, max_bytes), None);
		return None;
	};
	let outcome = Outcome::Output(output);
	let sent = scale::read_bounded::<Outcome>(&outcome.encode());
	assert_eq!(sent.as_ref(), Some(&outcome));
	let read = ports::read(declared, &bytes, max_bytes);
	assert!(read.is_none() || decode(&bytes, max_bytes).is_ok());
	read
}

fn sown() -> Vec<Vec<u8>> {
	let whatever: Vec<u8> = (0..=255).collect();
	let mut seeds: Vec<_> = (0..MESSAGES)
		.map(|kind| {
			let message = message(&mut Bytes::new(&whatever), kind).expect("enough bytes");
			[vec![0, kind], message].concat()
		})
		.collect();
	let answers = vec![values::answer(&mut Bytes::new(&whatever)).expect("enough bytes"); 2];
	seeds.push([vec![0, 6], answers.encode()].concat());
	seeds.push([vec![0, 16], TrustMode::Quorum { nodes: 3, agree: 2 }.encode()].concat());
	// What is drawn from these is sound whatever they are.
	seeds.extend([1, 2, 3].map(|way| [&[way], &whatever[..]].concat()));
	seeds
}
