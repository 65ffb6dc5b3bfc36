//! A request's record, its states, and the entries of queues and ring.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use opg_primitives::{ClientKey, Draw, ModelId, NodeId, Outcome, RequestId, TrustMode};
use scale_info::TypeInfo;
use sp_runtime::Permill;

/// How a request stands.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum State<Clock> {
	/// No node has it.
	Waiting,
	/// A node has it.
	Assigned {
		/// The node.
		node: NodeId,
		/// The draw that gave it.
		draw: Draw,
		/// Since when.
		since: Clock,
	},
	/// Answered and paid.
	Settled {
		/// Who answered.
		node: NodeId,
		/// The draw by which the node had it.
		draw: Draw,
		/// What came out.
		outcome: Outcome,
		/// When.
		at: Clock,
	},
	/// Taken back before a node had it.
	Cancelled {
		/// When.
		at: Clock,
	},
	/// Nobody answered by the deadline; the fee was returned.
	Expired {
		/// When.
		at: Clock,
	},
}

impl<Clock> State<Clock> {
	/// Whether the request still holds its fee.
	pub const fn is_open(&self) -> bool {
		matches!(self, Self::Waiting | Self::Assigned { .. })
	}
}

/// A request.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Request<AccountId, Balance, Clock> {
	/// Who asked.
	pub requester: AccountId,
	/// The model asked.
	pub model: ModelId,
	/// What makes the answer believable.
	pub trust: TrustMode,
	/// What is held of the requester; 0 once ended.
	pub held: Balance,
	/// What an answer costs.
	pub price: Balance,
	/// Who is paid as the model's owner.
	pub model_owner: AccountId,
	/// The part of the node's share that goes to the model's owner.
	pub royalty: Permill,
	/// When it was made.
	pub requested_at: Clock,
	/// When it ends at the latest.
	pub deadline: Clock,
	/// The caller's own name for it.
	pub client_key: ClientKey,
	/// The node whose time passed, if any.
	pub missed_by: Option<NodeId>,
	/// How it stands.
	pub state: State<Clock>,
}

/// A queue's name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Queue {
	/// Requests that wait for a node.
	Waiting,
	/// Ended requests that wait to be pruned.
	Ended,
}

/// A request in a queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct QueueEntry<BlockNumber> {
	/// The request.
	pub request: RequestId,
	/// The first block in which its turn may come.
	pub ready_at: BlockNumber,
}

/// Where a queue begins and ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Span {
	/// The place of its first entry.
	pub head: u64,
	/// The place its next entry gets.
	pub tail: u64,
}

impl Span {
	/// How many entries it has.
	pub const fn len(self) -> u64 {
		self.tail.saturating_sub(self.head)
	}

	/// Whether it has none.
	pub const fn is_empty(self) -> bool {
		self.len() == 0
	}
}

/// The next request's number and where each queue begins and ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Counters {
	/// The number the next request gets.
	pub next_request: RequestId,
	/// Of the requests that wait for a node.
	pub waiting: Span,
	/// Of the ended requests that wait to be pruned.
	pub ended: Span,
}

/// What to look at in a block of the expiry ring.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Expiry {
	/// Half of the time is over: who did not answer is replaced.
	HalfTime(RequestId),
	/// All of the time is over: the request ends.
	Deadline(RequestId),
}
