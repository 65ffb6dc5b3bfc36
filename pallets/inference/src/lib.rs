//! Paid requests to models: escrow, draw, answers in batches, settlement and deadlines.
//!
//! ## Overview
//! A caller asks a model something and puts the fee in escrow. Two blocks later a bonded node is drawn that nobody could
//! foresee; its worker runs the model and answers; the fee is split and what is left returned. If no answer comes by half of
//! the time another node is drawn, and at the deadline everything returns to the caller.
//!
//! ## Life of a request
//! ```text
//! request ─► Waiting ─► Assigned ─► Settled
//!              │  ▲         │
//!              │  └─ missed ┘ once
//!              ├─► Cancelled (before assignment)
//!              └─► Expired   (deadline; also from Assigned)
//! ```
//! Whatever ended stays for [`Config::Retention`] blocks, then `on_idle` prunes it.
//!
//! ## Properties
//! Every hold matches one open request, to the unit. Every open request stands in the expiry ring, at a place reserved when it was
//! made, so it ends within its deadline and [`SLIP`](deadline::SLIP) more blocks. An answer names its draw, so it counts once and only on the fork
//! that drew it (`invariants`).
//!
//! ## Design
//! *Seed.* The draw mixes the verifiable outputs of two blocks after the request's, of different authors where there are several.
//! It happens before the second block's transactions, so the candidates are those its predecessor left. What is left to an author
//! is to skip its slot; two colluding authors in a row can foresee the draw of the blocks before them.
//! *Free answers.* Callers pay the upkeep of a request (its draw, answer, refund and pruning) when they make it, so answers are
//! free for nodes; stale ones are paid from the node's bond.
//! *Deadlines* count blocks of [`Config::Clock`], which may stand still while transactions are paused.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]
#![cfg_attr(
	not(test),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

extern crate alloc;

mod answer;
mod assignment;
pub mod deadline;
#[cfg(any(feature = "std", feature = "try-runtime"))]
pub mod invariants;
mod posting;
mod queue;
mod request;
mod settlement;
pub mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::{Counters, Expiry, Queue, QueueEntry, Request, Span, State};
pub use weights::WeightInfo;

use frame_support::traits::fungible::{Credit, Inspect};
use sp_runtime::traits::BlockNumberProvider;

/// The currency fees are held in.
pub type BalanceOf<T> =
	<<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// Balance on its way out of an escrow.
pub type CreditOf<T> = Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;

/// The unit deadlines count in.
pub type ClockOf<T> = <<T as Config>::Clock as BlockNumberProvider>::BlockNumber;

/// A request of this runtime.
pub type RequestOf<T> = Request<<T as frame_system::Config>::AccountId, BalanceOf<T>, ClockOf<T>>;

/// The pallet.
#[frame_support::pallet]
pub mod pallet {
	use super::{
		BalanceOf, ClockOf, Counters, CreditOf, Expiry, Queue, QueueEntry, RequestOf, WeightInfo,
	};
	use frame_support::{
		pallet_prelude::*,
		traits::{fungible, OnUnbalanced},
	};
	use frame_system::{offchain::CreateAuthorizedTransaction, pallet_prelude::*};
	use opg_primitives::{
		job::Answer,
		node::WorkerSignature,
		seams::{BlockEntropy, Entropy, FeeSplitter, ModelCatalogue, NodeRegistry},
		ClientKey, Draw, Input, ModelId, NodeId, RequestId, TrustMode,
	};
	use sp_runtime::{traits::BlockNumberProvider, Saturating};

	/// Answers in one batch.
	pub type MaxBatch = ConstU32<256>;

