//! What is typed to validate.

use crate::amount::{Amount, Share};
use clap::{Args, Subcommand, ValueEnum};
use subxt::utils::AccountId32;

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

#[cfg(test)]
mod tests {
	use crate::args::{Command, Opg, RewardsArg, ValidatorCommand};
	use clap::Parser;

	fn parsed(line: &str) -> Command {
		Opg::parse_from(line.split_whitespace()).command
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
}
