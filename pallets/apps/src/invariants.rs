//! The laws of apps, checked after every test and by `try_state`.

use crate::{
	Apps, BalanceOf, Config, HoldReason, NextApp, Pallet, Sponsorships, Standings, Status,
};
use alloc::collections::BTreeMap;
use frame_support::{
	ensure,
	traits::{fungible::hold::Inspect, Get},
};
use sp_runtime::{traits::Zero, Saturating, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks every law.
	pub fn check_laws() -> Result<(), TryRuntimeError> {
		Self::check_records()?;
		Self::check_deposits()?;
		Self::check_standings()
	}

	/// Every app's number was given out; what is sold could be sold; a retired app sells nothing; only apps pay for anything.
	fn check_records() -> Result<(), TryRuntimeError> {
		let next = NextApp::<T>::get();
		for (app, record) in Apps::<T>::iter() {
			ensure!(app < next, "an app has a number not given out");
			ensure!(
				record.status == Status::Active || record.offers.is_empty(),
				"a retired app sells passes"
			);
			let is_sound = record.offers.iter().all(|offer| {
				Self::check_terms(&offer.terms).is_ok() && offer.price >= T::MinPrice::get()
			});
			ensure!(is_sound, "an app sells what may not be sold");
		}
		ensure!(
			Sponsorships::<T>::iter_keys().all(|app| Apps::<T>::contains_key(app)),
			"what an app pays for outlived it"
		);
		let now = T::Epoch::get();
		ensure!(
			Sponsorships::<T>::iter_values().all(|sponsorship| sponsorship.epoch <= now),
			"an app paid in an epoch that has not begun"
		);
		Ok(())
	}

	/// What is held for apps is what their records say, owner by owner, to the unit.
	fn check_deposits() -> Result<(), TryRuntimeError> {
		let mut owed = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		for record in Apps::<T>::iter_values() {
			let sum = owed.entry(record.owner).or_insert_with(Zero::zero);
			*sum = sum.saturating_add(record.deposit);
		}
		for account in frame_system::Account::<T>::iter_keys() {
			let held = T::Currency::balance_on_hold(&HoldReason::App.into(), &account);
			let owed = owed.get(&account).copied().unwrap_or_else(Zero::zero);
			ensure!(
				held == owed,
				"an app's deposit is held without a record, or the other way round"
			);
		}
		Ok(())
	}

	/// Nothing an app gave holds longer than its record lasts, or than anything may; nothing empty is kept.
	fn check_standings() -> Result<(), TryRuntimeError> {
		let now = T::Epoch::get();
		for (app, _, standing) in Standings::<T>::iter() {
			let pass = standing.pass.map(|pass| pass.over_in);
			let credit = standing.credit.map(|credit| credit.over_in);
			let last = pass.max(credit);
			ensure!(last.is_some(), "a standing without pass or credit is kept");
			let last = last.unwrap_or_default();
			let over_in = Apps::<T>::get(app).map_or(now, |record| record.over_in);
			ensure!(last <= over_in, "what an app gave outlasts it");
			let latest = now.saturating_add(T::MaxEpochs::get());
			ensure!(last <= latest, "a pass or credit holds too long");
		}
		Ok(())
	}
}
