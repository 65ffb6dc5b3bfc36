//! AI work: models, nodes and requests, and the seams at which they meet the rest.

use crate::{
	configs::{
		audits::{Desks, ModelsAndKeys},
		economics::{CheckPot, FeeShares, ToTreasury, ToValidators},
		origins::{ModelCurator, NodeSlasher},
		parameters::{BaseFee, LieFactor, MaxSurcharge, StaleFee},
	},
	constants::{
		block::DEADLINES_RATIO,
		currency::{deposit, MICRO_OPG, OPG},
		time::{DAYS, HOURS, MINUTES},
	},
	AccountId, Apps, Babe, Balance, Balances, BlockNumber, Circuits, Clock, Inference, Models,
	Nodes, Panels, Proofs, Runtime, RuntimeHoldReason, Usage,
};
use codec::Encode;
use frame_support::{
	parameter_types,
	traits::{ConstU128, ConstU32, EitherOf},
	weights::{IdentityFee, WeightToFee},
};
use frame_system::EnsureRoot;
use opg_primitives::seams::{BlockEntropy, Entropy};
use pallet_inference::WeightInfo as _;
use sp_io::hashing::blake2_256;
use sp_runtime::{Perbill, Permill};

parameter_types! {
	pub const ModelDepositBase: Balance = deposit(1, 0);
	pub const ModelDepositPerByte: Balance = deposit(0, 1);
	pub const MinPrice: Balance = 100 * MICRO_OPG;
	pub const CommitmentDeposit: Balance = deposit(2, 200);
	pub const MaxRoyalty: Permill = Permill::from_percent(50);
	pub const ClosingBudget: Perbill = Perbill::from_percent(20);
	pub const HooksBudget: Perbill = DEADLINES_RATIO;
}

/// The longest a request may take, in blocks.
const MAX_DEADLINE: BlockNumber = HOURS;
/// Blocks in which a settled answer can be disputed.
const DISPUTE_WINDOW: BlockNumber = 30 * MINUTES;
/// Blocks in which what was settled is kept: until no re-run of it can be under way.
const RETENTION: BlockNumber = HOURS;
/// Blocks for which a request, with all that follows from it, may need what it names.
pub const LONGEST_LIFE: BlockNumber = MAX_DEADLINE + RETENTION + HOURS;

impl pallet_models::Config for Runtime {
	type CuratorOrigin = EitherOf<EnsureRoot<AccountId>, ModelCurator>;
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Keys = Proofs;
	type DepositBase = ModelDepositBase;
	type DepositPerByte = ModelDepositPerByte;
	type MinPrice = MinPrice;
	type MaxSurcharge = MaxSurcharge;
	type MaxRoyalty = MaxRoyalty;
	type RetirementDelay = ConstU32<LONGEST_LIFE>;
	type WeightInfo = pallet_models::weights::UpperBounds<Runtime>;
}

impl pallet_nodes::Config for Runtime {
	type SlashOrigin = EitherOf<EnsureRoot<AccountId>, NodeSlasher>;
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Models = Models;
	type StaleFees = ToTreasury;
	type StaleFee = StaleFee;
	// What is slashed burns, so that nobody earns by accusing.
	type Slashed = ();
	type LieFactor = LieFactor;
	type ExposureFactor = ConstU32<30>;
	type DisputeWindow = ConstU32<RETENTION>;
	type JailTime = ConstU32<{ 6 * HOURS }>;
	type MinBond = ConstU128<{ 1_000 * OPG }>;
	type BondPerJob = ConstU128<{ 10 * OPG }>;
	type MaxJobs = ConstU32<4_096>;
	type MaxServed = ConstU32<64>;
	type HeartbeatPeriod = ConstU32<8>;
	type HeartbeatGap = ConstU32<2>;
	type HeartbeatTimeout = ConstU32<20>;
	type UnbondingDelay = ConstU32<{ 7 * DAYS }>;
	type WeightInfo = pallet_nodes::weights::UpperBounds<Runtime>;
}

/// What BABE's authors contribute to draws.
pub struct BabeEntropy;

impl BlockEntropy for BabeEntropy {
	fn current() -> Option<Entropy> {
		// From the header, not from `AuthorVrfRandomness`: that is written when the block ends, after its author could still
		// have changed who may be drawn.
		let digest = Babe::initialized()??;
		let output = blake2_256(&digest.vrf_signature()?.pre_output.encode());
		Some(Entropy { author: digest.authority_index(), output })
	}

	fn authors() -> u32 {
		pallet_babe::Authorities::<Runtime>::decode_len().unwrap_or(0) as u32
	}
}

impl pallet_panels::Config for Runtime {
	type Balance = Balance;
	type Models = ModelsAndKeys;
	type Nodes = Nodes;
	type Desk = Desks;
	type Clock = Clock;
	type CommitTime = ConstU32<10>;
	type RevealTime = ConstU32<12>;
	type MaxExtensions = ConstU32<2>;
	type MaxClosing = ConstU32<512>;
	type ClosingBudget = ClosingBudget;
	type WeightInfo = pallet_panels::weights::UpperBounds<Runtime>;
}

parameter_types! {
	/// Two places in the rings, two draws, a miss, an end, an answer and a pruning, at the price of any other weight.
	pub UpkeepFee: Balance = IdentityFee::weight_to_fee(&{
		type Weights = pallet_inference::weights::UpperBounds<Runtime>;
		Weights::initialize(2, 1, 1, 2)
			.saturating_add(Weights::answer(1, 1, 1))
			.saturating_add(Weights::authorize_answer(1))
			.saturating_add(Weights::prune(1))
	});
}

impl pallet_circuits::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Desk = Inference;
	type Models = Models;
	type Nodes = Nodes;
	type Verifier = Proofs;
	type WeightToFee = IdentityFee<Balance>;
	type CommitmentDeposit = CommitmentDeposit;
	// Three authors would have to leave a proof out for another account to show it first.
	type CommitmentAge = ConstU32<3>;
	type CommitmentLife = ConstU32<{ 10 * MINUTES }>;
	type MaxCommitments = ConstU32<1_024>;
	// Five times what a small network of two layers was seen to need, at scales of 7, 10 and 13 bits.
	type MaxSteps = ConstU32<64>;
	type WeightInfo = pallet_circuits::weights::UpperBounds<Runtime>;
}

impl pallet_inference::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Models = Models;
	type Nodes = Nodes;
	type Panels = Panels;
	type Provers = Circuits;
	type Fees = FeeShares;
	type Apps = Apps;
	type Usage = Usage;
	type Purse = CheckPot;
	type Entropy = BabeEntropy;
	type Clock = Clock;
	type Upkeep = ToValidators;
	type UpkeepFee = UpkeepFee;
	type BaseFee = BaseFee;
	type DisputeWindow = ConstU32<DISPUTE_WINDOW>;
	type MinDeadline = ConstU32<16>;
	type MaxDeadline = ConstU32<MAX_DEADLINE>;
	type MinAnswerTime = ConstU32<5>;
	type Retention = ConstU32<RETENTION>;
	type MaxWaiting = ConstU32<65_536>;
	// More than 300 a second: as many can be drawn for, and end, in a block.
	type MaxDraws = ConstU32<920>;
	type MaxExpiring = ConstU32<920>;
	type HooksBudget = HooksBudget;
	type WeightInfo = pallet_inference::weights::UpperBounds<Runtime>;
}
