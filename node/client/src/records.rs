//! What the chain stores and calls take, field by field; fields the chain has beyond these are skipped.

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

mod app;
mod audit;
mod feed;
mod growth;
mod model;
mod node;
mod proof;
mod request;
mod staking;
mod storage;
mod system;
mod usage;
mod workflow;

pub(crate) use app::{
	App, AppRegistered, AppStatus, BuyPass, Credit, GiveCredit, GrantPass, OfApp, Offer, Pass,
	PassGiven, PassTerms, Promise, RegisterApp, SetOffers, Sponsor, Sponsorship, Standing,
	TransferPass, WithdrawFromPurse,
};
pub(crate) use audit::{AuditStage, OpenAudit};
pub(crate) use feed::{
	CreateFeed, Created, DraftKey, DraftSource, DraftSubject, FeedDraft, FeedRules, FundFeed,
	ListedFeed, OfFeed, ShownFeed, Snapshot,
};
pub(crate) use growth::{
	ClaimRebate, Grant, GrantLimit, GrowthSpent, GrowthTerms, Rebated, Subject,
};
pub(crate) use model::{Model, ModelStatus, OfModel, Publish, Published, Terms, UpdatePrice};
#[cfg(test)]
pub(crate) use node::Capacity;
pub(crate) use node::{
	BondMore, Node, NodeStatus, OfNode, Register, Registered, RotateKey, SetSealingKey, Unbonding,
};
pub(crate) use proof::{
	Context, OfKey, ProofKey, ProofVerified, RegisterKey, Root, Statement, SubmitProof,
	SubmitProofs,
};
#[cfg(test)]
pub(crate) use request::Span;
pub(crate) use request::{
	AboutRequest, Ask, CheckStage, Checked, CommitToProof, Commitment, Failed, LateProofRecord,
	OfRequest, Positions, ProofRecord, ProvedRequest, Request, ShowProof, State, Succeeded,
	WITH_NODE,
};
pub(crate) use staking::{Era, EraPoints, EraStakers, Ledger, Preferences};
pub(crate) use storage::{
	ExtendOrder, OfOrder, OfSlot, Order, OrderDraft, Ordered, PlaceOrder, Show, Showing, Slot,
	StorageCheck, StoredFile,
};
pub(crate) use system::{Account, Batch, BlockWeight, BlockWeights, Held, Sudo, Transfer};
pub(crate) use usage::{
	AccountUse, Cell, Counters, EpochSpan, HasFailed, Headcount, Latencies, Money, Service,
	WasRequested, WasReturned, WasSettled, AGES, LATENCY_BOUNDS, PLACES,
};
pub(crate) use workflow::{
	AskOnFeeds, AskedOnFeeds, CreateWorkflow, Derived, FeedNumbers, FeedQuestion, OfWorkflow,
	OnStale, Taken, Workflow, WorkflowCreated, WorkflowDraft,
};
