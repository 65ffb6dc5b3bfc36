//! `opg stats retention`: of those who began in an epoch, how many came back, and what they paid.

use super::{csv_text, name, opg, plot, Series};
use crate::{
	amount::Amount,
	error::Result,
	records::{Cell, Counters, AGES},
	report::{table, Report},
};
use serde::Serialize;
use serde_json::json;

/// Ages shown to people: a terminal is only so wide.
const SHOWN_AGES: usize = 12;

/// Prints a series.
pub(super) fn print(series: &Series, csv: bool, report: Report) -> Result<()> {
	let cohorts = cohorts(series);
	if csv {
		report.raw(csv_text(&rows(&cohorts, opg))?);
		return Ok(());
	}
	let value = json!({
		"scope": name(series.scope),
		"epoch": series.now.index,
		"cohorts": rows(&cohorts, Amount),
		"epochs": returns(series),
	});
	report.result(&value, text(series, &cohorts));
	Ok(())
}

/// Accounts that began in the same epoch: what was left of them at each age, the youngest first.
#[derive(Debug)]
struct Cohort {
	start: u32,
	cells: Vec<Cell>,
}

/// The cohorts that began in the epochs of a series, read along the epochs' rows.
fn cohorts(series: &Series) -> Vec<Cohort> {
	let cohort = |(from, (start, _)): (usize, (u32, &Counters))| {
		let later = series.epochs[from..].iter().enumerate();
		// Whoever is older than that stands in one cell with others.
		let told_apart = later.take(usize::try_from(AGES).unwrap_or(usize::MAX));
		let cells = told_apart.map(|(age, it)| it.ages.get(age).copied().unwrap_or_default());
		Cohort { start, cells: cells.collect() }
	};
	series.iter().enumerate().map(cohort).collect()
}

/// What was left of a cohort at an age.
#[derive(Debug, Serialize)]
struct Row<Money> {
	start: u32,
	age: usize,
	accounts: u32,
	spend: Money,
	of_accounts: Option<u128>,
	of_spend: Option<u128>,
}

fn rows<T>(cohorts: &[Cohort], written: impl Fn(u128) -> T) -> Vec<Row<T>> {
	let mut rows = Vec::new();
	for Cohort { start, cells } in cohorts {
		let Some(begin) = cells.first().filter(|begin| begin.accounts > 0) else { continue };
		rows.extend(cells.iter().enumerate().map(|(age, cell)| Row {
			start: *start,
			age,
			accounts: cell.accounts,
			spend: written(cell.spend),
			of_accounts: plot::percent(cell.accounts.into(), begin.accounts.into()),
			of_spend: plot::percent(cell.spend, begin.spend),
		}));
	}
	rows
}

/// How many of an epoch's accounts were there in the epoch before, and how many of those were not there any more.
#[derive(Debug, Serialize)]
struct Return {
	epoch: u32,
	active: u32,
	returning: u32,
	churned: Option<u32>,
	retained: Option<u128>,
}

fn returns(series: &Series) -> Vec<Return> {
	let mut before = None;
	let mut returns = Vec::new();
	for (epoch, counters) in series.iter() {
		let (active, returning) = (counters.accounts.active, counters.accounts.returning);
		returns.push(Return {
			epoch,
			active,
			returning,
			churned: before.map(|before: u32| before.saturating_sub(returning)),
			retained: before.and_then(|before| plot::percent(returning.into(), before.into())),
		});
		before = Some(active);
	}
	returns
}

fn text(series: &Series, cohorts: &[Cohort]) -> String {
	let heading = series.heading("Who comes back");
	let began = cohorts.iter().any(|cohort| cohort.cells.iter().any(|cell| cell.accounts > 0));
	if !began {
		return format!("{heading}\n\nNobody had a paid answer in these epochs.");
	}
	let accounts = matrix(cohorts, |cell| cell.accounts.into(), |whole| whole.to_string());
	let spend = matrix(cohorts, |cell| cell.spend, |whole| Amount(whole).to_string());
	let returns = returns(series);
	let lines: Vec<_> = returns
		.iter()
		.map(|it| {
			let shown = |number: Option<String>| number.unwrap_or_else(|| "-".into());
			[
				it.epoch.to_string(),
				it.active.to_string(),
				it.returning.to_string(),
				shown(it.churned.map(|count| count.to_string())),
				shown(it.retained.map(|percent| format!("{percent} %"))),
			]
		})
		.collect();
	let headings = ["epoch", "active", "returning", "churned", "retained"];
	let mut parts = vec![
		heading,
		format!("Accounts, by the epoch in which they began and epochs since\n{accounts}"),
		format!("What they paid, of what they paid in the first\n{spend}"),
		format!("{}\nChurned, retained: of the epoch before.", table(headings, &lines)),
	];
	// Drawn, not computed with; an epoch after one without anybody has nobody to retain.
	let retained: Vec<_> =
		returns.iter().skip(1).map(|it| it.retained.unwrap_or(0) as f64).collect();
	let line = plot::line(series.first + 1, &retained, Some(100.0));
	parts.extend(line.map(|line| format!("Retained, %\n{line}")));
	parts.join("\n\n")
}

