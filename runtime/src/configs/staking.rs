//! Staking of validators and those who nominate them.

use crate::{
	configs::{
		elections::{Election, GenesisElection},
		origins::StakingAdmin,
		pace::{BondingDuration, SessionsPerEra, SlashDeferDuration},
	},
	constants::currency::{EXISTENTIAL_DEPOSIT, POT_ENDOWMENT},
	AccountId, Balance, Balances, DelegatedStaking, Economics, NominationPools, Runtime,
	RuntimeEvent, RuntimeHoldReason, Session, Timestamp, VoterList,
};
use alloc::vec::Vec;
use codec::{Compact, Decode};
use frame_support::{
	parameter_types,
	storage::unhashed,
	traits::{ConstU32, EitherOf},
};
use frame_system::EnsureRoot;
use opg_primitives::seams::RewardRecord;
use pallet_staking::{
	ActiveEra, ClaimedRewards, CurrentEra, EraRewardPoints, ErasRewardPoints, ErasStakersOverview,
	ErasStakersPaged, ErasValidatorReward,
};
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, Perbill, Rounding};
use sp_staking::{currency_to_vote::U128CurrencyToVote, EraIndex};

/// Eras for which rewards can be claimed.
pub const HISTORY_DEPTH: EraIndex = 84;
/// Nominators one offence may slash, for its weight.
pub const MAX_NOMINATORS_SLASHED: u32 = 512;

/// The most validators there can be, and be voted for.
pub const MAX_VALIDATORS: u32 = 200;
/// The most voters an election hears, those with the largest stakes.
pub const MAX_VOTERS: u32 = 5_000;
/// The most validators a nominator names.
pub const MAX_NOMINATIONS: u32 = 16;

/// How often staking rounds to the nearest unit in the rewards of an era, at most: once a nomination, once a page, of which
/// there are no more than nominations and validators, and twice a validator.
const MAX_ROUNDINGS: u32 = 2 * MAX_VOTERS * MAX_NOMINATIONS + 3 * MAX_VALIDATORS;

// Half a unit each, in all eras that can be claimed at once: within what the pot for rewards has beside what was promised.
const _: () = assert!(
	MAX_ROUNDINGS as Balance * (HISTORY_DEPTH + 2) as Balance / 2
		< POT_ENDOWMENT - EXISTENTIAL_DEPOSIT
);

parameter_types! {
	pub const HistoryDepth: EraIndex = HISTORY_DEPTH;
}

/// What can still be claimed, by staking's own record.
pub struct RewardHistory;

impl RewardRecord<AccountId, Balance> for RewardHistory {
	fn ending_era() -> Option<(EraIndex, Vec<(AccountId, Perbill)>)> {
		let era = ActiveEra::<Runtime>::get()?.index;
		let EraRewardPoints { total, individual } = ErasRewardPoints::<Runtime>::get(era);
		// As staking computes it.
		let part = |points| Perbill::from_rational(points, total);
		Some((era, individual.into_iter().map(|(who, points)| (who, part(points))).collect()))
	}

	fn reward(era: EraIndex) -> Option<Balance> {
		let current = CurrentEra::<Runtime>::get().unwrap_or_default();
		if era < current.saturating_sub(HISTORY_DEPTH) {
			return None;
		}
		ErasValidatorReward::<Runtime>::get(era)
	}

	fn unclaimed(era: EraIndex, validator: &AccountId, part: Balance) -> Balance {
		let claimed = ClaimedRewards::<Runtime>::get(era, validator);
		if claimed.is_empty() {
			return part;
		}
		let Some(exposure) = ErasStakersOverview::<Runtime>::get(era, validator) else { return 0 };
		// The first page pays the validator's own stake, even if nobody nominates.
		let open = (0..exposure.page_count.max(1)).filter(|page| !claimed.contains(page));
		let stake = open.fold(0, |sum: Balance, page| {
			let own = if page == 0 { exposure.own } else { 0 };
			sum.saturating_add(nominated(validator, era, page)).saturating_add(own)
		});
		// Without a stake nothing is paid.
		multiply_by_rational_with_rounding(part, stake, exposure.total, Rounding::Up)
			.unwrap_or_default()
	}
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
	type ElectionProvider = Election;
	type GenesisElectionProvider = GenesisElection;
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
	type AdminOrigin = EitherOf<EnsureRoot<AccountId>, StakingAdmin>;
	type SessionInterface = Self;
	type NextNewSession = Session;
	type MaxExposurePageSize = ConstU32<512>;
	type MaxValidatorSet = ConstU32<MAX_VALIDATORS>;
	type VoterList = VoterList;
	type TargetList = pallet_staking::UseValidatorsMap<Self>;
	type MaxUnlockingChunks = ConstU32<32>;
	type MaxControllersInDeprecationBatch = ConstU32<100>;
	type EventListeners = (NominationPools, DelegatedStaking);
	// Who is in a pool stakes through it alone.
	type Filter = pallet_nomination_pools::AllPoolMembers<Runtime>;
	type BenchmarkingConfig = BenchmarkLimits;
	type WeightInfo = pallet_staking::weights::SubstrateWeight<Runtime>;
}
