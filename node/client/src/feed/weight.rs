//! What a round of a feed weighs, in one report and in one report of each node.

use super::ask;
use crate::{
	chain::{AtBlock, Chain},
	error::Result,
	report::{table, Report},
};
use codec::{Compact, Encode};
use serde_json::json;

const WEIGH: &str = "FeedsApi_weigh";

/// Nodes and keys of the rounds that are compared; the last is the one the chain was made for.
const ROUNDS: [(u32, u32); 3] = [(5, 10), (21, 50), (31, 100)];

/// A round, in milliseconds of a block.
struct Compared {
	nodes: u32,
	keys: u32,
	round: f64,
	per_member: f64,
}

/// Tells what rounds weigh.
pub(crate) async fn weigh(chain: &Chain, report: Report) -> Result<()> {
	let at = chain.best().await?;
	let mut all = Vec::new();
	for (nodes, keys) in ROUNDS {
		let round = milliseconds(chain, &at, nodes, keys).await?;
		let per_member = milliseconds(chain, &at, 1, keys).await? * f64::from(nodes);
		all.push(Compared { nodes, keys, round, per_member });
	}
	let rows: Vec<_> = all
		.iter()
		.map(|one| {
			let size = format!("{} x {}", one.nodes, one.keys);
			let times = [one.round, one.per_member].map(|time| format!("{time:.2}"));
			let [round, per_member] = times;
			[size, round, per_member, format!("{:.1}", one.per_member / one.round)]
		})
		.collect();
	let text = table(["nodes x keys", "one report, ms", "a report each, ms", "times"], &rows);
	let rounds: Vec<_> = all
		.iter()
		.map(|one| {
			json!({
				"nodes": one.nodes,
				"keys": one.keys,
				"round_ms": one.round,
				"per_member_ms": one.per_member,
			})
		})
		.collect();
	let largest = all.last().map(|one| (one.round, one.per_member));
	let value = json!({
		"round_31x100_ms": largest.map(|(round, _)| round),
		"per_member_design_ms": largest.map(|(_, per_member)| per_member),
		"over": largest.map(|(round, per_member)| per_member / round),
		"rounds": rounds,
	});
	report.result(&value, text);
	Ok(())
}

/// What of a block a report takes, in milliseconds.
async fn milliseconds(chain: &Chain, at: &AtBlock, nodes: u32, keys: u32) -> Result<f64> {
	// A weight: time in picoseconds, and the proof's size.
	let (time, _): (Compact<u64>, Compact<u64>) =
		ask(chain, at, WEIGH, &(nodes, keys).encode()).await?;
	Ok(time.0 as f64 / 1e9)
}
