//! Use counted again, from the events of requests alone, by the rules of the chain's own counts.

use crate::records::{Cell, Counters, AGES, PLACES};
use std::collections::{BTreeMap, HashMap};

/// What has counters of its own beside the network's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Scope {
	Model(u32),
	App(u32),
}

/// What an event of a request tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Told {
	pub(crate) who: [u8; 32],
	pub(crate) model: u32,
	pub(crate) app: Option<u32>,
	pub(crate) what: What,
}

/// What became of a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum What {
	Requested,
	Settled { spend: u128, burn: u128, latency: u32 },
	Failed { spend: u128, burn: u128, refund: u128 },
	Expired { refund: u128 },
	Cancelled { refund: u128 },
}

/// What the runtime decides for its counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Rules {
	/// Blocks of an epoch.
	pub(crate) epoch_length: u64,
	/// Epochs after which an account without a paid answer is forgotten.
	pub(crate) ring: u32,
	/// The most models with counters of their own in an epoch, and the most apps.
	pub(crate) scopes: usize,
}

impl Rules {
	/// The epoch of a block.
	pub(crate) fn epoch_of(&self, block: u64) -> u32 {
		u32::try_from(block / self.epoch_length.max(1)).unwrap_or(u32::MAX)
	}
}

/// Counts of all epochs, for as many events as were told, oldest first.
#[derive(Debug)]
pub(crate) struct Recount {
	rules: Rules,
	epochs: BTreeMap<u32, EpochCount>,
	accounts: HashMap<[u8; 32], Account>,
	events: u64,
}

#[derive(Debug, Default)]
struct EpochCount {
	network: Counters,
	scopes: BTreeMap<Scope, Counters>,
}

impl EpochCount {
	/// The scope's counters; none if as many of its kind as may have some do.
	fn scope(&mut self, scope: Scope, most: usize) -> Option<&mut Counters> {
		if !self.scopes.contains_key(&scope) {
			let is_app = |scope: &Scope| matches!(scope, Scope::App(_));
			let known = self.scopes.keys().filter(|known| is_app(known) == is_app(&scope));
			if known.count() >= most {
				return None;
			}
		}
		Some(self.scopes.entry(scope).or_default())
	}
}

/// The epochs of somebody's first and last paid answer.
#[derive(Clone, Copy, Debug)]
struct Presence {
	first: u32,
	last: u32,
}

#[derive(Debug)]
struct Account {
	presence: Presence,
	places: Vec<(Scope, Presence)>,
}

/// How an account comes to be active in an epoch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Arrival {
	New,
	Returning,
	Resurrected,
}

impl Presence {
	const fn begin(now: u32) -> Self {
		Self { first: now, last: now }
	}

	const fn is_forgotten(&self, now: u32, ring: u32) -> bool {
		now.saturating_sub(self.last) >= ring
	}

	/// Notes a paid answer; says how that came if it is the epoch's first.
	fn come(&mut self, now: u32) -> Option<Arrival> {
		let arrival = match now.saturating_sub(self.last) {
			0 => None,
			1 => Some(Arrival::Returning),
			_ => Some(Arrival::Resurrected),
		};
		self.last = now;
		arrival
	}

	/// Begins anew if what was known is too old.
	fn visit(known: Option<Self>, now: u32, ring: u32) -> (Self, Option<Arrival>) {
		match known.filter(|presence| !presence.is_forgotten(now, ring)) {
			None => (Self::begin(now), Some(Arrival::New)),
			Some(mut presence) => {
				let arrival = presence.come(now);
				(presence, arrival)
			},
		}
	}
}

impl Account {
	/// Follows the account at a scope: how it came, and how long ago it first did. Nothing if all its places were used in this epoch.
	fn follow(&mut self, scope: Scope, now: u32, ring: u32) -> Option<(Option<Arrival>, u32)> {
		if let Some((_, place)) = self.places.iter_mut().find(|(known, _)| *known == scope) {
			let (presence, arrival) = Presence::visit(Some(*place), now, ring);
			*place = presence;
			return Some((arrival, now.saturating_sub(presence.first)));
		}
		let fresh = (scope, Presence::begin(now));
		if self.places.len() < PLACES {
			self.places.push(fresh);
		} else {
			let oldest = self.places.iter_mut().min_by_key(|(_, presence)| presence.last)?;
			if oldest.1.last >= now {
				return None;
			}
			*oldest = fresh;
		}
		Some((Some(Arrival::New), 0))
	}
}

impl Recount {
	pub(crate) fn new(rules: Rules) -> Self {
		Self { rules, epochs: BTreeMap::new(), accounts: HashMap::new(), events: 0 }
	}

