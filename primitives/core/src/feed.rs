//! Feeds: outside numbers and bytes as nodes observe them, and as the chain tells them.

pub mod template;
pub mod text;
pub mod token;
pub mod value;

pub use token::{SourceKey, Token};
pub use value::{agreed, Bytes, Numbers, Subject, Values, MAX_BYTES};

use crate::{
	node::{WorkerId, WorkerSignature},
	statement::{statement, Domain},
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{traits::ConstU32, BoundedVec};

/// A feed's number, counted from 0.
pub type FeedId = u32;
/// A round of a feed, counted from its first.
pub type Round = u32;
/// Where a key stands in its feed.
pub type KeyIndex = u8;
/// A node's place in a committee.
pub type Seat = u8;

/// Keys of one feed.
pub const MAX_KEYS: u32 = 128;
/// Seats of one committee.
pub const MAX_SEATS: u8 = 31;
/// Sources of one feed.
pub const MAX_SOURCES: u32 = 8;
/// Decimals of a number: all that 64 bits hold.
pub const MAX_DECIMALS: u8 = 18;

/// A feed's name, or a key's.
pub type Name = BoundedVec<u8, ConstU32<32>>;
/// The template of a source's address.
pub type Url = BoundedVec<u8, ConstU32<256>>;
/// The template of a path in what a source answers.
pub type Path = BoundedVec<u8, ConstU32<128>>;
/// The keys of a feed of numbers.
pub type Keys = BoundedVec<Key, ConstU32<MAX_KEYS>>;
/// The sources of a feed.
pub type Sources = BoundedVec<Source, ConstU32<MAX_SOURCES>>;

/// One number of a feed: `value · 10^-decimals`.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Key {
	/// Its name: letters, digits, `-`, `_`, `.` and `/`.
	pub name: Name,
	/// Digits after the point.
	pub decimals: u8,
	/// The least value it may have.
	pub min: i64,
	/// The greatest.
	pub max: i64,
}

/// Where nodes look. In both templates `{key}` stands for the key's name, `{base}` and `{quote}` for what stands before and after its
/// first `/` or `-`; `{key:lower}` and so on for the same in small letters.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Source {
	/// The address, asked by HTTP GET. One without a key in it is asked once for all keys.
	pub url: Url,
	/// The JSON pointer (RFC 6901) to the value in the answer: a JSON number or a string of one, or of a feed of bytes a string, read as
	/// [`text`] says.
	pub path: Path,
	/// By which key it signs, if it does: then it answers with a [`token`].
	pub signer: Option<SourceKey>,
}

/// What one node saw in one round.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Seen {
	/// The node's place in the committee.
	pub seat: Seat,
	/// What it saw.
	pub values: Values,
	/// The digest of the content id of a file that lists what the sources answered it.
	pub evidence: H256,
}

/// What one node saw in one round, with its word for it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Observation {
	/// What it saw.
	pub seen: Seen,
	/// The node's worker key on [`Sighting`].
	pub signature: WorkerSignature,
	/// What the feed's source answered, if it signs.
	pub token: Option<Token>,
}

impl Seen {
	/// What the node says with it.
	pub fn sighting(&self, feed: FeedId, version: u32, round: Round) -> Sighting<'_> {
		Sighting { feed, version, round, values: &self.values, evidence: self.evidence }
	}
}

/// What a node signs: what it saw in which round of which feed, by which version of the sources.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode)]
pub struct Sighting<'a> {
	/// The feed.
	pub feed: FeedId,
	/// The version of its sources.
	pub version: u32,
	/// The round.
	pub round: Round,
	/// What it saw.
	pub values: &'a Values,
	/// The digest of the content id of a file that lists what the sources answered.
	pub evidence: H256,
}

impl Sighting<'_> {
	/// The bytes to sign.
	pub fn statement(&self, genesis: impl AsRef<[u8]>) -> Vec<u8> {
		statement(Domain::Observation, genesis, self)
	}
}

/// What an off-chain worker hands to its node.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
pub struct Outlook {
	/// Rounds in which nodes of this machine have seats.
	pub watches: Vec<Watch>,
	/// What the chain was told last of each of their feeds, by ascending seats: a file to keep for who wants to know where a number is from.
	pub reported: Vec<Vec<Seen>>,
}

/// A round in which nodes of this machine have seats.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Watch {
	/// The feed.
	pub feed: FeedId,
	/// The round.
	pub round: Round,
	/// The version of the sources.
	pub version: u32,
	/// The keys its nodes sign with, by seat.
	pub members: Vec<WorkerId>,
	/// The seats whose worker keys this machine has.
	pub own: Vec<Seat>,
	/// What to look for.
	pub subject: Subject,
	/// Where to look.
	pub sources: Sources,
	/// The chain's first hash, which every signature names.
	pub genesis: H256,
}

/// What a node's machine has of a round: its own observations and those of others, checked.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Gathered {
	/// The feed.
	pub feed: FeedId,
	/// The round.
	pub round: Round,
	/// By ascending seats.
	pub observations: Vec<Observation>,
}

/// What a feed tells about a key now: never an old value without saying so.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Reading<BlockNumber> {
	/// A number that can be used.
	Fresh {
		/// Times `10^-decimals`.
		value: i64,
		/// Digits after the point.
		decimals: u8,
		/// The block in which nodes looked.
		at: BlockNumber,
		/// How far apart the middle half of the observations were.
		spread: u64,
	},
	/// The last value is older than the feed allows.
	Stale {
		/// The block it is of; `None` if there never was one.
		since: Option<BlockNumber>,
	},
	/// What nodes saw last is out of bounds, or too far from the number before.
	Halted {
		/// The block in which they saw it.
		since: BlockNumber,
	},
	/// Bytes that can be used.
	FreshBytes {
		/// What a quorum saw, to the byte.
		value: Bytes,
		/// The block in which nodes looked.
		at: BlockNumber,
	},
}

impl<BlockNumber> Reading<BlockNumber> {
	/// The number and its decimals, if it can be used.
	pub const fn fresh(&self) -> Option<(i64, u8)> {
		match self {
			Self::Fresh { value, decimals, .. } => Some((*value, *decimals)),
			Self::Stale { .. } | Self::Halted { .. } | Self::FreshBytes { .. } => None,
		}
	}

	/// The bytes, if they can be used.
	pub const fn fresh_bytes(&self) -> Option<&Bytes> {
		match self {
			Self::FreshBytes { value, .. } => Some(value),
			Self::Fresh { .. } | Self::Stale { .. } | Self::Halted { .. } => None,
		}
	}
}
