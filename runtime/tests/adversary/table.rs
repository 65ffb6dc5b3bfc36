//! The table: which strategies are played how often, and what they come to for each share of the
//! bonds.

use crate::{
	campaign::{play, warmed},
	ledger::{opg, Ledger, GAIN, WORK},
	network::{Snapshot, OPERATORS},
	plan::{Cartel, Plan, Traffic},
	statistics::{chance_of_all_seats, least_chance, Estimate},
	strategies::Strategy,
};
use opg_runtime::{constants::currency::OPG, Balance};
use std::{collections::BTreeMap, time::Instant};

/// What users pay for an answer.
pub(crate) const PRICE: Balance = OPG / 100;
/// The attacker's part of the bonds, in percent; with a hundred operators, its operators.
pub(crate) const SHARES: [u32; 9] = [1, 5, 10, 15, 20, 25, 30, 33, 40];
/// The share at which constants are judged.
pub(crate) const JUDGED: u32 = 25;
/// Quorums the attacker has for itself that are looked at for each share.
const CONDITIONED: u64 = 48;
/// Requests that the profit of a conditioned row is told for.
const CONDITIONED_REQUESTS: u32 = 1_000;

/// A strategy under a kind of traffic.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Row {
	pub(crate) strategy: Strategy,
	pub(crate) traffic: Traffic,
}

/// Every row that is played out; a table lists them in this order.
pub(crate) const PLAYED: [Row; 16] = [
	row(Strategy::LieAlways, Traffic::Mixed),
	row(Strategy::LieHalf, Traffic::Mixed),
	row(Strategy::LieAlone, Traffic::Attested),
	row(Strategy::LieWithAgreement, Traffic::TwoOfThree),
	row(Strategy::LieWithAgreement, Traffic::ThreeOfFive),
	row(Strategy::Copy, Traffic::Mixed),
	row(Strategy::Withhold, Traffic::Mixed),
	row(Strategy::Silence, Traffic::Mixed),
	row(Strategy::FalseFaults, Traffic::Mixed),
	row(Strategy::Mixture, Traffic::Mixed),
	row(Strategy::SelfDealing, Traffic::Mixed),
	row(Strategy::DealDear, Traffic::Mixed),
	row(Strategy::SwellThenLie, Traffic::TwoOfThree),
	row(Strategy::DiluteThenLie, Traffic::Attested),
	row(Strategy::Poison, Traffic::Mixed),
	row(Strategy::PoisonThenLie, Traffic::Attested),
];

/// The rows whose event is too rare to wait for.
pub(crate) const WAITED_FOR: [Row; 3] = [
	row(Strategy::LieWithAllSeats, Traffic::TwoOfThree),
	row(Strategy::LieWithAllSeats, Traffic::ThreeOfFive),
	row(Strategy::PoisonThenLie, Traffic::TwoOfThree),
];

/// What poison comes to alone.
const POISON: Row = row(Strategy::Poison, Traffic::Mixed);

const fn row(strategy: Strategy, traffic: Traffic) -> Row {
	Row { strategy, traffic }
}

impl Row {
	/// Requests of a run, and runs: enough that lies are found out several times.
	const fn effort(self, share: u32) -> (u32, u64) {
		match (self.strategy, self.traffic, share) {
			(
				Strategy::LieAlone | Strategy::DiluteThenLie | Strategy::PoisonThenLie,
				Traffic::Attested,
				share,
			) => match share {
				1 => (8_000, 20),
				5 => (2_000, 20),
				_ => (2_000, 12),
			},
			(Strategy::DealDear, ..) => (600, 20),
			(Strategy::LieWithAgreement, _, 5) => (1_500, 10),
			(Strategy::SwellThenLie, ..) => (600, 10),
			(Strategy::Poison, ..) => (1_500, 6),
			(Strategy::LieWithAgreement, ..) => (300, 10),
			_ => (300, 8),
		}
	}

