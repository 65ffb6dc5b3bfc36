//! What can be typed.

use crate::{
	amount::{Amount, Share},
	app::read_app,
	ports::{read_port, read_tolerance},
	trust::{read_trust, TrustArg},
};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use opg_primitives::{seams::Reference, AppUse, ClientKey, ContentId, Port, Roles, TrustMode};
use opg_tensor::NumericProfile;
use std::{
	fmt::{self, Display},
	path::PathBuf,
};
use subxt::utils::AccountId32;

/// Where the help lists what every command takes.
const EVERYWHERE: &str = "Options of all commands";

const EXIT_CODES: &str = "\
Exit codes:
  0  all is well
  1  something failed
  2  the command was mistyped
  3  a request did not settle: it expired, was cancelled, or stands still
  4  a request failed: several nodes found that the model has no answer to it";

const INFER_HELP: &str = "\
Progress and remarks go to stderr, answers to stdout or --out.

With --json, and for every line of a .jsonl file, an answer is one object:
  request  its number; missing if it was never made
  state    settled, failed, expired, cancelled, gone or refused; how it stands if it is late
  output   the tensors by name, if it settled
  fee      what was charged, such as \"0.01 OPG\"
  node     who answered, if that was one node
  nodes    all who answered
  blocks   from the request to its end
  fault    if it failed: looped, out-of-memory, output-too-long, output-mismatch,
           input-mismatch, crashed, refused or unavailable
  error    why there is no output, and what to do

Exit codes: 0 every request settled, 1 something failed before, 2 the command was
mistyped, 3 a request did not settle, 4 as 3, but each of those failed: several nodes
found that the model has no answer to it, all but a base fee was returned, and asking
again as before would fail again.";

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

const VERIFY_HELP: &str = "\
Prints `valid`, or `invalid: ` and why. With --json it is one object: valid, and reason if
it is not.

Exit codes: 0 valid, 1 invalid, 2 a file cannot be read or the command was mistyped.";

const SUBMIT_HELP: &str = "\
The chain gives the verdict: the bytes go there as the files have them. `opg proof verify`
with the same files says before, and free of charge, what it will be.

With --json it is one object: statement (what `opg proof show` takes), key, reference, and
approved (whether governance had approved of the key, so that money may follow).

Exit codes: 0 verified, 1 refused or failed, 2 a file cannot be read or the command was
mistyped.";

const KEY_HELP: &str = "\
Anybody may register a key. Whoever made its phase 2 alone can forge proofs under it, so
money follows only from keys that governance approved.

With --json it is one object: key (its id), system, inputs, owner, deposit, references
(how often it is relied on) and approved (why, or null).";

const PROOF_SHOW_HELP: &str = "\
With --json a statement is one object: statement, verified_at, approved, and, once its block
is over, inclusion: block, root, index, leaves and path. A leaf is keccak-256 of the statement,
a node that of its two children; one without a sibling moves up as it is. A key is what
`opg proof key register --json` prints.";

const STATUS_HELP: &str = "\
With --json it is a list of objects, or one with NODE: node, owner, worker, roles, status
(active, silent, unbonding or jailed), alive, until (the block from which its bond can be
withdrawn, or it can leave jail), bond, exposed (what of the bond answers and jobs in hand
put at stake; the rest can take on more), score (in thousandths), jobs (carried), most_jobs
(it may carry), last_seen, answered, missed, barred (models it gets no jobs for because it was
wrong about them: model, until), and with NODE models.";

const SETUP_HELP: &str = "\
The node must run with --validator and be the one that will validate: the keys are made in it
and stay there. They are set with a proof that they belong to the account that signs. Whoever
stakes already only adds what is missing, and keys that are set and in the node stay, so the
command may be given again, to raise the stake or to change the commission.

With --json it is one object: validator, added (to the stake), stake, commission, keys, state
(as `opg validator status` prints it), places and candidates.";

const VALIDATOR_HELP: &str = "\
States:
  none        nothing is staked
  bonded      there is a stake, and it stands for no election
  waiting     it stands for election
  elected     it begins with the next era
  validating  it makes blocks
  leaving     it makes blocks until the era ends

