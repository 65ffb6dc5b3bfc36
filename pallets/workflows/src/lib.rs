//! Workflows: models that run on feeds by schedule, and derived feeds of what comes out.
//!
//! ## Overview
//! Somebody names a model, numbers of feeds, and how often the one is to be run on the others; the risk of a portfolio every hour, say, from
//! prices. Each run reads the numbers, asks the model as anybody would, and keeps what it answers, with where it came from: a derived feed.
//!
//! ## Terms
//! *Run*: one request. *Purse*: an account without a key that pays for the runs; anybody adds to it by a transfer. *Derived*: what a run gave,
//! with the numbers it was fed, the blocks those were seen in, the model and the request. *Omitted*: a run without a request.
//!
//! ## Life of a workflow
//! `create` → (run → derived, or nothing)* → `stop` → (the last run ends) → gone, and what is left of the purse returns.
//!
//! ## Properties
//! A workflow cannot be changed, only stopped: who reads it knows what it will do as long as its purse lasts. It has one run at a time. A number
//! that is not fresh is never fed to a model. A result names every number it is made of, and is told as fresh no longer than two
//! runs take (`invariants`).
//!
//! ## Design
//! *What a model is fed is made without floats*: 32-bit floats by integer arithmetic, the nearest there are ([`packing`]).
//! *A derived feed is to be trusted no further than what it comes from*: its record says under which trust the model was asked, and
//! whether governance vouches for every feed.
//!
//! ## Limits
//! Models with one input of 32-bit floats or 64-bit integers. A run that ends unanswered is not tried again before its next time.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]
#![cfg_attr(
	not(test),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

extern crate alloc;

pub mod api;
#[cfg(any(feature = "std", feature = "try-runtime"))]
pub mod invariants;
mod packing;
mod run;
pub mod types;
pub mod weights;
mod workflow;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::{
	Derived, Draft, Omission, OnStale, Pending, Question, Source, Taken, Workflow, WorkflowId,
	MAX_INPUTS,
};
pub use weights::WeightInfo;

use frame_support::traits::fungible::Inspect;
use frame_system::pallet_prelude::BlockNumberFor;

/// The currency of purses.
pub type BalanceOf<T> =
	<<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// A workflow of this runtime.
pub type WorkflowOf<T> =
	Workflow<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// What somebody wants run in this runtime.
pub type DraftOf<T> = Draft<BalanceOf<T>, BlockNumberFor<T>>;

/// What somebody asks once in this runtime.
pub type QuestionOf<T> = Question<BalanceOf<T>>;

/// The pallet.
#[frame_support::pallet]
pub mod pallet {
	use super::{
		BalanceOf, Derived, DraftOf, Omission, QuestionOf, Taken, WeightInfo, WorkflowId,
		WorkflowOf,
	};
	use alloc::vec::Vec;
	use frame_support::{pallet_prelude::*, traits::fungible, PalletId};
	use frame_system::pallet_prelude::*;
	use opg_primitives::{
		seams::{FeedReader, ModelCatalogue, RequestDesk},
		ClientKey, RequestId,
	};
	use sp_runtime::traits::Zero;

	/// What the runtime decides for this pallet.
	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// Fills purses and holds deposits.
		type Currency: fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ fungible::Mutate<Self::AccountId>;

		/// The runtime's reasons for holds.
		type RuntimeHoldReason: From<HoldReason>;

		/// The published models.
		type Models: ModelCatalogue<Self::AccountId, BalanceOf<Self>>;

		/// The feeds.
		type Feeds: FeedReader<BlockNumberFor<Self>>;

		/// Takes the requests.
		type Desk: RequestDesk<Self::AccountId, BalanceOf<Self>>;

		/// What asking weighs.
		type AskWeight: Get<Weight>;

		/// From which purses' accounts are made.
		#[pallet::constant]
		type PalletId: Get<PalletId>;

		/// The deposit for a workflow's records.
		#[pallet::constant]
		type Deposit: Get<BalanceOf<Self>>;

		/// The shortest time between two runs.
		#[pallet::constant]
		type MinEvery: Get<BlockNumberFor<Self>>;

		/// Blocks between two looks at a run that may still be answered.
		#[pallet::constant]
		type LookTime: Get<BlockNumberFor<Self>>;

		/// Results kept of each workflow.
		#[pallet::constant]
		type HistoryDepth: Get<u32>;

		/// Workflows at most.
		#[pallet::constant]
		type MaxWorkflows: Get<u32>;

