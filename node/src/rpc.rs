//! What the node answers over RPC: the SDK's modules, and the blob store for whoever publishes or reads files here.

use jsonrpsee::{
	core::{async_trait, RpcResult},
	proc_macros::rpc,
	types::{error::INVALID_PARAMS_CODE, ErrorObjectOwned},
	Extensions, RpcModule,
};
use opg_primitives::ContentId;
use opg_runtime::{AccountId, Balance, Hash, Nonce, OpaqueBlock as Block};
use opg_seal::PublicKey;
use opg_store::{BlobStore, Stores, Uploads};
use sc_client_api::AuxStore;
use sc_consensus_babe::BabeWorkerHandle;
use sc_consensus_grandpa::{
	FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState,
};
use sc_rpc::SubscriptionTaskExecutor;
use sc_rpc_api::{check_if_safe, UnsafeRpcError};
use sc_transaction_pool_api::TransactionPool;
use serde::{Deserialize, Serialize};
use sp_api::ProvideRuntimeApi;
use sp_block_builder::BlockBuilder;
use sp_blockchain::{Error as BlockChainError, HeaderBackend, HeaderMetadata};
use sp_consensus::SelectChain;
use sp_consensus_babe::BabeApi;
use sp_core::{Bytes, H256};
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

	/// Begins a file of so many bytes, whose chunks of 256 KiB have these sha2-256 digests, or goes on with it. Only for the node's
	/// operator.
	#[method(name = "open", blocking, with_extensions)]
	fn open(&self, size: u64, leaves: Vec<H256>) -> RpcResult<Upload>;

	/// Takes a chunk of a file that was opened; whether the file is whole with it. Only for the node's operator.
	#[method(name = "putChunk", blocking, with_extensions)]
	fn put_chunk(&self, content: String, index: u64, bytes: Bytes) -> RpcResult<bool>;

	/// The size of a file that is here, and the digests of its chunks. Reads the file.
	#[method(name = "outline", blocking)]
	fn outline(&self, content: String) -> RpcResult<FileOutline>;

	/// A chunk of a file that is here, by its place.
	#[method(name = "getChunk", blocking)]
	fn get_chunk(&self, content: String, index: u64) -> RpcResult<Bytes>;
}

/// The worker of this node.
#[rpc(server, namespace = "worker")]
pub(crate) trait WorkerRpc {
	/// The key that inputs are sealed with for this node; none if it runs no models.
	#[method(name = "sealingKey")]
	fn sealing_key(&self) -> RpcResult<Option<H256>>;
}

/// Answers [`WorkerRpc`].
pub(crate) struct Work {
	sealing: Option<PublicKey>,
}

impl WorkerRpcServer for Work {
	fn sealing_key(&self) -> RpcResult<Option<H256>> {
		Ok(self.sealing.map(H256))
	}
}

/// A file that is being put.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Upload {
	/// What it is called.
	pub(crate) content: String,
	/// Chunks that are not here yet.
	pub(crate) missing: Vec<u64>,
}

/// What a file's chunks are.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct FileOutline {
	/// Bytes of the file.
	pub(crate) size: u64,
	/// sha2-256 of each chunk.
	pub(crate) leaves: Vec<H256>,
}

/// Answers [`StoreRpc`] from a store.
pub(crate) struct Store {
	store: Stores,
	uploads: Uploads,
}

impl Store {
	pub(crate) fn new(store: Stores) -> Self {
		Self { uploads: Uploads::new(store.home().clone()), store }
	}
}

fn check_operator(extensions: &Extensions) -> RpcResult<()> {
	check_if_safe(extensions).map_err(|error: UnsafeRpcError| ErrorObjectOwned::from(error))
}

fn parse(content: &str) -> RpcResult<ContentId> {
	content.parse().map_err(|error| {
		ErrorObjectOwned::owned(INVALID_PARAMS_CODE, format!("{content:?}: {error}"), None::<()>)
	})
}

fn refuse(error: impl std::error::Error) -> ErrorObjectOwned {
	ErrorObjectOwned::owned(STORE_ERROR, error.to_string(), None::<()>)
}

#[async_trait]
impl StoreRpcServer for Store {
	fn put(&self, extensions: &Extensions, bytes: Bytes) -> RpcResult<String> {
		check_operator(extensions)?;
		self.store.put(&bytes).map(|content| content.to_string()).map_err(refuse)
	}

	fn get(&self, content: String) -> RpcResult<Bytes> {
		self.store.home().get(&parse(&content)?).map(Bytes).map_err(refuse)
	}

	fn has(&self, content: String) -> RpcResult<bool> {
		Ok(self.store.has(&parse(&content)?))
	}

	fn open(&self, extensions: &Extensions, size: u64, leaves: Vec<H256>) -> RpcResult<Upload> {
		check_operator(extensions)?;
		let leaves = leaves.into_iter().map(|leaf| leaf.0).collect();
		let (content, missing) = self.uploads.open(size, leaves).map_err(refuse)?;
		Ok(Upload { content: content.to_string(), missing })
	}

	fn put_chunk(
		&self,
		extensions: &Extensions,
		content: String,
		index: u64,
		bytes: Bytes,
	) -> RpcResult<bool> {
		check_operator(extensions)?;
		let content = parse(&content)?;
		let is_whole = self.uploads.put(&content, index, &bytes).map_err(refuse)?;
		if is_whole {
			self.store.share(&content);
		}
		Ok(is_whole)
	}

	fn outline(&self, content: String) -> RpcResult<FileOutline> {
		let outline = self.store.home().outline(&parse(&content)?).map_err(refuse)?;
		let leaves = outline.leaves().iter().map(H256::from).collect();
		Ok(FileOutline { size: outline.size(), leaves })
	}

	fn get_chunk(&self, content: String, index: u64) -> RpcResult<Bytes> {
		self.store.home().chunk(&parse(&content)?, index).map(Bytes).map_err(refuse)
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
	pub(crate) sealing: Option<PublicKey>,
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

	let Deps { client, pool, select_chain, chain_spec, keystore, babe, grandpa, store, sealing } =
		deps;
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
	module.merge(Store::new(store).into_rpc())?;
	module.merge(Work { sealing }.into_rpc())?;
	Ok(module)
}
