//! One life of the child: from its start to its death, with whom to blame for it.

use super::{
	frames::{Done, Greeting, Hello, Refusal, Reply, Request, Setup},
	shortage, Accelerator, EngineConfig, EngineError, LOG,
};
use codec::{Decode, Encode};
use futures::StreamExt;
use std::{
	collections::VecDeque,
	env,
	io::{self, Write},
	os::unix::{ffi::OsStrExt, process::ExitStatusExt},
	path::Path,
	process::Stdio,
	time::Duration,
};
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	process::{Child, ChildStderr, ChildStdin, ChildStdout, Command},
	sync::{mpsc, oneshot},
	task::JoinHandle,
	time::{self, Instant},
};
use tokio_util::{
	bytes::BytesMut,
	codec::{FramedRead, LengthDelimitedCodec},
};

/// What a child may see of the node's environment.
const ENVIRONMENT: [&str; 3] = ["PATH", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES"];
/// What its libraries are told: ONNX Runtime to report nothing to its makers, which it would do from a thread of its own and by
/// way of a database on disk; NVIDIA's not to round floats to 19 bits.
const SETTINGS: [(&str, &str); 2] = [("ORT_DISABLE_TELEMETRY", "1"), ("NVIDIA_TF32_OVERRIDE", "0")];
/// Bytes of outgoing buffer kept between frames.
const MAX_KEPT: usize = 1 << 20;
/// Bytes of a reply beside a run's output: the number, the signature of a model, an error's words.
const REPLY_MARGIN: usize = 1 << 20;
/// Bytes of what a child said that are looked at when it is dead.
const LAST_WORDS: usize = 4096;
/// How long a dead child's last words may take to arrive.
const WORDS_LIMIT: Duration = Duration::from_secs(1);

/// A request and who waits for its result.
pub(super) struct Call {
	pub(super) request: Request,
	pub(super) limit: Duration,
	pub(super) answer: oneshot::Sender<Result<Done, CallFailure>>,
}

/// Why a request has no result.
#[derive(Debug, Clone)]
pub(super) enum CallFailure {
	Refused(Refusal),
	Crashed(String),
	/// The child died of want of memory.
	Starved(String),
	TimedOut(Duration),
	Interrupted,
	Stopped,
}

/// How a life ended.
pub(super) enum End {
	/// Nobody has anything to ask any more.
	Released,
	/// The child is dead.
	Died {
		/// How long it lived.
		after: Duration,
	},
}

/// How a child died.
struct Death {
	how: String,
	of_hunger: bool,
}

struct Pending {
	number: u64,
	limit: Duration,
	answer: oneshot::Sender<Result<Done, CallFailure>>,
}

/// A running child.
pub(super) struct Life {
	child: Child,
	born: Instant,
	/// The kernel's killings for want of memory before it was born.
	kernel_kills: Option<u64>,
	last_words: JoinHandle<Vec<u8>>,
	stdin: ChildStdin,
	/// Frames the pipe has not taken yet.
	outgoing: BytesMut,
	replies: FramedRead<ChildStdout, LengthDelimitedCodec>,
	/// Oldest first: the first is the one being executed.
	pending: VecDeque<Pending>,
	pipeline: usize,
	next_number: u64,
}

impl Life {
	pub(super) async fn start(
		config: &EngineConfig,
		accelerator: Accelerator,
	) -> Result<(Self, Hello), EngineError> {
		let program = &config.command.program;
		let spawn = |source| EngineError::Spawn { program: program.clone(), source };
		let mut command = Command::new(program);
		command
			.args(&config.command.args)
			.env_clear()
			.envs(ENVIRONMENT.iter().filter_map(|name| Some((name, env::var_os(name)?))))
			.envs(SETTINGS)
			.stdin(Stdio::piped())
			.stdout(Stdio::piped())
			.stderr(Stdio::piped())
			.kill_on_drop(true);
		let kernel_kills = shortage::kernel_kills();
		let mut child = command.spawn().map_err(spawn)?;
		let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
		let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
			return Err(EngineError::Broken("its pipes are missing".into()));
		};
		let replies = LengthDelimitedCodec::builder()
			.little_endian()
			.max_frame_length(REPLY_MARGIN + crate::MAX_OUTPUT)
			.new_read(stdout);
		let mut life = Self {
			child,
			born: Instant::now(),
			kernel_kills,
			last_words: tokio::spawn(listen(stderr)),
			stdin,
			outgoing: BytesMut::new(),
			replies,
			pending: VecDeque::new(),
			pipeline: config.pipeline.max(1),
			next_number: 0,
		};
		let hello = time::timeout(config.start_limit, life.greet(config, accelerator))
			.await
			.map_err(|_| EngineError::Silent(config.start_limit))??;
		Ok((life, hello))
	}

	async fn greet(
		&mut self,
		config: &EngineConfig,
		accelerator: Accelerator,
	) -> Result<Hello, EngineError> {
		let library = absolute(&config.library);
		let setup = Setup {
			library: library.as_os_str().as_bytes().to_vec(),
			accelerator,
			memory_limit: config.memory_limit,
			gpu_memory: config.gpu_memory,
			max_models: u32::try_from(config.max_models).unwrap_or(u32::MAX),
			threads: u32::try_from(config.threads).unwrap_or(u32::MAX),
			niceness: config.niceness,
			sandbox: config.sandbox,
		};
		let broken = |why: &str| EngineError::Broken(why.to_owned());
		if !put_frame(&mut self.outgoing, &setup) {
			return Err(broken("its setup is too long"));
		}
		// If it takes no input, its end shows in the replies.
		let _ = self.stdin.write_all_buf(&mut self.outgoing).await;
		let Some(Ok(reply)) = self.replies.next().await else {
			let death = self.bury().await;
			return Err(EngineError::Broken(death.how));
		};
		Greeting::decode(&mut &reply[..])
			.map_err(|_| broken("it speaks another protocol"))?
			.map_err(EngineError::Refused)
	}

	pub(super) fn id(&self) -> Option<u32> {
		self.child.id()
	}

	/// Passes calls on until the child dies or nobody can call any more.
	pub(super) async fn serve(mut self, calls: &mut mpsc::Receiver<Call>) -> End {
		let deadline = time::sleep(Duration::ZERO);
		tokio::pin!(deadline);
		let blame = loop {
			tokio::select! {
				biased;
				reply = self.replies.next() => {
					let Some(Ok(reply)) = reply else { break None };
					if !self.settle(&reply) {
						log::error!(target: LOG, "the engine's child speaks out of turn");
						break None;
					}
					if let Some(head) = self.pending.front() {
						deadline.as_mut().reset(Instant::now() + head.limit);
					}
				},
				written = self.stdin.write_buf(&mut self.outgoing), if !self.outgoing.is_empty() => {
					if written.is_err() {
						// The child takes no more input; its end shows in the replies.
						self.outgoing.clear();
					}
				},
				() = &mut deadline, if !self.pending.is_empty() => {
					break self.pending.front().map(|head| CallFailure::TimedOut(head.limit));
				},
				call = calls.recv(), if self.pending.len() < self.pipeline => {
					let Some(call) = call else { return End::Released };
					if self.pending.is_empty() {
						deadline.as_mut().reset(Instant::now() + call.limit);
					}
					self.send(call);
				},
			}
		};
		let death = self.bury().await;
		let how = match &blame {
			Some(_) => "killed for taking too long",
			None => &death.how,
		};
		log::warn!(
			target: LOG,
			"the engine's child is gone ({how}), {} requests were with it",
			self.pending.len(),
		);
		let mut blame = Some(blame.unwrap_or_else(|| match death.of_hunger {
			true => CallFailure::Starved(death.how.clone()),
			false => CallFailure::Crashed(death.how.clone()),
		}));
		for pending in self.pending.drain(..) {
			let failure = blame.take().unwrap_or(CallFailure::Interrupted);
			let _ = pending.answer.send(Err(failure));
		}
		End::Died { after: self.born.elapsed() }
	}

	fn send(&mut self, call: Call) {
		let Call { request, limit, answer } = call;
		if !put_frame(&mut self.outgoing, &request) {
			let refusal = Refusal::Runtime("it has 4 GiB or more, which no frame holds".into());
			let _ = answer.send(Err(CallFailure::Refused(refusal)));
			return;
		}
		let number = self.next_number;
		self.next_number = number.saturating_add(1);
		self.pending.push_back(Pending { number, limit, answer });
	}

	/// Gives a reply to whom it is for; false if it is for nobody.
	fn settle(&mut self, reply: &[u8]) -> bool {
		let Ok(Reply { number, result }) = Reply::decode(&mut &reply[..]) else { return false };
		match self.pending.pop_front() {
			Some(head) if head.number == number => {
				let _ = head.answer.send(result.map_err(CallFailure::Refused));
				true
			},
			Some(head) => {
				self.pending.push_front(head);
				false
			},
			None => false,
		}
	}

	/// Makes sure that the child is dead, and says how it died.
	async fn bury(&mut self) -> Death {
		let _ = self.child.start_kill();
		let status = match self.child.wait().await {
			Ok(status) => status,
			Err(error) => {
				return Death { how: format!("its end is unknown: {error}"), of_hunger: false };
			},
		};
		let words = time::timeout(WORDS_LIMIT, &mut self.last_words).await;
		let words = words.ok().and_then(Result::ok).unwrap_or_default();
		let kills = self.kernel_kills.zip(shortage::kernel_kills());
		let killed = kills.is_some_and(|(before, now)| now > before);
		let of_hunger = shortage::in_death(status.signal(), &words, killed);
		let how = if of_hunger { format!("{status}, out of memory") } else { status.to_string() };
		Death { how, of_hunger }
	}
}

/// Passes on what a child says until it ends, and gives its last words.
async fn listen(mut stderr: ChildStderr) -> Vec<u8> {
	let mut words = Vec::new();
	let mut buffer = [0; 1024];
	while let Ok(length @ 1..) = stderr.read(&mut buffer).await {
		let said = buffer.get(..length).unwrap_or_default();
		let _ = io::stderr().write_all(said);
		words.extend_from_slice(said);
		words.drain(..words.len().saturating_sub(LAST_WORDS));
	}
	words
}

/// Appends a message after its length; false, and nothing appended, if 32 bits cannot count it.
fn put_frame(to: &mut BytesMut, message: &impl Encode) -> bool {
	let bytes = message.encode();
	let Ok(length) = u32::try_from(bytes.len()) else { return false };
	// A long frame's buffer is not kept for the short ones after it.
	if to.is_empty() && to.capacity() > MAX_KEPT {
		*to = BytesMut::new();
	}
	to.reserve(bytes.len().saturating_add(4));
	to.extend_from_slice(&length.to_le_bytes());
	to.extend_from_slice(&bytes);
	true
}

fn absolute(path: &Path) -> std::path::PathBuf {
	std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}
