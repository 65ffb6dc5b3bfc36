//! What others ask of feeds, and what feeds ask of the bonded nodes.

use crate::{
	feed::{FeedId, KeyIndex, Reading, Seat},
	node::WorkerId,
	NodeId,
};
use alloc::vec::Vec;
use sp_core::H256;
use sp_runtime::Perbill;

/// Reads feeds. One storage read for a key.
pub trait FeedReader<BlockNumber> {
	/// What a feed tells about a key now; `None` for one that is not there.
	fn read(feed: FeedId, key: KeyIndex) -> Option<Reading<BlockNumber>>;

	/// The last numbers that were told of a key in rounds before the one of block `before`, with the first blocks of their rounds, newest first.
	/// At most `count`; fewer where the `2 · count` rounds before told fewer, or the chain keeps fewer. A storage read for each round.
	fn earlier(
		feed: FeedId,
		key: KeyIndex,
		before: BlockNumber,
		count: u8,
	) -> Vec<(i64, BlockNumber)>;

	/// Whether a feed is there and tells numbers, not bytes.
	fn tells_numbers(feed: FeedId) -> bool;

	/// Whether governance vouches for a feed's sources.
	fn is_curated(feed: FeedId) -> bool;

	/// Whether a feed's source signs what it says, which the chain has checked.
	fn is_signed(feed: FeedId) -> bool;
}

impl<BlockNumber> FeedReader<BlockNumber> for () {
	fn read(_: FeedId, _: KeyIndex) -> Option<Reading<BlockNumber>> {
		None
	}

	fn earlier(_: FeedId, _: KeyIndex, _: BlockNumber, _: u8) -> Vec<(i64, BlockNumber)> {
		Vec::new()
	}

	fn tells_numbers(_: FeedId) -> bool {
		false
	}

	fn is_curated(_: FeedId) -> bool {
		false
	}

	fn is_signed(_: FeedId) -> bool {
		false
	}
}

/// How a node did its part of a term.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Conduct {
	/// As it should.
	Good,
	/// Silent or far from the others too often.
	Poor,
}

/// The bonded nodes that observe feeds.
pub trait Observers<AccountId> {
	/// Draws up to `seats` nodes of as many different owners, by bond. Work grows with `seats` only.
	fn draw_observers(seed: H256, seats: Seat) -> Vec<(NodeId, WorkerId)>;

	/// Who is paid for `node`.
	fn paid_for(node: NodeId) -> Option<AccountId>;

	/// The node that signs with `worker`.
	fn observer(worker: &WorkerId) -> Option<NodeId>;

	/// Counts how a node did.
	fn note_conduct(node: NodeId, conduct: Conduct);

	/// Takes a part of a node's bond.
	fn fine(node: NodeId, part: Perbill);
}
