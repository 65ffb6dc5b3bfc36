//! Workflows, as the runtime tells of them and as calls take them.

use codec::Decode;
use opg_primitives::{
	feed::{FeedId, KeyIndex, Name},
	ClientKey, Outcome, TrustMode,
};
use subxt::{
	ext::{scale_decode::DecodeAsType, scale_encode::EncodeAsType},
	utils::Static,
};

/// Numbers of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode, EncodeAsType)]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(crate) struct FeedNumbers {
	pub(crate) feed: FeedId,
	pub(crate) key: KeyIndex,
	pub(crate) count: u8,
}

/// What happens when a number is not fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode, EncodeAsType)]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(crate) enum OnStale {
	Skip,
	Tell,
}

/// A number as a run took it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
pub(crate) struct Taken {
	pub(crate) feed: FeedId,
	pub(crate) key: KeyIndex,
	pub(crate) value: i64,
	pub(crate) decimals: u8,
	pub(crate) at: u32,
}

/// A run that may still be answered.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub(crate) struct PendingRun {
	pub(crate) request: u64,
	pub(crate) at: u32,
	pub(crate) taken: Vec<Taken>,
}

/// A workflow's record.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub(crate) struct Workflow {
	pub(crate) owner: [u8; 32],
	pub(crate) deposit: u128,
	pub(crate) name: Name,
	pub(crate) model: u32,
	pub(crate) inputs: Vec<FeedNumbers>,
	pub(crate) trust: TrustMode,
	pub(crate) max_fee: u128,
	pub(crate) deadline: u32,
	pub(crate) every: u32,
	pub(crate) on_stale: OnStale,
	pub(crate) runs: u32,
	pub(crate) last_run: Option<u32>,
	pub(crate) next_run: u32,
	pub(crate) pending: Option<PendingRun>,
	pub(crate) is_stopped: bool,
	pub(crate) look_at: u32,
}

/// What came out of a run.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub(crate) struct Derived {
	pub(crate) run: u32,
	pub(crate) model: u32,
	pub(crate) request: u64,
	pub(crate) trust: TrustMode,
	pub(crate) is_curated: bool,
	pub(crate) is_signed: bool,
	pub(crate) at: u32,
	pub(crate) taken: Vec<Taken>,
	pub(crate) outcome: Outcome,
	pub(crate) is_stale: bool,
}

fields! {
	/// What `Workflows.create` takes.
	WorkflowDraft {
		name: Vec<u8>,
		model: u32,
		inputs: Vec<FeedNumbers>,
		trust: Static<TrustMode>,
		max_fee: u128,
		deadline: u32,
		every: u32,
		on_stale: OnStale,
		purse: u128
	}
	/// `Workflows.create`.
	CreateWorkflow { draft: WorkflowDraft }
	/// `Workflows.stop`.
	OfWorkflow { workflow: u32 }
	/// What `Workflows.ask` takes.
	FeedQuestion {
		model: u32,
		inputs: Vec<FeedNumbers>,
		trust: Static<TrustMode>,
		max_fee: u128,
		deadline: u32,
		client_key: ClientKey,
		on_stale: OnStale
	}
	/// `Workflows.ask`.
	AskOnFeeds { question: FeedQuestion }
}

/// `Workflows.Created`.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct WorkflowCreated {
	pub(crate) workflow: u32,
}

/// `Workflows.Asked`.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct AskedOnFeeds {
	pub(crate) request: u64,
}
