//! A request's record, its states, and the entries of queues and ring.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use opg_primitives::{
	request::MAX_QUORUM,
	seams::{Proof, Use},
	AppId, AppUse, ClientKey, Draw, FaultKind, LateProof, ModelId, NodeId, Outcome, RequestId,
	TrustMode,
};
use scale_info::TypeInfo;
use sp_runtime::Permill;

/// The nodes whose answer was taken, at most as many as a quorum has.
pub type AnsweredBy = BoundedVec<NodeId, ConstU32<{ MAX_QUORUM as u32 }>>;

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
	/// A panel has it.
	Convened {
		/// Since when.
		since: Clock,
	},
	/// The panel's answers differ: it waits for a jury, or a jury has it.
	Escalated,
	/// Answered and paid.
	Settled {
		/// Who answered.
		by: AnsweredBy,
		/// The draw by which they had it.
		draw: Draw,
		/// What came out.
		outcome: Outcome,
		/// When.
		at: Clock,
	},
	/// Several nodes found that there is no answer; all but a base fee was returned.
	Failed {
		/// Why there is none.
		fault: FaultKind,
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
		matches!(
			self,
			Self::Waiting | Self::Assigned { .. } | Self::Convened { .. } | Self::Escalated
		)
	}
}

/// How the re-run of a settled answer stands.
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
pub enum CheckStage {
	/// No panel has it.
	Waiting,
	/// A panel has it.
	Convened,
	/// The answers differ: it waits for a jury, or a jury has it.
	Escalated,
}

/// The re-run of a settled answer.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Check<AccountId, Balance, Clock> {
	/// Who disputes the answer and what is held for it; `None` where it was drawn by chance.
	pub dispute: Option<(AccountId, Balance)>,
	/// How it stands.
	pub stage: CheckStage,
	/// The first block in which its panel may be drawn.
	pub drawn_from: Clock,
	/// When it is given up.
	pub until: Clock,
	/// Whether a second panel was drawn because the first came to nothing.
	pub is_repeated: bool,
}

/// A request.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Request<AccountId, Balance, Clock> {
	/// Who asked.
	pub requester: AccountId,
	/// Who pays, if not the requester.
	pub sponsor: Option<AccountId>,
	/// The app it was made through, if any.
	pub through: Option<AppUse>,
	/// The model asked.
	pub model: ModelId,
	/// What makes the answer believable.
	pub trust: TrustMode,
	/// What is held of who pays; 0 once ended.
	pub held: Balance,
	/// What each node is paid for an answer.
	pub price: Balance,
	/// What burns beside that for each answer, since many were asked for when this one was.
	pub surplus: Balance,
	/// What each node is paid for finding that there is none.
	pub base_fee: Balance,
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
	/// The node that found no answer, if any, and why: another one has to find the same.
	pub fault: Option<(NodeId, FaultKind)>,
	/// Whether a second panel was drawn because the first came to nothing.
	pub is_retried: bool,
	/// The draw it was given out by last.
	pub draw: Draw,
	/// The proof that came with its answer, if one did.
	pub proof: Option<Proof>,
	/// The proof that was made of its answer later, if one was.
	pub late_proof: Option<LateProof<AccountId>>,
	/// The re-run of its answer, while there is one.
	pub check: Option<Check<AccountId, Balance, Clock>>,
	/// How it stands.
	pub state: State<Clock>,
}

impl<AccountId, Balance, Clock> Request<AccountId, Balance, Clock> {
	/// Whose use of what it is.
	pub fn as_use(&self) -> Use<'_, AccountId> {
		Use {
			who: &self.requester,
			model: self.model,
			app: self.app(),
			is_sponsored: self.sponsor.is_some(),
		}
	}

	/// The app it was made through, if any.
	pub const fn app(&self) -> Option<AppId> {
		match self.through {
			Some(through) => Some(through.app),
			None => None,
		}
	}

	/// Whose balance is held for it.
	pub fn payer(&self) -> &AccountId {
		self.sponsor.as_ref().unwrap_or(&self.requester)
	}
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
	/// Answers counted up to and with this one ([`Sampling::counted`]); 0 among those that wait for a node.
	pub answers: u64,
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

	/// Makes room for one more; returns its place.
	pub fn push(&mut self) -> u64 {
		let place = self.tail;
		self.tail = place.saturating_add(1);
		place
	}
}

/// How far the draws of answers for re-runs have come. An answer counts once for each node paid for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Sampling<BlockNumber> {
	/// Answers counted since the first block.
	pub counted: u64,
	/// Of these, how many have been drawn or passed over.
	pub passed: u64,
	/// A place of the ended queue no later than the first answer not passed.
	pub from: u64,
	/// The draw that is due.
	pub due: Option<DueSample<BlockNumber>>,
}

/// A draw of settled answers whose randomness is still to come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct DueSample<BlockNumber> {
	/// Draws from the answers up to this one,
	pub counted: u64,
	/// which stand before this place of the ended queue.
	pub tail: u64,
	/// The first block whose randomness nobody knew when the last of them was settled.
	pub at: BlockNumber,
}

/// The next request's number, where each queue begins and ends, and what is to be drawn for a re-run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Counters<BlockNumber> {
	/// The number the next request gets.
	pub next_request: RequestId,
	/// Of the requests that wait for a node.
	pub waiting: Span,
	/// Of the ended requests that wait to be pruned.
	pub ended: Span,
	/// What is to be drawn for a re-run.
	pub sampling: Sampling<BlockNumber>,
}

/// A ring of blocks in which requests are looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Ring {
	/// Half of a request's time is over.
	HalfTimes,
	/// All of it is.
	Ends,
}

/// What to look at in a block of an expiry ring.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Expiry {
	/// Half of the time is over: who did not answer is replaced.
	HalfTime(RequestId),
	/// All of the time is over: the request ends, unless a panel is about to decide it.
	Deadline(RequestId),
	/// A panel's time is over as well: the request ends.
	Final(RequestId),
}
