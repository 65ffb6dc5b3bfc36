//! What accounts can say about themselves and have others do for them: identities, proxies, recovery.

use crate::{
	configs::{economics::ToTreasury, pace::Term},
	constants::{
		currency::{deposit, OPG},
		time::DAYS,
	},
	AccountId, Balance, Balances, Runtime, RuntimeCall, RuntimeEvent, RuntimeHoldReason, Signature,
	System, Treasury,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	parameter_types,
	traits::{
		fungible::HoldConsideration, ConstU128, ConstU32, InstanceFilter, LinearStoragePrice,
	},
};
use frame_system::EnsureRoot;
use pallet_identity::legacy::IdentityInfo;
use scale_info::TypeInfo;
use sp_runtime::traits::{BlakeTwo256, Verify};

impl pallet_identity::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type Currency = Balances;
	type BasicDeposit = ConstU128<{ deposit(1, 258) }>;
	type ByteDeposit = ConstU128<{ deposit(0, 1) }>;
	type UsernameDeposit = ConstU128<{ deposit(0, 32) }>;
	type SubAccountDeposit = ConstU128<{ deposit(1, 53) }>;
	type MaxSubAccounts = ConstU32<100>;
	type IdentityInformation = IdentityInfo<ConstU32<16>>;
	type MaxRegistrars = ConstU32<20>;
	type Slashed = Treasury;
	type ForceOrigin = EnsureRoot<AccountId>;
	type RegistrarOrigin = EnsureRoot<AccountId>;
	type OffchainSignature = Signature;
	type SigningPublicKey = <Signature as Verify>::Signer;
	type UsernameAuthorityOrigin = EnsureRoot<AccountId>;
	type PendingUsernameExpiration = Term<{ 7 * DAYS }>;
	type UsernameGracePeriod = Term<{ 30 * DAYS }>;
	type MaxSuffixLength = ConstU32<7>;
	type MaxUsernameLength = ConstU32<32>;
	type WeightInfo = pallet_identity::weights::SubstrateWeight<Runtime>;
}

/// What a proxy may do for the account that named it.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Debug,
	Default,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum ProxyType {
	/// Everything.
	#[default]
	#[codec(index = 0)]
	Any,
	/// Everything that pays nobody else.
	#[codec(index = 1)]
	NonTransfer,
	/// Staking, alone and in pools.
	#[codec(index = 2)]
	Staking,
	/// Models, nodes, requests, answers, apps and feeds.
	#[codec(index = 3)]
	Inference,
	/// Voting, referenda, the committee and what the treasury pays.
	#[codec(index = 4)]
	Governance,
	/// Refusing what other proxies have announced.
	#[codec(index = 5)]
	CancelProxy,
}

impl InstanceFilter<RuntimeCall> for ProxyType {
	fn filter(&self, call: &RuntimeCall) -> bool {
		// A batch is let through: what is in it is filtered again.
		let is_governance = || {
			matches!(
				call,
				RuntimeCall::Preimage(_)
					| RuntimeCall::Treasury(_)
					| RuntimeCall::ConvictionVoting(_)
					| RuntimeCall::Referenda(_)
					| RuntimeCall::Whitelist(_)
					| RuntimeCall::TechnicalCommittee(_)
					| RuntimeCall::Bounties(_)
					| RuntimeCall::ChildBounties(_)
					| RuntimeCall::Utility(_)
			)
		};
		let is_staking = || {
			matches!(
				call,
				RuntimeCall::Staking(_)
					| RuntimeCall::VoterList(_)
					| RuntimeCall::NominationPools(_)
					| RuntimeCall::Session(_)
					| RuntimeCall::Utility(_)
			)
		};
		match self {
			Self::Any => true,
			// A request pays the node that answers it, and whoever sends it could own that.
			Self::NonTransfer => {
				is_governance()
					|| is_staking() || matches!(
					call,
					RuntimeCall::System(_)
						| RuntimeCall::Multisig(_)
						| RuntimeCall::Proxy(_)
						| RuntimeCall::Identity(_)
						| RuntimeCall::Models(_)
						| RuntimeCall::Nodes(_)
						| RuntimeCall::Inference(pallet_inference::Call::cancel { .. })
						| RuntimeCall::Panels(_)
						| RuntimeCall::Circuits(_)
				)
			},
			Self::Staking => is_staking(),
			Self::Inference => matches!(
				call,
				RuntimeCall::Models(_)
					| RuntimeCall::Nodes(_)
					| RuntimeCall::Inference(_)
					| RuntimeCall::Panels(_)
					| RuntimeCall::Circuits(_)
					| RuntimeCall::Audits(_)
					| RuntimeCall::Apps(_)
					| RuntimeCall::Storage(_)
					| RuntimeCall::Feeds(_)
					| RuntimeCall::Workflows(_)
					| RuntimeCall::Utility(_)
			),
			Self::Governance => is_governance(),
			Self::CancelProxy => {
				matches!(call, RuntimeCall::Proxy(pallet_proxy::Call::reject_announcement { .. }))
			},
		}
	}

	fn is_superset(&self, other: &Self) -> bool {
		match (self, other) {
			(Self::Any, _) => true,
			(_, Self::Any) => false,
			// Requests pay others.
			(Self::NonTransfer, Self::Inference) => false,
			(Self::NonTransfer, _) => true,
			(mine, theirs) => mine == theirs,
		}
	}
}

impl pallet_proxy::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type Currency = Balances;
	type ProxyType = ProxyType;
	type ProxyDepositBase = ConstU128<{ deposit(1, 8) }>;
	type ProxyDepositFactor = ConstU128<{ deposit(0, 33) }>;
	type MaxProxies = ConstU32<32>;
	type MaxPending = ConstU32<32>;
	type CallHasher = BlakeTwo256;
	type AnnouncementDepositBase = ConstU128<{ deposit(1, 8) }>;
	type AnnouncementDepositFactor = ConstU128<{ deposit(0, 66) }>;
	type BlockNumberProvider = System;
	type WeightInfo = pallet_proxy::weights::SubstrateWeight<Runtime>;
}

parameter_types! {
	pub const RecoveryBase: Balance = deposit(1, 64);
	pub const RecoveryByte: Balance = deposit(0, 1);
	pub const FriendsReason: RuntimeHoldReason =
		RuntimeHoldReason::Recovery(pallet_recovery::HoldReason::FriendGroupsStorage);
	pub const AttemptReason: RuntimeHoldReason =
		RuntimeHoldReason::Recovery(pallet_recovery::HoldReason::AttemptStorage);
	pub const InheritorReason: RuntimeHoldReason =
		RuntimeHoldReason::Recovery(pallet_recovery::HoldReason::InheritorStorage);
}

type StoragePrice<Reason> = HoldConsideration<
	AccountId,
	Balances,
	Reason,
	LinearStoragePrice<RecoveryBase, RecoveryByte, Balance>,
>;

impl pallet_recovery::Config for Runtime {
	type RuntimeCall = RuntimeCall;
	type RuntimeHoldReason = RuntimeHoldReason;
	type BlockNumberProvider = System;
	type Currency = Balances;
	type FriendGroupsConsideration = StoragePrice<FriendsReason>;
	type AttemptConsideration = StoragePrice<AttemptReason>;
	type InheritorConsideration = StoragePrice<InheritorReason>;
	type SecurityDeposit = ConstU128<{ 100 * OPG }>;
	type Slash = ToTreasury;
	type MaxFriendsPerConfig = ConstU32<16>;
	type WeightInfo = pallet_recovery::weights::SubstrateWeight<Runtime>;
}
