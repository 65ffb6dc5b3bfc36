//! The laws of workflows, checked after every test and by `try_state`.

use crate::{
	types::numbers_of, Agenda, BalanceOf, Config, HoldReason, Latest, NextWorkflow, Pallet,
	Results, Workflows,
};
use alloc::collections::BTreeMap;
use frame_support::{ensure, traits::fungible::hold::Inspect};
use sp_runtime::{traits::Zero, Saturating, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks every law.
	pub fn check_laws() -> Result<(), TryRuntimeError> {
		Self::check_deposits()?;
		Self::check_runs()?;
		Self::check_results()?;
		Self::check_places()
	}

	/// What is held is the workflows' deposits, owner by owner, to the unit.
	fn check_deposits() -> Result<(), TryRuntimeError> {
		let mut deposits = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		for record in Workflows::<T>::iter_values() {
			let sum = deposits.entry(record.owner).or_insert_with(Zero::zero);
			*sum = sum.saturating_add(record.deposit);
		}
		for account in frame_system::Account::<T>::iter_keys() {
			let owed = deposits.get(&account).copied().unwrap_or_else(Zero::zero);
			let held = T::Currency::balance_on_hold(&HoldReason::Workflow.into(), &account);
			ensure!(held == owed, "a hold is not what workflows' deposits are");
		}
		Ok(())
	}

	/// Every number was given out; a run that is pending was begun, from numbers of no time to come, as many as its inputs say.
	fn check_runs() -> Result<(), TryRuntimeError> {
		let next = NextWorkflow::<T>::get();
		for (workflow, record) in Workflows::<T>::iter() {
			ensure!(workflow < next, "a workflow has a number not given out");
			let Some(pending) = record.pending else { continue };
			ensure!(record.runs > 0, "a run is pending that never began");
			ensure!(record.last_run == Some(pending.at), "a run is pending of another time");
			ensure!(
				pending.taken.len() == numbers_of(&record.inputs) as usize
					&& pending.taken.iter().all(|one| one.at <= pending.at),
				"a run was fed something else than its workflow says"
			);
		}
		let count = Workflows::<T>::iter_keys().count();
		ensure!(Workflows::<T>::count() as usize == count, "workflows are miscounted");
		Ok(())
	}

	/// Results are of workflows that are there, of runs that began, at their places.
	fn check_results() -> Result<(), TryRuntimeError> {
		for (workflow, place, derived) in Results::<T>::iter() {
			let record = Workflows::<T>::get(workflow).ok_or("a result outlived its workflow")?;
			ensure!(derived.run < record.runs, "a result is of a run that never began");
			ensure!(Self::place_of(derived.run) == place, "a result stands at another's place");
			ensure!(
				derived.taken.len() == numbers_of(&record.inputs) as usize,
				"a result does not name what it is made of"
			);
		}
		for (workflow, run) in Latest::<T>::iter() {
			let derived = Results::<T>::get(workflow, Self::place_of(run));
			ensure!(derived.is_some_and(|one| one.run == run), "the last result is not there");
		}
		Ok(())
	}

	/// Every workflow has the place it knows, still to come, and no other.
	fn check_places() -> Result<(), TryRuntimeError> {
		let now = frame_system::Pallet::<T>::block_number();
		for (workflow, record) in Workflows::<T>::iter() {
			ensure!(
				record.look_at > now && Agenda::<T>::get(record.look_at).contains(&workflow),
				"a workflow would never be looked at"
			);
		}
		let places: usize = Agenda::<T>::iter_values().map(|due| due.len()).sum();
		ensure!(places == Workflows::<T>::iter_keys().count(), "a workflow has a place too many");
		Ok(())
	}
}
