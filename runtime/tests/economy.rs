//! Two years of the network's economy over the real runtime: growing, steady and collapsing use, week by week, with books that balance.

// Neither this file nor others use all that these offer.
#[allow(dead_code)]
mod blocks;
#[allow(dead_code)]
mod chain;

#[path = "economy/books.rs"]
mod books;
#[allow(dead_code)]
#[path = "adversary/chance.rs"]
mod chance;
#[path = "economy/network.rs"]
mod network;
#[path = "economy/people.rs"]
mod people;
#[path = "economy/washer.rs"]
mod washer;

use books::Stock;
use network::Chain;
use opg_runtime::{configs::economics::Pot, constants::currency::OPG, Usage};
use people::{People, Scenario};
use sp_keyring::Sr25519Keyring::Dave;
use std::fmt::Write;

/// Weeks of 24 months.
const TWO_YEARS: u32 = 104;
/// Weeks of two months.
const TWO_MONTHS: u32 = 9;
/// Between two cohorts that are written down week by week.
const QUARTER: usize = 13;
/// The folder into which tables are written.
const FOLDER: &str = "OPG_ECONOMY_FOLDER";

/// What a scenario came to: a row for each week, and what was left of cohorts.
struct Told {
	weeks: String,
	cohorts: String,
}

/// Plays a scenario. Every week the books are closed, which checks that issuance falls by what burns and each pot is explained.
fn play(scenario: Scenario, weeks: u32) -> Told {
	let mut chain = Chain::found();
	let mut people = People::of(scenario, weeks);
	let mut told = Told { weeks: String::new(), cohorts: String::new() };
	let first = chain.go_on(|network| Stock::take(network));
	let mut before = first.clone();
	for number in 0..weeks {
		let visits = people.week(number);
		before = chain.go_on(|network| {
			let week = network.week(number, &before, &visits);
			books::row(&mut told.weeks, scenario.name(), &week, &first);
			tell_cohorts(&mut told.cohorts, scenario.name(), number);
			week.after
		});
	}
	chain.check_laws();
	told
}

/// What is left in a week of those who began in the first week of each quarter.
fn tell_cohorts(text: &mut String, scenario: &str, week: u32) {
	for start in (0..=week).step_by(QUARTER) {
		let age = week - start;
		// Older ones are not told apart.
		let Some(cell) = Usage::cohort(start).into_iter().find(|cell| cell.age == age) else {
			continue;
		};
		let spend = cell.spend as f64 / OPG as f64;
		let _ = writeln!(text, "{scenario},{start},{age},{},{spend:.6}", cell.accounts);
	}
}

#[test]
fn in_two_months_of_any_use_issuance_falls_by_what_burns_and_every_pot_is_explained() {
	for scenario in Scenario::ALL {
		let told = play(scenario, TWO_MONTHS);
		assert_eq!(told.weeks.lines().count(), TWO_MONTHS as usize);
		let net = told.weeks.lines().last().and_then(|row| row.rsplit(',').next());
		let net: f64 = net.expect("a row").parse().expect("a number");
		assert!(net < 0.0, "who uses the network alone loses: {net}");
	}
}

#[test]
#[should_panic = "Storage in 0"]
fn the_books_notice_a_unit_that_nobody_explains() {
	Chain::found().go_on(|network| {
		let before = Stock::take(network);
		let pot = Pot::Storage.account();
		network::endow(Dave, &pot, 1);
		network.week(0, &before, &[]);
	});
}

/// Minutes of work: `scripts/long/economy-simulation.sh` runs it.
#[test]
#[ignore]
fn two_years_of_each_use() {
	let (mut weeks, mut cohorts) =
		(format!("{}\n", books::COLUMNS), "scenario,start,age,accounts,spend\n".to_string());
	let all = Scenario::ALL.map(|scenario| std::thread::spawn(move || play(scenario, TWO_YEARS)));
	for told in all {
		let told = told.join().expect("the books balance");
		weeks += &told.weeks;
		cohorts += &told.cohorts;
	}
	let Ok(folder) = std::env::var(FOLDER) else { return print!("{weeks}") };
	for (name, text) in [("weeks.csv", weeks), ("cohorts.csv", cohorts)] {
		std::fs::write(format!("{folder}/{name}"), text).expect("the folder can be written to");
	}
}
