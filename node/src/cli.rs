//! The node's command line.

use clap::{Args, Parser, ValueEnum};
use opg_feeds::{Allowed, Pinned};
use opg_worker::engine::Accelerator;
use sc_cli::RunCmd;
use std::{path::PathBuf, str::FromStr};

/// The OPG chain node.
#[derive(Debug, Parser)]
pub(crate) struct Cli {
	/// What to do instead of running the node.
	#[command(subcommand)]
	pub(crate) subcommand: Option<Subcommand>,

	/// How to run the node.
	#[command(flatten)]
	pub(crate) run: RunCmd,

	/// What the node does beside relaying blocks.
	#[command(flatten)]
	pub(crate) work: Work,
}

/// What a node can do beside relaying blocks and, with `--validator`, making them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleName {
	/// Runs models on this machine for requests drawn to it.
	Inference,
	/// Keeps files for pay, of whoever owns this node; every node with a role does.
	Storage,
	/// Asks the sources of feeds whose committee it is drawn to, and signs what they say.
	Data,
}

/// Where files may be found that are not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StoreName {
	/// Nowhere.
	None,
	/// With the nodes this one is connected with.
	Peers,
	/// With an IPFS daemon, by the URL of its RPC.
	Ipfs(String),
}

impl FromStr for StoreName {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		match text.split_once('=').unwrap_or((text, "http://127.0.0.1:5001")) {
			("none", _) => Ok(Self::None),
			("peers", _) => Ok(Self::Peers),
			("ipfs", url) if url.starts_with("http://") => Ok(Self::Ipfs(url.into())),
			("ipfs", url) => Err(format!("{url:?} is no http:// URL of an IPFS daemon's RPC")),
			_ => Err(format!("there is no store {text:?}: name peers, ipfs, ipfs=URL or none")),
		}
	}
}

/// The work of a node that is bonded on the chain.
#[derive(Clone, Debug, Args)]
pub(crate) struct Work {
	/// Roles of this node, comma-separated. Turns off-chain workers on. With --dev every role is on.
	#[arg(long, value_delimiter = ',', value_name = "ROLE", global = true)]
	pub(crate) role: Vec<RoleName>,

	/// What models run on: auto, cpu, cuda or tensorrt. auto takes a CUDA device if there is one; a name insists.
	#[arg(long, default_value_t = Accelerator::Auto, global = true)]
	pub(crate) accelerator: Accelerator,

	/// The ONNX Runtime library; scripts/setup.sh puts one into .opg/onnxruntime.
	#[arg(
		long,
		env = "OPG_ONNXRUNTIME",
		default_value = ".opg/onnxruntime/libonnxruntime.so",
		value_name = "FILE",
		global = true
	)]
	pub(crate) onnxruntime: PathBuf,

	/// Where to look for files that are not here, in order and comma-separated: peers (the nodes this one is connected with), ipfs or
	/// ipfs=URL (an IPFS daemon's RPC). What is put here is kept there as well. none: only what is here.
	#[arg(
		long,
		value_delimiter = ',',
		default_value = "peers",
		value_name = "STORE",
		global = true
	)]
	pub(crate) store: Vec<StoreName>,

	/// Where model files, inputs and outputs are kept; below the chain's data by default.
	#[arg(long, value_name = "DIR", global = true)]
	pub(crate) store_path: Option<PathBuf>,

	/// GiB that files may take here; those not pinned go first that were unused for longest. No limit but the disk's by default.
	#[arg(long, value_name = "GIB", value_parser = clap::value_parser!(u64).range(1..), global = true)]
	pub(crate) store_quota: Option<u64>,

	/// Models to serve, by number and comma-separated; every published model by default.
	#[arg(long, value_delimiter = ',', value_name = "MODEL", global = true)]
	pub(crate) serve: Vec<u32>,

	/// Memory the engine may take, in MiB. Holds on the CPU only.
	#[arg(long, default_value_t = 8 * 1024, value_name = "MIB", global = true)]
	pub(crate) engine_memory: u64,

	/// Memory each model may take on the GPU, in MiB; all there is by default.
	#[arg(long, value_name = "MIB", global = true)]
	pub(crate) gpu_memory: Option<u64>,

	/// Threads one run of a model may use. More than one is seldom faster and competes with making blocks.
	#[arg(long, default_value_t = 1, value_name = "THREADS", value_parser = clap::value_parser!(u8).range(1..), global = true)]
	pub(crate) engine_threads: u8,

	/// Sources of feeds that may be asked though they are not public, comma-separated: addresses (10.0.0.7), networks (10.0.0.0/8), or
	/// addresses with a port (127.0.0.1:8000). Whoever makes a feed names its sources: without this none can be on this machine or
	/// its network.
	#[arg(long, value_delimiter = ',', value_name = "ADDRESS", global = true)]
	pub(crate) feed_source_allow: Vec<Allowed>,

	/// Names in sources of feeds that lead where you say, comma-separated: prices.example=10.0.0.7.
	#[arg(long, value_delimiter = ',', value_name = "NAME=ADDRESS", global = true)]
	pub(crate) feed_source_pin: Vec<Pinned>,

	/// The Python that has EZKL, which proves answers; scripts/setup.sh --ezkl puts one into .opg/ezkl, where it is looked for.
	/// Without one, models whose answers may be asked with proofs are not served here.
	#[arg(long, env = "OPG_EZKL", value_name = "PYTHON", global = true)]
	pub(crate) ezkl: Option<PathBuf>,

	/// The structured reference string that circuits are set up with, as EZKL reads it. On a development chain the one that anybody can
	/// make is made by default.
	#[arg(long, value_name = "FILE", global = true)]
	pub(crate) srs: Option<PathBuf>,

	/// Seconds one proof may take.
	#[arg(long, default_value_t = 120, value_name = "SECONDS", global = true)]
	pub(crate) prove_limit: u64,

	/// Address space a prover may take, in MiB; it uses a small part of it.
	#[arg(long, default_value_t = 32 * 1024, value_name = "MIB", global = true)]
	pub(crate) prover_memory: u64,

	/// Circuits that are kept set up, each a few hundred megabytes on disk.
	#[arg(long, default_value_t = 4, value_name = "CIRCUITS", global = true)]
	pub(crate) circuits: u16,

	/// Seconds one run of a model may take.
	#[arg(long, default_value_t = 10, value_name = "SECONDS", global = true)]
	pub(crate) run_limit: u64,
}

/// What to do instead of running the node.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Subcommand {
	/// Key management.
	#[command(subcommand)]
	Key(sc_cli::KeySubcommand),

	/// Prints a chain specification.
	BuildSpec(sc_cli::BuildSpecCmd),

	/// Prints a chain specification.
	ExportChainSpec(sc_cli::ExportChainSpecCmd),

	/// Validates blocks.
	CheckBlock(sc_cli::CheckBlockCmd),

	/// Exports blocks.
	ExportBlocks(sc_cli::ExportBlocksCmd),

	/// Exports the state of a block as a chain specification.
	ExportState(sc_cli::ExportStateCmd),

	/// Imports blocks.
	ImportBlocks(sc_cli::ImportBlocksCmd),

	/// Removes the whole chain.
	PurgeChain(sc_cli::PurgeChainCmd),

	/// Takes the chain back some blocks.
	Revert(sc_cli::RevertCmd),

	/// Prints what is known of the chain's database.
	ChainInfo(sc_cli::ChainInfoCmd),

	/// Runs models for the node that started it, over standard input and output.
	#[command(hide = true)]
	Engine,
}
