//! Apps: passes to them, and requests they pay for.
//!
//! ## Overview
//! An app is whatever people use that asks models for them. It is registered here so that it can sell access, pay for what its
//! users ask, and be told apart in the counts of use. A request names the app it is made through and on what footing ([`Access`]).
//!
//! ## Terms
//! *Pass*: lets its holder name the app in so many requests for so many epochs. *Offer*: a pass for sale. *Purse*: an account
//! without a key, one for each app; whoever sends to it fills it, and the owner may take out what is not spoken for. *Sponsored*: paid
//! from the purse, upkeep included. *Credit*: what an app pays for somebody it named. *Standing*: the pass and the credit of an account
//! with an app, in one record.
//!
//! ## Life of an app
//! `register` → (`set_offers` | `sponsor` | `grant` | `credit` | `withdraw`)* → `retire` → `remove`, once nothing it gave or sold holds
//! any more and no request of it can be open. Passes outlive the app's retirement, not its removal.
//!
//! ## What is paid, and by whom
//! ```text
//! Access          pays        uses up
//! Named           requester   nothing
//! Pass            requester   a request of the pass
//! SponsoredPass   purse       a request of the pass
//! Credit          purse       the credit
//! ```
//! A pass's price is split as the fee of an answer is, with the app's owner in the node's and the model owner's place. A request that
//! nobody answered gives back what it used up, and what it held of the purse returns there. A request that its sender takes back has
//! cost the purse the upkeep, so it gives back no request of a sponsored pass; one that nodes found to have no answer was served, and
//! gives back nothing.
//!
//! ## Properties
//! Deposits held for apps are what their records say. Nothing an app gave holds longer than its record says; nobody's standing is with
//! an app that does not exist, unless it is over and about to be removed (`invariants`). An app never pays beyond its purse, nor, in an
//! epoch, beyond its cap.
//!
//! ## Design
//! *Whom an app pays for.* Whoever could make up accounts and own a node would ask through the one to be paid by the other. So an app
//! pays only for accounts it named, or that bought a pass; for models it named; by nodes it named, if it wants to be sure; and never more
//! than its cap. Nothing is given to accounts for being new.
//!
//! *New accounts.* A credit may come with an endowment from the purse, from which a new account exists and pays its transactions.
//!
//! *One record.* What must be known to let somebody in is one entry under (app, account).
//!
//! ## Limits
//! What a request returns counts for the epoch in which it returns: an app may pay up to twice its cap in two epochs, in one of them more
//! than in the other. A purse is shared by all whom its app pays for: who comes first is served.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]
#![cfg_attr(
	not(test),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

extern crate alloc;

pub mod api;
mod app;
mod desk;
#[cfg(any(feature = "std", feature = "try-runtime"))]
pub mod invariants;
mod pass;
mod purse;
mod sweep;
pub mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use opg_primitives::app::Access;
pub use pallet::*;
pub use types::{
	App, Credit, EpochIndex, MaxName, Offer, Offers, Pass, Promise, Sponsorship, Standing, Status,
	Sweep, Terms,
};
pub use weights::WeightInfo;

use frame_support::traits::fungible::{self, Inspect};

/// The currency apps are paid in.
pub type BalanceOf<T> =
	<<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// Balance on its way from one account to another.
pub type CreditOf<T> =
	fungible::Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;

/// An app of this runtime.
pub type AppOf<T> = App<
	<T as frame_system::Config>::AccountId,
	BalanceOf<T>,
	frame_system::pallet_prelude::BlockNumberFor<T>,
>;

/// The pallet.
#[frame_support::pallet]
pub mod pallet {
	use super::{
		AppOf, BalanceOf, CreditOf, EpochIndex, MaxName, Offer, Offers, Pass, Promise, Sponsorship,
		Standing, Sweep, Terms, WeightInfo,
	};
	use frame_support::{
		pallet_prelude::*,
		traits::{fungible, OnUnbalanced},
		PalletId,
	};
	use frame_system::pallet_prelude::*;
	use opg_primitives::{
		seams::{FeeSplitter, ModelCatalogue},
		AppId,
	};

	/// What the runtime decides for this pallet.
	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// Holds deposits and pays for passes.
		type Currency: fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ fungible::Mutate<Self::AccountId>
			+ fungible::Balanced<Self::AccountId>;

		/// The runtime's reasons for holds.
		type RuntimeHoldReason: From<HoldReason>;

		/// Splits what is paid for passes.
		type Fees: FeeSplitter<Self::AccountId, CreditOf<Self>, Balance = BalanceOf<Self>>;

		/// The published models.
		type Models: ModelCatalogue<Self::AccountId, BalanceOf<Self>>;

		/// The epoch that runs.
		type Epoch: Get<EpochIndex>;

