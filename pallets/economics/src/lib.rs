//! The supply in published pots, its vesting, the split of fees, and what stakers are paid from.
//!
//! ## Overview
//! Every OPG there will ever be is minted in the genesis, into one pot for each bucket of the published table. What is in a
//! bucket unlocks by the clock. Until then it lies in an account no key opens, so it can be neither held, staked nor voted
//! with. Fees for answers are split in public shares. Validators and their nominators are paid from a bucket and from fees:
//! nothing is ever minted for them.
//!
//! ## Terms
//! *Bucket*: a part of the supply that was published with what it is for ([`Bucket`]). *Pot*: an account through which
//! balance passes on its way to those who earn it ([`Pot`]). *Launch*: the time of the first block that has one; months are
//! counted from it, each a twelfth of 365.25 days ([`bucket::MONTH`]). *Allocation*: what a beneficiary was given of a
//! bucket; it vests as the bucket does. *Shares*: the parts of a fee ([`Shares`]). *Promise*: what is kept back for the
//! stakers of an era that has ended ([`Promise`]).
//!
//! ## Life of a bucket
//! Ecosystem streams into [`Pot::Growth`] every [`Config::StreamPeriod`] blocks. Staking is drawn when an era ends. Of the
//! others, governance gives parts to beneficiaries (`allocate`); what has vested of those anybody may have paid out to them
//! (`claim`). A stream that was late, however long, makes up for it: what is due is always all that has vested less all
//! that has left.
//!
//! ## Rewards
//! When an era ends, what has vested of the staking bucket and what [`Pot::Validators`] collected go to [`Pot::Rewards`].
//! Of what is in there, what can still be claimed of earlier eras stays promised to them; the rest is the reward of the era
//! that ends. Staking computes who gets what of it and deposits that when somebody claims; the debt it leaves is settled
//! from the pot in the same call.
//!
//! What can still be claimed is read from staking's own record ([`RewardRecord`]), not counted along: so what nobody
//! claimed in time, what rounding left and what staking could not pay are all found again, without a word of bookkeeping
//! that could drift, and go to the stakers of the next era. A claim in time finds its balance: the pot held all that was
//! open when the last era ended, only claims take from it, and none is more than the record said. The one exception is that
//! each payment is rounded to the nearest unit, so an era can pay out half a unit a payment more than was promised. The
//! pot's [`Config::Endowment`], which is never promised, is there for that, and the next promise makes it whole again.
//!
//! ## Properties
//! A bucket's pot holds all that has not left it, and nothing leaves before it vests. What is open of its allocations is
//! what it gave less what it paid. The shares are a whole, and growth is less than what burns. The pot for rewards covers
//! every reward that can be claimed (`invariants`). The parts of a fee are the fee, to the unit.
//!
//! ## Design
//! Anybody may claim for a beneficiary, since the balance goes nowhere else: a cold key or a multisig need not sign for it.
//! Claims that could not make an account are refused by name.
//!
//! Shares are read once for each batch of fees, and each account is paid once.
//!
//! ## Limits
//! An allocation cannot be taken back. Validators' share of fees reaches whoever validates in the era in which it was
//! collected, not those who had the transactions. An era's end reads two entries for each
//! validator of each era who has something open, and those open pages of nominators of which another was claimed; sessions
//! already count such a block as full.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]
#![cfg_attr(
	not(test),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

extern crate alloc;

mod allocation;
pub mod bucket;
mod growth;
#[cfg(any(feature = "std", feature = "try-runtime"))]
pub mod invariants;
pub mod pot;
mod purse;
mod reward;
pub mod shares;
pub mod split;
mod supply;
pub mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use bucket::{Bucket, Schedule};
pub use pallet::*;
pub use pot::Pot;
pub use shares::Shares;
pub use types::{Allocation, Balance, EraIndex, Ledger, Promise};
pub use weights::WeightInfo;

use frame_support::traits::fungible::{Credit, Debt};

/// Balance on its way to an account.
pub type CreditOf<T> = Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;

/// Balance an account already has and somebody must still pay for.
pub type DebtOf<T> = Debt<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;

