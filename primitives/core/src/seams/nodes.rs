//! What others ask of the bonded nodes.

use crate::{node::WorkerId, ModelId, NodeId};
use alloc::vec::Vec;
use sp_core::H256;

/// How a node ended a job it was given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Delivery {
	/// Answered in time: it may carry more.
	InTime,
	/// Let the time pass: it carries half.
	Missed,
	/// Nobody's fault: its window stays as it was.
	Excused,
}

/// Who is wanted for a job.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted<'a, AccountId, Balance> {
	/// The model to run.
	pub model: ModelId,
	/// Decides who is drawn.
	pub seed: H256,
	/// Never a node of this owner: it asked.
	pub asker: &'a AccountId,
	/// Never these nodes, nor others of their owners.
	pub not: &'a [NodeId],
	/// None but these nodes, a few; none named: any.
	pub only: &'a [NodeId],
	/// What the answer is paid: a node needs that much of its bond, times the chain's factor, beyond what is disputable already, and
	/// must be able to pay for a lie.
	pub fee: Balance,
}

/// The bonded nodes and the jobs they carry.
pub trait NodeRegistry<AccountId, Balance> {
	/// Picks a node among those with free capacity and takes one place of it. Constant work.
	fn draw(wanted: &Wanted<AccountId, Balance>) -> Option<NodeId>;

	/// Picks `seats` nodes of as many different owners and takes a place of each; all or none. Work grows with `seats` only.
	fn draw_seats(wanted: &Wanted<AccountId, Balance>, seats: u8) -> Option<Vec<NodeId>>;

	/// As `draw_seats`, but from every bonded node that can run the model, busy or not: who fills the others with work must not
	/// choose who judges it.
	fn draw_jury(wanted: &Wanted<AccountId, Balance>, seats: u8) -> Option<Vec<NodeId>>;

	/// Gives one place back, and the part of the bond that was spoken for with it: `fee` as it was wanted in the draw.
	fn release(node: NodeId, delivery: Delivery, fee: Balance);

	/// A node gave a wrong answer worth `fee`: part of its bond burns, and it gets no jobs for the model for a while. Its place must be
	/// given back apart from this.
	fn punish(node: NodeId, model: ModelId, fee: Balance);

	/// An answer worth `fee` was paid and can be disputed for a while: that part of the bond is spoken for.
	fn expose(node: NodeId, fee: Balance);

	/// Whether any node serves `model`.
	fn serves(model: ModelId) -> bool;

	/// How many different owners' nodes serve `model`.
	fn operators(model: ModelId) -> u32;

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

/// Whose keys sign for which nodes.
pub trait WorkerKeys<AccountId> {
	/// Who owns and is paid for `node`.
	fn owner(node: NodeId) -> Option<AccountId>;

	/// The key `node` signs with.
	fn worker(node: NodeId) -> Option<WorkerId>;

	/// The node that signs with `worker`.
	fn by_worker(worker: &WorkerId) -> Option<NodeId>;
}
