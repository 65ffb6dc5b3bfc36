//! `opg stats service`: what became of requests, and how long answers took.

use super::{csv_table, name, plot, Series};
use crate::{
	error::Result,
	records::{Latencies, Service, LATENCY_BOUNDS},
	report::{table, Report},
};
use serde::Serialize;
use serde_json::json;

/// Prints a series.
pub(super) fn print(series: &Series, csv: bool, report: Report) -> Result<()> {
	let rows: Vec<_> = series.iter().map(|(epoch, it)| Row::new(epoch, &it.service)).collect();
	if csv {
		let rows: Vec<_> = rows.iter().map(Row::columns).collect();
		report.raw(csv_table(&column_names(), &rows)?);
		return Ok(());
	}
	let value = json!({
		"scope": name(series.scope),
		"epoch": series.now.index,
		"bounds": LATENCY_BOUNDS,
		"epochs": rows,
	});
	report.result(&value, text(series, &rows));
	Ok(())
}

#[derive(Debug, Serialize)]
struct Row {
	epoch: u32,
	requests: u64,
	settled: u64,
	failed: u64,
	expired: u64,
	cancelled: u64,
	answered: Option<u128>,
	p50_blocks: Option<u32>,
	p95_blocks: Option<u32>,
	blocks: [u64; LATENCY_BOUNDS.len() + 1],
}

impl Row {
	fn new(epoch: u32, service: &Service) -> Self {
		let Service { requests, settled, failed, expired, cancelled, latencies } = *service;
		let ended = settled.saturating_add(failed).saturating_add(expired);
		Self {
			epoch,
			requests,
			settled,
			failed,
			expired,
			cancelled,
			answered: plot::percent(settled.into(), ended.into()),
			p50_blocks: at_most(&latencies, 50).flatten(),
			p95_blocks: at_most(&latencies, 95).flatten(),
			blocks: latencies.counts(),
		}
	}

	/// The row's columns, one for each bucket.
	fn columns(&self) -> Vec<String> {
		let shown = |value: Option<String>| value.unwrap_or_default();
		let mut columns = vec![
			self.epoch.to_string(),
			self.requests.to_string(),
			self.settled.to_string(),
			self.failed.to_string(),
			self.expired.to_string(),
			self.cancelled.to_string(),
			shown(self.answered.map(|percent| percent.to_string())),
			shown(self.p50_blocks.map(|blocks| blocks.to_string())),
			shown(self.p95_blocks.map(|blocks| blocks.to_string())),
		];
		columns.extend(self.blocks.map(|count| count.to_string()));
		columns
	}
}

fn column_names() -> Vec<String> {
	let names = [
		"epoch",
		"requests",
		"settled",
		"failed",
		"expired",
		"cancelled",
		"answered",
		"p50_blocks",
		"p95_blocks",
	];
	let buckets = bucket_names().into_iter().map(|name| format!("blocks_{name}"));
	names.into_iter().map(String::from).chain(buckets).collect()
}

/// The buckets as people write them: `1`, `5-6`, `129+`.
fn bucket_names() -> Vec<String> {
	let mut names = Vec::new();
	let mut from = 1;
	for bound in LATENCY_BOUNDS {
		names.push(if bound == from { bound.to_string() } else { format!("{from}-{bound}") });
		from = bound + 1;
	}
	names.push(format!("{from}+"));
	names
}

/// The most blocks that so many percent of answers took: `None` of none, `Some(None)` if more than the greatest bound.
fn at_most(latencies: &Latencies, percent: u64) -> Option<Option<u32>> {
	let counts = latencies.counts();
	let total: u64 = counts.iter().sum();
	let wanted = total.checked_mul(percent)?.div_ceil(100);
	let mut reached = 0;
	let bucket = counts.iter().position(|count| {
		reached += count;
		reached >= wanted
	});
	(total > 0).then(|| bucket.and_then(|bucket| LATENCY_BOUNDS.get(bucket).copied()))
}

fn text(series: &Series, rows: &[Row]) -> String {
	let blocks = |latencies: &Latencies, percent| match at_most(latencies, percent) {
		None => "-".into(),
		Some(Some(bound)) => format!("≤ {bound}"),
		Some(None) => "> 128".into(),
	};
	let lines: Vec<_> = series
		.iter()
		.zip(rows)
		.map(|((epoch, counters), row)| {
			let Service { requests, settled, failed, expired, cancelled, latencies } =
				counters.service;
			[
				epoch.to_string(),
				requests.to_string(),
				settled.to_string(),
				failed.to_string(),
				expired.to_string(),
				cancelled.to_string(),
				row.answered.map_or("-".into(), |percent| format!("{percent} %")),
				blocks(&latencies, 50),
				blocks(&latencies, 95),
			]
		})
		.collect();
	let headings = [
		"epoch",
		"made",
		"settled",
		"failed",
		"expired",
		"taken back",
		"answered",
		"half within",
		"95 % within",
	];
	let mut parts = vec![
		series.heading("Service"),
		format!(
			"{}\nAnswered: of those that ended and were not taken back.",
			table(headings, &lines)
		),
	];
	let counted: Vec<_> = bucket_names()
		.into_iter()
		.enumerate()
		.map(|(bucket, name)| {
			let count: u64 = rows.iter().map(|row| row.blocks[bucket]).sum();
			(format!("{name}: {count}"), vec![('█', u128::from(count))])
		})
		.collect();
	// What took longest, and nothing did, needs no line.
	let last = counted.iter().rposition(|(_, parts)| parts[0].1 > 0);
	if let Some(last) = last {
		let bars = plot::bars(&counted[..=last]);
		parts.push(format!("Blocks from request to settlement, all of these epochs\n{bars}"));
	}
	parts.join("\n\n")
}

#[cfg(test)]
mod tests {
	use super::{at_most, bucket_names, column_names, text, Row};
	use crate::{records::Latencies, stats::tests::series};

	fn latencies(blocks: &[u32]) -> Latencies {
		let mut latencies = Latencies::default();
		blocks.iter().for_each(|blocks| latencies.count(*blocks));
		latencies
	}

	#[test]
	fn buckets_are_named_by_their_first_and_last_block() {
		let names = bucket_names();
		assert_eq!(names[..6], ["1", "2", "3", "4", "5-6", "7-8"]);
		assert_eq!(names.last().map(String::as_str), Some("129+"));
		assert_eq!(column_names().len(), 9 + names.len());
	}

	#[test]
	fn a_percentile_is_at_most_its_buckets_bound() {
		let of = latencies(&[2, 2, 3, 200]);
		assert_eq!(at_most(&of, 50), Some(Some(2)));
		assert_eq!(at_most(&of, 75), Some(Some(3)));
		assert_eq!(at_most(&of, 95), Some(None));
		assert_eq!(at_most(&latencies(&[5]), 95), Some(Some(6)));
		assert_eq!(at_most(&latencies(&[]), 50), None);
	}

	#[test]
	fn an_epoch_shows_how_much_was_answered_and_how_fast() {
		let series = series();
		let rows: Vec<_> = series.iter().map(|(epoch, it)| Row::new(epoch, &it.service)).collect();
		assert_eq!(rows[0].answered, Some(80));
		let text = text(&series, &rows);
		assert!(text.contains("80 %      ≤ 2          > 128"), "{text}");
		assert!(text.contains(&format!("2: 6 │{}", "█".repeat(40))), "{text}");
		assert!(text.contains("129+: 3 │"), "{text}");
		assert_eq!(rows[0].columns()[7..9], ["2".to_owned(), String::new()]);
	}
}
