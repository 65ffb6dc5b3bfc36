//! An app's life: registered, retired, removed.

use crate::{
	App, AppOf, Apps, BalanceOf, Config, Error, Event, HoldReason, MaxName, NextApp, Offers,
	Pallet, Sponsorships, Status,
};
use frame_support::{
	ensure,
	traits::{
		fungible::{hold::Mutate as _, Inspect, Mutate},
		tokens::{Fortitude, Precision, Preservation},
		Get,
	},
	BoundedVec,
};
use opg_primitives::AppId;
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchError, DispatchResult, TokenError,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_register(
		owner: T::AccountId,
		name: BoundedVec<u8, MaxName>,
	) -> DispatchResult {
		let is_text = core::str::from_utf8(&name).is_ok_and(|name| !name.is_empty());
		ensure!(is_text, Error::<T>::NameInvalid);
		let app = NextApp::<T>::get();
		let next = app.checked_add(1).ok_or(Error::<T>::TooManyApps)?;
		let deposit = T::Deposit::get();
		// A hold would also take frozen balance, which may be gone when the deposit is wanted.
		let usable =
			T::Currency::reducible_balance(&owner, Preservation::Preserve, Fortitude::Polite);
		ensure!(usable >= deposit, TokenError::FundsUnavailable);
		T::Currency::hold(&HoldReason::App.into(), &owner, deposit)?;
		NextApp::<T>::put(next);
		let record = App {
			owner: owner.clone(),
			name,
			deposit,
			status: Status::Active,
			offers: Default::default(),
			over_in: 0,
		};
		Apps::<T>::insert(app, record);
		Self::deposit_event(Event::Registered { app, owner });
		Ok(())
	}

	pub(crate) fn do_set_offers(
		owner: T::AccountId,
		app: AppId,
		offers: Offers<BalanceOf<T>>,
	) -> DispatchResult {
		for offer in &offers {
			Self::check_terms(&offer.terms)?;
			ensure!(offer.price >= T::MinPrice::get(), Error::<T>::PriceTooLow);
		}
		let mut record = Self::active(app, &owner)?;
		record.offers = offers;
		Apps::<T>::insert(app, record);
		Self::deposit_event(Event::OffersChanged { app });
		Ok(())
	}

	pub(crate) fn do_retire(owner: T::AccountId, app: AppId) -> DispatchResult {
		let mut record = Self::active(app, &owner)?;
		record.status = Status::Retired { at: frame_system::Pallet::<T>::block_number() };
		record.offers = Default::default();
		Apps::<T>::insert(app, record);
		Self::deposit_event(Event::Retired { app });
		Ok(())
	}

	pub(crate) fn do_remove(owner: T::AccountId, app: AppId) -> DispatchResult {
		let record = Self::owned(app, &owner)?;
		let Status::Retired { at } = record.status else {
			return Err(Error::<T>::AppInUse.into());
		};
		let now = frame_system::Pallet::<T>::block_number();
		let is_over = now >= at.saturating_add(T::RetirementDelay::get())
			&& record.over_in <= T::Epoch::get();
		ensure!(is_over, Error::<T>::AppInUse);

		let purse = Self::purse(app);
		let left =
			T::Currency::reducible_balance(&purse, Preservation::Expendable, Fortitude::Polite);
		if !left.is_zero() {
			T::Currency::transfer(&purse, &owner, left, Preservation::Expendable)?;
		}
		T::Currency::release(
			&HoldReason::App.into(),
			&owner,
			record.deposit,
			Precision::BestEffort,
		)?;
		Apps::<T>::remove(app);
		Sponsorships::<T>::remove(app);
		Self::deposit_event(Event::Removed { app });
		Ok(())
	}

	pub(crate) fn known(app: AppId) -> Result<AppOf<T>, DispatchError> {
		Apps::<T>::get(app).ok_or_else(|| Error::<T>::AppUnknown.into())
	}

	pub(crate) fn owned(app: AppId, owner: &T::AccountId) -> Result<AppOf<T>, DispatchError> {
		let record = Self::known(app)?;
		ensure!(record.owner == *owner, Error::<T>::NotOwner);
		Ok(record)
	}

	/// The app, if it is the owner's and not retired.
	pub(crate) fn active(app: AppId, owner: &T::AccountId) -> Result<AppOf<T>, DispatchError> {
		let record = Self::owned(app, owner)?;
		ensure!(record.status == Status::Active, Error::<T>::AppRetired);
		Ok(record)
	}
}
