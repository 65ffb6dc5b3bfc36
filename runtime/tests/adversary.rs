//! An adversary with many nodes plays against the real pallets; whether lying pays is measured from
//! balances.

mod chain;

#[path = "adversary/campaign.rs"]
mod campaign;
#[path = "adversary/chance.rs"]
mod chance;
#[path = "adversary/ledger.rs"]
mod ledger;
#[path = "adversary/network.rs"]
mod network;
#[path = "adversary/plan.rs"]
mod plan;
#[path = "adversary/report.rs"]
mod report;
#[path = "adversary/statistics.rs"]
mod statistics;
#[path = "adversary/strategies.rs"]
mod strategies;
#[path = "adversary/table.rs"]
mod table;

use campaign::{play, warmed};
use ledger::Ledger;
use network::Snapshot;
use opg_runtime::constants::currency::OPG;
use plan::{Cartel, Plan, Traffic};
use std::time::Instant;
use strategies::Strategy;
use table::{condition, condition_all, play_all, say, search, Row, JUDGED, PRICE};

/// Where the table is written, besides the standard output.
const TABLE: &str = "OPG_ADVERSARY_TABLE";
/// The bond burnt by a lie that was found out.
const A_SLASH: f64 = 30.0;

fn small(snapshot: &Snapshot, strategy: Strategy, traffic: Traffic, requests: u32) -> Ledger {
	let cartel = Cartel::First(10);
	let plan =
		Plan { strategy, cartel, traffic, price: PRICE, requests, disputed: 0, delay: 0, seed: 7 };
	// Closing the books checks that they balance, and every law of the pallets.
	play(snapshot, plan)
}

#[test]
fn nothing_is_lost_or_made_whatever_is_played() {
	let snapshot = warmed(Traffic::Mixed, PRICE, 7);
	for strategy in [
		Strategy::Honest,
		Strategy::LieAlways,
		Strategy::LieHalf,
		Strategy::LieAlone,
		Strategy::LieWithAgreement,
		Strategy::LieWithAllSeats,
		Strategy::Copy,
		Strategy::Withhold,
		Strategy::Silence,
		Strategy::FalseFaults,
		Strategy::Poison,
		Strategy::PoisonFew,
		Strategy::PoisonThenLie,
		Strategy::SelfDealing,
		Strategy::DealDear,
		Strategy::SwellThenLie,
		Strategy::DiluteThenLie,
		Strategy::Mixture,
		Strategy::Fixed(1),
	] {
		let ledger = small(&snapshot, strategy, Traffic::Mixed, 60);
		assert!(ledger.settled > 0, "{strategy:?} ends the network");
	}
}

#[test]
fn a_liar_loses() {
	let snapshot = warmed(Traffic::TwoOfThree, PRICE, 7);
	let liar = small(&snapshot, Strategy::LieAlways, Traffic::TwoOfThree, 60);
	let honest = small(&snapshot, Strategy::Honest, Traffic::TwoOfThree, 60);
	assert!(liar.earned_by_mine(PRICE) < honest.earned_by_mine(PRICE) - A_SLASH);
	assert!(liar.wrong_rate() < 0.02, "{}", liar.wrong_rate());
	assert_eq!((honest.wrong_rate(), honest.slashes()), (0.0, (0.0, 0.0)));
}

#[test]
fn the_same_chain_tells_the_same_story() {
	let told = || {
		let snapshot = warmed(Traffic::Attested, PRICE, 3);
		let ledger = small(&snapshot, Strategy::Mixture, Traffic::Attested, 100);
		(ledger.earned, ledger.own, ledger.wrong)
	};
	assert_eq!(told(), told());
}

/// Minutes of work: `scripts/long/adversary.sh` runs it.
#[test]
#[ignore]
fn the_whole_table() {
	let started = Instant::now();
	let (mut cells, checks) = play_all(started);
	condition_all(started, &checks, &mut cells);
	let mut text = report::markdown(&cells, &checks);

	let alone = Row { strategy: Strategy::LieAlone, traffic: Traffic::Attested };
	let all_seats = Row { strategy: Strategy::LieWithAllSeats, traffic: Traffic::TwoOfThree };
	let disputed = [30, 100].map(|permille| {
		let name = format!("{}, {} % of wrong answers disputed", alone.name(), permille / 10);
		(name, table::cell(alone, PRICE, JUDGED, (600, 6), permille))
	});
	report::aside(&mut text, &format!("If users dispute, at {JUDGED} %"), &disputed);
	say(started, "disputes");

	let mut priced = Vec::new();
	for (price, effort) in [(PRICE, (1_000, 8)), (10 * PRICE, (1_000, 8)), (30 * PRICE, (1_000, 8))]
	{
		let of = format!("{} OPG an answer", price as f64 / OPG as f64);
		let name = format!("{}, {of}", alone.name());
		priced.push((name, table::cell(alone, price, JUDGED, effort, 0)));
		let snapshot = warmed(all_seats.traffic, price, 3_000);
		let rate = checks.rate(all_seats.traffic);
		let name = format!("{}, {of}", all_seats.name());
		priced.push((name, condition(&snapshot, all_seats.traffic, JUDGED, price, rate)));
		say(started, &of);
	}
	report::aside(&mut text, &format!("By the price of an answer, at {JUDGED} %"), &priced);

	let few = [
		Row { strategy: Strategy::PoisonFew, traffic: Traffic::Mixed },
		Row { strategy: Strategy::Copy, traffic: Traffic::Attested },
	];
	let few = few.map(|row| (row.name(), table::cell(row, PRICE, JUDGED, (1_500, 6), 0)));
	report::aside(&mut text, &format!("Not in the table, at {JUDGED} %"), &few);
	say(started, "not in the table");

	let poisoned = Row { strategy: Strategy::PoisonThenLie, traffic: Traffic::TwoOfThree };
	let waited = [all_seats, poisoned].map(|row| {
		let name = format!("{}, played out at 40 %", row.name());
		(name, table::cell(row, PRICE, 40, (1_000, 8), 0))
	});
	report::aside(&mut text, "The conditioned rows, played out", &waited);
	say(started, "all seats, played out");

	let (number, best) = search(48, Traffic::Mixed);
	let name = Strategy::Fixed(number).name();
	report::aside(
		&mut text,
		&format!("The best of 48 fixed at random, at {JUDGED} %, on other chains"),
		&[(name, best)],
	);
	say(started, "search");

	print!("{text}{}", report::lines(&cells));
	if let Ok(path) = std::env::var(TABLE) {
		std::fs::write(&path, text).expect("the table's folder exists and may be written");
	}
}
