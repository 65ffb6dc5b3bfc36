//! The laws of what is kept here, checked after every test and by `try_state`.

use crate::{BalanceOf, Commitments, Config, Due, DuePlaces, HoldReason, Pallet};
use alloc::collections::BTreeMap;
use frame_support::{
	ensure,
	traits::{fungible::hold::Inspect, Get},
};
use sp_runtime::{
	traits::{Saturating, Zero},
	TryRuntimeError,
};

impl<T: Config> Pallet<T> {
	/// Checks every law.
	pub fn check_laws() -> Result<(), TryRuntimeError> {
		Self::check_deposits()?;
		Self::check_due()
	}

	/// What is held for commitments is what they say, account by account, to the unit.
	fn check_deposits() -> Result<(), TryRuntimeError> {
		let mut deposits = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		for (_, by, commitment) in Commitments::<T>::iter() {
			let sum = deposits.entry(by).or_insert_with(Zero::zero);
			*sum = sum.saturating_add(commitment.deposit);
		}
		for account in frame_system::Account::<T>::iter_keys() {
			let held = T::Currency::balance_on_hold(&HoldReason::Commitment.into(), &account);
			let owed = deposits.remove(&account).unwrap_or_else(Zero::zero);
			ensure!(held == owed, "a deposit is held without a commitment, or the other way round");
		}
		ensure!(deposits.is_empty(), "an account that is gone has a commitment");
		Ok(())
	}

	/// Commitments and places name each other, and places are not too many.
	fn check_due() -> Result<(), TryRuntimeError> {
		let places = DuePlaces::<T>::get();
		ensure!(
			places.head <= places.tail && places.len() <= T::MaxCommitments::get().into(),
			"more places are in use than there are"
		);
		let entries: BTreeMap<_, _> = Due::<T>::iter().collect();
		ensure!(
			entries.keys().all(|place| (places.head..places.tail).contains(place)),
			"a commitment stands at a place that is not in use"
		);
		ensure!(
			Commitments::<T>::iter().all(|(request, by, commitment)| {
				entries.get(&commitment.place).is_some_and(|entry| {
					(entry.request, &entry.by, entry.until) == (request, &by, commitment.until)
				})
			}),
			"a commitment would never be given up"
		);
		ensure!(
			Commitments::<T>::iter().count() == entries.len(),
			"a place is kept for a commitment that is gone"
		);
		Ok(())
	}
}
