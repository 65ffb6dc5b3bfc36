//! What can be typed.

use crate::{
	amount::{Amount, Share},
	ports::{read_port, read_tolerance},
};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use opg_primitives::{ClientKey, Port, Roles};
use opg_tensor::NumericProfile;
use std::path::PathBuf;

/// Publish models, ask them, and run nodes on an OPG chain.
#[derive(Debug, Parser)]
#[command(name = "opg", version, propagate_version = true)]
pub(crate) struct Opg {
	/// The node to talk to.
	#[arg(long, global = true, env = "OPG_URL", default_value = "ws://127.0.0.1:9944")]
	pub(crate) url: String,
	/// The key to sign with.
	#[command(flatten)]
	pub(crate) keys: KeyArgs,
	/// Print JSON, errors included.
	#[arg(long, global = true)]
	pub(crate) json: bool,
	/// What to do.
	#[command(subcommand)]
	pub(crate) command: Command,
}

/// The key to sign with: at most one of these; on a development chain `//Alice` if none.
#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
	/// File that holds the key: a phrase, a 0x-seed, or a path such as //Alice
	#[arg(long, global = true, value_name = "FILE")]
	pub(crate) key_file: Option<PathBuf>,
	/// The key itself; other users of the machine can see it, so prefer --key-file
	#[arg(long, global = true)]
	pub(crate) suri: Option<String>,
	/// A well-known development key: alice, bob, charlie, dave, eve, ferdie
	#[arg(long, global = true, value_name = "NAME")]
	pub(crate) dev: Option<String>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
	/// Publish models and change their terms
	#[command(subcommand)]
	Model(ModelCommand),
	/// Ask a model and wait for the answer
	Infer(InferArgs),
	/// Look at requests, or take one back
	#[command(subcommand)]
	Request(RequestCommand),
	/// Run nodes: bond, keys, standing
	#[command(subcommand)]
	Node(NodeCommand),
	/// The chain, its nodes and models, and your balance
	Status,
	/// Print a script that completes `opg` in a shell
	Completions {
		/// The shell
		shell: Shell,
	},
}

/// Publish models and change their terms.
#[derive(Debug, Subcommand)]
pub(crate) enum ModelCommand {
	/// Upload a model file and publish it
	Publish(PublishArgs),
	/// The published models
	List,
	/// One model in full
	Show { model: u32 },
	/// End new requests to a model
	Retire { model: u32 },
	/// Take a model's record away, some time after it was retired, and its deposit back
	Remove { model: u32 },
	/// Change what an answer costs; what is not given stays
	SetPrice {
		model: u32,
		/// Fee of one answer, such as 0.01OPG
		#[arg(long, required_unless_present = "royalty")]
		price: Option<Amount>,
		/// Your part of the node's share, such as 5%
		#[arg(long)]
		royalty: Option<Share>,
	},
}

/// A model to publish.
#[derive(Debug, Args)]
pub(crate) struct PublishArgs {
	/// The ONNX file
	pub(crate) file: PathBuf,
	/// What people call it
	#[arg(long)]
	pub(crate) name: String,
	/// Fee of one answer, such as 0.01OPG
	#[arg(long)]
	pub(crate) price: Amount,
	/// Your part of the node's share, such as 5%
	#[arg(long, default_value = "0%")]
	pub(crate) royalty: Share,
	/// Inputs as name:type[shape], such as x:float32[?,64]; read from the file if left out
	#[arg(long, value_name = "PORT", num_args = 1.., value_parser = read_port)]
	pub(crate) inputs: Vec<Port>,
	/// Outputs, likewise
	#[arg(long, value_name = "PORT", num_args = 1.., value_parser = read_port)]
	pub(crate) outputs: Vec<Port>,
	/// How far two answers may be apart [default: abs=1e-5,rel=1e-4 where outputs are floats]
	#[arg(long, value_name = "abs=…,rel=…", value_parser = read_tolerance)]
	pub(crate) tolerance: Option<NumericProfile>,
	/// Two answers must be the same bytes [default where no output is a float]
	#[arg(long, conflicts_with = "tolerance")]
	pub(crate) exact: bool,
	/// Further nodes to upload the file to
	#[arg(long, value_name = "URL")]
	pub(crate) store_url: Vec<String>,
}