		/// Workflows looked at in one block.
		#[pallet::constant]
		type MaxLooks: Get<u32>;

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
		/// A workflow's deposit.
		Workflow,
	}

	/// Every workflow.
	// At most `MaxWorkflows`; the key is a counter nobody chooses, so a fast hasher is safe. The same holds for the others.
	#[pallet::storage]
	pub type Workflows<T: Config> = CountedStorageMap<_, Twox64Concat, WorkflowId, WorkflowOf<T>>;

	/// What came out of runs: a ring of `HistoryDepth` places for each workflow, by the run's number.
	#[pallet::storage]
	pub type Results<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		WorkflowId,
		Twox64Concat,
		u32,
		Derived<BlockNumberFor<T>>,
	>;

	/// The last run of each workflow that gave something.
	#[pallet::storage]
	pub type Latest<T> = StorageMap<_, Twox64Concat, WorkflowId, u32>;

	/// Which workflows to look at in which block. Every workflow has one place.
	// `MaxLooks` a block.
	#[pallet::storage]
	pub type Agenda<T: Config> = StorageMap<
		_,
		Twox64Concat,
		BlockNumberFor<T>,
		BoundedVec<WorkflowId, T::MaxLooks>,
		ValueQuery,
	>;

	/// The number the next workflow gets.
	#[pallet::storage]
	pub type NextWorkflow<T> = StorageValue<_, WorkflowId, ValueQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A workflow was made.
		Created {
			/// The workflow.
			workflow: WorkflowId,
			/// Whose it is.
			owner: T::AccountId,
			/// The account that pays for its runs.
			purse: T::AccountId,
		},
		/// A run began.
		RunBegan {
			/// The workflow.
			workflow: WorkflowId,
			/// Which run.
			run: u32,
			/// The request it made.
			request: RequestId,
		},
		/// A run was left out.
		RunOmitted {
			/// The workflow.
			workflow: WorkflowId,
			/// Why.
			cause: Omission,
		},
		/// A run gave a result.
		Derived {
			/// The workflow.
			workflow: WorkflowId,
			/// Which run.
			run: u32,
			/// The request that was answered.
			request: RequestId,
		},
		/// A run ended without an answer.
		RunFailed {
			/// The workflow.
			workflow: WorkflowId,
			/// Which run.
			run: u32,
			/// The request.
			request: RequestId,
		},
		/// Somebody asked a model once, on numbers of feeds.
		Asked {
			/// The request it made.
			request: RequestId,
			/// What the model is fed.
			taken: Vec<Taken<BlockNumberFor<T>>>,
		},
		/// A question was not put to the model: a number it was to be fed is stale, withheld or was not told often enough yet.
		InputStale {
			/// Who asked.
			who: T::AccountId,
			/// Their name for it.
			client_key: ClientKey,
		},
		/// A workflow makes no more runs.
		Stopped {
			/// The workflow.
			workflow: WorkflowId,
		},
		/// A workflow is gone.
		Ended {
			/// The workflow.
			workflow: WorkflowId,
			/// What returned of its purse.
			returned: BalanceOf<T>,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no workflow of this number.
		WorkflowUnknown,
		/// Only who made the workflow may do this.
		NotOwner,
		/// The workflow was stopped before.
		WorkflowStopped,
		/// There are as many workflows as there can be.
		TooManyWorkflows,
		/// A model is fed 1 to 64 numbers of feeds that are there.
		InputsInvalid,
		/// A model is fed numbers, and one of the feeds tells bytes.
		InputOfBytes,
		/// A number is stale, withheld, or was not told as often as wanted yet.
		InputNotFresh,
		/// The model takes no new requests.
		ModelUnknown,
		/// The model takes something else than one tensor of so many 32-bit floats or 64-bit integers.
		ModelUnfit,
		/// Runs are too close to each other: the next must come after the last one's deadline.
		EveryTooShort,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(!T::MinEvery::get().is_zero() && !T::LookTime::get().is_zero());
			assert!(T::HistoryDepth::get() > 0 && T::MaxLooks::get() > 0);
			let all = Self::look_weight().saturating_mul(T::MaxLooks::get().into());
			let tenth = T::BlockWeights::get().max_block / 10;
			assert!(all.all_lte(tenth), "workflows must leave room for blocks");
		}

		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			Self::look_at_due(now)
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::check_laws()
		}
	}

	#[pallet::call(weight(<T as Config>::WeightInfo))]
	impl<T: Config> Pallet<T> {
		/// Makes a workflow, holds a deposit for its records and fills its purse.
		///
		/// Emits `Created`.
		#[pallet::call_index(0)]
		pub fn create(origin: OriginFor<T>, draft: DraftOf<T>) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_create(owner, draft)
		}

		/// Ends a workflow's runs. It goes once its last run has ended, and what is left of its purse returns.
		///
		/// Emits `Stopped`, and `Ended` when it goes.
		#[pallet::call_index(1)]
		pub fn stop(origin: OriginFor<T>, workflow: WorkflowId) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_stop(owner, workflow)
		}

		/// Asks a model once, on what feeds tell now; the request is the sender's, as if they had typed the numbers themselves. Where a number
		/// is not fresh it is refused, or its result is that it is, as the question says.
		///
		/// Emits `Asked`, or `InputStale`.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::ask().saturating_add(T::AskWeight::get()))]
		pub fn ask(origin: OriginFor<T>, question: QuestionOf<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_ask(&who, question)
		}
	}
}
