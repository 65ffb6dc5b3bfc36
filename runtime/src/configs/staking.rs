//! Staking of validators, elected on chain.

use crate::{
	constants::currency::{EXISTENTIAL_DEPOSIT, POT_ENDOWMENT},
	AccountId, Balance, Balances, Economics, Runtime, RuntimeEvent, RuntimeHoldReason, Session,
	Staking, Timestamp,
};
use codec::{Compact, Decode};
use frame_election_provider_support::{
	bounds::{ElectionBounds, ElectionBoundsBuilder},
	onchain::{self, OnChainExecution},
	SequentialPhragmen,
};
use frame_support::{
	parameter_types,
	storage::unhashed,
	traits::{ConstBool, ConstU32, Nothing},
};
use frame_system::EnsureRoot;
use opg_primitives::seams::RewardRecord;
use pallet_staking::{
	ActiveEra, ClaimedRewards, CurrentEra, ErasRewardPoints, ErasStakersOverview, ErasStakersPaged,
	ErasValidatorReward,
};
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, Perbill, Rounding};
use sp_staking::{currency_to_vote::U128CurrencyToVote, EraIndex, SessionIndex};

/// Sessions of an era.
pub const SESSIONS_PER_ERA: SessionIndex = 6;
/// Eras for which an unbonding stake may still be slashed.
pub const BONDING_ERAS: EraIndex = 28;
/// Eras for which rewards can be claimed.
pub const HISTORY_DEPTH: EraIndex = 84;
/// Nominators one offence may slash, for its weight.
pub const MAX_NOMINATORS_SLASHED: u32 = 512;

const MAX_VALIDATORS: u32 = 200;
const MAX_VOTERS: u32 = 5_000;
const MAX_NOMINATIONS: u32 = 16;

/// How often staking rounds to the nearest unit in the rewards of an era, at most: once a nomination, once a page, of which
/// there are no more than nominations and validators, and twice a validator.
const MAX_ROUNDINGS: u32 = 2 * MAX_VOTERS * MAX_NOMINATIONS + 3 * MAX_VALIDATORS;

// Half a unit each, in all eras that can be claimed at once: within what the pot for rewards has beside what was promised.
const _: () = assert!(
	MAX_ROUNDINGS as Balance * (HISTORY_DEPTH + 2) as Balance / 2
		< POT_ENDOWMENT - EXISTENTIAL_DEPOSIT
);

parameter_types! {
	pub const SessionsPerEra: SessionIndex = SESSIONS_PER_ERA;
	pub const BondingDuration: EraIndex = BONDING_ERAS;
	pub const SlashDeferDuration: EraIndex = BONDING_ERAS - 1;
	pub const HistoryDepth: EraIndex = HISTORY_DEPTH;
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

/// What can still be claimed, by staking's own record.
pub struct RewardHistory;

impl RewardRecord<Balance> for RewardHistory {
	fn ending_era() -> Option<EraIndex> {
		ActiveEra::<Runtime>::get().map(|era| era.index)
	}

	fn unclaimed(era: EraIndex) -> Balance {
		let current = CurrentEra::<Runtime>::get().unwrap_or_default();
		if era < current.saturating_sub(HISTORY_DEPTH) {
			return 0;
		}
		let Some(reward) = ErasValidatorReward::<Runtime>::get(era) else { return 0 };
		let points = ErasRewardPoints::<Runtime>::get(era);
		let parts = points.individual.iter().map(|(validator, own)| {
			// As staking computes it.
			let part = Perbill::from_rational(*own, points.total) * reward;
			unclaimed_by(validator, era, part)
		});
		parts.fold(0, |sum: Balance, part| sum.saturating_add(part))
	}
}

/// What can still be claimed of a validator's part of an era's reward, by it and its nominators.
fn unclaimed_by(validator: &AccountId, era: EraIndex, part: Balance) -> Balance {
	let claimed = ClaimedRewards::<Runtime>::get(era, validator);
	if claimed.is_empty() {
		return part;
	}
	let Some(exposure) = ErasStakersOverview::<Runtime>::get(era, validator) else { return 0 };
	// The first page pays the validator's own stake, even if nobody nominates.
	let open = (0..exposure.page_count.max(1)).filter(|page| !claimed.contains(page));
	let stake = open.map(|page| {
		let own = if page == 0 { exposure.own } else { 0 };
		nominated(validator, era, page).saturating_add(own)
	});
	let stake = stake.fold(0, |sum: Balance, stake| sum.saturating_add(stake));
	// Without a stake nothing is paid.
	multiply_by_rational_with_rounding(part, stake, exposure.total, Rounding::Up)
		.unwrap_or_default()
}

/// What the nominators of a page have at stake. It is the first field of a page: they themselves need not be decoded.
fn nominated(validator: &AccountId, era: EraIndex, page: u32) -> Balance {
	let key = ErasStakersPaged::<Runtime>::hashed_key_for((era, validator, page));
	let page = unhashed::get_raw(&key).unwrap_or_default();
	Compact::<Balance>::decode(&mut page.as_slice()).map_or(0, |total| total.0)
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
	// Nothing mints: what an era pays was moved into a pot when it ended, and is settled from there.
	type EraPayout = Economics;
	type RewardRemainder = ();
	type Reward = Economics;
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
