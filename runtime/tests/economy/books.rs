//! The books of a week: what events and balances of the chain say, and that both explain each other to the unit.

use crate::network::{Network, PRICE};
use frame_support::traits::fungible::{Inspect, InspectHold};
use opg_runtime::{
	configs::{ai::UpkeepFee, economics::Pot},
	constants::{currency::OPG, fee_shares},
	AccountId, Balance, Balances, Runtime, RuntimeEvent, Usage,
};
use std::fmt::Write;

/// What happened in a week, added up over its blocks.
#[derive(Clone, Default)]
pub(crate) struct Flows {
	/// Burnt of fees, as economics says; and in all, as balances say.
	fees_burnt: Balance,
	burnt: Balance,
	/// Paid for answers.
	fees: Balance,
	requests: u64,
	settled: u64,
	expired: u64,
	/// Unlocked of the ecosystem bucket.
	streamed: Balance,
	rebates: Balance,
	grants: Balance,
	/// Of the staking bucket and of the validators' pot, at the ends of eras.
	emitted: Balance,
	collected: Balance,
	rewarded: Balance,
	transaction_fees: Balance,
}

impl Flows {
	pub(crate) fn add(&mut self, events: &[RuntimeEvent]) {
		for event in events {
			self.add_one(event);
		}
	}

	fn add_one(&mut self, event: &RuntimeEvent) {
		use pallet_balances::Event as Balance;
		use pallet_economics::Event as Economics;
		use pallet_growth::Event as Growth;
		use pallet_inference::Event as Inference;
		match event {
			RuntimeEvent::Economics(Economics::FeesBurnt { amount }) => self.fees_burnt += amount,
			RuntimeEvent::Economics(Economics::Streamed { amount }) => self.streamed += amount,
			RuntimeEvent::Economics(Economics::RewardPromised { emitted, collected, .. }) => {
				self.emitted += emitted;
				self.collected += collected;
			},
			RuntimeEvent::Economics(Economics::RewardUncovered { .. })
			| RuntimeEvent::Balances(
				Balance::Issued { .. } | Balance::Minted { .. } | Balance::MintedCredit { .. },
			) => panic!("minted: {event:?}"),
			RuntimeEvent::Balances(Balance::BurnedDebt { amount }) => self.burnt += amount,
			RuntimeEvent::Growth(Growth::Rebated { amount, .. }) => self.rebates += amount,
			RuntimeEvent::Growth(Growth::Released { amount, .. }) => self.grants += amount,
			RuntimeEvent::Staking(pallet_staking::Event::Rewarded { amount, .. }) => {
				self.rewarded += amount
			},
			RuntimeEvent::TransactionPayment(
				pallet_transaction_payment::Event::TransactionFeePaid { actual_fee, tip, .. },
			) => self.transaction_fees += actual_fee - tip,
			RuntimeEvent::Inference(Inference::Requested { .. }) => self.requests += 1,
			RuntimeEvent::Inference(Inference::Settled { fee, .. }) => {
				self.settled += 1;
				self.fees += fee;
			},
			RuntimeEvent::Inference(Inference::Expired { .. }) => self.expired += 1,
			_ => {},
		}
	}

	/// Requests that have not ended.
	pub(crate) fn open(&self) -> u64 {
		self.requests - self.settled - self.expired
	}

	/// What a share of all fees comes to; every fee is a whole number of OPG, so nothing is lost by rounding.
	fn share(&self, percent: u32) -> Balance {
		assert_eq!(self.fees % PRICE, 0);
		self.fees / 100 * Balance::from(percent)
	}

	/// Where the nodes' share went, and how much that was in all.
	pub(crate) fn node_share(&self) -> Balance {
		self.share(fee_shares::NODE)
	}

	fn upkeep(&self) -> Balance {
		Balance::from(self.requests) * UpkeepFee::get()
	}
}

/// What there is, and where.
#[derive(Clone)]
pub(crate) struct Stock {
	issuance: Balance,
	pots: [Balance; 6],
	nodes: Balance,
	washer: Balance,
}

impl Stock {
	pub(crate) fn take(network: &Network) -> Self {
		let issuance = Balances::total_issuance();
		let accounts = frame_system::Account::<Runtime>::iter_keys();
		let sum: Balance = accounts.map(|who| owned(&who)).sum();
		assert_eq!(sum, issuance, "what is issued is somebody's");
		Self {
			issuance,
			pots: Pot::ALL.map(|pot| Balances::free_balance(pot.account())),
			nodes: network.node_owners().map(|who| owned(&who)).sum(),
			washer: network.washer.accounts().iter().map(owned).sum(),
		}
	}

	pub(crate) fn pot(&self, pot: Pot) -> Balance {
		let place = Pot::ALL.iter().position(|one| *one == pot).expect("a pot");
		self.pots[place]
	}
}

