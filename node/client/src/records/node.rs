//! Nodes, as the chain has them.

use opg_primitives::Roles;
use subxt::{
	dynamic::{At, Value},
	ext::{scale_decode::DecodeAsType, scale_encode::EncodeAsType},
	utils::{AccountId32, Static},
};

/// A registered node.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Node {
	pub(crate) owner: AccountId32,
	pub(crate) worker: [u8; 32],
	/// The key inputs are sealed with for it.
	pub(crate) sealing: Option<[u8; 32]>,
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

fields! {
	/// `Nodes.register`.
	Register { roles: Static<Roles>, worker: [u8; 32], proof: [u8; 64], bond: u128 }
	/// `Nodes.set_sealing_key`.
	SetSealingKey { node: u32, key: Option<[u8; 32]> }
	/// `Nodes.rotate_key`.
	RotateKey { node: u32, worker: [u8; 32], proof: [u8; 64] }
	/// `Nodes.bond_more`.
	BondMore { node: u32, amount: u128 }
	/// Calls that take only a node.
	OfNode { node: u32 }
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
