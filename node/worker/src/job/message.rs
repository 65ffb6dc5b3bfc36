//! What the machine is told and what it asks for.

use super::failure::{JobFailure, LoadFailure, ModelFault, RunFailure};
use super::Salt;
use opg_primitives::{
	job::{Desk, JobId, Task},
	request::FaultKind,
	ContentId, Draw, Input, ModelId, ModelSpec, Outcome,
};
use std::{collections::BTreeSet, fmt, sync::Arc};

/// One run, or one line of the journal, as the machine and its shell call it.
pub type Ticket = u64;

/// Which models a node serves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ServePolicy {
	/// Every published model, as far as there is room.
	#[default]
	All,
	/// These alone.
	Only(BTreeSet<ModelId>),
	/// None: the worker is off.
	None,
}

impl ServePolicy {
	/// Whether the policy covers this model.
	pub fn covers(&self, model: ModelId) -> bool {
		match self {
			Self::All => true,
			Self::Only(models) => models.contains(&model),
			Self::None => false,
		}
	}
}

/// What bounds a machine.
#[derive(Debug, Clone)]
pub struct Limits {
	/// Jobs held at a time, answered ones included; more are turned away.
	pub max_jobs: usize,
	/// Jobs handed to the engine at a time.
	pub max_running: usize,
	/// Models loaded at a time.
	pub max_loaded: usize,
	/// Models remembered, loaded or not.
	pub max_known: usize,
	/// Engine deaths in succession after which a model is not served for 600 ticks.
	pub max_kills: u8,
	/// Which models to serve.
	pub serve: ServePolicy,
	/// Whether answers can be proved here: models that may be asked under a proof are served only then.
	pub proves: bool,
}

impl Default for Limits {
	fn default() -> Self {
		Self {
			max_jobs: 4096,
			max_running: 8,
			max_loaded: 16,
			max_known: 1024,
			max_kills: 3,
			serve: ServePolicy::All,
			proves: false,
		}
	}
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
	/// The answer.
	pub outcome: Outcome,
	/// Its proof, where one was asked for and there is an output.
	pub proof: Option<Vec<u8>>,
}

impl From<Outcome> for Made {
	fn from(outcome: Outcome) -> Self {
		Self { outcome, proof: None }
	}
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Event {
	/// An off-chain worker handed a task over.
	Submitted(Task),
	/// A blob is in the local store.
	Fetched(ContentId),
	/// A blob could not be had.
	Missing {
		/// Which one.
		content: ContentId,
		/// Why, for the log.
		reason: String,
	},
	/// A model is in the engine, its ports as its spec says.
	Loaded(Arc<ModelSpec>),
	/// A model is not in the engine.
	NotLoaded {
		/// Which one.
		spec: Arc<ModelSpec>,
		/// Why.
		failure: LoadFailure,
	},
	/// A run ended.
	Ran {
		/// Which one.
		ticket: Ticket,
		/// What came out: an output checked against the model's ports, or why there is none.
		result: Result<Made, RunFailure>,
	},
	/// An answer is in the journal, on disk.
	Kept {
		/// Which one.
		ticket: Ticket,
		/// The salt it is kept with.
		salt: Salt,
	},
	/// An answer is not in the journal.
	NotKept {
		/// Which one.
		ticket: Ticket,
		/// Why, for the log.
		reason: String,
	},
	/// The jobs a desk of the chain still asks for; its others may be forgotten.
	LiveJobs(Desk, Vec<(u64, Draw)>),
	/// A unit of the machine's time has passed.
	Tick,
}

/// What the machine wants done; each is answered by an event, but for `Unload`, `Report` and the journal's `Forget`.
#[derive(Debug, Clone)]
pub enum Command {
	/// Bring a blob into the local store: `Fetched` or `Missing`.
	Fetch(ContentId),
	/// Load a model whose blob is in the local store: `Loaded` or `NotLoaded`.
	Load(Arc<ModelSpec>),
	/// Drop a model from the engine.
	Unload(ContentId),
	/// Run a loaded model on an input that is here or in the local store: `Ran`.
	Run {
		/// Names the run in `Ran`.
		ticket: Ticket,
		/// The model.
		spec: Arc<ModelSpec>,
		/// The input.
		input: Input,
		/// Whether the answer has to come with a proof.
		is_proved: bool,
	},
	/// Change the journal; changes are made in the order they are given.
	Journal(Line),
	/// Tell the node's owner.
	Report(Notice),
}

/// A change to the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
	/// Draw a salt and write it down with this answer: `Kept` or `NotKept`.
	Keep {
		/// Names the line in `Kept` and `NotKept`.
		ticket: Ticket,
		/// The job answered.
		id: JobId,
		/// The draw by which the node had it.
		draw: Draw,
		/// The answer.
		made: Made,
	},
	/// Take an answer out; one that is not there is left alone.
	Forget {
		/// The job answered.
		id: JobId,
		/// The draw by which the node had it.
		draw: Draw,
	},
}

/// Something the node's owner may want to know; each is said once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
	/// A model is served from now on.
	ModelServed(ModelId),
	/// A model is not served.
	ModelRefused(ModelId, ModelFault),
	/// A job will not be answered.
	JobFailed(JobId, ModelId, JobFailure),
	/// A job is answered by a fault.
	JobFaulted(JobId, ModelId, FaultKind, JobFailure),
	/// A blob could not be had at the first try.
	BlobMissing(ContentId, String),
	/// An answer could not be written down, the first since one could.
	AnswerNotKept(JobId, String),
}

impl fmt::Display for Notice {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::ModelServed(model) => write!(f, "model {model} is loaded and served"),
			Self::ModelRefused(model, why) => write!(f, "model {model} is not served: {why}"),
			Self::JobFailed(job, model, why) => {
				write!(f, "{} to model {model} cannot be answered: {why}", name(job))
			},
			Self::JobFaulted(job, model, kind, why) => {
				write!(f, "{} to model {model} is answered by the fault {kind:?}: {why}", name(job))
			},
			Self::BlobMissing(content, why) => {
				write!(f, "blob {content} is not to be had, trying again later: {why}")
			},
			Self::AnswerNotKept(job, why) => write!(
				f,
				"the answer to {} is held back, trying again until it can be written down: {why}",
				name(job)
			),
		}
	}
}

fn name(job: &JobId) -> String {
	match job.desk {
		Desk::Requests => format!("request {}", job.number),
		Desk::Panels => format!("panel {}", job.number),
	}
}

/// How many jobs and models are where, and what happened so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
	/// Jobs waiting for their model or input.
	pub waiting: usize,
	/// Jobs that could run.
	pub ready: usize,
	/// Jobs in the engine.
	pub running: usize,
	/// Answers kept until the chain no longer asks for them, faults included.
	pub answered: usize,
	/// Those of them that are not on disk yet, and so not given.
	pub unkept: usize,
	/// Jobs without an answer, kept so that they are not run again.
	pub failed: usize,
	/// Models served.
	pub models_served: usize,
	/// Models known and not served.
	pub models_unserved: usize,
	/// Jobs taken since the start.
	pub taken_total: u64,
	/// Jobs turned away because the table was full.
	pub refused_total: u64,
	/// Jobs answered, by faults included.
	pub answered_total: u64,
	/// Jobs answered by a fault.
	pub faulted_total: u64,
	/// Jobs that will not be answered.
	pub failed_total: u64,
	/// Runs begun again after the engine died or lost the model.
	pub rerun_total: u64,
	/// Jobs forgotten before they were answered or failed.
	pub dropped_total: u64,
}