With --json it is one object: validator, state, stake, commission, keys, keys_in_node (whether
the node has them; null if it does not say), backing (its stake and those of its nominators, in
this era or the next), nominators, points (earned in this era), places, candidates, era.";

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
  groth16_snarkjs_us            snarkjs, if npm is there; groth16_gnark_us: gnark, if Go is";

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
	/// Look at requests, take one back, or dispute an answer
	#[command(subcommand)]
	Request(RequestCommand),
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

/// Where a file is put or found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StoreArg {
	/// With the node at --url.
	Node,
	/// With an IPFS daemon, by the URL of its RPC.
	Ipfs(String),
}

impl Display for StoreArg {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Node => f.write_str("node"),
			Self::Ipfs(url) => write!(f, "ipfs={url}"),
		}
	}
}

fn read_store(text: &str) -> Result<StoreArg, String> {
	match text.split_once('=').unwrap_or((text, "http://127.0.0.1:5001")) {
		("node", _) => Ok(StoreArg::Node),
		("ipfs", url) if url.starts_with("http://") => Ok(StoreArg::Ipfs(url.into())),
		("ipfs", url) => Err(format!("{url:?} is no http:// URL of an IPFS daemon's RPC")),
		_ => Err("name node, ipfs or ipfs=URL".into()),
	}
}

fn read_content(text: &str) -> Result<ContentId, String> {
	text.parse().map_err(|error: opg_primitives::content::ContentIdError| error.to_string())
}

/// Have files kept for pay, or keep them.
#[derive(Debug, Subcommand)]
pub(crate) enum StorageCommand {
	/// Ask for copies of a file and hold what they will cost
	Order(OrderArgs),
	/// Let an order last longer
	Extend {
		/// Its number
		order: u64,
		/// How many periods
		#[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
		periods: u32,
	},
	/// Take a slot of an order, with a bond; the file must be here
	Take {
		/// The order's number
		order: u64,
		/// The slot's, from 0
		slot: u8,
		/// The file
		file: PathBuf,
	},
	/// Show pieces of files whenever the chain asks for them, until stopped
	Keep {
		/// The files
		#[arg(required = true)]
		files: Vec<PathBuf>,
		/// End after one check in which something was shown
		#[arg(long)]
		once: bool,
	},
	/// Give a slot up
	Leave {
		/// The order's number
		order: u64,
		/// The slot's
		slot: u8,
	},
	/// Throw out a keeper that missed too many checks
	Evict {
		/// The order's number
		order: u64,
		/// The slot's
		slot: u8,
	},
	/// Close an order that is over: bonds and what is left of its purse return
	Close {
		/// Its number
		order: u64,
	},
	/// The orders there are, and who keeps their copies
	List,
}

/// What is to be kept, and for what.
#[derive(Debug, Args)]
pub(crate) struct OrderArgs {
	/// The file; put it where keepers find it (`opg blob put`)
	pub(crate) file: PathBuf,
	/// How many copies, each by another account
	#[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=16))]
	pub(crate) copies: u8,
	/// For how many periods, of one check each
	#[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
	pub(crate) periods: u32,
	/// What a copy earns for each period
	#[arg(long, value_name = "AMOUNT")]
	pub(crate) price: Amount,
}

