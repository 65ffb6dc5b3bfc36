//! Panels: nodes that answer one question without seeing each other's answers, and what they decide.
//!
//! ## Overview
//! Whoever has a question (a request that several nodes shall answer, or a paid answer in doubt) convenes a panel through
//! [`Panels`](opg_primitives::seams::Panels). Nodes are drawn; each runs the model and commits to its answer by a hash. When all
//! have committed, or the time is over, each shows its answer. Answers are compared number by number: enough that are the same give
//! a verdict, two that are apart call a jury of other nodes. The verdict goes to the [`CaseDesk`](opg_primitives::seams::CaseDesk)
//! that asked; this pallet holds no balance and pays nobody.
//!
//! ## Terms
//! *Case*: why a panel was convened. *Desk*: who convened it. *Seat*: a node's part in a panel. *Claim*: the answer in doubt, where
//! there is one. *Same*, *near*, *apart*: within the model's tolerance, within twice of it, beyond. A *fault* (a run without an
//! output that fits the model) is the same as a fault of its kind and near to everything else.
//!
//! ## Life of a panel
//! ```text
//! convene ─► Commit ─► Reveal ─► verdict ─► Agreed, Undecided
//!              │       │  ▲ │
//!              │       └──┘ └─► Split ─ escalate ─► Commit ─► Reveal ─► Decided, Undecided
//!              │     extended
//!              └─► Undecided (nobody committed)
//! ```
//! A panel that split and gets no jury in time ends undecided. A desk whose question is over need not say so: its panel ends by
//! itself. Nothing of an ended panel stays.
//!
//! ## Properties
//! Every phase has its place in the closing ring before it begins, so every panel ends. Every place of a node is given back once.
//! Nobody is punished for an answer unless two thirds of a jury drawn from others agree on an output apart from it (`invariants`).
//!
//! ## Design
//! *The claim stands by the panel.* For a check, `agree` nodes of the panel must be the same as the claim; those who gave it do not
//! count.
//! *A commitment names panel, draw and node*, so a copy opens nothing. A reveal that does not open its commitment enters no block.
//! *Silence costs as much as a lie* once others have shown their answers, or a liar would keep silent; but if less than half of the
//! answers come, the network is more likely at fault than the nodes, and nobody is punished.
//! *Nodes pay nothing* for commitments and reveals; what comes late or twice is charged to the node's bond.
//! *Phases* are counted in blocks of [`Config::Clock`], which may stand still while transactions are paused.
//! *Under load* new panels are refused first: half of the ring is kept for those at work, and a quarter for what only they need, a
//! jury or more time.
//!
//! ## Limits
//! Who holds more than half of the commitments can keep a panel undecided by silence, without a loss beyond the fee. Verdicts take
//! at most [`Config::ClosingBudget`] of a block; those beyond come in the next.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]
#![cfg_attr(
	not(test),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

extern crate alloc;

pub mod closing;
mod commitment;
#[cfg(any(feature = "std", feature = "try-runtime"))]
pub mod invariants;
mod panel;
mod posting;
mod reveal;
mod submission;
pub mod types;
mod verdict;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::{Commit, Ending, Panel, Phase, Reveal, Seat, SeatState, Source, MAX_SEATS};
pub use weights::WeightInfo;

use frame_system::pallet_prelude::BlockNumberFor;

/// A panel of this runtime.
pub type PanelOf<T> =
	Panel<<T as frame_system::Config>::AccountId, <T as Config>::Balance, BlockNumberFor<T>>;

/// The pallet.
#[frame_support::pallet]
pub mod pallet {
	use super::{Commit, Ending, PanelOf, Reveal, Source, WeightInfo, MAX_SEATS};
	use alloc::vec::Vec;
	use frame_support::{pallet_prelude::*, traits::tokens};
	use frame_system::{offchain::CreateAuthorizedTransaction, pallet_prelude::*};
	use opg_primitives::{
		node::WorkerSignature,
		seams::{Case, CaseDesk, ModelCatalogue, NodeRegistry, PanelId},
		Draw, NodeId, Outcome,
	};
	use sp_runtime::{
		traits::{BlockNumberProvider, Zero},
		Perbill,
	};

