//! What can go wrong with a model or a run, told apart by what the worker does next.

use opg_primitives::request::FaultKind;
use opg_seal::OpenError;
use opg_tensor::{ElementType, TensorError};
use std::time::Duration;

/// How a model file differs from what the chain says of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortFault {
	/// Another number of inputs or outputs.
	#[error("the file has {found} {side}, the chain's record {declared}")]
	Count {
		/// `inputs` or `outputs`.
		side: &'static str,
		/// In the file.
		found: usize,
		/// On the chain.
		declared: usize,
	},
	/// Another name at this place.
	#[error("{side} {index} is named {found:?} in the file, {declared:?} in the chain's record")]
	Name {
		/// `inputs` or `outputs`.
		side: &'static str,
		/// Counted from 0.
		index: usize,
		/// In the file.
		found: String,
		/// On the chain.
		declared: String,
	},
	/// Another element type, or one this network does not carry.
	#[error("{side} {index} holds {found} in the file, {declared} in the chain's record")]
	Element {
		/// `inputs` or `outputs`.
		side: &'static str,
		/// Counted from 0.
		index: usize,
		/// In the file, by ONNX Runtime's name.
		found: String,
		/// On the chain.
		declared: ElementType,
	},
	/// A shape the file cannot have.
	#[error("{side} {index} is shaped {found} in the file, {declared} in the chain's record")]
	Shape {
		/// `inputs` or `outputs`.
		side: &'static str,
		/// Counted from 0.
		index: usize,
		/// In the file, `?` for an axis of any length.
		found: String,
		/// On the chain, likewise.
		declared: String,
	},
}

/// Why a model was not loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadFailure {
	/// The file was gone or damaged when it was needed: it is fetched again.
	#[error("its file was lost: {0}")]
	BlobLost(String),
	/// The engine died of something else: it is loaded again.
	#[error("the engine died of another job")]
	Interrupted,
	/// The engine died of it: it is tried once more, then refused.
	#[error("the engine died of it ({0})")]
	Crashed(String),
	/// It took too long.
	#[error("loading took longer than {0:?}")]
	TimedOut(Duration),
	/// ONNX Runtime would not have it.
	#[error("ONNX Runtime refused it: {0}")]
	Refused(String),
	/// It is not the model the chain describes.
	#[error(transparent)]
	Ports(#[from] PortFault),
	/// Its answers cannot be proved here, as its record says they can.
	#[error("its circuit cannot be set up: {0}")]
	Circuit(String),
	/// The engine was shut down.
	#[error("the engine was shut down")]
	Stopped,
}

/// Why a run gave no output.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunFailure {
	/// The input file was gone or damaged when it was needed: it is fetched again.
	#[error("the input file was lost: {0}")]
	InputLost(String),
	/// The input file is sealed, and this node cannot open it.
	#[error("the input cannot be read: {0}")]
	Sealed(OpenError),
	/// The engine no longer has the model: it is loaded again.
	#[error("the engine no longer has the model")]
	NotLoaded,
	/// The engine died of something else: the job is run again.
	#[error("the engine died of another job")]
	Interrupted,
	/// The engine died of it: it is tried once more.
	#[error("the engine died of it ({0})")]
	Crashed(String),
	/// There was not the memory it asked for.
	#[error("it ran out of memory: {why}")]
	OutOfMemory {
		/// The engine died of it.
		died: bool,
		/// ONNX Runtime's words, or how the engine died.
		why: String,
	},
	/// The run took too long.
	#[error("the run took longer than {0:?}")]
	TimedOut(Duration),
	/// The input is not what the model takes.
	#[error("the input does not fit the model: {0}")]
	Input(TensorError),
	/// ONNX Runtime gave an error.
	#[error("ONNX Runtime failed: {0}")]
	Refused(String),
	/// The circuit cannot hold the input, or what it comes to.
	#[error("{0}")]
	Unprovable(String),
	/// This machine did not get a proof made.
	#[error("no proof was made: {0}")]
	NotProved(String),
	/// The output is not what the chain says the model gives.
	#[error("the output does not fit the model: {0}")]
	Output(TensorError),
	/// The output does not fit an answer.
	#[error("the output has {bytes} bytes, an answer holds {limit}")]
	OutputTooLong {
		/// Bytes of the encoded output.
		bytes: u64,
		/// Bytes an answer holds.
		limit: usize,
	},
	/// The engine was shut down.
	#[error("the engine was shut down")]
	Stopped,
}

impl RunFailure {
	/// Whether the run cost the engine its life.
	pub fn killed_the_engine(&self) -> bool {
		matches!(self, Self::Crashed(_) | Self::TimedOut(_) | Self::OutOfMemory { died: true, .. })
	}

	/// What to answer, if the model or its input is the cause and not this node.
	pub fn fault(&self) -> Option<FaultKind> {
		match self {
			Self::InputLost(_) | Self::Sealed(_) => Some(FaultKind::Unavailable),
			Self::Crashed(_) => Some(FaultKind::Crashed),
			Self::OutOfMemory { .. } => Some(FaultKind::OutOfMemory),
			Self::TimedOut(_) => Some(FaultKind::Looped),
			Self::Input(_) => Some(FaultKind::InputMismatch),
			Self::Refused(_) => Some(FaultKind::Refused),
			Self::Output(_) => Some(FaultKind::OutputMismatch),
			Self::OutputTooLong { .. } => Some(FaultKind::OutputTooLong),
			Self::Unprovable(_) => Some(FaultKind::Unprovable),
			Self::NotLoaded | Self::Interrupted | Self::NotProved(_) | Self::Stopped => None,
		}
	}
}

/// Why this node does not serve a model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelFault {
	/// The node's owner does not want it.
	#[error("this node is not set to serve it")]
	NotChosen,
	/// Its answers may be asked with proofs, and nothing here makes them.
	#[error("its answers have to be proved, and this node has no EZKL (scripts/setup.sh --ezkl, --ezkl)")]
	NoProver,
	/// As many models as allowed are loaded.
	#[error("this node already serves as many models as it may")]
	NoRoom,
	/// It could not be loaded.
	#[error(transparent)]
	Load(#[from] LoadFailure),
	/// Its runs kept killing the engine; it gets another chance later.
	#[error("it killed the engine {times} times in succession, at last by {last:?}")]
	Kills {
		/// How often.
		times: u8,
		/// How the last one did.
		last: FaultKind,
	},
}

/// Why a job has no output; the job is not run again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JobFailure {
	/// Its model is not served here.
	#[error("its model is not served: {0}")]
	Model(ModelFault),
	/// Its input file could not be had.
	#[error("its input was not to be had in {tries} tries: {why}")]
	InputMissing {
		/// How often it was asked for.
		tries: u8,
		/// What was said the last time.
		why: String,
	},
	/// Its run failed.
	#[error(transparent)]
	Run(RunFailure),
}

impl JobFailure {
	/// What to answer; `None` if the job stays without an answer, because the cause lies with this node.
	///
	/// A model whose runs keep killing the engine answers as its last one did. Any other model that is not served here is
	/// no fault: nodes are drawn among those that serve it.
	pub fn fault(&self) -> Option<FaultKind> {
		match self {
			Self::Model(ModelFault::Kills { last, .. }) => Some(*last),
			Self::Model(_) => None,
			Self::InputMissing { .. } => Some(FaultKind::Unavailable),
			Self::Run(failure) => failure.fault(),
		}
	}
}