/// What to ask and how.
#[derive(Debug, Args)]
pub(crate) struct InferArgs {
	/// The model's number
	pub(crate) model: u32,
	/// JSON, a file of JSON, or a .jsonl file with one request a line
	#[arg(long, value_name = "FILE|JSON")]
	pub(crate) input: String,
	/// The most to pay for each answer [default: the model's price]
	#[arg(long, value_name = "AMOUNT")]
	pub(crate) max_fee: Option<Amount>,
	/// Blocks within which the answer must come
	#[arg(long, value_name = "BLOCKS", default_value_t = 40)]
	pub(crate) deadline: u32,
	/// File for the results; else they are printed
	#[arg(long, value_name = "FILE")]
	pub(crate) out: Option<PathBuf>,
	/// Your own name for the request, 32 hex digits; used again, it finds the earlier request
	/// instead of paying twice. Line n of a .jsonl file gets the name plus n, counting from 0
	/// [default: random]
	#[arg(long, value_name = "HEX", value_parser = read_client_key)]
	pub(crate) client_key: Option<ClientKey>,
	/// Requests sent and not yet in a block, at most
	#[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
	pub(crate) in_flight: u16,
	/// Believe only final blocks: slower, and no fork can undo what is reported
	#[arg(long)]
	pub(crate) finalized: bool,
	/// Further nodes to upload an input to that is too long for a request
	#[arg(long, value_name = "URL")]
	pub(crate) store_url: Vec<String>,
}

/// Look at requests, or take one back.
#[derive(Debug, Subcommand)]
pub(crate) enum RequestCommand {
	/// One request, with its answer
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
}

/// Run nodes: bond, keys, standing.
#[derive(Debug, Subcommand)]
pub(crate) enum NodeCommand {
	/// Give a node a fresh worker key and register it with a bond
	Register {
		/// What the node does, separated by commas
		#[arg(long, value_enum, value_delimiter = ',', default_value = "inference")]
		roles: Vec<RoleArg>,
		/// The bond, such as 1000OPG
		#[arg(long)]
		bond: Amount,
		/// The node that gets the worker key; must allow unsafe calls [default: --url]
		#[arg(long, value_name = "URL")]
		node_url: Option<String>,
	},
	/// Give a registered node another fresh worker key
	RotateKey {
		node: u32,
		/// The node that gets the worker key; must allow unsafe calls [default: --url]
		#[arg(long, value_name = "URL")]
		node_url: Option<String>,
	},
	/// Registered nodes, or one in full
	Status { node: Option<u32> },
	/// Add to a node's bond
	BondMore {
		node: u32,
		/// What to add, such as 100OPG
		amount: Amount,
	},
	/// End new jobs and start the wait for the bond
	Unbond { node: u32 },
	/// Take an unbonded node away and its bond back
	Withdraw { node: u32 },
}

/// A role, as typed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum RoleArg {
	/// Runs models
	Inference,
	/// Brings outside data in
	Data,
}

/// The roles as the chain holds them.
pub(crate) fn roles(given: &[RoleArg]) -> Roles {
	Roles { inference: given.contains(&RoleArg::Inference), data: given.contains(&RoleArg::Data) }
}

fn read_client_key(text: &str) -> Result<ClientKey, String> {
	let mut key = ClientKey::default();
	hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut key)
		.map_err(|error| format!("a client key is 32 hex digits ({error})"))?;
	Ok(key)
}

#[cfg(test)]
mod tests {
	use super::{roles, Command, NodeCommand, Opg, RoleArg};
	use clap::{error::ErrorKind, CommandFactory, Parser};

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
	fn ports_follow_their_option_several_at_a_time() {
		let line = "opg model publish m.onnx --name m --price 0.01OPG --inputs x:int8[2] y:bool \
		            --royalty 5%";
		assert!(Opg::try_parse_from(line.split_whitespace()).is_ok());
		let wrong = line.replace("x:int8[2]", "x:int9[2]");
		let error = Opg::try_parse_from(wrong.split_whitespace()).unwrap_err();
		assert_eq!(error.kind(), ErrorKind::ValueValidation);
		assert_eq!(error.exit_code(), 2);
	}

	#[test]
	fn exact_and_tolerance_exclude_each_other() {
		let line = "opg model publish m --name m --price 1 --exact --tolerance abs=1";
		let error = Opg::try_parse_from(line.split_whitespace()).unwrap_err();
		assert_eq!(error.kind(), ErrorKind::ArgumentConflict);
	}

	#[test]
	fn roles_are_separated_by_commas() {
		let line = "opg node register --roles inference,data --bond 1000OPG";
		let opg = Opg::parse_from(line.split_whitespace());
		let Command::Node(NodeCommand::Register { roles: given, .. }) = opg.command else {
			panic!("another command")
		};
		assert_eq!(given, [RoleArg::Inference, RoleArg::Data]);
		assert!(roles(&given).inference && roles(&given).data);
	}

	#[test]
	fn a_client_key_is_sixteen_bytes() {
		let with = |key: &str| {
			Opg::try_parse_from(["opg", "infer", "0", "--input", "{}", "--client-key", key])
		};
		assert!(with(&"ab".repeat(16)).is_ok());
		assert!(with(&format!("0x{}", "ab".repeat(16))).is_ok());
		assert!(with("ab").is_err());
	}
}