	/// What the runtime decides for this pallet.
	#[pallet::config]
	pub trait Config:
		frame_system::Config<RuntimeEvent: From<Event<Self>>>
		+ CreateAuthorizedTransaction<Call<Self>>
	{
		/// Holds fees in escrow.
		type Currency: fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ fungible::hold::Balanced<Self::AccountId>;

		/// The runtime's reasons for holds.
		type RuntimeHoldReason: From<HoldReason>;

		/// The published models.
		type Models: ModelCatalogue<Self::AccountId, BalanceOf<Self>>;

		/// The bonded nodes.
		type Nodes: NodeRegistry<Self::AccountId>;

		/// Splits what is paid for answers.
		type Fees: FeeSplitter<Self::AccountId, CreditOf<Self>>;

		/// Where draws get their randomness.
		type Entropy: BlockEntropy;

		/// What deadlines count.
		type Clock: BlockNumberProvider<BlockNumber = BlockNumberFor<Self>>;

		/// Receives the upkeep of requests.
		type Upkeep: OnUnbalanced<CreditOf<Self>>;

		/// What a caller pays up front for the draw, answer, refund and pruning of a request.
		#[pallet::constant]
		type UpkeepFee: Get<BalanceOf<Self>>;

		/// The shortest deadline, in blocks.
		#[pallet::constant]
		type MinDeadline: Get<BlockNumberFor<Self>>;

		/// The longest deadline, in blocks.
		#[pallet::constant]
		type MaxDeadline: Get<BlockNumberFor<Self>>;

		/// The least time a node gets for an answer before it counts as missed.
		#[pallet::constant]
		type MinAnswerTime: Get<BlockNumberFor<Self>>;

		/// Blocks for which what ended is kept.
		#[pallet::constant]
		type Retention: Get<BlockNumberFor<Self>>;

		/// The most requests that wait for a node at once.
		#[pallet::constant]
		type MaxWaiting: Get<u32>;

		/// The most draws tried in a block.
		#[pallet::constant]
		type MaxDraws: Get<u32>;

		/// Places in each block of the expiry ring; a request takes two.
		#[pallet::constant]
		type MaxExpiring: Get<u32>;

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
		/// The fee of an open request.
		Request,
	}

	/// Every request that is open or ended not long ago.
	// Bounded by the fees of those who ask; the key is a counter nobody chooses, so a fast hasher is safe.
	#[pallet::storage]
	pub type Requests<T: Config> = StorageMap<_, Twox64Concat, RequestId, RequestOf<T>>;

	/// What open requests ask: apart, so that a draw or settlement does not read it.
	#[pallet::storage]
	pub type Inputs<T> = StorageMap<_, Twox64Concat, RequestId, Input>;

	/// Callers' own names for their requests; gone with the request.
	#[pallet::storage]
	pub type ClientKeys<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Blake2_128Concat, ClientKey, RequestId>;

	/// The jobs of each node and the draws that gave them.
	// Bounded by the nodes' capacities.
	#[pallet::storage]
	pub type Assigned<T> = StorageDoubleMap<_, Twox64Concat, NodeId, Twox64Concat, RequestId, Draw>;

	/// Requests waiting for a node, and ended ones waiting to be pruned, first in first out.
	// Never more entries than there are requests, and a few for what was cancelled meanwhile.
	#[pallet::storage]
	pub type Queues<T: Config> =
		StorageDoubleMap<_, Twox64Concat, Queue, Twox64Concat, u64, QueueEntry<BlockNumberFor<T>>>;

	/// The next request's number and where each queue begins and ends.
	#[pallet::storage]
	pub type Positions<T> = StorageValue<_, Counters, ValueQuery>;

	/// What to look at in which block of the clock.
	// At most `MaxExpiring` a block, at most `MaxDeadline + SLIP` blocks ahead.
	#[pallet::storage]
	pub type Expiring<T: Config> =
		StorageMap<_, Twox64Concat, ClockOf<T>, BoundedVec<Expiry, T::MaxExpiring>, ValueQuery>;