/// Files by content id, with a node or an IPFS daemon.
#[derive(Debug, Subcommand)]
pub(crate) enum BlobCommand {
	/// Put a file; its content id is the last line printed
	Put {
		/// The file
		file: PathBuf,
		/// node, ipfs or ipfs=URL
		#[arg(long, value_name = "STORE", default_value = "node", value_parser = read_store)]
		store: StoreArg,
	},
	/// Fetch a file and check it against its content id
	Get {
		/// Its content id
		#[arg(value_parser = read_content)]
		content: ContentId,
		/// Where to write it
		file: PathBuf,
		/// node, ipfs or ipfs=URL
		#[arg(long, value_name = "STORE", default_value = "node", value_parser = read_store)]
		store: StoreArg,
	},
	/// Have an IPFS daemon keep a file, which it fetches if it must
	Pin {
		/// Its content id
		#[arg(value_parser = read_content)]
		content: ContentId,
		/// ipfs or ipfs=URL
		#[arg(long, value_name = "STORE", default_value = "ipfs", value_parser = read_store)]
		store: StoreArg,
	},
	/// Let an IPFS daemon drop a file
	Unpin {
		/// Its content id
		#[arg(value_parser = read_content)]
		content: ContentId,
		/// ipfs or ipfs=URL
		#[arg(long, value_name = "STORE", default_value = "ipfs", value_parser = read_store)]
		store: StoreArg,
	},
	/// How long a file is that an IPFS daemon has or finds
	Stat {
		/// Its content id
		#[arg(value_parser = read_content)]
		content: ContentId,
		/// ipfs or ipfs=URL
		#[arg(long, value_name = "STORE", default_value = "ipfs", value_parser = read_store)]
		store: StoreArg,
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
	/// What the model may be asked under, separated by commas
	#[arg(long, value_enum, value_delimiter = ',', default_value = "attested,quorum")]
	pub(crate) trust: Vec<TrustArg>,
	/// Further nodes to upload the file to
	#[arg(long, value_name = "URL")]
	pub(crate) store_url: Vec<String>,
	/// Where to put the file: node, ipfs or ipfs=URL; nodes fetch it from there (opg-node --store)
	#[arg(long, value_name = "STORE", default_value = "node", value_parser = read_store, conflicts_with = "store_url")]
	pub(crate) store: StoreArg,
}

/// What to ask and how.
#[derive(Debug, Args)]
pub(crate) struct InferArgs {
	/// The model's number
	pub(crate) model: u32,
	/// JSON, a file of JSON, or a .jsonl file with one request a line
	#[arg(long, value_name = "FILE|JSON")]
	pub(crate) input: String,
	/// What makes the answer believable: attested (one bonded node answers) or quorum:KofN
	/// (N nodes answer without seeing each other's answers and K agree; N from 3 to 7, K more
	/// than half of N)
	#[arg(long, value_name = "TRUST", default_value = "attested", value_parser = read_trust)]
	pub(crate) trust: TrustMode,
	/// The most to pay for each answer [default: what it costs now, for each node asked]
	#[arg(long, value_name = "AMOUNT")]
	pub(crate) max_fee: Option<Amount>,
	/// Blocks within which the answer must come [default: 40, for a quorum 120]
	#[arg(long, value_name = "BLOCKS")]
	pub(crate) deadline: Option<u32>,
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
	/// The app to ask through, and on what footing: APP (counts as its use), APP:pass (uses up a
	/// request of your pass), APP:sponsored-pass (the same, and the app pays) or APP:credit (the
	/// app pays, out of the credit it gave you)
	#[arg(long, value_name = "APP", value_parser = read_app)]
	pub(crate) app: Option<AppUse>,
	/// Further nodes to upload an input to that is too long for a request
	#[arg(long, value_name = "URL")]
	pub(crate) store_url: Vec<String>,
}

/// Look at requests, take one back, or dispute an answer.
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
	/// Have a settled answer run again, for a deposit, and wait for the verdict
	#[command(after_long_help = DISPUTE_HELP)]
	Dispute {
		request: u64,
		/// Do not wait for the verdict
		#[arg(long)]
		no_wait: bool,
	},
}

/// Have zero-knowledge proofs verified.
#[derive(Debug, Subcommand)]
pub(crate) enum ProofCommand {
	/// Register verification keys
	#[command(subcommand)]
	Key(KeyCommand),
	/// Have the chain verify a proof under a registered key, for a fee
	#[command(after_long_help = SUBMIT_HELP)]
	Submit(SubmitArgs),
	/// Verify a proof here, by the code the chain runs; asks no chain and costs nothing
	#[command(after_long_help = VERIFY_HELP)]
	Verify(ProofFiles),
	/// A statement that was verified, with its way to the root of its block, or a key
	#[command(after_long_help = PROOF_SHOW_HELP)]
	Show {
		/// What `opg proof submit` or `opg proof key register` printed, 64 hex digits
		#[arg(value_parser = read_id)]
		id: [u8; 32],
	},
}

/// Register verification keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
	/// Register a key, for a deposit; one that is registered already stays as it is
	#[command(after_long_help = KEY_HELP)]
	Register(KeyFile),
	/// Take a key of yours away that nobody relies on, and its deposit back
	Remove {
		/// The key, 64 hex digits
		#[arg(value_parser = read_id)]
		key: [u8; 32],
	},
}

