//! How an engine is started and bounded.

use super::Accelerator;
use std::{ffi::OsString, io, path::PathBuf, time::Duration};

/// The program that calls [`serve`](super::serve): the node itself with a hidden subcommand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineCommand {
	/// The executable.
	pub program: PathBuf,
	/// Its arguments.
	pub args: Vec<OsString>,
}

impl EngineCommand {
	/// The program running now, with these arguments.
	pub fn this_program(args: impl IntoIterator<Item = impl Into<OsString>>) -> io::Result<Self> {
		let args = args.into_iter().map(Into::into).collect();
		Ok(Self { program: std::env::current_exe()?, args })
	}
}

/// Everything an engine needs to know.
#[derive(Debug, Clone)]
pub struct EngineConfig {
	/// How to start the child.
	pub command: EngineCommand,
	/// The ONNX Runtime library, 1.31 or later of the 1.x line.
	pub library: PathBuf,
	/// What to run on.
	pub accelerator: Accelerator,
	/// Bytes of address space of the child on the CPU; `None` for no limit.
	pub memory_limit: Option<u64>,
	/// Bytes of GPU memory each model may take; `None` for no limit. TensorRT takes it for its workspace too.
	pub gpu_memory: Option<u64>,
	/// Threads a run may use.
	pub threads: usize,
	/// How far the child stands behind others for the processor, 0 to 19 as `nice` has it.
	pub niceness: u8,
	/// Whether the child is kept from anything but computing; has no effect on an accelerator.
	pub sandbox: bool,
	/// Models kept loaded, the least recently used dropped first.
	pub max_models: usize,
	/// Requests on their way to the child at a time.
	pub pipeline: usize,
	/// How long a child may take to start.
	pub start_limit: Duration,
	/// How long a model may take to load.
	pub load_limit: Duration,
	/// How long a run may take.
	pub run_limit: Duration,
}

impl EngineConfig {
	/// On the accelerator found, 8 GiB, 1 thread, confined; 16 models, 8 requests ahead; 30 s to start, 120 s to load, 10 s to run.
	pub fn new(command: EngineCommand, library: impl Into<PathBuf>) -> Self {
		Self {
			command,
			library: library.into(),
			accelerator: Accelerator::Auto,
			memory_limit: Some(8 << 30),
			gpu_memory: None,
			threads: 1,
			niceness: 10,
			sandbox: true,
			max_models: 16,
			pipeline: 8,
			start_limit: Duration::from_secs(30),
			load_limit: Duration::from_secs(120),
			run_limit: Duration::from_secs(10),
		}
	}
}

/// Why there is no engine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
	/// The child's program could not be started.
	#[error("cannot start the engine's child process {}: {source}", program.display())]
	Spawn {
		/// The program.
		program: PathBuf,
		/// What the system said.
		source: io::Error,
	},
	/// The child said why it cannot work.
	#[error("{0}")]
	Refused(String),
	/// The child did not greet in time.
	#[error("the engine's child process did not start within {0:?}")]
	Silent(Duration),
	/// The child ended, or spoke otherwise than agreed.
	#[error("the engine's child process did not start: {0}")]
	Broken(String),
}
