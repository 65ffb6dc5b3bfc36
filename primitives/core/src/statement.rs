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
	/// A node commits to answers it does not show yet; the payload is `(node, commits)`.
	Commits,
	/// A node shows what it committed to; the payload is `(node, reveals)`.
	Reveals,
	/// A node shows pieces of files its owner keeps; the payload is `(node, showings)`.
	Showings,
	/// What a commitment hides; the payload is `(panel, draw, node, salt, outcome)`, hashed and not signed.
	Commitment,
	/// A node answers a request with a proof; the payload is `(node, request, draw, statement, blake2_256(proof))`.
	Proof,
	/// What a commitment to a late proof hides; the payload is `(account, request, blake2_256(output), blake2_256(proof), salt)`, hashed
	/// and not signed.
	LateProof,
	/// A node saw numbers; the payload is a [`Sighting`](crate::feed::Sighting).
	Observation,
}

impl Domain {
	const fn tag(self) -> &'static [u8] {
		match self {
			Self::WorkerKey => b"opg/worker-key/1",
			Self::Heartbeat => b"opg/heartbeat/1",
			Self::Answers => b"opg/answers/1",
			Self::Commits => b"opg/commits/1",
			Self::Reveals => b"opg/reveals/1",
			Self::Showings => b"opg/showings/1",
			Self::Proof => b"opg/proved-answer/1",
			Self::Commitment => b"opg/commitment/1",
			Self::LateProof => b"opg/late-proof/1",
			Self::Observation => b"opg/observation/1",
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
