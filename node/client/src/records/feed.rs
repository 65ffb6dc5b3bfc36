//! Feeds, as the runtime tells of them and as calls take them.

use codec::Decode;
use opg_primitives::feed::{FeedId, Name, Reading, Round, SourceKey, Sources, Subject, Values};
use subxt::{
	ext::{scale_decode::DecodeAsType, scale_encode::EncodeAsType},
	utils::Static,
};

/// A feed, in a list: what `FeedsApi_list` gives.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub(crate) struct ListedFeed {
	pub(crate) feed: FeedId,
	pub(crate) name: Name,
	pub(crate) keys: u32,
	pub(crate) is_curated: bool,
	pub(crate) is_signed: bool,
	pub(crate) has_committee: bool,
}

/// How a feed is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode, EncodeAsType)]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(crate) struct FeedRules {
	pub(crate) period: u32,
	pub(crate) heartbeat: u32,
	pub(crate) deviation: u32,
	pub(crate) max_age: u32,
	pub(crate) jump: u32,
	pub(crate) seats: u8,
	pub(crate) quorum: u8,
	pub(crate) reward: u128,
}

/// A feed's record.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub(crate) struct Feed {
	pub(crate) owner: [u8; 32],
	pub(crate) name: Name,
	pub(crate) rules: FeedRules,
	pub(crate) purse: u128,
	pub(crate) round_fee: u128,
	pub(crate) deposit: u128,
	pub(crate) is_curated: bool,
	pub(crate) is_signed: bool,
	pub(crate) version: u32,
	pub(crate) since: u32,
	pub(crate) look_at: u32,
}

/// A feed with what it tells now: what `FeedsApi_show` gives.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub(crate) struct ShownFeed {
	pub(crate) record: Feed,
	pub(crate) subject: Subject,
	pub(crate) sources: Sources,
	pub(crate) round: Round,
	pub(crate) term_cost: u128,
	pub(crate) readings: Vec<Reading<u32>>,
	pub(crate) nodes: Vec<u32>,
}

/// A reported round: one of what `FeedsApi_history` gives.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub(crate) struct Snapshot {
	pub(crate) round: Round,
	pub(crate) at: u32,
	pub(crate) version: u32,
	pub(crate) observers: u32,
	pub(crate) digest: [u8; 32],
	pub(crate) values: Values,
}

/// What a feed is to tell of.
#[derive(Clone, Debug, EncodeAsType)]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(crate) enum DraftSubject {
	Numbers(Vec<DraftKey>),
	Bytes(Vec<u8>),
}

fields! {
	/// A number of a feed.
	DraftKey { name: Vec<u8>, decimals: u8, min: i64, max: i64 }
	/// Where nodes look.
	DraftSource { url: Vec<u8>, path: Vec<u8>, signer: Option<Static<SourceKey>> }
	/// What `Feeds.create` takes.
	FeedDraft {
		name: Vec<u8>,
		rules: FeedRules,
		subject: DraftSubject,
		sources: Vec<DraftSource>,
		purse: u128
	}
	/// `Feeds.create`.
	CreateFeed { draft: FeedDraft }
	/// `Feeds.fund`.
	FundFeed { feed: FeedId, amount: u128 }
	/// `Feeds.close`.
	OfFeed { feed: FeedId }
}

/// `Feeds.Created`.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Created {
	pub(crate) feed: FeedId,
}
