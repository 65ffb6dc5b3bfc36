//! Joins the observer of feeds to the node: its keys and journal, the other nodes, the off-chain workers.

use crate::{blobs::protocol_name, cli::Work};
use codec::{DecodeAll, Encode};
use futures::{Future, StreamExt};
use opg_feeds::{
	client::Bounds, evidence::DEFAULT_KEPT, Client, Evidence, Journal, Observer, ObserverConfig,
	Policy, MAX_ANSWER, MAX_QUESTION,
};
use opg_host::WorkerPort;
use opg_primitives::{
	feed::Observation,
	job::{Query, Serving},
	node::OBSERVES,
	ModelId,
};
use opg_runtime::OpaqueBlock as Block;
use opg_store::EmbeddedStore;
use sc_network::{
	request_responses::{IncomingRequest, OutgoingResponse},
	NetworkBackend,
};
use sc_service::{Configuration, Error};
use sp_keystore::KeystorePtr;
use std::{sync::Arc, time::Duration};

/// What is asked for by the protocol of observations.
pub(crate) const OBSERVATIONS: &str = "observations";
/// How long a node may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// Questions of others that wait; more are dropped.
const MAX_WAITING: usize = 128;
/// Questions of others answered at a time: each may bring a few signatures to check.
const ANSWERED_AT_A_TIME: usize = 2;

/// Starts the observer, which keeps what sources answer in `store`; it has nobody to exchange with until it is connected.
pub(crate) fn start_observer(
	config: &Configuration,
	work: &Work,
	store: &EmbeddedStore,
	keystore: KeystorePtr,
) -> Result<Observer, Error> {
	let policy =
		Policy { allowed: work.feed_source_allow.clone(), pinned: work.feed_source_pin.clone() };
	let folder = config.base_path.config_dir(config.chain_spec.id());
	let journal = Journal::open(folder.join("observations"))
		.map_err(|error| Error::Other(error.to_string()))?;
	let evidence = Evidence::open(folder.join("evidence"), store.clone(), DEFAULT_KEPT)
		.map_err(|error| Error::Other(error.to_string()))?;
	let client = Client::new(policy, Bounds::default());
	let runtime = config.tokio_handle.clone();
	Ok(Observer::new(client, journal, evidence, keystore, ObserverConfig::default(), runtime))
}

/// The protocol's part in the network, and what answers others for as long as it is polled. Nodes that observe nothing answer as well, that
/// they have nothing: who asks need not know who observes.
pub(crate) fn protocol<Network: NetworkBackend<Block, opg_runtime::Hash>>(
	genesis: opg_runtime::Hash,
	observer: Option<Observer>,
) -> (Network::RequestResponseProtocolConfig, impl Future<Output = ()> + Send + use<Network>) {
	let (sender, questions) = async_channel::bounded(MAX_WAITING);
	let config = Network::request_response_config(
		protocol_name(genesis, OBSERVATIONS),
		Vec::new(),
		MAX_QUESTION,
		MAX_ANSWER,
		PATIENCE,
		Some(sender),
	);
	let answers = questions.for_each_concurrent(ANSWERED_AT_A_TIME, move |question| {
		let observer = observer.clone();
		async move {
			let IncomingRequest { payload, pending_response, .. } = question;
			let answer = match observer {
				// Signatures take longer than a task may keep a thread.
				Some(observer) => tokio::task::spawn_blocking(move || observer.answer(&payload))
					.await
					.ok()
					.flatten(),
				None => Some(Vec::<Observation>::new().encode()),
			};
			// Who asked may be gone.
			let _ = pending_response.send(OutgoingResponse {
				result: answer.ok_or(()),
				reputation_changes: Vec::new(),
				sent_feedback: None,
			});
		}
	});
	(config, answers)
}

/// An observer beside the worker that runs models, if there is one, as off-chain workers see them.
struct Observing {
	models: Option<Arc<dyn WorkerPort>>,
	observer: Observer,
}

/// Joins an observer to the worker that runs models, if there is one.
pub(crate) fn beside(
	models: Option<Arc<dyn WorkerPort>>,
	observer: Observer,
) -> Arc<dyn WorkerPort> {
	Arc::new(Observing { models, observer })
}

impl WorkerPort for Observing {
	fn submit(&self, task: &[u8]) -> bool {
		self.models.as_ref().is_some_and(|models| models.submit(task))
	}

	fn poll(&self, query: &[u8]) -> Option<Vec<u8>> {
		let known = self.models.as_ref().and_then(|models| models.poll(query));
		if Query::decode_all(&mut &*query) != Ok(Query::Serving) {
			return known;
		}
		let serving = match known {
			Some(known) => Serving::decode_all(&mut known.as_slice()).ok()?,
			// Who runs no models wants to hear of none.
			None => Serving { loaded: Vec::new(), next: ModelId::MAX },
		};
		Some(announced(serving).encode())
	}

	fn observe(&self, outlook: &[u8]) -> Option<Vec<u8>> {
		self.observer.observe(outlook)
	}
}

/// What a node announces that also observes.
fn announced(mut serving: Serving) -> Serving {
	serving.loaded.push(OBSERVES);
	serving
}

#[cfg(test)]
mod tests {
	use super::announced;
	use opg_primitives::{job::Serving, node::OBSERVES};

	#[test]
	fn who_observes_announces_it_after_its_models() {
		let serving = announced(Serving { loaded: vec![1, 7], next: 9 });
		assert_eq!(serving, Serving { loaded: vec![1, 7, OBSERVES], next: 9 });
		assert!(serving.loaded.is_sorted());
	}
}