	/// Commitments in one list.
	pub type MaxCommits = ConstU32<256>;

	/// Reveals in one list.
	pub type MaxReveals = ConstU32<64>;

	/// What the runtime decides for this pallet.
	#[pallet::config]
	pub trait Config:
		frame_system::Config<RuntimeEvent: From<Event<Self>>>
		+ CreateAuthorizedTransaction<Call<Self>>
	{
		/// What answers are worth.
		type Balance: tokens::Balance;

		/// The published models.
		type Models: ModelCatalogue<Self::AccountId, Self::Balance>;

		/// The bonded nodes.
		type Nodes: NodeRegistry<Self::AccountId, Self::Balance>;

		/// Who has the questions and takes the verdicts.
		type Desk: CaseDesk;

		/// What phases are counted in.
		type Clock: BlockNumberProvider<BlockNumber = BlockNumberFor<Self>>;

		/// Blocks in which nodes may commit; more for a model whose answers take long, up to eight times as many.
		#[pallet::constant]
		type CommitTime: Get<BlockNumberFor<Self>>;

		/// Blocks in which those who committed may reveal: time for the end of the commitments to become final, and more.
		#[pallet::constant]
		type RevealTime: Get<BlockNumberFor<Self>>;

		/// How often `RevealTime` is given again while fewer than half of the reveals due are in.
		#[pallet::constant]
		type MaxExtensions: Get<u32>;

		/// Places in each block of the closing ring: half of them for new panels, which take two each, the others for panels at work.
		#[pallet::constant]
		type MaxClosing: Get<u32>;

		/// The part of a block's weight that verdicts may take.
		#[pallet::constant]
		type ClosingBudget: Get<Perbill>;

		/// Weights of the calls, the hook and the seam.
		type WeightInfo: WeightInfo;
	}

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// The pallet's storage.
	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// Every panel that has not ended.
	// Bounded by the places of nodes; the key is a counter nobody chooses, so a fast hasher is safe.
	#[pallet::storage]
	pub type Panels<T: Config> = StorageMap<_, Twox64Concat, PanelId, PanelOf<T>>;

	/// The panel of each case that has one.
	#[pallet::storage]
	pub type Cases<T> = StorageMap<_, Twox64Concat, Case, PanelId>;

	/// What was claimed and revealed: apart, so that a commitment does not read it.
	#[pallet::storage]
	pub type Outcomes<T> =
		StorageDoubleMap<_, Twox64Concat, PanelId, Twox64Concat, Source, Outcome>;

	/// The panels in which each node has something to do, and the draws that gave it a seat.
	// Bounded by the nodes' capacities, and by the juries that run.
	#[pallet::storage]
	pub type Jobs<T> = StorageDoubleMap<_, Twox64Concat, NodeId, Twox64Concat, PanelId, Draw>;

	/// Which panels to look at in which block of the clock. One that ended, or whose phase ends at another block, is passed over.
	// At most `MaxClosing` a block, for as many blocks ahead as the two phases take.
	#[pallet::storage]
	pub type Closing<T: Config> = StorageMap<
		_,
		Twox64Concat,
		BlockNumberFor<T>,
		BoundedVec<PanelId, T::MaxClosing>,
		ValueQuery,
	>;

	/// The first block of the clock that may have panels to look at.
	#[pallet::storage]
	pub type NextClosing<T> = StorageValue<_, BlockNumberFor<T>>;

