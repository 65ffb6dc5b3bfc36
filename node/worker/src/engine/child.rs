//! The child's main loop: requests from stdin, replies to stdout, until stdin ends.

use crate::engine::{
	frames::{read_frame, write_frame, Done, Greeting, Hello, Refusal, Reply, Request, Setup},
	session::Sessions,
	Accelerator,
};
use codec::Decode;
use std::{
	ffi::OsString,
	io::{self, BufReader, BufWriter, Write},
	os::unix::{ffi::OsStringExt, process::parent_id},
	path::PathBuf,
	process, thread,
	time::Duration,
};

const PIPE_BUFFER: usize = 1 << 16;
/// How often a child looks whether its host still lives.
const WATCH: Duration = Duration::from_millis(250);

/// Serves a host on stdin and stdout and never returns: the hidden subcommand of the node calls it first thing.
///
/// It ends when stdin does, and soon after its parent process in the middle of a run too, so no child outlives its node.
pub fn serve() -> ! {
	let code = match run() {
		Ok(()) => 0,
		Err(error) => {
			eprintln!("engine: {error}");
			1
		},
	};
	process::exit(code)
}

fn run() -> io::Result<()> {
	// A model that crashes it must not fill the disk with core files.
	let _ = rlimit::Resource::CORE.set(0, 0);
	watch_host()?;
	let mut input = BufReader::with_capacity(PIPE_BUFFER, io::stdin().lock());
	let mut output = BufWriter::with_capacity(PIPE_BUFFER, io::stdout().lock());
	let Some(frame) = read_frame(&mut input, u32::MAX)? else { return Ok(()) };
	let setup: Setup = decode(&frame)?;
	let (greeting, sessions) = match set_up(setup) {
		Ok((sessions, hello)) => (Greeting::Ok(hello), Some(sessions)),
		Err(why) => (Greeting::Err(why), None),
	};
	write_frame(&mut output, &greeting)?;
	output.flush()?;
	let Some(mut sessions) = sessions else { return Ok(()) };

	for number in 0.. {
		let Some(frame) = read_frame(&mut input, u32::MAX)? else { break };
		let result = execute(&mut sessions, decode(&frame)?);
		write_frame(&mut output, &Reply { number, result })?;
		// Before the next request runs: if that one kills the child, the host must not blame this one.
		output.flush()?;
	}
	Ok(())
}

fn execute(sessions: &mut Sessions, request: Request) -> Result<Done, Refusal> {
	match request {
		Request::Load { content, model } => sessions.load(content, &model).map(Done::Loaded),
		Request::Unload { content } => {
			sessions.unload(&content);
			Ok(Done::Unloaded)
		},
		Request::Run { content, inputs, max_output } => {
			sessions.run(&content, &inputs, max_output).map(Done::Ran)
		},
	}
}

/// Ends this process once its parent is another than at the start, whatever it is doing.
fn watch_host() -> io::Result<()> {
	let host = parent_id();
	thread::Builder::new().name("engine-watch".into()).spawn(move || {
		while parent_id() == host {
			thread::sleep(WATCH);
		}
		// Unwinding a run could hang in the library.
		process::abort()
	})?;
	Ok(())
}

fn set_up(setup: Setup) -> Result<(Sessions, Hello), String> {
	// An accelerator's driver reserves address space far beyond what it uses, so there the limit would only break it.
	if let Some(limit) = setup.memory_limit.filter(|_| setup.accelerator == Accelerator::Cpu) {
		limit_memory(limit)?;
	}
	let library = PathBuf::from(OsString::from_vec(setup.library));
	let (sessions, hello) =
		Sessions::start(&library, setup.accelerator, setup.max_models.max(1) as usize)?;
	if let Some(limit) = setup.memory_limit.filter(|_| hello.accelerator == Accelerator::Cpu) {
		limit_memory(limit)?;
	}
	Ok((sessions, hello))
}

fn limit_memory(limit: u64) -> Result<(), String> {
	rlimit::Resource::AS
		.set(limit, limit)
		.map_err(|error| format!("cannot limit the engine's memory to {limit} bytes: {error}"))
}

fn decode<T: Decode>(mut frame: &[u8]) -> io::Result<T> {
	T::decode(&mut frame).map_err(|error| {
		io::Error::new(io::ErrorKind::InvalidData, format!("a frame not understood: {error}"))
	})
}