	/// What the block before this one contributes to draws.
	#[pallet::storage]
	pub type PreviousEntropy<T> = StorageValue<_, Entropy>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A request was made and its fee held.
		Requested {
			/// The request.
			request: RequestId,
			/// Who asked.
			requester: T::AccountId,
			/// The model asked.
			model: ModelId,
		},
		/// A node was drawn.
		Assigned {
			/// The request.
			request: RequestId,
			/// The node.
			node: NodeId,
			/// The draw.
			draw: Draw,
		},
		/// A node did not answer in time; another is drawn if time is left.
		Missed {
			/// The request.
			request: RequestId,
			/// The node.
			node: NodeId,
		},
		/// A request was answered and paid.
		Settled {
			/// The request.
			request: RequestId,
			/// Who answered.
			node: NodeId,
			/// What was paid in all.
			fee: BalanceOf<T>,
		},
		/// An answer did not fit the model's outputs; the node still has the job.
		AnswerRefused {
			/// The request.
			request: RequestId,
			/// The node.
			node: NodeId,
		},
		/// A request was taken back and its fee returned.
		Cancelled {
			/// The request.
			request: RequestId,
		},
		/// A request's deadline passed and its fee was returned.
		Expired {
			/// The request.
			request: RequestId,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no model of this number.
		ModelUnknown,
		/// The model takes no new requests.
		ModelRetired,
		/// The model may not be asked under this trust.
		TrustNotOffered,
		/// No node serves the model at present.
		NotServed,
		/// The input is longer than a request may carry, or no encoding of tensors.
		InputMalformed,
		/// The input's tensors are not as many, of the types, or of the shapes the model takes.
		InputMismatch,
		/// The most to pay is below the model's price.
		MaxFeeTooLow,
		/// The deadline is shorter or longer than allowed.
		DeadlineInvalid,
		/// The caller used this key for a request that is still kept.
		ClientKeyUsed,
		/// Too many requests wait for nodes; ask again in a few blocks.
		TooManyWaiting,
		/// Too many requests end around this deadline; choose another.
		TooManyExpiring,
		/// There is no request of this number, or not any more.
		RequestUnknown,
		/// Only the one who asked may do this.
		NotRequester,
		/// A node has the request, or it ended.
		NotWaiting,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			let shortest = T::MinAnswerTime::get().saturating_mul(2u32.into());
			assert!(T::MinDeadline::get() > shortest, "a second node needs time as well");
			assert!(T::MinDeadline::get() <= T::MaxDeadline::get());
			let hook = T::WeightInfo::initialize(T::MaxExpiring::get(), T::MaxDraws::get());
			let block = <T as frame_system::Config>::BlockWeights::get().max_block;
			assert!(
				hook.saturating_mul(2).all_lte(block),
				"deadlines and draws must leave half of a block"
			);
		}

		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			let due = Self::end_due();
			let drawn = Self::draw_waiting(now);
			T::WeightInfo::initialize(due, drawn)
		}

		fn on_idle(now: BlockNumberFor<T>, remaining: Weight) -> Weight {
			Self::prune(now, remaining)
		}

		fn offchain_worker(_: BlockNumberFor<T>) {
			Self::post_answers();
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::check_laws()
		}
	}

	#[pallet::call(weight(<T as Config>::WeightInfo))]
	impl<T: Config> Pallet<T> {
		/// Asks a model. At most `max_fee` is held until the request ends `deadline` blocks from now or earlier; the model's price is
		/// paid for an answer, the rest returns. The same `client_key` never buys twice while the request is kept.
		///
		/// Emits `Requested`.
		#[pallet::call_index(0)]
		pub fn request(
			origin: OriginFor<T>,
			model: ModelId,
			input: Input,
			trust: TrustMode,
			#[pallet::compact] max_fee: BalanceOf<T>,
			deadline: BlockNumberFor<T>,
			client_key: ClientKey,
		) -> DispatchResult {
			let requester = ensure_signed(origin)?;
			Self::do_request(requester, model, input, trust, max_fee, deadline, client_key)
		}

		/// Takes a request back that no node has, and returns its fee.
		///
		/// Emits `Cancelled`.
		#[pallet::call_index(1)]
		pub fn cancel(origin: OriginFor<T>, request: RequestId) -> DispatchResult {
			let requester = ensure_signed(origin)?;
			Self::do_cancel(requester, request)
		}

		/// A node answers its jobs, many at once. Free; signed by the worker key over
		/// `opg/answers/1 ‖ genesis hash ‖ (node, number, answers)`. One bad answer never fails the others.
		///
		/// Emits `Settled` or `AnswerRefused` for each live answer.
		#[pallet::call_index(2)]
		#[pallet::weight((
			T::WeightInfo::answer(answers.len() as u32),
			DispatchClass::Operational,
			Pays::No,
		))]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_answer(answers.len() as u32))]
		#[pallet::authorize(Self::authorize_answer)]
		pub fn answer(
			origin: OriginFor<T>,
			node: NodeId,
			number: u64,
			answers: BoundedVec<Answer, MaxBatch>,
			signature: WorkerSignature,
		) -> DispatchResult {
			ensure_authorized(origin)?;
			let _ = (number, signature);
			Self::do_answer(node, answers);
			Ok(())
		}
	}
}
