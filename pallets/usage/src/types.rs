//! What is counted of an epoch: accounts, service, money, and the cohorts they belong to.

use crate::{account::Arrival, Latencies};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use opg_primitives::seams::{Subject, UsageNote};
use scale_info::TypeInfo;

/// Units of OPG.
pub type Balance = u128;

/// An epoch's number; the first block of the chain is in epoch 0.
pub type EpochIndex = u32;

/// Ages a cohort is told apart by, in epochs; whoever is older stands in one cell more.
pub const AGES: u32 = 52;

/// What has counters of its own beside the network's.
pub type Scope = Subject;

/// Accounts with a paid answer in an epoch. `active` is the sum of the others.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Default,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Headcount {
	/// All of them.
	#[codec(compact)]
	pub active: u32,
	/// Had none before.
	#[codec(compact)]
	pub new: u32,
	/// Had one in the epoch before.
	#[codec(compact)]
	pub returning: u32,
	/// Had one before, but not in the epoch before.
	#[codec(compact)]
	pub resurrected: u32,
}

impl Headcount {
	fn count(&mut self, arrival: Arrival) {
		let kind = match arrival {
			Arrival::New => &mut self.new,
			Arrival::Returning => &mut self.returning,
			Arrival::Resurrected => &mut self.resurrected,
		};
		*kind = kind.saturating_add(1);
		self.active = self.active.saturating_add(1);
	}
}

/// How requests were served. A request counts as made in the epoch in which it was made, and as ended in that in which it ended.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Default,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Service {
	/// Were made.
	#[codec(compact)]
	pub requests: u64,
	/// Were answered and paid.
	#[codec(compact)]
	pub settled: u64,
	/// Had no answer, as several nodes found.
	#[codec(compact)]
	pub failed: u64,
	/// Were not answered in time.
	#[codec(compact)]
	pub expired: u64,
	/// Were taken back.
	#[codec(compact)]
	pub cancelled: u64,
	/// How long the answered ones took.
	pub latencies: Latencies,
}

impl Service {
	pub(crate) fn merge(&mut self, other: &Self) {
		let counts = [
			(&mut self.requests, other.requests),
			(&mut self.settled, other.settled),
			(&mut self.failed, other.failed),
			(&mut self.expired, other.expired),
			(&mut self.cancelled, other.cancelled),
		];
		for (count, more) in counts {
			*count = count.saturating_add(more);
		}
		self.latencies.merge(&other.latencies);
	}
}

/// What requests that ended cost.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Default,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Money {
	/// Paid for answers.
	#[codec(compact)]
	pub spend: Balance,
	/// Paid for finding that there is none.
	#[codec(compact)]
	pub base_fees: Balance,
	/// Burnt of both.
	#[codec(compact)]
	pub burn: Balance,
	/// Returned of requests that failed, expired or were taken back.
	#[codec(compact)]
	pub refunds: Balance,
}

impl Money {
	pub(crate) fn merge(&mut self, other: &Self) {
		let sums = [
			(&mut self.spend, other.spend),
			(&mut self.base_fees, other.base_fees),
			(&mut self.burn, other.burn),
			(&mut self.refunds, other.refunds),
		];
		for (sum, more) in sums {
			*sum = sum.saturating_add(more);
		}
	}
}

/// What notes add up to before anybody asks whose they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Flow {
	service: Service,
	money: Money,
}

impl Flow {
	pub(crate) fn note(&mut self, note: &UsageNote<Balance>) {
		let one_more = |count: &mut u64| *count = count.saturating_add(1);
		let add = |sum: &mut Balance, amount: Balance| *sum = sum.saturating_add(amount);
		let (service, money) = (&mut self.service, &mut self.money);
		match *note {
			UsageNote::Requested => one_more(&mut service.requests),
			UsageNote::Settled { spend, burn, latency } => {
				one_more(&mut service.settled);
				service.latencies.count(latency);
				add(&mut money.spend, spend);
				add(&mut money.burn, burn);
			},
			UsageNote::Failed { spend, burn, refund } => {
				one_more(&mut service.failed);
				add(&mut money.base_fees, spend);
				add(&mut money.burn, burn);
				add(&mut money.refunds, refund);
			},
			UsageNote::Expired { refund } => {
				one_more(&mut service.expired);
				add(&mut money.refunds, refund);
			},
			UsageNote::Cancelled { refund } => {
				one_more(&mut service.cancelled);
				add(&mut money.refunds, refund);
			},
		}
	}
}

/// The accounts of one age that had a paid answer in an epoch, and what they paid.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Default,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Cell {
	/// How many.
	#[codec(compact)]
	pub accounts: u32,
	/// What they paid.
	#[codec(compact)]
	pub spend: Balance,
}

