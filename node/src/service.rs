//! The node's tasks: database, network, consensus, off-chain workers.

use crate::{
	blobs,
	cli::{RoleName, Work},
	equivocation::Watched,
	feeds,
	in_turn::InTurn,
	roles, rpc, Between,
};
use futures::FutureExt;
use opg_host::WorkerExt;
use opg_runtime::{apis::RuntimeApi, OpaqueBlock as Block};
use sc_client_api::Backend as _;
use sc_consensus_babe::{BabeLink, BabeWorkerHandle, SlotProportion};
use sc_consensus_grandpa::{
	BeforeBestBlockBy, GrandpaPruningFilter, LinkHalf, SharedVoterState,
	ThreeQuartersOfTheUnfinalizedChain, VotingRulesBuilder,
};
use sc_executor::WasmExecutor;
use sc_network::NetworkEventStream;
use sc_service::{
	Configuration, Error, PartialComponents, TFullBackend, TFullClient, TaskManager, WarpSyncConfig,
};
use sc_telemetry::{Telemetry, TelemetryWorker};
use sc_transaction_pool::TransactionPoolHandle;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_babe::inherents::{
	BabeCreateInherentDataProviders, InherentDataProvider as SlotProvider,
};
use std::{sync::Arc, time::Duration};

/// Blocks between two justifications that are kept.
const JUSTIFICATION_PERIOD: u32 = 512;

/// How long finality votes gather before they are sent on; short against a block's three seconds.
const GOSSIP_DURATION: Duration = Duration::from_millis(333);

/// Bytes a proposed block may have before the runtime's own limit binds.
const PROPOSAL_LIMIT: usize = 15 * 1024 * 1024;

/// What the runtime may call of its host beside what every Substrate node offers.
pub(crate) type OwnHostFunctions =
	(opg_host::worker::HostFunctions, opg_host::bn_254::HostFunctions);
/// What the runtime may call of its host.
type HostFunctions = (sp_io::SubstrateHostFunctions, OwnHostFunctions);
pub(crate) type Client = TFullClient<Block, RuntimeApi, WasmExecutor<HostFunctions>>;
type Backend = TFullBackend<Block>;
type SelectChain = sc_consensus::LongestChain<Backend, Block>;
type GrandpaImport = sc_consensus_grandpa::GrandpaBlockImport<Backend, Block, Client, SelectChain>;
type BabeImport = sc_consensus_babe::BabeBlockImport<
	Block,
	Client,
	GrandpaImport,
	BabeCreateInherentDataProviders<Block>,
	SelectChain,
>;
type BlockImport = Watched<InTurn<BabeImport>>;

/// The parts of consensus that the rest of the service is built around.
pub(crate) struct Consensus {
	block_import: BlockImport,
	grandpa: LinkHalf<Block, Client, SelectChain>,
	babe: BabeLink<Block>,
	babe_worker: BabeWorkerHandle<Block>,
	telemetry: Option<Telemetry>,
}

type Parts = PartialComponents<
	Client,
	Backend,
	SelectChain,
	sc_consensus::DefaultImportQueue<Block>,
	TransactionPoolHandle<Block, Client>,
	Consensus,
>;

