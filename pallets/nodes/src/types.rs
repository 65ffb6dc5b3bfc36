//! A node's record.

use crate::{Bars, Capacity, Exposure, Score};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use opg_primitives::{node::WorkerId, Roles};
use scale_info::TypeInfo;

/// Whether a node gets jobs.
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
pub enum Status<BlockNumber> {
	/// It does, while it reports.
	Active,
	/// It does not, and its bond is free from this block on.
	Unbonding {
		/// The first block in which the bond may be withdrawn.
		until: BlockNumber,
	},
	/// It does not until its owner takes it out of jail.
	Jailed {
		/// The first block in which that is possible.
		until: BlockNumber,
	},
}

/// How long a model's list is.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Default,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct List {
	/// Nodes on it.
	pub nodes: u32,
	/// Their different owners.
	pub operators: u32,
}

/// A registered node.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Node<AccountId, Balance, BlockNumber> {
	/// Who bonded and is paid.
	pub owner: AccountId,
	/// The key the worker signs with.
	pub worker: WorkerId,
	/// The X25519 key that inputs are sealed with for it, if its owner named one.
	pub sealing: Option<[u8; 32]>,
	/// What it may do.
	pub roles: Roles,
	/// What is held of the owner for it.
	pub bond: Balance,
	/// Whether it gets jobs.
	pub status: Status<BlockNumber>,
	/// The jobs it carries and may carry.
	pub capacity: Capacity,
	/// When it last reported; `None` before the first time.
	pub last_seen: Option<BlockNumber>,
	/// The number its next heartbeat must carry.
	pub next_heartbeat: u64,
	/// The number its next batch of answers must carry.
	pub next_batch: u64,
	/// Jobs answered in time.
	pub answered: u64,
	/// Jobs whose time passed.
	pub missed: u64,
	/// How far it can be relied on.
	pub score: Score,
	/// What of its bond is spoken for.
	pub exposure: Exposure<Balance>,
	/// The models it may not run for a while.
	pub bars: Bars<BlockNumber>,
	/// What was ever taken from its bond.
	pub slashed: Balance,
}
