//! The laws of counting, checked after every test and by `try_state`.

use crate::{
	types::Scope, Accounts, Balance, Cell, Config, Counters, Epoch, EpochIndex, Headcount, Pallet,
	Ring, Sweeping, Tallies, AGES, FEES, SEEN,
};
use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::{ensure, traits::Get};
use sp_runtime::{Saturating, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks every law.
	pub fn check_laws() -> Result<(), TryRuntimeError> {
		Self::check_ring()?;
		Self::check_tallies()?;
		Self::check_accounts()?;
		Self::check_cohorts()?;
		Self::check_places()
	}

	/// Every epoch stands in its own place of the ring and has begun, and its counters add up. What its accounts paid is what was paid.
	fn check_ring() -> Result<(), TryRuntimeError> {
		for (place, epoch) in Ring::<T>::iter() {
			ensure!(place == Self::place_in_ring(epoch.index), "an epoch is not in its place");
			ensure!(epoch.index <= Self::current_epoch(), "an epoch has not begun");
			let spend = check_counters(&epoch.counters)?;
			ensure!(spend == epoch.counters.money.spend, "cohorts are not what was paid");
		}
		Ok(())
	}

	/// Counters of models and apps add up, exist only for epochs that are kept or about to be removed, are no more than is allowed,
	/// and come to no more than the network's.
	fn check_tallies() -> Result<(), TryRuntimeError> {
		let now = Self::current_epoch();
		let mut sums = BTreeMap::<(EpochIndex, bool), (u32, Counters)>::new();
		for (epoch, scope, tally) in Tallies::<T>::iter() {
			ensure!(epoch <= now, "a scope has counters of an epoch that has not begun");
			ensure!(
				epoch >= Sweeping::<T>::get().tallies_from,
				"a scope has counters nobody will remove"
			);
			let spend = check_counters(&tally)?;
			ensure!(spend <= tally.money.spend, "a scope's cohorts paid more than was paid");
			if now.saturating_sub(epoch) >= T::ScopeEpochs::get() {
				continue;
			}
			let network = Self::counters(epoch).unwrap_or_default();
			ensure!(
				tally.accounts.active <= network.accounts.active,
				"a scope has more accounts than the network"
			);
			let is_model = matches!(scope, Scope::Model(_));
			let (count, sum) = sums.entry((epoch, is_model)).or_default();
			count.saturating_inc();
			sum.service.merge(&tally.service);
			sum.money.merge(&tally.money);
		}
		for ((epoch, is_model), (count, sum)) in sums {
			let record = Ring::<T>::get(Self::place_in_ring(epoch))
				.filter(|record| record.index == epoch)
				.unwrap_or_else(|| Epoch::begin(epoch));
			let counted = if is_model { record.models } else { record.apps };
			ensure!(count == counted, "an epoch's scopes are miscounted");
			ensure!(count <= T::MaxScopes::get(), "an epoch has too many scopes");
			ensure!(is_within(&sum, &record.counters), "scopes come to more than the network");
		}
		Ok(())
	}

	/// An account's first epoch is no later than its last, which has begun; it was seen in both and never outside of them; it is
	/// followed once at each model and app, and no longer than it is known.
	fn check_accounts() -> Result<(), TryRuntimeError> {
		for account in Accounts::<T>::iter_values() {
			let presence = account.presence;
			ensure!(
				presence.first <= presence.last && presence.last <= Self::current_epoch(),
				"an account's epochs are out of order"
			);
			let span = presence.last.saturating_sub(presence.first);
			let first = 1u64.checked_shl(span).unwrap_or(0);
			let within = first.saturating_mul(2).saturating_sub(1);
			let within = if span.saturating_add(1) >= SEEN { u64::MAX } else { within };
			ensure!(
				account.seen & 1 == 1
					&& account.seen & first == first
					&& account.seen & !within == 0,
				"an account was not seen when it was here"
			);
			let paid = account.fees.sums().into_iter().zip(account.own.sums());
			ensure!(
				paid.into_iter().all(|(all, own)| own <= all),
				"an account paid more itself than was paid"
			);
			ensure!(
				account.taken_to <= Self::current_epoch(),
				"what an account will pay was taken already"
			);
			let scopes: BTreeSet<_> = account.places.iter().map(|place| place.scope).collect();
			ensure!(scopes.len() == account.places.len(), "an account is followed twice");
			for place in &account.places {
				ensure!(
					presence.first <= place.presence.first
						&& place.presence.first <= place.presence.last
						&& place.presence.last <= presence.last,
					"an account was at a model when it was not here"
				);
			}
		}
		Ok(())
	}

	/// In every epoch that is kept, active accounts and their ages are what accounts' own records say; what they paid is, as far back as
	/// accounts' records go.
	fn check_cohorts() -> Result<(), TryRuntimeError> {
		let now = Self::current_epoch();
		let kept = T::Epochs::get();
		let mut cells = BTreeMap::<(EpochIndex, EpochIndex), Cell>::new();
		for account in Accounts::<T>::iter_values() {
			let fees = account.fees.sums();
			for back in 0..SEEN.min(kept) {
				let is_seen = account.seen.checked_shr(back).unwrap_or(0) & 1 == 1;
				let epoch = account.presence.last.checked_sub(back);
				let Some(epoch) = epoch.filter(|_| is_seen) else { continue };
				let age = account.presence.age(epoch).min(AGES);
				let cell = cells.entry((epoch, age)).or_default();
				cell.accounts = cell.accounts.saturating_add(1);
				let paid = fees.get(back as usize).copied().unwrap_or(0);
				cell.spend = cell.spend.saturating_add(paid);
			}
		}
		for back in 0..kept {
			let Some(epoch) = now.checked_sub(back) else { break };
			let counters = Self::counters(epoch).unwrap_or_default();
			for age in 0..=AGES {
				let cell = counters.ages.at(age);
				let known = cells.get(&(epoch, age)).copied().unwrap_or_default();
				ensure!(cell.accounts == known.accounts, "a cohort is not its accounts");
				ensure!(
					back as usize >= FEES || cell.spend == known.spend,
					"a cohort's spend is not its accounts'"
				);
			}
		}
		Ok(())
	}

	/// The active accounts of a model or app are those followed at it in this epoch.
	fn check_places() -> Result<(), TryRuntimeError> {
		let now = Self::current_epoch();
		let mut active = BTreeMap::<Scope, u32>::new();
		for account in Accounts::<T>::iter_values() {
			for place in account.places.iter().filter(|place| place.presence.last == now) {
				active.entry(place.scope).or_default().saturating_inc();
			}
		}
		for (scope, tally) in Tallies::<T>::iter_prefix(now) {
			let followed = active.get(&scope).copied().unwrap_or(0);
			ensure!(tally.accounts.active == followed, "a scope's accounts are miscounted");
		}
		Ok(())
	}
}

