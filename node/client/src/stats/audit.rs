//! `opg stats audit`: counts use again from the events of every block, and compares it with what the chain counted.

use super::{
	counters, csv_text, epoch, name,
	recount::{Recount, Rules, Scope, Told, What},
};
use crate::{
	args::AuditArgs,
	chain::{
		self, AtBlock, Chain, CANCELLED, EXPIRED, REQUESTED, REQUEST_FAILED, SETTLED, TALLIES,
		USAGE_EPOCHS, USAGE_SCOPES, USAGE_SCOPE_EPOCHS,
	},
	error::{Error, Result},
	records::{Counters, HasFailed, Subject, WasRequested, WasReturned, WasSettled},
	report::{pairs, table, Report},
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use serde_json::json;
use std::{collections::BTreeSet, process::ExitCode, time::Instant};
use subxt::ext::futures::{stream, StreamExt, TryStreamExt};

/// Differences shown to people.
const SHOWN: usize = 50;

/// Counts again and compares; the exit code says whether everything matches.
pub(super) async fn run(args: &AuditArgs, chain: &Chain, report: Report) -> Result<ExitCode> {
	let started = Instant::now();
	// What no fork can undo has the same events tomorrow.
	let at = chain.finalized().await?;
	let now = epoch(chain, &at).await?;
	let rules = Rules {
		epoch_length: now.end.saturating_sub(now.begin),
		ring: chain::constant(&at, USAGE_EPOCHS)?,
		scopes: usize::try_from(chain::constant::<u32>(&at, USAGE_SCOPES)?).unwrap_or(usize::MAX),
	};
	let recount = walk(rules, &at, usize::from(args.at_once), chain, report).await?;
	let compared = compare(args, &recount, rules, now.index, chain, &at).await?;
	let verdict = Verdict {
		block: at.block_number(),
		blocks: at.block_number(),
		events: recount.events(),
		compared: compared.sets,
		seconds: started.elapsed().as_secs(),
		differences: compared.differences,
	};
	verdict.print(args.of.csv, report)?;
	Ok(if verdict.matches() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Takes in the events of every block up to `at`, several blocks read at once.
async fn walk(
	rules: Rules,
	at: &AtBlock,
	at_once: usize,
	chain: &Chain,
	report: Report,
) -> Result<Recount> {
	let bar = bar(at.block_number(), report.moves());
	let mut recount = Recount::new(rules);
	let mut blocks = stream::iter(1..=at.block_number())
		.map(|number| async move { told_in(number, chain).await.map(|told| (number, told)) })
		.buffered(at_once);
	while let Some((number, told)) = blocks.try_next().await? {
		for told in &told {
			recount.take(number, told);
		}
		bar.set_position(number);
	}
	bar.finish_and_clear();
	Ok(recount)
}

fn bar(length: u64, shown: bool) -> ProgressBar {
	let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
	let bar = ProgressBar::with_draw_target(Some(length), target);
	match ProgressStyle::with_template("{bar:30} {pos}/{len} blocks, {per_sec}, {eta} left") {
		Ok(style) => bar.with_style(style),
		Err(_) => bar,
	}
}

/// What the events of a block tell of requests, in their order.
async fn told_in(number: u64, chain: &Chain) -> Result<Vec<Told>> {
	let block = chain.numbered(number).await.map_err(|error| forgotten(error, number))?;
	let events = block.events().fetch().await;
	let events = events.map_err(|error| forgotten(error.into(), number))?;
	let mut told = Vec::new();
	for event in events.iter() {
		let event = event?;
		if event.pallet_name() != SETTLED.0 {
			continue;
		}
		let named = (SETTLED.0, event.event_name());
		let one = if named == SETTLED {
			let it: WasSettled = event.decode_fields_unchecked_as()?;
			let what = What::Settled { spend: it.fee, burn: it.burn, latency: it.latency };
			Told { who: it.requester.0, model: it.model, app: it.app, what }
		} else if named == REQUESTED {
			let it: WasRequested = event.decode_fields_unchecked_as()?;
			Told { who: it.requester.0, model: it.model, app: it.app, what: What::Requested }
		} else if named == REQUEST_FAILED {
			let it: HasFailed = event.decode_fields_unchecked_as()?;
			let what = What::Failed { spend: it.fee, burn: it.burn, refund: it.refund };
			Told { who: it.requester.0, model: it.model, app: it.app, what }
		} else if named == EXPIRED || named == CANCELLED {
			let it: WasReturned = event.decode_fields_unchecked_as()?;
			let refund = it.refund;
			let what = if named == EXPIRED {
				What::Expired { refund }
			} else {
				What::Cancelled { refund }
			};
			Told { who: it.requester.0, model: it.model, app: it.app, what }
		} else {
			continue;
		};
		told.push(one);
	}
	Ok(told)
}

/// A node that prunes has no state, so no events, of old blocks.
fn forgotten(error: Error, block: u64) -> Error {
	let text = error.to_string().to_lowercase();
	if text.contains("discarded") || text.contains("pruned") || text.contains("unknown block") {
		return Error::Forgotten { block };
	}
	error
}

/// Counters compared, set by set.
#[derive(Debug, Default)]
struct Compared {
	sets: usize,
	differences: Vec<Difference>,
}

/// A counter that is not what was counted again; empty where there is none.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
struct Difference {
	scope: String,
	epoch: u32,
	counter: String,
	chain: Option<String>,
	recounted: Option<String>,
}

impl Compared {
	/// Compares what the chain has of a scope in an epoch with what was counted again.
	fn compare(
		&mut self,
		scope: Option<Scope>,
		epoch: u32,
		chain: Option<&Counters>,
		recounted: Option<&Counters>,
	) {
		self.sets += 1;
		let (theirs, ours) = (chain.map(numbers), recounted.map(numbers));
		let differ = |counter: &str, chain: Option<u128>, recounted: Option<u128>| Difference {
			scope: name(scope),
			epoch,
			counter: counter.into(),
			chain: chain.map(|number| number.to_string()),
			recounted: recounted.map(|number| number.to_string()),
		};
		let (theirs, ours) = match (theirs, ours) {
			(None, None) => return,
			// An epoch of the network without requests has a record of nothing, or none.
			(theirs, ours) if scope.is_none() => {
				(theirs.unwrap_or_else(nothing), ours.unwrap_or_else(nothing))
			},
			(Some(theirs), Some(ours)) => (theirs, ours),
			(theirs, ours) => {
				let there = |numbers: Option<Vec<_>>| numbers.map(|_| 1);
				self.differences.push(differ("record", there(theirs), there(ours)));
				return;
			},
		};
		let names: BTreeSet<&String> = theirs.iter().chain(&ours).map(|(name, _)| name).collect();
		let of = |numbers: &[(String, u128)], wanted: &String| {
			numbers.iter().find(|(name, _)| name == wanted).map(|(_, number)| *number)
		};
		for wanted in names {
			let (chain, recounted) = (of(&theirs, wanted), of(&ours, wanted));
			if chain != recounted {
				self.differences.push(differ(wanted, chain, recounted));
			}
		}
	}
}

/// Every number of a set of counters, by name.
fn numbers(counters: &Counters) -> Vec<(String, u128)> {
	let Counters { accounts, service, money, ages } = counters;
	let mut numbers: Vec<(String, u128)> = [
		("accounts.active", accounts.active.into()),
		("accounts.new", accounts.new.into()),
		("accounts.returning", accounts.returning.into()),
		("accounts.resurrected", accounts.resurrected.into()),
		("service.requests", service.requests.into()),
		("service.settled", service.settled.into()),
		("service.failed", service.failed.into()),
		("service.expired", service.expired.into()),
		("service.cancelled", service.cancelled.into()),
		("money.spend", money.spend),
		("money.base_fees", money.base_fees),
		("money.burn", money.burn),
		("money.refunds", money.refunds),
	]
	.map(|(name, number)| (name.to_owned(), number))
	.into();
	let latencies = service.latencies.counts().into_iter().enumerate();
	numbers.extend(latencies.map(|(bucket, it)| (format!("latencies.{bucket}"), it.into())));
	for (age, cell) in ages.iter().enumerate() {
		numbers.push((format!("ages.{age}.accounts"), cell.accounts.into()));
		numbers.push((format!("ages.{age}.spend"), cell.spend));
	}
	numbers
}

fn nothing() -> Vec<(String, u128)> {
	numbers(&Counters::default())
}

async fn compare(
	args: &AuditArgs,
	recount: &Recount,
	rules: Rules,
	now: u32,
	chain: &Chain,
	at: &AtBlock,
) -> Result<Compared> {
	let mut compared = Compared::default();
	let only = args.of.scope();
	let kept = |epochs: u32| (now + 1).saturating_sub(epochs)..=now;
	if only.is_none() {
		for epoch in kept(rules.ring) {
			let theirs = counters(chain, at, None, epoch).await?;
			compared.compare(None, epoch, theirs.as_ref(), recount.counters(None, epoch));
		}
	}
	for epoch in kept(chain::constant(at, USAGE_SCOPE_EPOCHS)?) {
		let scopes = match only {
			Some(scope) => BTreeSet::from([scope]),
			// Those the chain has counters of, and those it should have.
			None => {
				let known = chain::keys_below::<Subject>(at, TALLIES, epoch).await?;
				known.into_iter().map(Scope::from).chain(recount.scopes(epoch)).collect()
			},
		};
		for scope in scopes {
			let theirs = counters(chain, at, Some(scope), epoch).await?;
			let ours = recount.counters(Some(scope), epoch);
			compared.compare(Some(scope), epoch, theirs.as_ref(), ours);
		}
	}
	Ok(compared)
}

impl From<Subject> for Scope {
	fn from(subject: Subject) -> Self {
		match subject {
			Subject::Model(model) => Self::Model(model),
			Subject::App(app) => Self::App(app),
		}
	}
}

/// What came of it.
#[derive(Debug)]
struct Verdict {
	block: u64,
	blocks: u64,
	events: u64,
	compared: usize,
	seconds: u64,
	differences: Vec<Difference>,
}

impl Verdict {
	fn matches(&self) -> bool {
		self.differences.is_empty()
	}

	fn print(&self, csv: bool, report: Report) -> Result<()> {
		if csv {
			report.raw(csv_text(&self.differences)?);
			return Ok(());
		}
		let value = json!({
			"matches": self.matches(),
			"block": self.block,
			"blocks": self.blocks,
			"events": self.events,
			"compared": self.compared,
			"seconds": self.seconds,
			"differences": self.differences,
		});
		report.result(&value, self.text());
		Ok(())
	}

	fn text(&self) -> String {
		let lines = pairs(&[
			("counted", format!("{} events of {} blocks", self.events, self.blocks)),
			("up to", format!("block {}, which is final", self.block)),
			("compared", format!("{} sets of counters", self.compared)),
			("took", format!("{} s", self.seconds)),
		]);
		if self.matches() {
			return format!("Matches: the chain counted what its events tell.\n{lines}");
		}
		let rows: Vec<_> = self
			.differences
			.iter()
			.take(SHOWN)
			.map(|it| {
				let shown = |number: &Option<String>| number.clone().unwrap_or_else(|| "-".into());
				let (chain, recounted) = (shown(&it.chain), shown(&it.recounted));
				[it.scope.clone(), it.epoch.to_string(), it.counter.clone(), chain, recounted]
			})
			.collect();
		let differences = table(["of", "epoch", "counter", "chain", "counted again"], &rows);
		let more = match self.differences.len().saturating_sub(SHOWN) {
			0 => String::new(),
			more => format!("\n… and {more} more: see --json or --csv"),
		};
		let count = self.differences.len();
		format!("Does not match: {count} counters differ.\n{lines}\n\n{differences}{more}")
	}
}

#[cfg(test)]
mod tests {
	use super::{Compared, Verdict};
	use crate::{
		records::Counters,
		stats::recount::{Recount, Rules, Scope, Told, What},
	};

	fn recount(spends: &[u128]) -> Recount {
		let mut recount = Recount::new(Rules { epoch_length: 10, ring: 64, scopes: 9 });
		for (index, spend) in (0u8..).zip(spends) {
			let what = What::Settled { spend: *spend, burn: 1, latency: 2 };
			recount.take(1, &Told { who: [index; 32], model: 4, app: None, what });
		}
		recount
	}

	fn verdict(compared: Compared) -> Verdict {
		let Compared { sets, differences } = compared;
		Verdict { block: 9, blocks: 9, events: 2, compared: sets, seconds: 1, differences }
	}

	#[test]
	fn what_is_counted_again_from_the_same_events_matches() {
		let (theirs, ours) = (recount(&[5, 7]), recount(&[5, 7]));
		let mut compared = Compared::default();
		for scope in [None, Some(Scope::Model(4)), Some(Scope::App(1))] {
			compared.compare(scope, 0, theirs.counters(scope, 0), ours.counters(scope, 0));
		}
		// An epoch nobody used has a record of nothing, or none.
		compared.compare(None, 1, Some(&Counters::default()), None);
		let verdict = verdict(compared);
		assert!(verdict.matches() && verdict.compared == 4);
		assert!(verdict.text().starts_with("Matches"), "{}", verdict.text());
	}

	#[test]
	fn a_wrong_sum_and_a_missing_event_are_named() {
		let ours = recount(&[5, 7]);
		let mut theirs = recount(&[5, 7]).counters(None, 0).unwrap().clone();
		theirs.money.spend += 1;
		theirs.ages[0].accounts -= 1;
		let mut compared = Compared::default();
		compared.compare(None, 0, Some(&theirs), ours.counters(None, 0));
		let named: Vec<_> = compared.differences.iter().map(|it| it.counter.as_str()).collect();
		assert_eq!(named, ["ages.0.accounts", "money.spend"]);
		let spend = &compared.differences[1];
		assert_eq!((spend.chain.as_deref(), spend.recounted.as_deref()), (Some("13"), Some("12")));
		let verdict = verdict(compared);
		assert!(!verdict.matches());
		assert!(verdict.text().contains("2 counters differ"), "{}", verdict.text());
		assert!(verdict.text().contains("network  0"), "{}", verdict.text());
	}

	#[test]
	fn a_record_that_only_one_of_both_has_is_a_difference() {
		let ours = recount(&[5]);
		let scope = Some(Scope::Model(4));
		let mut compared = Compared::default();
		compared.compare(scope, 0, None, ours.counters(scope, 0));
		compared.compare(scope, 1, ours.counters(scope, 0), None);
		let told: Vec<_> = compared
			.differences
			.iter()
			.map(|it| (it.counter.as_str(), it.chain.is_some(), it.recounted.is_some()))
			.collect();
		assert_eq!(told, [("record", false, true), ("record", true, false)]);
	}
}
