//! Nomination pools: many small stakes that nominate together, each held in its owner's own account.

use crate::{
	configs::{origins::StakingAdmin, pace::LIVE},
	AccountId, Balance, Balances, DelegatedStaking, Runtime, RuntimeEvent, RuntimeFreezeReason,
	RuntimeHoldReason, Staking, System,
};
use frame_support::{
	parameter_types,
	traits::{ConstU32, ConstU8, EitherOf},
	PalletId,
};
use frame_system::EnsureRoot;
use pallet_nomination_pools::adapter::DelegateStake;
use sp_core::U256;
use sp_runtime::{
	traits::{Convert, UniqueSaturatedInto},
	FixedU128, Perbill,
};

parameter_types! {
	pub const PoolsId: PalletId = PalletId(*b"opg/pool");
	pub const DelegationsId: PalletId = PalletId(*b"opg/dlgt");
	pub const NoReward: Perbill = Perbill::zero();
}

/// Balances as pools multiply them.
pub struct Wide;

impl Convert<Balance, U256> for Wide {
	fn convert(balance: Balance) -> U256 {
		balance.into()
	}
}

impl Convert<U256, Balance> for Wide {
	fn convert(product: U256) -> Balance {
		product.unique_saturated_into()
	}
}

impl pallet_nomination_pools::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type Currency = Balances;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type RewardCounter = FixedU128;
	type PalletId = PoolsId;
	type MaxPointsToBalance = ConstU8<10>;
	type MaxUnbonding = ConstU32<8>;
	type BalanceToU256 = Wide;
	type U256ToBalance = Wide;
	type StakeAdapter = DelegateStake<Self, Staking, DelegatedStaking>;
	// For every era a stake that unbonds may still be slashed in, and four more before pools of eras are merged.
	type MaxUnbondingPools = ConstU32<{ LIVE.bonding_eras + 4 }>;
	type MaxMetadataLen = ConstU32<256>;
	type AdminOrigin = EitherOf<EnsureRoot<AccountId>, StakingAdmin>;
	type BlockNumberProvider = System;
	// Who stakes alone joins no pool, so that no stake is slashed for both.
	type Filter = pallet_staking::AllStakers<Runtime>;
	type WeightInfo = pallet_nomination_pools::weights::SubstrateWeight<Runtime>;
}

impl pallet_delegated_staking::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type PalletId = DelegationsId;
	type Currency = Balances;
	// What is slashed burns, and nobody earns by reporting it.
	type OnSlash = ();
	type SlashRewardFraction = NoReward;
	type RuntimeHoldReason = RuntimeHoldReason;
	type CoreStaking = Staking;
}
