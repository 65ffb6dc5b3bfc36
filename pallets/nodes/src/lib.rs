//! Bonded nodes: roles, worker keys, the models they serve and the jobs they can carry.
//!
//! ## Overview
//! Whoever runs models for others registers a node here with a bond and the key its worker signs with. The worker reports
//! every few blocks that it is alive and which models it has loaded; requests are drawn among those that are.
//!
//! ## Terms
//! *Owner*: the account that bonds and is paid. *Worker key*: a key of its own type on the machine, never the owner's.
//! *Capacity*: how many jobs a node carries at once; earned like a congestion window and capped by the bond
//! ([`capacity`]). *Candidates*: per model, the indexed list of nodes that announced it, so that a draw costs the same
//! among ten nodes and ten thousand. *Operator*: an owner with a node on a model's list. *Seats*: nodes of different owners
//! drawn together. *Jury*: seats for which being busy is no excuse. *Score*: how far a node can be relied on ([`Score`]).
//! *Exposure*: what of a bond is spoken for ([`Exposure`]).
//!
//! ## Life of a node
//! `register` → `heartbeat`* → `unbond` → after [`Config::UnbondingDelay`], with no job and nothing disputable left,
//! `withdraw`. A wrong answer costs [`Config::LieFactor`] times its fee and bars the node from its model for [`Config::JailTime`]
//! ([`Bars`]). Wrong answers and misses that bring the score below 200 lead to jail: off every list for as long, then `leave_jail` →
//! `heartbeat`*. From jail one may also `unbond`.
//!
//! ## Properties
//! What is held for bonds is the sum of the bonds, owner by owner. The candidate lists, what each node serves and the number of
//! operators tell the same story. Whenever a node is drawn, what it has in hand and what can still be disputed,
//! [`Config::ExposureFactor`] times the fees, is within its bond, and so is what a lie would cost; later only a slash can change
//! that. Nobody below the least score gets jobs, and nobody for a model it is barred from (`invariants`).
//!
//! ## Design
//! Exposure is kept for two dispute windows in the node's own record and rolls when it is written: nothing has to be cleaned
//! up. An answer counts for one to two windows. A wrong answer bars from its model and not from others: honest machines
//! that a hostile model divides lose no other work. A job in hand counts by the fee it was drawn for, which is why a place is given
//! back with that fee.
//!
//! A draw takes one place of the list at a time by seed, so its cost is bounded by the seats asked for. Draws also take silent
//! nodes off the list they looked at: who calls them pays for that ([`WeightInfo::draw_seats`]).
//!
//! ## Limits
//! Who registers many nodes under many owners looks like many; only their bonds are one's own. The places looked at in a long
//! list are chosen node by node, and the bond counts only among those: there many small nodes are seen more often than one
//! large one. An eighth of each bond is kept for juries; a jury
//! passes over bonds of which that is spoken for as well.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]
#![cfg_attr(
	not(test),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

extern crate alloc;

pub mod bar;
mod candidates;
pub mod capacity;
mod draw;
pub mod exposure;
mod heartbeat;
#[cfg(any(feature = "std", feature = "try-runtime"))]
pub mod invariants;
mod jail;
mod observers;
mod registration;
mod registry;
pub mod score;
pub mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use bar::Bars;
pub use capacity::Capacity;
pub use exposure::Exposure;
pub use pallet::*;
pub use score::Score;
pub use types::{List, Node, Status};
pub use weights::WeightInfo;

use frame_support::traits::fungible::{Credit, Inspect};
use opg_primitives::seams::Wanted;

/// The currency bonds are held in.
pub type BalanceOf<T> =
	<<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// Balance taken from a bond.
pub type CreditOf<T> = Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;

/// A node of this runtime.
pub type NodeOf<T> = Node<
	<T as frame_system::Config>::AccountId,
	BalanceOf<T>,
	frame_system::pallet_prelude::BlockNumberFor<T>,
>;

/// Who is wanted for a job of this runtime.
pub type WantedOf<'a, T> = Wanted<'a, <T as frame_system::Config>::AccountId, BalanceOf<T>>;

