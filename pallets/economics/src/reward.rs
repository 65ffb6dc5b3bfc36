//! What an era's stakers are promised, and where it is paid from when they claim.

use crate::{Balance, Bucket, Config, DebtOf, EraIndex, Event, Pallet, Pot, Promise, Promises};
use frame_support::traits::{
	fungible::{Balanced, Inspect, Mutate},
	tokens::{Fortitude, Preservation},
	Get, Imbalance, OnUnbalanced,
};
use opg_primitives::seams::RewardRecord;
use sp_staking::EraPayout;

/// The reward of an era for its stakers; nothing remains, so nothing is issued for a remainder.
impl<T: Config> EraPayout<Balance> for Pallet<T> {
	fn era_payout(_staked: Balance, _issuance: Balance, _millis: u64) -> (Balance, Balance) {
		let promised = T::Stakers::ending_era().map(Self::promise).unwrap_or_default();
		(promised, 0)
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
	fn promise(era: EraIndex) -> Balance {
		let emitted = Self::draw(Bucket::Staking, Pot::Rewards);
		let collected = Self::collect();

		let mut promises = Promises::<T>::get();
		for promise in promises.iter_mut() {
			promise.owed = promise.owed.min(T::Stakers::unclaimed(promise.era));
		}
		promises.retain(|promise| promise.owed > 0);
		let owed = promises.iter().fold(0, |sum: Balance, one| sum.saturating_add(one.owed));
		let open = Self::above_endowment(Pot::Rewards).saturating_sub(owed);
		// What cannot be noted is not promised, and waits for the next era.
		let is_noted = open > 0 && promises.try_push(Promise { era, owed: open }).is_ok();
		Promises::<T>::put(promises);

		let promised = if is_noted { open } else { 0 };
		Self::deposit_event(Event::RewardPromised { era, emitted, collected, promised });
		promised
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
