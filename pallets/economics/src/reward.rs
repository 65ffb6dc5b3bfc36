//! What an era's stakers are promised, and where it is paid from when they claim.

use crate::{
	Balance, Bucket, Config, DebtOf, EraIndex, Event, Open, Pallet, Pot, Promise, Promises,
};
use alloc::vec::Vec;
use frame_support::traits::{
	fungible::{Balanced, Inspect, Mutate},
	tokens::{Fortitude, Preservation},
	Get, Imbalance, OnUnbalanced,
};
use opg_primitives::seams::RewardRecord;
use sp_runtime::{BoundedVec, Perbill};
use sp_staking::EraPayout;

/// The reward of an era for its stakers; nothing remains, so nothing is issued for a remainder.
impl<T: Config> EraPayout<Balance> for Pallet<T> {
	fn era_payout(_staked: Balance, _issuance: Balance, _millis: u64) -> (Balance, Balance) {
		let Some((era, parts)) = T::Stakers::ending_era() else { return (0, 0) };
		(Self::promise(era, parts), 0)
	}
}

/// Settles what staking has deposited.
impl<T: Config> OnUnbalanced<DebtOf<T>> for Pallet<T> {
	fn on_nonzero_unbalanced(debt: DebtOf<T>) {
		let uncovered = Self::settle_from(Pot::Rewards, debt);
		let amount = uncovered.peek();
		if amount == 0 {
			return;
		}
		// Dropping what is left would mint it.
		log::error!(target: "runtime::economics", "{amount} units of a reward were not covered");
		let rest = [Pot::Validators, Pot::Treasury]
			.into_iter()
			.fold(uncovered, |debt, pot| Self::settle_from(pot, debt));
		drop(rest);
		Self::deposit_event(Event::RewardUncovered { amount });
	}
}

impl<T: Config> Pallet<T> {
	/// Fills the pot for rewards and promises the stakers of `era` what in it is promised to nobody.
	fn promise(era: EraIndex, parts: Vec<(T::AccountId, Perbill)>) -> Balance {
		let emitted = Self::draw(Bucket::Staking, Pot::Rewards);
		let collected = Self::collect();
		let mut promises = Self::review();
		let owed = promises.iter().fold(0, |sum: Balance, one| sum.saturating_add(one.owed));
		let free = Self::above_endowment(Pot::Rewards).saturating_sub(owed);
		let promised = match BoundedVec::try_from(parts) {
			Ok(parts) if free > 0 && promises.try_push(Promise { era, owed: free }).is_ok() => {
				Open::<T>::insert(era, parts);
				free
			},
			// What cannot be noted is not promised, and waits for the next era.
			_ => 0,
		};
		Promises::<T>::put(promises);
		Self::deposit_event(Event::RewardPromised { era, emitted, collected, promised });
		promised
	}

	/// The promises with what can still be claimed of them, without those of which nothing can.
	fn review() -> BoundedVec<Promise, T::MaxPromises> {
		let mut promises = Promises::<T>::get();
		for promise in promises.iter_mut() {
			promise.owed = Self::still_open(promise.era).min(promise.owed);
			if promise.owed == 0 {
				Open::<T>::remove(promise.era);
			}
		}
		promises.retain(|promise| promise.owed > 0);
		promises
	}

	/// What can still be claimed of an era's reward. Validators of whose part nothing can are not asked about again.
	fn still_open(era: EraIndex) -> Balance {
		let Some(reward) = T::Stakers::reward(era) else { return 0 };
		let mut parts = Open::<T>::get(era);
		let before = parts.len();
		let mut sum: Balance = 0;
		parts.retain(|(validator, part)| {
			let open = T::Stakers::unclaimed(era, validator, *part * reward);
			sum = sum.saturating_add(open);
			open > 0
		});
		if parts.len() < before {
			Open::<T>::insert(era, parts);
		}
		sum
	}

	/// Moves what validators earned into the pot for rewards, and says how much that was.
	fn collect() -> Balance {
		let amount = Self::above_endowment(Pot::Validators);
		if amount == 0 {
			return 0;
		}
		let moved = T::Currency::transfer(
			&Pot::Validators.account().into(),
			&Pot::Rewards.account().into(),
			amount,
			Preservation::Preserve,
		);
		moved.unwrap_or_default()
	}

	/// What a pot holds beside its endowment.
	fn above_endowment(pot: Pot) -> Balance {
		T::Currency::balance(&pot.account().into()).saturating_sub(T::Endowment::get())
	}

	/// Takes a debt from a pot, and returns what the pot does not hold.
	fn settle_from(pot: Pot, debt: DebtOf<T>) -> DebtOf<T> {
		let account = pot.account().into();
		let held =
			T::Currency::reducible_balance(&account, Preservation::Preserve, Fortitude::Polite);
		let (covered, mut rest) = debt.split(held);
		if let Err(unsettled) = T::Currency::settle(&account, covered, Preservation::Preserve) {
			rest.subsume(unsettled);
		}
		rest
	}
}
