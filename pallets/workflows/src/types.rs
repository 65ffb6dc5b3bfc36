//! Workflows and what comes out of them, as they are stored.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use opg_primitives::{
	feed::{FeedId, KeyIndex, Name},
	ClientKey, ModelId, Outcome, RequestId, TrustMode,
};
use scale_info::TypeInfo;

/// A workflow's number, counted from 0.
pub type WorkflowId = u32;

/// Numbers one workflow feeds its model.
pub const MAX_INPUTS: u32 = 64;

/// As many as a workflow has inputs.
pub type PerInput<Item> = BoundedVec<Item, ConstU32<MAX_INPUTS>>;

/// Numbers of a feed.
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
pub struct Source {
	/// The feed.
	pub feed: FeedId,
	/// Which of its keys.
	pub key: KeyIndex,
	/// How many of its last numbers, oldest first; 1: only what it tells now.
	pub count: u8,
}

/// How many numbers a model is fed.
pub(crate) fn numbers_of(inputs: &[Source]) -> u32 {
	inputs.iter().fold(0u32, |sum, source| sum.saturating_add(source.count.into()))
}

/// A number as a run took it.
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
pub struct Taken<BlockNumber> {
	/// Of which feed.
	pub feed: FeedId,
	/// Of which of its keys.
	pub key: KeyIndex,
	/// Times `10^-decimals`.
	pub value: i64,
	/// Digits after the point.
	pub decimals: u8,
	/// The first block of the round it was seen in: with the feed's number it names the round in the feed's history.
	pub at: BlockNumber,
}

/// What happens when a number is not fresh: no model is ever fed one.
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
pub enum OnStale {
	/// A run is left out, and the last result stays until it is too old; a question is refused.
	Skip,
	/// A run is left out, and the last result is stale at once; a question is taken, and its result is that an input is stale.
	Tell,
}

/// What somebody wants run.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Draft<Balance, BlockNumber> {
	/// The workflow's name; others may have the same.
	pub name: Name,
	/// The model.
	pub model: ModelId,
	/// The numbers it is fed, in the order of its input's elements.
	pub inputs: PerInput<Source>,
	/// What makes its answers believable.
	pub trust: TrustMode,
	/// The most to pay for a run.
	pub max_fee: Balance,
	/// Blocks in which a run must be answered.
	pub deadline: u32,
	/// Blocks between two runs; more than the deadline.
	pub every: BlockNumber,
	/// What happens when a number is not fresh.
	pub on_stale: OnStale,
	/// What its purse begins with.
	pub purse: Balance,
}

/// What somebody asks a model once, on numbers of feeds.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Question<Balance> {
	/// The model.
	pub model: ModelId,
	/// The numbers it is fed, in the order of its input's elements.
	pub inputs: PerInput<Source>,
	/// What makes its answer believable.
	pub trust: TrustMode,
	/// The most to pay.
	pub max_fee: Balance,
	/// Blocks in which it must be answered.
	pub deadline: u32,
	/// The asker's own name for the request.
	pub client_key: ClientKey,
	/// What happens when a number is not fresh.
	pub on_stale: OnStale,
}

/// A run that may still be answered.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Pending<BlockNumber> {
	/// The request.
	pub request: RequestId,
	/// The block it was made in.
	pub at: BlockNumber,
	/// What the model was fed.
	pub taken: PerInput<Taken<BlockNumber>>,
}

/// A workflow.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Workflow<AccountId, Balance, BlockNumber> {
	/// Who made it, may stop it, and has what is left.
	pub owner: AccountId,
	/// What is held of the owner for its records.
	pub deposit: Balance,
	/// Its name.
	pub name: Name,
	/// The model.
	pub model: ModelId,
	/// The numbers it is fed.
	pub inputs: PerInput<Source>,
	/// What makes its answers believable.
	pub trust: TrustMode,
	/// The most to pay for a run.
	pub max_fee: Balance,
	/// Blocks in which a run must be answered.
	pub deadline: u32,
	/// Blocks between two runs.
	pub every: BlockNumber,
	/// What happens when a number is not fresh.
	pub on_stale: OnStale,
	/// Runs begun.
	pub runs: u32,
	/// When the last run began.
	pub last_run: Option<BlockNumber>,
	/// When the next one may.
	pub next_run: BlockNumber,
	/// The run that may still be answered.
	pub pending: Option<Pending<BlockNumber>>,
	/// Whether it was stopped and only waits for its last run.
	pub is_stopped: bool,
	/// The block in which it is looked at next.
	pub look_at: BlockNumber,
}

/// What came out of a run: a derived feed's value, with where it comes from.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Derived<BlockNumber> {
	/// Which run of the workflow, counted from 0.
	pub run: u32,
	/// The model that made it.
	pub model: ModelId,
	/// The request that was answered.
	pub request: RequestId,
	/// What made the answer believable.
	pub trust: TrustMode,
	/// Whether governance vouches for every feed it comes from: it is to be trusted no further than the weakest of them.
	pub is_curated: bool,
	/// Whether the source of every feed it comes from signs what it says.
	pub is_signed: bool,
	/// The block in which the model was asked.
	pub at: BlockNumber,
	/// What it was fed.
	pub taken: PerInput<Taken<BlockNumber>>,
	/// What came out.
	pub outcome: Outcome,
	/// Whether a later run had no fresh numbers, and the workflow tells so.
	pub is_stale: bool,
}

/// Why a run was left out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Omission {
	/// A number was stale, withheld or gone, or was not told often enough yet.
	InputNotFresh,
	/// The model is gone, or takes something else.
	ModelUnfit,
	/// The request was refused: the purse does not pay for it, or nobody serves the model.
	Refused,
}
