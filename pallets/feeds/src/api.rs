//! What a client may ask without a transaction.

// What the macro emits has no docs of its own.
#![allow(missing_docs)]

use crate::{Description, Feed, Snapshot};
use alloc::vec::Vec;
use codec::{Codec, Decode, Encode};
use frame_support::weights::Weight;
use opg_primitives::{
	feed::{FeedId, KeyIndex, Name, Reading, Round},
	NodeId,
};
use scale_info::TypeInfo;

/// A feed, in a list.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct Listed {
	/// Its number.
	pub feed: FeedId,
	/// Its name.
	pub name: Name,
	/// How many numbers it tells; 0: it tells bytes.
	pub keys: u32,
	/// Whether governance vouches for its sources.
	pub is_curated: bool,
	/// Whether its source signs what it says.
	pub is_signed: bool,
	/// Whether anybody observes it now.
	pub has_committee: bool,
}

/// A feed with what it tells now.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct Shown<AccountId, Balance, BlockNumber> {
	/// The feed.
	pub record: Feed<AccountId, Balance, BlockNumber>,
	/// What it tells of, and its sources.
	pub description: Description,
	/// The present round.
	pub round: Round,
	/// What a term costs at most; with less in the purse none begins.
	pub term_cost: Balance,
	/// What it tells, in the order of the keys.
	pub readings: Vec<Reading<BlockNumber>>,
	/// The nodes that observe it.
	pub nodes: Vec<NodeId>,
}

sp_api::decl_runtime_apis! {
	/// Feeds.
	pub trait FeedsApi<AccountId, Balance, BlockNumber>
	where
		AccountId: Codec,
		Balance: Codec,
		BlockNumber: Codec,
	{
		/// Every feed, by number.
		fn list() -> Vec<Listed>;

		/// A feed with what it tells now; `None` for one that is not there.
		fn show(feed: FeedId) -> Option<Shown<AccountId, Balance, BlockNumber>>;

		/// What a feed tells about a key now; `None` for one that is not there.
		fn read(feed: FeedId, key: KeyIndex) -> Option<Reading<BlockNumber>>;

		/// What of a block a report of so many observations of `keys` keys weighs, its signatures included.
		fn weigh(observations: u32, keys: u32) -> Weight;

		/// The rounds kept of a feed, oldest first.
		fn history(feed: FeedId) -> Vec<Snapshot<BlockNumber>>;
	}
}
