//! Staking of validators, elected on chain.

use crate::{
	AccountId, Balance, Balances, Runtime, RuntimeEvent, RuntimeHoldReason, Session, Staking,
	Timestamp,
};
use frame_election_provider_support::{
	bounds::{ElectionBounds, ElectionBoundsBuilder},
	onchain::{self, OnChainExecution},
	SequentialPhragmen,
};
use frame_support::{
	parameter_types,
	traits::{ConstBool, ConstU32, Nothing},
};
use frame_system::EnsureRoot;
use sp_runtime::Perbill;
use sp_staking::{currency_to_vote::U128CurrencyToVote, EraIndex, SessionIndex};

/// Sessions of an era.
pub const SESSIONS_PER_ERA: SessionIndex = 6;
/// Eras for which an unbonding stake may still be slashed.
pub const BONDING_ERAS: EraIndex = 28;
/// Nominators one offence may slash, for its weight.
pub const MAX_NOMINATORS_SLASHED: u32 = 512;

const MAX_VALIDATORS: u32 = 200;
const MAX_VOTERS: u32 = 5_000;
const MAX_NOMINATIONS: u32 = 16;

parameter_types! {
	pub const SessionsPerEra: SessionIndex = SESSIONS_PER_ERA;
	pub const BondingDuration: EraIndex = BONDING_ERAS;
	pub const SlashDeferDuration: EraIndex = BONDING_ERAS - 1;
	pub const HistoryDepth: u32 = 84;
	pub ElectionLimits: ElectionBounds = ElectionBoundsBuilder::default()
		.voters_count(MAX_VOTERS.into())
		.targets_count(MAX_VALIDATORS.into())
		.build();
}

/// The election of validators, in one block.
pub struct OnChainElection;

impl onchain::Config for OnChainElection {
	type Sort = ConstBool<true>;
	type System = Runtime;
	type Solver = SequentialPhragmen<AccountId, Perbill>;
	type MaxBackersPerWinner = ConstU32<MAX_VOTERS>;
	type MaxWinnersPerPage = ConstU32<MAX_VALIDATORS>;
	type DataProvider = Staking;
	type Bounds = ElectionLimits;
	type WeightInfo = frame_election_provider_support::weights::SubstrateWeight<Runtime>;
}

/// How large benchmarked elections are.
pub struct BenchmarkLimits;

impl pallet_staking::BenchmarkingConfig for BenchmarkLimits {
	type MaxValidators = ConstU32<MAX_VALIDATORS>;
	type MaxNominators = ConstU32<MAX_VOTERS>;
}

impl pallet_staking::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeHoldReason = RuntimeHoldReason;
	type OldCurrency = Balances;
	type Currency = Balances;
	type CurrencyBalance = Balance;
	type CurrencyToVote = U128CurrencyToVote;
	type UnixTime = Timestamp;
	type ElectionProvider = OnChainExecution<OnChainElection>;
	type GenesisElectionProvider = OnChainExecution<OnChainElection>;
	type NominationsQuota = pallet_staking::FixedNominationsQuota<MAX_NOMINATIONS>;
	type HistoryDepth = HistoryDepth;
	// Nothing mints: no era pays until rewards come from a pot.
	type EraPayout = ();
	type RewardRemainder = ();
	type Reward = ();
	// What is slashed burns, so nobody earns by accusing.
	type Slash = ();
	type SessionsPerEra = SessionsPerEra;
	type BondingDuration = BondingDuration;
	type SlashDeferDuration = SlashDeferDuration;
	type AdminOrigin = EnsureRoot<AccountId>;
	type SessionInterface = Self;
	type NextNewSession = Session;
	type MaxExposurePageSize = ConstU32<512>;
	type MaxValidatorSet = ConstU32<MAX_VALIDATORS>;
	type VoterList = pallet_staking::UseNominatorsAndValidatorsMap<Self>;
	type TargetList = pallet_staking::UseValidatorsMap<Self>;
	type MaxUnlockingChunks = ConstU32<32>;
	type MaxControllersInDeprecationBatch = ConstU32<100>;
	type EventListeners = ();
	type Filter = Nothing;
	type BenchmarkingConfig = BenchmarkLimits;
	type WeightInfo = pallet_staking::weights::SubstrateWeight<Runtime>;
}
