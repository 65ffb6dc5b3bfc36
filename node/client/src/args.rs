//! What can be typed.

mod app;
mod bench;
mod blob;
mod estimate;
mod feed;
mod growth;
mod infer;
mod model;
mod node;
mod proof;
mod request;
mod stats;
mod storage;
mod validator;
mod workflow;

pub(crate) use app::{AppCommand, CreditArgs, SellArgs, SponsorArgs, TermsArgs};
pub(crate) use bench::{BenchCommand, LoadArgs, ProofLoadArgs, RequestLoadArgs, StorageLoadArgs};
pub(crate) use blob::{BlobCommand, StoreArg};
pub(crate) use estimate::EstimateArgs;
pub(crate) use feed::FeedCommand;
pub(crate) use growth::GrowthCommand;
pub(crate) use infer::InferArgs;
pub(crate) use model::{ModelCommand, ProverArgs, PublishArgs};
pub(crate) use node::{roles, NodeCommand};
pub(crate) use proof::{
	KeyCommand, KeyFile, ProofCommand, ProofFiles, SrsArgs, SubmitArgs, SystemArg,
};
pub(crate) use request::RequestCommand;
pub(crate) use stats::{AuditArgs, ScopeArgs, StatsArgs, StatsCommand};
pub(crate) use storage::{OrderArgs, StorageCommand};
pub(crate) use validator::{RewardsArg, SetupArgs, ValidatorCommand};
pub(crate) use workflow::{AskArgs, CreateArgs, NamedNumbers, OnStaleArg, WorkflowCommand};

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use estimate::ESTIMATE_HELP;
use infer::INFER_HELP;
use std::path::PathBuf;

/// Where the help lists what every command takes.
const EVERYWHERE: &str = "Options of all commands";

const EXIT_CODES: &str = "\
Exit codes:
  0  all is well
  1  something failed
  2  the command was mistyped
  3  a request did not settle: it expired, was cancelled, or stands still
  4  a request failed: several nodes found that the model has no answer to it";

/// Publish models, ask them, and run nodes on an OPG chain.
#[derive(Debug, Parser)]
#[command(name = "opg", version, propagate_version = true, after_help = EXIT_CODES)]
pub(crate) struct Opg {
	/// The node to talk to.
	#[arg(long, global = true, help_heading = EVERYWHERE, env = "OPG_URL", default_value = "ws://127.0.0.1:9944")]
	pub(crate) url: String,
	/// The key to sign with.
	#[command(flatten)]
	pub(crate) keys: KeyArgs,
	/// Print JSON, errors included.
	#[arg(long, global = true, help_heading = EVERYWHERE)]
	pub(crate) json: bool,
	/// What to do.
	#[command(subcommand)]
	pub(crate) command: Command,
}

/// The key to sign with: at most one of these; on a development chain `//Alice` if none.
#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
	/// File that holds the key: a phrase, a 0x-seed, or a path such as //Alice
	#[arg(long, global = true, help_heading = EVERYWHERE, value_name = "FILE")]
	pub(crate) key_file: Option<PathBuf>,
	/// The key itself; other users of the machine can see it, so prefer --key-file
	#[arg(long, global = true, help_heading = EVERYWHERE)]
	pub(crate) suri: Option<String>,
	/// A well-known development key: alice, bob, charlie, dave, eve, ferdie
	#[arg(long, global = true, help_heading = EVERYWHERE, value_name = "NAME")]
	pub(crate) dev: Option<String>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
	/// Publish models and change their terms
	#[command(subcommand)]
	Model(ModelCommand),
	/// Ask a model and wait for the answer
	#[command(after_long_help = INFER_HELP)]
	Infer(InferArgs),
	/// What it would cost now to ask a model
	#[command(after_long_help = ESTIMATE_HELP)]
	Estimate(EstimateArgs),
	/// Look at requests, take one back, dispute an answer, or prove one
	#[command(subcommand)]
	Request(RequestCommand),
	/// Sell access to an app, pay for its users, or buy a pass
	#[command(subcommand)]
	App(AppCommand),
	/// Have zero-knowledge proofs verified, by the chain or here
	#[command(subcommand)]
	Proof(ProofCommand),
	/// Run nodes: bond, keys, standing
	#[command(subcommand)]
	Node(NodeCommand),
	/// Files by content id, with a node or an IPFS daemon
	#[command(subcommand)]
	Blob(BlobCommand),
	/// Have files kept for pay, or keep them
	#[command(subcommand)]
	Storage(StorageCommand),
	/// Be given back a part of what you paid, and see what growth costs
	#[command(subcommand)]
	Growth(GrowthCommand),
	/// Who uses the network, who comes back, and how they are served
	#[command(subcommand)]
	Stats(StatsCommand),
	/// Outside numbers on the chain: read them, or have them observed
	#[command(subcommand)]
	Feed(FeedCommand),
	/// Models that run on feeds by schedule, and what comes out: derived feeds
	#[command(subcommand)]
	Workflow(WorkflowCommand),
	/// Validate: session keys, stake, standing
	#[command(subcommand)]
	Validator(ValidatorCommand),
	/// Measure how much a chain takes, by flooding it: for test chains
	#[command(subcommand)]
	Bench(BenchCommand),
	/// The chain, its nodes and models, and your balance
	Status,
	/// Print a script that completes `opg` in a shell
	Completions {
		/// The shell
		shell: Shell,
	},
}

#[cfg(test)]
mod tests {
	use super::Opg;
	use clap::{CommandFactory, Parser};

	#[test]
	fn the_commands_are_sound() {
		Opg::command().debug_assert();
	}

	#[test]
	fn options_for_all_commands_may_come_last() {
		let opg = Opg::parse_from(["opg", "status", "--url", "ws://b", "--json", "--dev", "bob"]);
		assert_eq!(opg.url, "ws://b");
		assert!(opg.json);
		assert_eq!(opg.keys.dev.as_deref(), Some("bob"));
	}

	#[test]
	fn what_programs_rely_on_is_in_the_help() {
		let help = |path: &[&str]| {
			let mut command = Opg::command();
			let mut last = &mut command;
			for name in path {
				last = last.find_subcommand_mut(name).unwrap();
			}
			last.render_long_help().to_string()
		};
		assert!(help(&[]).contains("4  a request failed"));
		for path in [
			&["infer"][..],
			&["request", "show"],
			&["request", "dispute"],
			&["request", "prove"],
			&["node", "status"],
			&["validator", "setup"],
			&["validator", "status"],
			&["bench", "chain"],
			&["bench", "request"],
			&["bench", "proofs"],
			&["estimate"],
			&["app", "show"],
			&["app", "access"],
			&["growth", "show"],
			&["stats", "usage"],
			&["stats", "retention"],
			&["stats", "service"],
			&["stats", "audit"],
			&["bench", "storage"],
			&["feed", "trace"],
			&["workflow", "show"],
			&["workflow", "history"],
			&["workflow", "trace"],
			&["proof", "submit"],
			&["proof", "verify"],
			&["proof", "srs"],
			&["proof", "show"],
			&["proof", "key", "register"],
		] {
			assert!(help(path).contains("With --json"), "{path:?}");
		}
	}
}
