//! Paid requests to models: escrow, draw, answers in batches, settlement and deadlines.
//!
//! ## Overview
//! A caller asks a model something and puts the fee in escrow. Two blocks later a bonded node is drawn that nobody could
//! foresee; its worker runs the model and answers; the fee is split and what is left returned. If no answer comes by half of
//! the time another node is drawn, and at the deadline everything returns to the caller.
//!
//! ## Life of a request
//! ```text
//! Attested:  request ─► Waiting ─► Assigned ─► Settled | Failed
//!                         │  ▲         │
//!                         │  └─ missed ┘ once, or found no answer once
//! Proved:    as Attested; settled once the chain has checked the proof, and a wrong proof counts as missed
//! Quorum:    request ─► Waiting ─► Convened ─► Settled | Failed
//!                         │  ▲      │     └─► Escalated ─► Settled
//!                         │  └──────┘ once
//!                         ├─► Cancelled (before a node has it)
//!                         └─► Expired   (deadline; from any of these)
//! ```
//! A settled answer may be run again, unless it came with a proof: drawn by chance ([`sampling`]) or disputed ([`check`]). It may be
//! proved later, which its record says and which changes nothing else.
//! Whatever ended stays for [`Config::Retention`] blocks, then `on_idle` prunes it.
//!
//! ## Properties
//! Every hold matches one open request, to the unit. Every open request stands in an expiry ring, at a place reserved when it was
//! made, so it ends within its deadline and [`SLIP`](deadline::SLIP) more blocks; under `Quorum`, while a panel is about to decide, within
//! [`Panels::most_time`] more. An answer names its draw, so it counts once and only on the fork
//! that drew it (`invariants`).
//!
//! ## Design
//! *Seed.* The draw mixes the verifiable outputs of two blocks after the request's, of different authors where there are several.
//! It happens before the second block's transactions, so the candidates are those its predecessor left. What is left to an author
//! is to skip its slot; two colluding authors in a row can foresee the draw of the blocks before them.
//! *Free answers.* Callers pay the upkeep of a request (its draw, answer, refund and pruning) when they make it, so answers are
//! free for nodes; stale ones are paid from the node's bond.
//! *Hooks* do what must happen in a block first, ends at deadlines, then replace late nodes, then draw, as far as [`Config::HooksBudget`]
//! goes ([`deadline`]). Those who wait for a draw or for another node wait a block longer; ends do not.
//! *Deadlines* count blocks of [`Config::Clock`], which may stand still while transactions are paused.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]
#![cfg_attr(
	not(test),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

extern crate alloc;

mod answer;
pub mod api;
mod assignment;
mod budget;
mod check;
pub mod deadline;
mod desk;
#[cfg(any(feature = "std", feature = "try-runtime"))]
pub mod invariants;
mod late_proof;
mod posting;
mod proved;
mod queue;
mod request;
mod sampling;
mod settlement;
pub mod types;
mod verdict;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::{
	AnsweredBy, Check, CheckStage, Counters, Expiry, Queue, QueueEntry, Request, Ring, Span, State,
};
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

/// Counters of this runtime.
pub type CountersOf<T> = Counters<frame_system::pallet_prelude::BlockNumberFor<T>>;

/// The pallet.
#[frame_support::pallet]
pub mod pallet {
	use super::{
		answer::MOST_MODELS, budget, budget::Work, deadline::MOST_SEARCHED, AnsweredBy, BalanceOf,
		ClockOf, CountersOf, CreditOf, Expiry, Queue, QueueEntry, RequestOf, Ring, WeightInfo,
	};
	use frame_support::{
		pallet_prelude::*,
		traits::{fungible, OnUnbalanced},
	};
	use frame_system::{offchain::CreateAuthorizedTransaction, pallet_prelude::*};
	use opg_primitives::{
		job::Answer,
		node::WorkerSignature,
		request::operators_for,
		seams::{
			AppDesk, BlockEntropy, CheckPurse, Entropy, FeeSplitter, ModelCatalogue, NodeRegistry,
			Panels, Provers, UsageLog,
		},
		AppId, AppUse, ClientKey, Draw, FaultKind, Input, ModelId, NodeId, RequestId, TrustMode,
	};
	use sp_runtime::{traits::BlockNumberProvider, Perbill, Permill, Saturating};

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
		type Nodes: NodeRegistry<Self::AccountId, BalanceOf<Self>>;

		/// Where several nodes answer the same question.
		type Panels: Panels<Self::AccountId, BalanceOf<Self>>;

		/// Where answers that come with proofs are checked.
		type Provers: Provers<BalanceOf<Self>>;

		/// Splits what is paid for answers.
		type Fees: FeeSplitter<Self::AccountId, CreditOf<Self>, Balance = BalanceOf<Self>>;

		/// The apps requests are made through.
		type Apps: AppDesk<Self::AccountId, BalanceOf<Self>>;

		/// Where use is counted.
		type Usage: UsageLog<Self::AccountId, BalanceOf<Self>>;

