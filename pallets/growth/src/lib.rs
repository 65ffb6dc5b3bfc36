//! What the growth pot is spent on: rebates to who comes back, and grants.
//!
//! ## Overview
//! A large part of the supply streams into the growth pot, and a share of every fee. It leaves in two ways only. Accounts that came
//! back are given back a small part of what they paid ([`Call::claim`]). Governance grants the rest, milestone by milestone, to who
//! brings use: no faster than the models and apps it is granted for burn OPG.
//!
//! ## Terms
//! *Came back*: had a paid answer in an epoch and in one of the three before it. *Rebate*: what is given back of what was paid in such
//! an epoch, out of one's own balance, and not by an app. *Measured grant*: one that is limited by what a model or app burnt. *Root's
//! grants* are not, but wait for [`Config::Delay`] first, so that everybody sees them coming.
//!
//! ## Why nobody earns by using the network alone
//! Of what burns of a fee, at most [`Terms::of_burn`] comes back as a rebate, and at most the rest as a measured grant. So
//! what all growth together pays for a fee is no more than what burnt of it. Somebody who is user, node, validator, storage and owner of
//! model and app at once, under as many names as he likes, has no more after than before, and pays transactions beside. What was burnt
//! is measured where it burns, not computed from shares, so no change of shares opens a gap.
//!
//! ## Properties
//! In an epoch no more is given back, and no more is granted, than its terms say. What was granted for a model or app is no more than what
//! it burnt allows (`invariants`). What an account paid counts once.
//!
//! ## Limits
//! Rebates are claimed for the last three epochs that ended; what is claimed later is lost. Burn is counted when a milestone is
//! released, as far back as counters of models and apps are kept. Who comes first is served while an epoch's rebates last.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]
#![cfg_attr(
	not(test),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

extern crate alloc;

mod grant;
#[cfg(any(feature = "std", feature = "try-runtime"))]
pub mod invariants;
mod rebate;
pub mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::{
	Balance, EpochIndex, Grant, GrantId, Limit, MaxMilestones, Measure, Milestones, Spent, Terms,
};
pub use weights::WeightInfo;

/// A grant of this runtime.
pub type GrantOf<T> =
	Grant<<T as frame_system::Config>::AccountId, frame_system::pallet_prelude::BlockNumberFor<T>>;

/// The pallet.
#[frame_support::pallet]
pub mod pallet {
	use super::{
		Balance, EpochIndex, GrantId, GrantOf, Measure, Milestones, Spent, Terms, WeightInfo,
	};
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;
	use opg_primitives::seams::{GrowthPurse, Subject, UseRecord};
	use sp_runtime::Permill;

	/// What the runtime decides for this pallet.
	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// What is spent.
		type Purse: GrowthPurse<Self::AccountId, Balance>;

		/// Who used what.
		type Record: UseRecord<Self::AccountId, Balance>;

		/// Who makes measured grants, releases milestones and sets the terms.
		type GovernanceOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Who makes grants that nothing measures.
		type RootOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Blocks before such a grant pays anything.
		#[pallet::constant]
		type Delay: Get<BlockNumberFor<Self>>;

		/// The terms until governance sets others.
		#[pallet::constant]
		type InitialTerms: Get<Terms>;

		/// The largest part of what was paid that may be given back.
		#[pallet::constant]
		type MaxOfFees: Get<Permill>;

		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// The pallet's storage.
	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// How much growth may cost.
	#[pallet::storage]
	pub type CurrentTerms<T: Config> =
		StorageValue<_, Terms, ValueQuery, <T as Config>::InitialTerms>;

	/// Grants with milestones to be paid.
	// Only governance adds entries; the key is a counter nobody chooses, so a fast hasher is safe.
	#[pallet::storage]
	pub type Grants<T: Config> = StorageMap<_, Twox64Concat, GrantId, GrantOf<T>>;

	/// The number the next grant gets.
	#[pallet::storage]
	pub type NextGrant<T> = StorageValue<_, GrantId, ValueQuery>;

	/// What models and apps that were granted something burnt.
	// Only governance adds entries, one for each it grants something for; numbers are counters nobody chooses.
	#[pallet::storage]
	pub type Measures<T> = StorageMap<_, Twox64Concat, Subject, Measure>;