	/// The number the next panel gets.
	#[pallet::storage]
	pub type NextPanel<T> = StorageValue<_, PanelId, ValueQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A panel was drawn.
		Convened {
			/// The panel.
			panel: PanelId,
			/// Why.
			case: Case,
			/// Who sits in it.
			nodes: Vec<NodeId>,
		},
		/// A node committed to an answer.
		Committed {
			/// The panel.
			panel: PanelId,
			/// The node.
			node: NodeId,
		},
		/// No commitment is taken any more; those who committed may reveal.
		CommitsClosed {
			/// The panel.
			panel: PanelId,
		},
		/// A node showed its answer.
		Revealed {
			/// The panel.
			panel: PanelId,
			/// The node.
			node: NodeId,
		},
		/// Too few answers came; there is more time for the others.
		Extended {
			/// The panel.
			panel: PanelId,
		},
		/// A node did not commit in time.
		Missed {
			/// The panel.
			panel: PanelId,
			/// The node.
			node: NodeId,
		},
		/// A node gave a wrong answer, or did not show the one it committed to.
		Punished {
			/// The panel.
			panel: PanelId,
			/// The node.
			node: NodeId,
		},
		/// Two answers are apart; a jury is needed.
		Divided {
			/// The panel.
			panel: PanelId,
		},
		/// A jury was drawn.
		Escalated {
			/// The panel.
			panel: PanelId,
			/// The jurors.
			nodes: Vec<NodeId>,
		},
		/// A panel ended.
		Ended {
			/// The panel.
			panel: PanelId,
			/// Why it was convened.
			case: Case,
			/// What it came to.
			ending: Ending,
		},
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(!T::CommitTime::get().is_zero(), "nodes need time to commit");
			assert!(!T::RevealTime::get().is_zero(), "nodes need time to reveal");
			assert!(T::MaxClosing::get() >= 4, "new panels leave room for those at work");
			// Every seat, and a claim.
			let answers = MAX_SEATS.saturating_add(1);
			let largest = T::WeightInfo::closing_block()
				.saturating_add(T::WeightInfo::closing_place())
				.saturating_add(T::WeightInfo::close(MAX_SEATS))
				.saturating_add(T::WeightInfo::judge(answers));
			assert!(
				largest.all_lte(Self::closing_budget()),
				"the largest jury's verdict must fit its budget"
			);
		}

		fn on_initialize(_: BlockNumberFor<T>) -> Weight {
			Self::close_due()
		}

		fn offchain_worker(_: BlockNumberFor<T>) {
			Self::post();
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::check_laws()
		}
	}

	#[pallet::call(weight(<T as Config>::WeightInfo))]
	impl<T: Config> Pallet<T> {
		/// A node commits to answers it does not show yet, many at once. Free; signed by the worker key over
		/// `opg/commits/1 ‖ genesis hash ‖ (node, commits)`. What comes late or twice is charged to the node's bond and never fails
		/// the others.
		///
		/// Emits `Committed` for each that was waited for.
		#[pallet::call_index(0)]
		#[pallet::weight((
			T::WeightInfo::commit(commits.len() as u32),
			DispatchClass::Operational,
			Pays::No,
		))]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_commit(commits.len() as u32))]
		#[pallet::authorize(Self::authorize_commit)]
		pub fn commit(
			origin: OriginFor<T>,
			node: NodeId,
			commits: BoundedVec<Commit, MaxCommits>,
			signature: WorkerSignature,
		) -> DispatchResult {
			ensure_authorized(origin)?;
			let _ = signature;
			Self::do_commit(node, commits);
			Ok(())
		}

		/// A node shows answers it committed to, many at once. Free; signed by the worker key over
		/// `opg/reveals/1 ‖ genesis hash ‖ (node, reveals)`. What comes late or twice is charged to the node's bond and never fails
		/// the others.
		///
		/// Emits `Revealed` for each that was waited for.
		#[pallet::call_index(1)]
		#[pallet::weight((
			T::WeightInfo::reveal(reveals.len() as u32),
			DispatchClass::Operational,
			Pays::No,
		))]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_reveal(reveals.len() as u32))]
		#[pallet::authorize(Self::authorize_reveal)]
		pub fn reveal(
			origin: OriginFor<T>,
			node: NodeId,
			reveals: BoundedVec<Reveal, MaxReveals>,
			signature: WorkerSignature,
		) -> DispatchResult {
			ensure_authorized(origin)?;
			let _ = signature;
			Self::do_reveal(node, reveals);
			Ok(())
		}
	}
}
