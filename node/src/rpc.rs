//! What the node answers over RPC: the SDK's modules, and the blob store for whoever publishes or reads files here.

use jsonrpsee::{
	core::{async_trait, RpcResult},
	proc_macros::rpc,
	types::{error::INVALID_PARAMS_CODE, ErrorObjectOwned},
	Extensions, RpcModule,
};
use opg_primitives::ContentId;
use opg_runtime::{AccountId, Balance, Hash, Nonce, OpaqueBlock as Block};
use opg_store::{BlobStore, StoreError, Stores};
use sc_client_api::AuxStore;
use sc_consensus_babe::BabeWorkerHandle;
use sc_consensus_grandpa::{
	FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState,
};
use sc_rpc::SubscriptionTaskExecutor;
use sc_rpc_api::{check_if_safe, UnsafeRpcError};
use sc_transaction_pool_api::TransactionPool;
use sp_api::ProvideRuntimeApi;
use sp_block_builder::BlockBuilder;
use sp_blockchain::{Error as BlockChainError, HeaderBackend, HeaderMetadata};
use sp_consensus::SelectChain;
use sp_consensus_babe::BabeApi;
use sp_core::Bytes;
use sp_keystore::KeystorePtr;
use std::sync::Arc;

/// Error code of a blob that cannot be kept or given.
const STORE_ERROR: i32 = 8_001;

/// The blob store of this node.
#[rpc(server, namespace = "store")]
pub(crate) trait StoreRpc {
	/// Keeps bytes and answers their content id. Only for the node's operator: it fills the disk.
	#[method(name = "put", blocking, with_extensions)]
	fn put(&self, bytes: Bytes) -> RpcResult<String>;

	/// The bytes of a content id that is here: nobody makes this node fetch anything.
	#[method(name = "get", blocking)]
	fn get(&self, content: String) -> RpcResult<Bytes>;

	/// Whether the store has a content id.
	#[method(name = "has", blocking)]
	fn has(&self, content: String) -> RpcResult<bool>;
}

/// Answers [`StoreRpc`] from a store.
pub(crate) struct Store {
	store: Stores,
}

fn parse(content: &str) -> RpcResult<ContentId> {
	content.parse().map_err(|error| {
		ErrorObjectOwned::owned(INVALID_PARAMS_CODE, format!("{content:?}: {error}"), None::<()>)
	})
}

fn refuse(error: StoreError) -> ErrorObjectOwned {
	ErrorObjectOwned::owned(STORE_ERROR, error.to_string(), None::<()>)
}

#[async_trait]
impl StoreRpcServer for Store {
	fn put(&self, extensions: &Extensions, bytes: Bytes) -> RpcResult<String> {
		check_if_safe(extensions).map_err(|error: UnsafeRpcError| ErrorObjectOwned::from(error))?;
		self.store.put(&bytes).map(|content| content.to_string()).map_err(refuse)
	}

	fn get(&self, content: String) -> RpcResult<Bytes> {
		self.store.home().get(&parse(&content)?).map(Bytes).map_err(refuse)
	}

	fn has(&self, content: String) -> RpcResult<bool> {
		Ok(self.store.has(&parse(&content)?))
	}
}

/// What finality is asked by.
pub(crate) struct GrandpaDeps<Backend> {
	pub(crate) shared_voter_state: SharedVoterState,
	pub(crate) shared_authority_set: SharedAuthoritySet<Hash, u32>,
	pub(crate) justification_stream: GrandpaJustificationStream<Block>,
	pub(crate) finality_provider: Arc<FinalityProofProvider<Backend, Block>>,
}

/// Everything the modules need.
pub(crate) struct Deps<Client, Pool, Chain, Backend> {
	pub(crate) client: Arc<Client>,
	pub(crate) pool: Arc<Pool>,
	pub(crate) select_chain: Chain,
	pub(crate) chain_spec: Box<dyn sc_chain_spec::ChainSpec>,
	pub(crate) keystore: KeystorePtr,
	pub(crate) babe: BabeWorkerHandle<Block>,
	pub(crate) grandpa: GrandpaDeps<Backend>,
	pub(crate) store: Stores,
}

/// Joins the modules.
pub(crate) fn create<Client, Pool, Chain, Backend>(
	deps: Deps<Client, Pool, Chain, Backend>,
	executor: SubscriptionTaskExecutor,
) -> Result<RpcModule<()>, Box<dyn std::error::Error + Send + Sync>>
where
	Client: ProvideRuntimeApi<Block>
		+ HeaderBackend<Block>
		+ AuxStore
		+ HeaderMetadata<Block, Error = BlockChainError>
		+ Send
		+ Sync
		+ 'static,
	Client::Api: substrate_frame_rpc_system::AccountNonceApi<Block, AccountId, Nonce>,
	Client::Api: pallet_transaction_payment_rpc::TransactionPaymentRuntimeApi<Block, Balance>,
	Client::Api: BabeApi<Block> + BlockBuilder<Block>,
	Pool: TransactionPool + Sync + Send + 'static,
	Chain: SelectChain<Block> + 'static,
	Backend: sc_client_api::Backend<Block> + Send + Sync + 'static,
	Backend::State: sc_client_api::StateBackend<sp_runtime::traits::HashingFor<Block>>,
{
	use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
	use sc_consensus_babe_rpc::{Babe, BabeApiServer};
	use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
	use sc_sync_state_rpc::{SyncState, SyncStateApiServer};
	use substrate_frame_rpc_system::{System, SystemApiServer};

	let Deps { client, pool, select_chain, chain_spec, keystore, babe, grandpa, store } = deps;
	let authorities = grandpa.shared_authority_set.clone();
	let mut module = RpcModule::new(());
	module.merge(System::new(client.clone(), pool).into_rpc())?;
	module.merge(TransactionPayment::new(client.clone()).into_rpc())?;
	module.merge(Babe::new(client.clone(), babe.clone(), keystore, select_chain).into_rpc())?;
	module.merge(
		Grandpa::new(
			executor,
			grandpa.shared_authority_set,
			grandpa.shared_voter_state,
			grandpa.justification_stream,
			grandpa.finality_provider,
		)
		.into_rpc(),
	)?;
	module.merge(SyncState::new(chain_spec, client, authorities, babe)?.into_rpc())?;
	module.merge(Store { store }.into_rpc())?;
	Ok(module)
}
