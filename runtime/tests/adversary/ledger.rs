//! Who earned what: what a campaign came to, in balances of the chain and in gains outside of it.

use crate::network::{wealth, wealth_of_all, Asker, Network, OPERATORS};
use opg_primitives::RequestId;
use opg_runtime::{
	constants::{currency::OPG, fee_shares},
	Balance, Balances,
};
use std::collections::{BTreeMap, BTreeSet};

/// What a wrong answer that stands is worth to the attacker, in times its fee.
pub(crate) const GAIN: f64 = 10.0;
/// What running a model costs, in parts of the price of an answer; who does not run it saves that.
pub(crate) const WORK: f64 = 0.5;

/// What was owned when a campaign began.
pub(crate) struct Opening {
	owners: Vec<Balance>,
	attacker: Balance,
	issuance: Balance,
}

impl Opening {
	pub(crate) fn of(network: &Network) -> Self {
		Self {
			owners: (0..OPERATORS).map(|index| network.wealth(index)).collect(),
			attacker: wealth(&Asker::Attacker.account()),
			issuance: Balances::total_issuance(),
		}
	}
}

/// What happened in a campaign.
#[derive(Default)]
pub(crate) struct Ledger {
	/// Users' requests that were answered, and that the chain did not take for want of operators.
	pub(crate) settled: u64,
	pub(crate) refused: u64,
	/// Fees of answers to users that are wrong and stand.
	pub(crate) wrong: BTreeMap<RequestId, Balance>,
	/// Runs of models, by operator.
	pub(crate) runs: Vec<u64>,
	/// What lies cost, by operator.
	pub(crate) slashed: Vec<Balance>,
	/// Answers to users drawn for a re-run by chance.
	pub(crate) checks: u64,
	/// Re-runs of answers to users that found them wrong.
	pub(crate) overturned: u64,
	/// Re-runs of answers to users that came to nothing.
	pub(crate) undecided: u64,
	/// What fees burnt.
	burnt: Balance,
	/// What each operator earned, its bond included.
	pub(crate) earned: Vec<i128>,
	/// What the attacker's other account earned.
	pub(crate) own: i128,
	/// The attacker's operators.
	mine: BTreeSet<u32>,
}

impl Ledger {
	pub(crate) fn open() -> Self {
		let none = OPERATORS as usize;
		Self { runs: vec![0; none], slashed: vec![0; none], ..Default::default() }
	}

	/// Of every fee that was paid the burnt share is gone.
	pub(crate) fn note_fee(&mut self, fee: Balance) {
		self.burnt += fee * Balance::from(fee_shares::BURN) / 100;
	}

	/// Closes the books; nothing may be lost or made but what burnt.
	pub(crate) fn close(&mut self, network: &Network, opening: &Opening, mine: BTreeSet<u32>) {
		self.mine = mine;
		let closing = Opening::of(network);
		let earned = |now: Balance, before: Balance| now as i128 - before as i128;
		self.earned = closing
			.owners
			.iter()
			.zip(&opening.owners)
			.map(|(now, before)| earned(*now, *before))
			.collect();
		self.own = earned(closing.attacker, opening.attacker);
		let gone = self.burnt + self.slashed.iter().sum::<Balance>();
		assert_eq!(closing.issuance + gone, opening.issuance, "what burnt is gone, nothing else");
		assert_eq!(wealth_of_all(), closing.issuance, "what is issued is somebody's");
	}

	/// What the attacker earned on the chain, less the work of its runs; in OPG.
	pub(crate) fn earned_by_mine(&self, price: Balance) -> f64 {
		self.earned_by(self.mine.iter().copied(), price) + opg(self.own)
	}

	/// What operators earned on the chain, less the work of their runs; in OPG.
	pub(crate) fn earned_by(&self, operators: impl Iterator<Item = u32>, price: Balance) -> f64 {
		let of_one = |index: u32| {
			let runs = self.runs[index as usize] as f64;
			opg(self.earned[index as usize]) - runs * WORK * opg(price as i128)
		};
		operators.map(of_one).sum()
	}

	/// Fees of wrong answers that stand, in OPG.
	pub(crate) fn wrong_fees(&self) -> f64 {
		opg(self.wrong.values().sum::<Balance>() as i128)
	}

	/// The part of the answers that is wrong and stands.
	pub(crate) fn wrong_rate(&self) -> f64 {
		self.wrong.len() as f64 / (self.settled.max(1)) as f64
	}

	/// What lies cost the attacker, and what they cost others; in OPG.
	pub(crate) fn slashes(&self) -> (f64, f64) {
		let mut of = (0.0, 0.0);
		for (index, amount) in (0..).zip(&self.slashed) {
			let side = if self.mine.contains(&index) { &mut of.0 } else { &mut of.1 };
			*side += opg(*amount as i128);
		}
		of
	}
}

/// An amount in OPG.
pub(crate) fn opg(amount: i128) -> f64 {
	amount as f64 / OPG as f64
}
