//! What growth is paid from.

use sp_runtime::DispatchError;

/// The pot growth is paid from.
pub trait GrowthPurse<AccountId, Balance> {
	/// What it can pay.
	fn holds() -> Balance;

	/// Pays an account.
	fn pay(who: &AccountId, amount: Balance) -> Result<(), DispatchError>;
}
