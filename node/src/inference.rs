//! Joins the inference worker to the node: engine, prover, store, journal.

use crate::cli::Work;
use opg_ezkl::{Limits, ReferenceStrings, Tool, Workshop};
use opg_seal::SecretKey;
use opg_store::Stores;
use opg_worker::{
	engine::{EngineCommand, EngineConfig, EngineHost},
	job::ServePolicy,
	journal::FileJournal,
	ports::{FinalityView, Ports, Prover},
	prover::EzklProver,
	Worker, WorkerConfig, WorkerHandle,
};
use sc_chain_spec::ChainType;
use sc_service::{Configuration, Error};
use std::{
	path::{Path, PathBuf},
	sync::Arc,
	time::Duration,
};

/// Where EZKL is looked for if nobody says where it is.
const USUAL_EZKL: &str = ".opg/ezkl/bin/python";

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
		prover: prover(config, work, &folder)?,
		journal: Arc::new(journal),
		finalised,
	};
	Worker::start(worker, ports, &config.tokio_handle).map_err(unusable)
}

/// What proves answers on this machine; nothing where EZKL is not there, unless it was named.
fn prover(
	config: &Configuration,
	work: &Work,
	folder: &Path,
) -> Result<Option<Arc<dyn Prover>>, Error> {
	let python = match &work.ezkl {
		Some(python) if !python.is_file() => {
			let python = python.display();
			return Err(Error::Other(format!(
				"There is no {python}: scripts/setup.sh --ezkl installs EZKL into .opg/ezkl"
			)));
		},
		Some(python) => python.clone(),
		None => PathBuf::from(USUAL_EZKL),
	};
	if !python.is_file() {
		log::info!("No answers are proved here: there is no EZKL (--ezkl)");
		return Ok(None);
	}
	let absolute = |path: &Path| std::path::absolute(path).map_err(Error::Io);
	let circuits = absolute(&folder.join("circuits"))?;
	let strings = match &work.srs {
		Some(file) => ReferenceStrings::File(absolute(file)?),
		None if config.chain_spec.chain_type() == ChainType::Development => {
			ReferenceStrings::Development(absolute(&folder.join("reference-strings"))?)
		},
		None => ReferenceStrings::None,
	};
	let limits = Limits {
		prove: Duration::from_secs(work.prove_limit),
		memory: Some(work.prover_memory.saturating_mul(1 << 20)),
		..Limits::default()
	};
	let tool = Tool::new(absolute(&python)?, limits);
	let workshop = Workshop::new(tool, strings, circuits, work.circuits.into());
	Ok(Some(Arc::new(EzklProver::new(workshop))))
}
