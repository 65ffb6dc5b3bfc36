//! What was counted, for those who pay for use.

use crate::{Accounts, Balance, Config, EpochIndex, Pallet};
use frame_support::traits::Get;
use opg_primitives::seams::{Returned, Subject};

impl<T: Config> Pallet<T> {
	/// What an account paid itself in ended epochs in which it came back, and that was not taken yet.
	pub fn returned(who: &T::AccountId) -> Returned<Balance> {
		let now = Self::current_epoch();
		Accounts::<T>::get(who)
			.filter(|account| !account.presence.is_forgotten(now, T::Epochs::get()))
			.map_or_else(Default::default, |account| account.returned(now))
	}

	/// The same, which counts as taken from now on.
	pub fn take_returned(who: &T::AccountId) -> Returned<Balance> {
		let returned = Self::returned(who);
		if returned != Returned::default() {
			let now = Self::current_epoch();
			Accounts::<T>::mutate_extant(who, |account| account.taken_to = now);
		}
		returned
	}

	/// What a model or app burnt in the epochs from `from` up to, and not including, `to`, as far as they are kept.
	pub fn burnt(subject: Subject, from: EpochIndex, to: EpochIndex) -> Balance {
		let oldest_kept = Self::current_epoch().saturating_sub(T::ScopeEpochs::get());
		(from.max(oldest_kept)..to)
			.filter_map(|epoch| Self::scope_counters(subject, epoch))
			.fold(0, |sum: Balance, counters| sum.saturating_add(counters.money.burn))
	}
}
