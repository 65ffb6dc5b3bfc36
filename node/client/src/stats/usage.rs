//! `opg stats usage`: accounts, requests and what they cost, epoch by epoch.

use super::{csv_text, name, opg, plot, Series};
use crate::{
	amount::Amount,
	error::Result,
	records::{Counters, Headcount, Money, Service},
	report::{table, Report},
};
use serde::Serialize;
use serde_json::json;

/// Prints a series.
pub(super) fn print(series: &Series, csv: bool, report: Report) -> Result<()> {
	if csv {
		let rows: Vec<_> = rows(series, opg);
		report.raw(csv_text(&rows)?);
		return Ok(());
	}
	let value = json!({
		"scope": name(series.scope),
		"epoch": series.now.index,
		"begin": series.now.begin,
		"end": series.now.end,
		"epochs": rows(series, Amount),
	});
	report.result(&value, text(series));
	Ok(())
}

/// An epoch's counts, its amounts written one way or another.
#[derive(Debug, Serialize)]
struct Row<Money> {
	epoch: u32,
	active: u32,
	new: u32,
	returning: u32,
	resurrected: u32,
	requests: u64,
	settled: u64,
	failed: u64,
	expired: u64,
	cancelled: u64,
	spend: Money,
	base_fees: Money,
	burn: Money,
	refunds: Money,
}

fn rows<T>(series: &Series, written: impl Fn(u128) -> T) -> Vec<Row<T>> {
	let row = |(epoch, counters): (u32, &Counters)| {
		let Headcount { active, new, returning, resurrected } = counters.accounts;
		let Service { requests, settled, failed, expired, cancelled, .. } = counters.service;
		let Money { spend, base_fees, burn, refunds } = counters.money;
		Row {
			epoch,
			active,
			new,
			returning,
			resurrected,
			requests,
			settled,
			failed,
			expired,
			cancelled,
			spend: written(spend),
			base_fees: written(base_fees),
			burn: written(burn),
			refunds: written(refunds),
		}
	};
	series.iter().map(row).collect()
}

fn text(series: &Series) -> String {
	let lines: Vec<_> = series
		.iter()
		.map(|(epoch, counters)| {
			let Counters { accounts, service, money, .. } = counters;
			[
				epoch.to_string(),
				accounts.active.to_string(),
				accounts.new.to_string(),
				accounts.returning.to_string(),
				accounts.resurrected.to_string(),
				service.requests.to_string(),
				service.settled.to_string(),
				Amount(money.spend).to_string(),
				Amount(money.burn).to_string(),
				Amount(money.refunds).to_string(),
			]
		})
		.collect();
	let headings = [
		"epoch",
		"active",
		"new",
		"returning",
		"resurrected",
		"requests",
		"settled",
		"spent",
		"burnt",
		"refunded",
	];
	let bars: Vec<_> = series
		.iter()
		.map(|(epoch, counters)| {
			let Headcount { active, new, returning, resurrected } = counters.accounts;
			let parts = vec![('█', returning.into()), ('▓', resurrected.into()), ('░', new.into())];
			(format!("{epoch}: {active}"), parts)
		})
		.collect();
	let mut parts = vec![
		series.heading("Use"),
		table(headings, &lines),
		format!("Active accounts (█ returning, ▓ resurrected, ░ new)\n{}", plot::bars(&bars)),
	];
	// Drawn, not computed with.
	let spend: Vec<_> = series.iter().map(|(_, it)| it.money.spend as f64 / 1e12).collect();
	parts.extend(plot::line(series.first, &spend, None).map(|line| format!("Spent, OPG\n{line}")));
	parts.join("\n\n")
}

#[cfg(test)]
mod tests {
	use super::{rows, text};
	use crate::stats::{csv_text, opg, tests::series};

	#[test]
	fn every_epoch_has_a_row_a_bar_and_a_place_on_the_line() {
		let text = text(&series());
		assert!(text.contains("epoch  active  new  returning"), "{text}");
		assert!(text.contains("6      4       2    2"), "{text}");
		let bar = format!("6: 4 │{}{}", "█".repeat(20), "░".repeat(20));
		assert!(text.contains(&bar), "{text}");
		assert!(text.contains("epoch 5") && text.contains("epoch 7"), "{text}");
	}

	#[test]
	fn amounts_are_plain_numbers_between_commas() {
		let csv = csv_text(&rows(&series(), opg)).unwrap();
		let mut lines = csv.lines();
		assert_eq!(
			lines.next(),
			Some(
				"epoch,active,new,returning,resurrected,requests,settled,failed,expired,\
				 cancelled,spend,base_fees,burn,refunds"
			)
		);
		let first = "5,3,3,0,0,6,4,1,0,1,4,0.000000000005,0.000000000006,0.000000000007";
		assert_eq!(lines.next(), Some(first));
	}
}
