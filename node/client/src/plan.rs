//! How much a load signs, keeps in the pool and pays for: arithmetic, from what the chain says of its blocks.

use crate::chain::Cost;

/// Blocks whose fill is kept ready: enough for the time it takes to send more.
const READY_BLOCKS: u64 = 3;
/// Bytes kept in the pool: three quarters of what nodes take unless told otherwise.
const POOL_BYTES: u64 = 15 * 1024 * 1024;
/// Blocks to sign for beyond the measured time: the time it begins and ends in.
const SPARE_BLOCKS: u64 = 4;
/// How many times today's fee is set aside: it rises while blocks are full.
const FEE_MARGIN: u128 = 2;
/// The most signed before a load begins; the rest is signed as it goes.
const AHEAD: u64 = 50_000;

/// What the chain says of its blocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Limits {
	/// Picoseconds of a block that ordinary transactions may fill.
	pub(crate) normal: u64,
	/// Picoseconds each of them takes besides its call.
	pub(crate) base: u64,
	/// Milliseconds from block to block.
	pub(crate) block_time: u64,
	/// The least an account may have.
	pub(crate) existential_deposit: u128,
}

/// One transaction of a load.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Sort {
	/// What it costs.
	pub(crate) cost: Cost,
	/// Its length.
	pub(crate) bytes: u64,
	/// What it takes of its sender besides the fee.
	pub(crate) spends: u128,
}

/// How big a load is to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Size {
	/// Seconds it lasts.
	pub(crate) seconds: u64,
	/// Accounts that send.
	pub(crate) accounts: u64,
	/// The most the node's pool is to hold.
	pub(crate) pool: u64,
}

/// What a load needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Plan {
	/// The most that a block takes.
	pub(crate) per_block: u64,
	/// Transactions to keep in the pool that no block has.
	pub(crate) ready: u64,
	/// The most to keep in the pool, which forgets only what is in a final block.
	pub(crate) pool: u64,
	/// The most that can be taken in all.
	pub(crate) total: u64,
	/// Transactions to sign before it begins.
	pub(crate) ahead: u64,
	/// What each account must have.
	pub(crate) funds: u128,
}

impl Plan {
	/// What a load of `size` needs.
	pub(crate) fn new(limits: Limits, sort: Sort, size: Size) -> Self {
		let each = sort.cost.weight.saturating_add(limits.base).max(1);
		let per_block = (limits.normal / each).max(1);
		let by_bytes = POOL_BYTES / sort.bytes.max(1);
		let pool = size.pool.min(by_bytes).max(1);
		let ready = pool.min(per_block.saturating_mul(READY_BLOCKS));
		let milliseconds = size.seconds.saturating_mul(1_000);
		let blocks = milliseconds.div_ceil(limits.block_time.max(1)).saturating_add(SPARE_BLOCKS);
		let total = per_block.saturating_mul(blocks).saturating_add(ready);
		let fee = sort.cost.fee.saturating_mul(FEE_MARGIN);
		let by_each = u128::from(total.div_ceil(size.accounts.max(1)));
		let funds = by_each.saturating_mul(fee.saturating_add(sort.spends));
		let funds = funds.saturating_add(limits.existential_deposit);
		Self { per_block, ready, pool, total, ahead: total.min(AHEAD), funds }
	}
}

#[cfg(test)]
mod tests {
	use super::{Limits, Plan, Size, Sort, AHEAD, POOL_BYTES};
	use crate::chain::Cost;

	const LIMITS: Limits =
		Limits { normal: 1_000_000, base: 100, block_time: 3_000, existential_deposit: 7 };
	const SORT: Sort = Sort { cost: Cost { weight: 900, fee: 10 }, bytes: 150, spends: 0 };
	const SIZE: Size = Size { seconds: 30, accounts: 100, pool: 6_000 };

	#[test]
	fn what_blocks_can_take_in_the_time_is_planned_for() {
		let plan = Plan::new(LIMITS, SORT, SIZE);
		// Ten blocks and four to spare, and what is kept ready.
		assert_eq!((plan.per_block, plan.ready, plan.pool), (1_000, 3_000, 6_000));
		assert_eq!((plan.total, plan.ahead), (17_000, 17_000));
		assert_eq!(plan.funds, 170 * 20 + 7);
	}

	#[test]
	fn the_pool_stays_below_what_was_asked_for_and_what_its_bytes_allow() {
		let small = Plan::new(LIMITS, SORT, Size { pool: 500, ..SIZE });
		assert_eq!((small.ready, small.pool), (500, 500));
		let long = Sort { bytes: 16_384, ..SORT };
		assert_eq!(Plan::new(LIMITS, long, SIZE).pool, POOL_BYTES / 16_384);
	}

	#[test]
	fn what_is_held_is_set_aside_besides_the_fees() {
		let plan = Plan::new(LIMITS, Sort { spends: 1_000, ..SORT }, SIZE);
		assert_eq!(plan.funds, 170 * 1_020 + 7);
	}

	#[test]
	fn a_long_load_is_not_signed_as_a_whole() {
		let plan = Plan::new(LIMITS, SORT, Size { seconds: 600, ..SIZE });
		assert!(plan.total > AHEAD);
		assert_eq!(plan.ahead, AHEAD);
	}

	#[test]
	fn one_account_and_one_transaction_a_block_are_enough() {
		let heavy = Sort { cost: Cost { weight: u64::MAX, fee: 10 }, ..SORT };
		let plan = Plan::new(LIMITS, heavy, Size { accounts: 1, ..SIZE });
		assert_eq!((plan.per_block, plan.ready, plan.total), (1, 3, 17));
	}
}
