//! What a model runs on, chosen by name.

use codec::{Decode, Encode};
use std::{fmt, str::FromStr};

/// Where models run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub enum Accelerator {
	/// An NVIDIA GPU if one works at the start, else the CPU; which one is logged.
	#[default]
	#[codec(index = 0)]
	Auto,
	/// The CPU.
	#[codec(index = 1)]
	Cpu,
	/// An NVIDIA GPU; an error at the start if there is none that works.
	#[codec(index = 2)]
	Cuda,
	/// An NVIDIA GPU through TensorRT, which compiles a model before it runs it, and CUDA for what TensorRT does not know; an
	/// error at the start if it does not work.
	#[codec(index = 3)]
	TensorRt,
}

const ALL: [Accelerator; 4] =
	[Accelerator::Auto, Accelerator::Cpu, Accelerator::Cuda, Accelerator::TensorRt];

/// A name that no accelerator has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown accelerator {0:?}: it is auto, cpu, cuda or tensorrt")]
pub struct UnknownAccelerator(String);

impl fmt::Display for Accelerator {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(match self {
			Self::Auto => "auto",
			Self::Cpu => "cpu",
			Self::Cuda => "cuda",
			Self::TensorRt => "tensorrt",
		})
	}
}

impl FromStr for Accelerator {
	type Err = UnknownAccelerator;

	fn from_str(name: &str) -> Result<Self, Self::Err> {
		ALL.into_iter()
			.find(|accelerator| accelerator.to_string() == name)
			.ok_or_else(|| UnknownAccelerator(name.to_owned()))
	}
}

#[cfg(test)]
mod tests {
	use super::{Accelerator, ALL};

	#[test]
	fn every_name_is_read_back() {
		for accelerator in ALL {
			assert_eq!(accelerator.to_string().parse::<Accelerator>(), Ok(accelerator));
		}
	}

	#[test]
	fn another_name_is_refused_with_those_there_are() {
		let error = "gpu".parse::<Accelerator>().unwrap_err();
		assert_eq!(
			error.to_string(),
			"unknown accelerator \"gpu\": it is auto, cpu, cuda or tensorrt"
		);
	}
}
