//! What can go wrong with a model or a run, told apart by what the worker does next.

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
	/// The engine no longer has the model: it is loaded again.
	#[error("the engine no longer has the model")]
	NotLoaded,
	/// The engine died of something else: the job is run again.
	#[error("the engine died of another job")]
	Interrupted,
	/// The engine died of it: it is tried once more.
	#[error("the engine died of it ({0})")]
	Crashed(String),
	/// The run took too long.
	#[error("the run took longer than {0:?}")]
	TimedOut(Duration),
	/// The input is not what the model takes.
	#[error("the input does not fit the model: {0}")]
	Input(TensorError),
	/// ONNX Runtime gave an error.
	#[error("ONNX Runtime failed: {0}")]
	Refused(String),
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

/// Why this node does not serve a model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelFault {
	/// The node's owner does not want it.
	#[error("this node is not set to serve it")]
	NotChosen,
	/// As many models as allowed are loaded.
	#[error("this node already serves as many models as it may")]
	NoRoom,
	/// It could not be loaded.
	#[error(transparent)]
	Load(#[from] LoadFailure),
	/// Its runs kept killing the engine; it gets another chance later.
	#[error("it killed the engine {0} times in succession")]
	Kills(u8),
}

/// Why a job will not be answered; the job is not run again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JobFailure {
	/// Its model is not served here.
	#[error("its model is not served: {0}")]
	Model(ModelFault),
	/// Its run failed.
	#[error(transparent)]
	Run(RunFailure),
}
