//! Passes: bought, given, passed on.

use crate::{
	AppOf, Apps, BalanceOf, Config, CreditOf, EpochIndex, Error, Event, Offer, Pallet, Pass,
	Standings, Status, Terms,
};
use frame_support::{
	ensure,
	traits::{
		fungible::Balanced,
		tokens::{Fortitude, Precision, Preservation},
		Get, OnUnbalanced,
	},
};
use opg_primitives::{
	seams::{FeeSplitter, Payees},
	AppId,
};
use sp_runtime::{DispatchError, DispatchResult, Permill};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_buy(
		who: T::AccountId,
		app: AppId,
		offer: Offer<BalanceOf<T>>,
	) -> DispatchResult {
		let record = Self::known(app)?;
		ensure!(record.status == Status::Active, Error::<T>::AppRetired);
		ensure!(record.offers.contains(&offer), Error::<T>::OfferUnknown);
		let Offer { price, terms } = offer;
		let pass = Self::planned(app, &who, terms)?;
		let paid = Self::withdraw_exactly(&who, price)?;
		let payees = Payees {
			node: record.owner.clone(),
			model_owner: record.owner.clone(),
			royalty: Permill::zero(),
			model: None,
		};
		let mut settlement = Default::default();
		let burn = T::Fees::add(&mut settlement, paid, &payees);
		T::Fees::pay(settlement);
		Self::give(app, record, &who, pass);
		Self::deposit_event(Event::Bought { app, who, price, burn, pass });
		Ok(())
	}

	pub(crate) fn do_grant(
		owner: T::AccountId,
		app: AppId,
		who: T::AccountId,
		terms: Terms,
	) -> DispatchResult {
		let record = Self::active(app, &owner)?;
		Self::check_terms(&terms)?;
		let pass = Self::planned(app, &who, terms)?;
		Self::take_record_fee(&owner)?;
		Self::give(app, record, &who, pass);
		Self::deposit_event(Event::Granted { app, who, pass });
		Ok(())
	}

	pub(crate) fn do_transfer_pass(
		from: T::AccountId,
		app: AppId,
		to: T::AccountId,
	) -> DispatchResult {
		let now = T::Epoch::get();
		let mut standing = Standings::<T>::get(app, &from).unwrap_or_default();
		let pass = standing.pass.take().ok_or(Error::<T>::NoPass)?;
		ensure!(pass.holds(now), Error::<T>::PassExpired);
		ensure!(pass.is_transferable, Error::<T>::NotTransferable);
		let mut theirs = Standings::<T>::get(app, &to).unwrap_or_default();
		ensure!(theirs.pass.is_none_or(|held| !held.holds(now)), Error::<T>::PassHeld);
		theirs.pass = Some(pass);
		Standings::<T>::set(app, &from, standing.in_epoch(now));
		Standings::<T>::insert(app, &to, theirs);
		Self::deposit_event(Event::PassTransferred { app, from, to });
		Ok(())
	}

	pub(crate) fn check_terms(terms: &Terms) -> DispatchResult {
		let is_some = terms.epochs > 0 && terms.quota > 0;
		ensure!(is_some && terms.epochs <= T::MaxEpochs::get(), Error::<T>::TermsInvalid);
		Ok(())
	}

	/// The pass an account would have with `terms` added.
	fn planned(app: AppId, who: &T::AccountId, terms: Terms) -> Result<Pass, Error<T>> {
		let held = Standings::<T>::get(app, who).and_then(|standing| standing.pass);
		Pass::extended(held, terms, T::Epoch::get(), T::MaxEpochs::get())
			.ok_or(Error::<T>::PassTooLong)
	}

	fn give(app: AppId, mut record: AppOf<T>, who: &T::AccountId, pass: Pass) {
		let mut standing = Standings::<T>::get(app, who).unwrap_or_default();
		standing.pass = Some(pass);
		Standings::<T>::insert(app, who, standing);
		Self::outlast(app, &mut record, pass.over_in);
	}

	/// Has an app's record last until what it gives is over.
	pub(crate) fn outlast(app: AppId, record: &mut AppOf<T>, over_in: EpochIndex) {
		if over_in > record.over_in {
			record.over_in = over_in;
			Apps::<T>::insert(app, record);
		}
	}

	pub(crate) fn take_record_fee(owner: &T::AccountId) -> DispatchResult {
		let fee = Self::withdraw_exactly(owner, T::RecordFee::get())?;
		T::RecordFees::on_unbalanced(fee);
		Ok(())
	}

	fn withdraw_exactly(
		who: &T::AccountId,
		amount: BalanceOf<T>,
	) -> Result<CreditOf<T>, DispatchError> {
		T::Currency::withdraw(
			who,
			amount,
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Polite,
		)
	}
}
