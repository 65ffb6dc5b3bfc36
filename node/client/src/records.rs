//! What the chain stores and calls take, field by field; fields the chain has beyond these are skipped.

use opg_primitives::{
	request::jury_of,
	seams::{ProofSystem, Provenance, Reference},
	AppUse, ClientKey, ContentId, FaultKind, Input, Outcome, Port, Roles, TrustKind, TrustMode,
};
use opg_tensor::NumericProfile;
use subxt::{
	dynamic::{At, Value},
	ext::{scale_decode::DecodeAsType, scale_encode::EncodeAsType},
	utils::{AccountId32, MultiAddress, Static},
};

/// A model's terms: in its record, and what `publish` takes.
#[derive(Clone, Debug, DecodeAsType, EncodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(crate) struct Terms {
	pub(crate) name: Vec<u8>,
	pub(crate) content: Static<ContentId>,
	pub(crate) inputs: Static<Vec<Port>>,
	pub(crate) outputs: Static<Vec<Port>>,
	pub(crate) profile: Static<NumericProfile>,
	pub(crate) price: u128,
	pub(crate) royalty: u32,
	pub(crate) trust: Static<Vec<TrustKind>>,
}

/// A published model.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Model {
	pub(crate) owner: AccountId32,
	pub(crate) terms: Terms,
	pub(crate) status: ModelStatus,
	pub(crate) deposit: u128,
}

/// Whether a model takes requests.
#[derive(Clone, Copy, PartialEq, Eq, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) enum ModelStatus {
	Active,
	Retired { at: u64 },
	Paused,
}

/// A registered node.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Node {
	pub(crate) owner: AccountId32,
	pub(crate) worker: [u8; 32],
	pub(crate) roles: Static<Roles>,
	pub(crate) bond: u128,
	pub(crate) status: NodeStatus,
	pub(crate) capacity: Capacity,
	pub(crate) last_seen: Option<u64>,
	pub(crate) answered: u64,
	pub(crate) missed: u64,
	pub(crate) score: u16,
	/// By parts: those the chain does not have are nothing.
	pub(crate) exposure: Value,
	/// Models the node may not run, and until which block.
	pub(crate) bars: Vec<(u32, u64)>,
}

impl Node {
	/// What of the bond is spoken for in the dispute window `window`: for jobs in hand, and for answers of that window and the
	/// one before it.
	pub(crate) fn spoken_for(&self, window: u128) -> u128 {
		let part = |name| self.exposure.at(name).and_then(Value::as_u128).unwrap_or(0);
		let disputable = match window.saturating_sub(part("window")) {
			0 => part("now").saturating_add(part("before")),
			1 => part("now"),
			_ => 0,
		};
		disputable.saturating_add(part("in_hand"))
	}
}

/// The jobs a node may carry, in thousandths, and carries.
#[derive(Clone, Copy, PartialEq, Eq, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Capacity {
	pub(crate) window: u32,
	pub(crate) used: u32,
}

/// Whether a node gets jobs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) enum NodeStatus {
	Active,
	Unbonding { until: u64 },
	Jailed { until: u64 },
}

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
	pub(crate) state: State,
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
			(State::Waiting, TrustMode::Attested) => "waits for a node".into(),
			(State::Waiting, TrustMode::Quorum { .. }) => {
				format!("waits for a panel of {nodes} nodes")
			},
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
			Self::Assigned { .. } => Some("with a node"),
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

/// A verification key's record.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct ProofKey {
	pub(crate) system: Static<ProofSystem>,
	pub(crate) inputs: u32,
	pub(crate) owner: AccountId32,
	pub(crate) deposit: u128,
	pub(crate) references: u32,
	pub(crate) provenance: Option<Static<Provenance>>,
}

/// A statement that was verified.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Statement {
	pub(crate) at: u64,
	pub(crate) approved: bool,
}

/// The statements of a block under one hash.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Root {
	pub(crate) statements: u32,
}

/// What a proof is submitted for, and the last block in which it may be verified.
#[derive(Clone, Copy, Debug, EncodeAsType)]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(crate) struct Context {
	pub(crate) reference: Reference,
	pub(crate) until: u64,
}

/// An account's standing.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Account {
	pub(crate) nonce: u64,
	pub(crate) data: Balances,
}

/// What an account has at stake.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Ledger {
	pub(crate) active: u128,
}

/// On what terms a candidate validates; the commission is in billionths.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Preferences {
	pub(crate) commission: u32,
}

/// The era that goes on.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Era {
	pub(crate) index: u32,
}

/// What stands behind a validator in an era.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct EraStakers {
	pub(crate) total: u128,
	pub(crate) nominator_count: u32,
}

/// What validators earned in an era.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct EraPoints {
	pub(crate) individual: Vec<(AccountId32, u32)>,
}

impl EraPoints {
	/// What one of them earned.
	pub(crate) fn of(&self, validator: &AccountId32) -> u32 {
		let mut earned = self.individual.iter();
		earned.find(|(who, _)| who == validator).map_or(0, |(_, points)| *points)
	}
}

