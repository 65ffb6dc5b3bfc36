//! A batch of notes: added up in memory, written once.

use crate::{
	account::{Account, Paid},
	types::{Flow, InOrder},
	Accounts, Balance, Config, Counters, Epoch, EpochIndex, Pallet, Ring, Scope, Tallies,
};
use alloc::collections::BTreeMap;
use frame_support::traits::Get;
use opg_primitives::seams::{UsageLog, UsageNote, Use};

/// What is noted so far.
#[derive(frame_support::DefaultNoBound)]
pub struct Batch<T: Config> {
	network: Flow,
	scopes: InOrder<Scope, Flow>,
	accounts: BTreeMap<T::AccountId, Visit>,
	has_notes: bool,
}

/// What was paid for an account's answers, in all and at each model and app.
#[derive(Default)]
struct Visit {
	paid: Paid,
	scopes: InOrder<Scope, Balance>,
}

impl<T: Config> UsageLog<T::AccountId, Balance> for Pallet<T> {
	type Batch = Batch<T>;

	fn note(batch: &mut Batch<T>, of: Use<T::AccountId>, note: UsageNote<Balance>) {
		batch.has_notes = true;
		batch.network.note(&note);
		let scopes = [Some(Scope::Model(of.model)), of.app.map(Scope::App)];
		for scope in scopes.into_iter().flatten() {
			batch.scopes.get_or_default(scope).note(&note);
		}
		let UsageNote::Settled { spend, burn, .. } = note else { return };
		let visit = match batch.accounts.get_mut(of.who) {
			Some(visit) => visit,
			None => batch.accounts.entry(of.who.clone()).or_default(),
		};
		visit.paid.spend = visit.paid.spend.saturating_add(spend);
		if !of.is_sponsored {
			visit.paid.own = visit.paid.own.saturating_add(spend);
			visit.paid.burnt = visit.paid.burnt.saturating_add(burn);
		}
		for scope in scopes.into_iter().flatten() {
			let paid = visit.scopes.get_or_default(scope);
			*paid = paid.saturating_add(spend);
		}
	}

	fn commit(batch: Batch<T>) {
		if !batch.has_notes {
			return;
		}
		let now = Self::current_epoch();
		let mut epoch = Self::open_epoch(now);
		epoch.counters.add_flow(&batch.network);
		let mut tallies = BTreeMap::new();
		for (scope, flow) in batch.scopes.into_vec() {
			if let Some(mut tally) = Self::open_tally(&mut epoch, scope) {
				tally.add_flow(&flow);
				tallies.insert(scope, tally);
			}
		}
		for (who, visit) in batch.accounts {
			Self::count_visit(&mut epoch, &mut tallies, &who, visit);
		}
		for (scope, tally) in tallies {
			Tallies::<T>::insert(now, scope, tally);
		}
		Ring::<T>::insert(Self::place_in_ring(now), epoch);
	}
}

impl<T: Config> Pallet<T> {
	fn count_visit(
		epoch: &mut Epoch,
		tallies: &mut BTreeMap<Scope, Counters>,
		who: &T::AccountId,
		visit: Visit,
	) {
		let (now, ring) = (epoch.index, T::Epochs::get());
		let known = Accounts::<T>::get(who);
		let (mut account, arrival) = Account::visit(known, now, ring, &visit.paid);
		epoch.counters.add_visit(arrival, account.presence.age(now), visit.paid.spend);
		for (scope, spend) in visit.scopes.into_vec() {
			// A scope without room for its counters is followed all the same: it may have room in the next epoch.
			let Some((arrival, age)) = account.follow(scope, now, ring) else { continue };
			if let Some(tally) = tallies.get_mut(&scope) {
				tally.add_visit(arrival, age, spend);
			}
		}
		Accounts::<T>::insert(who, account);
	}

	/// The epoch's record in the ring; a fresh one where an older epoch's stands.
	fn open_epoch(now: EpochIndex) -> Epoch {
		Ring::<T>::get(Self::place_in_ring(now))
			.filter(|epoch| epoch.index == now)
			.unwrap_or_else(|| Epoch::begin(now))
	}

	/// The scope's counters in the epoch; none if it has none yet and there is no room for more.
	fn open_tally(epoch: &mut Epoch, scope: Scope) -> Option<Counters> {
		Tallies::<T>::get(epoch.index, scope)
			.or_else(|| epoch.admit(scope, T::MaxScopes::get()).then(Counters::default))
	}
}
