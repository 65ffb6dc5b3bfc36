//! The report: the cells as Markdown for people and as lines for scripts.

use crate::{
	ledger::{GAIN, WORK},
	network::OPERATORS,
	plan::Traffic,
	table::{Cell, Cells, Checks, Row, JUDGED, PLAYED, SHARES, WAITED_FOR},
};
use std::fmt::Write;

/// The columns that [`details`] fills.
const DETAILS: &str = "the gain (in fees) from which it pays | honest bonds burnt, OPG a run | \
	own questions, OPG a run";

/// A table under a heading, with a cell for each row and share.
fn by_share(text: &mut String, heading: &str, cells: &Cells, tell: impl Fn(&Cell) -> String) {
	let shares: Vec<String> = SHARES.iter().map(|share| format!("{share} %")).collect();
	let rule = "---|".repeat(SHARES.len() + 1);
	let _ = writeln!(text, "**{heading}**\n\n| strategy | {} |\n|{rule}", shares.join(" | "));
	for row in rows() {
		let told: Vec<String> = SHARES.iter().map(|share| tell(&cells[&(row, *share)])).collect();
		let _ = writeln!(text, "| {} | {} |", row.name(), told.join(" | "));
	}
	text.push('\n');
}

fn rows() -> impl Iterator<Item = Row> {
	PLAYED.into_iter().chain(WAITED_FOR)
}

/// The main tables.
pub(crate) fn markdown(cells: &Cells, checks: &Checks) -> String {
	let mut text = String::new();
	let profit =
		"Profit over honest play, OPG per 1,000 OPG bonded, mean (upper end of the 95 % interval)";
	by_share(&mut text, profit, cells, |cell| match cell.profit {
		Some(profit) => format!("{} ({})", short(profit.mean), short(profit.upper)),
		None => "as honest".into(),
	});
	by_share(&mut text, "Wrong answers that stand, of all answers", cells, |cell| {
		percent(cell.wrong)
	});

	let _ = writeln!(text, "**At {JUDGED} %**\n\n| strategy | {DETAILS} |\n|---|---|---|---|");
	for row in rows() {
		let cell = cells[&(row, JUDGED)];
		let _ = writeln!(text, "| {} | {} |", row.name(), details(&cell));
	}
	text.push('\n');
	for traffic in [Traffic::Attested, Traffic::TwoOfThree, Traffic::ThreeOfFive] {
		let rate = percent(checks.rate(traffic));
		let _ = writeln!(text, "Answers run again by chance under {}: {rate}.", traffic.name());
	}
	let work = WORK * 100.0;
	let _ = writeln!(
		text,
		"{OPERATORS} operators; a wrong answer that stands is worth {GAIN} fees; a run costs \
		 {work} % of the price.\n",
	);
	text
}

/// A table of single cells.
pub(crate) fn aside(text: &mut String, heading: &str, cells: &[(String, Cell)]) {
	let columns = format!("profit over honest play | wrong answers that stand | {DETAILS}");
	let _ = writeln!(text, "**{heading}**\n\n| | {columns} |\n|---|---|---|---|---|---|");
	for (name, cell) in cells {
		let profit = cell.profit.map_or("as honest".into(), |profit| {
			format!("{} ({})", short(profit.mean), short(profit.upper))
		});
		let _ =
			writeln!(text, "| {name} | {profit} | {} | {} |", percent(cell.wrong), details(cell));
	}
	text.push('\n');
}

fn details(cell: &Cell) -> String {
	let break_even = cell.break_even.map_or("none".into(), short);
	format!("{break_even} | {} | {}", short(cell.harm), short(cell.spent))
}

/// A line for each cell of the main table, tab by tab: row, share, mean, upper bound, wrong
/// answers.
pub(crate) fn lines(cells: &Cells) -> String {
	let mut text = String::new();
	for row in rows() {
		for share in SHARES {
			let cell = cells[&(row, share)];
			let (mean, upper) = cell.profit.map_or(("honest".into(), "honest".into()), |profit| {
				(format!("{:.6}", profit.mean), format!("{:.6}", profit.upper))
			});
			let _ = writeln!(
				text,
				"cell\t{}\t{share}\t{mean}\t{upper}\t{:.4}",
				row.name(),
				cell.wrong * 100.0
			);
		}
	}
	text
}

fn percent(part: f64) -> String {
	format!("{} %", short(part * 100.0))
}

/// Three digits, as many of them behind the point as it takes.
fn short(number: f64) -> String {
	let size = number.abs();
	let digits = match size {
		0.0 => 0,
		_ if size >= 100.0 => 0,
		_ if size >= 10.0 => 1,
		_ if size >= 1.0 => 2,
		_ => ((2.0 - size.log10().floor()) as usize).min(6),
	};
	let sign = if number < 0.0 { "−" } else { "" };
	format!("{sign}{:.digits$}", size)
}