/// What blocks may take.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct BlockWeights {
	pub(crate) max_block: Weight,
	pub(crate) per_class: PerClass,
}

/// What the transactions of a block took.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct BlockWeight {
	pub(crate) normal: Weight,
}

/// What transactions of each class may take of a block.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct PerClass {
	pub(crate) normal: ClassWeights,
}

/// What transactions of a class may take, and what each takes besides its call.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct ClassWeights {
	pub(crate) base_extrinsic: Weight,
	pub(crate) max_total: Option<Weight>,
}

/// Time of execution, in picoseconds.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Weight {
	pub(crate) ref_time: u64,
}

/// A file that is kept for pay.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Order {
	pub(crate) owner: AccountId32,
	pub(crate) content: Static<ContentId>,
	pub(crate) size: u64,
	pub(crate) pieces: [u8; 32],
	pub(crate) copies: u8,
	pub(crate) price: u128,
	pub(crate) ends: u32,
	pub(crate) purse: u128,
}

/// A copy of a file that is kept for pay.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Slot {
	pub(crate) keeper: AccountId32,
	pub(crate) shown: u32,
}

/// The check of kept files that runs, or ran last.
#[derive(Clone, Copy, Debug, Default, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct StorageCheck {
	pub(crate) period: u32,
	pub(crate) seed: [u8; 32],
}

/// What an account has: `reserved` is held for something and cannot be spent.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Balances {
	pub(crate) free: u128,
	pub(crate) reserved: u128,
}

macro_rules! fields {
	($($(#[$docs:meta])* $name:ident { $($field:ident: $kind:ty),* })*) => {
		$($(#[$docs])*
		#[derive(Clone, Debug, EncodeAsType)]
		#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
		pub(crate) struct $name {
			$(pub(crate) $field: $kind,)*
		})*
	};
}

fields! {
	/// `Models.publish`.
	Publish { draft: Terms }
	/// `Models.update_price`.
	UpdatePrice { model: u32, price: u128, royalty: u32 }
	/// Calls that take only a model.
	OfModel { model: u32 }
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
	/// `Nodes.register`.
	Register { roles: Static<Roles>, worker: [u8; 32], proof: [u8; 64], bond: u128 }
	/// `Nodes.rotate_key`.
	RotateKey { node: u32, worker: [u8; 32], proof: [u8; 64] }
	/// `Nodes.bond_more`.
	BondMore { node: u32, amount: u128 }
	/// Calls that take only a node.
	OfNode { node: u32 }
	/// `Proofs.register_key`.
	RegisterKey { system: Static<ProofSystem>, inputs: u32, bytes: Vec<u8> }
	/// `Proofs.remove_key`.
	OfKey { key: [u8; 32] }
	/// `Proofs.submit`, and one of `Proofs.submit_batch`.
	SubmitProof { key: [u8; 32], inputs: Vec<[u8; 32]>, proof: Vec<u8>, context: Context }
	/// `Proofs.submit_batch`.
	SubmitProofs { submissions: Vec<SubmitProof> }
	/// What `Storage.order` takes.
	OrderDraft {
		content: Static<ContentId>,
		size: u64,
		pieces: [u8; 32],
		copies: u8,
		periods: u32,
		price: u128
	}
	/// `Storage.order`.
	PlaceOrder { draft: OrderDraft }
	/// `Storage.extend`.
	ExtendOrder { order: u64, periods: u32 }
	/// `Storage.take`, `leave` and `evict`.
	OfSlot { order: u64, slot: u8 }
	/// `Storage.close`.
	OfOrder { order: u64 }
	/// One of `Storage.show`.
	Showing { order: u64, slot: u8, piece: Vec<u8>, path: Vec<[u8; 32]> }
	/// `Storage.show`.
	Show { showings: Vec<Showing> }
	/// `Balances.transfer_keep_alive`.
	Transfer { dest: MultiAddress<AccountId32, ()>, value: u128 }
	/// `Utility.batch_all`.
	Batch { calls: Vec<Value> }
}

/// `Models.Published`.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Published {
	pub(crate) model: u32,
}

/// `Storage.Ordered`.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Ordered {
	pub(crate) order: u64,
}

/// `Nodes.Registered`.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Registered {
	pub(crate) node: u32,
}

/// `Nodes.Unbonding`.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Unbonding {
	pub(crate) until: u64,
}

/// Events about one request.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct AboutRequest {
	pub(crate) request: u64,
}

/// `Inference.Failed`.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Failed {
	pub(crate) request: u64,
	pub(crate) fee: u128,
}

/// `Proofs.ProofVerified`.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct ProofVerified {
	pub(crate) statement: [u8; 32],
	pub(crate) approved: bool,
}

/// `Balances.Held`.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Held {
	pub(crate) who: AccountId32,
	pub(crate) amount: u128,
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
