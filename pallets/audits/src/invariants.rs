//! The laws of audits, checked after every test and by `try_state`.

use crate::{Audits, BalanceOf, Config, HoldReason, Pallet, Stage, Waiting};
use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::{ensure, traits::fungible::hold::Inspect};
use opg_primitives::ModelId;
use sp_runtime::{traits::Zero, Saturating, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks every law.
	pub fn check_laws() -> Result<(), TryRuntimeError> {
		Self::check_waiting()?;
		Self::check_deposits()
	}

	/// Who waits for a draw is an audit that does, once; and every audit that waits for its panel is among them.
	fn check_waiting() -> Result<(), TryRuntimeError> {
		let waiting = Waiting::<T>::get();
		let named: BTreeSet<ModelId> = waiting.iter().copied().collect();
		ensure!(named.len() == waiting.len(), "an audit waits for two draws");
		for model in &named {
			let waits = Audits::<T>::get(model).is_some_and(|it| it.stage.waits_since().is_some());
			ensure!(waits, "a turn is kept for nobody");
		}
		for (model, record) in Audits::<T>::iter() {
			let is_first = matches!(record.stage, Stage::Waiting { .. });
			ensure!(!is_first || named.contains(&model), "an audit's turn never comes");
		}
		Ok(())
	}

	/// What is held for audits is what their records say, asker by asker, to the unit.
	fn check_deposits() -> Result<(), TryRuntimeError> {
		let mut owed = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		for record in Audits::<T>::iter_values() {
			let sum = owed.entry(record.asker).or_insert_with(Zero::zero);
			*sum = sum.saturating_add(record.deposit);
		}
		for account in frame_system::Account::<T>::iter_keys() {
			let held = T::Currency::balance_on_hold(&HoldReason::Audit.into(), &account);
			let owed = owed.get(&account).copied().unwrap_or_else(Zero::zero);
			ensure!(held == owed, "an audit's deposit is held without it, or the other way round");
		}
		Ok(())
	}
}