/// A verification key to read.
#[derive(Debug, Args)]
pub(crate) struct KeyFile {
	/// What the proofs are made by
	#[arg(long, value_enum, default_value = "groth16")]
	pub(crate) system: SystemArg,
	/// The verification key: JSON of snarkjs, or .hex as it goes on the wire
	#[arg(long, value_name = "FILE")]
	pub(crate) key: PathBuf,
	/// Public inputs the key takes [default: what the file says; for .hex, what its length says]
	#[arg(long, value_name = "N")]
	pub(crate) inputs: Option<u32>,
}

/// A proof with its key and its public inputs, to read.
#[derive(Debug, Args)]
pub(crate) struct ProofFiles {
	/// The key.
	#[command(flatten)]
	pub(crate) key: KeyFile,
	/// The proof: JSON of snarkjs, or .hex as it goes on the wire
	#[arg(long, value_name = "FILE")]
	pub(crate) proof: PathBuf,
	/// The public inputs: JSON of snarkjs, or .hex, 32 bytes each
	#[arg(long, value_name = "FILE")]
	pub(crate) public: PathBuf,
}

/// A proof to submit.
#[derive(Debug, Args)]
pub(crate) struct SubmitArgs {
	/// The claim.
	#[command(flatten)]
	pub(crate) files: ProofFiles,
	/// What the proof is for, in your own words, 64 hex digits: the same inputs count once for each
	/// [default: random]
	#[arg(long, value_name = "HEX", value_parser = read_id)]
	pub(crate) reference: Option<Reference>,
	/// Blocks within which it may be verified
	#[arg(long, value_name = "BLOCKS", default_value_t = 64)]
	pub(crate) within: u32,
}

/// A proof system, as typed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum SystemArg {
	/// Groth16 over BN254, as snarkjs, gnark and arkworks make it
	Groth16,
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
	#[command(after_long_help = STATUS_HELP)]
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
	/// Let a node serve again once its time in jail is over
	LeaveJail { node: u32 },
}

/// Validate: session keys, stake, standing.
#[derive(Debug, Subcommand)]
pub(crate) enum ValidatorCommand {
	/// Have a node make session keys, prove and set them, stake, and stand for election, all in
	/// one transaction
	#[command(after_long_help = SETUP_HELP)]
	Setup(SetupArgs),
	/// How far an account has come on its way to validating
	#[command(after_long_help = VALIDATOR_HELP)]
	Status {
		/// The account [default: that of the key to sign with]
		address: Option<AccountId32>,
		/// The node that should have the session keys [default: --url]
		#[arg(long, value_name = "URL")]
		node_url: Option<String>,
	},
}

/// How to become a validator.
#[derive(Debug, Args)]
pub(crate) struct SetupArgs {
	/// What is to be at stake, such as 1000OPG; what is staked already counts
	#[arg(long, value_name = "AMOUNT")]
	pub(crate) stake: Amount,
	/// Your part of rewards before they are shared with nominators, such as 5%
	#[arg(long, value_name = "SHARE", default_value = "0%")]
	pub(crate) commission: Share,
	/// What becomes of rewards; only for a first stake
	#[arg(long, value_enum, default_value = "staked")]
	pub(crate) rewards: RewardsArg,
	/// Make new session keys even if the node has those that are set
	#[arg(long)]
	pub(crate) new_keys: bool,
	/// The node that is to validate; must allow unsafe calls [default: --url]
	#[arg(long, value_name = "URL")]
	pub(crate) node_url: Option<String>,
}

/// What becomes of rewards.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum RewardsArg {
	/// They are staked too
	Staked,
	/// They can be spent
	Free,
}

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

fn read_id(text: &str) -> Result<[u8; 32], String> {
	let mut id = [0; 32];
	hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut id)
		.map_err(|error| format!("64 hex digits belong here ({error})"))?;
	Ok(id)
}

fn read_client_key(text: &str) -> Result<ClientKey, String> {
	let mut key = ClientKey::default();
	hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut key)
		.map_err(|error| format!("a client key is 32 hex digits ({error})"))?;
	Ok(key)
}

