//! `opg stats`: who uses the network, who comes back, and how they are served.

mod audit;
mod plot;
mod recount;
mod retention;
mod service;
mod usage;

use crate::{
	amount::{unscaled, DECIMALS},
	args::{ScopeArgs, StatsArgs, StatsCommand},
	chain::{
		self, AtBlock, Chain, APP_COUNTERS, COUNTERS, EPOCH, MODEL_COUNTERS, USAGE_EPOCHS,
		USAGE_SCOPE_EPOCHS,
	},
	error::Result,
	records::{Counters, EpochSpan},
	report::Report,
};
use codec::Encode;
use recount::Scope;
use serde::Serialize;
use std::process::ExitCode;

/// Carries out a command.
pub(crate) async fn run(command: StatsCommand, chain: &Chain, report: Report) -> Result<ExitCode> {
	let args = match &command {
		StatsCommand::Audit(args) => return audit::run(args, chain, report).await,
		StatsCommand::Usage(args) | StatsCommand::Retention(args) | StatsCommand::Service(args) => {
			args
		},
	};
	let series = Series::read(args, chain).await?;
	match command {
		StatsCommand::Usage(_) => usage::print(&series, args.of.csv, report)?,
		StatsCommand::Retention(_) => retention::print(&series, args.of.csv, report)?,
		_ => service::print(&series, args.of.csv, report)?,
	}
	Ok(ExitCode::SUCCESS)
}

/// The epoch that runs.
pub(crate) async fn epoch(chain: &Chain, at: &AtBlock) -> Result<EpochSpan> {
	chain.said(at, EPOCH, &[]).await
}

/// The counters of an epoch, of the network or a scope; nothing if they are not kept, or the scope was not used in it.
async fn counters(
	chain: &Chain,
	at: &AtBlock,
	scope: Option<Scope>,
	epoch: u32,
) -> Result<Option<Counters>> {
	match scope {
		None => chain.said(at, COUNTERS, &epoch.encode()).await,
		Some(Scope::Model(model)) => chain.said(at, MODEL_COUNTERS, &(model, epoch).encode()).await,
		Some(Scope::App(app)) => chain.said(at, APP_COUNTERS, &(app, epoch).encode()).await,
	}
}

impl ScopeArgs {
	/// What was named; nothing for the network.
	fn scope(&self) -> Option<Scope> {
		self.model.map(Scope::Model).or(self.app.map(Scope::App))
	}
}

/// The scope as it is printed.
fn name(scope: Option<Scope>) -> String {
	match scope {
		None => "network".into(),
		Some(Scope::Model(model)) => format!("model {model}"),
		Some(Scope::App(app)) => format!("app {app}"),
	}
}

/// Counters of epochs that follow each other, the last one the one that runs.
#[derive(Clone, Debug)]
struct Series {
	scope: Option<Scope>,
	now: EpochSpan,
	first: u32,
	epochs: Vec<Counters>,
}

impl Series {
	async fn read(args: &StatsArgs, chain: &Chain) -> Result<Self> {
		let at = chain.best().await?;
		let scope = args.of.scope();
		let kept = if scope.is_some() { USAGE_SCOPE_EPOCHS } else { USAGE_EPOCHS };
		let kept = chain::constant::<u32>(&at, kept)?;
		let now = epoch(chain, &at).await?;
		let first = (now.index + 1).saturating_sub(args.epochs.min(kept));
		let mut epochs = Vec::new();
		for epoch in first..=now.index {
			epochs.push(counters(chain, &at, scope, epoch).await?.unwrap_or_default());
		}
		Ok(Self { scope, now, first, epochs })
	}

	/// The epochs by number, oldest first.
	fn iter(&self) -> impl Iterator<Item = (u32, &Counters)> {
		(self.first..).zip(&self.epochs)
	}

	/// What people read first.
	fn heading(&self, what: &str) -> String {
		let EpochSpan { index, begin, end } = self.now;
		let last = end.saturating_sub(1);
		format!("{what}, {}. Epoch {index} runs, blocks {begin} to {last}.", name(self.scope))
	}
}

/// An amount as a plain number of OPG.
fn opg(units: u128) -> String {
	unscaled(units, DECIMALS)
}

/// Rows as comma-separated values, below the names of their fields.
fn csv_text<Row: Serialize>(rows: &[Row]) -> Result<String> {
	let mut writer = csv::Writer::from_writer(Vec::new());
	for row in rows {
		writer.serialize(row)?;
	}
	finished(writer)
}

/// Rows of columns as comma-separated values, below the columns' names.
fn csv_table(names: &[String], rows: &[Vec<String>]) -> Result<String> {
	let mut writer = csv::Writer::from_writer(Vec::new());
	writer.write_record(names)?;
	for row in rows {
		writer.write_record(row)?;
	}
	finished(writer)
}

fn finished(writer: csv::Writer<Vec<u8>>) -> Result<String> {
	let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
	Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
	use super::{csv_text, name, Scope, Series};
	use crate::records::{Cell, Counters, EpochSpan, Headcount, Latencies, Money, Service};
	use serde::Serialize;

	/// Three accounts begin in epoch 5; two of them return in epoch 6, where two more begin; one of the first is back in epoch 7.
	pub(super) fn series() -> Series {
		let cell = |accounts, spend| Cell { accounts, spend };
		let mut latencies = Latencies::default();
		for blocks in [2, 2, 3, 200] {
			latencies.count(blocks);
		}
		let epoch = |accounts, ages: &[Cell]| Counters {
			accounts,
			service: Service {
				requests: 6,
				settled: 4,
				failed: 1,
				expired: 0,
				cancelled: 1,
				latencies,
			},
			money: Money { spend: 4_000_000_000_000, base_fees: 5, burn: 6, refunds: 7 },
			ages: ages.to_vec(),
		};
		let head = |new, returning, resurrected| Headcount {
			active: new + returning + resurrected,
			new,
			returning,
			resurrected,
		};
		Series {
			scope: None,
			now: EpochSpan { index: 7, begin: 980, end: 1_120 },
			first: 5,
			epochs: vec![
				epoch(head(3, 0, 0), &[cell(3, 30)]),
				epoch(head(2, 2, 0), &[cell(2, 10), cell(2, 25)]),
				epoch(head(0, 1, 0), &[cell(0, 0), cell(0, 0), cell(1, 40)]),
			],
		}
	}

	#[test]
	fn a_series_says_which_epoch_runs_and_of_what_it_is() {
		let text = series().heading("Use");
		assert_eq!(text, "Use, network. Epoch 7 runs, blocks 980 to 1119.");
		assert_eq!(name(Some(Scope::App(3))), "app 3");
		let epochs: Vec<_> = series().iter().map(|(epoch, _)| epoch).collect();
		assert_eq!(epochs, [5, 6, 7]);
	}

	#[test]
	fn values_are_separated_by_commas_below_their_names() {
		#[derive(Serialize)]
		struct Row {
			epoch: u32,
			scope: &'static str,
		}
		let rows = [Row { epoch: 1, scope: "model 3" }, Row { epoch: 2, scope: "a, b" }];
		assert_eq!(csv_text(&rows).unwrap(), "epoch,scope\n1,model 3\n2,\"a, b\"\n");
	}
}
