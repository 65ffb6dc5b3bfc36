//! What is typed to look at requests.

use crate::args::ProverArgs;
use clap::Subcommand;

const SHOW_HELP: &str = "\
States:
  waiting    no node has it yet
  assigned   a node works on it
  convened   a panel of several nodes works on it
  escalated  the panel's answers differ; a jury decides
  settled    answered and paid
  failed     several nodes found that there is no answer; all but a base fee was returned
  cancelled  taken back before a node had it
  expired    no answer in time; its fee was returned

With --json it is one object: request, state, model, requester, trust, price (of each
node), base_fee (of each node that finds no answer), held, requested_at, deadline, node
(if one has it or answered it), nodes (all), missed_by, ended_at, check (waiting, convened
or escalated, while the answer is run again), client_key, and answer as `opg infer` prints it.";

const DISPUTE_HELP: &str = "\
Anybody may dispute an answer for a while after it settled. A panel runs it again, and a
jury decides if they differ. The deposit is held meanwhile: it pays for the re-run if the
answer stands, and returns if it does not or if nobody can say.

With --json it is one object: request, deposit, and verdict, which is upheld, overturned,
undecided, or null with --no-wait. The exit code is 0 for each of them.";

const PROVE_HELP: &str = "\
Anybody may prove an answer that one node or a quorum gave without a proof, while the chain
keeps its request. EZKL makes the proof here: the circuit is set up as the model's record
says, and the input proved. The circuit computes in fixed point, so its numbers are not
quite those that were answered; the largest difference is kept with the proof, and one that
rounding does not explain is refused. The chain takes a proof only from whoever committed
to it some blocks before, so that nobody can take it out of the pool: a deposit is held
meanwhile. The answer may still be disputed.

With --json it is one object: request, proved_later (by, key, difference, bytes, statement,
hash) and took (seconds that the proof took, weight_ms that its check weighed in a block).";

/// Look at requests, take one back, dispute an answer, or prove one.
#[derive(Debug, Subcommand)]
pub(crate) enum RequestCommand {
	/// One request, with its answer
	#[command(after_long_help = SHOW_HELP)]
	Show { request: u64 },
	/// The requests the chain still keeps, newest first
	List {
		/// Only your own
		#[arg(long)]
		mine: bool,
		/// How many to show
		#[arg(long, value_name = "N", default_value_t = 50)]
		limit: usize,
	},
	/// Take a request back that no node has yet
	Cancel { request: u64 },
	/// Prove a settled answer that came without a proof
	#[command(after_long_help = PROVE_HELP)]
	Prove {
		request: u64,
		#[command(flatten)]
		prover: ProverArgs,
	},
	/// Have a settled answer run again, for a deposit, and wait for the verdict
	#[command(after_long_help = DISPUTE_HELP)]
	Dispute {
		request: u64,
		/// Do not wait for the verdict
		#[arg(long)]
		no_wait: bool,
	},
}

#[cfg(test)]
mod tests {
	use crate::args::{Command, Opg, RequestCommand};
	use clap::Parser;

	fn parsed(line: &str) -> Command {
		Opg::parse_from(line.split_whitespace()).command
	}

	#[test]
	fn a_dispute_waits_for_its_verdict_unless_told_otherwise() {
		let waits = |line| match parsed(line) {
			Command::Request(RequestCommand::Dispute { no_wait, .. }) => !no_wait,
			_ => panic!("another command"),
		};
		assert!(waits("opg request dispute 7"));
		assert!(!waits("opg request dispute 7 --no-wait"));
	}
}