/// Checks that active accounts are the new, the returning and the resurrected ones; that ages hold all of them, the new ones being of age
/// 0; and that each answer has a latency. Returns what ages paid.
fn check_counters(counters: &Counters) -> Result<Balance, TryRuntimeError> {
	let Headcount { active, new, returning, resurrected } = counters.accounts;
	let kinds = new.saturating_add(returning).saturating_add(resurrected);
	ensure!(active == kinds, "active accounts are not new, returning or resurrected");
	let mut all = Cell::default();
	for cell in counters.ages.cells() {
		all.accounts = all.accounts.saturating_add(cell.accounts);
		all.spend = all.spend.saturating_add(cell.spend);
	}
	ensure!(active == all.accounts, "active accounts are not of any age");
	ensure!(new == counters.ages.at(0).accounts, "new accounts have an age");
	let service = &counters.service;
	ensure!(service.latencies.total() == service.settled, "an answer has no latency");
	Ok(all.spend)
}

/// Whether what is disjoint among models, or among apps, comes to no more than the network's: all but accounts.
fn is_within(part: &Counters, whole: &Counters) -> bool {
	let (parts, wholes) = (&part.service, &whole.service);
	let is_served = parts.requests <= wholes.requests
		&& parts.settled <= wholes.settled
		&& parts.failed <= wholes.failed
		&& parts.expired <= wholes.expired
		&& parts.cancelled <= wholes.cancelled
		&& parts.latencies.counts().zip(wholes.latencies.counts()).all(|(one, all)| one <= all);
	let (parts, wholes) = (&part.money, &whole.money);
	is_served
		&& parts.spend <= wholes.spend
		&& parts.base_fees <= wholes.base_fees
		&& parts.burn <= wholes.burn
		&& parts.refunds <= wholes.refunds
}
