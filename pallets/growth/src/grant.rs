//! Grants: made, paid milestone by milestone, taken back.

use crate::types::GrantId;
use crate::{
	Balance, Config, CurrentTerms, Error, Event, Grant, Grants, LastSpent, Limit, Measure,
	Measures, Milestones, NextGrant, Pallet,
};
use frame_support::{ensure, traits::Get};
use opg_primitives::seams::{GrowthPurse, Subject, UseRecord};
use sp_runtime::{traits::Saturating, DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_grant(
		beneficiary: T::AccountId,
		subject: Subject,
		milestones: Milestones,
	) -> DispatchResult {
		ensure!(T::Record::exists(subject), Error::<T>::SubjectUnknown);
		if !Measures::<T>::contains_key(subject) {
			let from = T::Record::epoch();
			Measures::<T>::insert(subject, Measure { from, ..Measure::default() });
		}
		Self::add(Grant { beneficiary, limit: Limit::Burn(subject), milestones })
	}

	pub(crate) fn do_grant_unmeasured(
		beneficiary: T::AccountId,
		milestones: Milestones,
	) -> DispatchResult {
		let now = frame_system::Pallet::<T>::block_number();
		let limit = Limit::Delay(now.saturating_add(T::Delay::get()));
		Self::add(Grant { beneficiary, limit, milestones })
	}

	fn add(record: crate::GrantOf<T>) -> DispatchResult {
		let amount = record
			.milestones
			.iter()
			.try_fold(0, |sum: Balance, part| sum.checked_add(*part).filter(|_| *part > 0))
			.filter(|sum| *sum > 0)
			.ok_or(Error::<T>::MilestonesInvalid)?;
		let grant = NextGrant::<T>::get();
		NextGrant::<T>::put(grant.checked_add(1).ok_or(Error::<T>::TooManyGrants)?);
		let beneficiary = record.beneficiary.clone();
		Grants::<T>::insert(grant, record);
		Self::deposit_event(Event::Granted { grant, beneficiary, amount });
		Ok(())
	}

	pub(crate) fn do_release(grant: GrantId) -> DispatchResult {
		let mut record = Grants::<T>::get(grant).ok_or(Error::<T>::GrantUnknown)?;
		let amount = record.milestones.first().copied().ok_or(Error::<T>::GrantUnknown)?;
		let terms = CurrentTerms::<T>::get();
		let mut spent = Self::spent_in(T::Record::epoch());
		spent.grants = spent.grants.saturating_add(amount);
		ensure!(spent.grants <= terms.grants, Error::<T>::GrantsExhausted);
		match record.limit {
			Limit::Delay(until) => {
				let now = frame_system::Pallet::<T>::block_number();
				ensure!(now >= until, Error::<T>::TooEarly);
			},
			Limit::Burn(subject) => Self::measure(subject, amount)?,
		}
		ensure!(amount <= T::Purse::holds(), Error::<T>::PurseTooSmall);
		T::Purse::pay(&record.beneficiary, amount)?;
		LastSpent::<T>::put(spent);
		record.milestones.remove(0);
		if record.milestones.is_empty() {
			Grants::<T>::remove(grant);
		} else {
			Grants::<T>::insert(grant, record);
		}
		Self::deposit_event(Event::Released { grant, amount });
		Ok(())
	}

	pub(crate) fn do_withdraw(grant: GrantId) -> DispatchResult {
		ensure!(Grants::<T>::take(grant).is_some(), Error::<T>::GrantUnknown);
		Self::deposit_event(Event::Withdrawn { grant });
		Ok(())
	}

	/// Counts what a model or app burnt up to the last epoch that ended, and takes `amount` of what that allows.
	fn measure(subject: Subject, amount: Balance) -> Result<(), DispatchError> {
		let mut measure = Measures::<T>::get(subject).unwrap_or_default();
		let now = T::Record::epoch();
		let burnt = T::Record::burnt(subject, measure.from, now);
		measure.burnt = measure.burnt.saturating_add(burnt);
		measure.from = now;
		measure.granted = measure.granted.saturating_add(amount);
		let allowed = CurrentTerms::<T>::get().grantable(measure.burnt);
		ensure!(measure.granted <= allowed, Error::<T>::BurnTooSmall);
		Measures::<T>::insert(subject, measure);
		Ok(())
	}
}
