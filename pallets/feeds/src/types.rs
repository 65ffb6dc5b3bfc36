//! Feeds, committees and rounds as they are stored.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use opg_primitives::{
	feed::{
		Bytes, Key, KeyIndex, Name, Observation, Reading, Round, Seat, Seen, Sources, Subject,
		Values, MAX_KEYS, MAX_SEATS,
	},
	node::WorkerId,
	NodeId,
};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{traits::AtLeast32BitUnsigned, Perbill, Permill};

/// Hundredths of a percent in a whole.
pub const WHOLE: u32 = 10_000;

/// As many as a committee has seats.
pub type Seats<Item> = BoundedVec<Item, ConstU32<{ MAX_SEATS as u32 }>>;
/// As many as a feed of numbers has keys.
pub type PerKey<Item> = BoundedVec<Item, ConstU32<MAX_KEYS>>;
/// What one report brings.
pub type Observations = Seats<Observation>;

/// How a feed is kept.
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
pub struct Rules<Balance, BlockNumber> {
	/// Blocks of a round.
	pub period: BlockNumber,
	/// Blocks after which a report is due whatever was seen.
	pub heartbeat: BlockNumber,
	/// How far a number must move for a report to be due before, in hundredths of a percent; 0: every round has one. Of bytes 0: a
	/// report is due when they changed.
	pub deviation: u32,
	/// Blocks after which a value is stale.
	pub max_age: BlockNumber,
	/// How far a number may move from one report to the next, in hundredths of a percent, unless the round after confirms it; 0: any
	/// way, as for bytes.
	pub jump: u32,
	/// Nodes that observe it.
	pub seats: Seat,
	/// Observations a value takes; more than half of the seats.
	pub quorum: Seat,
	/// What one observation earns.
	pub reward: Balance,
}

/// What somebody wants told.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Draft<Balance, BlockNumber> {
	/// The feed's name; others may have the same.
	pub name: Name,
	/// How it is kept.
	pub rules: Rules<Balance, BlockNumber>,
	/// What it tells of.
	pub subject: Subject,
	/// Where nodes look.
	pub sources: Sources,
	/// What it begins with.
	pub purse: Balance,
}

/// A feed.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Feed<AccountId, Balance, BlockNumber> {
	/// Who made it, and who has what is left of its purse.
	pub owner: AccountId,
	/// Its name.
	pub name: Name,
	/// How it is kept.
	pub rules: Rules<Balance, BlockNumber>,
	/// What is held of the owner to pay its observers.
	pub purse: Balance,
	/// What a reported round costs beside its observations.
	pub round_fee: Balance,
	/// What is held of the owner for its records.
	pub deposit: Balance,
	/// Whether governance vouches for its sources: only then does conduct count.
	pub is_curated: bool,
	/// Whether its source signs what it says: then the chain takes nothing else.
	pub is_signed: bool,
	/// Counts changes of the sources.
	pub version: u32,
	/// The first block of round 0.
	pub since: BlockNumber,
	/// The block in which it is looked at next.
	pub look_at: BlockNumber,
}

impl<AccountId, Balance, BlockNumber: AtLeast32BitUnsigned + Copy>
	Feed<AccountId, Balance, BlockNumber>
{
	/// The round a block belongs to.
	pub fn round_of(&self, block: BlockNumber) -> Round {
		let passed = block.saturating_sub(self.since);
		passed.checked_div(&self.rules.period).unwrap_or(passed).unique_saturated_into()
	}

	/// The first block of a round.
	pub fn start_of(&self, round: Round) -> BlockNumber {
		let blocks = self.rules.period.saturating_mul(round.into());
		self.since.saturating_add(blocks)
	}
}

/// What is seldom read of a feed.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Description {
	/// What it tells of.
	pub subject: Subject,
	/// Where nodes look.
	pub sources: Sources,
}

/// A number with its time.
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
pub struct Point<BlockNumber> {
	/// The lower median of what was seen.
	pub value: i64,
	/// How far apart the middle half was.
	pub spread: u64,
	/// The first block of the round it was seen in.
	pub at: BlockNumber,
}

