//! The pots that re-runs of answers, and those who keep the files of models, are paid from.

use crate::{Balance, Config, Pallet, Pot};
use frame_support::traits::{
	fungible::{Balanced, Inspect},
	tokens::{Fortitude, Precision, Preservation},
};
use opg_primitives::seams::{CheckPurse, FilePurse};

impl<T: Config> Pallet<T> {
	/// What a pot can pay without ceasing to be.
	fn spendable(pot: Pot) -> Balance {
		let pot = pot.account().into();
		T::Currency::reducible_balance(&pot, Preservation::Preserve, Fortitude::Polite)
	}

	/// Pays out of a pot what it holds of `amount`; what cannot be paid is the treasury's.
	fn spend(pot: Pot, payee: &T::AccountId, amount: Balance) {
		let paid = T::Currency::withdraw(
			&pot.account().into(),
			amount,
			Precision::BestEffort,
			Preservation::Preserve,
			Fortitude::Polite,
		);
		if let Ok(Err(unpaid)) = paid.map(|credit| T::Currency::resolve(payee, credit)) {
			Self::credit(Pot::Treasury, unpaid);
		}
	}
}

impl<T: Config> CheckPurse<T::AccountId, Balance> for Pallet<T> {
	fn holds(amount: Balance) -> bool {
		Self::spendable(Pot::Checks) >= amount
	}

	fn pay(payees: &[T::AccountId], each: Balance) {
		for payee in payees {
			Self::spend(Pot::Checks, payee, each);
		}
	}
}

impl<T: Config> FilePurse<T::AccountId, Balance> for Pallet<T> {
	fn holds() -> Balance {
		Self::spendable(Pot::Storage)
	}

	fn pay(payee: &T::AccountId, amount: Balance) {
		Self::spend(Pot::Storage, payee, amount);
	}
}
