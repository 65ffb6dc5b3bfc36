//! Numbers of the chain: money, time, deposits.

/// Money. One OPG is 10¹² units.
pub mod currency {
	use crate::Balance;

	/// One OPG.
	pub const OPG: Balance = 1_000_000_000_000;
	/// A thousandth of an OPG.
	pub const MILLI_OPG: Balance = OPG / 1_000;
	/// A millionth of an OPG.
	pub const MICRO_OPG: Balance = OPG / 1_000_000;
	/// Everything that was ever minted, at genesis.
	pub const SUPPLY: Balance = 1_000_000_000 * OPG;
	/// The least an account may have.
	pub const EXISTENTIAL_DEPOSIT: Balance = MILLI_OPG;
	/// What each pot starts with, so that it exists.
	pub const POT_ENDOWMENT: Balance = OPG;
	/// What one byte of a transaction costs.
	pub const TRANSACTION_BYTE_FEE: Balance = MICRO_OPG;

	/// The deposit for `items` entries of together `bytes` bytes of state.
	pub const fn deposit(items: u32, bytes: u32) -> Balance {
		items as Balance * 100 * MILLI_OPG + bytes as Balance * MILLI_OPG
	}
}

/// Time.
pub mod time {
	use crate::BlockNumber;

	/// Milliseconds between two slots.
	pub const SLOT_DURATION: u64 = 3_000;
	/// Blocks in a minute.
	pub const MINUTES: BlockNumber = 60_000 / (SLOT_DURATION as BlockNumber);
	/// Blocks in an hour.
	pub const HOURS: BlockNumber = 60 * MINUTES;
	/// Blocks in a day.
	pub const DAYS: BlockNumber = 24 * HOURS;
	/// Slots of an epoch, which is a session, on a live network. Can never change on a running chain: BABE would stop.
	pub const EPOCH_SLOTS: BlockNumber = 10 * MINUTES;
	/// How often a slot has a primary author by chance: one in four.
	pub const PRIMARY_PROBABILITY: (u64, u64) = (1, 4);
}

/// Blocks.
pub mod block {
	use frame_support::weights::{constants::WEIGHT_REF_TIME_PER_SECOND, Weight};
	use sp_runtime::Perbill;

	/// What executing one block may take: two of its three seconds.
	pub const MAX_WEIGHT: Weight = Weight::from_parts(2 * WEIGHT_REF_TIME_PER_SECOND, u64::MAX);
	/// The part ordinary transactions may fill.
	pub const NORMAL_RATIO: Perbill = Perbill::from_percent(45);
	/// The part deadlines and draws may fill. What they and ordinary transactions leave is there for answers and heartbeats, however
	/// full a block is; decision 24.
	pub const DEADLINES_RATIO: Perbill = Perbill::from_percent(40);
	/// Bytes of a block.
	pub const MAX_LENGTH: u32 = 8 * 1024 * 1024;
}

/// How a fee for an answer is split until governance decides otherwise, in percent; the node takes what rounding leaves.
pub mod fee_shares {
	/// Who answered.
	pub const NODE: u32 = 66;
	/// Re-runs of answers drawn by chance.
	pub const CHECKS: u32 = 4;
	/// Validators and their nominators.
	pub const VALIDATORS: u32 = 8;
	/// Who keeps the files.
	pub const STORAGE: u32 = 5;
	/// Who published the model.
	pub const MODEL_OWNER: u32 = 5;
	/// Nobody ever again.
	pub const BURN: u32 = 5;
	/// The treasury.
	pub const TREASURY: u32 = 4;
	/// Growth earned by use.
	pub const GROWTH: u32 = 3;
}
