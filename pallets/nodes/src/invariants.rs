//! The laws of the bonded nodes, checked after every test and by `try_state`.

use crate::{
	BalanceOf, Candidates, Config, HoldReason, List, Lists, NextNode, Nodes, Operators, Pallet,
	Places, Served, Status, Workers,
};
use alloc::collections::BTreeMap;
use frame_support::{ensure, traits::fungible::hold::Inspect};
use opg_primitives::ModelId;
use sp_runtime::{traits::Zero, Saturating, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks every law.
	pub fn check_laws() -> Result<(), TryRuntimeError> {
		Self::check_bonds()?;
		Self::check_workers()?;
		Self::check_candidates()?;
		Self::check_operators()?;
		Self::check_exposures()?;
		Self::check_scores()
	}

	/// What is held for bonds is the sum of the bonds, owner by owner, to the unit.
	fn check_bonds() -> Result<(), TryRuntimeError> {
		let mut bonds = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		for record in Nodes::<T>::iter_values() {
			let sum = bonds.entry(record.owner).or_insert_with(Zero::zero);
			*sum = sum.saturating_add(record.bond);
		}
		for account in frame_system::Account::<T>::iter_keys() {
			let held = T::Currency::balance_on_hold(&HoldReason::Bond.into(), &account);
			let bonded = bonds.get(&account).copied().unwrap_or_else(Zero::zero);
			ensure!(held == bonded, "a bond is held without a node, or the other way round");
		}
		Ok(())
	}

	/// Every node's number was given out, and nodes and worker keys name each other.
	fn check_workers() -> Result<(), TryRuntimeError> {
		let next = NextNode::<T>::get();
		for (node, record) in Nodes::<T>::iter() {
			ensure!(node < next, "a node has a number not given out");
			ensure!(
				Workers::<T>::get(&record.worker) == Some(node),
				"a worker key does not lead to its node"
			);
		}
		ensure!(
			Workers::<T>::iter().count() == Nodes::<T>::iter_keys().count(),
			"a worker key leads to no node"
		);
		Ok(())
	}

	/// Lists have no gaps, places and lists name each other, and nobody is listed for what it does not serve.
	fn check_candidates() -> Result<(), TryRuntimeError> {
		for (model, place, node) in Candidates::<T>::iter() {
			ensure!(place < Lists::<T>::get(model).nodes, "a candidate stands beyond its list");
			ensure!(
				Places::<T>::get(model, node) == Some(place),
				"a candidate does not know its place"
			);
			ensure!(
				Served::<T>::get(node).contains(&model),
				"a candidate is listed for a model it does not serve"
			);
			let record = Nodes::<T>::get(node).ok_or("a candidate is no node")?;
			ensure!(record.status == Status::Active, "a candidate is no active node");
			let now = frame_system::Pallet::<T>::block_number();
			ensure!(!record.bars.holds(model, now), "a candidate is barred from the model");
		}
		let listed: u32 = Lists::<T>::iter_values().map(|list| list.nodes).sum();
		ensure!(
			Candidates::<T>::iter().count() == listed as usize
				&& Places::<T>::iter().count() == listed as usize,
			"a list has gaps"
		);
		Ok(())
	}

	/// Per model, the nodes of each owner and the owners are counted right.
	fn check_operators() -> Result<(), TryRuntimeError> {
		let mut nodes = BTreeMap::<(ModelId, T::AccountId), u32>::new();
		for (model, _, node) in Candidates::<T>::iter() {
			let record = Nodes::<T>::get(node).ok_or("a candidate is no node")?;
			nodes.entry((model, record.owner)).or_default().saturating_inc();
		}
		let mut lists = BTreeMap::<ModelId, List>::new();
		for ((model, owner), count) in &nodes {
			ensure!(
				Operators::<T>::get(model, owner) == *count,
				"an operator's nodes are counted wrong"
			);
			let list = lists.entry(*model).or_default();
			list.nodes = list.nodes.saturating_add(*count);
			list.operators.saturating_inc();
		}
		ensure!(
			Operators::<T>::iter_keys().count() == nodes.len(),
			"an operator without a node is counted"
		);
		ensure!(
			Lists::<T>::iter().collect::<BTreeMap<_, _>>() == lists,
			"operators are miscounted"
		);
		Ok(())
	}

	/// What a node has in hand and what can be disputed is within its bond, unless it was slashed since; who carries no job has
	/// nothing in hand.
	fn check_exposures() -> Result<(), TryRuntimeError> {
		for record in Nodes::<T>::iter_values() {
			ensure!(
				Self::spoken_for(&record) <= record.bond.saturating_add(record.slashed),
				"more is spoken for than was bonded"
			);
			ensure!(
				!record.capacity.used().is_zero() || record.exposure.in_hand().is_zero(),
				"something is in hand without a job"
			);
		}
		Ok(())
	}

	/// Nobody gets jobs with too low a score.
	fn check_scores() -> Result<(), TryRuntimeError> {
		for record in Nodes::<T>::iter_values() {
			ensure!(
				record.status != Status::Active || !record.score.is_low(),
				"an active node has too low a score"
			);
		}
		Ok(())
	}
}
