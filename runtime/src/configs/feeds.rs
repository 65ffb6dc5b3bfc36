//! Feeds: outside numbers that bonded nodes observe.

use crate::{
	configs::{
		ai::BabeEntropy, economics::ToValidators, origins::ModelCurator, parameters::FeedThresholds,
	},
	constants::{
		currency::{deposit, MICRO_OPG, OPG},
		time::{DAYS, HOURS, MINUTES},
	},
	AccountId, Balance, Balances, BlockNumber, Clock, Nodes, Runtime, RuntimeHoldReason, Timestamp,
};
use frame_support::{
	traits::{ConstU128, ConstU32, ConstU64, EitherOf, Get},
	weights::IdentityFee,
};
use frame_system::EnsureRoot;

/// Blocks for which a committee is drawn: an hour, and two minutes where people develop.
pub struct CommitteeTerm;

impl Get<BlockNumber> for CommitteeTerm {
	fn get() -> BlockNumber {
		Clock::hasten(HOURS).max(2 * MINUTES)
	}
}

impl pallet_feeds::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Observers = Nodes;
	type Entropy = BabeEntropy;
	// Who decides about models decides about what they are fed with.
	type CuratorOrigin = EitherOf<EnsureRoot<AccountId>, ModelCurator>;
	type Upkeep = ToValidators;
	type WeightToFee = IdentityFee<Balance>;
	type Deposit = ConstU128<{ 10 * OPG + deposit(5, 4_096) }>;
	// Its part of the description, the sheet, an open round and the history.
	type KeyDeposit = ConstU128<{ deposit(0, 3_000) }>;
	type MinReward = ConstU128<{ 10 * MICRO_OPG }>;
	type Thresholds = FeedThresholds;
	type TermLength = CommitteeTerm;
	type RetryTime = ConstU32<MINUTES>;
	type MinPeriod = ConstU32<4>;
	type MaxAge = ConstU32<DAYS>;
	type HistoryDepth = ConstU32<256>;
	type MaxFeeds = ConstU32<256>;
	type MaxLooks = ConstU32<8>;
	type Time = Timestamp;
	type SignedAge = ConstU64<60>;
	type WeightInfo = pallet_feeds::weights::UpperBounds<Runtime>;
}
