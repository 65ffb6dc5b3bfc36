//! What a node's off-chain workers talk to: the inference worker, the keeper of files, or both, by its roles.

use crate::{
	chain_spec::development_worker,
	cli::{RoleName, Work},
	inference,
};
use opg_host::WorkerPort;
use opg_seal::{PublicKey, SecretKey};
use opg_store::Stores;
use opg_worker::{ports::FinalityView, Keeper, WorkerHandle};
use sc_chain_spec::ChainType;
use sc_service::{Configuration, Error};
use sp_keystore::{Keystore, KeystorePtr};
use std::sync::Arc;

/// Starts what the roles of this node need; nothing for a node without one.
pub(crate) async fn start(
	config: &Configuration,
	work: &Work,
	stores: &Stores,
	keystore: KeystorePtr,
	finalised: FinalityView,
) -> Result<Roles, Error> {
	if work.role.is_empty() {
		return Ok(Roles::default());
	}
	if config.chain_spec.chain_type() == ChainType::Development && config.dev_key_seed.is_some() {
		let (kind, seed, public) = development_worker();
		keystore
			.insert(kind, &seed, &public)
			.map_err(|()| Error::Other("The development worker's key cannot be stored".into()))?;
	}
	let (mut inference, mut sealing) = (None, None);
	if work.role.contains(&RoleName::Inference) {
		let path = config.base_path.config_dir(config.chain_spec.id()).join("sealing-key");
		let key = SecretKey::load(&path).map_err(|error| Error::Other(error.to_string()))?;
		sealing = Some(key.public());
		let store = stores.clone();
		inference = Some(inference::start_worker(config, work, store, finalised, key).await?);
	}
	// Whoever owns a node may keep files, whatever else the node does.
	let keeper = Keeper::new(stores.clone(), config.tokio_handle.clone());
	Ok(Roles { worker: Some(Arc::new(Parts { inference, keeper })), sealing })
}

/// What the roles of a node run.
#[derive(Default)]
pub(crate) struct Roles {
	/// What off-chain workers talk to.
	pub(crate) worker: Option<Arc<dyn WorkerPort>>,
	/// The key that inputs are sealed with for this node.
	pub(crate) sealing: Option<PublicKey>,
}

/// Each question goes to the part that knows the answer.
struct Parts {
	inference: Option<WorkerHandle>,
	keeper: Keeper,
}

impl WorkerPort for Parts {
	fn submit(&self, task: &[u8]) -> bool {
		self.inference.as_ref().is_some_and(|worker| worker.submit(task))
	}

	fn poll(&self, query: &[u8]) -> Option<Vec<u8>> {
		let known = self.inference.as_ref().and_then(|worker| worker.poll(query));
		known.or_else(|| self.keeper.poll(query))
	}
}
