//! The child's main loop: requests from stdin, replies to stdout, until stdin ends.

use crate::engine::{
	frames::{read_frame, write_frame, Done, Greeting, Hello, Refusal, Reply, Request, Setup},
	sandbox::Sandbox,
	session::{Sessions, Tuning},
	watch::Watch,
	Accelerator,
};
use codec::Decode;
use std::{
	ffi::OsString,
	fs,
	io::{self, BufReader, BufWriter, Write},
	os::unix::{ffi::OsStringExt, process::parent_id},
	path::PathBuf,
};

const PIPE_BUFFER: usize = 1 << 16;
/// The kernel's scale for whom to end first when memory is short goes up to this.
const FIRST_TO_GO: &str = "1000";

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
	// SAFETY: ends the process at once; nothing is left to flush. The library's own handlers, which an orderly exit would call,
	// may look for files that the sandbox has taken away and wait for them.
	unsafe { libc::_exit(code) }
}

fn run() -> io::Result<()> {
	let host = parent_id();
	// A model that crashes it must not fill the disk with core files, and one that takes all memory must not cost the node.
	let _ = rlimit::Resource::CORE.set(0, 0);
	let _ = fs::write("/proc/self/oom_score_adj", FIRST_TO_GO);
	let watch = Watch::start(host)?;
	let mut input = BufReader::with_capacity(PIPE_BUFFER, io::stdin().lock());
	let mut output = BufWriter::with_capacity(PIPE_BUFFER, io::stdout().lock());
	let Some(frame) = read_frame(&mut input, u32::MAX)? else { return Ok(()) };
	let setup: Setup = decode(&frame)?;
	let confined = setup.sandbox;
	let (greeting, sessions) = match set_up(setup) {
		Ok((sessions, mut hello)) => {
			// The one other thread ends for it and comes back under it.
			watch.end();
			if confined && hello.accelerator == Accelerator::Cpu {
				hello.sandbox = Sandbox::put_up();
			}
			Watch::start(host)?;
			(Greeting::Ok(hello), Some(sessions))
		},
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

fn set_up(setup: Setup) -> Result<(Sessions, Hello), String> {
	rustix::process::setpriority_process(None, i32::from(setup.niceness)).map_err(|error| {
		format!("cannot lower the engine's priority to {}: {error}", setup.niceness)
	})?;
	// An accelerator's driver reserves address space far beyond what it uses, so there the limit would only break it.
	if let Some(limit) = setup.memory_limit.filter(|_| setup.accelerator == Accelerator::Cpu) {
		limit_memory(limit)?;
	}
	let library = PathBuf::from(OsString::from_vec(setup.library.clone()));
	let (sessions, hello) = Sessions::start(&library, setup.accelerator, Tuning::from(&setup))?;
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
