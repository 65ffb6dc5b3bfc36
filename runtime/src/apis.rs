//! What a node and tools may ask of the runtime.

use crate::{
	configs::consensus::BABE_GENESIS, genesis_config_presets, AccountId, Apps, AuthorityDiscovery,
	Babe, Balance, Block, BlockNumber, Executive, Feeds, Grandpa, Historical, Inference,
	InherentDataExt, NominationPools, Nonce, Proofs, Runtime, RuntimeCall, RuntimeGenesisConfig,
	SessionKeys, Staking, System, TransactionPayment, Usage, Workflows, VERSION,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{
	genesis_builder_helper::{build_state, get_preset},
	traits::KeyOwnerProofSystem,
	view_functions::{ViewFunctionDispatchError, ViewFunctionId},
};
use opg_primitives::{
	feed::{FeedId, KeyIndex, Reading},
	seams::{FeedReader, KeyId, Reference},
	AppId, Input, ModelId, TrustMode,
};
use pallet_inference::api::Estimate;
use pallet_nomination_pools::PoolId;
use pallet_proofs::{Inclusion, Inputs, ProofBytes, ProofFault};
use pallet_transaction_payment::{FeeDetails, RuntimeDispatchInfo};
use pallet_usage::{AccountUse, CohortAge, Counters, EpochIndex, EpochSpan, Scope, Service};
use pallet_workflows::WorkflowId;
use sp_api::impl_runtime_apis;
use sp_core::{crypto::KeyTypeId, OpaqueMetadata};
use sp_runtime::{
	traits::{Block as BlockT, NumberFor},
	transaction_validity::{TransactionSource, TransactionValidity},
	ApplyExtrinsicResult, ExtrinsicInclusionMode,
};
use sp_version::RuntimeVersion;

/// Bytes of a signed transaction beside its call: the account, the signature, and what they cover.
const SIGNED_BYTES: u32 = 120;

/// What a request's transaction costs without a tip.
fn request_fee(model: ModelId, trust: TrustMode, input_bytes: u32) -> Balance {
	let call = pallet_inference::Call::<Runtime>::request {
		model,
		input: Input::Inline(Default::default()),
		trust,
		max_fee: Balance::MAX,
		deadline: 0,
		client_key: Default::default(),
		through: None,
	};
	let bytes = call.encoded_size() as u32;
	let length = bytes.saturating_add(input_bytes).saturating_add(SIGNED_BYTES);
	TransactionPayment::query_call_info(call.into(), length).partial_fee
}

impl_runtime_apis! {
	impl sp_api::Core<Block> for Runtime {
		fn version() -> RuntimeVersion {
			VERSION
		}

		fn execute_block(block: <Block as BlockT>::LazyBlock) {
			Executive::execute_block(block);
		}

		fn initialize_block(header: &<Block as BlockT>::Header) -> ExtrinsicInclusionMode {
			Executive::initialize_block(header)
		}
	}

	impl sp_api::Metadata<Block> for Runtime {
		fn metadata() -> OpaqueMetadata {
			OpaqueMetadata::new(Runtime::metadata().into())
		}

		fn metadata_at_version(version: u32) -> Option<OpaqueMetadata> {
			Runtime::metadata_at_version(version)
		}

		fn metadata_versions() -> Vec<u32> {
			Runtime::metadata_versions()
		}
	}

	impl frame_support::view_functions::runtime_api::RuntimeViewFunction<Block> for Runtime {
		fn execute_view_function(
			id: ViewFunctionId,
			input: Vec<u8>,
		) -> Result<Vec<u8>, ViewFunctionDispatchError> {
			Runtime::execute_view_function(id, input)
		}
	}

	impl sp_block_builder::BlockBuilder<Block> for Runtime {
		fn apply_extrinsic(extrinsic: <Block as BlockT>::Extrinsic) -> ApplyExtrinsicResult {
			Executive::apply_extrinsic(extrinsic)
		}

		fn finalize_block() -> <Block as BlockT>::Header {
			Executive::finalize_block()
		}

		fn inherent_extrinsics(data: sp_inherents::InherentData) -> Vec<<Block as BlockT>::Extrinsic> {
			data.create_extrinsics()
		}

		fn check_inherents(
			block: <Block as BlockT>::LazyBlock,
			data: sp_inherents::InherentData,
		) -> sp_inherents::CheckInherentsResult {
			data.check_extrinsics(&block)
		}
	}

	impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for Runtime {
		fn validate_transaction(
			source: TransactionSource,
			transaction: <Block as BlockT>::Extrinsic,
			block_hash: <Block as BlockT>::Hash,
		) -> TransactionValidity {
			Executive::validate_transaction(source, transaction, block_hash)
		}
	}

	impl sp_offchain::OffchainWorkerApi<Block> for Runtime {
		fn offchain_worker(header: &<Block as BlockT>::Header) {
			Executive::offchain_worker(header)
		}
	}

	impl sp_consensus_grandpa::GrandpaApi<Block> for Runtime {
		fn grandpa_authorities() -> Vec<(sp_consensus_grandpa::AuthorityId, u64)> {
			Grandpa::grandpa_authorities()
		}

		fn current_set_id() -> sp_consensus_grandpa::SetId {
			pallet_grandpa::CurrentSetId::<Runtime>::get()
		}

		fn submit_report_equivocation_unsigned_extrinsic(
			equivocation_proof: sp_consensus_grandpa::EquivocationProof<
				<Block as BlockT>::Hash,
				NumberFor<Block>,
			>,
			key_owner_proof: sp_consensus_grandpa::OpaqueKeyOwnershipProof,
		) -> Option<()> {
			Grandpa::submit_unsigned_equivocation_report(
				equivocation_proof,
				key_owner_proof.decode()?,
			)
		}

		fn generate_key_ownership_proof(
			_set_id: sp_consensus_grandpa::SetId,
			authority_id: sp_consensus_grandpa::AuthorityId,
		) -> Option<sp_consensus_grandpa::OpaqueKeyOwnershipProof> {
			Historical::prove((sp_consensus_grandpa::KEY_TYPE, authority_id))
				.map(|proof| sp_consensus_grandpa::OpaqueKeyOwnershipProof::new(proof.encode()))
		}
	}

	impl sp_consensus_babe::BabeApi<Block> for Runtime {
		fn configuration() -> sp_consensus_babe::BabeConfiguration {
			let epoch = Babe::epoch_config().unwrap_or(BABE_GENESIS);
			sp_consensus_babe::BabeConfiguration {
				slot_duration: Babe::slot_duration(),
				epoch_length: <Runtime as pallet_babe::Config>::EpochDuration::get(),
				c: epoch.c,
				authorities: Babe::authorities().to_vec(),
				randomness: Babe::randomness(),
				allowed_slots: epoch.allowed_slots,
			}
		}

		fn current_epoch_start() -> sp_consensus_babe::Slot {
			Babe::current_epoch_start()
		}

		fn current_epoch() -> sp_consensus_babe::Epoch {
			Babe::current_epoch()
		}

		fn next_epoch() -> sp_consensus_babe::Epoch {
			Babe::next_epoch()
		}

		fn generate_key_ownership_proof(
			_slot: sp_consensus_babe::Slot,
			authority_id: sp_consensus_babe::AuthorityId,
		) -> Option<sp_consensus_babe::OpaqueKeyOwnershipProof> {
			Historical::prove((sp_consensus_babe::KEY_TYPE, authority_id))
				.map(|proof| sp_consensus_babe::OpaqueKeyOwnershipProof::new(proof.encode()))
		}

		fn submit_report_equivocation_unsigned_extrinsic(
			equivocation_proof: sp_consensus_babe::EquivocationProof<<Block as BlockT>::Header>,
			key_owner_proof: sp_consensus_babe::OpaqueKeyOwnershipProof,
		) -> Option<()> {
			// A report that dispatch refuses would still take its place in a block.
			if !sp_consensus_babe::check_equivocation_proof(equivocation_proof.clone()) {
				return None;
			}
			Babe::submit_unsigned_equivocation_report(equivocation_proof, key_owner_proof.decode()?)
		}
	}

	impl sp_authority_discovery::AuthorityDiscoveryApi<Block> for Runtime {
		fn authorities() -> Vec<sp_authority_discovery::AuthorityId> {
			AuthorityDiscovery::authorities()
		}
	}

	impl sp_session::SessionKeys<Block> for Runtime {
		fn generate_session_keys(
			owner: Vec<u8>,
			seed: Option<Vec<u8>>,
		) -> sp_session::OpaqueGeneratedSessionKeys {
			SessionKeys::generate(&owner, seed).into()
		}

		fn decode_session_keys(encoded: Vec<u8>) -> Option<Vec<(Vec<u8>, KeyTypeId)>> {
			SessionKeys::decode_into_raw_public_keys(&encoded)
		}
	}

	impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for Runtime {
		fn account_nonce(account: AccountId) -> Nonce {
			System::account_nonce(account)
		}
	}

	impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentApi<Block, Balance> for Runtime {
		fn query_info(
			transaction: <Block as BlockT>::Extrinsic,
			length: u32,
		) -> RuntimeDispatchInfo<Balance> {
			TransactionPayment::query_info(transaction, length)
		}

		fn query_fee_details(
			transaction: <Block as BlockT>::Extrinsic,
			length: u32,
		) -> FeeDetails<Balance> {
			TransactionPayment::query_fee_details(transaction, length)
		}

		fn query_weight_to_fee(weight: frame_support::weights::Weight) -> Balance {
			TransactionPayment::weight_to_fee(weight)
		}

		fn query_length_to_fee(length: u32) -> Balance {
			TransactionPayment::length_to_fee(length)
		}
	}

	impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentCallApi<Block, Balance, RuntimeCall> for Runtime {
		fn query_call_info(call: RuntimeCall, length: u32) -> RuntimeDispatchInfo<Balance> {
			TransactionPayment::query_call_info(call, length)
		}

		fn query_call_fee_details(call: RuntimeCall, length: u32) -> FeeDetails<Balance> {
			TransactionPayment::query_call_fee_details(call, length)
		}

		fn query_weight_to_fee(weight: frame_support::weights::Weight) -> Balance {
			TransactionPayment::weight_to_fee(weight)
		}

		fn query_length_to_fee(length: u32) -> Balance {
			TransactionPayment::length_to_fee(length)
		}
	}

	impl pallet_nomination_pools_runtime_api::NominationPoolsApi<Block, AccountId, Balance>
		for Runtime
	{
		fn pending_rewards(who: AccountId) -> Balance {
			NominationPools::api_pending_rewards(who).unwrap_or_default()
		}

		fn points_to_balance(pool: PoolId, points: Balance) -> Balance {
			NominationPools::api_points_to_balance(pool, points)
		}

		fn balance_to_points(pool: PoolId, new_funds: Balance) -> Balance {
			NominationPools::api_balance_to_points(pool, new_funds)
		}

		fn pool_pending_slash(pool: PoolId) -> Balance {
			NominationPools::api_pool_pending_slash(pool)
		}

		fn member_pending_slash(member: AccountId) -> Balance {
			NominationPools::api_member_pending_slash(member)
		}

		fn pool_needs_delegate_migration(pool: PoolId) -> bool {
			NominationPools::api_pool_needs_delegate_migration(pool)
		}

		fn member_needs_delegate_migration(member: AccountId) -> bool {
			NominationPools::api_member_needs_delegate_migration(member)
		}

		fn member_total_balance(who: AccountId) -> Balance {
			NominationPools::api_member_total_balance(who)
		}

		fn pool_balance(pool: PoolId) -> Balance {
			NominationPools::api_pool_balance(pool)
		}

		fn pool_accounts(pool: PoolId) -> (AccountId, AccountId) {
			NominationPools::api_pool_accounts(pool)
		}
	}

	impl pallet_staking_runtime_api::StakingApi<Block, Balance, AccountId> for Runtime {
		fn nominations_quota(balance: Balance) -> u32 {
			Staking::api_nominations_quota(balance)
		}

		fn eras_stakers_page_count(
			era: sp_staking::EraIndex,
			account: AccountId,
		) -> sp_staking::Page {
			Staking::api_eras_stakers_page_count(era, account)
		}

		fn pending_rewards(era: sp_staking::EraIndex, account: AccountId) -> bool {
			Staking::api_pending_rewards(era, account)
		}
	}

	impl pallet_proofs::api::ProofsApi<Block, AccountId, BlockNumber> for Runtime {
		fn verify(key: KeyId, inputs: Inputs, proof: ProofBytes) -> Result<(), ProofFault> {
			Proofs::verify(key, &inputs, &proof)
		}

		fn verify_batch(
			claims: pallet_proofs::api::Claims,
		) -> Result<Vec<bool>, (u32, ProofFault)> {
			Proofs::verify_batch(&claims)
		}

		fn statement(
			key: KeyId,
			inputs: Inputs,
			who: AccountId,
			reference: Reference,
		) -> Option<sp_core::H256> {
			Proofs::statement(key, &inputs, &who, &reference)
		}

		fn inclusion(statement: sp_core::H256) -> Option<Inclusion<BlockNumber>> {
			Proofs::inclusion(statement)
		}
	}

	impl pallet_usage::api::UsageApi<Block, AccountId> for Runtime {
		fn epoch() -> EpochSpan {
			Usage::epoch()
		}

		fn counters(epoch: EpochIndex) -> Option<Counters> {
			Usage::counters(epoch)
		}

		fn model_counters(model: ModelId, epoch: EpochIndex) -> Option<Counters> {
			Usage::scope_counters(Scope::Model(model), epoch)
		}

		fn app_counters(app: AppId, epoch: EpochIndex) -> Option<Counters> {
			Usage::scope_counters(Scope::App(app), epoch)
		}

		fn cohort(start: EpochIndex) -> Vec<CohortAge> {
			Usage::cohort(start)
		}

		fn account(who: AccountId) -> Option<AccountUse> {
			Usage::account(&who)
		}

		fn service(epoch: EpochIndex) -> Option<Service> {
			Usage::service(epoch)
		}
	}

	impl pallet_inference::api::InferenceApi<Block, Balance> for Runtime {
		fn estimate(
			model: ModelId,
			trust: TrustMode,
			input_bytes: u32,
		) -> Option<Estimate<Balance>> {
			let estimate = Inference::estimate(model, trust)?;
			let transaction = request_fee(model, trust, input_bytes);
			Some(Estimate { transaction, ..estimate })
		}
	}

	impl pallet_apps::api::AppsApi<Block, AccountId, Balance> for Runtime {
		fn access(app: AppId, who: AccountId) -> Option<pallet_apps::Standing<Balance>> {
			Apps::access(app, &who)
		}

		fn purse(app: AppId) -> AccountId {
			Apps::purse(app)
		}

		fn spendable(app: AppId) -> Balance {
			Apps::spendable(app)
		}
	}

	impl pallet_feeds::api::FeedsApi<Block, AccountId, Balance, BlockNumber> for Runtime {
		fn list() -> Vec<pallet_feeds::api::Listed> {
			Feeds::list()
		}

		fn show(
			feed: FeedId,
		) -> Option<pallet_feeds::api::Shown<AccountId, Balance, BlockNumber>> {
			Feeds::show(feed)
		}

		fn read(feed: FeedId, key: KeyIndex) -> Option<Reading<BlockNumber>> {
			<Feeds as FeedReader<BlockNumber>>::read(feed, key)
		}

		fn weigh(observations: u32, keys: u32) -> frame_support::weights::Weight {
			Feeds::weigh(observations, keys)
		}

		fn history(feed: FeedId) -> Vec<pallet_feeds::Snapshot<BlockNumber>> {
			Feeds::history(feed)
		}
	}

	impl pallet_workflows::api::WorkflowsApi<Block, AccountId, Balance, BlockNumber> for Runtime {
		fn list() -> Vec<(WorkflowId, pallet_workflows::WorkflowOf<Runtime>)> {
			Workflows::list()
		}

		fn show(
			workflow: WorkflowId,
		) -> Option<(pallet_workflows::WorkflowOf<Runtime>, AccountId, Balance)> {
			let record = pallet_workflows::Workflows::<Runtime>::get(workflow)?;
			Some((record, Workflows::purse(workflow), Workflows::spendable(workflow)))
		}

		fn fresh(workflow: WorkflowId) -> Option<pallet_workflows::Derived<BlockNumber>> {
			Workflows::fresh(workflow)
		}

		fn history(workflow: WorkflowId) -> Vec<pallet_workflows::Derived<BlockNumber>> {
			Workflows::history(workflow)
		}
	}

	impl sp_genesis_builder::GenesisBuilder<Block> for Runtime {
		fn build_state(config: Vec<u8>) -> sp_genesis_builder::Result {
			build_state::<RuntimeGenesisConfig>(config)
		}

		fn get_preset(id: &Option<sp_genesis_builder::PresetId>) -> Option<Vec<u8>> {
			get_preset::<RuntimeGenesisConfig>(id, genesis_config_presets::get_preset)
		}

		fn preset_names() -> Vec<sp_genesis_builder::PresetId> {
			genesis_config_presets::preset_names()
		}
	}

	#[cfg(feature = "try-runtime")]
	impl frame_try_runtime::TryRuntime<Block> for Runtime {
		fn on_runtime_upgrade(
			checks: frame_try_runtime::UpgradeCheckSelect,
		) -> (frame_support::weights::Weight, frame_support::weights::Weight) {
			let config = frame_executive::TryRuntimeUpgradeConfig::new(checks);
			let weight = Executive::try_runtime_upgrade_with_config(config)
				.expect("a failed check must stop the trial run; qed");
			(weight, crate::constants::block::MAX_WEIGHT)
		}

		fn execute_block(
			block: <Block as BlockT>::LazyBlock,
			state_root_check: bool,
			signature_check: bool,
			select: frame_try_runtime::TryStateSelect,
		) -> frame_support::weights::Weight {
			Executive::try_execute_block(block, state_root_check, signature_check, select)
				.expect("a failed check must stop the trial run; qed")
		}
	}
}
