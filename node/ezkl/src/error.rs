//! What can go wrong with EZKL, told apart by whose doing it is.

use crate::settings::SettingsError;
use opg_primitives::{seams::KeyId, CircuitError};
use std::{io, path::PathBuf, time::Duration};

/// Why EZKL did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum EzklError {
	/// It could not be started.
	#[error(
		"EZKL cannot be started with {}: {why}; scripts/setup.sh --ezkl installs it into .opg/ezkl",
		python.display()
	)]
	Missing {
		/// The Python that has it.
		python: PathBuf,
		/// What was said.
		why: String,
	},
	/// It refused, in its own words.
	#[error("EZKL refuses to {step}: {why}")]
	Refused {
		/// What it was to do.
		step: &'static str,
		/// Its words.
		why: String,
	},
	/// It took too long.
	#[error("EZKL took longer than {limit:?} to {step}")]
	TimedOut {
		/// What it was to do.
		step: &'static str,
		/// What it had.
		limit: Duration,
	},
	/// Its process died, of want of memory perhaps.
	#[error("EZKL died while it was to {step} ({how})")]
	Died {
		/// What it was to do.
		step: &'static str,
		/// How.
		how: String,
	},
	/// A file could not be read or written.
	#[error("{}: {cause}", file.display())]
	File {
		/// Which.
		file: PathBuf,
		/// What the system said.
		cause: io::Error,
	},
	/// The settings are not of a circuit that is taken here.
	#[error(transparent)]
	Settings(#[from] SettingsError),
	/// What the record says of the circuit is not what its settings say.
	#[error("the record's scales are not those of its settings")]
	OtherScales,
	/// The key that the model and its settings give is another one.
	#[error("the key made of the model and its settings is {made:?}, and {expected:?} was said")]
	OtherKey {
		/// The key made.
		made: KeyId,
		/// The key that was said.
		expected: KeyId,
	},
	/// The key is not sound.
	#[error("EZKL made a key that is not sound: {0}")]
	Key(String),
	/// There is no reference string for so many rows.
	#[error("{0}")]
	ReferenceString(String),
	/// The circuit cannot hold the input, or what it comes to.
	#[error("it cannot be proved: {0}")]
	Unprovable(String),
	/// What EZKL wrote is not what it writes.
	#[error("EZKL wrote {file} otherwise than it does: {why}")]
	Output {
		/// Which file.
		file: &'static str,
		/// What is wrong with it.
		why: String,
	},
}

impl From<CircuitError> for EzklError {
	fn from(error: CircuitError) -> Self {
		Self::Unprovable(error.to_string())
	}
}

impl EzklError {
	/// For `map_err`: a file that could not be read or written.
	pub(crate) fn file(file: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
		let file = file.into();
		move |cause| Self::File { file, cause }
	}
}
