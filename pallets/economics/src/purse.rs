//! The pot re-runs of answers are paid from.

use crate::{Balance, Config, Pallet, Pot};
use frame_support::traits::{
	fungible::{Balanced, Inspect},
	tokens::{Fortitude, Precision, Preservation},
};
use opg_primitives::seams::CheckPurse;

impl<T: Config> CheckPurse<T::AccountId, Balance> for Pallet<T> {
	fn holds(amount: Balance) -> bool {
		let pot = Pot::Checks.account().into();
		T::Currency::reducible_balance(&pot, Preservation::Preserve, Fortitude::Polite) >= amount
	}

	fn pay(payees: &[T::AccountId], each: Balance) {
		let pot = Pot::Checks.account().into();
		for payee in payees {
			let paid = T::Currency::withdraw(
				&pot,
				each,
				Precision::BestEffort,
				Preservation::Preserve,
				Fortitude::Polite,
			);
			if let Ok(Err(unpaid)) = paid.map(|credit| T::Currency::resolve(payee, credit)) {
				Self::credit(Pot::Treasury, unpaid);
			}
		}
	}
}
