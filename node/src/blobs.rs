//! This node's blobs: the store below the chain's data, and the nodes and daemons it fetches from and gives to.

use crate::cli::{StoreName, Work};
use futures::{future::BoxFuture, FutureExt, StreamExt};
use opg_runtime::OpaqueBlock as Block;
use opg_store::{
	EmbeddedStore, IpfsConfig, IpfsSource, Limits, PeerDesk, PeerNetwork, PeerSource, Stores,
	MAX_ANSWER, MAX_QUESTION,
};
use sc_network::{
	request_responses::{IncomingRequest, OutgoingResponse},
	service::traits::NetworkService,
	IfDisconnected, NetworkBackend, ProtocolName,
};
use sc_network_sync::SyncingService;
use sc_network_types::PeerId;
use sc_service::{Configuration, Error};
use std::{future::Future, sync::Arc, time::Duration};

/// What is asked for by the protocol of blobs.
pub(crate) const BLOBS: &str = "blobs";
/// How long a node may take to answer: it may have to read a large file first.
const PATIENCE: Duration = Duration::from_secs(30);
/// Questions of others that wait; more are dropped.
const MAX_WAITING: usize = 64;
/// Questions of others answered at a time.
const ANSWERED_AT_A_TIME: usize = 4;

/// The stores of a node, and the part of them that needs the network.
pub(crate) struct Blobs {
	pub(crate) stores: Stores,
	pub(crate) peers: Arc<PeerSource<Peers>>,
}

/// Opens the store of this node, below the chain's data unless placed elsewhere.
pub(crate) fn open(config: &Configuration, work: &Work) -> Result<Blobs, Error> {
	let refuse = |error| Error::Other(format!("The blob store cannot be opened: {error}"));
	let folder = work
		.store_path
		.clone()
		.unwrap_or_else(|| config.base_path.config_dir(config.chain_spec.id()).join("blobs"));
	let quota = work.store_quota.map(|gibibytes| gibibytes.saturating_mul(1 << 30));
	let home =
		EmbeddedStore::open(folder, Limits { quota, ..Limits::default() }).map_err(refuse)?;
	let peers = Arc::new(PeerSource::new(config.tokio_handle.clone()));
	let mut stores = Stores::new(home);
	for name in &work.store {
		stores = match name {
			StoreName::None => stores,
			StoreName::Peers => stores.with(peers.clone()),
			StoreName::Ipfs(url) => {
				let ipfs = IpfsSource::new(IpfsConfig::new(url));
				stores.with(Arc::new(ipfs.map_err(refuse)?))
			},
		};
	}
	Ok(Blobs { stores, peers })
}

/// The protocol by which nodes of one chain ask each other for something.
pub(crate) fn protocol_name(genesis: impl AsRef<[u8]>, what: &str) -> ProtocolName {
	format!("/{}/opg/{what}/1", sp_core::hexdisplay::HexDisplay::from(&genesis.as_ref())).into()
}

/// The protocol's part in the network, and what answers others for as long as it is polled.
pub(crate) fn protocol<Network: NetworkBackend<Block, opg_runtime::Hash>>(
	genesis: opg_runtime::Hash,
	home: &EmbeddedStore,
) -> (Network::RequestResponseProtocolConfig, impl Future<Output = ()> + Send + use<Network>) {
	let (sender, questions) = async_channel::bounded(MAX_WAITING);
	let config = Network::request_response_config(
		protocol_name(genesis, BLOBS),
		Vec::new(),
		MAX_QUESTION,
		MAX_ANSWER,
		PATIENCE,
		Some(sender),
	);
	let desk = Arc::new(PeerDesk::new(home.clone()));
	let answers = questions.for_each_concurrent(ANSWERED_AT_A_TIME, move |question| {
		let desk = desk.clone();
		async move {
			let IncomingRequest { payload, pending_response, .. } = question;
			let answer = tokio::task::spawn_blocking(move || desk.answer(&payload)).await;
			let result = answer.ok().flatten().ok_or(());
			// Who asked may be gone.
			let _ = pending_response.send(OutgoingResponse {
				result,
				reputation_changes: Vec::new(),
				sent_feedback: None,
			});
		}
	});
	(config, answers)
}

/// The nodes this one is connected with, asked by one protocol.
pub(crate) struct Peers {
	network: Arc<dyn NetworkService>,
	sync: Arc<SyncingService<Block>>,
	protocol: ProtocolName,
}

impl Peers {
	pub(crate) fn new(
		network: Arc<dyn NetworkService>,
		sync: Arc<SyncingService<Block>>,
		protocol: ProtocolName,
	) -> Self {
		Self { network, sync, protocol }
	}
}

impl PeerNetwork for Peers {
	type Peer = PeerId;

	fn peers(&self) -> BoxFuture<'_, Vec<PeerId>> {
		async {
			let known = self.sync.peers_info().await.unwrap_or_default();
			known.into_iter().map(|(peer, _)| peer).collect()
		}
		.boxed()
	}

	fn ask(&self, peer: PeerId, question: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, String>> {
		async move {
			let asked = self.network.request(
				peer,
				self.protocol.clone(),
				question,
				None,
				IfDisconnected::ImmediateError,
			);
			asked.await.map(|(answer, _)| answer).map_err(|error| error.to_string())
		}
		.boxed()
	}
}
