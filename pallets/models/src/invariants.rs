//! The laws of the published models, checked after every test and by `try_state`.

use crate::{
	AnswerTimes, BalanceOf, Config, Demands, HoldReason, Models, NextModel, Pallet, References,
};
use alloc::collections::BTreeMap;
use frame_support::{ensure, traits::fungible::hold::Inspect};
use opg_primitives::{seams::ProofKeys, ContentId, TrustKind};
use sp_runtime::{traits::Zero, Saturating, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks every law.
	pub fn check_laws() -> Result<(), TryRuntimeError> {
		Self::check_numbers()?;
		Self::check_deposits()?;
		Self::check_circuits()?;
		Self::check_references()
	}

	/// Every model's number was given out.
	fn check_numbers() -> Result<(), TryRuntimeError> {
		let next = NextModel::<T>::get();
		ensure!(
			Models::<T>::iter_keys().all(|model| model < next),
			"a model has a number not given out"
		);
		ensure!(
			AnswerTimes::<T>::iter_keys().all(|model| Models::<T>::contains_key(model)),
			"answer times outlived their model"
		);
		ensure!(
			Demands::<T>::iter_keys().all(|model| Models::<T>::contains_key(model)),
			"demand outlived its model"
		);
		Ok(())
	}

	/// Files are counted as often as models are made of them.
	fn check_references() -> Result<(), TryRuntimeError> {
		let mut files = BTreeMap::<ContentId, u32>::new();
		for record in Models::<T>::iter_values() {
			let count = files.entry(record.terms.content).or_default();
			*count = count.saturating_add(1);
		}
		ensure!(
			References::<T>::iter().collect::<BTreeMap<_, _>>() == files,
			"files are not counted as models are made of them"
		);
		Ok(())
	}

	/// Models that may be asked under a proof, and no others, have a circuit, whose key is there.
	fn check_circuits() -> Result<(), TryRuntimeError> {
		for record in Models::<T>::iter_values() {
			let is_proved = record.terms.trust.contains(&TrustKind::Proved);
			ensure!(
				is_proved == record.terms.circuit.is_some(),
				"a circuit is of no use, or missing"
			);
			let has_key = record.terms.circuit.is_none_or(|it| T::Keys::system(it.key).is_some());
			ensure!(has_key, "a circuit's key is gone");
		}
		Ok(())
	}

	/// What is held for models is what their records say, owner by owner, to the unit.
	fn check_deposits() -> Result<(), TryRuntimeError> {
		let mut owed = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		for record in Models::<T>::iter_values() {
			let sum = owed.entry(record.owner).or_insert_with(Zero::zero);
			*sum = sum.saturating_add(record.deposit);
		}
		for account in frame_system::Account::<T>::iter_keys() {
			let held = T::Currency::balance_on_hold(&HoldReason::Model.into(), &account);
			let owed = owed.get(&account).copied().unwrap_or_else(Zero::zero);
			ensure!(
				held == owed,
				"a model deposit is held without a record, or the other way round"
			);
		}
		Ok(())
	}
}
