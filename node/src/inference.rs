//! Joins the inference worker to the node: engine, store, journal.

use crate::cli::Work;
use opg_seal::SecretKey;
use opg_store::Stores;
use opg_worker::{
	engine::{EngineCommand, EngineConfig, EngineHost},
	job::ServePolicy,
	journal::FileJournal,
	ports::{FinalityView, Ports},
	Worker, WorkerConfig, WorkerHandle,
};
use sc_service::{Configuration, Error};
use std::{sync::Arc, time::Duration};

/// Starts the engine and the worker around it; `finalised` is asked for the newest final block at every poll.
pub(crate) async fn start_worker(
	config: &Configuration,
	work: &Work,
	store: Stores,
	finalised: FinalityView,
	sealing: SecretKey,
) -> Result<WorkerHandle, Error> {
	let command = EngineCommand::this_program(["engine"])
		.map_err(|error| Error::Other(format!("This program's own path is unknown: {error}")))?;
	let mut engine = EngineConfig::new(command, &work.onnxruntime);
	engine.accelerator = work.accelerator;
	engine.memory_limit = Some(work.engine_memory.saturating_mul(1 << 20));
	engine.gpu_memory = work.gpu_memory.map(|mebibytes| mebibytes.saturating_mul(1 << 20));
	engine.threads = work.engine_threads.into();
	engine.run_limit = Duration::from_secs(work.run_limit);
	let engine = EngineHost::start(engine)
		.await
		.map_err(|error| Error::Other(format!("The inference engine does not start: {error}")))?;

	let mut worker = WorkerConfig { sealing: Some(sealing), ..WorkerConfig::default() };
	if !work.serve.is_empty() {
		worker.limits.serve = ServePolicy::Only(work.serve.iter().copied().collect());
	}
	let folder = config.base_path.config_dir(config.chain_spec.id());
	let unusable = |error| Error::Other(format!("The journal of answers cannot be used: {error}"));
	let journal = FileJournal::open(folder.join("answers")).map_err(unusable)?;
	let ports = Ports {
		store: Arc::new(store),
		engine: Arc::new(engine),
		journal: Arc::new(journal),
		finalised,
	};
	Worker::start(worker, ports, &config.tokio_handle).map_err(unusable)
}