	/// Whether a share is too small for the strategy ever to differ from honest play.
	const fn is_honest_at(self, share: u32) -> bool {
		let needed = match (self.strategy, self.traffic) {
			(Strategy::LieWithAgreement, Traffic::ThreeOfFive) => 3,
			(Strategy::LieWithAgreement, _) => 2,
			(Strategy::LieWithAllSeats | Strategy::PoisonThenLie, Traffic::Attested) => 1,
			(Strategy::LieWithAllSeats | Strategy::PoisonThenLie, traffic) => traffic.seats(),
			_ => 1,
		};
		share < needed
	}

	pub(crate) fn name(self) -> String {
		format!("{} ({})", self.strategy.name(), self.traffic.name())
	}
}

/// What one run came to, in OPG, over honest play with the same nodes on the same chain.
#[derive(Clone, Copy, Debug)]
struct Sample {
	on_chain: f64,
	wrong_fees: f64,
	wrong: u64,
	settled: u64,
	/// What others lost to slashes.
	harm: f64,
	/// What the attacker's other account spent.
	spent: f64,
}

impl Sample {
	fn of(ledger: &Ledger, baseline: f64, price: Balance) -> Self {
		Self {
			on_chain: ledger.earned_by_mine(price) - baseline,
			wrong_fees: ledger.wrong_fees(),
			wrong: ledger.wrong.len() as u64,
			settled: ledger.settled,
			harm: ledger.slashes().1,
			spent: -opg(ledger.own),
		}
	}

	fn profit(&self) -> f64 {
		self.on_chain + GAIN * self.wrong_fees
	}
}

/// What a strategy comes to at a share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
	/// Over honest play, per 1,000 OPG bonded; `None` where the strategy is honest play.
	pub(crate) profit: Option<Estimate>,
	/// Wrong answers that stand, of all answers.
	pub(crate) wrong: f64,
	/// The gain in fees from which the strategy pays; `None` if no lie ever stands.
	pub(crate) break_even: Option<f64>,
	/// What honest nodes lost in a run, and what the attacker spent on its own questions; in OPG.
	pub(crate) harm: f64,
	pub(crate) spent: f64,
}

impl Cell {
	fn of(samples: &[Sample], share: u32) -> Self {
		let profits: Vec<f64> =
			samples.iter().map(|sample| sample.profit() / f64::from(share)).collect();
		let sum = |part: fn(&Sample) -> f64| samples.iter().map(part).sum::<f64>();
		let runs = samples.len() as f64;
		let fees = sum(|sample| sample.wrong_fees);
		Self {
			profit: Some(Estimate::of(&profits)),
			wrong: sum(|sample| sample.wrong as f64) / sum(|sample| sample.settled as f64).max(1.0),
			break_even: (fees > 0.0).then(|| -sum(|sample| sample.on_chain) / fees),
			harm: sum(|sample| sample.harm) / runs,
			spent: sum(|sample| sample.spent) / runs,
		}
	}

	/// Both, one after the other.
	fn after(self, before: &Self) -> Self {
		let profit = match (before.profit, self.profit) {
			(Some(before), Some(profit)) => Some(profit.plus(before)),
			(before, profit) => profit.or(before),
		};
		Self { profit, harm: self.harm + before.harm, spent: self.spent + before.spent, ..self }
	}

	const fn of_honest_play() -> Self {
		Self { profit: None, wrong: 0.0, break_even: None, harm: 0.0, spent: 0.0 }
	}
}

/// Every cell, by row and share.
pub(crate) type Cells = BTreeMap<(Row, u32), Cell>;

/// Answers to honest play that were drawn for a re-run, by traffic.
#[derive(Default)]
pub(crate) struct Checks {
	drawn: BTreeMap<Traffic, (u64, u64)>,
}

impl Checks {
	fn note(&mut self, traffic: Traffic, ledger: &Ledger) {
		let (checks, settled) = self.drawn.entry(traffic).or_default();
		*checks += ledger.checks;
		*settled += ledger.settled;
	}

