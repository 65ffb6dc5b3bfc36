//! What is typed to be given back a part of what one paid.

use clap::Subcommand;
use subxt::utils::AccountId32;

const SHOW_HELP: &str = "\
Who had a paid answer in an epoch, and in one of the three before it, came back in it. A small part
of what was paid in such an epoch can be claimed once it is over, and for three epochs.

With --json it is one object: epoch (that runs), of_fees (the part given back), of_burn (of what
burnt of them at most), rebates (the most given back in an epoch), rebated (in this one), grants,
granted, pot (what there is for both), open_grants (grant, beneficiary, limit, milestones), account
(null without a key), due (what it can claim now) and seen (the epochs of the last 64 in which it
had a paid answer, oldest first).";

/// Be given back a part of what you paid, and see what growth costs.
#[derive(Debug, Subcommand)]
pub(crate) enum GrowthCommand {
	/// What is given back and granted, and what an account can claim
	#[command(after_long_help = SHOW_HELP)]
	Show {
		/// The account [default: that of the key to sign with]
		account: Option<AccountId32>,
	},
	/// Claim what is due to an account; anybody may, it goes there alone
	Claim {
		/// The account [default: that of the key to sign with]
		account: Option<AccountId32>,
	},
}
