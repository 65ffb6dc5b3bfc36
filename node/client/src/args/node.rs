//! What is typed to run nodes.

use crate::amount::Amount;
use clap::{Subcommand, ValueEnum};
use opg_primitives::Roles;

const STATUS_HELP: &str = "\
With --json it is a list of objects, or one with NODE: node, owner, worker, roles, status
(active, silent, unbonding or jailed), alive, until (the block from which its bond can be
withdrawn, or it can leave jail), bond, exposed (what of the bond answers and jobs in hand
put at stake; the rest can take on more), score (in thousandths), jobs (carried), most_jobs
(it may carry), last_seen, answered, missed, barred (models it gets no jobs for because it was
wrong about them: model, until), and with NODE models.";

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
	/// Name the key that inputs are sealed with for a registered node, so that `opg infer --seal` can
	SealingKey {
		node: u32,
		/// The node itself, which made the key and keeps it [default: --url]
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

#[cfg(test)]
mod tests {
	use super::{roles, RoleArg};
	use crate::args::{Command, NodeCommand, Opg};
	use clap::Parser;

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
}
