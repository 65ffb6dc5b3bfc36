//! What stops the chain's traffic when it must be stopped, and what passes all the same.

use crate::{
	configs::governance::CommitteeOf,
	constants::time::{DAYS, HOURS},
	AccountId, Balances, BlockNumber, Runtime, RuntimeCall, RuntimeEvent, RuntimeHoldReason,
	SafeMode, TxPause,
};
use frame_support::{
	migrations::{FailedMigrationHandler, FailedMigrationHandling},
	parameter_types,
	traits::{
		CallMetadata, ConstU32, Contains, EitherOf, GetCallMetadata, InsideBoth, MapSuccess,
		SafeMode as Enterable,
	},
	weights::Weight,
};
use frame_system::{EnsureRoot, EnsureRootWithSuccess};
use pallet_safe_mode::EnteredUntil;
use pallet_tx_pause::RuntimeCallNameOf;
use sp_runtime::{traits::Replace, Perbill};

/// Pallets a chain cannot do without, and those by which it is mended.
pub const VITAL: [&str; 20] = [
	"System",
	"Timestamp",
	"Scheduler",
	"Preimage",
	"Utility",
	"Multisig",
	"Proxy",
	"Babe",
	"Session",
	"Grandpa",
	"ConvictionVoting",
	"Referenda",
	"Whitelist",
	"TechnicalCommittee",
	"Parameters",
	"SafeMode",
	"TxPause",
	"Migrations",
	"Sudo",
	"ElectionProviderMultiPhase",
];

/// Pallets of stakes, which secure the chain whatever happens on it.
pub const STAKING: [&str; 3] = ["Staking", "VoterList", "NominationPools"];

/// What ends work that was begun: who asked is answered or refunded, and no node misses what it promised.
pub const ENDING_WORK: [(&str, &str); 7] = [
	("Inference", "answer"),
	("Inference", "cancel"),
	("Nodes", "heartbeat"),
	("Panels", "commit"),
	("Panels", "reveal"),
	("Storage", "show"),
	("Storage", "show_by_node"),
];

/// Calls that pass in safe mode and cannot be paused.
pub struct Passing;

impl Passing {
	fn is_vital(pallet: &str) -> bool {
		VITAL.contains(&pallet)
	}

	fn passes(pallet: &str, call: &str) -> bool {
		Self::is_vital(pallet) || STAKING.contains(&pallet) || ENDING_WORK.contains(&(pallet, call))
	}
}

impl Contains<RuntimeCall> for Passing {
	fn contains(call: &RuntimeCall) -> bool {
		let CallMetadata { pallet_name, function_name } = call.get_call_metadata();
		// After a migration failed nobody knows what state the others would work on.
		if EnteredUntil::<Runtime>::get() == Some(BlockNumber::MAX) {
			return Self::is_vital(pallet_name);
		}
		Self::passes(pallet_name, function_name)
	}
}

impl Contains<RuntimeCallNameOf<Runtime>> for Passing {
	fn contains((pallet, call): &RuntimeCallNameOf<Runtime>) -> bool {
		let names = (core::str::from_utf8(pallet), core::str::from_utf8(call));
		matches!(names, (Ok(pallet), Ok(call)) if Self::passes(pallet, call))
	}
}

/// What may be dispatched.
pub type Calls = InsideBoth<SafeMode, TxPause>;

/// Blocks closed to ordinary transactions: in safe mode, and while a migration is under way.
pub struct ClosedBlocks;

impl Contains<BlockNumber> for ClosedBlocks {
	fn contains(block: &BlockNumber) -> bool {
		// Safe mode leaves by its own hook in the first block after its last, which may run later than who asks.
		let is_safe = EnteredUntil::<Runtime>::get().is_some_and(|last| *block <= last);
		is_safe || pallet_migrations::Cursor::<Runtime>::exists()
	}
}

/// Closes the chain to everything but what mends it, for good: until governance reopens it.
pub struct GovernanceOnly;

impl FailedMigrationHandler for GovernanceOnly {
	fn failed(_: Option<u32>) -> FailedMigrationHandling {
		let closed = if <SafeMode as Enterable>::is_entered() {
			<SafeMode as Enterable>::extend(BlockNumber::MAX)
		} else {
			<SafeMode as Enterable>::enter(BlockNumber::MAX)
		};
		// Only with the migration out of the way are there transactions, and so votes, at all.
		match closed {
			Ok(()) => FailedMigrationHandling::ForceUnstuck,
			Err(_) => FailedMigrationHandling::KeepStuck,
		}
	}
}

type Root = EnsureRoot<AccountId>;
/// Root for a day, three quarters of the committee for four hours.
type Emergency = EitherOf<
	EnsureRootWithSuccess<AccountId, ConstU32<DAYS>>,
	MapSuccess<CommitteeOf<3, 4>, Replace<ConstU32<{ 4 * HOURS }>>>,
>;

parameter_types! {
	pub const Nobody: Option<crate::Balance> = None;
	pub const Never: Option<BlockNumber> = None;
	pub MigrationWeight: Weight =
		Perbill::from_percent(80) * crate::constants::block::MAX_WEIGHT;
}

impl pallet_safe_mode::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type WhitelistedCalls = Passing;
	// Nobody can buy a halt of the chain.
	type EnterDuration = ConstU32<{ 4 * HOURS }>;
	type ExtendDuration = ConstU32<{ 4 * HOURS }>;
	type EnterDepositAmount = Nobody;
	type ExtendDepositAmount = Nobody;
	type ForceEnterOrigin = Emergency;
	type ForceExtendOrigin = Emergency;
	type ForceExitOrigin = EitherOf<Root, CommitteeOf<2, 3>>;
	type ForceDepositOrigin = Root;
	type Notify = ();
	type ReleaseDelay = Never;
	type WeightInfo = pallet_safe_mode::weights::SubstrateWeight<Runtime>;
}

impl pallet_tx_pause::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type PauseOrigin = EitherOf<Root, CommitteeOf<3, 4>>;
	type UnpauseOrigin = EitherOf<Root, CommitteeOf<2, 3>>;
	type WhitelistedCalls = Passing;
	type MaxNameLen = ConstU32<256>;
	type WeightInfo = pallet_tx_pause::weights::SubstrateWeight<Runtime>;
}

impl pallet_migrations::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type Migrations = ();
	type CursorMaxLen = ConstU32<65_536>;
	type IdentifierMaxLen = ConstU32<256>;
	type MigrationStatusHandler = ();
	type FailedMigrationHandler = GovernanceOnly;
	type MaxServiceWeight = MigrationWeight;
	type WeightInfo = pallet_migrations::weights::SubstrateWeight<Runtime>;
}
