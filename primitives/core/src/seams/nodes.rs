//! What others ask of the bonded nodes.

use crate::{node::WorkerId, ModelId, NodeId};
use sp_core::H256;

/// How a node ended a job it was given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Delivery {
	/// Answered in time: it may carry more.
	InTime,
	/// Let the time pass: it carries half.
	Missed,
}

/// The bonded nodes and the jobs they carry.
pub trait NodeRegistry<AccountId> {
	/// Picks a node for `model` by `seed` among those with free capacity and takes one place of it; never a node of
	/// `not_owner`, never `not_node`. Constant work.
	fn draw(
		model: ModelId,
		seed: H256,
		not_owner: &AccountId,
		not_node: Option<NodeId>,
	) -> Option<NodeId>;

	/// Gives one place back.
	fn release(node: NodeId, delivery: Delivery);

	/// Whether any node serves `model`.
	fn serves(model: ModelId) -> bool;

	/// Who owns and is paid for `node`.
	fn owner(node: NodeId) -> Option<AccountId>;

	/// The key `node` signs with.
	fn worker(node: NodeId) -> Option<WorkerId>;

	/// The node that signs with `worker`.
	fn by_worker(worker: &WorkerId) -> Option<NodeId>;

	/// The number the node's next batch of answers must carry.
	fn next_batch(node: NodeId) -> Option<u64>;

	/// Counts a batch as used.
	fn note_batch(node: NodeId);

	/// Takes the cost of `items` stale answers from the node's bond.
	fn charge_stale(node: NodeId, items: u32);
}
