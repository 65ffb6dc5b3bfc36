//! Audits of models' keys: a panel of nodes makes a key again, and a key that is not the model's suspends the model.
//!
//! ## Overview
//! A model that may be asked under a proof names the key its proofs hold under. That it is the key of this model is its publisher's word,
//! which anyone may have checked: for a deposit, nodes that can make keys are drawn, each makes the key of the model's file and its circuit's
//! settings, and what they find is compared.
//!
//! ## Life of an audit
//! ```text
//! request_audit ─► Waiting ─► Convened ─┬─► Matched    the model is audited; the nodes are paid from the deposit, the rest returns
//!                    │         ▲     │  ├─► Differed   the model is suspended; the nodes are paid from the publisher's deposit, the
//!                    │         │     │  │              rest of it burns, and the asker's returns
//!                    │     Escalated ◄┘ └─► Undecided  nobody is paid, and another audit may be asked for
//!                    └─► NotDrawn, Moot
//! ```
//!
//! ## Properties
//! One audit of a model at a time. What is held for audits is what their records say, to the unit; nothing is paid that was not put down
//! (`invariants`). Only a key decides: that a file cannot be had, or a circuit cannot be set up, refutes nothing.
//!
//! ## Design
//! The panel is one of [`Panels`](opg_primitives::seams::Panels): it commits before it reveals, two of three must name the same key, and if two
//! differ a jury of seven others decides and those who were wrong pay for it. To panels the making of keys is a model of which the answer is
//! 32 bytes ([`key_making`](opg_primitives::audit::key_making)), so nothing of theirs is here a second time. Nodes announce that they make keys as they
//! announce a model: those that serve the model in question would be the wrong ones, since a node serves it only if it found the key right.
//!
//! A draw mixes the outputs of two blocks after the question, of two authors where there are several.
//!
//! ## Limits
//! The publisher's own nodes are never drawn; other accounts of his may own some. The asker's may be: either verdict earns the asker nothing.
//! With fewer than ten operators there is no jury, and one node that lies leaves an audit undecided.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]
#![cfg_attr(
	not(test),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

extern crate alloc;

mod audit;
#[cfg(any(feature = "std", feature = "try-runtime"))]
pub mod invariants;
pub mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::{Audit, Ending, Stage};
pub use weights::WeightInfo;

use frame_support::traits::fungible::Inspect;
use frame_system::pallet_prelude::BlockNumberFor;

/// Nodes of a panel.
pub const NODES: u8 = 3;
/// How many of them must name the same key.
pub const AGREE: u8 = 2;

/// The currency deposits are held in.
pub type BalanceOf<T> =
	<<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// An audit of this runtime.
pub type AuditOf<T> =
	Audit<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// The pallet.
#[frame_support::pallet]
pub mod pallet {
	use super::{AuditOf, BalanceOf, Ending, WeightInfo};
	use frame_support::{pallet_prelude::*, traits::fungible};
	use frame_system::pallet_prelude::*;
	use opg_primitives::{
		seams::{AuditedModels, BlockEntropy, Entropy, KeyId, Panels, WorkerKeys},
		ModelId,
	};
	use sp_runtime::Perbill;

	/// What the runtime decides for this pallet.
	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// Holds deposits.
		type Currency: fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The runtime's reasons for holds.
		type RuntimeHoldReason: From<HoldReason>;

		/// The models whose keys are audited.
		type Models: AuditedModels<Self::AccountId, BalanceOf<Self>>;

		/// Who owns which node.
		type Nodes: WorkerKeys<Self::AccountId>;

		/// Those who make keys.
		type Panels: Panels<Self::AccountId, BalanceOf<Self>>;

		/// What draws are made of.
		type Entropy: BlockEntropy;

		/// What a node has for a key. The deposit is that of a panel and its jury together.
		type Pay: Get<BalanceOf<Self>>;

		/// Audits that wait for a draw; half of them for new ones, the others for those that need a jury.
		#[pallet::constant]
		type MaxWaiting: Get<u32>;

		/// The part of a block's weight that a turn may take.
		#[pallet::constant]
		type Budget: Get<Perbill>;

		/// Weights of the call and the hook.
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
		/// The deposit of an audit.
		Audit,
	}

	/// Every audit that has not ended, by its model.
	// Bounded by deposits and by the places of nodes; the key is a counter nobody chooses, so a fast hasher is safe.
	#[pallet::storage]
	pub type Audits<T: Config> = StorageMap<_, Twox64Concat, ModelId, AuditOf<T>>;

	/// The models whose audits wait for a draw, who waited longest first.
	#[pallet::storage]
	pub type Waiting<T: Config> = StorageValue<_, BoundedVec<ModelId, T::MaxWaiting>, ValueQuery>;

	/// What the last block contributed to draws; kept while an audit waits.
	#[pallet::storage]
	pub type PreviousEntropy<T> = StorageValue<_, Entropy>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Somebody wants a model's key audited.
		Asked {
			/// The model.
			model: ModelId,
			/// Who.
			who: T::AccountId,
			/// What is held until it ends.
			deposit: BalanceOf<T>,
		},
		/// Nodes found different keys; a jury is to decide.
		Divided {
			/// The model.
			model: ModelId,
		},
		/// An audit ended, and what was not paid of its deposit returned.
		Ended {
			/// The model.
			model: ModelId,
			/// What it came to.
			ending: Ending,
			/// The key that was made; zero where file and settings are none of the record's circuit.
			made: Option<KeyId>,
			/// What was paid of the asker's deposit.
			paid: BalanceOf<T>,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no model of this number.
		ModelUnknown,
		/// The model has no circuit, so there is no key to make.
		NoCircuit,
		/// The model is retired.
		ModelRetired,
		/// The model's key is audited already.
		KeyAudited,
		/// The model is suspended: its key was found to be another's.
		ModelSuspended,
		/// The model's key is being audited.
		AuditOpen,
		/// Too many audits wait for nodes: ask again later.
		TooManyWaiting,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MaxWaiting::get() >= 2, "somebody must be able to wait");
			let turn = T::WeightInfo::idle().saturating_add(T::WeightInfo::turn());
			let budget = T::Budget::get() * T::BlockWeights::get().max_block;
			assert!(turn.all_lte(budget), "a turn must fit its budget");
		}

		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			Self::take_turns(now)
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::check_laws()
		}
	}

	#[pallet::call(weight(<T as Config>::WeightInfo))]
	impl<T: Config> Pallet<T> {
		/// Has the key of a model's circuit made again by nodes. Holds what a panel and a jury cost; what they do not get returns.
		///
		/// Emits `Asked`, and `Ended` once it is decided.
		#[pallet::call_index(0)]
		pub fn request_audit(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
			let asker = ensure_signed(origin)?;
			Self::do_request(asker, model)
		}
	}
}
