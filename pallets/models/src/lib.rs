//! Published models: what a content id takes, gives, costs and may be trusted by.
//!
//! ## Overview
//! A model is a file somewhere off chain, named by its content id, together with the terms on which it answers. Whoever
//! publishes it owns it, puts down a deposit for the record, and may change the price or retire it.
//!
//! ## Life of a model
//! `publish` → (`update_price`)* → `retire` → after [`Config::RetirementDelay`] `remove`. A retired model takes no new requests;
//! its record stays long enough for every open request to end, then the owner takes it away and the deposit back. Governance may
//! `pause` a model that does harm and `resume` it: requests that are open go on, new ones are refused.
//!
//! ## Circuits
//! A model that may be asked under a proof names its circuit: a key registered with the proofs, which stays while the model does, and
//! what anyone needs to make the key again. The key has a public input for each element of all inputs and outputs, so nothing asked or
//! answered is hidden. That it is the key of this model is the publisher's word, until nodes have made it again, or governance has (`audit`). A
//! model whose key they find to be another is suspended, and its deposit is gone; governance alone can take that back.
//!
//! ## Prices
//! The owner sets the price of an answer. While requests for a model wait because no node has a place free, an answer costs more, by a
//! sixteenth a block and within what governance allows; when none waits, that falls again ([`demand`]). What it costs more is
//! paid to nobody: it burns, so making others wait earns nothing.
//!
//! ## Properties
//! The deposits held for models are exactly those their records name (`invariants`). A model's ports and content never change:
//! another file is another model.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]
#![cfg_attr(
	not(test),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

extern crate alloc;

mod audit;
pub mod demand;
#[cfg(any(feature = "std", feature = "try-runtime"))]
pub mod invariants;
mod model;
pub mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use demand::Demand;
pub use pallet::*;
pub use types::{Draft, Model, Status};
pub use weights::WeightInfo;

use frame_support::traits::fungible::Inspect;

/// The currency deposits are held in.
pub type BalanceOf<T> =
	<<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// A model of this runtime.
pub type ModelOf<T> = Model<
	<T as frame_system::Config>::AccountId,
	BalanceOf<T>,
	frame_system::pallet_prelude::BlockNumberFor<T>,
>;

/// The pallet.
#[frame_support::pallet]
pub mod pallet {
	use super::{BalanceOf, Demand, Draft, ModelOf, WeightInfo};
	use frame_support::{pallet_prelude::*, traits::fungible};
	use frame_system::pallet_prelude::*;
	use opg_primitives::{seams::ProofKeys, ContentId, ModelId};
	use sp_runtime::Permill;

	/// What the runtime decides for this pallet.
	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// Who pauses and resumes models.
		type CuratorOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Holds deposits.
		type Currency: fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The runtime's reasons for holds.
		type RuntimeHoldReason: From<HoldReason>;

		/// The keys of circuits.
		type Keys: ProofKeys;

		/// Deposit for a record, before its bytes.
		#[pallet::constant]
		type DepositBase: Get<BalanceOf<Self>>;

		/// Deposit for each byte of a record.
		#[pallet::constant]
		type DepositPerByte: Get<BalanceOf<Self>>;

		/// The least price of an answer; keeps every share of it worth paying.
		#[pallet::constant]
		type MinPrice: Get<BalanceOf<Self>>;

		/// The most that demand may add to a price, in millionths of it.
		type MaxSurcharge: Get<u32>;

		/// The most of a node's share an owner may ask for.
		#[pallet::constant]
		type MaxRoyalty: Get<Permill>;

		/// Blocks between retiring and removing; no request lives longer.
		#[pallet::constant]
		type RetirementDelay: Get<BlockNumberFor<Self>>;