	/// Events counted.
	pub(crate) const fn events(&self) -> u64 {
		self.events
	}

	/// Takes in an event of a block; blocks, and events of a block, come in their order.
	pub(crate) fn take(&mut self, block: u64, told: &Told) {
		self.events += 1;
		let now = self.rules.epoch_of(block);
		let epoch = self.epochs.entry(now).or_default();
		let scopes = [Some(Scope::Model(told.model)), told.app.map(Scope::App)];
		let scopes = || scopes.into_iter().flatten();
		add(&mut epoch.network, told.what);
		for scope in scopes() {
			if let Some(counters) = epoch.scope(scope, self.rules.scopes) {
				add(counters, told.what);
			}
		}
		let What::Settled { spend, .. } = told.what else { return };
		let ring = self.rules.ring;
		let known = self.accounts.remove(&told.who);
		let known = known.filter(|account| !account.presence.is_forgotten(now, ring));
		let (presence, arrival) = Presence::visit(known.as_ref().map(|k| k.presence), now, ring);
		let mut account =
			Account { presence, places: known.map(|known| known.places).unwrap_or_default() };
		visit(&mut epoch.network, arrival, now.saturating_sub(presence.first), spend);
		for scope in scopes() {
			let Some((arrival, age)) = account.follow(scope, now, ring) else { continue };
			if let Some(counters) = epoch.scope(scope, self.rules.scopes) {
				visit(counters, arrival, age, spend);
			}
		}
		self.accounts.insert(told.who, account);
	}

	/// The counters of an epoch, of the network or a scope; nothing if there was no event of it.
	pub(crate) fn counters(&self, scope: Option<Scope>, epoch: u32) -> Option<&Counters> {
		let epoch = self.epochs.get(&epoch)?;
		match scope {
			None => Some(&epoch.network),
			Some(scope) => epoch.scopes.get(&scope),
		}
	}

	/// The models and apps used in an epoch.
	pub(crate) fn scopes(&self, epoch: u32) -> impl Iterator<Item = Scope> + '_ {
		self.epochs.get(&epoch).into_iter().flat_map(|epoch| epoch.scopes.keys().copied())
	}
}

fn add(counters: &mut Counters, what: What) {
	let (service, money) = (&mut counters.service, &mut counters.money);
	match what {
		What::Requested => service.requests += 1,
		What::Settled { spend, burn, latency } => {
			service.settled += 1;
			service.latencies.count(latency);
			money.spend += spend;
			money.burn += burn;
		},
		What::Failed { spend, burn, refund } => {
			service.failed += 1;
			money.base_fees += spend;
			money.burn += burn;
			money.refunds += refund;
		},
		What::Expired { refund } => {
			service.expired += 1;
			money.refunds += refund;
		},
		What::Cancelled { refund } => {
			service.cancelled += 1;
			money.refunds += refund;
		},
	}
}

fn visit(counters: &mut Counters, arrival: Option<Arrival>, age: u32, spend: u128) {
	let accounts = &mut counters.accounts;
	if let Some(arrival) = arrival {
		accounts.active += 1;
		match arrival {
			Arrival::New => accounts.new += 1,
			Arrival::Returning => accounts.returning += 1,
			Arrival::Resurrected => accounts.resurrected += 1,
		}
	}
	let place = usize::try_from(age.min(AGES)).unwrap_or(usize::MAX);
	if counters.ages.len() <= place {
		counters.ages.resize(place + 1, Cell::default());
	}
	let cell = &mut counters.ages[place];
	cell.accounts += u32::from(arrival.is_some());
	cell.spend += spend;
}

#[cfg(test)]
mod tests {
	use super::{Recount, Rules, Scope, Told, What};
	use crate::records::{Cell, Headcount};

	const RULES: Rules = Rules { epoch_length: 10, ring: 4, scopes: 2 };

	fn told(who: u8, model: u32, app: Option<u32>, what: What) -> Told {
		Told { who: [who; 32], model, app, what }
	}

	fn paid(spend: u128) -> What {
		What::Settled { spend, burn: spend / 20, latency: 3 }
	}

	fn recount(events: &[(u64, Told)]) -> Recount {
		let mut recount = Recount::new(RULES);
		for (block, told) in events {
			recount.take(*block, told);
		}
		recount
	}

	fn headcount(recount: &Recount, scope: Option<Scope>, epoch: u32) -> [u32; 4] {
		let Headcount { active, new, returning, resurrected } =
			recount.counters(scope, epoch).map(|counters| counters.accounts).unwrap_or_default();
		[active, new, returning, resurrected]
	}

