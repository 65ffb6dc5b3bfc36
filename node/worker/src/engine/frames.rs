//! What host and child say to each other: SCALE messages, each after its length as a little-endian u32.

use crate::engine::{sandbox::Sandbox, signature::Signature, Accelerator};
use codec::{Decode, Encode};
use opg_primitives::ContentId;
use std::io::{self, Read, Write};

/// The first frame, host to child: how to set itself up.
#[derive(Debug, Clone, Encode, Decode)]
pub(crate) struct Setup {
	/// The ONNX Runtime library.
	pub(crate) library: Vec<u8>,
	pub(crate) accelerator: Accelerator,
	/// Bytes of address space the child may take.
	pub(crate) memory_limit: Option<u64>,
	/// Bytes of memory on the accelerator the child may take.
	pub(crate) gpu_memory: Option<u64>,
	/// Models kept loaded.
	pub(crate) max_models: u32,
	/// Threads a run may use.
	pub(crate) threads: u32,
	/// How far behind others it stands for the processor, 0 to 19.
	pub(crate) niceness: u8,
	/// Whether to confine itself once it is set up.
	pub(crate) sandbox: bool,
}

/// The first frame back: what the child runs on, or why it cannot.
pub(crate) type Greeting = Result<Hello, String>;

/// What a child runs on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Hello {
	/// ONNX Runtime's own words on its build.
	pub runtime: String,
	/// The accelerator in use: never `Auto`.
	pub accelerator: Accelerator,
	/// Why `Auto` came down to the CPU, if it did.
	pub remark: Option<String>,
	/// What keeps it from anything but computing; off on an accelerator, whose driver opens files as it runs.
	pub sandbox: Sandbox,
}

/// Host to child, each answered in order by one [`Reply`].
#[derive(Debug, Clone, Encode, Decode)]
pub(crate) enum Request {
	#[codec(index = 0)]
	Load { content: ContentId, model: Vec<u8> },
	#[codec(index = 1)]
	Unload { content: ContentId },
	#[codec(index = 2)]
	Run { content: ContentId, inputs: Vec<u8>, max_output: u64 },
}

/// Child to host: the number of the request answered, counted from 0 in each child's life, and its result.
#[derive(Debug, Clone, Encode, Decode)]
pub(crate) struct Reply {
	pub(crate) number: u64,
	pub(crate) result: Result<Done, Refusal>,
}

#[derive(Debug, Clone, Encode, Decode)]
pub(crate) enum Done {
	#[codec(index = 0)]
	Loaded(Signature),
	#[codec(index = 1)]
	Unloaded,
	#[codec(index = 2)]
	Ran(Vec<u8>),
}

#[derive(Debug, Clone, Encode, Decode)]
pub(crate) enum Refusal {
	/// The model is not among those loaded.
	#[codec(index = 0)]
	NotLoaded,
	/// ONNX Runtime's words.
	#[codec(index = 1)]
	Runtime(String),
	/// The encoded output would have this many bytes.
	#[codec(index = 2)]
	OutputTooLong(u64),
	/// There was not enough memory: ONNX Runtime's words.
	#[codec(index = 3)]
	OutOfMemory(String),
}

/// Reads a frame; `None` at the end of the stream.
pub(crate) fn read_frame(from: &mut impl Read, max: u32) -> io::Result<Option<Vec<u8>>> {
	let mut length = [0; 4];
	match from.read_exact(&mut length) {
		Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
		read => read?,
	}
	let length = u32::from_le_bytes(length);
	if length > max {
		let text = format!("a frame of {length} bytes, over the limit of {max}");
		return Err(io::Error::new(io::ErrorKind::InvalidData, text));
	}
	let mut frame = Vec::new();
	from.take(length.into()).read_to_end(&mut frame)?;
	if frame.len() as u64 != u64::from(length) {
		return Ok(None);
	}
	Ok(Some(frame))
}

/// Writes a message as a frame; the caller flushes.
pub(crate) fn write_frame(to: &mut impl Write, message: &impl Encode) -> io::Result<()> {
	let bytes = message.encode();
	let length = u32::try_from(bytes.len())
		.map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "a frame of 4 GiB or more"))?;
	to.write_all(&length.to_le_bytes())?;
	to.write_all(&bytes)
}

#[cfg(test)]
mod tests {
	use super::{read_frame, write_frame};
	use codec::{Decode, Encode};

	#[test]
	fn a_frame_comes_back_and_the_end_is_no_error() {
		let mut bytes = Vec::new();
		write_frame(&mut bytes, &"first").unwrap();
		write_frame(&mut bytes, &vec![9u8; 1000]).unwrap();
		let mut input = bytes.as_slice();
		let first = read_frame(&mut input, 5000).unwrap().unwrap();
		assert_eq!(String::decode(&mut first.as_slice()).unwrap(), "first");
		assert_eq!(read_frame(&mut input, 5000).unwrap(), Some(vec![9u8; 1000].encode()));
		assert_eq!(read_frame(&mut input, 5000).unwrap(), None);
	}

	#[test]
	fn a_frame_over_the_limit_is_refused_before_it_is_read() {
		let mut bytes = Vec::new();
		write_frame(&mut bytes, &vec![9u8; 1000]).unwrap();
		assert!(read_frame(&mut bytes.as_slice(), 1001).is_err());
	}

	#[test]
	fn a_frame_cut_short_is_the_end() {
		let mut bytes = Vec::new();
		write_frame(&mut bytes, &vec![9u8; 1000]).unwrap();
		assert_eq!(read_frame(&mut &bytes[..500], 5000).unwrap(), None);
	}
}
