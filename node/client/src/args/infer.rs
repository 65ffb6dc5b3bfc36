//! What is typed to ask a model.

use crate::{amount::Amount, footing::read_app, trust::read_trust};
use clap::Args;
use opg_primitives::{AppUse, ClientKey, TrustMode};
use std::path::PathBuf;

pub(super) const INFER_HELP: &str = "\
Progress and remarks go to stderr, answers to stdout or --out.

With --json, and for every line of a .jsonl file, an answer is one object:
  request  its number; missing if it was never made
  state    settled, failed, expired, cancelled, gone or refused; how it stands if it is late
  output   the tensors by name, if it settled
  fee      what was charged, such as \"0.01 OPG\"
  node     who answered, if that was one node
  nodes    all who answered
  blocks   from the request to its end
  proof    if it was proved: its bytes, what it showed (statement), the seconds a node took
           (seconds, as seen from here) and what checking it weighed (weight_ms)
  proved_later  if it was proved by somebody since (see opg request prove --help)
  fault    if it failed: looped, out-of-memory, output-too-long, output-mismatch,
           input-mismatch, crashed, refused, unavailable or unprovable
  error    why there is no output, and what to do

Exit codes: 0 every request settled, 1 something failed before, 2 the command was
mistyped, 3 a request did not settle, 4 as 3, but each of those failed: several nodes
found that the model has no answer to it, all but a base fee was returned, and asking
again as before would fail again.";

/// What to ask and how.
#[derive(Debug, Args)]
pub(crate) struct InferArgs {
	/// The model's number
	pub(crate) model: u32,
	/// JSON, a file of JSON, or a .jsonl file with one request a line
	#[arg(long, value_name = "FILE|JSON")]
	pub(crate) input: String,
	/// What makes the answer believable: attested (one bonded node answers), quorum:KofN (N nodes
	/// answer without seeing each other's answers and K agree; N from 3 to 7, K more than half of
	/// N) or proved (one node answers with a proof that the chain checks)
	#[arg(long, value_name = "TRUST", default_value = "attested", value_parser = read_trust)]
	pub(crate) trust: TrustMode,
	/// The most to pay for each answer [default: what it costs now, for each node asked; see
	/// `opg estimate`]
	#[arg(long, value_name = "AMOUNT")]
	pub(crate) max_fee: Option<Amount>,
	/// Blocks within which the answer must come [default: 40, for a quorum or a proof 120]
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
	/// Encrypt the input for the nodes that serve the model now, so that nobody else reads it where
	/// it lies; the answer is public as ever
	#[arg(long)]
	pub(crate) seal: bool,
	/// Further nodes to upload an input to that is too long for a request, or sealed
	#[arg(long, value_name = "URL")]
	pub(crate) store_url: Vec<String>,
}

fn read_client_key(text: &str) -> Result<ClientKey, String> {
	let mut key = ClientKey::default();
	hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut key)
		.map_err(|error| format!("a client key is 32 hex digits ({error})"))?;
	Ok(key)
}

#[cfg(test)]
mod tests {
	use crate::args::{Command, Opg};
	use clap::{error::ErrorKind, Parser};
	use opg_primitives::TrustMode;

	fn parsed(line: &str) -> Command {
		Opg::parse_from(line.split_whitespace()).command
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
	fn a_client_key_is_sixteen_bytes() {
		let with = |key: &str| {
			Opg::try_parse_from(["opg", "infer", "0", "--input", "{}", "--client-key", key])
		};
		assert!(with(&"ab".repeat(16)).is_ok());
		assert!(with(&format!("0x{}", "ab".repeat(16))).is_ok());
		assert!(with("ab").is_err());
	}
}
