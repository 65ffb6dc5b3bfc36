//! What the chain stores and calls take, field by field; fields the chain has beyond these are skipped.

use opg_primitives::{ClientKey, ContentId, Input, Outcome, Port, Roles, TrustKind, TrustMode};
use opg_tensor::NumericProfile;
use subxt::{
	ext::{scale_decode::DecodeAsType, scale_encode::EncodeAsType},
	utils::{AccountId32, Static},
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
}

/// A request.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Request {
	pub(crate) requester: AccountId32,
	pub(crate) model: u32,
	pub(crate) held: u128,
	pub(crate) price: u128,
	pub(crate) requested_at: u64,
	pub(crate) deadline: u64,
	pub(crate) client_key: ClientKey,
	pub(crate) missed_by: Option<u32>,
	pub(crate) state: State,
}

/// How a request stands.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) enum State {
	Waiting,
	Assigned { node: u32 },
	Settled { node: u32, outcome: Static<Outcome>, at: u64 },
	Cancelled { at: u64 },
	Expired { at: u64 },
}

impl State {
	/// The state's name as it is printed.
	pub(crate) const fn name(&self) -> &'static str {
		match self {
			Self::Waiting => "waiting",
			Self::Assigned { .. } => "assigned",
			Self::Settled { .. } => "settled",
			Self::Cancelled { .. } => "cancelled",
			Self::Expired { .. } => "expired",
		}
	}

	/// The node that has or had the request last.
	pub(crate) const fn node(&self) -> Option<u32> {
		match self {
			Self::Assigned { node } | Self::Settled { node, .. } => Some(*node),
			_ => None,
		}
	}

	/// When the request ended, if it did.
	pub(crate) const fn ended_at(&self) -> Option<u64> {
		match self {
			Self::Settled { at, .. } | Self::Cancelled { at } | Self::Expired { at } => Some(*at),
			_ => None,
		}
	}
}

/// Where the requests that wait for a node stand.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Positions {
	pub(crate) next_request: u64,
	pub(crate) waiting: Span,
}

/// Where a queue begins and ends.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Span {
	pub(crate) head: u64,
	pub(crate) tail: u64,
}

/// An account's standing.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Account {
	pub(crate) nonce: u64,
	pub(crate) data: Balances,
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
		client_key: ClientKey
	}
	/// `Inference.cancel`.
	OfRequest { request: u64 }
	/// `Nodes.register`.
	Register { roles: Static<Roles>, worker: [u8; 32], proof: [u8; 64], bond: u128 }
	/// `Nodes.rotate_key`.
	RotateKey { node: u32, worker: [u8; 32], proof: [u8; 64] }
	/// `Nodes.bond_more`.
	BondMore { node: u32, amount: u128 }
	/// Calls that take only a node.
	OfNode { node: u32 }
}

/// `Models.Published`.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Published {
	pub(crate) model: u32,
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
