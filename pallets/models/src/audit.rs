//! Whose key a circuit has: what governance and panels of nodes find, and what follows for the model.

use crate::{BalanceOf, Config, Error, Event, HoldReason, Models, Pallet};
use frame_support::{
	ensure,
	traits::{
		fungible::hold::Mutate,
		tokens::{Fortitude, Precision, Restriction},
	},
};
use opg_primitives::{
	audit::Recipe,
	seams::{AuditRefusal, AuditedModels},
	Audit, ModelId,
};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchError, DispatchResult,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_audit(model: ModelId) -> DispatchResult {
		Models::<T>::try_mutate(model, |record| {
			let record = record.as_mut().ok_or(Error::<T>::ModelUnknown)?;
			ensure!(record.terms.circuit.is_some(), Error::<T>::NoCircuit);
			record.audit = Audit::Audited;
			Ok::<_, DispatchError>(())
		})?;
		Self::deposit_event(Event::Audited { model });
		Ok(())
	}
}

impl<T: Config> AuditedModels<T::AccountId, BalanceOf<T>> for Pallet<T> {
	fn publisher(model: ModelId) -> Result<T::AccountId, AuditRefusal> {
		let record = Models::<T>::get(model).ok_or(AuditRefusal::Unknown)?;
		ensure!(record.terms.circuit.is_some(), AuditRefusal::NoCircuit);
		ensure!(!record.is_retired(), AuditRefusal::Retired);
		match record.audit {
			Audit::Unaudited => Ok(record.owner),
			Audit::Audited => Err(AuditRefusal::Audited),
			Audit::Refuted => Err(AuditRefusal::Refuted),
		}
	}

	fn recipe(model: ModelId) -> Option<Recipe> {
		let terms = Models::<T>::get(model)?.terms;
		Some(Recipe { content: terms.content, circuit: terms.circuit? })
	}

	fn confirm(model: ModelId) {
		// Governance does the same; a model that is gone has nothing to say it of.
		let _ = Self::do_audit(model);
	}

	fn refute(model: ModelId, payees: &[T::AccountId], each: BalanceOf<T>) {
		let Some(mut record) = Models::<T>::get(model) else { return };
		let reason = HoldReason::Model.into();
		let mut left = record.deposit;
		for payee in payees {
			// One that cannot take it leaves it to burn.
			let moved = T::Currency::transfer_on_hold(
				&reason,
				&record.owner,
				payee,
				each.min(left),
				Precision::BestEffort,
				Restriction::Free,
				Fortitude::Force,
			);
			left = left.saturating_sub(moved.unwrap_or_else(|_| Zero::zero()));
		}
		let paid = record.deposit.saturating_sub(left);
		let burnt = T::Currency::burn_held(
			&reason,
			&record.owner,
			left,
			Precision::BestEffort,
			Fortitude::Force,
		)
		.unwrap_or_else(|_| Zero::zero());
		// What is left after both, if anything is, is still held and still named.
		record.deposit = left.saturating_sub(burnt);
		record.audit = Audit::Refuted;
		Models::<T>::insert(model, record);
		Self::deposit_event(Event::Suspended { model, paid, burnt });
	}
}
