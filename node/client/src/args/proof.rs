//! What is typed to have proofs verified.

use clap::{Args, Subcommand, ValueEnum};
use opg_primitives::seams::Reference;
use std::path::PathBuf;

const VERIFY_HELP: &str = "\
For EZKL: --system ezkl --key vka.bytes --srs srs.json --proof proof.json

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
Anybody may register a key. Whoever made phase 2 of Groth16's alone can forge proofs under
it, so money follows only from keys that governance approved. EZKL's have to be made for a
reference string that the chain accepts, and are good from the block after this.

With --json it is one object: key (its id), system, inputs, owner, deposit, references
(how often it is relied on) and approved (why, or null).";

const SRS_HELP: &str = "\
Writes insecure-SEED-kK.srs, which EZKL's `setup` and `prove` take, and insecure-SEED.srs.json,
which `opg proof verify` takes. Both are always the same for the same seed. The development
chain accepts that of the seed `opg-development`.

With --json it is one object: id (what the chain calls it), srs and verifier, the two files.";

const PROOF_SHOW_HELP: &str = "\
With --json a statement is one object: statement, verified_at, approved, and, once its block
is over, inclusion: block, root, index, leaves and path. A leaf is keccak-256 of the statement,
a node that of its two children; one without a sibling moves up as it is. A key is what
`opg proof key register --json` prints.";

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
	/// Write a reference string for EZKL from a seed that is no secret: for tests, never for value
	#[command(after_long_help = SRS_HELP)]
	Srs(SrsArgs),
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
	/// The verification key: JSON of snarkjs, `vka.bytes` of EZKL, or .hex as it goes on the wire
	#[arg(long, value_name = "FILE")]
	pub(crate) key: PathBuf,
	/// For EZKL: the reference string that the key has to be made for, `srs.json`
	#[arg(long, value_name = "FILE")]
	pub(crate) srs: Option<PathBuf>,
	/// Public inputs the key takes [default: what the file says; for .hex of Groth16, its length]
	#[arg(long, value_name = "N")]
	pub(crate) inputs: Option<u32>,
}

/// A proof with its key and its public inputs, to read.
#[derive(Debug, Args)]
pub(crate) struct ProofFiles {
	/// The key.
	#[command(flatten)]
	pub(crate) key: KeyFile,
	/// The proof: JSON of snarkjs or EZKL, or .hex as it goes on the wire
	#[arg(long, value_name = "FILE")]
	pub(crate) proof: PathBuf,
	/// The public inputs: JSON of snarkjs, or .hex, 32 bytes each [default for EZKL: the proof's file]
	#[arg(long, value_name = "FILE")]
	pub(crate) public: Option<PathBuf>,
}

/// A reference string to write.
#[derive(Debug, Args)]
pub(crate) struct SrsArgs {
	/// What it is made from; whoever knows it, which is everybody, can forge proofs
	#[arg(long, value_name = "SEED", value_parser = read_seed)]
	pub(crate) insecure_seed: String,
	/// For circuits of up to 2^K rows
	#[arg(long, value_name = "K", default_value_t = 17, value_parser = clap::value_parser!(u32).range(1..=22))]
	pub(crate) k: u32,
	/// Where to write it
	#[arg(long, value_name = "FOLDER", default_value = ".")]
	pub(crate) out: PathBuf,
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
	/// EZKL 23.0.5
	Ezkl,
}

fn read_seed(text: &str) -> Result<String, String> {
	let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
	if !(1..=64).contains(&text.len()) || !text.bytes().all(is_plain) {
		return Err("a seed is 1 to 64 of the letters a to z, digits and `-`".into());
	}
	Ok(text.into())
}

fn read_id(text: &str) -> Result<[u8; 32], String> {
	let mut id = [0; 32];
	hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut id)
		.map_err(|error| format!("64 hex digits belong here ({error})"))?;
	Ok(id)
}

#[cfg(test)]
mod tests {
	use crate::args::{Command, Opg, ProofCommand, SystemArg};
	use clap::{error::ErrorKind, Parser};

	fn parsed(line: &str) -> Command {
		Opg::parse_from(line.split_whitespace()).command
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
}