/// Who had a paid answer in an epoch, by age: epochs since their first one. As long as the oldest needs, and [`AGES`] and one at most.
///
/// An epoch's row holds one cell of every cohort, so a settlement writes to one row whoever settles; a cohort is read along its rows.
#[derive(
	Clone,
	PartialEq,
	Eq,
	Debug,
	Default,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Ages(BoundedVec<Cell, ConstU32<{ AGES + 1 }>>);

impl Ages {
	/// The cell of an age.
	pub fn at(&self, age: EpochIndex) -> Cell {
		self.0.get(age.min(AGES) as usize).copied().unwrap_or_default()
	}

	/// The cells, youngest first.
	pub fn cells(&self) -> &[Cell] {
		&self.0
	}

	fn at_mut(&mut self, age: EpochIndex) -> Option<&mut Cell> {
		let place = age.min(AGES) as usize;
		while self.0.len() <= place {
			self.0.try_push(Cell::default()).ok()?;
		}
		self.0.get_mut(place)
	}
}

/// Everything counted of an epoch, for the network, a model or an app.
#[derive(
	Clone,
	PartialEq,
	Eq,
	Debug,
	Default,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Counters {
	/// Accounts with a paid answer.
	pub accounts: Headcount,
	/// How requests were served.
	pub service: Service,
	/// What they cost.
	pub money: Money,
	/// Who paid, by age.
	pub ages: Ages,
}

impl Counters {
	pub(crate) fn add_flow(&mut self, flow: &Flow) {
		self.service.merge(&flow.service);
		self.money.merge(&flow.money);
	}

	/// Counts what an account of this age paid, and the account itself if it had no paid answer in the epoch yet.
	pub(crate) fn add_visit(&mut self, arrival: Option<Arrival>, age: EpochIndex, spend: Balance) {
		if let Some(arrival) = arrival {
			self.accounts.count(arrival);
		}
		if let Some(cell) = self.ages.at_mut(age) {
			cell.accounts = cell.accounts.saturating_add(arrival.is_some().into());
			cell.spend = cell.spend.saturating_add(spend);
		}
	}
}

/// What the ring keeps of an epoch.
#[derive(
	Clone,
	PartialEq,
	Eq,
	Debug,
	Default,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Epoch {
	/// Which epoch.
	#[codec(compact)]
	pub index: EpochIndex,
	/// The network's counters.
	pub counters: Counters,
	/// How many models have counters of their own.
	#[codec(compact)]
	pub models: u32,
	/// How many apps have.
	#[codec(compact)]
	pub apps: u32,
}

impl Epoch {
	/// An epoch in which nothing was noted yet.
	pub(crate) fn begin(index: EpochIndex) -> Self {
		Self { index, ..Default::default() }
	}

	/// Makes room for another scope's counters, if fewer than `most` of its kind have some.
	pub(crate) fn admit(&mut self, scope: Scope, most: u32) -> bool {
		let count = match scope {
			Scope::Model(_) => &mut self.models,
			Scope::App(_) => &mut self.apps,
		};
		let has_room = *count < most;
		if has_room {
			*count = count.saturating_add(1);
		}
		has_room
	}
}

/// How far the removal of what is too old has come.
#[derive(
	Clone,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	MaxEncodedLen,
	TypeInfo,
	frame_support::DefaultNoBound,
)]
pub struct Sweep<AccountId> {
	/// The oldest epoch of which models and apps may still have counters.
	#[codec(compact)]
	pub tallies_from: EpochIndex,
	/// The epoch in which all accounts were last looked through.
	#[codec(compact)]
	pub done: EpochIndex,
	/// The account last looked at, while they are looked through.
	pub at: Option<AccountId>,
}

/// An epoch's place in time, for those who ask from outside.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct EpochSpan {
	/// Which epoch.
	pub index: EpochIndex,
	/// Its first block.
	pub begin: u64,
	/// The first block of the next one.
	pub end: u64,
}

/// What is left of a cohort at an age, for those who ask from outside.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct CohortAge {
	/// Epochs since its members' first paid answer.
	pub age: EpochIndex,
	/// Members with a paid answer at that age.
	pub accounts: u32,
	/// What they paid.
	pub spend: Balance,
}

/// How a batch is kept in the order in which it was noted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct InOrder<Key, Value>(alloc::collections::BTreeMap<Key, (usize, Value)>);

impl<Key, Value> Default for InOrder<Key, Value> {
	fn default() -> Self {
		Self(Default::default())
	}
}

impl<Key: Ord, Value: Default> InOrder<Key, Value> {
	/// The key's value; the key stands last if it is new.
	pub(crate) fn get_or_default(&mut self, key: Key) -> &mut Value {
		let order = self.0.len();
		&mut self.0.entry(key).or_insert_with(|| (order, Value::default())).1
	}

	/// All of it, first noted first.
	pub(crate) fn into_vec(self) -> Vec<(Key, Value)> {
		let mut all: Vec<_> = self.0.into_iter().collect();
		all.sort_unstable_by_key(|(_, (order, _))| *order);
		all.into_iter().map(|(key, (_, value))| (key, value)).collect()
	}
}