		/// Pays for re-runs of answers.
		type Purse: CheckPurse<Self::AccountId, BalanceOf<Self>>;

		/// Where draws get their randomness.
		type Entropy: BlockEntropy;

		/// What deadlines count.
		type Clock: BlockNumberProvider<BlockNumber = BlockNumberFor<Self>>;

		/// Receives the upkeep of requests.
		type Upkeep: OnUnbalanced<CreditOf<Self>>;

		/// What a caller pays up front for the draw, answer, refund and pruning of a request.
		#[pallet::constant]
		type UpkeepFee: Get<BalanceOf<Self>>;

		/// The part of the price each node is paid for finding that there is no answer.
		#[pallet::constant]
		type BaseFee: Get<Permill>;

		/// Blocks after settlement in which an answer can be disputed or drawn for a re-run.
		#[pallet::constant]
		type DisputeWindow: Get<BlockNumberFor<Self>>;

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

		/// Places in each block of an expiry ring. Of both together a request takes two: one in each, under `Quorum` two where it ends.
		#[pallet::constant]
		type MaxExpiring: Get<u32>;

		/// The part of a block that deadlines and draws may take.
		#[pallet::constant]
		type HooksBudget: Get<Perbill>;

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
		/// What an open dispute may cost.
		Dispute,
	}

	/// Every request that is open or ended not long ago.
	// Bounded by the fees of those who ask; the key is a counter nobody chooses, so a fast hasher is safe.
	#[pallet::storage]
	pub type Requests<T: Config> = StorageMap<_, Twox64Concat, RequestId, RequestOf<T>>;

	/// What requests ask: apart, so that a draw or settlement does not read it. Kept for settled ones, which may be run again.
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

	/// The next request's number, where each queue begins and ends, and what is to be drawn for a re-run.
	#[pallet::storage]
	pub type Positions<T: Config> = StorageValue<_, CountersOf<T>, ValueQuery>;

	/// What to look at in which block of the clock.
	// At most `MaxExpiring` a block and ring, at most `MaxDeadline + SLIP` blocks ahead, and under `Quorum` a panel's time more.
	#[pallet::storage]
	pub type Expiring<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		Ring,
		Twox64Concat,
		ClockOf<T>,
		BoundedVec<Expiry, T::MaxExpiring>,
		ValueQuery,
	>;

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
			/// The app it was made through, if any.
			app: Option<AppId>,
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
		/// A panel was drawn.
		Convened {
			/// The request.
			request: RequestId,
			/// The draw.
			draw: Draw,
		},
		/// A panel's answers differ; a jury decides.
		Escalated {
			/// The request.
			request: RequestId,
		},
		/// A node found that there is no answer; another one is asked.
		FaultReported {
			/// The request.
			request: RequestId,
			/// The node.
			node: NodeId,
			/// Why there is none.
			fault: FaultKind,
		},
		/// Several nodes found that there is no answer.
		Failed {
			/// The request.
			request: RequestId,
			/// Who asked.
			requester: T::AccountId,
			/// The model asked.
			model: ModelId,
			/// The app it was made through, if any.
			app: Option<AppId>,
			/// Why there is none.
			fault: FaultKind,
			/// What was paid in all.
			fee: BalanceOf<T>,
			/// The part of it that burnt.
			burn: BalanceOf<T>,
			/// What was returned.
			refund: BalanceOf<T>,
		},
		/// A request was answered and paid.
		Settled {
			/// The request.
			request: RequestId,
			/// Who asked.
			requester: T::AccountId,
			/// The model asked.
			model: ModelId,
			/// The app it was made through, if any.
			app: Option<AppId>,
			/// Who answered.
			by: AnsweredBy,
			/// What was paid in all.
			fee: BalanceOf<T>,
			/// The part of it that burnt.
			burn: BalanceOf<T>,
			/// Blocks from the request to its settlement.
			latency: u32,
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
			/// Who asked.
			requester: T::AccountId,
			/// The model asked.
			model: ModelId,
			/// The app it was made through, if any.
			app: Option<AppId>,
			/// What was returned.
			refund: BalanceOf<T>,
		},
		/// A request's deadline passed, or nobody could say, and its fee was returned.
		Expired {
			/// The request.
			request: RequestId,
			/// Who asked.
			requester: T::AccountId,
			/// The model asked.
			model: ModelId,
			/// The app it was made through, if any.
			app: Option<AppId>,
			/// What was returned.
			refund: BalanceOf<T>,
		},
		/// A settled answer was drawn by chance and is run again.
		CheckDrawn {
			/// The request.
			request: RequestId,
		},
		/// A settled answer is disputed and run again.
		Disputed {
			/// The request.
			request: RequestId,
			/// Who disputes it.
			by: T::AccountId,
			/// What is held of them.
			deposit: BalanceOf<T>,
		},
		/// A re-run gave the same answer.
		Upheld {
			/// The request.
			request: RequestId,
		},
		/// A jury found another answer, which is the request's from now on.
		Overturned {
			/// The request.
			request: RequestId,
		},
		/// A re-run came to nothing; whoever disputed has the deposit back.
		CheckUndecided {
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
		/// Governance has paused the model: no new requests until it is resumed.
		ModelPaused,
		/// The model is suspended: nodes found that its circuit's key is not its own.
		ModelSuspended,
		/// The model may not be asked under this trust.
		TrustNotOffered,
		/// No node serves the model at present.
		NotServed,
		/// The input is longer than a request may carry, or no encoding of tensors.
		InputMalformed,
		/// The input's tensors are not as many, of the types, or of the shapes the model takes.
		InputMismatch,
		/// A proof can only be had for an input in the request itself that is within what the model's circuit holds.
		InputUnprovable,
		/// A quorum has 3 to 7 nodes, more than half of which must agree.
		QuorumInvalid,
		/// Too few different operators serve the model for this quorum and a jury beside it.
		TooFewOperators,
		/// The most to pay is below the model's price for each node.
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
		/// The request has no answer to dispute, or one that was proved.
		NotSettled,
		/// The answer was settled too long ago.
		DisputeTooLate,
		/// The answer is being run again already.
		DisputeOpen,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			let shortest = T::MinAnswerTime::get().saturating_mul(2u32.into());
			assert!(T::MinDeadline::get() > shortest, "a second node needs time as well");
			assert!(T::MinDeadline::get() <= T::MaxDeadline::get());
			let twice = Self::check_time().saturating_mul(2u32.into());
			let check = twice.saturating_add(T::DisputeWindow::get());
			assert!(check <= T::Retention::get(), "a re-run must end before its request is pruned");
			assert!(operators_for(crate::check::NODES) > 0);
			assert!(
				T::HooksBudget::get() <= Perbill::from_percent(50),
				"deadlines and draws must leave half of a block"
			);
			assert!(budget::holds_draws::<T>(), "draws must keep to the budget of the hooks");
			assert!(budget::leaves_room_for_draws::<T>(), "deadlines must leave room for draws");
		}

		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			let mut work = Work::default();
			Self::end_due(&mut work);
			Self::replace_late_nodes(&mut work);
			Self::draw_waiting(now, &mut work);
			work.weight::<T>()
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
		/// paid for an answer, the rest returns. The same `client_key` never buys twice while the request is kept. Made `through` an app, it
		/// counts as the app's, may use up a pass or a credit, and may be paid by the app, which then pays no more than the price.
		///
		/// Emits `Requested`.
		#[pallet::call_index(0)]
		#[pallet::weight(Pallet::<T>::asking(MOST_SEARCHED, through.is_some(), *trust))]
		pub fn request(
			origin: OriginFor<T>,
			model: ModelId,
			input: Input,
			trust: TrustMode,
			#[pallet::compact] max_fee: BalanceOf<T>,
			deadline: BlockNumberFor<T>,
			client_key: ClientKey,
			through: Option<AppUse>,
		) -> DispatchResultWithPostInfo {
			let by = ensure_signed(origin)?;
			let searched =
				Self::do_request(by, model, input, trust, max_fee, deadline, client_key, through)?;
			Ok(Some(Self::asking(searched, through.is_some(), trust)).into())
		}

		/// Takes a request back that no node has, and returns its fee.
		///
		/// Emits `Cancelled`.
		#[pallet::call_index(1)]
		pub fn cancel(origin: OriginFor<T>, request: RequestId) -> DispatchResult {
			let requester = ensure_signed(origin)?;
			Self::do_cancel(requester, request)
		}

		/// Has a settled answer run again by a panel, and a jury if they differ. What that may cost is held and paid by the loser: by the
		/// caller if the answer stands, else by the share of fees set aside for it.
		///
		/// Emits `Disputed`, and `Upheld`, `Overturned` or `CheckUndecided` later.
		#[pallet::call_index(3)]
		pub fn dispute(origin: OriginFor<T>, request: RequestId) -> DispatchResult {
			let by = ensure_signed(origin)?;
			Self::do_dispute(by, request)
		}

		/// A node answers its jobs, many at once. Free; signed by the worker key over
		/// `opg/answers/1 ‖ genesis hash ‖ (node, number, answers)`. One bad answer never fails the others.
		///
		/// Emits `Settled`, `FaultReported`, `Failed` or `AnswerRefused` for each live answer.
		#[pallet::call_index(2)]
		#[pallet::weight((
			T::WeightInfo::answer(
				answers.len() as u32,
				MOST_MODELS.min(answers.len() as u32),
				answers.len() as u32,
			),
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
		) -> DispatchResultWithPostInfo {
			ensure_authorized(origin)?;
			let _ = (number, signature);
			let all = answers.len() as u32;
			let (models, through_apps) = Self::do_answer(node, answers);
			Ok(Some(T::WeightInfo::answer(all, models, through_apps)).into())
		}
	}
}
