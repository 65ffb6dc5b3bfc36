//! Requests, as the chain has them.

use opg_primitives::{request::jury_of, AppUse, ClientKey, FaultKind, Input, Outcome, TrustMode};
use subxt::{
	ext::{scale_decode::DecodeAsType, scale_encode::EncodeAsType},
	utils::{AccountId32, Static},
};

/// A request.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Request {
	pub(crate) requester: AccountId32,
	pub(crate) model: u32,
	pub(crate) trust: Static<TrustMode>,
	pub(crate) held: u128,
	pub(crate) price: u128,
	pub(crate) surplus: u128,
	pub(crate) base_fee: u128,
	pub(crate) requested_at: u64,
	pub(crate) deadline: u64,
	pub(crate) client_key: ClientKey,
	pub(crate) missed_by: Option<u32>,
	pub(crate) proof: Option<ProofRecord>,
	pub(crate) late_proof: Option<LateProofRecord>,
	pub(crate) state: State,
}

/// What is kept of the proof that came with an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct ProofRecord {
	pub(crate) statement: [u8; 32],
	pub(crate) hash: [u8; 32],
	pub(crate) bytes: u32,
}

/// What is kept of the proof that was made of an answer later.
#[derive(Clone, PartialEq, Eq, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct LateProofRecord {
	pub(crate) proof: ProofRecord,
	pub(crate) key: [u8; 32],
	pub(crate) by: AccountId32,
	pub(crate) difference: u64,
}

/// That somebody has a proof which is not shown yet.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Commitment {
	pub(crate) at: u64,
}

impl Request {
	/// What a settled answer cost: each node that gave it was paid. Those who found it in a re-run were paid by others.
	pub(crate) fn fee(&self) -> u128 {
		let State::Settled { by, .. } = &self.state else { return 0 };
		let paid = by.len().min(self.trust.nodes().into());
		let each = self.price.saturating_add(self.surplus);
		each.saturating_mul(u128::try_from(paid).unwrap_or(u128::MAX))
	}

	/// What goes on with it, in words; nothing once it ended.
	pub(crate) fn work(&self) -> Option<String> {
		let nodes = self.trust.nodes();
		Some(match (&self.state, *self.trust) {
			(State::Waiting, TrustMode::Attested | TrustMode::Proved) => "waits for a node".into(),
			(State::Waiting, TrustMode::Quorum { .. }) => {
				format!("waits for a panel of {nodes} nodes")
			},
			(State::Assigned { node }, TrustMode::Proved) => format!("node {node} proves it"),
			(State::Assigned { node }, _) => format!("node {node} works on it"),
			(State::Convened { since }, _) => {
				format!("a panel of {nodes} nodes works on it since block {since}")
			},
			(State::Escalated, _) => {
				format!("answers differ, so a jury of {} nodes decides", jury_of(nodes))
			},
			_ => return None,
		})
	}
}

/// What [`State::phase`] says of a request that one node has.
pub(crate) const WITH_NODE: &str = "with a node";

/// How a request stands.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) enum State {
	Waiting,
	Assigned { node: u32 },
	Convened { since: u64 },
	Escalated,
	Settled { by: Vec<u32>, outcome: Static<Outcome>, at: u64 },
	Failed { fault: Static<FaultKind>, at: u64 },
	Cancelled { at: u64 },
	Expired { at: u64 },
}

impl State {
	/// The state's name as it is printed.
	pub(crate) const fn name(&self) -> &'static str {
		match self {
			Self::Waiting => "waiting",
			Self::Assigned { .. } => "assigned",
			Self::Convened { .. } => "convened",
			Self::Escalated => "escalated",
			Self::Settled { .. } => "settled",
			Self::Failed { .. } => "failed",
			Self::Cancelled { .. } => "cancelled",
			Self::Expired { .. } => "expired",
		}
	}

	/// Where an open request is, in a word or two.
	pub(crate) const fn phase(&self) -> Option<&'static str> {
		match self {
			Self::Waiting => Some("waiting"),
			Self::Assigned { .. } => Some(WITH_NODE),
			Self::Convened { .. } => Some("with a panel"),
			Self::Escalated => Some("before a jury"),
			_ => None,
		}
	}

	/// The node that has the request, or those that answered it.
	pub(crate) fn nodes(&self) -> Vec<u32> {
		match self {
			Self::Assigned { node } => vec![*node],
			Self::Settled { by, .. } => by.clone(),
			_ => Vec::new(),
		}
	}

	/// Whether several nodes are at work, who may go on beyond the deadline.
	pub(crate) const fn is_with_panel(&self) -> bool {
		matches!(self, Self::Convened { .. } | Self::Escalated)
	}

	/// Why there is no answer, where nodes found that there is none.
	pub(crate) const fn fault(&self) -> Option<FaultKind> {
		match self {
			Self::Failed { fault, .. } => Some(fault.0),
			_ => None,
		}
	}

	/// When the request ended, if it did.
	pub(crate) const fn ended_at(&self) -> Option<u64> {
		match self {
			Self::Settled { at, .. }
			| Self::Failed { at, .. }
			| Self::Cancelled { at }
			| Self::Expired { at } => Some(*at),
			_ => None,
		}
	}
}

