//! The pot growth is paid from.

use crate::{Balance, Config, Pallet, Pot};
use frame_support::traits::{
	fungible::{Inspect, Mutate},
	tokens::{Fortitude, Preservation},
};
use opg_primitives::seams::GrowthPurse;
use sp_runtime::DispatchError;

impl<T: Config> GrowthPurse<T::AccountId, Balance> for Pallet<T> {
	fn holds() -> Balance {
		let pot = Pot::Growth.account().into();
		T::Currency::reducible_balance(&pot, Preservation::Preserve, Fortitude::Polite)
	}

	fn pay(who: &T::AccountId, amount: Balance) -> Result<(), DispatchError> {
		T::Currency::transfer(&Pot::Growth.account().into(), who, amount, Preservation::Preserve)?;
		Ok(())
	}
}