	/// The part of the answers that is run again.
	pub(crate) fn rate(&self, traffic: Traffic) -> f64 {
		let (checks, settled) = self.drawn[&traffic];
		checks as f64 / settled as f64
	}

	fn least_rate(&self, traffic: Traffic) -> f64 {
		let (checks, settled) = self.drawn[&traffic];
		least_chance(checks, settled)
	}
}

/// A chain and what honest play on it comes to, by the requests of a run.
pub(crate) struct Bench {
	traffic: Traffic,
	price: Balance,
	seed: u64,
	snapshot: Snapshot,
	honest: BTreeMap<u32, Ledger>,
}

impl Bench {
	pub(crate) fn new(traffic: Traffic, price: Balance, seed: u64) -> Self {
		let snapshot = warmed(traffic, price, seed);
		Self { traffic, price, seed, snapshot, honest: BTreeMap::new() }
	}

	fn plan(&self, strategy: Strategy, share: u32, requests: u32, disputed: u64) -> Plan {
		Plan {
			strategy,
			cartel: Cartel::First(share),
			traffic: self.traffic,
			price: self.price,
			requests,
			disputed,
			delay: 0,
			seed: self.seed,
		}
	}

	fn honest(&mut self, requests: u32) -> &Ledger {
		let plan = self.plan(Strategy::Honest, 0, requests, 0);
		let snapshot = &self.snapshot;
		self.honest.entry(requests).or_insert_with(|| play(snapshot, plan))
	}

	fn sample(&mut self, strategy: Strategy, share: u32, requests: u32, disputed: u64) -> Sample {
		let price = self.price;
		let baseline = self.honest(requests).earned_by(0..share, price);
		let plan = self.plan(strategy, share, requests, disputed);
		Sample::of(&play(&self.snapshot, plan), baseline, price)
	}
}

/// What was played under one kind of traffic.
type Played = (BTreeMap<(Row, u32), Vec<Sample>>, Checks);

/// Plays every row out, each kind of traffic in a thread of its own.
pub(crate) fn play_all(started: Instant) -> (Cells, Checks) {
	let played: Vec<Played> = std::thread::scope(|scope| {
		let threads = Traffic::ALL.map(|traffic| scope.spawn(move || play_under(started, traffic)));
		threads.into_iter().map(|thread| thread.join().expect("played to the end; qed")).collect()
	});
	let mut cells = Cells::new();
	let mut checks = Checks::default();
	for (samples, drawn) in played {
		cells.extend(samples.into_iter().map(|(key, samples)| (key, Cell::of(&samples, key.1))));
		checks.drawn.extend(drawn.drawn);
	}
	for row in PLAYED {
		for share in SHARES.into_iter().filter(|share| row.is_honest_at(*share)) {
			cells.insert((row, share), Cell::of_honest_play());
		}
	}
	(cells, checks)
}

fn play_under(started: Instant, traffic: Traffic) -> Played {
	let (mut samples, mut checks) = Played::default();
	let cells: Vec<(Row, u32)> = PLAYED
		.into_iter()
		.filter(|row| row.traffic == traffic)
		.flat_map(|row| SHARES.map(|share| (row, share)))
		.filter(|(row, share)| !row.is_honest_at(*share))
		.collect();
	let most = cells.iter().map(|(row, share)| row.effort(*share).1).max().unwrap_or(0);
	for seed in 0..most {
		let mut bench = Bench::new(traffic, PRICE, seed);
		for (row, share) in &cells {
			let (requests, runs) = row.effort(*share);
			if seed < runs {
				let sample = bench.sample(row.strategy, *share, requests, 0);
				samples.entry((*row, *share)).or_default().push(sample);
			}
		}
		bench.honest.values().for_each(|ledger| checks.note(traffic, ledger));
		say(started, &format!("{}: chain {} of {most}", traffic.name(), seed + 1));
	}
	(samples, checks)
}

