//! Purses: what apps pay for, whom they name, what their owners take out.

use crate::{
	BalanceOf, Config, Credit, Error, Event, Pallet, Promise, Sponsorship, Sponsorships, Standings,
};
use frame_support::{
	ensure,
	traits::{
		fungible::{Inspect, Mutate},
		tokens::{Fortitude, Preservation},
		Get,
	},
};
use opg_primitives::{seams::ModelCatalogue, AppId};
use sp_runtime::{
	traits::{AccountIdConversion, Saturating, Zero},
	DispatchResult,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_sponsor(
		owner: T::AccountId,
		app: AppId,
		promise: Option<Promise<BalanceOf<T>>>,
	) -> DispatchResult {
		let Some(promise) = promise else {
			Self::owned(app, &owner)?;
			Sponsorships::<T>::remove(app);
			Self::deposit_event(Event::SponsorshipChanged { app, is_open: false });
			return Ok(());
		};
		Self::active(app, &owner)?;
		let known = T::Models::next();
		let is_sound = !promise.models.is_empty()
			&& promise.models.iter().all(|model| *model < known)
			&& all_differ(&promise.models)
			&& all_differ(&promise.nodes);
		ensure!(is_sound, Error::<T>::PromiseInvalid);
		let now = T::Epoch::get();
		// What was paid in this epoch under another promise counts on.
		let spent = Sponsorships::<T>::get(app)
			.filter(|before| before.epoch == now)
			.map_or_else(Zero::zero, |before| before.spent);
		Sponsorships::<T>::insert(app, Sponsorship { promise, epoch: now, spent });
		Self::deposit_event(Event::SponsorshipChanged { app, is_open: true });
		Ok(())
	}

	pub(crate) fn do_credit(
		owner: T::AccountId,
		app: AppId,
		who: T::AccountId,
		amount: BalanceOf<T>,
		epochs: u32,
		endowment: BalanceOf<T>,
	) -> DispatchResult {
		let mut record = Self::active(app, &owner)?;
		ensure!(epochs > 0 && epochs <= T::MaxEpochs::get(), Error::<T>::TermsInvalid);
		if !endowment.is_zero() {
			ensure!(endowment <= Self::in_purse(app), Error::<T>::PurseTooSmall);
			T::Currency::transfer(&Self::purse(app), &who, endowment, Preservation::Preserve)?;
		}
		Self::take_record_fee(&owner)?;
		let over_in = T::Epoch::get().saturating_add(epochs);
		let mut standing = Standings::<T>::get(app, &who).unwrap_or_default();
		standing.credit = Some(Credit { over_in, left: amount });
		Standings::<T>::insert(app, &who, standing);
		Self::outlast(app, &mut record, over_in);
		Self::deposit_event(Event::Credited { app, who, amount, endowment });
		Ok(())
	}

	pub(crate) fn do_withdraw(
		owner: T::AccountId,
		app: AppId,
		amount: BalanceOf<T>,
	) -> DispatchResult {
		Self::owned(app, &owner)?;
		ensure!(amount <= Self::in_purse(app), Error::<T>::PurseTooSmall);
		T::Currency::transfer(&Self::purse(app), &owner, amount, Preservation::Preserve)?;
		Self::deposit_event(Event::Withdrawn { app, amount });
		Ok(())
	}

	/// The account an app pays from.
	pub fn purse(app: AppId) -> T::AccountId {
		T::PurseId::get().into_sub_account_truncating(app)
	}

	/// What an app can pay from its purse.
	pub(crate) fn in_purse(app: AppId) -> BalanceOf<T> {
		let purse = Self::purse(app);
		T::Currency::reducible_balance(&purse, Preservation::Preserve, Fortitude::Polite)
	}

	/// What an app can pay for requests now.
	pub fn spendable(app: AppId) -> BalanceOf<T> {
		let Some(sponsorship) = Sponsorships::<T>::get(app) else { return Zero::zero() };
		let now = T::Epoch::get();
		let spent = if sponsorship.epoch == now { sponsorship.spent } else { Zero::zero() };
		sponsorship.promise.cap.saturating_sub(spent).min(Self::in_purse(app))
	}
}

fn all_differ(numbers: &[u32]) -> bool {
	let different: alloc::collections::BTreeSet<_> = numbers.iter().collect();
	different.len() == numbers.len()
}
