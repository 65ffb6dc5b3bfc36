//! What is typed to publish models.

use crate::{
	amount::{Amount, Share},
	args::blob::{read_store, StoreArg},
	ports::{read_port, read_tolerance},
	trust::TrustArg,
};
use clap::{Args, Subcommand};
use opg_primitives::Port;
use opg_tensor::NumericProfile;
use std::path::PathBuf;

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
	/// Make the key of a model's circuit again, from its file, its settings and the reference string,
	/// and say whether it is the one its proofs are checked with
	Audit {
		model: u32,
		#[command(flatten)]
		prover: ProverArgs,
		/// Say so on the chain too: governance alone may (on a development chain //Alice by sudo)
		#[arg(long)]
		record: bool,
		/// Have three of the chain's nodes make it, instead of this machine, for a deposit: what they are
		/// not paid of it returns
		#[arg(long, conflicts_with = "record")]
		by_nodes: bool,
	},
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

/// What circuits are set up with.
#[derive(Clone, Debug, Args)]
pub(crate) struct ProverArgs {
	/// The Python that has EZKL; scripts/setup.sh --ezkl puts one there
	#[arg(long, env = "OPG_EZKL", value_name = "PYTHON", default_value = ".opg/ezkl/bin/python")]
	pub(crate) ezkl: PathBuf,
	/// The structured reference string, as EZKL reads it [default: on a development chain the one
	/// that anybody can make]
	#[arg(long, value_name = "FILE")]
	pub(crate) srs: Option<PathBuf>,
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
	/// What the model may be asked under, separated by commas [default: attested,quorum, and proved
	/// with --prove]
	#[arg(long, value_enum, value_delimiter = ',')]
	pub(crate) trust: Vec<TrustArg>,
	/// Let the model be asked under a proof: its circuit is compiled and set up with EZKL, and its
	/// key registered
	#[arg(long, requires = "samples")]
	pub(crate) prove: bool,
	/// Inputs such as the model is going to be asked, as for `opg infer`: the circuit's ranges are
	/// chosen by them
	#[arg(long, value_name = "FILE|JSON")]
	pub(crate) samples: Option<String>,
	/// Bits of fraction of the circuit's numbers: more are more exact, and range less far
	#[arg(long, value_name = "BITS", default_value_t = 13, value_parser = clap::value_parser!(u8).range(1..=20))]
	pub(crate) scale: u8,
	/// The circuit has 2 to this power rows at most
	#[arg(long, value_name = "K", default_value_t = 17, value_parser = clap::value_parser!(u32).range(6..=22))]
	pub(crate) logrows: u32,
	#[command(flatten)]
	pub(crate) prover: ProverArgs,
	/// Further nodes to upload the file to
	#[arg(long, value_name = "URL")]
	pub(crate) store_url: Vec<String>,
	/// Where to put the file: node, ipfs, ipfs=URL or embedded=FOLDER; nodes fetch it from there (opg-node --store,
	/// --store-path)
	#[arg(long, value_name = "STORE", default_value = "node", value_parser = read_store, conflicts_with = "store_url")]
	pub(crate) store: StoreArg,
}

#[cfg(test)]
mod tests {
	use crate::{
		args::{Command, ModelCommand, Opg},
		trust::TrustArg,
	};
	use clap::{error::ErrorKind, Parser};

	fn parsed(line: &str) -> Command {
		Opg::parse_from(line.split_whitespace()).command
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
	fn to_be_proved_a_model_needs_samples() {
		let line = "opg model publish m --name m --price 1 --prove";
		let error = Opg::try_parse_from(line.split_whitespace()).unwrap_err();
		assert_eq!(error.kind(), ErrorKind::MissingRequiredArgument);
		assert!(error.to_string().contains("--samples"), "{error}");
		let line = format!("{line} --samples rows.jsonl");
		assert!(Opg::try_parse_from(line.split_whitespace()).is_ok());
	}

	#[test]
	fn a_key_is_made_again_here_or_by_nodes() {
		let line = "opg model audit 1 --by-nodes";
		let audit = parsed(line);
		let by_nodes = matches!(audit, Command::Model(ModelCommand::Audit { by_nodes: true, .. }));
		assert!(by_nodes);
		let line = format!("{line} --record");
		let error = Opg::try_parse_from(line.split_whitespace()).unwrap_err();
		assert_eq!(error.kind(), ErrorKind::ArgumentConflict);
	}

	#[test]
	fn exact_and_tolerance_exclude_each_other() {
		let line = "opg model publish m --name m --price 1 --exact --tolerance abs=1";
		let error = Opg::try_parse_from(line.split_whitespace()).unwrap_err();
		assert_eq!(error.kind(), ErrorKind::ArgumentConflict);
	}

	#[test]
	fn the_trust_a_model_is_asked_under_may_be_named() {
		let trust = |line| match parsed(line) {
			Command::Model(ModelCommand::Publish(args)) => args.trust,
			_ => panic!("another command"),
		};
		let line = "opg model publish m --name m --price 1";
		assert_eq!(trust(line), []);
		assert_eq!(trust(&format!("{line} --trust quorum")), [TrustArg::Quorum]);
	}
}