/// Everything up to the network: enough for commands that work on the database.
pub(crate) fn new_partial(config: &Configuration) -> Result<Parts, Error> {
	let telemetry = config
		.telemetry_endpoints
		.clone()
		.filter(|endpoints| !endpoints.is_empty())
		.map(|endpoints| -> Result<_, sc_telemetry::Error> {
			let worker = TelemetryWorker::new(16)?;
			let telemetry = worker.handle().new_telemetry(endpoints);
			Ok((worker, telemetry))
		})
		.transpose()?;
	let executor = sc_service::new_wasm_executor::<HostFunctions>(&config.executor);
	let (client, backend, keystore_container, task_manager) =
		sc_service::new_full_parts::<Block, RuntimeApi, _>(
			config,
			telemetry.as_ref().map(|(_, telemetry)| telemetry.handle()),
			executor,
			vec![Arc::new(GrandpaPruningFilter)],
		)?;
	let client = Arc::new(client);
	let telemetry = telemetry.map(|(worker, telemetry)| {
		task_manager.spawn_handle().spawn("telemetry", None, worker.run());
		telemetry
	});
	let handle = || telemetry.as_ref().map(|telemetry| telemetry.handle());

	let select_chain = sc_consensus::LongestChain::new(backend.clone());
	let transaction_pool = Arc::from(
		sc_transaction_pool::Builder::new(
			task_manager.spawn_essential_handle(),
			client.clone(),
			config.role.is_authority().into(),
		)
		.with_options(config.transaction_pool.clone())
		.with_prometheus(config.prometheus_registry())
		.build(),
	);
	let (grandpa_import, grandpa) = sc_consensus_grandpa::block_import(
		client.clone(),
		JUSTIFICATION_PERIOD,
		&client,
		select_chain.clone(),
		handle(),
	)?;
	let transactions = OffchainTransactionPoolFactory::new(Arc::clone(&transaction_pool));
	let babe_config = sc_consensus_babe::configuration(&*client)?;
	let slot_duration = babe_config.slot_duration();
	let (block_import, babe) = sc_consensus_babe::block_import(
		babe_config,
		grandpa_import.clone(),
		client.clone(),
		Arc::new(move |_, ()| async move {
			let timestamp = sp_timestamp::InherentDataProvider::from_system_time();
			let slot = SlotProvider::from_timestamp_and_slot_duration(*timestamp, slot_duration);
			Ok((slot, timestamp))
		}) as BabeCreateInherentDataProviders<Block>,
		select_chain.clone(),
		transactions.clone(),
	)?;
	let block_import = Watched::new(InTurn::new(block_import), client.clone(), transactions);
	let (import_queue, babe_worker) =
		sc_consensus_babe::import_queue(sc_consensus_babe::ImportQueueParams {
			link: babe.clone(),
			block_import: block_import.clone(),
			justification_import: Some(Box::new(grandpa_import)),
			client: client.clone(),
			slot_duration,
			spawner: &task_manager.spawn_essential_handle(),
			registry: config.prometheus_registry(),
			telemetry: handle(),
		})?;

	Ok(PartialComponents {
		client,
		backend,
		task_manager,
		keystore_container,
		select_chain,
		import_queue,
		transaction_pool,
		other: Consensus { block_import, grandpa, babe, babe_worker, telemetry },
	})
}

/// The whole node.
pub(crate) async fn new_full<
	Network: sc_network::NetworkBackend<Block, <Block as sp_runtime::traits::Block>::Hash>,
