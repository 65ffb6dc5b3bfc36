//! What is typed about models that run on feeds.

use crate::{amount::Amount, trust::read_trust};
use clap::{Args, Subcommand, ValueEnum};
use opg_primitives::TrustMode;

const CREATE_HELP: &str = "\
An input is FEED:KEY, the number a key has when the model runs, or FEED:KEY*N, its last N
numbers, oldest first. Together they are the elements of the model's only input: up to 64
32-bit floats, or 64-bit integers without the point.

A number that is not fresh is never fed to a model: the run is left out. What came out last
is told as fresh until two runs should have come since, or, with --on-stale tell, until a run
was left out.";

const SHOW_HELP: &str = "\
With --json it is one object: workflow, name, owner, model, inputs (feed, key, count), trust,
max_fee, deadline, every, on_stale, runs, last_run, next_run, request (of the run that may still
be answered), stopped, purse (the account it pays from), spendable, and fresh: null, or what came
out last as `opg workflow history` has it.";

const HISTORY_HELP: &str = "\
With --json it is a list, oldest first, of objects: run, at (the block in which the model was
asked), request, model, trust, curated (whether governance vouches for every feed it comes from),
signed (whether the source of every one of them signs),
stale, output, and inputs: feed, key, value, and at, the first block of the round it was seen in.";

const TRACE_HELP: &str = "\
From what came out to the numbers that went in, from those to the rounds of their feeds, and from
there to the bytes that sources answered. Every step is computed again here: the digest that the
chain keeps of a round is the content id of what its nodes saw; what each saw follows from the
bytes it was answered; and the median of that is the number that went in. The bytes come from a
data node, which keeps them for some time.

With --json it is one object: workflow, run, request, output, inputs (each as `opg feed trace`
has it), and traced: whether every number was found in bytes that a node has kept.";

/// Models that run on feeds by schedule, and what comes out: derived feeds.
#[derive(Debug, Subcommand)]
pub(crate) enum WorkflowCommand {
	/// The workflows there are
	List,
	/// A workflow: what it runs, when, and what came out last
	#[command(after_long_help = SHOW_HELP)]
	Show {
		/// Its number
		workflow: u32,
	},
	/// Have a model run on feeds every so many blocks
	#[command(after_long_help = CREATE_HELP)]
	Create(CreateArgs),
	/// Add to a workflow's purse; anybody may
	Fund {
		/// Its number
		workflow: u32,
		/// How much
		amount: Amount,
	},
	/// End a workflow of yours; what is left of its purse returns once its last run has ended
	Stop {
		/// Its number
		workflow: u32,
	},
	/// What came out of a workflow's last runs
	#[command(after_long_help = HISTORY_HELP)]
	History {
		/// Its number
		workflow: u32,
	},
	/// Where a result comes from: back to the bytes that sources answered
	#[command(after_long_help = TRACE_HELP)]
	Trace {
		/// The workflow's number
		workflow: u32,
		/// Which run [default: the last that gave something]
		#[arg(long)]
		run: Option<u32>,
		/// A data node that has kept what sources answered [default: --url]
		#[arg(long, value_name = "URL")]
		store_url: Option<String>,
	},
	/// Ask a model once, on what feeds tell now
	#[command(after_long_help = CREATE_HELP)]
	Ask(AskArgs),
}

/// What is done when a number is not fresh.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum OnStaleArg {
	/// Leave the run out and let the last result grow old; refuse a question
	Skip,
	/// Say that the last result is stale; take a question, and say that its input is
	Tell,
}

/// What a model is asked, and for how much.
#[derive(Debug, Args)]
pub(crate) struct AskArgs {
	/// The model's number
	#[arg(long)]
	pub(crate) model: u32,
	/// What it is fed, in the order of its input's elements: FEED:KEY or FEED:KEY*N
	#[arg(long = "input", required = true, value_name = "FEED:KEY[*N]", value_parser = read_input)]
	pub(crate) inputs: Vec<NamedNumbers>,
	/// What makes its answer believable: attested or quorum:KofN
	#[arg(long, value_name = "TRUST", default_value = "attested", value_parser = read_trust)]
	pub(crate) trust: TrustMode,
	/// The most to pay for an answer [default: twice what it costs now]
	#[arg(long, value_name = "AMOUNT")]
	pub(crate) max_fee: Option<Amount>,
	/// Blocks within which it must come [default: 40, for a quorum 120]
	#[arg(long, value_name = "BLOCKS")]
	pub(crate) deadline: Option<u32>,
	/// When a number is not fresh
	#[arg(long, value_enum, default_value_t = OnStaleArg::Skip)]
	pub(crate) on_stale: OnStaleArg,
}

/// What is run, and how often.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
	/// What people call it
	pub(crate) name: String,
	/// What is asked.
	#[command(flatten)]
	pub(crate) ask: AskArgs,
	/// Blocks between two runs; more than the deadline
	#[arg(long, value_name = "BLOCKS")]
	pub(crate) every: u32,
	/// What it begins with
	#[arg(long, value_name = "AMOUNT")]
	pub(crate) purse: Amount,
}

/// Numbers of a feed, its key by name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct NamedNumbers {
	/// The feed.
	pub(crate) feed: u32,
	/// The key's name.
	pub(crate) key: String,
	/// How many of its last numbers.
	pub(crate) count: u8,
}

fn read_input(text: &str) -> Result<NamedNumbers, String> {
	let malformed =
		|| format!("`{text}` is no input: write FEED:KEY or FEED:KEY*N, such as 0:BTC/USD*16");
	let (feed, rest) = text.split_once(':').ok_or_else(malformed)?;
	let (key, count) = rest.split_once('*').unwrap_or((rest, "1"));
	let feed = feed.parse().map_err(|_| malformed())?;
	let count = count.parse().ok().filter(|count| (1..=64).contains(count));
	let count = count.ok_or_else(malformed)?;
	if key.is_empty() {
		return Err(malformed());
	}
	Ok(NamedNumbers { feed, key: key.into(), count })
}

#[cfg(test)]
mod tests {
	use super::{read_input, NamedNumbers, WorkflowCommand};
	use crate::args::{Command, Opg};
	use clap::Parser;

	#[test]
	fn an_input_is_a_key_or_its_last_numbers() {
		let numbers = |feed, key: &str, count| NamedNumbers { feed, key: key.into(), count };
		assert_eq!(read_input("3:BTC/USD"), Ok(numbers(3, "BTC/USD", 1)));
		assert_eq!(read_input("0:temp_berlin*64"), Ok(numbers(0, "temp_berlin", 64)));
		for text in ["", "3", "3:", "BTC/USD", "x:BTC", "3:BTC*0", "3:BTC*65", "3:BTC*", "3:*4"] {
			let error = read_input(text).unwrap_err();
			assert!(error.contains("0:BTC/USD*16"), "{text}: {error}");
		}
	}

	#[test]
	fn a_workflow_names_a_model_and_what_it_is_fed() {
		let line =
			"opg workflow create risk --model 2 --input 0:A*3 --input 1:B --every 60 --purse 5OPG";
		let opg = Opg::parse_from(line.split_whitespace());
		let Command::Workflow(WorkflowCommand::Create(args)) = opg.command else {
			panic!("another command")
		};
		assert_eq!((args.name.as_str(), args.ask.model, args.every), ("risk", 2, 60));
		assert_eq!(args.ask.inputs.iter().map(|one| one.count).collect::<Vec<_>>(), [3, 1]);
		assert!(Opg::try_parse_from(["opg", "workflow", "ask", "--model", "1"]).is_err());
	}
}
