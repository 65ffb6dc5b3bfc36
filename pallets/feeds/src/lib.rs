//! Feeds: outside numbers and bytes that bonded nodes observe and the chain tells.
//!
//! ## Overview
//! Somebody makes a feed: a set of numbers (prices, weather, results), the web addresses they are found at, and a purse. For each term
//! a committee of data nodes is drawn. In each round its nodes look, sign what they saw and exchange it off the chain; one of them reports
//! it all in one transaction. The chain checks the signatures and takes the median of each number, or the bytes that a quorum saw alike.
//! Whoever reads a feed gets a value that is [fresh](opg_primitives::feed::Reading), or is told that there is none.
//!
//! ## Terms
//! *Key*: one number of a feed, or all of its bytes. *Source*: an address and a path in what it answers. *Round*: [`Rules::period`] blocks. *Term*:
//! [`Config::TermLength`] blocks with one *committee*, whose nodes have *seats*. *Quorum*: how many observations a value takes.
//! *Halted*: a key whose last number is out of bounds, or jumped and was not confirmed yet. *Curated*: a feed whose sources governance
//! vouches for.
//!
//! ## Life of a feed
//! `create` → (a committee is drawn → `report`* → the term is settled)* → `close`. With too little in its purse, or too few data nodes, a
//! feed has no committee until that changes; its numbers turn stale meanwhile, and say so.
//!
//! ## Properties
//! What is held for feeds is their purses and deposits, owner by owner. A purse always covers the term it pays for. A number that is told
//! is within its bounds, and within the range of what honest nodes saw while less than half of the observations lie. Bytes that are told are
//! what a quorum saw, which is more than half of the seats. A round costs the
//! same number of reads and writes for one key and for 128. An observation counts once (`invariants`).
//!
//! ## Design
//! *Reports add up.* The first report of a round needs a quorum; each further one brings observations that were left out, and the
//! median is taken again. So no leader can choose among observations for longer than the next one takes to report the rest.
//! *What a round owes is counted when the next begins*: a second report changes no account.
//! *Conduct counts on curated feeds only*: whoever makes a feed could have its own server answer each node otherwise. Elsewhere what is
//! too far from the median earns nothing. Two different observations of one round cost bond anywhere: that takes two signatures.
//! *Reports are free* and paid for by the purse: a [fee](types::Feed::round_fee) a round.
//!
//! ## Limits
//! A node can copy what others saw; the median holds, and on a curated feed sources can be asked that a copier cannot know. Who writes
//! the block in which a term begins knows its committee first and may give up the block's reward to have another one drawn.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]
#![cfg_attr(
	not(test),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

extern crate alloc;

pub mod api;
mod conduct;
mod feed;
mod finding;
#[cfg(any(feature = "std", feature = "try-runtime"))]
pub mod invariants;
mod median;
mod posting;
mod reading;
mod report;
mod signed;
mod term;
pub mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::{
	Committee, Description, Draft, Feed, Observations, OpenRound, Rules, Sheet, Snapshot,
	Thresholds, Vacancy,
};
pub use weights::WeightInfo;

use frame_support::traits::fungible::{Credit, Inspect};
use frame_system::pallet_prelude::BlockNumberFor;

/// The currency of purses.
pub type BalanceOf<T> =
	<<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// Balance taken from a purse.
pub type CreditOf<T> = Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;

/// A feed of this runtime.
pub type FeedOf<T> = Feed<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// A committee of this runtime.
pub type CommitteeOf<T> = Committee<BalanceOf<T>, BlockNumberFor<T>>;

/// What somebody wants told in this runtime.
pub type DraftOf<T> = Draft<BalanceOf<T>, BlockNumberFor<T>>;

