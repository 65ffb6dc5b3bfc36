//! What is typed to run an app, and to get access to one.

use crate::amount::Amount;
use clap::{Args, Subcommand};
use subxt::utils::AccountId32;

const SHOW_HELP: &str = "\
With --json it is one object: app, name, owner, status (active or retired), retired_at (if it
is), deposit, offers (price, epochs, quota, is_transferable), purse (the account it pays from),
in_purse (what that can spare), spendable (what it can pay for requests now), sponsors (null, or
models, nodes, cap, spent in this epoch, covers_passes), over_in (the first epoch in which nothing
it gave holds any more) and epoch (that runs).";

const ACCESS_HELP: &str = "\
One call of the runtime's API (AppsApi_access) says what holds now.

With --json it is one object: app, account, epoch (that runs), pass (null, or left, over_in,
is_transferable), credit (null, or left, over_in) and footings: how the account may ask through
the app now, as `opg infer --app` takes it: APP, APP:pass, APP:sponsored-pass, APP:credit.";

/// Sell access to an app, pay for its users, or buy a pass.
#[derive(Debug, Subcommand)]
pub(crate) enum AppCommand {
	/// Register an app, for a deposit
	Register {
		/// What people call it
		name: String,
	},
	/// The registered apps
	List,
	/// One app in full
	#[command(after_long_help = SHOW_HELP)]
	Show { app: u32 },
	/// Whether an account has a pass or a credit, and how it may ask
	#[command(after_long_help = ACCESS_HELP)]
	Access {
		app: u32,
		/// The account [default: that of the key to sign with]
		account: Option<AccountId32>,
	},
	/// Offer another pass for sale
	Sell(SellArgs),
	/// Take an offer back; passes that were sold hold on
	StopSelling {
		app: u32,
		/// The offer's number, as `opg app show` has it
		offer: usize,
	},
	/// Buy a pass; what is left of one you have is added
	Buy {
		app: u32,
		/// The offer's number, as `opg app show` has it [default: the only one]
		offer: Option<usize>,
		/// Pay no more than this, should the offer have changed
		#[arg(long, value_name = "AMOUNT")]
		max_price: Option<Amount>,
	},
	/// Give somebody a pass, for a small fee
	Grant {
		app: u32,
		/// Who gets it
		account: AccountId32,
		/// What it gives
		#[command(flatten)]
		terms: TermsArgs,
	},
	/// Pass your pass on to somebody who has none
	Transfer {
		app: u32,
		/// Who gets it
		account: AccountId32,
	},
	/// Say what the app pays for from its purse from now on
	Sponsor(SponsorArgs),
	/// Pay for nothing from now on
	StopSponsoring { app: u32 },
	/// Name somebody for whom the app pays, for a small fee; an earlier credit is forgotten
	Credit(CreditArgs),
	/// Send OPG to the app's purse; anybody may
	Fund { app: u32, amount: Amount },
	/// Take OPG out of the app's purse
	Withdraw { app: u32, amount: Amount },
	/// Give and sell nothing any more; what was given and sold holds on
	Retire { app: u32 },
	/// Take a retired app's record away, some time after, and its deposit and purse back
	Remove { app: u32 },
}

/// A pass to sell.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct SellArgs {
	pub(crate) app: u32,
	/// What it costs, such as 5OPG
	#[arg(long)]
	pub(crate) price: Amount,
	/// What it gives.
	#[command(flatten)]
	pub(crate) terms: TermsArgs,
}

/// What a pass gives.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct TermsArgs {
	/// Epochs for which it holds, the one that runs included
	#[arg(long, value_name = "N")]
	pub(crate) epochs: u32,
	/// Requests that may be made on it
	#[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
	pub(crate) quota: u32,
	/// Its holder may pass it on
	#[arg(long)]
	pub(crate) transferable: bool,
}

/// What an app pays for.
#[derive(Clone, Debug, Args)]
pub(crate) struct SponsorArgs {
	pub(crate) app: u32,
	/// Requests to these models only, separated by commas
	#[arg(long, value_name = "ID", value_delimiter = ',', required = true)]
	pub(crate) models: Vec<u32>,
	/// Only by these nodes, separated by commas; then no quorum is paid for [default: any node]
	#[arg(long, value_name = "ID", value_delimiter = ',')]
	pub(crate) nodes: Vec<u32>,
	/// The most it pays in an epoch, such as 10OPG
	#[arg(long, value_name = "AMOUNT")]
	pub(crate) cap: Amount,
	/// Pay for holders of passes too, not only for those with a credit
	#[arg(long)]
	pub(crate) passes: bool,
}

/// Somebody to pay for.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct CreditArgs {
	pub(crate) app: u32,
	/// Who
	pub(crate) account: AccountId32,
	/// What they may spend of the purse, such as 1OPG
	#[arg(long)]
	pub(crate) amount: Amount,
	/// Epochs for which it holds, the one that runs included
	#[arg(long, value_name = "N")]
	pub(crate) epochs: u32,
	/// What the purse sends them at once, so that a new account exists
	#[arg(long, value_name = "AMOUNT", default_value = "0")]
	pub(crate) endowment: Amount,
}

#[cfg(test)]
mod tests {
	use crate::args::{AppCommand, Command, Opg};
	use clap::{error::ErrorKind, Parser};

	const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

	fn parsed(line: &str) -> Result<AppCommand, clap::Error> {
		let line = line.replace("ALICE", ALICE);
		match Opg::try_parse_from(line.split_whitespace())?.command {
			Command::App(command) => Ok(command),
			_ => panic!("another command"),
		}
	}

	#[test]
	fn a_pass_says_how_long_and_for_how_many_requests_it_holds() {
		let Ok(AppCommand::Sell(args)) = parsed("opg app sell 3 --price 5OPG --epochs 4 --quota 9")
		else {
			panic!("another command")
		};
		assert_eq!((args.app, args.terms.epochs, args.terms.quota), (3, 4, 9));
		assert!(!args.terms.transferable);
		let error = parsed("opg app sell 3 --price 5OPG --epochs 4").unwrap_err();
		assert_eq!(error.kind(), ErrorKind::MissingRequiredArgument);
		assert!(parsed("opg app sell 3 --price 5OPG --epochs 4 --quota 0").is_err());
		assert!(parsed("opg app grant 3 ALICE --epochs 1 --quota 1 --transferable").is_ok());
	}

	#[test]
	fn an_app_pays_for_models_it_names_up_to_a_cap() {
		let Ok(AppCommand::Sponsor(args)) =
			parsed("opg app sponsor 3 --models 0,1 --nodes 7 --cap 10OPG --passes")
		else {
			panic!("another command")
		};
		assert_eq!((args.models, args.nodes), (vec![0, 1], vec![7]));
		assert!(args.passes);
		for missing in ["opg app sponsor 3 --cap 1OPG", "opg app sponsor 3 --models 0"] {
			let error = parsed(missing).unwrap_err();
			assert_eq!(error.kind(), ErrorKind::MissingRequiredArgument, "{missing}");
		}
	}

	#[test]
	fn a_credit_sends_nothing_unless_told() {
		let Ok(AppCommand::Credit(args)) =
			parsed("opg app credit 3 ALICE --amount 1OPG --epochs 2")
		else {
			panic!("another command")
		};
		assert_eq!((args.endowment.0, args.epochs), (0, 2));
		assert!(parsed("opg app credit 3 bob --amount 1OPG --epochs 2").is_err());
	}
}