/// Why a number is not told.
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
pub enum Cause {
	/// It is out of its bounds.
	Bounds,
	/// It moved too far in one round. The next round confirms it or not.
	Jump,
}

/// A number that is not told.
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
pub struct Halt<BlockNumber> {
	/// Why.
	pub cause: Cause,
	/// What was seen.
	pub seen: i64,
	/// The first block of the round it was seen in.
	pub since: BlockNumber,
}

/// How a key stands.
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
pub struct Entry<BlockNumber> {
	/// Digits after the point.
	pub decimals: u8,
	/// The last number that was told.
	pub last: Option<Point<BlockNumber>>,
	/// Whether what was seen since is withheld.
	pub halt: Option<Halt<BlockNumber>>,
}

/// Bytes with their time.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Agreed<BlockNumber> {
	/// What a quorum saw, to the byte.
	pub value: Bytes,
	/// The first block of the round they were seen in.
	pub at: BlockNumber,
}

/// How a feed stands.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Standing<BlockNumber> {
	/// How each key stands.
	Numbers(PerKey<Entry<BlockNumber>>),
	/// The last bytes that were told.
	Bytes(Option<Agreed<BlockNumber>>),
}

impl<BlockNumber> Standing<BlockNumber> {
	/// Before anything is told.
	pub(crate) fn of(subject: &Subject) -> Self {
		match subject {
			Subject::Numbers(keys) => {
				let entry = |key: &Key| Entry { decimals: key.decimals, last: None, halt: None };
				Self::Numbers(PerKey::truncate_from(keys.iter().map(entry).collect()))
			},
			Subject::Bytes(_) => Self::Bytes(None),
		}
	}

	/// The keys' numbers; none of bytes.
	pub fn entries(&self) -> &[Entry<BlockNumber>] {
		match self {
			Self::Numbers(entries) => entries,
			Self::Bytes(_) => &[],
		}
	}

	/// How a key stands.
	pub(crate) fn entry(&self, key: usize) -> Option<&Entry<BlockNumber>> {
		self.entries().get(key)
	}

	/// How many keys can be read. Bytes are read as the first.
	pub(crate) fn keys(&self) -> KeyIndex {
		match self {
			Self::Numbers(entries) => entries.len() as KeyIndex,
			Self::Bytes(_) => 1,
		}
	}

	/// Whether this may be what somebody saw of the feed.
	pub(crate) fn fits(&self, values: &Values) -> bool {
		match (self, values) {
			(Self::Numbers(entries), Values::Numbers(seen)) => entries.len() == seen.len(),
			(Self::Bytes(_), Values::Bytes(_)) => true,
			_ => false,
		}
	}
}

/// All that a reader needs, in one record.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Sheet<BlockNumber> {
	/// Blocks after which a value is stale.
	pub max_age: BlockNumber,
	/// The first block of the last round that had a report; of the feed, before the first.
	pub reported: BlockNumber,
	/// Whether it was said that nothing fresh comes.
	pub is_stale: bool,
	/// What it tells.
	pub standing: Standing<BlockNumber>,
}

impl<BlockNumber: AtLeast32BitUnsigned + Copy> Sheet<BlockNumber> {
	/// What it tells about a key in block `now`.
	pub fn read(&self, key: KeyIndex, now: BlockNumber) -> Option<Reading<BlockNumber>> {
		let entry = match &self.standing {
			Standing::Numbers(entries) => entries.get(usize::from(key))?,
			Standing::Bytes(last) => {
				return (key == 0).then(|| self.read_bytes(last.as_ref(), now))
			},
		};
		if let Some(Halt { since, .. }) = entry.halt {
			return Some(Reading::Halted { since });
		}
		let since = entry.last.map(|point| point.at);
		Some(match entry.last {
			Some(Point { value, spread, at }) if self.is_young(at, now) => {
				Reading::Fresh { value, decimals: entry.decimals, at, spread }
			},
			_ => Reading::Stale { since },
		})
	}

