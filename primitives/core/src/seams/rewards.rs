//! What validators and their nominators can still claim.

use alloc::vec::Vec;
use sp_runtime::Perbill;

/// Staking's own record of the rewards of past eras.
pub trait RewardRecord<AccountId, Balance> {
	/// The era that is ending, whose reward is about to be set, and each validator's part of that reward.
	fn ending_era() -> Option<(u32, Vec<(AccountId, Perbill)>)>;

	/// The reward of an era; nothing once it has left the history.
	fn reward(era: u32) -> Option<Balance>;

	/// At most what can still be claimed of a validator's part of an era's reward, by it and its nominators.
	///
	/// Never rises. Payments are rounded to the nearest unit each, so together they may come to half a unit a payment more.
	fn unclaimed(era: u32, validator: &AccountId, part: Balance) -> Balance;
}
