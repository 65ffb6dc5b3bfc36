//! What beneficiaries are given of buckets, and how they are paid.

use crate::{Allocation, Allocations, Balance, Bucket, Config, Error, Event, Ledgers, Pallet};
use frame_support::{
	ensure,
	traits::{
		fungible::Inspect,
		tokens::{DepositConsequence, Provenance},
	},
};
use sp_runtime::{ArithmeticError, DispatchResult};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_allocate(
		bucket: Bucket,
		beneficiary: T::AccountId,
		amount: Balance,
	) -> DispatchResult {
		ensure!(!bucket.streams(), Error::<T>::BucketStreams);
		ensure!(amount >= T::Currency::minimum_balance(), Error::<T>::AllocationTooSmall);
		let mut ledger = Ledgers::<T>::get(bucket);
		ledger.allocated = ledger.allocated.checked_add(amount).ok_or(ArithmeticError::Overflow)?;
		ensure!(ledger.allocated <= Self::schedule(bucket).total, Error::<T>::AllocationTooLarge);

		Ledgers::<T>::insert(bucket, ledger);
		let mut allocation = Allocations::<T>::get(bucket, &beneficiary).unwrap_or_default();
		allocation.amount = allocation.amount.saturating_add(amount);
		Allocations::<T>::insert(bucket, &beneficiary, allocation);
		Self::deposit_event(Event::Allocated { bucket, beneficiary, amount });
		Ok(())
	}

	pub(crate) fn do_claim(bucket: Bucket, beneficiary: T::AccountId) -> DispatchResult {
		let mut allocation =
			Allocations::<T>::get(bucket, &beneficiary).ok_or(Error::<T>::AllocationUnknown)?;
		let amount = Self::due(bucket, &allocation);
		ensure!(amount > 0, Error::<T>::NothingVested);
		let makes_no_account = T::Currency::can_deposit(&beneficiary, amount, Provenance::Extant)
			== DepositConsequence::BelowMinimum;
		ensure!(!makes_no_account, Error::<T>::BelowExistentialDeposit);

		Self::release(bucket, &beneficiary, amount)?;
		allocation.claimed = allocation.claimed.saturating_add(amount);
		if allocation.claimed >= allocation.amount {
			Allocations::<T>::remove(bucket, &beneficiary);
		} else {
			Allocations::<T>::insert(bucket, &beneficiary, allocation);
		}
		Self::deposit_event(Event::Claimed { bucket, beneficiary, amount });
		Ok(())
	}

	/// What has vested of an allocation and was not paid.
	pub(crate) fn due(bucket: Bucket, allocation: &Allocation) -> Balance {
		let schedule = Self::schedule(bucket).part(allocation.amount);
		Self::vested_by(&schedule).saturating_sub(allocation.claimed)
	}
}
