//! The pots through which balance passes on its way to those who earn it.

use frame_support::PalletId;
use sp_runtime::{traits::AccountIdConversion, AccountId32};

/// Accounts without a key that the chain pays into. Endowed at genesis, so a payment never fails for want of an account.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Pot {
	/// What is spent by governance, and what could not be paid elsewhere.
	Treasury,
	/// What validators and their nominators earn, until the era ends.
	Validators,
	/// What storage earns.
	Storage,
	/// What re-runs of answers earn.
	Checks,
	/// What growth earned by use is paid from.
	Growth,
	/// What validators and their nominators were promised when an era ended.
	Rewards,
}

impl Pot {
	/// Every pot.
	pub const ALL: [Self; 6] = [
		Self::Treasury,
		Self::Validators,
		Self::Storage,
		Self::Checks,
		Self::Growth,
		Self::Rewards,
	];

	/// The pot's account.
	pub fn account(self) -> AccountId32 {
		let id = match self {
			Self::Treasury => *b"opg/trsy",
			Self::Validators => *b"opg/vali",
			Self::Storage => *b"opg/stor",
			Self::Checks => *b"opg/chek",
			Self::Growth => *b"opg/grow",
			Self::Rewards => *b"opg/rewd",
		};
		PalletId(id).into_account_truncating()
	}
}
