//! What is signed off chain: `domain ‖ genesis hash ‖ payload`, so that no signature means two things.

use alloc::vec::Vec;
use codec::Encode;

/// What a signature is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Domain {
	/// A worker key belongs to an owner; the payload is the owner's account.
	WorkerKey,
	/// A node is alive and serves models; the payload is `(node, number, models)`.
	Heartbeat,
	/// A node answers requests; the payload is `(node, number, answers)`.
	Answers,
}

impl Domain {
	const fn tag(self) -> &'static [u8] {
		match self {
			Self::WorkerKey => b"opg/worker-key/1",
			Self::Heartbeat => b"opg/heartbeat/1",
			Self::Answers => b"opg/answers/1",
		}
	}
}

/// The bytes to sign: the domain's tag, the chain's genesis hash, the SCALE form of `payload`.
pub fn statement(domain: Domain, genesis: impl AsRef<[u8]>, payload: &impl Encode) -> Vec<u8> {
	let mut bytes = domain.tag().to_vec();
	bytes.extend_from_slice(genesis.as_ref());
	payload.encode_to(&mut bytes);
	bytes
}
