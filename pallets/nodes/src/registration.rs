//! A node's registration: bond, worker key, unbonding, withdrawal, and what its record tells others.

use crate::{
	BalanceOf, Config, CreditOf, Error, Event, HoldReason, NextNode, Node, NodeOf, Nodes, Pallet,
	Served, Status, Workers,
};
use frame_support::{
	ensure,
	traits::{
		fungible::{
			hold::{Balanced, Mutate},
			Inspect,
		},
		tokens::{Fortitude, Precision, Preservation},
		Get, Imbalance, OnUnbalanced,
	},
};
use opg_primitives::{
	node::{WorkerId, WorkerSignature},
	statement::{statement, Domain},
	NodeId, Roles,
};
use sp_application_crypto::RuntimeAppPublic;
use sp_runtime::{
	traits::{CheckedAdd, CheckedDiv, Saturating, Zero},
	ArithmeticError, DispatchResult, SaturatedConversion, TokenError,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_register(
		owner: T::AccountId,
		roles: Roles,
		worker: WorkerId,
		bond: BalanceOf<T>,
	) -> DispatchResult {
		ensure!(!roles.is_empty(), Error::<T>::NoRole);
		ensure!(bond >= T::MinBond::get(), Error::<T>::BondTooLow);
		ensure!(!Workers::<T>::contains_key(&worker), Error::<T>::WorkerTaken);
		let node = NextNode::<T>::get();
		let next = node.checked_add(1).ok_or(Error::<T>::TooManyNodes)?;

		Self::hold_bond(&owner, bond)?;
		Workers::<T>::insert(&worker, node);
		Nodes::<T>::insert(
			node,
			Node {
				owner: owner.clone(),
				worker,
				sealing: None,
				roles,
				bond,
				status: Status::Active,
				capacity: Default::default(),
				last_seen: None,
				next_heartbeat: 0,
				next_batch: 0,
				answered: 0,
				missed: 0,
				score: Default::default(),
				exposure: Default::default(),
				bars: Default::default(),
				slashed: Zero::zero(),
			},
		);
		NextNode::<T>::put(next);
		Self::deposit_event(Event::Registered { node, owner, roles, bond });
		Ok(())
	}

	pub(crate) fn do_bond_more(
		owner: T::AccountId,
		node: NodeId,
		amount: BalanceOf<T>,
	) -> DispatchResult {
		let mut record = Self::staying_of(&owner, node)?;
		record.bond = record.bond.checked_add(&amount).ok_or(ArithmeticError::Overflow)?;
		Self::hold_bond(&owner, amount)?;
		Self::deposit_event(Event::BondedMore { node, bond: record.bond });
		Nodes::<T>::insert(node, record);
		Ok(())
	}

	pub(crate) fn do_rotate_key(
		owner: T::AccountId,
		node: NodeId,
		worker: WorkerId,
	) -> DispatchResult {
		let mut record = Self::staying_of(&owner, node)?;
		ensure!(!Workers::<T>::contains_key(&worker), Error::<T>::WorkerTaken);
		Workers::<T>::remove(&record.worker);
		Workers::<T>::insert(&worker, node);
		record.worker = worker.clone();
		Nodes::<T>::insert(node, record);
		Self::deposit_event(Event::WorkerRotated { node, worker });
		Ok(())
	}

	pub(crate) fn do_set_sealing_key(
		owner: T::AccountId,
		node: NodeId,
		key: Option<[u8; 32]>,
	) -> DispatchResult {
		let mut record = Self::node_of(&owner, node)?;
		record.sealing = key;
		Nodes::<T>::insert(node, record);
		Self::deposit_event(Event::SealingKeySet { node, key });
		Ok(())
	}

	pub(crate) fn do_unbond(owner: T::AccountId, node: NodeId) -> DispatchResult {
		let mut record = Self::staying_of(&owner, node)?;
		let until =
			frame_system::Pallet::<T>::block_number().saturating_add(T::UnbondingDelay::get());
		record.status = Status::Unbonding { until };
		Self::serve_nothing(node, &record.owner);
		Nodes::<T>::insert(node, record);
		Self::deposit_event(Event::Unbonding { node, until });
		Ok(())
	}

	pub(crate) fn do_withdraw(owner: T::AccountId, node: NodeId) -> DispatchResult {
		let record = Self::node_of(&owner, node)?;
		let now = frame_system::Pallet::<T>::block_number();
		let is_free = matches!(record.status, Status::Unbonding { until } if now >= until);
		let owes_nothing = record.capacity.used().is_zero() && Self::spoken_for(&record).is_zero();
		ensure!(is_free && owes_nothing, Error::<T>::NodeBonded);

		T::Currency::release(&HoldReason::Bond.into(), &owner, record.bond, Precision::BestEffort)?;
		Workers::<T>::remove(&record.worker);
		Served::<T>::remove(node);
		Nodes::<T>::remove(node);
		Self::deposit_event(Event::Withdrawn { node, bond: record.bond });
		Ok(())
	}

	/// Takes what `items` stale answers cost from a node's bond.
	pub(crate) fn do_charge_stale(node: NodeId, items: u32) {
		let Some(mut record) = Nodes::<T>::get(node) else { return };
		let taken = Self::take_bond(&mut record, T::StaleFee::get().saturating_mul(items.into()));
		let amount = taken.peek();
		if amount.is_zero() {
			return;
		}
		Nodes::<T>::insert(node, record);
		T::StaleFees::on_unbalanced(taken);
		Self::deposit_event(Event::StaleCharged { node, amount });
	}

	/// Takes `cost` from a node's bond, or all there is.
	pub(crate) fn take_bond(record: &mut NodeOf<T>, cost: BalanceOf<T>) -> CreditOf<T> {
		let cost = cost.min(record.bond);
		if cost.is_zero() {
			return CreditOf::<T>::zero();
		}
		let (taken, _) = T::Currency::slash(&HoldReason::Bond.into(), &record.owner, cost);
		record.bond = record.bond.saturating_sub(taken.peek());
		record.slashed = record.slashed.saturating_add(taken.peek());
		taken
	}

	pub(crate) fn ensure_proven(
		owner: &T::AccountId,
		worker: &WorkerId,
		proof: &WorkerSignature,
	) -> DispatchResult {
		let claim = statement(Domain::WorkerKey, Self::genesis(), owner);
		ensure!(worker.verify(&claim, proof), Error::<T>::WorkerNotProven);
		Ok(())
	}

	/// The chain's first hash, which every off-chain signature names.
	pub(crate) fn genesis() -> T::Hash {
		frame_system::Pallet::<T>::block_hash(
			frame_system::pallet_prelude::BlockNumberFor::<T>::zero(),
		)
	}

	/// Jobs a node's bond allows at once; none below half of the least bond, so that a small loss does not end all work.
	pub fn bonded_jobs(record: &NodeOf<T>) -> u32 {
		if record.bond < T::MinBond::get() / 2u32.into() {
			return 0;
		}
		let per_job = T::BondPerJob::get().max(1u32.into());
		record
			.bond
			.checked_div(&per_job)
			.unwrap_or_default()
			.saturated_into::<u32>()
			.min(T::MaxJobs::get())
	}

	fn hold_bond(owner: &T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
		// A hold would also take frozen balance, which may be gone when the bond is wanted.
		let usable =
			T::Currency::reducible_balance(owner, Preservation::Preserve, Fortitude::Polite);
		ensure!(usable >= amount, TokenError::FundsUnavailable);
		T::Currency::hold(&HoldReason::Bond.into(), owner, amount)
	}

	pub(crate) fn node_of(owner: &T::AccountId, node: NodeId) -> Result<NodeOf<T>, Error<T>> {
		let record = Nodes::<T>::get(node).ok_or(Error::<T>::NodeUnknown)?;
		ensure!(record.owner == *owner, Error::<T>::NotOwner);
		Ok(record)
	}

	/// A node that is not leaving, jailed or not.
	fn staying_of(owner: &T::AccountId, node: NodeId) -> Result<NodeOf<T>, Error<T>> {
		let record = Self::node_of(owner, node)?;
		ensure!(!matches!(record.status, Status::Unbonding { .. }), Error::<T>::NodeUnbonding);
		Ok(record)
	}
}
