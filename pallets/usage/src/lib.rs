//! Who uses the network, who comes back, what they pay and how they are served, counted where requests end.
//!
//! ## Overview
//! The question is whether people come back. Every paid answer is noted as it settles; a note costs the same whatever came before it.
//! Time is cut into epochs. For each epoch the chain knows how many accounts were active and how they came, what they paid, what
//! burnt, what was returned, how many requests failed and how long answers took; and of those who began in one epoch how many
//! were still here so many epochs later, and what they paid then. The same is kept of every model and app, for fewer epochs.
//!
//! ## Terms
//! *Epoch*: [`Config::EpochLength`] blocks, counted from the first block of the chain, so it needs no storage. *Active*: had a paid
//! answer in the epoch; a request that failed or expired makes nobody active. *New*: never was active before; *returning*: was in the epoch
//! before; *resurrected*: was before, but not in the epoch before. Active is the sum of the three. Who was active in the epoch before
//! and is not now has *churned*: that is the earlier epoch's active less the returning. (Growth accounting as in J. Hsu,
//! "Accounting for User Growth", Social Capital 2015, where the returning are called retained.) *Cohort*: the accounts whose first active
//! epoch is the same; *age*: epochs since then. *Never before* and *first* reach back as far as the ring: whoever was not active for
//! [`Config::Epochs`] epochs is forgotten, and new when it comes again.
//!
//! *Scope*: a model or an app ([`Scope`]). An account is new, returning or resurrected at a scope by its use of that scope alone.
//!
//! ## How it is kept
//! *Ring.* An epoch's record stands at its number modulo [`Config::Epochs`] and is overwritten when its place is needed, so turning
//! the ring is no work, however many epochs passed without use. *Rows.* A record holds the cells of all cohorts in that epoch, by
//! age ([`Ages`]): whoever settles, one record is written. *Accounts.* An account's record has its cohort, a bit for each of the last 64
//! epochs, what was paid in each of the last four, by itself and in all, and where it was of late. *Batches.* What a block's transaction notes is added up in
//! memory: one read and write for each account, one for each scope, and the epoch's record ([`batch`]).
//!
//! ## Bounds
//! The ring has [`Config::Epochs`] places. Scopes have counters in an epoch only if they were used in it, at most [`Config::MaxScopes`] models
//! and as many apps, for [`Config::ScopeEpochs`] epochs; beyond, their use counts for the network alone. An account's record is at most
//! 400 bytes and goes when it was not active for as long as the ring goes back. `on_idle` removes what is over, a bounded number of entries in a
//! block; what is asked for never depends on how far it came. Whoever pays for an answer pays for the records it makes: no
//! record is made by anything else.
//!
//! ## Properties
//! Active accounts are the new, the returning and the resurrected. The cells of an epoch hold each active account once and every unit
//! paid. Models come to no more than the network, and so do apps. Each account's own record agrees with every epoch that is kept
//! (`invariants`). Whoever reads the events of requests can count the same again.
//!
//! ## Limits
//! *Accounts can be made up*, and nothing on chain can tell. What they spend cannot: a part of every fee burns. So every count of accounts stands
//! beside a sum of what they paid, and rows by spend are those to lead with: splitting oneself up does not raise them.
//!
//! *Places.* An account is followed at its last [`PLACES`] scopes. One that it used longer ago is forgotten there, and the account new at it
//! when it comes again; in an epoch in which it used more, it counts at the first of them. What is paid and how requests are served counts
//! in full at all of them.
//!
//! *Cohorts* are told apart up to an age of [`AGES`]; the older ones share a cell. [`Config::EpochLength`] and [`Config::Epochs`] can not be changed on
//! a running chain without a migration.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]
#![cfg_attr(
	not(test),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

extern crate alloc;

pub mod account;
pub mod api;
pub mod batch;
mod epoch;
#[cfg(any(feature = "std", feature = "try-runtime"))]
pub mod invariants;
pub mod latency;
mod record;
mod sweep;
pub mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use account::{Account, AccountUse, Arrival, Fees, Place, Presence, FEES, PLACES, SEEN};
pub use batch::Batch;
pub use latency::Latencies;
pub use pallet::*;
pub use types::{
	Ages, Balance, Cell, CohortAge, Counters, Epoch, EpochIndex, EpochSpan, Headcount, Money,
	Scope, Service, Sweep, AGES,
};
pub use weights::WeightInfo;

/// The pallet.
#[frame_support::pallet]
pub mod pallet {
	use super::{
		Account, Counters, Epoch, EpochIndex, Headcount, Money, Scope, Service, Sweep, WeightInfo,
		FEES, SEEN,
	};
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;
	use sp_runtime::traits::Zero;

	/// What the runtime decides for this pallet.
	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// Blocks of an epoch.
		#[pallet::constant]
		type EpochLength: Get<BlockNumberFor<Self>>;

		/// Epochs of which the network's counters are kept, the current one included; after as many without a paid answer an account is
		/// forgotten. 4 to 64.
		#[pallet::constant]
		type Epochs: Get<u32>;

		/// Epochs of which counters of models and apps are kept, the current one included.
		#[pallet::constant]
		type ScopeEpochs: Get<u32>;

		/// The most models with counters of their own in an epoch, and the most apps.
		#[pallet::constant]
		type MaxScopes: Get<u32>;

		/// Weights of the hooks and of what others cause here.
		type WeightInfo: WeightInfo;
	}

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// The pallet's storage.
	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// The network's counters of the last epochs, each at its number modulo their number.
	// `Epochs` entries; nobody chooses the key, so a fast hasher is safe.
	#[pallet::storage]
	pub type Ring<T> = StorageMap<_, Twox64Concat, u32, Epoch>;

	/// Counters of models and apps of the last epochs in which they were used.
	// At most `MaxScopes` of either kind an epoch, each made by a paid request; numbers are counters nobody chooses.
	#[pallet::storage]
	pub type Tallies<T> =
		StorageDoubleMap<_, Twox64Concat, EpochIndex, Twox64Concat, Scope, Counters>;

	/// Accounts with a paid answer in the last epochs.
	// Each was made by a paid answer, and is gone some time after the last one.
	#[pallet::storage]
	pub type Accounts<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Account>;

	/// How far the removal of what is too old has come.
	#[pallet::storage]
	pub type Sweeping<T: Config> = StorageValue<_, Sweep<T::AccountId>, ValueQuery>;

	/// What happened.
	// The one event is told once an epoch, so its size costs nothing.
	#[allow(clippy::large_enum_variant)]
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An epoch is over; its counters will not change any more.
		EpochClosed {
			/// The epoch.
			epoch: EpochIndex,
			/// Accounts with a paid answer.
			accounts: Headcount,
			/// How requests were served.
			service: Service,
			/// What they cost.
			money: Money,
		},
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(!T::EpochLength::get().is_zero());
			let epochs = T::Epochs::get();
			assert!(epochs >= FEES as u32 && epochs <= SEEN, "accounts must be known that long");
			let scopes = T::ScopeEpochs::get();
			assert!(
				scopes > 0 && scopes <= epochs,
				"a scope's epoch must be the network's as well"
			);
		}

		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			let block = T::WeightInfo::initialize();
			if Self::close_epoch(now) {
				return block.saturating_add(T::WeightInfo::close());
			}
			block
		}

		fn on_idle(_: BlockNumberFor<T>, remaining: Weight) -> Weight {
			Self::sweep(remaining)
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::check_laws()
		}
	}
}