	fn read_bytes(
		&self,
		last: Option<&Agreed<BlockNumber>>,
		now: BlockNumber,
	) -> Reading<BlockNumber> {
		match last {
			Some(Agreed { value, at }) if self.is_young(*at, now) => {
				Reading::FreshBytes { value: value.clone(), at: *at }
			},
			_ => Reading::Stale { since: last.map(|last| last.at) },
		}
	}

	/// Whether a value of block `at` may still be told in block `now`.
	pub fn is_young(&self, at: BlockNumber, now: BlockNumber) -> bool {
		now <= self.deadline(at)
	}

	/// The last block in which a value of block `at` is told.
	pub fn deadline(&self, at: BlockNumber) -> BlockNumber {
		at.saturating_add(self.max_age)
	}
}

/// What a committee's node did in its term.
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
pub struct Tally {
	/// Observations that are paid.
	pub counted: u32,
	/// Observations too far from the others, or of other bytes.
	pub outliers: u32,
	/// Rounds without one.
	pub missed: u32,
}

/// A committee's node.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Member {
	/// The node.
	pub node: NodeId,
	/// The key it signs with in this term, whatever its node's key is later.
	pub worker: WorkerId,
	/// What it did.
	pub tally: Tally,
	/// Whether it was found to say two things about one round: it has no part any more.
	pub is_expelled: bool,
}

/// Who observes a feed for a term.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Committee<Balance, BlockNumber> {
	/// Its nodes.
	pub members: Seats<Member>,
	/// The first round it may report.
	pub first: Round,
	/// The block in which its term ends.
	pub ends: BlockNumber,
	/// Rounds that were reported and counted.
	pub rounds: u32,
	/// What of the purse is spoken for.
	pub reserved: Balance,
}

/// The round that was reported last, until it is counted.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct OpenRound<BlockNumber> {
	/// Its number.
	pub round: Round,
	/// What was seen, by ascending seats.
	pub seen: Seats<Seen>,
	/// How the feed stood before it: a second report of the round begins from there again.
	pub before: Standing<BlockNumber>,
}

/// A reported round, as history keeps it.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Snapshot<BlockNumber> {
	/// Its number.
	pub round: Round,
	/// Its first block.
	pub at: BlockNumber,
	/// The version of the sources.
	pub version: u32,
	/// A bit for each seat whose observation is in it.
	pub observers: u32,
	/// The sha2-256 digest of all that was seen, by ascending seats, as SCALE: the raw content id of a file that its nodes keep.
	pub digest: H256,
	/// What it came to; `None` where a number was withheld or not seen by enough.
	pub values: Values,
}

/// From where on conduct costs. Parts are of the rounds of a term.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Thresholds {
	/// Rounds a term must have had for conduct to count.
	pub rounds: u32,
	/// The part of rounds missed, or seen too far from the others, above which a node's score falls.
	pub poor: Permill,
	/// The part of rounds seen too far from the others above which a node is fined `lie_fine`.
	pub lies: Permill,
	/// The part of rounds missed above which a node is fined `silence_fine`.
	pub silence: Permill,
	/// What lies cost of the bond.
	pub lie_fine: Perbill,
	/// What silence costs of the bond.
	pub silence_fine: Perbill,
	/// What two different observations of one round cost of the bond.
	pub equivocation_fine: Perbill,
	/// How far from the median an observation must be to be too far, in hundredths of a percent of the median; and beyond four times
	/// the spread.
	pub distance: u32,
}

impl Thresholds {
	/// Whether values are parts and nobody pays for what is ordinary.
	pub fn is_sound(&self) -> bool {
		self.rounds > 0 && self.distance > 0 && self.poor <= self.lies && self.poor <= self.silence
	}
}

/// Why a term has no committee.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Vacancy {
	/// The purse does not pay for a term.
	PurseTooSmall,
	/// Fewer nodes observe than a number takes.
	TooFewObservers,
	/// The block has no randomness to draw by.
	NoRandomness,
}
