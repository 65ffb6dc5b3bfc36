//! Answers that come with proofs: what those who ask for them and those who check them want of each other.

use crate::{job::Ready, node::WorkerId, Draw, Input, ModelId, NodeId, Outcome, RequestId};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;

/// What is kept of a proof that was checked.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Proof {
	/// A hash of the key and the public inputs that it showed.
	pub statement: H256,
	/// BLAKE2b-256 of its bytes, which are in the block that took it.
	pub hash: H256,
	/// How many they are.
	pub bytes: u32,
}

/// Those who check proofs, as whoever has a question sees them.
pub trait Provers<Balance> {
	/// What checking a proof of an answer costs, beyond what any answer costs; `None` for a model whose proofs cannot be checked.
	fn upkeep(model: ModelId) -> Option<Balance>;

	/// Posts an answer with its proof for a node whose worker key is in this machine's key store. Off chain.
	fn post(worker: &WorkerId, node: NodeId, ready: Ready);
}

impl<Balance> Provers<Balance> for () {
	fn upkeep(_: ModelId) -> Option<Balance> {
		None
	}

	fn post(_: &WorkerId, _: NodeId, _: Ready) {}
}

/// Those with questions, as whoever checks proofs sees them.
pub trait ProvedDesk {
	/// The model asked, and what, if the node has this request by this draw and owes a proof with the answer.
	fn question(node: NodeId, request: RequestId, draw: Draw) -> Option<(ModelId, Input)>;

	/// The model that a request asks under a proof.
	fn model(request: RequestId) -> Option<ModelId>;

	/// Takes a proved answer, and pays for it.
	fn settle(node: NodeId, request: RequestId, output: Outcome, proof: Proof);

	/// Takes note that the node's proof is wrong: it is punished, and another node is asked if time is left.
	fn refuse(node: NodeId, request: RequestId);

	/// Ends a request that nobody can prove any more, by no fault of its node: everything returns.
	fn give_up(node: NodeId, request: RequestId);
}
