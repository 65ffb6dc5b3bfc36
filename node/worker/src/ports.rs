//! What the worker needs from outside: somewhere to keep blobs and answers, something to run models, a view of the chain.

pub use opg_store::{BlobStore, StoreError};

use crate::job::{LoadFailure, Record, RunFailure};
use futures::future::BoxFuture;
use opg_primitives::{job::JobId, seams::KeyId, Circuit, ContentId, Draw, ModelSpec};
use std::{fmt, path::PathBuf, sync::Arc};

/// The newest block this machine knows to be final; asked at every poll, so it must not wait.
pub type FinalityView = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Everything a worker needs from outside.
#[derive(Clone)]
pub struct Ports {
	/// Models and inputs.
	pub store: Arc<dyn BlobStore>,
	/// Runs models.
	pub engine: Arc<dyn Engine>,
	/// Proves what they answer, where this machine can.
	pub prover: Option<Arc<dyn Prover>>,
	/// Answers that survive the node.
	pub journal: Arc<dyn Journal>,
	/// What is final.
	pub finalised: FinalityView,
}

impl fmt::Debug for Ports {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Ports").finish_non_exhaustive()
	}
}

/// Why answers could not be kept or read back.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
	/// Another process has it open.
	#[error("the journal {} is in use; stop the other node, or give this one a folder of its own", .0.display())]
	InUse(PathBuf),
	/// The disk or the file system refused.
	#[error("cannot {act} the journal {}: {why}; check the disk's space and the folder's permissions", path.display())]
	Refused {
		/// What was tried.
		act: &'static str,
		/// Where.
		path: PathBuf,
		/// What was said.
		why: String,
	},
	/// It holds something else than answers of this version.
	#[error(
		"the journal {} cannot be understood: {why}; move it away and start again: answers committed to and not yet \
		 revealed are lost with it",
		path.display()
	)]
	Damaged {
		/// Where.
		path: PathBuf,
		/// What was found.
		why: String,
	},
}

/// A change to the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
	/// Keep an answer, instead of any other to the same job by the same draw.
	Keep(Record),
	/// Take an answer out; one that is not there is left alone.
	Forget(JobId, Draw),
}

/// Answers that survive the node. Calls block, so the worker makes them on threads meant for that, one at a time.
pub trait Journal: Send + Sync + 'static {
	/// Everything kept.
	fn read(&self) -> Result<Vec<Record>, JournalError>;

	/// Makes these changes in their order, all or none; they are on disk when it returns.
	fn write(&self, changes: &[Change]) -> Result<(), JournalError>;
}

/// An answer with its proof, which was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenAnswer {
	/// Encoded tensors.
	pub output: Vec<u8>,
	/// The proof on the wire.
	pub proof: Vec<u8>,
}

/// Proves what models answer. Calls may be made concurrently and are executed one at a time.
pub trait Prover: Send + Sync + 'static {
	/// Is ready to prove with a model's circuit, having made its key again from the model's file and the circuit's settings.
	fn prepare(
		&self,
		spec: Arc<ModelSpec>,
		model: Vec<u8>,
		settings: Vec<u8>,
	) -> BoxFuture<'static, Result<(), LoadFailure>>;

	/// What a model that was prepared answers to encoded tensors that fit its inputs, and the proof of it.
	fn prove(
		&self,
		spec: Arc<ModelSpec>,
		inputs: Vec<u8>,
	) -> BoxFuture<'static, Result<ProvenAnswer, RunFailure>>;

	/// Makes the key of a circuit from a model's file and settings, whatever key it is said to have;
	/// [`NO_KEY`](opg_primitives::audit::NO_KEY) if the settings are none, or none of this circuit.
	fn make_key(
		&self,
		circuit: Circuit,
		model: Vec<u8>,
		settings: Vec<u8>,
	) -> BoxFuture<'static, Result<KeyId, RunFailure>>;
}

/// Runs models. Calls may be made concurrently and are executed in the order made.
pub trait Engine: Send + Sync + 'static {
	/// Models it keeps loaded at a time.
	fn capacity(&self) -> usize;

	/// Loads a model and checks its ports against `spec`.
	fn load(
		&self,
		spec: Arc<ModelSpec>,
		model: Vec<u8>,
	) -> BoxFuture<'static, Result<(), LoadFailure>>;

	/// Drops a model; one that is not loaded is left alone.
	fn unload(&self, content: ContentId) -> BoxFuture<'static, ()>;

	/// Runs a loaded model on encoded tensors that fit its inputs, and gives the encoded outputs.
	///
	/// Outputs longer than `max_output` bytes are a failure. Nothing else is said of them: check before believing.
	fn run(
		&self,
		content: ContentId,
		inputs: Vec<u8>,
		max_output: usize,
	) -> BoxFuture<'static, Result<Vec<u8>, RunFailure>>;
}