#[cfg(test)]
mod tests {
	use super::{
		roles, BenchCommand, Command, ModelCommand, NodeCommand, Opg, ProofCommand, RequestCommand,
		RewardsArg, RoleArg, SystemArg, ValidatorCommand,
	};
	use crate::trust::TrustArg;
	use clap::{error::ErrorKind, CommandFactory, Parser};
	use opg_primitives::TrustMode;

	fn parsed(line: &str) -> Command {
		Opg::parse_from(line.split_whitespace()).command
	}

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
	fn a_model_may_be_asked_under_any_trust_unless_told_otherwise() {
		let trust = |line| match parsed(line) {
			Command::Model(ModelCommand::Publish(args)) => args.trust,
			_ => panic!("another command"),
		};
		let line = "opg model publish m --name m --price 1";
		assert_eq!(trust(line), [TrustArg::Attested, TrustArg::Quorum]);
		assert_eq!(trust(&format!("{line} --trust quorum")), [TrustArg::Quorum]);
	}

	#[test]
	fn an_answer_is_attested_unless_a_quorum_is_asked_for() {
		let trust = |line| match parsed(line) {
			Command::Infer(args) => args.trust,
			_ => panic!("another command"),
		};
		assert_eq!(trust("opg infer 0 --input {}"), TrustMode::Attested);
		let quorum = TrustMode::Quorum { nodes: 5, agree: 4 };
		assert_eq!(trust("opg infer 0 --input {} --trust quorum:4of5"), quorum);
	}

	#[test]
	fn a_wrong_trust_is_mistyped_and_says_what_is_allowed() {
		let line = "opg infer 0 --input {} --trust quorum:2of4";
		let error = Opg::try_parse_from(line.split_whitespace()).unwrap_err();
		assert_eq!((error.kind(), error.exit_code()), (ErrorKind::ValueValidation, 2));
		assert!(error.to_string().contains("3 to 4 must agree"), "{error}");
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
			&["node", "status"],
			&["validator", "setup"],
			&["validator", "status"],
			&["bench", "chain"],
			&["bench", "request"],
			&["bench", "proofs"],
			&["proof", "submit"],
			&["proof", "verify"],
			&["proof", "show"],
			&["proof", "key", "register"],
		] {
			assert!(help(path).contains("With --json"), "{path:?}");
		}
	}

	#[test]
	fn a_validator_needs_to_say_only_its_stake() {
		let Command::Validator(ValidatorCommand::Setup(args)) =
			parsed("opg validator setup --stake 1000OPG")
		else {
			panic!("another command")
		};
		assert_eq!(args.stake.0, 1_000_000_000_000_000);
		assert_eq!((args.commission.0, args.rewards), (0, RewardsArg::Staked));
		let more = "opg validator setup --stake 1 --commission 101%";
		assert!(Opg::try_parse_from(more.split_whitespace()).is_err());
	}

	#[test]
	fn a_validator_is_named_by_its_address() {
		let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
		let asked =
			|address: &str| Opg::try_parse_from(["opg", "validator", "status", address]).is_ok();
		assert!(asked(alice));
		assert!(!asked("alice"));
	}

	#[test]
	fn a_proof_is_of_groth16_and_its_key_says_how_many_inputs_unless_told_otherwise() {
		let line = "opg proof verify --key vk.json --proof proof.hex --public public.json";
		let Command::Proof(ProofCommand::Verify(files)) = parsed(line) else {
			panic!("another command")
		};
		assert_eq!((files.key.system, files.key.inputs), (SystemArg::Groth16, None));
		let with_all = format!("{line} --system groth16 --inputs 8");
		assert!(Opg::try_parse_from(with_all.split_whitespace()).is_ok());
		let another = line.replace("verify", "verify --system plonk");
		let error = Opg::try_parse_from(another.split_whitespace()).unwrap_err();
		assert_eq!((error.kind(), error.exit_code()), (ErrorKind::InvalidValue, 2));
	}

	#[test]
	fn a_statement_is_named_by_thirty_two_bytes() {
		let show = |id: &str| Opg::try_parse_from(["opg", "proof", "show", id]).is_ok();
		assert!(show(&"ab".repeat(32)) && show(&format!("0x{}", "ab".repeat(32))));
		assert!(!show("7") && !show(&"ab".repeat(31)));
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
