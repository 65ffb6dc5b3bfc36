//! Nodes as every part of the chain sees them: an id, the roles one may hold, and the worker's key.

use crate::ModelId;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// A registered node's number, counted from 0.
pub type NodeId = u32;

/// What a node that observes feeds announces among its models. No model ever has this number.
pub const OBSERVES: ModelId = ModelId::MAX;

/// What a node that can make the keys of circuits announces among its models. No model ever has this number.
pub const MAKES_KEYS: ModelId = ModelId::MAX - 1;

/// What a node can do beside relaying blocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
	/// Runs models.
	Inference,
	/// Brings outside data in.
	Data,
}

/// The roles a node holds; at least one.
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
	Serialize,
	Deserialize,
)]
pub struct Roles {
	/// Runs models.
	pub inference: bool,
	/// Brings outside data in.
	pub data: bool,
}

impl Roles {
	/// Inference alone.
	pub const INFERENCE: Self = Self { inference: true, data: false };

	/// Whether `role` is among them.
	pub const fn holds(self, role: Role) -> bool {
		match role {
			Role::Inference => self.inference,
			Role::Data => self.data,
		}
	}

	/// Whether there is none.
	pub const fn is_empty(self) -> bool {
		!self.inference && !self.data
	}
}

/// The key a worker signs answers and heartbeats with: never a session key, never the owner's.
pub mod worker_key {
	use sp_application_crypto::{app_crypto, sr25519, KeyTypeId};

	/// The worker key's type in a node's key store.
	pub const WORKER: KeyTypeId = KeyTypeId(*b"opgw");

	app_crypto!(sr25519, WORKER);
}

pub use worker_key::{Public as WorkerId, Signature as WorkerSignature};