/// The pallet.
#[frame_support::pallet]
pub mod pallet {
	use super::{Allocation, Balance, Bucket, EraIndex, Ledger, Promise, Shares, WeightInfo};
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{self, Inspect},
			UnixTime,
		},
	};
	use frame_system::pallet_prelude::*;
	use opg_primitives::seams::{FileUse, RewardRecord};
	use sp_runtime::{AccountId32, Perbill, SaturatedConversion};

	/// What the runtime decides for this pallet.
	#[pallet::config]
	pub trait Config:
		frame_system::Config<RuntimeEvent: From<Event<Self>>, AccountId: From<AccountId32>>
	{
		/// OPG.
		type Currency: fungible::Mutate<Self::AccountId, Balance = Balance>
			+ fungible::Balanced<Self::AccountId, Balance = Balance>;

		/// The clock by which buckets unlock.
		type Time: UnixTime;

		/// What stakers can still claim.
		type Stakers: RewardRecord<Self::AccountId, Balance>;

		/// Where the storage share of fees is shared out.
		type Files: FileUse<Balance>;

		/// Who gives allocations and sets the shares of fees.
		type GovernanceOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// All there is, from the genesis on.
		#[pallet::constant]
		type Supply: Get<Balance>;

		/// What each pot and each bucket's pot has beside what passes through it, so that it exists. For rewards it is also
		/// what rounding may take until the era ends.
		#[pallet::constant]
		type Endowment: Get<Balance>;

		/// The shares of fees until governance sets others.
		#[pallet::constant]
		type InitialShares: Get<Shares>;

		/// Blocks between two steps of the stream into the growth pot.
		#[pallet::constant]
		type StreamPeriod: Get<BlockNumberFor<Self>>;

		/// Eras with rewards open at once, at most: as many as staking keeps.
		#[pallet::constant]
		type MaxPromises: Get<u32>;

		/// Validators of an era at most.
		#[pallet::constant]
		type MaxValidators: Get<u32>;

		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// The pallet's storage.
	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// When the chain was launched, in milliseconds of Unix time.
	#[pallet::storage]
	pub type Launch<T> = StorageValue<_, u64>;

	/// What became of each bucket so far.
	// Seven entries; nobody chooses the key, so a fast hasher is safe.
	#[pallet::storage]
	pub type Ledgers<T> = StorageMap<_, Twox64Concat, Bucket, Ledger, ValueQuery>;

	/// What beneficiaries were given and have not been paid in full.
	// Only governance adds entries; one that was paid in full is gone.
	#[pallet::storage]
	pub type Allocations<T: Config> =
		StorageDoubleMap<_, Twox64Concat, Bucket, Blake2_128Concat, T::AccountId, Allocation>;

	/// The shares of fees.
	#[pallet::storage]
	pub type CurrentShares<T: Config> =
		StorageValue<_, Shares, ValueQuery, <T as Config>::InitialShares>;

	/// What is kept back for the stakers of eras that have ended, the oldest first.
	#[pallet::storage]
	pub type Promises<T: Config> = StorageValue<_, BoundedVec<Promise, T::MaxPromises>, ValueQuery>;

	/// Of whose parts of an era's reward something could still be claimed when an era last ended, and those parts.
	// As many entries as `Promises` has; nobody chooses the key, so a fast hasher is safe.
	#[pallet::storage]
	pub type Open<T: Config> = StorageMap<
		_,
		Twox64Concat,
		EraIndex,
		BoundedVec<(T::AccountId, Perbill), T::MaxValidators>,
		ValueQuery,
	>;

	/// What beneficiaries have from the first block on.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Bucket, beneficiary, amount.
		pub allocations: Vec<(Bucket, T::AccountId, Balance)>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			// A genesis that endows nobody, as tools build it to look at defaults, has nothing to lay out: it holds at most what
			// the treasury, which the SDK lets mint that for itself, must have to exist.
			let nobody = T::Currency::minimum_balance();
			if T::Currency::total_issuance() <= nobody && self.allocations.is_empty() {
				return;
			}
			Pallet::<T>::open_buckets().expect("a preset issues the supply into its buckets; qed");
			for (bucket, beneficiary, amount) in self.allocations.iter().cloned() {
				Pallet::<T>::do_allocate(bucket, beneficiary, amount)
					.expect("a preset gives no more than a bucket has; qed");
			}
		}
	}

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// The clock by which buckets unlock has begun to run.
		Launched {
			/// Milliseconds of Unix time.
			at: u64,
		},
		/// A beneficiary was given a part of a bucket.
		Allocated {
			/// The bucket.
			bucket: Bucket,
			/// Who gets it as it vests.
			beneficiary: T::AccountId,
			/// How much.
			amount: Balance,
		},
		/// What had vested of an allocation was paid.
		Claimed {
			/// The bucket.
			bucket: Bucket,
			/// Who got it.
			beneficiary: T::AccountId,
			/// How much.
			amount: Balance,
		},
		/// What had unlocked of the ecosystem bucket went to the growth pot.
		Streamed {
			/// How much.
			amount: Balance,
		},
		/// Fees are split in other shares from now on.
		SharesChanged,
		/// The burnt share of a batch of fees is gone.
		FeesBurnt {
			/// How much.
			amount: Balance,
		},
		/// An era ended and its stakers were promised a reward.
		RewardPromised {
			/// The era.
			era: EraIndex,
			/// What came from the staking bucket.
			emitted: Balance,
			/// What came from transaction fees and shares of fees.
			collected: Balance,
			/// The reward. More than came if earlier eras left something, less if their roundings took something.
			promised: Balance,
		},
		/// What was promised did not suffice for a reward that was claimed. Should never happen.
		RewardUncovered {
			/// What had to be paid from elsewhere.
			amount: Balance,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// The beneficiary has nothing open in the bucket.
		AllocationUnknown,
		/// Nothing more has vested of the allocation.
		NothingVested,
		/// The beneficiary has no account, and what has vested is too little for one: wait until more has.
		BelowExistentialDeposit,
		/// The chain itself draws from the bucket: it has no beneficiaries.
		BucketStreams,
		/// The allocation is less than an account must have.
		AllocationTooSmall,
		/// The bucket has not as much left to give.
		AllocationTooLarge,
		/// The shares are not a whole.
		SharesNotWhole,
		/// The growth share must be less than the burnt share: else paying oneself could earn.
		GrowthNotBelowBurn,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			let is_launched = Launch::<T>::exists();
			let close =
				if is_launched { T::WeightInfo::launched() } else { T::WeightInfo::launch() };
			let period = T::StreamPeriod::get().saturated_into::<u64>();
			if now.saturated_into::<u64>().checked_rem(period) != Some(0) {
				return close;
			}
			Self::stream();
			close.saturating_add(T::WeightInfo::stream())
		}

		fn on_finalize(_: BlockNumberFor<T>) {
			// A block's time is known when its transactions have run.
			if !Launch::<T>::exists() {
				Self::launch();
			}
		}

		fn integrity_test() {
			assert!(T::StreamPeriod::get().saturated_into::<u64>() > 0);
			assert!(T::InitialShares::get().are_whole());
			assert!(T::InitialShares::get().burn_more_than_grows());
			let supply = T::Supply::get();
			let totals = Bucket::ALL.map(|bucket| bucket.schedule(supply).total);
			assert_eq!(totals.iter().sum::<Balance>(), supply, "the buckets are the supply");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::check_laws()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Pays a beneficiary what has vested of its part of a bucket.
		///
		/// Anybody may call it: the balance goes to the beneficiary alone. Emits `Claimed`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::claim())]
		pub fn claim(
			origin: OriginFor<T>,
			bucket: Bucket,
			beneficiary: T::AccountId,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_claim(bucket, beneficiary)
		}

		/// Gives a beneficiary a part of a bucket, which vests as the bucket does; more than before if it has one already.
		///
		/// For governance. Emits `Allocated`.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::allocate())]
		pub fn allocate(
			origin: OriginFor<T>,
			bucket: Bucket,
			beneficiary: T::AccountId,
			#[pallet::compact] amount: Balance,
		) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			Self::do_allocate(bucket, beneficiary, amount)
		}

		/// Splits fees in other shares from now on.
		///
		/// For governance. Emits `SharesChanged`.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::set_shares())]
		pub fn set_shares(origin: OriginFor<T>, shares: Shares) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			ensure!(shares.are_whole(), Error::<T>::SharesNotWhole);
			ensure!(shares.burn_more_than_grows(), Error::<T>::GrowthNotBelowBurn);
			CurrentShares::<T>::put(shares);
			Self::deposit_event(Event::SharesChanged);
			Ok(())
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// What has unlocked of a bucket so far.
		pub fn vested(bucket: Bucket) -> Balance {
			Self::vested_of(bucket)
		}

		/// What `claim` would pay a beneficiary now.
		pub fn claimable(bucket: Bucket, beneficiary: T::AccountId) -> Balance {
			let allocation = Allocations::<T>::get(bucket, beneficiary).unwrap_or_default();
			Self::due(bucket, &allocation)
		}
	}
}