	#[test]
	fn accounts_are_new_then_return_then_come_back_from_away_then_are_forgotten() {
		let at = |epoch: u64| (epoch * 10 + 1, told(1, 0, None, paid(100)));
		let recount = recount(&[at(0), at(0), at(1), at(3), at(7)]);
		assert_eq!(headcount(&recount, None, 0), [1, 1, 0, 0]);
		assert_eq!(headcount(&recount, None, 1), [1, 0, 1, 0]);
		assert_eq!(headcount(&recount, None, 2), [0; 4]);
		assert_eq!(headcount(&recount, None, 3), [1, 0, 0, 1]);
		assert_eq!(headcount(&recount, None, 7), [1, 1, 0, 0]);
		let ages = &recount.counters(None, 3).unwrap().ages;
		assert_eq!(ages.last(), Some(&Cell { accounts: 1, spend: 100 }));
		assert_eq!(ages.len(), 4);
		assert_eq!(recount.counters(None, 0).unwrap().ages[0].spend, 200);
		assert_eq!(recount.events(), 5);
	}

	#[test]
	fn an_account_is_new_at_each_model_and_app_by_itself() {
		let recount = recount(&[
			(1, told(1, 0, Some(5), paid(10))),
			(11, told(1, 1, Some(5), paid(10))),
			(12, told(2, 1, None, paid(10))),
		]);
		assert_eq!(headcount(&recount, Some(Scope::Model(1)), 1), [2, 2, 0, 0]);
		assert_eq!(headcount(&recount, Some(Scope::App(5)), 1), [1, 0, 1, 0]);
		assert_eq!(headcount(&recount, None, 1), [2, 1, 1, 0]);
		assert_eq!(recount.scopes(1).collect::<Vec<_>>(), [Scope::Model(1), Scope::App(5)]);
	}

	#[test]
	fn only_a_paid_answer_makes_an_account_active() {
		let recount = recount(&[
			(1, told(1, 0, None, What::Requested)),
			(2, told(1, 0, None, What::Failed { spend: 2, burn: 1, refund: 8 })),
			(3, told(1, 0, None, What::Expired { refund: 10 })),
			(4, told(1, 0, None, What::Cancelled { refund: 10 })),
		]);
		let counters = recount.counters(None, 0).unwrap();
		assert_eq!(headcount(&recount, None, 0), [0; 4]);
		let service = counters.service;
		assert_eq!(
			(service.requests, service.failed, service.expired, service.cancelled),
			(1, 1, 1, 1)
		);
		assert_eq!((counters.money.base_fees, counters.money.refunds), (2, 28));
		assert!(counters.ages.is_empty());
	}

	#[test]
	fn latencies_fall_into_the_buckets_the_chain_has() {
		let settled = |latency| told(1, 0, None, What::Settled { spend: 1, burn: 0, latency });
		let recount =
			recount(&[(1, settled(1)), (1, settled(5)), (1, settled(6)), (1, settled(999))]);
		let counts = recount.counters(None, 0).unwrap().service.latencies.counts();
		assert_eq!((counts[0], counts[4], counts[14]), (1, 2, 1));
	}

	#[test]
	fn models_beyond_the_most_have_no_counters_and_count_for_the_network() {
		let recount = recount(&[
			(1, told(1, 0, None, paid(10))),
			(1, told(1, 1, None, paid(10))),
			(1, told(1, 2, Some(2), paid(10))),
		]);
		assert!(recount.counters(Some(Scope::Model(2)), 0).is_none());
		assert!(recount.counters(Some(Scope::App(2)), 0).is_some());
		assert_eq!(recount.counters(None, 0).unwrap().money.spend, 30);
	}

	#[test]
	fn an_account_is_followed_at_eight_places_an_epoch() {
		let rules = Rules { scopes: 100, ..RULES };
		let mut recount = Recount::new(rules);
		for model in 0..9 {
			recount.take(1, &told(1, model, None, paid(10)));
		}
		assert_eq!(recount.counters(Some(Scope::Model(7)), 0).unwrap().accounts.active, 1);
		let ninth = recount.counters(Some(Scope::Model(8)), 0).unwrap();
		assert_eq!((ninth.accounts.active, ninth.money.spend), (0, 10));
		// In the next epoch the one used longest ago makes room.
		recount.take(11, &told(1, 8, None, paid(10)));
		assert_eq!(recount.counters(Some(Scope::Model(8)), 1).unwrap().accounts.new, 1);
	}
}