fn owned(who: &AccountId) -> Balance {
	Balances::balance(who) + Balances::total_balance_on_hold(who)
}

/// A week of a scenario: what it began and ended with, and what happened in between.
pub(crate) struct Week {
	pub(crate) number: u32,
	pub(crate) before: Stock,
	pub(crate) after: Stock,
	pub(crate) flows: Flows,
	pub(crate) serving: u32,
	pub(crate) washed: Balance,
}

impl Week {
	/// Whatever changed is explained by what happened, to the unit.
	pub(crate) fn check(&self) {
		let Self { before, after, flows, .. } = self;
		assert_eq!(before.issuance - flows.burnt, after.issuance, "issuance falls by what burns");
		assert_eq!(flows.fees_burnt, flows.burnt, "nothing but fees burns");
		assert_eq!(flows.fees_burnt, flows.share(fee_shares::BURN), "the burnt share of fees");
		let share = |percent| flows.share(percent);
		let (validators, growth) = (self.to_validators(), share(fee_shares::GROWTH));
		let moved: [(Pot, Balance, Balance); 6] = [
			(Pot::Treasury, share(fee_shares::TREASURY), 0),
			(Pot::Storage, share(fee_shares::STORAGE), 0),
			(Pot::Checks, share(fee_shares::CHECKS), 0),
			(Pot::Growth, growth + flows.streamed, flows.rebates + flows.grants),
			(Pot::Validators, validators, flows.collected),
			(Pot::Rewards, flows.emitted + flows.collected, flows.rewarded),
		];
		for (pot, came, went) in moved {
			assert_eq!(before.pot(pot) + came - went, after.pot(pot), "{pot:?} in {}", self.number);
		}
	}

	fn to_validators(&self) -> Balance {
		let flows = &self.flows;
		flows.share(fee_shares::VALIDATORS) + flows.transaction_fees + flows.upkeep()
	}
}

/// The columns of a row.
pub(crate) const COLUMNS: &str =
	"scenario,epoch,issuance,burnt_total,burnt_of_fees,burnt_otherwise,\
	fees,requests,settled,expired,growth_balance,growth_streamed,growth_share,growth_rebates,\
	growth_grants,validators_emission,validators_fee_share,validators_transactions,\
	validators_upkeep,validators_paid,node_income,nodes_serving,storage_pot,checks_pot,\
	treasury_pot,active,new,returning,resurrected,retention_1,retention_4,retention_12,\
	retention_26,wash_spent,wash_net";

/// Writes a week as a row. Amounts are in OPG.
pub(crate) fn row(text: &mut String, scenario: &str, week: &Week, first: &Stock) {
	let Week { number, before, after, flows, .. } = week;
	let opg = |amount: Balance| format!("{:.6}", amount as f64 / OPG as f64);
	let counters = Usage::counters(*number).expect("the epoch is the current one");
	let people = counters.accounts;
	let cells = [
		scenario.to_string(),
		number.to_string(),
		opg(after.issuance),
		opg(first.issuance - after.issuance),
		opg(flows.fees_burnt),
		opg(before.issuance - after.issuance - flows.fees_burnt),
		opg(flows.fees),
		flows.requests.to_string(),
		flows.settled.to_string(),
		flows.expired.to_string(),
		opg(after.pot(Pot::Growth)),
		opg(flows.streamed),
		opg(flows.share(fee_shares::GROWTH)),
		opg(flows.rebates),
		opg(flows.grants),
		opg(flows.emitted),
		opg(flows.share(fee_shares::VALIDATORS)),
		opg(flows.transaction_fees),
		opg(flows.upkeep()),
		opg(flows.rewarded),
		opg(after.nodes - before.nodes),
		week.serving.to_string(),
		opg(after.pot(Pot::Storage)),
		opg(after.pot(Pot::Checks)),
		opg(after.pot(Pot::Treasury)),
		people.active.to_string(),
		people.new.to_string(),
		people.returning.to_string(),
		people.resurrected.to_string(),
		retention(*number, 1),
		retention(*number, 4),
		retention(*number, 12),
		retention(*number, 26),
		opg(week.washed),
		format!("{:.6}", (after.washer as f64 - first.washer as f64) / OPG as f64),
	];
	let _ = writeln!(text, "{}", cells.join(","));
}

/// The part of those who began `age` epochs ago that was active in `epoch`.
fn retention(epoch: u32, age: u32) -> String {
	let Some(start) = epoch.checked_sub(age) else { return String::new() };
	let cohort = Usage::cohort(start);
	let at = |age: u32| cohort.iter().find(|cell| cell.age == age).map(|cell| cell.accounts);
	match (at(0), at(age)) {
		(Some(began @ 1..), Some(left)) => format!("{:.4}", f64::from(left) / f64::from(began)),
		_ => String::new(),
	}
}
