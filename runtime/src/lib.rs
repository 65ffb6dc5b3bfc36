//! The OPG chain's state transition: which pallets there are, at which index, and the types a block is made of.
//!
//! Indices stand in ranges by theme: 0–9 system, 10–19 money, 20–29 staking, 30–39 consensus, 40–59 governance and
//! safety, 60–79 AI work and its economics, 80–89 what validators compute off the chain, 255 the development key. Hooks and genesis
//! run in their order: balances before stakes, stakes before sessions, a block's author and randomness before the draws that use
//! them; off-chain workers too, so that of elections, which may take seconds, comes last. They never change; `tests/wiring.rs`
//! freezes them.

#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "512"]
// What the runtime macros emit has no docs of its own.
#![allow(missing_docs)]

extern crate alloc;

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

pub mod apis;
pub mod configs;
pub mod constants;
pub mod genesis_config_presets;

use configs::origins::pallet_origins;

use alloc::{borrow::Cow, vec::Vec};
use sp_runtime::{
	generic, impl_opaque_keys,
	traits::{BlakeTwo256, IdentifyAccount, Verify},
	MultiAddress, MultiSignature,
};
use sp_version::RuntimeVersion;

/// Balances, in units of 10⁻¹² OPG.
pub type Balance = u128;
/// Block numbers.
pub type BlockNumber = u32;
/// How many transactions an account sent.
pub type Nonce = u32;
/// Hashes.
pub type Hash = sp_core::H256;
/// What accounts sign with.
pub type Signature = MultiSignature;
/// Accounts.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// How transactions name accounts.
pub type Address = MultiAddress<AccountId, ()>;
/// Block headers.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// Blocks.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
/// What a transaction carries beside its call and signature.
pub type TxExtension = (
	frame_system::AuthorizeCall<Runtime>,
	frame_system::CheckNonZeroSender<Runtime>,
	frame_system::CheckSpecVersion<Runtime>,
	frame_system::CheckTxVersion<Runtime>,
	frame_system::CheckGenesis<Runtime>,
	frame_system::CheckMortality<Runtime>,
	frame_system::CheckNonce<Runtime>,
	frame_system::CheckWeight<Runtime>,
	pallet_skip_feeless_payment::SkipCheckIfFeeless<
		Runtime,
		pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
	>,
	frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
	frame_system::WeightReclaim<Runtime>,
);
/// Transactions.
pub type UncheckedExtrinsic =
	generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
/// What a transaction's signature covers.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;
/// Blocks as the node handles them, without looking into transactions.
pub type OpaqueBlock = generic::Block<Header, sp_runtime::OpaqueExtrinsic>;
/// Runs blocks.
pub type Executive = frame_executive::Executive<
	Runtime,
	Block,
	frame_system::ChainContext<Runtime>,
	Runtime,
	AllPalletsWithSystem,
>;

impl_opaque_keys! {
	/// The keys of a validator.
	pub struct SessionKeys {
		/// For finality.
		pub grandpa: Grandpa,
		/// For block production.
		pub babe: Babe,
		/// For being found by other validators.
		pub authority_discovery: AuthorityDiscovery,
	}
}

/// The runtime's version.
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
	spec_name: Cow::Borrowed("opg"),
	impl_name: Cow::Borrowed("opg-node"),
	authoring_version: 1,
	spec_version: 1,
	impl_version: 1,
	apis: apis::RUNTIME_API_VERSIONS,
	transaction_version: 1,
	system_version: 1,
};

#[frame_support::runtime]
mod runtime {
	/// The runtime.
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Runtime;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Timestamp = pallet_timestamp;
	#[runtime::pallet_index(2)]
	pub type Scheduler = pallet_scheduler;
	#[runtime::pallet_index(3)]
	pub type Preimage = pallet_preimage;
	#[runtime::pallet_index(4)]
	pub type Utility = pallet_utility;
	#[runtime::pallet_index(5)]
	pub type Multisig = pallet_multisig;
	#[runtime::pallet_index(6)]
	pub type Proxy = pallet_proxy;
	#[runtime::pallet_index(7)]
	pub type Clock = pallet_clock;

