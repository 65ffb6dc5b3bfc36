//! Claims to check and what came of them, as bytes that cross into Wasm and back.

use alloc::{format, string::String, vec::Vec};
use codec::{Decode, Encode};
use core::fmt::Debug;
use opg_verifiers::{
	decode_inputs,
	ezkl::{Ezkl, Srs, SRS_BYTES},
	groth16::Groth16,
	Batch, Engine, InputError, KeyError, Scalar, Verifier,
};

/// A key on the wire, and for how many public inputs it is declared.
pub type Key = (Vec<u8>, u32);

/// The number of a key, public inputs and a proof, both on the wire.
pub type Claim = (u32, Vec<u8>, Vec<u8>);

/// What all keys and proofs of a task are of.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub enum System {
	/// Groth16.
	Groth16,
	/// EZKL, under a reference string on the wire.
	Ezkl([u8; SRS_BYTES]),
}

/// How claims are checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub enum Way {
	/// One after the other.
	Single,
	/// All that are well-formed together.
	Batch,
	/// Not: only all that can be done without sums and pairings, as prices need it.
	Read,
}

/// What to do.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Task {
	/// What it is about.
	pub system: System,
	/// Keys, each read and prepared once.
	pub keys: Vec<Key>,
	/// What to check under them.
	pub claims: Vec<Claim>,
	/// How.
	pub way: Way,
	/// How often to check again from the bytes, to be timed.
	pub rounds: u32,
}

/// What came of it: every verdict with its reason, and what it took, in words.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Answer {
	/// Of each key, why it is refused; empty if it is not.
	pub keys: Vec<String>,
	/// Of each claim, why it is refused; empty if it holds.
	pub claims: Vec<String>,
	/// What a batch took, in operations.
	pub cost: String,
	/// A number that every check of every round went into.
	pub held: u32,
}

/// Does a task by an engine.
pub fn answer<E: Engine>(task: &Task) -> Answer {
	match &task.system {
		System::Groth16 => answer_of::<Groth16<E>, KeyError>(task, |(bytes, inputs)| {
			let inputs = usize::try_from(*inputs).unwrap_or(usize::MAX);
			let mut key = Groth16::<E>::validate_key(bytes, inputs)?;
			key.cache_pairing();
			Ok(key)
		}),
		System::Ezkl(points) => {
			let srs = Srs::<E>::from_wire(points).map_err(|error| format!("{error:?}"));
			answer_of::<Ezkl<E>, String>(task, |(bytes, _)| {
				let srs = srs.as_ref().map_err(String::clone)?;
				Ezkl::<E>::validate_key(bytes, srs).map_err(|error| format!("{error:?}"))
			})
		},
	}
}

fn answer_of<V, R: Debug>(task: &Task, read: impl Fn(&Key) -> Result<V::Key, R>) -> Answer
where
	V: Verifier<Rejection: Debug + From<InputError>>,
{
	let keys: Vec<_> = task.keys.iter().map(read).collect();
	let mut answer = check::<V, R>(task, &keys);
	answer.keys = keys.iter().map(|key| said(key)).collect();
	for _ in 0..task.rounds {
		answer.held = answer.held.wrapping_add(check::<V, R>(task, &keys).held);
	}
	answer
}

type Keys<V, R> = [Result<<V as Verifier>::Key, R>];

fn check<V, R>(task: &Task, keys: &Keys<V, R>) -> Answer
where
	V: Verifier<Rejection: Debug + From<InputError>>,
{
	let decoded: Vec<_> = task.claims.iter().map(|claim| decode::<V, R>(keys, claim)).collect();
	let (claims, cost) = match task.way {
		Way::Single => (decoded.iter().map(single::<V>).collect(), String::new()),
		Way::Batch => together::<V>(&decoded),
		Way::Read => (decoded.iter().map(read::<V>).collect(), String::new()),
	};
	let held = claims.iter().filter(|reason: &&String| reason.is_empty()).count();
	let held = u32::try_from(held).unwrap_or(u32::MAX);
	Answer { keys: Vec::new(), claims, cost, held }
}

/// A claim whose bytes are well-formed.
type Decoded<'k, V> =
	Result<(&'k <V as Verifier>::Key, Vec<Scalar>, <V as Verifier>::Proof), String>;

fn decode<'k, V, R>(keys: &'k Keys<V, R>, (key, inputs, proof): &Claim) -> Decoded<'k, V>
where
	V: Verifier<Rejection: Debug + From<InputError>>,
{
	let key = usize::try_from(*key).ok().and_then(|key| keys.get(key));
	let Some(Ok(key)) = key else { return Err(String::from("no sound key")) };
	let both =
		|| -> Result<_, V::Rejection> { Ok((decode_inputs(inputs)?, V::decode_proof(proof)?)) };
	let (inputs, proof) = both().map_err(|rejection| format!("{rejection:?}"))?;
	Ok((key, inputs, proof))
}

fn single<V: Verifier<Rejection: Debug>>(decoded: &Decoded<'_, V>) -> String {
	match decoded {
		Ok((key, inputs, proof)) => said(&V::verify(key, inputs, proof)),
		Err(reason) => reason.clone(),
	}
}

fn read<V: Verifier<Rejection: Debug>>(decoded: &Decoded<'_, V>) -> String {
	match decoded {
		Ok((key, inputs, proof)) => said(&V::claim(key, inputs, proof).map(|_| ())),
		Err(reason) => reason.clone(),
	}
}

fn together<V: Verifier<Rejection: Debug>>(decoded: &[Decoded<'_, V>]) -> (Vec<String>, String) {
	let mut batch = Batch::<V::Engine>::new();
	let pushed: Vec<Result<(), String>> = decoded
		.iter()
		.map(|decoded| {
			let (key, inputs, proof) = decoded.as_ref().map_err(String::clone)?;
			let claim = V::claim(key, inputs, proof);
			batch.push(claim.map_err(|rejection| format!("{rejection:?}"))?);
			Ok(())
		})
		.collect();
	let outcome = batch.verify(Batch::<V::Engine>::checks_for_all(batch.len()));
	let mut verdicts = outcome.verdicts.iter();
	let verdicts = pushed.into_iter().map(|pushed| match pushed {
		Ok(()) => match verdicts.next() {
			Some(opg_verifiers::Verdict::Holds) => String::new(),
			verdict => format!("{verdict:?}"),
		},
		Err(reason) => reason,
	});
	(verdicts.collect(), format!("{:?}", outcome.cost))
}

fn said<T, R: Debug>(result: &Result<T, R>) -> String {
	result.as_ref().err().map(|reason| format!("{reason:?}")).unwrap_or_default()
}