>(
	config: Configuration,
	work: Work,
	between: Between,
) -> Result<TaskManager, Error> {
	let PartialComponents {
		client,
		backend,
		mut task_manager,
		keystore_container,
		select_chain,
		import_queue,
		transaction_pool,
		other: Consensus { block_import, grandpa, babe, babe_worker, mut telemetry },
	} = new_partial(&config)?;
	let keystore = keystore_container.keystore();
	let blobs::Blobs { stores, peers } = blobs::open(&config, &work)?;
	let finalised = {
		let client = client.clone();
		Arc::new(move || u64::from(sc_client_api::HeaderBackend::info(&*client).finalized_number))
	};
	let roles::Roles { worker, sealing } =
		roles::start(&config, &work, &stores, keystore.clone(), finalised).await?;
	let worker = worker.map(between);
	let observer = work
		.role
		.contains(&RoleName::Data)
		.then(|| feeds::start_observer(&config, &work, stores.home(), keystore.clone()))
		.transpose()?;
	let worker = match &observer {
		Some(observer) => Some(feeds::beside(worker, observer.clone())),
		None => worker,
	};

	let registry = config.prometheus_registry().cloned();
	let metrics = Network::register_notification_metrics(registry.as_ref());
	let mut net_config = sc_network::config::FullNetworkConfiguration::<_, _, Network>::new(
		&config.network,
		registry.clone(),
	);
	let genesis_hash = sc_client_api::HeaderBackend::info(&*client).genesis_hash;
	let grandpa_protocol =
		sc_consensus_grandpa::protocol_standard_name(&genesis_hash, &config.chain_spec);
	let (grandpa_config, grandpa_notifications) =
		sc_consensus_grandpa::grandpa_peers_set_config::<_, Network>(
			grandpa_protocol.clone(),
			metrics.clone(),
			net_config.peer_store_handle(),
		);
	net_config.add_notification_protocol(grandpa_config);
	let (blob_protocol, blob_answers) = blobs::protocol::<Network>(genesis_hash, stores.home());
	net_config.add_request_response_protocol(blob_protocol);
	task_manager.spawn_handle().spawn("blob-answers", None, blob_answers);
	let (protocol, answers) = feeds::protocol::<Network>(genesis_hash, observer.clone());
	net_config.add_request_response_protocol(protocol);
	task_manager.spawn_handle().spawn("observation-answers", None, answers);
	let warp_sync = Arc::new(sc_consensus_grandpa::warp_proof::NetworkProvider::new(
		backend.clone(),
		grandpa.shared_authority_set().clone(),
		Vec::new(),
	));
	let (network, system_rpc_tx, tx_handler_controller, sync_service, _bitswap) =
		sc_service::build_network(sc_service::BuildNetworkParams {
			config: &config,
			net_config,
			client: client.clone(),
			transaction_pool: transaction_pool.clone(),
			spawn_handle: task_manager.spawn_handle(),
			spawn_essential_handle: task_manager.spawn_essential_handle(),
			import_queue,
			block_announce_validator_builder: None,
			warp_sync_config: Some(WarpSyncConfig::WithProvider(warp_sync)),
			block_relay: None,
			metrics,
			gap_sync_body_policy: None,
		})?;

	let asked_for = |what| {
		let protocol = blobs::protocol_name(genesis_hash, what);
		blobs::Peers::new(network.clone(), sync_service.clone(), protocol)
	};
	peers.connect(asked_for(blobs::BLOBS));
	if let Some(observer) = &observer {
		observer.connect(asked_for(feeds::OBSERVATIONS));
	}

	let role = config.role;
	if config.offchain_worker.enabled {
		let options = sc_offchain::OffchainWorkerOptions {
			runtime_api_provider: client.clone(),
			keystore: Some(keystore.clone()),
			offchain_db: backend.offchain_storage(),
			transaction_pool: Some(OffchainTransactionPoolFactory::new(transaction_pool.clone())),
			network_provider: Arc::new(network.clone()),
			is_validator: role.is_authority(),
			enable_http_requests: false,
			custom_extensions: move |_| {
				worker.iter().map(|port| Box::new(WorkerExt(port.clone())) as Box<_>).collect()
			},
		};
		let runner = sc_offchain::OffchainWorkers::new(options)?
			.run(client.clone(), task_manager.spawn_handle());
		task_manager.spawn_handle().spawn(
			"offchain-workers-runner",
			Some("offchain-work"),
			runner.boxed(),
		);
	}

	let voter_state = SharedVoterState::empty();
	let rpc_builder = {
		let client = client.clone();
		let pool = transaction_pool.clone();
		let select_chain = select_chain.clone();
		let chain_spec = config.chain_spec.cloned_box();
		let keystore = keystore.clone();
		let shared_voter_state = voter_state.clone();
		let shared_authority_set = grandpa.shared_authority_set().clone();
		let justification_stream = grandpa.justification_stream();
		let finality_provider = sc_consensus_grandpa::FinalityProofProvider::new_for_service(
			backend.clone(),
			Some(shared_authority_set.clone()),
		);
		move |executor| {
			let deps = rpc::Deps {
				client: client.clone(),
				pool: pool.clone(),
				select_chain: select_chain.clone(),
				chain_spec: chain_spec.cloned_box(),
				keystore: keystore.clone(),
				babe: babe_worker.clone(),
				grandpa: rpc::GrandpaDeps {
					shared_voter_state: shared_voter_state.clone(),
					shared_authority_set: shared_authority_set.clone(),
					justification_stream: justification_stream.clone(),
					finality_provider: finality_provider.clone(),
				},
				store: stores.clone(),
				sealing,
			};
			rpc::create(deps, executor).map_err(Into::into)
		}
	};

	let name = config.network.node_name.clone();
	let force_authoring = config.force_authoring;
	let enable_grandpa = !config.disable_grandpa;
	let net_config_path = config.network.net_config_path.clone();
	let public_addresses = config.network.public_addresses.clone();
	let publish_non_global_ips = config.network.allow_non_globals_in_dht;
	sc_service::spawn_tasks(sc_service::SpawnTasksParams {
		config,
		backend,
		client: client.clone(),
		keystore: keystore.clone(),
		network: network.clone(),
		sync_service: sync_service.clone(),
		rpc_builder: Box::new(rpc_builder),
		transaction_pool: transaction_pool.clone(),
		task_manager: &mut task_manager,
		system_rpc_tx,
		tx_handler_controller,
		telemetry: telemetry.as_mut(),
		tracing_execute_block: None,
	})?;
	let telemetry_handle = telemetry.as_ref().map(|telemetry| telemetry.handle());

	if role.is_authority() {
		spawn_authority_discovery(
			&task_manager,
			client.clone(),
			network.clone(),
			keystore.clone(),
			registry.clone(),
			sc_authority_discovery::WorkerConfig {
				publish_non_global_ips,
				public_addresses,
				strict_record_validation: true,
				persisted_cache_directory: net_config_path,
				..Default::default()
			},
		);
		let mut proposer = sc_basic_authorship::ProposerFactory::new(
			task_manager.spawn_handle(),
			client.clone(),
			transaction_pool.clone(),
			registry.as_ref(),
			telemetry_handle.clone(),
		);
		proposer.set_default_block_size_limit(PROPOSAL_LIMIT);
		let slot_duration = babe.config().slot_duration();
		let authoring = sc_consensus_babe::start_babe(sc_consensus_babe::BabeParams {
			keystore: keystore.clone(),
			client,
			select_chain,
			env: proposer,
			block_import,
			sync_oracle: sync_service.clone(),
			justification_sync_link: sync_service.clone(),
			create_inherent_data_providers: move |_, ()| async move {
				let timestamp = sp_timestamp::InherentDataProvider::from_system_time();
				let slot =
					SlotProvider::from_timestamp_and_slot_duration(*timestamp, slot_duration);
				Ok((slot, timestamp))
			},
			force_authoring,
			// Slowing down while a third of the validators is away would stop answers as well.
			backoff_authoring_blocks: None::<()>,
			babe_link: babe,
			block_proposal_slot_portion: SlotProportion::new(2f32 / 3f32),
			max_block_proposal_slot_portion: None,
			telemetry: telemetry_handle.clone(),
		})?;
		task_manager.spawn_essential_handle().spawn_blocking("babe", None, authoring);
	}

	if enable_grandpa {
		let config = sc_consensus_grandpa::Config {
			gossip_duration: GOSSIP_DURATION,
			justification_generation_period: JUSTIFICATION_PERIOD,
			name: Some(name),
			observer_enabled: false,
			keystore: role.is_authority().then_some(keystore),
			local_role: role,
			telemetry: telemetry_handle.clone(),
			protocol_name: grandpa_protocol,
		};
		let voter = sc_consensus_grandpa::run_grandpa_voter(sc_consensus_grandpa::GrandpaParams {
			config,
			link: grandpa,
			network,
			sync: sync_service,
			notification_service: grandpa_notifications,
			// One block behind the best: two, the SDK's default, would be three more seconds until an answer is final.
			voting_rule: VotingRulesBuilder::new()
				.add(BeforeBestBlockBy(1u32.into()))
				.add(ThreeQuartersOfTheUnfinalizedChain)
				.build(),
			prometheus_registry: registry,
			shared_voter_state: voter_state,
			telemetry: telemetry_handle,
			offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(transaction_pool),
		})?;
		task_manager.spawn_essential_handle().spawn_blocking("grandpa-voter", None, voter);
	}

	Ok(task_manager)
}

/// Lets other validators find this one.
fn spawn_authority_discovery(
	task_manager: &TaskManager,
	client: Arc<Client>,
	network: Arc<dyn sc_network::service::traits::NetworkService>,
	keystore: sp_keystore::KeystorePtr,
	registry: Option<substrate_prometheus_endpoint::Registry>,
	config: sc_authority_discovery::WorkerConfig,
) {
	use futures::StreamExt;

	let events = network.event_stream("authority-discovery").filter_map(|event| async move {
		match event {
			sc_network::Event::Dht(event) => Some(event),
			_ => None,
		}
	});
	let (worker, _service) = sc_authority_discovery::new_worker_and_service_with_config(
		config,
		client,
		Arc::new(network),
		Box::pin(events),
		sc_authority_discovery::Role::PublishAndDiscover(keystore),
		registry,
		task_manager.spawn_handle(),
	);
	task_manager.spawn_handle().spawn(
		"authority-discovery-worker",
		Some("authority-discovery"),
		worker.run(),
	);
}
