//! Workflows: models run on feeds by schedule.

use crate::{
	constants::{
		currency::{deposit, OPG},
		time::MINUTES,
	},
	Balances, Feeds, Inference, Models, Runtime, RuntimeHoldReason,
};
use frame_support::{
	parameter_types,
	traits::{ConstU128, ConstU32},
	weights::Weight,
	PalletId,
};
use pallet_inference::{deadline::MOST_SEARCHED, WeightInfo as _};

parameter_types! {
	pub const Purses: PalletId = PalletId(*b"opg/wflw");
	pub AskWeight: Weight =
		pallet_inference::weights::UpperBounds::<Runtime>::request(MOST_SEARCHED, false);
}

impl pallet_workflows::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Models = Models;
	type Feeds = Feeds;
	type Desk = Inference;
	type AskWeight = AskWeight;
	type PalletId = Purses;
	// Sixteen results of up to 10 kB.
	type Deposit = ConstU128<{ 10 * OPG + deposit(18, 160_000) }>;
	type MinEvery = ConstU32<MINUTES>;
	type LookTime = ConstU32<4>;
	type HistoryDepth = ConstU32<16>;
	type MaxWorkflows = ConstU32<256>;
	type MaxLooks = ConstU32<8>;
	type WeightInfo = pallet_workflows::weights::UpperBounds<Runtime>;
}
