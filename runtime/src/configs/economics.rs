//! Money: balances, transaction fees, the supply in its pots, and where what is paid goes.

use crate::{
	configs::{
		origins::Treasurer,
		pace::Term,
		sponsors::FromSignerOrApp,
		staking::{RewardHistory, HISTORY_DEPTH, MAX_VALIDATORS},
	},
	constants::{
		currency::{EXISTENTIAL_DEPOSIT, POT_ENDOWMENT, SUPPLY, TRANSACTION_BYTE_FEE},
		fee_shares,
		time::{DAYS, HOURS},
	},
	AccountId, Authorship, Balance, Balances, Economics, Runtime, RuntimeEvent,
	RuntimeFreezeReason, RuntimeHoldReason, Storage, System, Timestamp,
};
use frame_support::{
	parameter_types,
	traits::{
		fungible::{Balanced, Credit},
		ConstU128, ConstU32, ConstU8, EitherOf, OnUnbalanced, VariantCountOf,
	},
	weights::{ConstantMultiplier, IdentityFee},
};
use frame_system::EnsureRoot;
use pallet_economics::Shares;
use pallet_transaction_payment::{Multiplier, TargetedFeeAdjustment};
use sp_runtime::{
	traits::{Bounded, One},
	FixedPointNumber, Permill, Perquintill,
};

pub use pallet_economics::{Bucket, Pot};

/// Balance on its way from one account to another.
pub type BalanceCredit = Credit<AccountId, Balances>;

/// Pays what it receives into the treasury.
pub struct ToTreasury;

impl OnUnbalanced<BalanceCredit> for ToTreasury {
	fn on_nonzero_unbalanced(credit: BalanceCredit) {
		Economics::credit(Pot::Treasury, credit);
	}
}

/// Pays what it receives to validators, who do the work transactions and upkeep pay for.
pub struct ToValidators;

impl OnUnbalanced<BalanceCredit> for ToValidators {
	fn on_nonzero_unbalanced(credit: BalanceCredit) {
		Economics::credit(Pot::Validators, credit);
	}
}

/// Pays what it receives to the block's author.
pub struct ToAuthor;

impl OnUnbalanced<BalanceCredit> for ToAuthor {
	fn on_nonzero_unbalanced(credit: BalanceCredit) {
		let unpaid = match Authorship::author() {
			Some(author) => Balances::resolve(&author, credit).err(),
			None => Some(credit),
		};
		if let Some(credit) = unpaid {
			Economics::credit(Pot::Treasury, credit);
		}
	}
}

/// Transaction fees go to validators, tips to the block's author.
pub struct TransactionFees;

impl OnUnbalanced<BalanceCredit> for TransactionFees {
	fn on_unbalanceds(mut fees_then_tips: impl Iterator<Item = BalanceCredit>) {
		if let Some(fees) = fees_then_tips.next() {
			ToValidators::on_unbalanced(fees);
		}
		if let Some(tips) = fees_then_tips.next() {
			ToAuthor::on_unbalanced(tips);
		}
	}

	fn on_nonzero_unbalanced(fees: BalanceCredit) {
		ToValidators::on_unbalanced(fees);
	}
}

impl pallet_balances::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeHoldReason = RuntimeHoldReason;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type Balance = Balance;
	type DustRemoval = ToTreasury;
	type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
	type AccountStore = System;
	type ReserveIdentifier = [u8; 8];
	type FreezeIdentifier = RuntimeFreezeReason;
	type MaxLocks = ConstU32<50>;
	type MaxReserves = ConstU32<50>;
	type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
	type DoneSlashHandler = ();
	type WeightInfo = pallet_balances::weights::SubstrateWeight<Runtime>;
}

parameter_types! {
	pub const TargetBlockFullness: Perquintill = Perquintill::from_percent(25);
	pub AdjustmentVariable: Multiplier = Multiplier::saturating_from_rational(75, 1_000_000);
	pub MinimumMultiplier: Multiplier = Multiplier::one();
	pub MaximumMultiplier: Multiplier = Bounded::max_value();
}

impl pallet_transaction_payment::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type OnChargeTransaction = FromSignerOrApp;
	type OperationalFeeMultiplier = ConstU8<5>;
	// A picosecond of execution costs a unit: a millisecond about a thousandth of an OPG.
	type WeightToFee = IdentityFee<Balance>;
	type LengthToFee = ConstantMultiplier<Balance, ConstU128<TRANSACTION_BYTE_FEE>>;
	type FeeMultiplierUpdate = TargetedFeeAdjustment<
		Self,
		TargetBlockFullness,
		AdjustmentVariable,
		MinimumMultiplier,
		MaximumMultiplier,
	>;
	type WeightInfo = pallet_transaction_payment::weights::SubstrateWeight<Runtime>;
}

impl pallet_skip_feeless_payment::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
}

/// Splits the fee of an answer.
pub type FeeShares = Economics;

/// Pays for re-runs of answers.
pub type CheckPot = Economics;

const fn percent(share: u32) -> Permill {
	Permill::from_parts(share * 10_000)
}

parameter_types! {
	pub const InitialShares: Shares = Shares {
		node: percent(fee_shares::NODE),
		checks: percent(fee_shares::CHECKS),
		validators: percent(fee_shares::VALIDATORS),
		storage: percent(fee_shares::STORAGE),
		model_owner: percent(fee_shares::MODEL_OWNER),
		burn: percent(fee_shares::BURN),
		treasury: percent(fee_shares::TREASURY),
		growth: percent(fee_shares::GROWTH),
	};
}

impl pallet_economics::Config for Runtime {
	type Currency = Balances;
	type Time = Timestamp;
	type Stakers = RewardHistory;
	type Files = Storage;
	type GovernanceOrigin = EitherOf<EnsureRoot<AccountId>, Treasurer>;
	type Supply = ConstU128<SUPPLY>;
	type Endowment = ConstU128<POT_ENDOWMENT>;
	type InitialShares = InitialShares;
	type StreamPeriod = ConstU32<HOURS>;
	// The eras that staking keeps, the one that ends, and the one planned after it.
	type MaxPromises = ConstU32<{ HISTORY_DEPTH + 2 }>;
	type MaxValidators = ConstU32<MAX_VALIDATORS>;
	type WeightInfo = pallet_economics::weights::UpperBounds<Runtime>;
}

impl pallet_usage::Config for Runtime {
	type EpochLength = Term<{ 7 * DAYS }>;
	type Epochs = ConstU32<64>;
	type ScopeEpochs = ConstU32<16>;
	type MaxScopes = ConstU32<65_536>;
	type WeightInfo = pallet_usage::weights::UpperBounds<Runtime>;
}