		/// Weights of the calls.
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
		/// The deposit for a model's record.
		Model,
	}

	/// Every model that was published and not removed.
	// Bounded by deposits; the key is a counter nobody chooses, so a fast hasher is safe.
	#[pallet::storage]
	pub type Models<T: Config> = StorageMap<_, Twox64Concat, ModelId, ModelOf<T>>;

	/// The number the next model gets.
	#[pallet::storage]
	pub type NextModel<T> = StorageValue<_, ModelId, ValueQuery>;

	/// How many sixteenths of a block answers of a model took of late, averaged with the newest weighing an eighth.
	// One entry a model, gone with it.
	#[pallet::storage]
	pub type AnswerTimes<T> = StorageMap<_, Twox64Concat, ModelId, u32, ValueQuery>;

	/// What demand adds to models' prices.
	// One entry a model at most, gone with it.
	#[pallet::storage]
	pub type Demands<T: Config> =
		StorageMap<_, Twox64Concat, ModelId, Demand<BlockNumberFor<T>>, ValueQuery>;

	/// How many models are made of a file.
	// One entry for each file a model is made of; whoever publishes chooses the key.
	#[pallet::storage]
	pub type References<T> = StorageMap<_, Blake2_128Concat, ContentId, u32, ValueQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A model was published.
		Published {
			/// The model's number.
			model: ModelId,
			/// Who published it.
			owner: T::AccountId,
			/// The model file.
			content: ContentId,
		},
		/// A model's terms changed, for requests made from now on.
		PriceUpdated {
			/// The model.
			model: ModelId,
			/// The fee of one answer.
			price: BalanceOf<T>,
			/// The part of the node's share that goes to the owner.
			royalty: Permill,
		},
		/// A model takes no new requests.
		Retired {
			/// The model.
			model: ModelId,
		},
		/// A model takes no new requests until it is resumed.
		Paused {
			/// The model.
			model: ModelId,
		},
		/// A paused model takes requests again.
		Resumed {
			/// The model.
			model: ModelId,
		},
		/// A model's key was made again and is the same.
		Audited {
			/// The model.
			model: ModelId,
		},
		/// A model's key was made again and is another: it takes no new requests, and its deposit is gone.
		Suspended {
			/// The model.
			model: ModelId,
			/// What of the deposit went to those who found it out.
			paid: BalanceOf<T>,
			/// What of it burnt.
			burnt: BalanceOf<T>,
		},
		/// A retired model's record is gone and its deposit returned.
		Removed {
			/// The model.
			model: ModelId,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no model of this number.
		ModelUnknown,
		/// Only the model's owner may do this.
		NotOwner,
		/// The model is retired.
		ModelRetired,
		/// The model is paused by governance.
		ModelPaused,
		/// The model is not paused.
		ModelNotPaused,
		/// The model is not retired, or not for long enough: open requests may still need it.
		ModelInUse,
		/// A model needs at least one input and one output.
		NoPorts,
		/// Port names are UTF-8 and differ among the inputs and among the outputs.
		PortNameInvalid,
		/// A fixed dimension is 0, or the elements of all fixed dimensions exceed what an input or output may hold.
		PortShapeInvalid,
		/// The name is not UTF-8 or is empty.
		NameInvalid,
		/// The price is below the least price.
		PriceTooLow,
		/// The royalty is above the most an owner may ask for.
		RoyaltyTooHigh,
		/// No trust mode is allowed, or one is named twice.
		TrustModesInvalid,
		/// A model has a circuit exactly if it may be asked under a proof.
		NoCircuit,
		/// The circuit's numbers make no sense, or it has not a scale for each input and output of fixed shape and float32.
		CircuitUnsound,
		/// The circuit's key is not registered: do that first.
		KeyUnknown,
		/// The circuit's key is not of EZKL, or has not one public input for each element of all inputs and outputs.
		KeyForeign,
		/// Every model number is taken.
		TooManyModels,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::check_laws()
		}
	}

	#[pallet::call(weight(<T as Config>::WeightInfo))]
	impl<T: Config> Pallet<T> {
		/// Publishes a model and holds the deposit for its record.
		///
		/// Emits `Published`.
		#[pallet::call_index(0)]
		pub fn publish(origin: OriginFor<T>, draft: Draft<BalanceOf<T>>) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_publish(owner, draft)
		}

		/// Changes what an answer costs and the owner's part of the node's share. Requests already made keep their price.
		///
		/// Emits `PriceUpdated`.
		#[pallet::call_index(1)]
		pub fn update_price(
			origin: OriginFor<T>,
			model: ModelId,
			#[pallet::compact] price: BalanceOf<T>,
			royalty: Permill,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_update_price(owner, model, price, royalty)
		}

		/// Ends new requests to a model.
		///
		/// Emits `Retired`.
		#[pallet::call_index(2)]
		pub fn retire(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_retire(owner, model)
		}

		/// Takes a retired model's record away and returns its deposit.
		///
		/// Emits `Removed`.
		#[pallet::call_index(3)]
		pub fn remove(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_remove(owner, model)
		}

		/// Ends new requests to a model until it is resumed.
		///
		/// Emits `Paused`.
		#[pallet::call_index(4)]
		pub fn pause(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
			T::CuratorOrigin::ensure_origin(origin)?;
			Self::do_pause(model)
		}

		/// Lets a paused model take requests again.
		///
		/// Emits `Resumed`.
		#[pallet::call_index(5)]
		pub fn resume(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
			T::CuratorOrigin::ensure_origin(origin)?;
			Self::do_resume(model)
		}

		/// Says that a model's key was made again from its file and settings, and is the same.
		///
		/// Emits `Audited`.
		#[pallet::call_index(6)]
		pub fn audit(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
			T::CuratorOrigin::ensure_origin(origin)?;
			Self::do_audit(model)
		}
	}
}
