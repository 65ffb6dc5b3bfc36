//! Who validates: the sorted list of voters, the election over several blocks, and the one on chain it falls back on.

use crate::{
	configs::{
		origins::StakingAdmin,
		pace::ElectionPhase,
		staking::{MAX_NOMINATIONS, MAX_VALIDATORS, MAX_VOTERS},
	},
	constants::{
		block::{MAX_LENGTH, MAX_WEIGHT, NORMAL_RATIO},
		currency::{OPG, SUPPLY},
	},
	AccountId, Balance, Balances, BlockNumber, ElectionProviderMultiPhase, Runtime, RuntimeEvent,
	Staking, TransactionPayment,
};
use alloc::vec;
use frame_election_provider_support::{
	bounds::{ElectionBounds, ElectionBoundsBuilder},
	onchain::{self, OnChainExecution},
	BoundedSupportsOf, ElectionDataProvider, ElectionProvider, PageIndex, SequentialPhragmen,
	VoteWeight,
};
use frame_support::{
	parameter_types,
	traits::{ConstBool, ConstU128, ConstU32, EitherOf},
	weights::Weight,
};
use frame_system::EnsureRoot;
use pallet_election_provider_multi_phase::{
	ElectionError, MinerConfig, QueuedSolution, Snapshot, SolutionAccuracyOf, WeightInfo as _,
};
use sp_runtime::{traits::Convert, transaction_validity::TransactionPriority, PerU16, Perbill};

/// How many bags sort the voters.
const BAGS: usize = 195;
/// The stake, in votes, up to which voters share the first bag.
const FIRST_BAG: u128 = votes(10 * OPG);

/// The votes of a stake while nothing of the supply is burnt, as `U128CurrencyToVote` counts them.
const fn votes(stake: Balance) -> u128 {
	stake / (SUPPLY / u64::MAX as u128)
}

/// Upper ends of the bags: the first is 10 OPG, each next a tenth above the one before it, rounded down; the last holds whatever
/// there is. So within a bag nobody has more than 1.1 times the stake of another, and the bags reach to the whole supply.
const fn thresholds() -> [VoteWeight; BAGS] {
	let mut ends = [VoteWeight::MAX; BAGS];
	let mut end = FIRST_BAG;
	let mut bag = 0;
	while bag < BAGS - 1 {
		assert!(end < VoteWeight::MAX as u128, "the last bag is not the only open one");
		ends[bag] = end as VoteWeight;
		end += end / 10;
		bag += 1;
	}
	assert!(end >= VoteWeight::MAX as u128, "the last bag is no wider than the others");
	ends
}

static THRESHOLDS: [VoteWeight; BAGS] = thresholds();

parameter_types! {
	pub BagThresholds: &'static [VoteWeight] = &THRESHOLDS;
}

/// The list of voters.
pub type VoterBags = pallet_bags_list::Instance1;

impl pallet_bags_list::Config<VoterBags> for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type ScoreProvider = Staking;
	type BagThresholds = BagThresholds;
	type MaxAutoRebagPerBlock = ConstU32<5>;
	type Score = VoteWeight;
	type WeightInfo = pallet_bags_list::weights::SubstrateWeight<Runtime>;
}

// Who votes for whom, as validators send it.
frame_election_provider_support::generate_solution_type!(
	#[compact]
	pub struct Assignments::<
		VoterIndex = u32,
		TargetIndex = u16,
		Accuracy = PerU16,
		MaxVoters = ConstU32<MAX_VOTERS>,
	>(16)
);
const _: () = assert!(MAX_NOMINATIONS == 16, "the solution has a place for every nomination");

parameter_types! {
	pub ElectionLimits: ElectionBounds = ElectionBoundsBuilder::default()
		.voters_count(MAX_VOTERS.into())
		.targets_count(MAX_VALIDATORS.into())
		.build();
	/// Half of what ordinary transactions may fill: a block that brings a solution has room for others.
	pub SolutionWeight: Weight = Perbill::from_percent(50) * (NORMAL_RATIO * MAX_WEIGHT);
	pub SolutionLength: u32 = Perbill::from_percent(50) * (NORMAL_RATIO * MAX_LENGTH);
	pub const SolutionPriority: TransactionPriority = TransactionPriority::MAX / 2;
	pub const AnyBetter: Perbill = Perbill::zero();
}

/// The election in one block, by sequential Phragmén.
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

/// Nothing has to be deposited for a solution nobody can sign for.
pub struct NoDeposit;

impl Convert<usize, Balance> for NoDeposit {
	fn convert(_: usize) -> Balance {
		0
	}
}

