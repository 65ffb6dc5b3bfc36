//! The laws of the supply, checked after every test and by `try_state`.

use crate::{
	Allocations, Balance, Bucket, Config, CurrentShares, Ledgers, Open, Pallet, Pot, Promise,
	Promises,
};
use frame_support::{
	ensure,
	traits::{fungible::Inspect, Get},
};
use opg_primitives::seams::RewardRecord;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks every law.
	pub fn check_laws() -> Result<(), TryRuntimeError> {
		Self::check_issuance()?;
		Self::check_buckets()?;
		Self::check_allocations()?;
		Self::check_shares()?;
		Self::check_pots()?;
		Self::check_rewards()
	}

	/// There is never more than the supply.
	fn check_issuance() -> Result<(), TryRuntimeError> {
		ensure!(
			T::Currency::total_issuance() <= T::Supply::get(),
			"more was issued than the supply"
		);
		Ok(())
	}

	/// Nothing leaves a bucket before it vests, or beyond what it gave, and what has not left is in its pot to the unit,
	/// beside the endowment. (Anybody may send it more: that stays there.)
	fn check_buckets() -> Result<(), TryRuntimeError> {
		for bucket in Bucket::ALL {
			let schedule = Self::schedule(bucket);
			let ledger = Ledgers::<T>::get(bucket);
			let vested = Self::vested_of(bucket).max(schedule.at_launch);
			ensure!(ledger.released <= vested, "more has left a bucket than has vested");
			ensure!(ledger.allocated <= schedule.total, "a bucket gave more than it had");
			ensure!(
				bucket.streams() || ledger.released <= ledger.allocated,
				"more has left a bucket than it gave"
			);
			let kept = schedule.total.saturating_sub(ledger.released);
			ensure!(
				T::Currency::balance(&bucket.account().into())
					>= kept.saturating_add(T::Endowment::get()),
				"a bucket's pot lacks what has not left it"
			);
		}
		Ok(())
	}

	/// What is open of a bucket's allocations is what it gave less what it paid; none was paid more than has vested of it, and
	/// none that was paid in full is kept.
	fn check_allocations() -> Result<(), TryRuntimeError> {
		for bucket in Bucket::ALL {
			let schedule = Self::schedule(bucket);
			let mut open: Balance = 0;
			for allocation in Allocations::<T>::iter_prefix_values(bucket) {
				ensure!(allocation.claimed < allocation.amount, "a finished allocation is kept");
				let vested = Self::vested_by(&schedule.part(allocation.amount));
				ensure!(
					allocation.claimed <= vested,
					"an allocation was paid more than has vested"
				);
				open = open.saturating_add(allocation.amount.saturating_sub(allocation.claimed));
			}
			let ledger = Ledgers::<T>::get(bucket);
			let unpaid = ledger.allocated.saturating_sub(ledger.released);
			ensure!(open == unpaid, "allocations are not what a bucket gave");
		}
		Ok(())
	}

	/// The parts of a fee are the whole, and growth is less than what burns.
	fn check_shares() -> Result<(), TryRuntimeError> {
		let shares = CurrentShares::<T>::get();
		ensure!(shares.are_whole(), "the shares of a fee are not the fee");
		ensure!(shares.burn_more_than_grows(), "growth is not less than what burns");
		Ok(())
	}

	/// Every pot exists.
	fn check_pots() -> Result<(), TryRuntimeError> {
		for pot in Pot::ALL {
			let balance = T::Currency::balance(&pot.account().into());
			ensure!(balance >= T::Currency::minimum_balance(), "a pot does not exist");
		}
		Ok(())
	}

	/// The pot for rewards covers all that can still be claimed of what was promised, and still exists then.
	///
	/// What else is in it: its endowment, less what the roundings of payments to the nearest unit took since an era last
	/// ended; and what of earlier eras turned out to be nobody's since then, which the next era is promised: parts rounded
	/// down, rewards of validators without points, payments staking could not make, eras that left the history.
	fn check_rewards() -> Result<(), TryRuntimeError> {
		let (mut last, mut open): (_, Balance) = (None, 0);
		for Promise { era, owed } in Promises::<T>::get() {
			ensure!(last < Some(era), "promises are not in order");
			last = Some(era);
			let reward = T::Stakers::reward(era).unwrap_or_default();
			let parts = Open::<T>::get(era);
			let unclaimed = parts.iter().fold(0, |sum: Balance, (validator, part)| {
				sum.saturating_add(T::Stakers::unclaimed(era, validator, *part * reward))
			});
			open = open.saturating_add(unclaimed.min(owed));
		}
		let promises = Promises::<T>::get();
		ensure!(
			Open::<T>::iter_keys().all(|era| promises.iter().any(|promise| promise.era == era)),
			"an era is open that was not promised"
		);
		let held = T::Currency::balance(&Pot::Rewards.account().into());
		ensure!(
			held >= open.saturating_add(T::Currency::minimum_balance()),
			"the pot for rewards does not cover what was promised"
		);
		Ok(())
	}
}