/// The part of a request that says whether its answer is being run again.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Checked {
	pub(crate) check: Option<Check>,
}

/// A re-run of a settled answer.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Check {
	pub(crate) stage: CheckStage,
}

/// How a re-run stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) enum CheckStage {
	Waiting,
	Convened,
	Escalated,
}

impl CheckStage {
	/// The stage's name as programs see it.
	pub(crate) const fn name(self) -> &'static str {
		match self {
			Self::Waiting => "waiting",
			Self::Convened => "convened",
			Self::Escalated => "escalated",
		}
	}

	/// What goes on, in words.
	pub(crate) const fn work(self) -> &'static str {
		match self {
			Self::Waiting => "the answer waits to be run again",
			Self::Convened => "a panel runs the answer again",
			Self::Escalated => "answers differ, so a jury decides",
		}
	}
}

/// The next request's number, and where the queues of those that wait and those that ended stand.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Positions {
	pub(crate) next_request: u64,
	pub(crate) waiting: Span,
	pub(crate) ended: Span,
}

/// Where a queue begins and ends.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Span {
	pub(crate) head: u64,
	pub(crate) tail: u64,
}

fields! {
	/// `Inference.request`.
	Ask {
		model: u32,
		input: Static<Input>,
		trust: Static<TrustMode>,
		max_fee: u128,
		deadline: u32,
		client_key: ClientKey,
		through: Option<Static<AppUse>>
	}
	/// Calls that take only a request.
	OfRequest { request: u64 }
	/// `Circuits.commit`.
	CommitToProof { request: u64, hash: [u8; 32] }
	/// `Circuits.prove`.
	ShowProof { request: u64, output: Vec<u8>, proof: Vec<u8>, salt: [u8; 32] }
}

/// Events about one request.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct AboutRequest {
	pub(crate) request: u64,
}

/// `Circuits.Proved`.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct ProvedRequest {
	pub(crate) request: u64,
}

/// `System.ExtrinsicSuccess`.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Succeeded {
	pub(crate) dispatch_info: DispatchInfo,
}

/// What a call that a block took weighed.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct DispatchInfo {
	pub(crate) weight: Weighed,
}

/// Of a block, in picoseconds.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Weighed {
	pub(crate) ref_time: u64,
}

/// `Inference.Failed`.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Failed {
	pub(crate) request: u64,
	pub(crate) fee: u128,
}

#[cfg(test)]
mod tests {
	use super::{Request, State};
	use opg_primitives::{Outcome, TrustMode};
	use subxt::utils::{AccountId32, Static};

	fn request(trust: TrustMode, state: State) -> Request {
		Request {
			requester: AccountId32([1; 32]),
			model: 0,
			trust: Static(trust),
			held: 0,
			price: 5,
			surplus: 0,
			base_fee: 1,
			requested_at: 10,
			deadline: 50,
			client_key: [0; 16],
			missed_by: None,
			proof: None,
			late_proof: None,
			state,
		}
	}

	fn settled(by: &[u32]) -> State {
		let outcome = Static(Outcome::Output(vec![0].try_into().unwrap()));
		State::Settled { by: by.to_vec(), outcome, at: 14 }
	}

	const QUORUM: TrustMode = TrustMode::Quorum { nodes: 3, agree: 2 };

	#[test]
	fn every_node_that_answered_is_paid() {
		assert_eq!(request(QUORUM, settled(&[1, 2])).fee(), 10);
		assert_eq!(request(TrustMode::Attested, settled(&[1])).fee(), 5);
		assert_eq!(request(TrustMode::Attested, State::Waiting).fee(), 0);
	}

	#[test]
	fn who_found_another_answer_later_was_not_paid_by_the_requester() {
		assert_eq!(request(TrustMode::Attested, settled(&[4, 5, 6, 7])).fee(), 5);
	}

	#[test]
	fn open_requests_say_who_works_on_them() {
		let work = |trust, state| request(trust, state).work().unwrap();
		assert_eq!(work(TrustMode::Attested, State::Waiting), "waits for a node");
		assert_eq!(work(QUORUM, State::Waiting), "waits for a panel of 3 nodes");
		assert!(work(QUORUM, State::Convened { since: 1 }).contains("panel of 3"));
		assert!(work(QUORUM, State::Escalated).contains("jury of 7"));
		assert_eq!(request(QUORUM, settled(&[1])).work(), None);
	}
}
