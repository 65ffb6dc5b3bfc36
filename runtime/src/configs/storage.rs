//! Files kept for pay.

use crate::{
	configs::{ai::BabeEntropy, pace::Term},
	constants::{
		currency::{deposit, MICRO_OPG},
		time::HOURS,
	},
	Balances, Economics, Models, Nodes, Runtime, RuntimeHoldReason,
};
use frame_support::traits::{ConstU128, ConstU32};

impl pallet_storage::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Nodes = Nodes;
	type Models = Models;
	type Purse = Economics;
	type Entropy = BabeEntropy;
	type Period = Term<{ 12 * HOURS }>;
	// Time enough for a transaction, and little for fetching the file from elsewhere.
	type ShowTime = ConstU32<8>;
	type MaxMisses = ConstU32<4>;
	// A fortnight's pay.
	type BondPeriods = ConstU32<28>;
	type MinBond = ConstU128<{ deposit(2, 128) }>;
	type Deposit = ConstU128<{ deposit(1, 200) }>;
	type MinPrice = ConstU128<{ 10 * MICRO_OPG }>;
	// Two years.
	type MaxPeriods = ConstU32<1_460>;
	type MaxShowings = ConstU32<64>;
	type WeightInfo = pallet_storage::weights::UpperBounds<Runtime>;
}