impl MinerConfig for Runtime {
	type AccountId = AccountId;
	type Solution = Assignments;
	type MaxVotesPerVoter = <Staking as ElectionDataProvider>::MaxVotesPerVoter;
	type MaxLength = SolutionLength;
	type MaxWeight = SolutionWeight;
	type MaxWinners = ConstU32<MAX_VALIDATORS>;
	type MaxBackersPerWinner = ConstU32<MAX_VOTERS>;

	fn solution_weight(voters: u32, targets: u32, active_voters: u32, degree: u32) -> Weight {
		type Weights = pallet_election_provider_multi_phase::weights::SubstrateWeight<Runtime>;
		Weights::submit_unsigned(voters, targets, active_voters, degree)
	}
}

/// How large benchmarked elections are.
pub struct ElectionSizes;

impl pallet_election_provider_multi_phase::BenchmarkingConfig for ElectionSizes {
	const VOTERS: [u32; 2] = [1_000, 2_000];
	const TARGETS: [u32; 2] = [100, MAX_VALIDATORS];
	const ACTIVE_VOTERS: [u32; 2] = [500, 800];
	const DESIRED_TARGETS: [u32; 2] = [50, 100];
	const SNAPSHOT_MAXIMUM_VOTERS: u32 = MAX_VOTERS;
	const MINER_MAXIMUM_VOTERS: u32 = MAX_VOTERS;
	const MAXIMUM_TARGETS: u32 = MAX_VALIDATORS;
}

impl pallet_election_provider_multi_phase::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type Currency = Balances;
	type EstimateCallFee = TransactionPayment;
	type UnsignedPhase = ElectionPhase;
	// Signed solutions are refunded and rewarded by minting, and nothing mints here: validators bring solutions, unsigned, and
	// without one the chain computes its own.
	type SignedPhase = ConstU32<0>;
	type BetterSignedThreshold = AnyBetter;
	type OffchainRepeat = ConstU32<5>;
	type MinerTxPriority = SolutionPriority;
	type MinerConfig = Self;
	type SignedMaxSubmissions = ConstU32<1>;
	type SignedMaxWeight = SolutionWeight;
	type SignedMaxRefunds = ConstU32<0>;
	type SignedRewardBase = ConstU128<0>;
	type SignedDepositByte = ConstU128<0>;
	type SignedDepositWeight = ConstU128<0>;
	type SignedDepositBase = NoDeposit;
	type MaxWinners = ConstU32<MAX_VALIDATORS>;
	type MaxBackersPerWinner = ConstU32<MAX_VOTERS>;
	type ElectionBounds = ElectionLimits;
	type SlashHandler = ();
	type RewardHandler = ();
	type DataProvider = Staking;
	type Fallback = OnChainExecution<OnChainElection>;
	type GovernanceFallback = OnChainExecution<OnChainElection>;
	type Solver = SequentialPhragmen<AccountId, SolutionAccuracyOf<Runtime>>;
	type ForceOrigin = EitherOf<EnsureRoot<AccountId>, StakingAdmin>;
	type BenchmarkingConfig = ElectionSizes;
	type WeightInfo = pallet_election_provider_multi_phase::weights::SubstrateWeight<Runtime>;
}

/// How staking elects: over several blocks. If there were no such blocks, because the chain stood still while it should have produced
/// them, in one: the SDK's pallet could then only wait for governance.
pub struct Election;

impl ElectionProvider for Election {
	type AccountId = AccountId;
	type BlockNumber = BlockNumber;
	type Error = ElectionError<Runtime>;
	type MaxWinnersPerPage = ConstU32<MAX_VALIDATORS>;
	type MaxBackersPerWinner = ConstU32<MAX_VOTERS>;
	type MaxBackersPerWinnerFinal = ConstU32<MAX_VOTERS>;
	type Pages = ConstU32<1>;
	type DataProvider = Staking;

	fn elect(page: PageIndex) -> Result<BoundedSupportsOf<Self>, Self::Error> {
		if Snapshot::<Runtime>::exists() || QueuedSolution::<Runtime>::exists() {
			return ElectionProviderMultiPhase::elect(page);
		}
		GenesisElection::elect(page).map_err(ElectionError::Fallback)
	}

	fn duration() -> Self::BlockNumber {
		ElectionProviderMultiPhase::duration()
	}

	fn start() -> Result<(), Self::Error> {
		<ElectionProviderMultiPhase as ElectionProvider>::start()
	}

	fn status() -> Result<Option<Weight>, ()> {
		ElectionProviderMultiPhase::status()
	}
}

/// How the genesis elects.
pub type GenesisElection = OnChainExecution<OnChainElection>;