	/// What was paid in the epoch in which something was paid last.
	#[pallet::storage]
	pub type LastSpent<T> = StorageValue<_, Spent, ValueQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Somebody who came back was given back a part of what was paid.
		Rebated {
			/// Who.
			who: T::AccountId,
			/// What they had paid.
			paid: Balance,
			/// What was given back.
			amount: Balance,
		},
		/// A grant was made.
		Granted {
			/// The grant.
			grant: GrantId,
			/// Who is paid.
			beneficiary: T::AccountId,
			/// All of its milestones.
			amount: Balance,
		},
		/// A milestone of a grant was reached and paid.
		Released {
			/// The grant.
			grant: GrantId,
			/// What was paid.
			amount: Balance,
		},
		/// What was not paid of a grant will not be.
		Withdrawn {
			/// The grant.
			grant: GrantId,
		},
		/// Growth may cost more or less from now on.
		TermsChanged,
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// The account did not come back, or has been given back what it is due.
		NothingDue,
		/// As much as is given back in an epoch has been given back; the next one comes.
		RebatesExhausted,
		/// As much as is granted in an epoch has been granted; the next one comes.
		GrantsExhausted,
		/// The growth pot does not hold as much.
		PurseTooSmall,
		/// There is no grant of this number, or it has been paid in full.
		GrantUnknown,
		/// Every grant number is taken.
		TooManyGrants,
		/// A grant has at least one milestone, and each pays something.
		MilestonesInvalid,
		/// There is no such model or app.
		SubjectUnknown,
		/// The model or app has not burnt enough for this milestone.
		BurnTooSmall,
		/// The grant pays nothing yet.
		TooEarly,
		/// More would be given back of a fee than is allowed, or as much as burns of it.
		RebateNotBelowBurn,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(Self::check_terms(&T::InitialTerms::get()).is_ok());
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::check_laws()
		}
	}

	#[pallet::call(weight(<T as Config>::WeightInfo))]
	impl<T: Config> Pallet<T> {
		/// Gives somebody who came back a part of what they paid in the last three epochs that ended.
		///
		/// Anybody may call it: the balance goes to `who` alone. Emits `Rebated`.
		#[pallet::call_index(0)]
		pub fn claim(origin: OriginFor<T>, who: T::AccountId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_claim(who)
		}

		/// Grants something for a model or app, milestone by milestone, no faster than that burns OPG from now on.
		///
		/// For governance. Emits `Granted`.
		#[pallet::call_index(1)]
		pub fn grant(
			origin: OriginFor<T>,
			beneficiary: T::AccountId,
			subject: Subject,
			milestones: Milestones,
		) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			Self::do_grant(beneficiary, subject, milestones)
		}

		/// Grants something that nothing measures, milestone by milestone, after a delay.
		///
		/// For root. Emits `Granted`.
		#[pallet::call_index(2)]
		pub fn grant_unmeasured(
			origin: OriginFor<T>,
			beneficiary: T::AccountId,
			milestones: Milestones,
		) -> DispatchResult {
			T::RootOrigin::ensure_origin(origin)?;
			Self::do_grant_unmeasured(beneficiary, milestones)
		}

		/// Pays the next milestone of a grant.
		///
		/// For governance. Emits `Released`.
		#[pallet::call_index(3)]
		pub fn release(origin: OriginFor<T>, grant: GrantId) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			Self::do_release(grant)
		}

		/// Takes back what was not paid of a grant.
		///
		/// For governance. Emits `Withdrawn`.
		#[pallet::call_index(4)]
		pub fn withdraw(origin: OriginFor<T>, grant: GrantId) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			Self::do_withdraw(grant)
		}

		/// Sets how much growth may cost from now on.
		///
		/// For governance. Emits `TermsChanged`.
		#[pallet::call_index(5)]
		pub fn set_terms(origin: OriginFor<T>, terms: Terms) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			Self::check_terms(&terms)?;
			CurrentTerms::<T>::put(terms);
			Self::deposit_event(Event::TermsChanged);
			Ok(())
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// What `claim` would give an account now, were there enough left for the epoch.
		pub fn claimable(who: T::AccountId) -> Balance {
			let paid = T::Record::returned(&who);
			CurrentTerms::<T>::get().rebate(paid.fees, paid.burnt)
		}

		/// What was given back and granted in the epoch that runs.
		pub fn spent() -> Spent {
			Self::spent_in(T::Record::epoch())
		}
	}

	impl<T: Config> Pallet<T> {
		/// What was paid in an epoch, the last one in which something was.
		pub(crate) fn spent_in(epoch: EpochIndex) -> Spent {
			let last = LastSpent::<T>::get();
			if last.epoch == epoch {
				last
			} else {
				Spent { epoch, ..Spent::default() }
			}
		}
	}
}
