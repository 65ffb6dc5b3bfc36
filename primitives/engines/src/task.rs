//! Claims to check and what came of them, as bytes that cross into Wasm and back.

use alloc::{format, string::String, vec::Vec};
use codec::{Decode, Encode};
use opg_verifiers::{
	decode_inputs,
	groth16::{Groth16, Proof, VerifyingKey},
	Batch, Engine, Rejection, Scalar, Verifier,
};

/// A key on the wire, and for how many public inputs it is declared.
pub type Key = (Vec<u8>, u32);

/// The number of a key, public inputs and a proof, both on the wire.
pub type Claim = (u32, Vec<u8>, Vec<u8>);

/// How claims are checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub enum Way {
	/// One after the other.
	Single,
	/// All that are well-formed together.
	Batch,
}

/// What to do.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Task {
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
	let read = |(bytes, inputs): &Key| {
		let inputs = usize::try_from(*inputs).unwrap_or(usize::MAX);
		let mut key = Groth16::<E>::validate_key(bytes, inputs)?;
		key.cache_pairing();
		Ok(key)
	};
	let keys: Vec<_> = task.keys.iter().map(read).collect();
	let mut answer = check(task, &keys);
	answer.keys = keys.iter().map(|key| said(key)).collect();
	for _ in 0..task.rounds {
		answer.held = answer.held.wrapping_add(check(task, &keys).held);
	}
	answer
}

type Keys<E> = [Result<VerifyingKey<E>, opg_verifiers::KeyError>];

fn check<E: Engine>(task: &Task, keys: &Keys<E>) -> Answer {
	let decoded: Vec<_> = task.claims.iter().map(|claim| decode(keys, claim)).collect();
	let (claims, cost) = match task.way {
		Way::Single => (decoded.iter().map(single).collect(), String::new()),
		Way::Batch => together(&decoded),
	};
	let held = claims.iter().filter(|reason: &&String| reason.is_empty()).count();
	let held = u32::try_from(held).unwrap_or(u32::MAX);
	Answer { keys: Vec::new(), claims, cost, held }
}

/// A claim whose bytes are well-formed.
type Decoded<'k, E> = Result<(&'k VerifyingKey<E>, Vec<Scalar>, Proof<E>), String>;

fn decode<'k, E: Engine>(keys: &'k Keys<E>, (key, inputs, proof): &Claim) -> Decoded<'k, E> {
	let key = usize::try_from(*key).ok().and_then(|key| keys.get(key));
	let Some(Ok(key)) = key else { return Err(String::from("no sound key")) };
	let both = || -> Result<_, Rejection> {
		Ok((decode_inputs(inputs)?, Groth16::<E>::decode_proof(proof)?))
	};
	let (inputs, proof) = both().map_err(|rejection| format!("{rejection:?}"))?;
	Ok((key, inputs, proof))
}

fn single<E: Engine>(decoded: &Decoded<'_, E>) -> String {
	match decoded {
		Ok((key, inputs, proof)) => said(&Groth16::<E>::verify(key, inputs, proof)),
		Err(reason) => reason.clone(),
	}
}

fn together<E: Engine>(decoded: &[Decoded<'_, E>]) -> (Vec<String>, String) {
	let mut batch = Batch::<E>::new();
	let pushed: Vec<Result<(), String>> = decoded
		.iter()
		.map(|decoded| {
			let (key, inputs, proof) = decoded.as_ref().map_err(String::clone)?;
			let claim = Groth16::<E>::claim(key, inputs, proof);
			batch.push(claim.map_err(|rejection| format!("{rejection:?}"))?);
			Ok(())
		})
		.collect();
	let outcome = batch.verify(Batch::<E>::checks_for_all(batch.len()));
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

fn said<T, R: core::fmt::Debug>(result: &Result<T, R>) -> String {
	result.as_ref().err().map(|reason| format!("{reason:?}")).unwrap_or_default()
}
