//! Apps: what they cost their owners, how long what they give holds, and which epoch it is.

use crate::{
	configs::{
		ai::LONGEST_LIFE,
		economics::{FeeShares, ToTreasury},
	},
	constants::currency::{deposit, MILLI_OPG},
	Balances, Models, Runtime, RuntimeHoldReason, Usage,
};
use frame_support::{
	parameter_types,
	traits::{ConstU128, ConstU32, Get},
	PalletId,
};

/// The epoch that runs.
pub struct CurrentEpoch;

impl Get<pallet_usage::EpochIndex> for CurrentEpoch {
	fn get() -> pallet_usage::EpochIndex {
		Usage::current_epoch()
	}
}

parameter_types! {
	pub const PurseId: PalletId = PalletId(*b"opg/apps");
}

impl pallet_apps::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Fees = FeeShares;
	type Models = Models;
	type Epoch = CurrentEpoch;
	type RecordFees = ToTreasury;
	type RecordFee = ConstU128<{ 10 * MILLI_OPG }>;
	type Deposit = ConstU128<{ deposit(2, 1_024) }>;
	type MinPrice = ConstU128<{ 100 * MILLI_OPG }>;
	type MaxEpochs = ConstU32<52>;
	type RetirementDelay = ConstU32<LONGEST_LIFE>;
	type PurseId = PurseId;
	type WeightInfo = pallet_apps::weights::UpperBounds<Runtime>;
}