/// Cohorts by age: each cell in percent of the cohort's first, and shaded by it.
fn matrix(
	cohorts: &[Cohort],
	part: impl Fn(&Cell) -> u128,
	written: impl Fn(u128) -> String,
) -> String {
	let begun = || cohorts.iter().filter(|cohort| cohort.cells.iter().any(|it| part(it) > 0));
	let ages = begun().map(|cohort| cohort.cells.len()).max().unwrap_or(0).min(SHOWN_AGES);
	let size = |cohort: &Cohort| written(cohort.cells.first().map_or(0, &part));
	let width = begun().map(|cohort| size(cohort).chars().count()).max().unwrap_or(0).max(5);
	let mut lines = vec![format!("{:>5}  {:>width$}", "start", "began")];
	lines[0].extend((0..ages).map(|age| format!("  {age:>6}")));
	for cohort in begun() {
		let mut line = format!("{:>5}  {:>width$}", cohort.start, size(cohort));
		let whole = cohort.cells.first().map_or(0, &part);
		for cell in cohort.cells.iter().take(ages) {
			let (part, shade) = (part(cell), plot::shade(part(cell), whole));
			let text = plot::percent(part, whole).map_or("-".into(), |of| format!("{of}%"));
			line.push_str(&format!("  {shade}{text:>5}"));
		}
		lines.push(line);
	}
	lines.join("\n")
}

#[cfg(test)]
mod tests {
	use super::{cohorts, returns, rows, text};
	use crate::stats::{csv_text, opg, tests::series, Series};

	#[test]
	fn a_cohort_is_read_along_the_epochs() {
		let cohorts = cohorts(&series());
		let accounts = |cohort: usize| {
			cohorts[cohort].cells.iter().map(|cell| cell.accounts).collect::<Vec<_>>()
		};
		assert_eq!((accounts(0), accounts(1), accounts(2)), (vec![3, 2, 1], vec![2, 0], vec![0]));
		let rows = rows(&cohorts, |units| units);
		let of: Vec<_> = rows.iter().map(|row| (row.of_accounts, row.of_spend)).collect();
		assert_eq!(of[..3], [(Some(100), Some(100)), (Some(66), Some(83)), (Some(33), Some(133))]);
		assert_eq!(of[3..], [(Some(100), Some(100)), (Some(0), Some(0))]);
	}

	#[test]
	fn who_is_not_there_any_more_has_churned() {
		let returns = returns(&series());
		let told: Vec<_> = returns.iter().map(|it| (it.churned, it.retained)).collect();
		assert_eq!(told, [(None, None), (Some(1), Some(66)), (Some(3), Some(25))]);
	}

	#[test]
	fn the_matrix_is_shaded_by_how_many_are_left() {
		let series = series();
		let text = text(&series, &cohorts(&series));
		assert!(text.contains("    5      3  █ 100%  ▓  66%  ▒  33%"), "{text}");
		assert!(text.contains("    6      2  █ 100%      0%"), "{text}");
		assert!(text.contains("█ 133%"), "{text}");
		assert!(text.contains("6      4       2          1        66 %"), "{text}");
		assert!(text.contains("Retained, %"), "{text}");
	}

	#[test]
	fn a_chain_nobody_uses_says_so() {
		let empty = Series { epochs: vec![Default::default(); 3], ..series() };
		assert!(text(&empty, &cohorts(&empty)).contains("Nobody had a paid answer"));
	}

	#[test]
	fn cohorts_are_rows_of_start_and_age() {
		let csv = csv_text(&rows(&cohorts(&series()), opg)).unwrap();
		let lines: Vec<_> = csv.lines().collect();
		assert_eq!(lines[0], "start,age,accounts,spend,of_accounts,of_spend");
		assert_eq!(lines[2], "5,1,2,0.000000000025,66,83");
	}
}
