//! Rebates: what is given back to who came back.

use crate::{Config, CurrentTerms, Error, Event, LastSpent, Pallet, Terms};
use frame_support::{ensure, traits::Get};
use opg_primitives::seams::{GrowthPurse, UseRecord};
use sp_runtime::{DispatchResult, Permill};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_claim(who: T::AccountId) -> DispatchResult {
		let terms = CurrentTerms::<T>::get();
		let paid = T::Record::take_returned(&who);
		let amount = terms.rebate(paid.fees, paid.burnt);
		ensure!(amount > 0, Error::<T>::NothingDue);
		let mut spent = Self::spent_in(T::Record::epoch());
		spent.rebates = spent.rebates.saturating_add(amount);
		ensure!(spent.rebates <= terms.rebates, Error::<T>::RebatesExhausted);
		ensure!(amount <= T::Purse::holds(), Error::<T>::PurseTooSmall);
		T::Purse::pay(&who, amount)?;
		LastSpent::<T>::put(spent);
		Self::deposit_event(Event::Rebated { who, paid: paid.fees, amount });
		Ok(())
	}

	/// Nobody is given back more of what was paid than is allowed, nor all that burnt of it.
	pub(crate) fn check_terms(terms: &Terms) -> DispatchResult {
		let is_below = terms.of_fees <= T::MaxOfFees::get() && terms.of_burn < Permill::one();
		ensure!(is_below, Error::<T>::RebateNotBelowBurn);
		Ok(())
	}
}