/// The pallet.
#[frame_support::pallet]
pub mod pallet {
	use super::{
		report::{signed_in, values_in},
		BalanceOf, CommitteeOf, CreditOf, Description, DraftOf, FeedOf, Observations, OpenRound,
		Sheet, Snapshot, Thresholds, Vacancy, WeightInfo,
	};
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::{fungible, OnUnbalanced, UnixTime},
		weights::WeightToFee,
	};
	use frame_system::{offchain::CreateAuthorizedTransaction, pallet_prelude::*};
	use opg_primitives::{
		feed::{FeedId, KeyIndex, Observation, Round, Sources},
		seams::{self, BlockEntropy},
		NodeId,
	};
	use sp_runtime::traits::Zero;

	/// What the runtime decides for this pallet.
	#[pallet::config]
	pub trait Config:
		frame_system::Config<RuntimeEvent: From<Event<Self>>>
		+ CreateAuthorizedTransaction<Call<Self>>
	{
		/// Holds purses.
		type Currency: fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ fungible::hold::Balanced<Self::AccountId>;

		/// The runtime's reasons for holds.
		type RuntimeHoldReason: From<HoldReason>;

		/// The nodes that observe.
		type Observers: seams::Observers<Self::AccountId>;

		/// Where draws take their randomness from.
		type Entropy: BlockEntropy;

		/// Who vouches for sources.
		type CuratorOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Receives what rounds cost the chain, and pay that cannot be paid.
		type Upkeep: OnUnbalanced<CreditOf<Self>>;

		/// What a purse pays for the weight of a reported round.
		type WeightToFee: WeightToFee<Balance = BalanceOf<Self>>;

		/// The deposit for a feed's records.
		#[pallet::constant]
		type Deposit: Get<BalanceOf<Self>>;

		/// The deposit for each of its keys.
		#[pallet::constant]
		type KeyDeposit: Get<BalanceOf<Self>>;

		/// The least an observation earns.
		#[pallet::constant]
		type MinReward: Get<BalanceOf<Self>>;

		/// From where on conduct costs.
		type Thresholds: Get<Thresholds>;

		/// Blocks of a term.
		#[pallet::constant]
		type TermLength: Get<BlockNumberFor<Self>>;

		/// Blocks after which a feed without a committee is looked at again.
		#[pallet::constant]
		type RetryTime: Get<BlockNumberFor<Self>>;

		/// The shortest round.
		#[pallet::constant]
		type MinPeriod: Get<BlockNumberFor<Self>>;

		/// Blocks after which a number may be stale at the latest.
		#[pallet::constant]
		type MaxAge: Get<BlockNumberFor<Self>>;

		/// Rounds kept of each feed.
		#[pallet::constant]
		type HistoryDepth: Get<Round>;

		/// Feeds at most.
		#[pallet::constant]
		type MaxFeeds: Get<u32>;

		/// Feeds looked at in one block.
		#[pallet::constant]
		type MaxLooks: Get<u32>;

		/// The present time, by which signed answers are too old.
		type Time: UnixTime;

		/// Seconds after which a signed answer is too old, and before which it is of a time to come.
		#[pallet::constant]
		type SignedAge: Get<u64>;

		/// Weights of the calls and hooks.
		type WeightInfo: WeightInfo;
	}

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// The pallet's storage.
	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// Why this pallet holds balance.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// What a feed pays its observers, and its deposit.
		Purse,
	}

	/// Every feed.
	// At most `MaxFeeds`; the key is a counter nobody chooses, so a fast hasher is safe. The same holds for the others.
	#[pallet::storage]
	pub type Feeds<T: Config> = CountedStorageMap<_, Twox64Concat, FeedId, FeedOf<T>>;

	/// What each feed tells of, and where nodes look.
	#[pallet::storage]
	pub type Descriptions<T> = StorageMap<_, Twox64Concat, FeedId, Description>;

	/// What each feed tells: the one record that a reader needs.
	#[pallet::storage]
	pub type Sheets<T: Config> = StorageMap<_, Twox64Concat, FeedId, Sheet<BlockNumberFor<T>>>;

	/// Who observes each feed now.
	#[pallet::storage]
	pub type Committees<T: Config> = StorageMap<_, Twox64Concat, FeedId, CommitteeOf<T>>;

	/// The round of each feed that was reported last, until it is counted.
	#[pallet::storage]
	pub type Rounds<T: Config> = StorageMap<_, Twox64Concat, FeedId, OpenRound<BlockNumberFor<T>>>;

	/// Rounds that were reported: a ring of `HistoryDepth` places for each feed, by the round's number.
	#[pallet::storage]
	pub type History<T: Config> =
		StorageDoubleMap<_, Twox64Concat, FeedId, Twox64Concat, Round, Snapshot<BlockNumberFor<T>>>;

	/// Which feeds to look at in which block. Every feed has one place.
	// `MaxLooks` a block.
	#[pallet::storage]
	pub type Agenda<T: Config> =
		StorageMap<_, Twox64Concat, BlockNumberFor<T>, BoundedVec<FeedId, T::MaxLooks>, ValueQuery>;

	/// The number the next feed gets.
	#[pallet::storage]
	pub type NextFeed<T> = StorageValue<_, FeedId, ValueQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A feed was made.
		Created {
			/// The feed.
			feed: FeedId,
			/// Whose it is.
			owner: T::AccountId,
		},
		/// A purse grew.
		Funded {
			/// The feed.
			feed: FeedId,
			/// What it has now.
			purse: BalanceOf<T>,
		},
		/// A feed has other sources from now on.
		Amended {
			/// The feed.
			feed: FeedId,
			/// Their version.
			version: u32,
			/// Their Blake2-256 hash.
			hash: sp_core::H256,
		},
		/// Governance vouches for a feed's sources, or does no more.
		Curated {
			/// The feed.
			feed: FeedId,
			/// Which.
			is_curated: bool,
		},
		/// A feed is gone.
		Closed {
			/// The feed.
			feed: FeedId,
			/// What returned to its owner.
			returned: BalanceOf<T>,
		},
		/// A committee was drawn.
		TermBegan {
			/// The feed.
			feed: FeedId,
			/// Its nodes.
			nodes: Vec<NodeId>,
		},
		/// A feed has no committee for now.
		Vacant {
			/// The feed.
			feed: FeedId,
			/// Why.
			cause: Vacancy,
		},
		/// A term was settled.
		TermEnded {
			/// The feed.
			feed: FeedId,
			/// Rounds that were reported.
			rounds: u32,
			/// What its observers were paid.
			paid: BalanceOf<T>,
		},
		/// A round was reported.
		Reported {
			/// The feed.
			feed: FeedId,
			/// The round.
			round: Round,
			/// How many nodes saw it, with earlier reports.
			observers: u32,
		},
		/// A number is withheld.
		Halted {
			/// The feed.
			feed: FeedId,
			/// The key.
			key: KeyIndex,
		},
		/// A number is told again.
		Resumed {
			/// The feed.
			feed: FeedId,
			/// The key.
			key: KeyIndex,
		},
		/// Nothing fresh came for so long that a feed's numbers are stale.
		WentStale {
			/// The feed.
			feed: FeedId,
		},
		/// A node saw something else than the others, or was silent, in too many rounds of a term.
		FoundPoor {
			/// The feed.
			feed: FeedId,
			/// The node.
			node: NodeId,
			/// Rounds in which it was too far from the others.
			outliers: u32,
			/// Rounds in which it said nothing.
			missed: u32,
		},
		/// A node signed two different observations of one round.
		Equivocated {
			/// The feed.
			feed: FeedId,
			/// The node.
			node: NodeId,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no feed of this number.
		FeedUnknown,
		/// Only who made the feed may do this.
		NotOwner,
		/// There are as many feeds as there can be.
		TooManyFeeds,
		/// A feed has 1 to 128 keys with different names, and bounds the right way round; or bytes of one name.
		KeysInvalid,
		/// Bytes have no distance: their feed has neither deviation nor jump, and a report is due when they changed.
		BytesDoNotMove,
		/// A feed has 1 to 8 sources, each an `http` or `https` address and a JSON pointer; one that signs is the only one, with one address
		/// for all keys and pointers of one step.
		SourcesInvalid,
		/// Rounds are too short, or times do not go together: period ≤ heartbeat ≤ greatest age.
		TimesInvalid,
		/// There are 1 to 31 seats, and more than half of them are a quorum.
		SeatsInvalid,
		/// An observation must earn more.
		RewardTooLow,
		/// The sum is more than there can be.
		SumTooLarge,
		/// No committee observes the feed now.
		NoCommittee,
		/// The observations are not two different ones of one seat and round, both signed by it, or were denounced before.
		NothingToDenounce,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(!T::MinPeriod::get().is_zero() && T::HistoryDepth::get() > 0);
			assert!(T::MaxLooks::get() > 0 && !T::RetryTime::get().is_zero());
			assert!(T::MinPeriod::get() <= T::MaxAge::get());
			let all = T::WeightInfo::look().saturating_mul(T::MaxLooks::get().into());
			let quarter = T::BlockWeights::get().max_block / 4;
			assert!(all.all_lte(quarter), "looking at feeds must leave room for blocks");
		}

		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			Self::look_at_due(now)
		}

		fn offchain_worker(now: BlockNumberFor<T>) {
			Self::observe(now);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::check_laws()
		}
	}

	#[pallet::call(weight(<T as Config>::WeightInfo))]
	impl<T: Config> Pallet<T> {
		/// Makes a feed, and holds its purse and a deposit for its records.
		///
		/// Emits `Created`.
		#[pallet::call_index(0)]
		pub fn create(origin: OriginFor<T>, draft: DraftOf<T>) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_create(owner, draft)
		}

		/// Adds to a feed's purse; anybody may. What is left in the end is its owner's.
		///
		/// Emits `Funded`.
		#[pallet::call_index(1)]
		pub fn fund(
			origin: OriginFor<T>,
			feed: FeedId,
			#[pallet::compact] amount: BalanceOf<T>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_fund(who, feed, amount)
		}

		/// Gives a feed other sources. Its term ends, and it is curated no more.
		///
		/// Emits `Amended`, and `TermEnded` if there was a committee.
		#[pallet::call_index(2)]
		pub fn amend(origin: OriginFor<T>, feed: FeedId, sources: Sources) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_amend(owner, feed, sources)
		}

		/// Vouches for a feed's sources as they are, or does no more.
		///
		/// Emits `Curated`.
		#[pallet::call_index(3)]
		pub fn curate(origin: OriginFor<T>, feed: FeedId, is_curated: bool) -> DispatchResult {
			T::CuratorOrigin::ensure_origin(origin)?;
			Self::do_curate(feed, is_curated)
		}

		/// Ends a feed: its observers are paid, what is left of the purse returns.
		///
		/// Emits `Closed`, and `TermEnded` if there was a committee.
		#[pallet::call_index(4)]
		pub fn close(origin: OriginFor<T>, feed: FeedId) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_close(owner, feed)
		}

		/// Reports what a committee's nodes saw in the present round, each signed by its worker key over
		/// `opg/observation/1 ‖ genesis hash ‖ (feed, version, round, values, evidence)`, by ascending seats. Free. The first report of
		/// a round brings a quorum, a later one only what is new.
		///
		/// Emits `Reported`, and `Halted` or `Resumed` for keys.
		#[pallet::call_index(5)]
		#[pallet::weight((
			T::WeightInfo::report(observations.len() as u32, values_in(observations)),
			DispatchClass::Operational,
			Pays::No,
		))]
		#[pallet::weight_of_authorize(
			T::WeightInfo::authorize_report(
				observations.len() as u32,
				values_in(observations),
				signed_in(observations),
			)
		)]
		#[pallet::authorize(Self::authorize_report)]
		pub fn report(
			origin: OriginFor<T>,
			feed: FeedId,
			round: Round,
			observations: Observations,
		) -> DispatchResult {
			ensure_authorized(origin)?;
			Self::do_report(feed, round, observations);
			Ok(())
		}

		/// Shows two different observations that one seat signed for one round of the present term. Free if they are.
		///
		/// Emits `Equivocated`.
		#[pallet::call_index(6)]
		pub fn denounce(
			origin: OriginFor<T>,
			feed: FeedId,
			round: Round,
			first: Observation,
			second: Observation,
		) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::do_denounce(feed, round, &first, &second)
		}
	}
}