	#[runtime::pallet_index(10)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(11)]
	pub type TransactionPayment = pallet_transaction_payment;
	#[runtime::pallet_index(12)]
	pub type SkipFeelessPayment = pallet_skip_feeless_payment;

	#[runtime::pallet_index(20)]
	pub type Staking = pallet_staking;
	#[runtime::pallet_index(21)]
	pub type VoterList = pallet_bags_list<Instance1>;
	#[runtime::pallet_index(22)]
	pub type NominationPools = pallet_nomination_pools;
	#[runtime::pallet_index(23)]
	pub type DelegatedStaking = pallet_delegated_staking;

	#[runtime::pallet_index(30)]
	pub type Authorship = pallet_authorship;
	#[runtime::pallet_index(31)]
	pub type Babe = pallet_babe;
	#[runtime::pallet_index(32)]
	pub type Offences = pallet_offences;
	#[runtime::pallet_index(33)]
	pub type Historical = pallet_session::historical;
	#[runtime::pallet_index(34)]
	pub type Session = pallet_session;
	#[runtime::pallet_index(35)]
	pub type Grandpa = pallet_grandpa;
	#[runtime::pallet_index(36)]
	pub type AuthorityDiscovery = pallet_authority_discovery;

	#[runtime::pallet_index(40)]
	pub type Treasury = pallet_treasury;
	#[runtime::pallet_index(41)]
	pub type ConvictionVoting = pallet_conviction_voting;
	#[runtime::pallet_index(42)]
	pub type Referenda = pallet_referenda;
	#[runtime::pallet_index(43)]
	pub type Origins = pallet_origins;
	#[runtime::pallet_index(44)]
	pub type Whitelist = pallet_whitelist;
	#[runtime::pallet_index(45)]
	pub type TechnicalCommittee = pallet_collective<Instance1>;
	#[runtime::pallet_index(47)]
	pub type Bounties = pallet_bounties;
	#[runtime::pallet_index(48)]
	pub type ChildBounties = pallet_child_bounties;
	#[runtime::pallet_index(49)]
	pub type Parameters = pallet_parameters;
	#[runtime::pallet_index(50)]
	pub type SafeMode = pallet_safe_mode;
	#[runtime::pallet_index(51)]
	pub type TxPause = pallet_tx_pause;
	#[runtime::pallet_index(52)]
	pub type Identity = pallet_identity;
	#[runtime::pallet_index(53)]
	pub type Migrations = pallet_migrations;
	#[runtime::pallet_index(54)]
	pub type Recovery = pallet_recovery;

	#[runtime::pallet_index(60)]
	pub type Models = pallet_models;
	#[runtime::pallet_index(61)]
	pub type Nodes = pallet_nodes;
	#[runtime::pallet_index(62)]
	pub type Inference = pallet_inference;
	#[runtime::pallet_index(63)]
	pub type Panels = pallet_panels;
	#[runtime::pallet_index(64)]
	pub type Economics = pallet_economics;
	#[runtime::pallet_index(65)]
	pub type Proofs = pallet_proofs;
	#[runtime::pallet_index(66)]
	pub type Usage = pallet_usage;
	#[runtime::pallet_index(67)]
	pub type Apps = pallet_apps;
	#[runtime::pallet_index(68)]
	pub type Storage = pallet_storage;
	#[runtime::pallet_index(69)]
	pub type Growth = pallet_growth;
	#[runtime::pallet_index(70)]
	pub type Feeds = pallet_feeds;
	#[runtime::pallet_index(71)]
	pub type Workflows = pallet_workflows;
	#[runtime::pallet_index(72)]
	pub type Circuits = pallet_circuits;
	#[runtime::pallet_index(73)]
	pub type Audits = pallet_audits;

	#[runtime::pallet_index(80)]
	pub type ElectionProviderMultiPhase = pallet_election_provider_multi_phase;

	#[runtime::pallet_index(255)]
	pub type Sudo = pallet_sudo;
}