		/// Receives what owners pay for the records they make for others.
		type RecordFees: OnUnbalanced<CreditOf<Self>>;

		/// What an owner pays for a pass or a credit it gives. Nothing holds for ever, so it is not returned.
		#[pallet::constant]
		type RecordFee: Get<BalanceOf<Self>>;

		/// The deposit for an app.
		#[pallet::constant]
		type Deposit: Get<BalanceOf<Self>>;

		/// The least price of a pass; keeps every share of it worth paying.
		#[pallet::constant]
		type MinPrice: Get<BalanceOf<Self>>;

		/// Epochs for which a pass or a credit may hold, at most.
		#[pallet::constant]
		type MaxEpochs: Get<u32>;

		/// Blocks between retiring and removing; no request lives longer.
		#[pallet::constant]
		type RetirementDelay: Get<BlockNumberFor<Self>>;

		/// What purses' accounts are made from.
		#[pallet::constant]
		type PurseId: Get<PalletId>;

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
		/// The deposit for an app.
		App,
	}

	/// Every app that was registered and not removed.
	// Bounded by deposits; the key is a counter nobody chooses, so a fast hasher is safe.
	#[pallet::storage]
	pub type Apps<T: Config> = StorageMap<_, Twox64Concat, AppId, AppOf<T>>;

	/// The number the next app gets.
	#[pallet::storage]
	pub type NextApp<T> = StorageValue<_, AppId, ValueQuery>;

	/// What apps pay for; apart, since it changes with every request they pay for.
	// One entry an app at most, gone with it.
	#[pallet::storage]
	pub type Sponsorships<T: Config> =
		StorageMap<_, Twox64Concat, AppId, Sponsorship<BalanceOf<T>>>;

	/// The passes and credits of accounts.
	// Each was paid for, holds `MaxEpochs` epochs at the most, and is removed some time after.
	#[pallet::storage]
	pub type Standings<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		AppId,
		Blake2_128Concat,
		T::AccountId,
		Standing<BalanceOf<T>>,
	>;

	/// How far the removal of what does not hold any more has come.
	#[pallet::storage]
	pub type Sweeping<T: Config> = StorageValue<_, Sweep<T::AccountId>, ValueQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An app was registered.
		Registered {
			/// The app's number.
			app: AppId,
			/// Who registered it.
			owner: T::AccountId,
		},
		/// An app sells other passes from now on.
		OffersChanged {
			/// The app.
			app: AppId,
		},
		/// Somebody bought a pass.
		Bought {
			/// The app.
			app: AppId,
			/// Who.
			who: T::AccountId,
			/// What was paid.
			price: BalanceOf<T>,
			/// The part of it that burnt.
			burn: BalanceOf<T>,
			/// The pass, with what was left of one before.
			pass: Pass,
		},
		/// An app gave somebody a pass.
		Granted {
			/// The app.
			app: AppId,
			/// Who has it.
			who: T::AccountId,
			/// The pass, with what was left of one before.
			pass: Pass,
		},
		/// A pass has another holder.
		PassTransferred {
			/// The app.
			app: AppId,
			/// Who had it.
			from: T::AccountId,
			/// Who has it.
			to: T::AccountId,
		},
		/// What an app pays for changed.
		SponsorshipChanged {
			/// The app.
			app: AppId,
			/// Whether it pays for anything.
			is_open: bool,
		},
		/// An app named somebody it pays for.
		Credited {
			/// The app.
			app: AppId,
			/// Whom.
			who: T::AccountId,
			/// What may be spent of the purse.
			amount: BalanceOf<T>,
			/// What the account was given, to exist and to pay its transactions.
			endowment: BalanceOf<T>,
		},
		/// An owner took balance out of a purse.
		Withdrawn {
			/// The app.
			app: AppId,
			/// How much.
			amount: BalanceOf<T>,
		},
		/// An app gives and sells nothing any more.
		Retired {
			/// The app.
			app: AppId,
		},
		/// An app's record is gone; its deposit and what was in its purse returned.
		Removed {
			/// The app.
			app: AppId,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no app of this number.
		AppUnknown,
		/// Only the app's owner may do this.
		NotOwner,
		/// The app is retired.
		AppRetired,
		/// The app is not retired, or not for long enough: what it gave may still hold, or a request of it be open.
		AppInUse,
		/// Every app number is taken.
		TooManyApps,
		/// The name is not UTF-8 or is empty.
		NameInvalid,
		/// A pass gives at least one request for at least one epoch, and for no more epochs than is allowed.
		TermsInvalid,
		/// The price is below the least price.
		PriceTooLow,
		/// The app does not sell this pass at this price.
		OfferUnknown,
		/// With what is left of the pass before it, the pass would hold too long or for too many requests.
		PassTooLong,
		/// The account has no pass.
		NoPass,
		/// The pass does not hold any more.
		PassExpired,
		/// Every request of the pass is used up.
		QuotaExhausted,
		/// The pass may not be passed on.
		NotTransferable,
		/// Whoever should get the pass has one.
		PassHeld,
		/// The app pays for nothing.
		NotSponsored,
		/// The app does not pay for requests to this model.
		ModelNotSponsored,
		/// The app names the nodes it pays, and a quorum is drawn from all.
		TrustNotSponsored,
		/// The app does not pay for holders of passes.
		PassesNotSponsored,
		/// What an app pays for names at least one model, each that exists once, and each node once.
		PromiseInvalid,
		/// The account has no credit.
		NoCredit,
		/// The credit does not hold any more.
		CreditExpired,
		/// Too little is left of the credit.
		CreditExhausted,
		/// The app has paid as much in this epoch as it wants to.
		CapReached,
		/// The purse does not hold as much.
		PurseTooSmall,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MaxEpochs::get() > 0);
		}

		fn on_idle(_: BlockNumberFor<T>, remaining: Weight) -> Weight {
			Self::sweep(remaining)
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::check_laws()
		}
	}

	#[pallet::call(weight(<T as Config>::WeightInfo))]
	impl<T: Config> Pallet<T> {
		/// Registers an app and holds the deposit for it.
		///
		/// Emits `Registered`.
		#[pallet::call_index(0)]
		pub fn register(origin: OriginFor<T>, name: BoundedVec<u8, MaxName>) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_register(owner, name)
		}

		/// Sells these passes from now on, and no others.
		///
		/// Emits `OffersChanged`.
		#[pallet::call_index(1)]
		pub fn set_offers(
			origin: OriginFor<T>,
			app: AppId,
			offers: Offers<BalanceOf<T>>,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_set_offers(owner, app, offers)
		}

		/// Buys a pass, which is added to what is left of one before. The whole offer is named, so nobody buys other terms than were read.
		///
		/// Emits `Bought`.
		#[pallet::call_index(2)]
		pub fn buy(origin: OriginFor<T>, app: AppId, offer: Offer<BalanceOf<T>>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_buy(who, app, offer)
		}

		/// Gives somebody a pass, which is added to what is left of one before. The owner pays the fee for the record.
		///
		/// Emits `Granted`.
		#[pallet::call_index(3)]
		pub fn grant(
			origin: OriginFor<T>,
			app: AppId,
			who: T::AccountId,
			terms: Terms,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_grant(owner, app, who, terms)
		}

		/// Passes a pass on to somebody who has none.
		///
		/// Emits `PassTransferred`.
		#[pallet::call_index(4)]
		pub fn transfer_pass(origin: OriginFor<T>, app: AppId, to: T::AccountId) -> DispatchResult {
			let from = ensure_signed(origin)?;
			Self::do_transfer_pass(from, app, to)
		}

		/// Says what the app pays for from its purse from now on; `None` for nothing.
		///
		/// Emits `SponsorshipChanged`.
		#[pallet::call_index(5)]
		pub fn sponsor(
			origin: OriginFor<T>,
			app: AppId,
			promise: Option<Promise<BalanceOf<T>>>,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_sponsor(owner, app, promise)
		}

		/// Names somebody for whom the app pays up to `amount`, for `epochs` epochs; what is left of an earlier credit is forgotten. The
		/// `endowment` is sent from the purse, so that a new account exists and can pay its transactions. The owner pays the fee for the record.
		///
		/// Emits `Credited`.
		#[pallet::call_index(6)]
		pub fn credit(
			origin: OriginFor<T>,
			app: AppId,
			who: T::AccountId,
			#[pallet::compact] amount: BalanceOf<T>,
			epochs: u32,
			#[pallet::compact] endowment: BalanceOf<T>,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_credit(owner, app, who, amount, epochs, endowment)
		}

		/// Takes balance out of the purse.
		///
		/// Emits `Withdrawn`.
		#[pallet::call_index(7)]
		pub fn withdraw(
			origin: OriginFor<T>,
			app: AppId,
			#[pallet::compact] amount: BalanceOf<T>,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_withdraw(owner, app, amount)
		}

		/// Ends what the app gives and sells; what it gave and sold holds on.
		///
		/// Emits `Retired`.
		#[pallet::call_index(8)]
		pub fn retire(origin: OriginFor<T>, app: AppId) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_retire(owner, app)
		}

		/// Takes a retired app's record away, and returns its deposit and what is in its purse.
		///
		/// Emits `Removed`.
		#[pallet::call_index(9)]
		pub fn remove(origin: OriginFor<T>, app: AppId) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_remove(owner, app)
		}
	}
}
