//! The supply in its buckets: how it is laid out at genesis, what has vested of it, and how it leaves.

use crate::{Balance, Bucket, Config, Event, Launch, Ledger, Ledgers, Pallet, Pot, Schedule};
use frame_support::{
	ensure,
	traits::{
		fungible::{Inspect, Mutate},
		tokens::{Fortitude, Preservation},
		Get, UnixTime,
	},
};
use sp_runtime::{DispatchResult, SaturatedConversion};

impl<T: Config> Pallet<T> {
	/// Begins every bucket's ledger. What its pot lacks at genesis was spent of it, and must have been free at launch.
	pub(crate) fn open_buckets() -> Result<(), &'static str> {
		ensure!(
			T::Currency::total_issuance() == T::Supply::get(),
			"the issuance is not the supply"
		);
		for pot in Pot::ALL {
			let balance = T::Currency::balance(&pot.account().into());
			ensure!(balance >= T::Endowment::get(), "a pot is not endowed");
		}
		for bucket in Bucket::ALL {
			let schedule = Self::schedule(bucket);
			let whole = schedule.total.saturating_add(T::Endowment::get());
			let spent = whole
				.checked_sub(T::Currency::balance(&bucket.account().into()))
				.ok_or("a bucket holds more than was published")?;
			ensure!(
				spent <= schedule.at_launch,
				"more of a bucket was spent than is free at launch"
			);
			let allocated = if bucket.streams() { 0 } else { spent };
			Ledgers::<T>::insert(bucket, Ledger { allocated, released: spent });
		}
		Ok(())
	}

	/// Begins to count months, and lets the growth pot have what is free at once.
	pub(crate) fn launch() {
		let at = T::Time::now().as_millis().saturated_into::<u64>();
		if at == 0 {
			return;
		}
		Launch::<T>::put(at);
		Self::deposit_event(Event::Launched { at });
		Self::stream();
	}

	/// Moves what has unlocked of the ecosystem bucket into the growth pot.
	pub(crate) fn stream() {
		let amount = Self::draw(Bucket::Ecosystem, Pot::Growth);
		if amount > 0 {
			Self::deposit_event(Event::Streamed { amount });
		}
	}

	/// Moves all that has unlocked of a bucket and not left it into a pot, and says how much that was.
	pub(crate) fn draw(bucket: Bucket, pot: Pot) -> Balance {
		let open = Self::vested_of(bucket).saturating_sub(Ledgers::<T>::get(bucket).released);
		let held = T::Currency::reducible_balance(
			&bucket.account().into(),
			Preservation::Preserve,
			Fortitude::Polite,
		);
		let amount = open.min(held);
		if amount == 0 || Self::release(bucket, &pot.account().into(), amount).is_err() {
			return 0;
		}
		amount
	}

	/// Pays `amount` of a bucket to an account.
	pub(crate) fn release(bucket: Bucket, to: &T::AccountId, amount: Balance) -> DispatchResult {
		T::Currency::transfer(&bucket.account().into(), to, amount, Preservation::Preserve)?;
		Ledgers::<T>::mutate(bucket, |ledger| {
			ledger.released = ledger.released.saturating_add(amount);
		});
		Ok(())
	}

	/// What has unlocked of a bucket so far.
	pub(crate) fn vested_of(bucket: Bucket) -> Balance {
		Self::vested_by(&Self::schedule(bucket))
	}

	/// What has unlocked by a schedule so far; nothing before the launch.
	pub(crate) fn vested_by(schedule: &Schedule) -> Balance {
		let Some(launch) = Launch::<T>::get() else { return 0 };
		let now = T::Time::now().as_millis().saturated_into::<u64>();
		schedule.vested(now.saturating_sub(launch))
	}

	pub(crate) fn schedule(bucket: Bucket) -> Schedule {
		bucket.schedule(T::Supply::get())
	}
}
