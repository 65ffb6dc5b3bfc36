//! What is typed to measure a chain.

use crate::trust::read_trust;
use clap::{Args, Subcommand};
use opg_primitives::TrustMode;
use std::path::PathBuf;

const CHAIN_BENCH_HELP: &str = "\
Transfers of the smallest unit among accounts derived from the key that pays, signed ahead
and sent in batches over one connection, so that the node's pool never runs dry. Counted by
the accounts' numbers of transactions; seconds are those between the blocks' own times.

With --json it is one object: transfers_per_s, transfers (counted), seconds, blocks. A pool
too small to stay full is told on stderr as {\"warning\": …}.";

const REQUEST_BENCH_HELP: &str = "\
First transfers as `opg bench chain` sends them. Then one request alone, to see how long
that takes. Then requests in the same way as transfers, but only as many open at once as keep
the nodes busy: more would only wait, or expire. Counted from the requests' own records when
the load is over. Each account keeps what is left of what it was given; a later run uses it.

With --json it is one object:
  settled_per_s       settled in the measured blocks, by the second between their times
  over_transfers      settled_per_s over transfers_per_s; null with --no-yardstick
  latency_blocks_p50  from a request's block to the block in which it settled, of those
  latency_blocks_p95  asked in the measured time; null if none of them settled
  requested           requests made in the whole run, the warm-up included
  settled             of those, answered
  failed              of those, ended otherwise: failed, expired or cancelled
  stuck               of those, neither ended nor pruned long after their deadline
  refused             transactions that blocks took and the chain refused: no requests
  transfers_per_s     as `opg bench chain` counts them; null with --no-yardstick

Exit code 3 if a request is stuck.";

const PROOF_BENCH_HELP: &str = "\
Batches of 64 proofs, all different, until blocks are full; then the proofs that each block
verified are counted, from the roots the chain keeps of them. In a checkout the verifiers
themselves are measured before, from wire bytes to verdict under prepared keys.

With --json it is one object of numbers:
  groth16_per_block             proofs that a full block verified, the middle of all measured
  groth16_per_block_most        the most
  groth16_per_block_share       what that middle block took of the weight that transactions
                                may take; a block is full that has no room for the weight
                                another batch is charged, which is more than it needs
  groth16_blocks                full blocks measured
  groth16_per_s                 groth16_per_block by the seconds between blocks
and, where verifiers are measured, with _inputsN for circuits of other sizes:
  groth16_arkworks_us           one proof by ark-groth16, in microseconds
  groth16_single_us             one proof by ours in machine code; groth16_single_over_arkworks
  groth16_batch8_us             one of a batch of 8, likewise 64 and 256;
                                groth16_batch64_over_single
  groth16_native_single_us      machine code beside Wasm, in one and the same run
  groth16_wasm_single_us        Wasm on the node's executor, by itself
  groth16_host_single_us        Wasm on the node's executor, by the node's arithmetic;
                                groth16_host_over_native
  groth16_snarkjs_us            snarkjs, if npm is there; groth16_gnark_us: gnark, if Go is
  ezkl_native_ms                one proof of EZKL's 4-8-3 model in machine code, in milliseconds;
                                with _MODEL for the vectors' other models
  ezkl_wasm_ms                  in Wasm on the node's executor, by itself
  ezkl_host_ms                  in Wasm on the node's executor, by the node's arithmetic
  ezkl_batch16_per_proof_ms     one of a batch of 16 in machine code; ezkl_wasm_batch16_per_proof_ms
                                and ezkl_host_batch16_per_proof_ms
  ezkl_own_verify_ms            by EZKL's own verifier";

const STORAGE_BENCH_HELP: &str = "\
Random files go to a Kubo daemon and back, in turns by Kubo's own program and by this one, each
started anew, and into an embedded store and back. Every file is another, and the middle turn
counts. Start the daemon before: in a checkout scripts/ipfs.sh run does. Three files' size is
needed on the disk of the temporary folder, and twice that for each turn by the daemon.

With --json it is one object, of numbers but for `kubo`, its version:
  mib, turns             MiB of a file, and how many there were
  kubo_add_mib_per_s     ipfs add; kubo_cat_mib_per_s: ipfs cat
  ipfs_add_mib_per_s     opg blob put --store ipfs; ipfs_cat_mib_per_s: opg blob get
  embedded_add_mib_per_s into an embedded store, on disk when it ends; embedded_cat_mib_per_s
  ipfs_add_ratio         ipfs_add by kubo_add; likewise ipfs_cat, embedded_add, embedded_cat
  check_us               one possession check in machine code, in microseconds
  check_show_us          what its keeper needs to read and prove the piece
  check_weight_us        what the chain charges for it";

const FEED_BENCH_HELP: &str = "\
What the chain charges a block for a round of 31 nodes and 100 keys, signatures included: in
one report of all that was signed, and beside it if each node reported by itself. Nothing is
sent.

With --json it is one object:
  round_31x100_ms       one report of 31 observations of 100 keys
  per_member_design_ms  31 reports of one observation each
  over                  the latter by the former
  rounds                the same for other sizes: nodes, keys, round_ms, per_member_ms";

/// Measure how much a chain takes, by flooding it.
#[derive(Debug, Subcommand)]
pub(crate) enum BenchCommand {
	/// Transfers a second that blocks take
	#[command(after_long_help = CHAIN_BENCH_HELP)]
	Chain(LoadArgs),
	/// Answers a second, beside transfers on the same node in the same run
	#[command(after_long_help = REQUEST_BENCH_HELP)]
	Request(RequestLoadArgs),
	/// Proofs that blocks verify, and how fast verifiers are
	#[command(after_long_help = PROOF_BENCH_HELP)]
	Proofs(ProofLoadArgs),
	/// How fast files go into stores and come out, beside plain Kubo
	#[command(after_long_help = STORAGE_BENCH_HELP)]
	Storage(StorageLoadArgs),
	/// What a round of a feed weighs, in one report and in many
	#[command(after_long_help = FEED_BENCH_HELP)]
	Feeds,
}

/// What to measure stores with.
#[derive(Clone, Debug, Args)]
pub(crate) struct StorageLoadArgs {
	/// MiB of a file
	#[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..=2_048))]
	pub(crate) mib: u16,
	/// How many turns
	#[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=50))]
	pub(crate) turns: u16,
	/// The daemon's RPC
	#[arg(long, value_name = "URL", default_value = "http://127.0.0.1:5001")]
	pub(crate) ipfs: String,
	/// Kubo's own program [default: .opg/ipfs/ipfs where that is, else ipfs]
	#[arg(long, value_name = "PROGRAM")]
	pub(crate) kubo: Option<PathBuf>,
}

/// How to fill blocks with proofs.
#[derive(Clone, Debug, Args)]
pub(crate) struct ProofLoadArgs {
	/// A verification key [default: a sample of eight public inputs]
	#[arg(long, value_name = "FILE", requires_all = ["proof", "public"])]
	pub(crate) key: Option<PathBuf>,
	/// A proof under it
	#[arg(long, value_name = "FILE", requires = "key")]
	pub(crate) proof: Option<PathBuf>,
	/// The proof's public inputs
	#[arg(long, value_name = "FILE", requires = "key")]
	pub(crate) public: Option<PathBuf>,
	/// Full blocks to measure
	#[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=50))]
	pub(crate) blocks: u16,
	/// A program that measures verifiers and prints a JSON object of numbers in its last line
	/// [default: scripts/proofs/figures.sh where that is]
	#[arg(long, value_name = "PROGRAM")]
	pub(crate) figures: Option<PathBuf>,
	/// Measure blocks only
	#[arg(long, conflicts_with = "figures")]
	pub(crate) no_figures: bool,
	/// The key that pays, such as //Alice [default: the key to sign with]
	#[arg(long, value_name = "KEY")]
	pub(crate) from: Option<String>,
}

/// How to flood a chain.
#[derive(Clone, Debug, Args)]
pub(crate) struct LoadArgs {
	/// Seconds to measure
	#[arg(long, value_name = "S", default_value_t = 60, value_parser = clap::value_parser!(u16).range(10..=600))]
	pub(crate) seconds: u16,
	/// Accounts that send
	#[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1000))]
	pub(crate) accounts: u16,
	/// The most the node's pool is to hold, what is not yet final included; stay below the node's
	/// --pool-limit, which is 8192 unless it was told otherwise
	#[arg(long, value_name = "N", default_value_t = 8000, value_parser = clap::value_parser!(u16).range(1..))]
	pub(crate) pool: u16,
	/// The key that pays for the accounts, such as //Alice [default: the key to sign with]
	#[arg(long, value_name = "KEY")]
	pub(crate) from: Option<String>,
}

/// How to flood a chain with requests.
#[derive(Clone, Debug, Args)]
pub(crate) struct RequestLoadArgs {
	/// The model's number
	#[arg(long, value_name = "ID")]
	pub(crate) model: u32,
	/// JSON, a file of JSON, or a .jsonl file whose lines are asked in turn
	#[arg(long, value_name = "FILE|JSON")]
	pub(crate) input: String,
	/// What makes the answers believable: attested or quorum:KofN
	#[arg(long, value_name = "TRUST", default_value = "attested", value_parser = read_trust)]
	pub(crate) trust: TrustMode,
	/// Blocks within which each answer must come
	#[arg(long, value_name = "BLOCKS", default_value_t = 200)]
	pub(crate) deadline: u32,
	/// Seconds of load before the measurement [default: until requests settle no faster any more,
	/// 240 at most; nodes begin with one job at a time]
	#[arg(long, value_name = "S", value_parser = clap::value_parser!(u16).range(0..=600))]
	pub(crate) warm_up: Option<u16>,
	/// Requests open at once [default: twice as many as settle in the blocks that one takes alone]
	#[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
	pub(crate) open: Option<u32>,
	/// Leave the transfers out
	#[arg(long)]
	pub(crate) no_yardstick: bool,
	/// How to flood
	#[command(flatten)]
	pub(crate) load: LoadArgs,
}

#[cfg(test)]
mod tests {
	use crate::args::{BenchCommand, Command, Opg};
	use clap::Parser;

	fn parsed(line: &str) -> Command {
		Opg::parse_from(line.split_whitespace()).command
	}

	#[test]
	fn the_load_has_its_defaults_and_bounds() {
		let Command::Bench(BenchCommand::Request(args)) =
			parsed("opg bench request --model 0 --input rows.jsonl --json")
		else {
			panic!("another command")
		};
		assert!(!args.no_yardstick && args.open.is_none());
		assert_eq!((args.load.seconds, args.load.accounts), (60, 100));
		let line = "opg bench chain --accounts 1001";
		assert!(Opg::try_parse_from(line.split_whitespace()).is_err());
	}
}