/// The pallet.
#[frame_support::pallet]
pub mod pallet {
	use super::{BalanceOf, CreditOf, List, NodeOf, WeightInfo};
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::{fungible, OnUnbalanced},
	};
	use frame_system::{offchain::CreateAuthorizedTransaction, pallet_prelude::*};
	use opg_primitives::{
		node::{WorkerId, WorkerSignature},
		seams::ModelCatalogue,
		ModelId, NodeId, Roles,
	};
	use sp_runtime::traits::{Saturating, Zero};

	/// What the runtime decides for this pallet.
	#[pallet::config]
	pub trait Config:
		frame_system::Config<RuntimeEvent: From<Event<Self>>>
		+ CreateAuthorizedTransaction<Call<Self>>
	{
		/// Holds bonds.
		type Currency: fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ fungible::hold::Balanced<Self::AccountId>;

		/// The runtime's reasons for holds.
		type RuntimeHoldReason: From<HoldReason>;

		/// The published models.
		type Models: ModelCatalogue<Self::AccountId, BalanceOf<Self>>;

		/// Receives what stale answers cost a bond.
		type StaleFees: OnUnbalanced<CreditOf<Self>>;

		/// What one stale answer costs.
		#[pallet::constant]
		type StaleFee: Get<BalanceOf<Self>>;

		/// Who takes of bonds for what the chain itself cannot see.
		type SlashOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Receives what a lie costs a bond; `()` burns it.
		type Slashed: OnUnbalanced<CreditOf<Self>>;

		/// How many times the fee a lie costs. Nobody is drawn whose bond is less.
		#[pallet::constant]
		type LieFactor: Get<u32>;

		/// How many times its fee an answer speaks for of a bond while it can be disputed. More than the fees a lie may be worth to
		/// anybody, and so much that what a bond can lose outweighs what all the lies it covers are worth.
		#[pallet::constant]
		type ExposureFactor: Get<u32>;

		/// Blocks for which an answer counts against a bond at least; twice as many at most. No shorter than the time from a
		/// payment to the verdict of the last dispute about it.
		#[pallet::constant]
		type DisputeWindow: Get<BlockNumberFor<Self>>;

		/// Blocks for which a node in jail gets no jobs at least, and none for a model it was wrong about.
		#[pallet::constant]
		type JailTime: Get<BlockNumberFor<Self>>;

		/// The least bond of a node.
		#[pallet::constant]
		type MinBond: Get<BalanceOf<Self>>;

		/// The bond each job at a time asks for.
		#[pallet::constant]
		type BondPerJob: Get<BalanceOf<Self>>;

		/// The most jobs a node carries at once, whatever its bond.
		#[pallet::constant]
		type MaxJobs: Get<u32>;

		/// The most models a node announces.
		#[pallet::constant]
		type MaxServed: Get<u32>;

		/// Blocks after which a worker reports again.
		#[pallet::constant]
		type HeartbeatPeriod: Get<BlockNumberFor<Self>>;

		/// Blocks that must lie between two heartbeats of a node.
		#[pallet::constant]
		type HeartbeatGap: Get<BlockNumberFor<Self>>;

		/// Blocks after which a silent node gets no more jobs.
		#[pallet::constant]
		type HeartbeatTimeout: Get<BlockNumberFor<Self>>;

		/// Blocks between unbonding and withdrawing.
		#[pallet::constant]
		type UnbondingDelay: Get<BlockNumberFor<Self>>;

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
		/// A node's bond.
		Bond,
	}

	/// Every registered node.
	// Bounded by bonds; the key is a counter nobody chooses, so a fast hasher is safe.
	#[pallet::storage]
	pub type Nodes<T: Config> = StorageMap<_, Twox64Concat, NodeId, NodeOf<T>>;

	/// The number the next node gets.
	#[pallet::storage]
	pub type NextNode<T> = StorageValue<_, NodeId, ValueQuery>;

	/// The node that signs with a worker key.
	// One entry a node.
	#[pallet::storage]
	pub type Workers<T> = StorageMap<_, Blake2_128Concat, WorkerId, NodeId>;

	/// The models a node announced, ascending.
	// One entry a node, `MaxServed` long.
	#[pallet::storage]
	pub type Served<T: Config> =
		StorageMap<_, Twox64Concat, NodeId, BoundedVec<ModelId, T::MaxServed>, ValueQuery>;

	/// Per model, the nodes to draw from, without gaps from 0.
	// As many entries as `Served` has in all.
	#[pallet::storage]
	pub type Candidates<T> = StorageDoubleMap<_, Twox64Concat, ModelId, Twox64Concat, u32, NodeId>;

	/// Where a node stands in a model's list.
	#[pallet::storage]
	pub type Places<T> = StorageDoubleMap<_, Twox64Concat, ModelId, Twox64Concat, NodeId, u32>;

	/// How long a model's list is, and of how many owners.
	#[pallet::storage]
	pub type Lists<T> = StorageMap<_, Twox64Concat, ModelId, List, ValueQuery>;

	/// Per model, how many nodes of an owner are on its list.
	// No more entries than `Candidates` has.
	#[pallet::storage]
	pub type Operators<T: Config> =
		StorageDoubleMap<_, Twox64Concat, ModelId, Blake2_128Concat, T::AccountId, u32, ValueQuery>;

	/// Nodes bonded from the first block on: owner, worker key, bond, roles.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Owner, worker key, bond, roles.
		pub nodes: Vec<(T::AccountId, WorkerId, BalanceOf<T>, Roles)>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			for (owner, worker, bond, roles) in self.nodes.iter().cloned() {
				Pallet::<T>::do_register(owner, roles, worker, bond).expect(
					"a preset's node has a fresh worker key and an owner who can bond; qed",
				);
			}
		}
	}

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A node was registered and its bond held.
		Registered {
			/// The node's number.
			node: NodeId,
			/// Who bonded and is paid.
			owner: T::AccountId,
			/// What it may do.
			roles: Roles,
			/// The bond.
			bond: BalanceOf<T>,
		},
		/// A bond grew.
		BondedMore {
			/// The node.
			node: NodeId,
			/// The bond now.
			bond: BalanceOf<T>,
		},
		/// A node signs with another key from now on.
		WorkerRotated {
			/// The node.
			node: NodeId,
			/// The new key.
			worker: WorkerId,
		},
		/// A node's owner named another key to seal inputs with for it, or none any more.
		SealingKeySet {
			/// The node.
			node: NodeId,
			/// The X25519 key.
			key: Option<[u8; 32]>,
		},
		/// A node serves other models than before.
		ServedChanged {
			/// The node.
			node: NodeId,
			/// How many models it serves now.
			models: u32,
		},
		/// A node gets no more jobs and may withdraw its bond later.
		Unbonding {
			/// The node.
			node: NodeId,
			/// The first block in which it may withdraw.
			until: BlockNumberFor<T>,
		},
		/// A node is gone and its bond returned.
		Withdrawn {
			/// The node.
			node: NodeId,
			/// What was returned.
			bond: BalanceOf<T>,
		},
		/// A node paid for stale answers.
		StaleCharged {
			/// The node.
			node: NodeId,
			/// What was taken from its bond.
			amount: BalanceOf<T>,
		},
		/// A node paid for a wrong answer and gets no jobs for the model for a while.
		Punished {
			/// The node.
			node: NodeId,
			/// The model it was wrong about.
			model: ModelId,
			/// What was taken from its bond.
			amount: BalanceOf<T>,
		},
		/// A node paid for what it reported to feeds, or did not.
		Fined {
			/// The node.
			node: NodeId,
			/// What was taken from its bond.
			amount: BalanceOf<T>,
		},
		/// Governance took of a node's bond.
		Slashed {
			/// The node.
			node: NodeId,
			/// What was taken.
			amount: BalanceOf<T>,
		},
		/// A node gets no jobs until its owner takes it out of jail.
		Jailed {
			/// The node.
			node: NodeId,
			/// The first block in which that is possible.
			until: BlockNumberFor<T>,
		},
		/// A node may serve again.
		LeftJail {
			/// The node.
			node: NodeId,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no node of this number.
		NodeUnknown,
		/// The bond or what is to be taken of it is nothing.
		NothingToSlash,
		/// Only the node's owner may do this.
		NotOwner,
		/// A node needs at least one role.
		NoRole,
		/// The bond is below the least bond.
		BondTooLow,
		/// Another node signs with this worker key.
		WorkerTaken,
		/// The signature does not prove that the owner has the worker key.
		WorkerNotProven,
		/// The node is unbonding.
		NodeUnbonding,
		/// The node is not unbonding, not for long enough, or has jobs or answers that can be disputed.
		NodeBonded,
		/// The models are not ascending, or too many.
		ServedInvalid,
		/// Every node number is taken.
		TooManyNodes,
		/// The node is in jail.
		NodeJailed,
		/// The node is not in jail.
		NotJailed,
		/// The node's time in jail is not over.
		StillJailed,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::HeartbeatGap::get() <= T::HeartbeatPeriod::get());
			assert!(T::HeartbeatPeriod::get() < T::HeartbeatTimeout::get());
			assert!(T::BondPerJob::get() <= T::MinBond::get());
			assert!(!T::DisputeWindow::get().is_zero());
			assert!(
				T::UnbondingDelay::get() > T::DisputeWindow::get().saturating_mul(2u32.into()),
				"a bond must outlast what it answers for"
			);
		}

		fn offchain_worker(now: BlockNumberFor<T>) {
			Self::report(now);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::check_laws()
		}
	}

	#[pallet::call(weight(<T as Config>::WeightInfo))]
	impl<T: Config> Pallet<T> {
		/// Registers a node, holds its bond and names the key its worker signs with. `proof` is that key's signature of
		/// `opg/worker-key/1 ‖ genesis hash ‖ owner`.
		///
		/// Emits `Registered`.
		#[pallet::call_index(0)]
		pub fn register(
			origin: OriginFor<T>,
			roles: Roles,
			worker: WorkerId,
			proof: WorkerSignature,
			#[pallet::compact] bond: BalanceOf<T>,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::ensure_proven(&owner, &worker, &proof)?;
			Self::do_register(owner, roles, worker, bond)
		}

		/// Adds to a node's bond.
		///
		/// Emits `BondedMore`.
		#[pallet::call_index(1)]
		pub fn bond_more(
			origin: OriginFor<T>,
			node: NodeId,
			#[pallet::compact] amount: BalanceOf<T>,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_bond_more(owner, node, amount)
		}

		/// Names another key for the worker, proven as in `register`.
		///
		/// Emits `WorkerRotated`.
		#[pallet::call_index(2)]
		pub fn rotate_key(
			origin: OriginFor<T>,
			node: NodeId,
			worker: WorkerId,
			proof: WorkerSignature,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::ensure_proven(&owner, &worker, &proof)?;
			Self::do_rotate_key(owner, node, worker)
		}

		/// Ends new jobs and starts the wait for the bond.
		///
		/// Emits `Unbonding`.
		#[pallet::call_index(3)]
		pub fn unbond(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_unbond(owner, node)
		}

		/// Takes an unbonded node away and returns its bond.
		///
		/// Emits `Withdrawn`.
		#[pallet::call_index(4)]
		pub fn withdraw(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_withdraw(owner, node)
		}

		/// A worker reports that it is alive and which models it has loaded. Free; signed by the worker key over
		/// `opg/heartbeat/1 ‖ genesis hash ‖ (node, number, models)`.
		///
		/// Emits `ServedChanged` if the models changed.
		#[pallet::call_index(5)]
		#[pallet::weight((
			T::WeightInfo::heartbeat(
				models.len() as u32,
				T::MaxServed::get().saturating_add(models.len() as u32),
			),
			DispatchClass::Operational,
			Pays::No,
		))]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_heartbeat())]
		#[pallet::authorize(Self::authorize_heartbeat)]
		pub fn heartbeat(
			origin: OriginFor<T>,
			node: NodeId,
			number: u64,
			models: BoundedVec<ModelId, T::MaxServed>,
			signature: WorkerSignature,
		) -> DispatchResultWithPostInfo {
			ensure_authorized(origin)?;
			let _ = (number, signature);
			Self::do_heartbeat(node, models)
		}

		/// Ends a node's time in jail, once it is over and with the least bond; its next heartbeat puts it on the lists again.
		///
		/// Emits `LeftJail`.
		#[pallet::call_index(6)]
		pub fn leave_jail(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_leave_jail(owner, node)
		}

		/// Takes of a node's bond, all of it if it has less, and jails the node.
		///
		/// Emits `Slashed`, and `Jailed` if it had jobs to get.
		#[pallet::call_index(7)]
		pub fn slash(
			origin: OriginFor<T>,
			node: NodeId,
			#[pallet::compact] amount: BalanceOf<T>,
		) -> DispatchResult {
			T::SlashOrigin::ensure_origin(origin)?;
			Self::do_slash(node, amount)
		}

		/// Names the X25519 key that inputs are sealed with for a node, so that they can lie in public; or none any more.
		///
		/// Emits `SealingKeySet`.
		#[pallet::call_index(8)]
		pub fn set_sealing_key(
			origin: OriginFor<T>,
			node: NodeId,
			key: Option<[u8; 32]>,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_set_sealing_key(owner, node, key)
		}
	}
}
