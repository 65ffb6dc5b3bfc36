//! Epochs: which one runs, what is kept of those before, and what is told when one ends.

use crate::{
	AccountUse, Accounts, CohortAge, Config, Counters, EpochIndex, EpochSpan, Event, Pallet, Ring,
	Scope, Service, Tallies, AGES,
};
use alloc::vec::Vec;
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
	traits::{CheckedDiv, Zero},
	SaturatedConversion,
};

impl<T: Config> Pallet<T> {
	/// The epoch that runs.
	pub fn current_epoch() -> EpochIndex {
		Self::epoch_of(frame_system::Pallet::<T>::block_number())
	}

	fn epoch_of(block: BlockNumberFor<T>) -> EpochIndex {
		let epoch = block.checked_div(&T::EpochLength::get()).unwrap_or_else(Zero::zero);
		epoch.saturated_into()
	}

	/// Where the ring keeps an epoch.
	pub(crate) fn place_in_ring(epoch: EpochIndex) -> u32 {
		epoch.checked_rem(T::Epochs::get()).unwrap_or(0)
	}

	/// Tells what the epoch before came to, if `now` is an epoch's first block.
	pub(crate) fn close_epoch(now: BlockNumberFor<T>) -> bool {
		let current = Self::epoch_of(now);
		let span = Self::span_of(current);
		let Some(epoch) =
			current.checked_sub(1).filter(|_| span.begin == now.saturated_into::<u64>())
		else {
			return false;
		};
		let Counters { accounts, service, money, .. } = Self::counters(epoch).unwrap_or_default();
		Self::deposit_event(Event::EpochClosed { epoch, accounts, service, money });
		true
	}

	fn span_of(index: EpochIndex) -> EpochSpan {
		let length: u64 = T::EpochLength::get().saturated_into();
		let begin = length.saturating_mul(index.into());
		EpochSpan { index, begin, end: begin.saturating_add(length) }
	}

	/// Whether an epoch has begun and is not older than `kept` epochs, the current one included.
	fn is_kept(epoch: EpochIndex, kept: u32) -> bool {
		Self::current_epoch().checked_sub(epoch).is_some_and(|age| age < kept)
	}

	/// The epoch that runs, and its blocks.
	pub fn epoch() -> EpochSpan {
		Self::span_of(Self::current_epoch())
	}

	/// The network's counters of an epoch; nothing if it has not begun or is kept no more.
	pub fn counters(epoch: EpochIndex) -> Option<Counters> {
		Self::is_kept(epoch, T::Epochs::get()).then(|| {
			Ring::<T>::get(Self::place_in_ring(epoch))
				.filter(|record| record.index == epoch)
				.map(|record| record.counters)
				.unwrap_or_default()
		})
	}

	/// A model's or app's counters of an epoch; nothing if it was not used in it, or the epoch is kept no more.
	pub fn scope_counters(scope: Scope, epoch: EpochIndex) -> Option<Counters> {
		Tallies::<T>::get(epoch, scope).filter(|_| Self::is_kept(epoch, T::ScopeEpochs::get()))
	}

	/// How the network served requests in an epoch.
	pub fn service(epoch: EpochIndex) -> Option<Service> {
		Self::counters(epoch).map(|counters| counters.service)
	}

	/// What was left of a cohort, at each age of which the epoch is kept, the youngest first.
	pub fn cohort(start: EpochIndex) -> Vec<CohortAge> {
		let now = Self::current_epoch();
		let oldest_kept = now.saturating_sub(T::Epochs::get().saturating_sub(1));
		let last = start.saturating_add(AGES.saturating_sub(1)).min(now);
		(start.max(oldest_kept)..=last)
			.filter_map(|epoch| {
				let age = epoch.saturating_sub(start);
				let cell = Self::counters(epoch)?.ages.at(age);
				Some(CohortAge { age, accounts: cell.accounts, spend: cell.spend })
			})
			.collect()
	}

	/// What is known of an account; nothing if it had no paid answer within the ring.
	pub fn account(who: &T::AccountId) -> Option<AccountUse> {
		let now = Self::current_epoch();
		Accounts::<T>::get(who)
			.filter(|account| !account.presence.is_forgotten(now, T::Epochs::get()))
			.map(|account| account.view(now))
	}
}
