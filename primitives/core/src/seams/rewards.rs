//! What validators and their nominators can still claim.

/// Staking's own record of the rewards of past eras.
pub trait RewardRecord<Balance> {
	/// The era that is ending, whose reward is about to be set.
	fn ending_era() -> Option<u32>;

	/// At most what can still be claimed of an era's reward; nothing once the era has left the history.
	///
	/// Never rises. Payments are rounded to the nearest unit each, so together they may come to half a unit a payment more.
	fn unclaimed(era: u32) -> Balance;
}
