//! What is typed to see how the network is used.

use clap::{Args, Subcommand};

const USAGE_HELP: &str = "\
An epoch's accounts are those with a paid answer in it: new (never seen before), returning (seen
in the epoch before) and resurrected (seen before that). Requests that failed or expired make
nobody active.

With --json it is one object: scope, epoch (that runs), begin and end (its first block, and that
of the next), and epochs, a list of objects, oldest first: epoch, active, new, returning,
resurrected, requests, settled, failed, expired, cancelled, spend, base_fees (paid for finding
that there is no answer), burn, refunds. With --csv a row each, amounts in OPG.";

const RETENTION_HELP: &str = "\
Rows are cohorts: accounts whose first paid answer was in the same epoch. Columns are ages:
epochs since. A cell is the part of the cohort that had a paid answer at that age; below, what
it paid then, by what it paid in its first epoch. Accounts can be made up and what they pay
cannot, so the second matrix is the one to lead with.

With --json it is one object: scope, epoch (that runs), cohorts, a list of objects: start, age,
accounts, spend, of_accounts and of_spend (in percent of age 0; null where the cohort began
before what is shown), and epochs, a list of objects: epoch, active, returning, churned (of the
epoch before) and retained (returning, in percent of the epoch before). With --csv a row for
each start and age.";

const SERVICE_HELP: &str = "\
A request counts as made in the epoch in which it was made, and as ended in that in which it
ended. Blocks run from a request to its settlement, in buckets: a percentile is at most what
is shown.

With --json it is one object: scope, epoch (that runs), bounds (the most blocks of each bucket but
the last), and epochs, a list of objects: epoch, requests, settled, failed, expired, cancelled,
answered (settled, in percent of those that ended and were not cancelled), p50_blocks and
p95_blocks (null if none settled, or if it is more than the greatest bound), and blocks (how many
answers are in each bucket). With --csv a row each, with a column for each bucket.";

const AUDIT_HELP: &str = "\
Reads the events of every block up to the newest final one, counts again what they tell, and
compares every counter of every epoch the chain keeps. The node must keep all state
(opg-node --state-pruning archive).

With --json it is one object: matches, block (up to which was counted), blocks, events, compared
(sets of counters), seconds, and differences, a list of objects: scope, epoch, counter, chain,
recounted. With --csv the differences, a row each.

Exit codes: 0 everything matches, 1 something differs or failed.";

/// See who uses the network, who comes back, and how they are served.
#[derive(Debug, Subcommand)]
pub(crate) enum StatsCommand {
	/// Accounts, requests and what they cost, epoch by epoch
	#[command(after_long_help = USAGE_HELP)]
	Usage(StatsArgs),
	/// Who comes back: cohorts by accounts and by what they pay
	#[command(after_long_help = RETENTION_HELP)]
	Retention(StatsArgs),
	/// What became of requests, and how long answers took
	#[command(after_long_help = SERVICE_HELP)]
	Service(StatsArgs),
	/// Count all of it again from the events of every block, and compare
	#[command(after_long_help = AUDIT_HELP)]
	Audit(AuditArgs),
}

/// What to count, and how to print it.
#[derive(Clone, Debug, Args)]
pub(crate) struct StatsArgs {
	/// Of what.
	#[command(flatten)]
	pub(crate) of: ScopeArgs,
	/// Epochs to show, the one that runs included
	#[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..))]
	pub(crate) epochs: u32,
}

/// Whose counters to compare, and how to print what differs.
#[derive(Clone, Debug, Args)]
pub(crate) struct AuditArgs {
	/// Of what; everything if nothing is named.
	#[command(flatten)]
	pub(crate) of: ScopeArgs,
	/// Blocks read at the same time
	#[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=256))]
	pub(crate) at_once: u16,
}

/// The network, a model or an app.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct ScopeArgs {
	/// Only this model's
	#[arg(long, value_name = "ID")]
	pub(crate) model: Option<u32>,
	/// Only this app's
	#[arg(long, value_name = "ID", conflicts_with = "model")]
	pub(crate) app: Option<u32>,
	/// Print comma-separated values
	#[arg(long, conflicts_with = "json")]
	pub(crate) csv: bool,
}

#[cfg(test)]
mod tests {
	use crate::args::{Command, Opg, StatsCommand};
	use clap::{error::ErrorKind, Parser};

	fn parsed(line: &str) -> Result<Command, clap::Error> {
		Opg::try_parse_from(line.split_whitespace()).map(|opg| opg.command)
	}

	#[test]
	fn stats_are_of_the_network_a_model_or_an_app() {
		let of = |line| match parsed(line) {
			Ok(Command::Stats(StatsCommand::Usage(args))) => (args.of.model, args.of.app),
			_ => panic!("another command"),
		};
		assert_eq!(of("opg stats usage"), (None, None));
		assert_eq!(of("opg stats usage --model 3"), (Some(3), None));
		assert_eq!(of("opg stats usage --app 4 --epochs 2"), (None, Some(4)));
		let error = parsed("opg stats usage --app 4 --model 3").unwrap_err();
		assert_eq!(error.kind(), ErrorKind::ArgumentConflict);
	}

	#[test]
	fn results_are_json_or_comma_separated_not_both() {
		let error = parsed("opg stats service --csv --json").unwrap_err();
		assert_eq!(error.kind(), ErrorKind::ArgumentConflict);
		assert!(parsed("opg stats audit --csv").is_ok());
		assert!(parsed("opg stats usage --epochs 0").is_err());
	}
}