/// What a quorum of the attacker's own comes to when it has come: the gain, less what a re-run
/// takes of it as often as there is one. Who poisons before pays for that as well.
pub(crate) fn condition_all(started: Instant, checks: &Checks, cells: &mut Cells) {
	for row in WAITED_FOR {
		let snapshot = warmed(row.traffic, PRICE, CONDITIONED);
		for share in SHARES {
			let cell = if row.is_honest_at(share) {
				Cell::of_honest_play()
			} else {
				condition(&snapshot, row.traffic, share, PRICE, checks.least_rate(row.traffic))
			};
			let poison = cells.get(&(POISON, share)).filter(|_| row.strategy.poisons());
			let cell = poison.map_or(cell, |poison| cell.after(poison));
			cells.insert((row, share), cell);
		}
		say(started, &row.name());
	}
}

/// As many quorums of the attacker's own as it takes; each is run again as if it had been drawn,
/// and that counts by `rate`.
pub(crate) fn condition(
	snapshot: &Snapshot,
	traffic: Traffic,
	share: u32,
	price: Balance,
	rate: f64,
) -> Cell {
	let seats = traffic.seats();
	let fee = f64::from(seats) * opg(price as i128);
	let events: Vec<(f64, f64)> = (0..CONDITIONED)
		.map(|seed| {
			let ledger = play(
				snapshot,
				Plan {
					strategy: Strategy::LieWithAllSeats,
					cartel: Cartel::AroundAQuorum(share),
					traffic,
					price,
					requests: 1,
					disputed: 1_000,
					delay: seed as u32,
					seed,
				},
			);
			let stands = if ledger.wrong.is_empty() { 1.0 - rate } else { 1.0 };
			(WORK * fee - rate * ledger.slashes().0, stands)
		})
		.collect();
	let count = chance_of_all_seats(share, OPERATORS, seats) * f64::from(CONDITIONED_REQUESTS);
	let profits: Vec<f64> =
		events.iter().map(|(on_chain, stands)| on_chain + GAIN * fee * stands).collect();
	let mean =
		|part: fn(&(f64, f64)) -> f64| events.iter().map(part).sum::<f64>() / events.len() as f64;
	let stands = mean(|event| event.1);
	Cell {
		profit: Some(Estimate::of(&profits).times(count / f64::from(share))),
		wrong: count / f64::from(CONDITIONED_REQUESTS) * stands,
		break_even: Some(-mean(|event| event.0) / (fee * stands)),
		harm: 0.0,
		spent: 0.0,
	}
}

/// The mean of a strategy at a share on chains of their own.
pub(crate) fn cell(
	row: Row,
	price: Balance,
	share: u32,
	(requests, runs): (u32, u64),
	disputed: u64,
) -> Cell {
	let samples: Vec<Sample> = (0..runs)
		.map(|seed| {
			Bench::new(row.traffic, price, 1_000 + seed).sample(
				row.strategy,
				share,
				requests,
				disputed,
			)
		})
		.collect();
	Cell::of(&samples, share)
}

/// Of strategies drawn at random the one that came out best, and what it comes to on other chains.
pub(crate) fn search(count: u64, traffic: Traffic) -> (u64, Cell) {
	const REQUESTS: u32 = 200;
	let mut bench = Bench::new(traffic, PRICE, 2_000);
	let profit = |number: u64| bench.sample(Strategy::Fixed(number), JUDGED, REQUESTS, 0).profit();
	let profits: Vec<f64> = (0..count).map(profit).collect();
	let best = (0..count)
		.max_by(|a, b| profits[*a as usize].total_cmp(&profits[*b as usize]))
		.expect("some; qed");
	(best, cell(row(Strategy::Fixed(best), traffic), PRICE, JUDGED, (600, 8), 0))
}

pub(crate) fn say(started: Instant, what: &str) {
	println!("[{:4} s] {what}", started.elapsed().as_secs());
}
