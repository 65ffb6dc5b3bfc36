//! Who decides: everybody who votes, a committee for what is urgent, and on a development chain one key.

use crate::{
	configs::{
		origins::{ReferendumCanceller, ReferendumKiller, WhitelistedCaller},
		pace::Term,
		tracks::Tracks,
	},
	constants::{block::MAX_WEIGHT, currency::OPG, time::DAYS},
	AccountId, Balances, Preimage, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, Scheduler,
	System, Treasury,
};
use frame_support::{
	parameter_types,
	traits::{AsEnsureOriginWithArg, ConstU128, ConstU32, EitherOf},
	weights::Weight,
};
use frame_system::{EnsureRoot, EnsureSigned};
use pallet_collective::{EnsureProportionAtLeast, PrimeDefaultVote};
use sp_runtime::Perbill;

type Root = EnsureRoot<AccountId>;

impl pallet_referenda::Config for Runtime {
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type Scheduler = Scheduler;
	type Currency = Balances;
	type SubmitOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId>>;
	type CancelOrigin = EitherOf<Root, ReferendumCanceller>;
	type KillOrigin = EitherOf<Root, ReferendumKiller>;
	type Slash = Treasury;
	type Votes = pallet_conviction_voting::VotesOf<Runtime>;
	type Tally = pallet_conviction_voting::TallyOf<Runtime>;
	type SubmissionDeposit = ConstU128<{ 10 * OPG }>;
	type MaxQueued = ConstU32<100>;
	type UndecidingTimeout = Term<{ 14 * DAYS }>;
	type AlarmInterval = ConstU32<1>;
	type Tracks = Tracks;
	type Preimages = Preimage;
	type BlockNumberProvider = System;
	type WeightInfo = pallet_referenda::weights::SubstrateWeight<Runtime>;
}

impl pallet_whitelist::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type WhitelistOrigin = EitherOf<Root, CommitteeOf<2, 3>>;
	type DispatchWhitelistedOrigin = EitherOf<Root, WhitelistedCaller>;
	type Preimages = Preimage;
	type DeferredDispatchExpiration = Term<{ 28 * DAYS }>;
	type BlockNumberProvider = System;
	type WeightInfo = pallet_whitelist::weights::SubstrateWeight<Runtime>;
}

/// The technical committee: whom referenda trust to say that something is urgent and technical, or to pause what does harm.
pub type Committee = pallet_collective::Instance1;

/// So large a part of the technical committee.
pub type CommitteeOf<const PART: u32, const OF: u32> =
	EnsureProportionAtLeast<AccountId, Committee, PART, OF>;

parameter_types! {
	pub MotionWeight: Weight = Perbill::from_percent(50) * MAX_WEIGHT;
}

impl pallet_collective::Config<Committee> for Runtime {
	type RuntimeOrigin = RuntimeOrigin;
	type Proposal = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type MotionDuration = Term<{ 3 * DAYS }>;
	type MaxProposals = ConstU32<50>;
	type MaxMembers = ConstU32<30>;
	type DefaultVote = PrimeDefaultVote;
	type SetMembersOrigin = Root;
	type MaxProposalWeight = MotionWeight;
	type DisapproveOrigin = Root;
	type KillOrigin = Root;
	type Consideration = ();
	type WeightInfo = pallet_collective::weights::SubstrateWeight<Runtime>;
}

impl pallet_sudo::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type WeightInfo = pallet_sudo::weights::SubstrateWeight<Runtime>;
}
