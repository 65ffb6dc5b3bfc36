//! The shell around the job machine: carries out its commands on a tokio runtime and tells it what came of them.

use crate::{
	job::{
		Command, Event, JobFailure, Limits, Line, LoadFailure, Machine, Made, Notice, Record,
		RunFailure, Salt, Stats,
	},
	ports::{BlobStore, Change, FinalityView, JournalError, Ports},
};
use codec::{DecodeAll, Encode};
use opg_host::WorkerPort;
use opg_primitives::{
	audit::{key_output, Recipe},
	job::{JobId, Query, Task},
	model::read_tensors,
	node::MAKES_KEYS,
	request::MaxOutputBytes,
	ContentId, Draw, Input, ModelSpec, Outcome,
};
use opg_seal::{is_sealed, OpenError, SecretKey};
use std::{
	collections::VecDeque,
	fmt, mem,
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	time::Duration,
};
use tokio::{
	runtime::Handle,
	sync::{mpsc, Notify, Semaphore},
	task::spawn_blocking,
	time::{interval, sleep, MissedTickBehavior},
};
use tokio_util::sync::{CancellationToken, DropGuard};

const LOG: &str = "worker::job";
/// Blobs read at a time.
const MAX_READS: usize = 4;
/// Times a file is asked for in one run of a job that makes a key.
const MAX_ASKED: u8 = 3;
/// Lines of the journal written at a time.
const MAX_LINES: usize = 256;

/// What bounds a worker.
#[derive(Debug, Clone)]
pub struct WorkerConfig {
	/// The machine's bounds and the models to serve.
	pub limits: Limits,
	/// The machine's unit of time: what was not to be had is tried again after 1, 2, 4 … 64 of them.
	pub tick: Duration,
	/// Bytes of an input file.
	pub max_input: usize,
	/// Opens inputs that were sealed for this node.
	pub sealing: Option<SecretKey>,
}

impl Default for WorkerConfig {
	fn default() -> Self {
		Self {
			limits: Limits::default(),
			tick: Duration::from_secs(1),
			max_input: 64 << 20,
			sealing: None,
		}
	}
}

/// Starts workers.
#[derive(Debug)]
pub struct Worker;

impl Worker {
	/// Starts a worker on `runtime`, with the answers its journal has; it ends when the last handle is dropped.
	///
	/// No more models are loaded than the engine keeps.
	pub fn start(
		mut config: WorkerConfig,
		ports: Ports,
		runtime: &Handle,
	) -> Result<WorkerHandle, JournalError> {
		let records = ports.journal.read()?;
		config.limits.max_loaded = config.limits.max_loaded.min(ports.engine.capacity());
		config.limits.proves = ports.prover.is_some();
		let counter = Arc::new(Counter {
			inner: Mutex::new(Inner {
				machine: Machine::resume(config.limits.clone(), records),
				commands: VecDeque::new(),
			}),
			woken: Notify::new(),
		});
		let stop = CancellationToken::new();
		let finalised = Finalised(ports.finalised.clone());
		let shell = Arc::new(Shell {
			counter: counter.clone(),
			ports,
			max_input: config.max_input,
			sealing: config.sealing,
			pause: config.tick.saturating_mul(2),
			reads: Semaphore::new(MAX_READS),
			stop: stop.clone(),
		});
		let (lines, written) = mpsc::unbounded_channel();
		runtime.spawn(shell.clone().write_down(written));
		runtime.spawn(shell.carry_out(config.tick, lines));
		Ok(WorkerHandle { counter, finalised, _stop: Arc::new(stop.drop_guard()) })
	}
}

/// A running worker, as a node holds it. Clones are the same worker.
#[derive(Debug, Clone)]
pub struct WorkerHandle {
	counter: Arc<Counter>,
	finalised: Finalised,
	_stop: Arc<DropGuard>,
}

impl WorkerHandle {
	/// Where everything is, and what happened so far.
	pub fn stats(&self) -> Stats {
		self.counter.lock().machine.stats()
	}

	/// Why a job has no output, if it has none.
	pub fn failure(&self, id: JobId, draw: Draw) -> Option<JobFailure> {
		self.counter.lock().machine.failure(id, draw).cloned()
	}
}

impl WorkerPort for WorkerHandle {
	fn submit(&self, mut task: &[u8]) -> bool {
		let Ok(task) = Task::decode_all(&mut task) else { return false };
		let mut inner = self.counter.lock();
		let taken = inner.machine.takes(&task);
		// A refused task is told as well: the machine counts it.
		inner.tell(Event::Submitted(task));
		drop(inner);
		self.counter.woken.notify_one();
		taken
	}

	fn poll(&self, mut query: &[u8]) -> Option<Vec<u8>> {
		match Query::decode_all(&mut query).ok()? {
			Query::Serving => {
				let serving = self.counter.lock().machine.serving();
				Some(serving.encode())
			},
			Query::Answers(desk, live) => {
				let mut inner = self.counter.lock();
				let mut progress = inner.machine.progress(desk, &live);
				inner.tell(Event::LiveJobs(desk, live));
				drop(inner);
				self.counter.woken.notify_one();
				progress.finalised = (self.finalised.0)();
				Some(progress.encode())
			},
			// A keeper's.
			Query::Pieces(_) => None,
		}
	}
}

#[derive(Clone)]
struct Finalised(FinalityView);

impl fmt::Debug for Finalised {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("Finalised")
	}
}

/// Where callers leave events and the shell finds commands. Held for moments only.
#[derive(Debug)]
struct Counter {
	inner: Mutex<Inner>,
	woken: Notify,
}

#[derive(Debug)]
struct Inner {
	machine: Machine,
	/// Bounded as the machine is: it has one command out for each blob, model and run.
	commands: VecDeque<Command>,
}

impl Inner {
	fn tell(&mut self, event: Event) {
		let commands = self.machine.on(event);
		self.commands.extend(commands);
	}
}

impl Counter {
	fn lock(&self) -> MutexGuard<'_, Inner> {
		self.inner.lock().unwrap_or_else(PoisonError::into_inner)
	}

	fn tell(&self, event: Event) {
		self.lock().tell(event);
		self.woken.notify_one();
	}
}

struct Shell {
	counter: Arc<Counter>,
	ports: Ports,
	max_input: usize,
	sealing: Option<SecretKey>,
	/// Between two times a file is asked for.
	pause: Duration,
	reads: Semaphore,
	stop: CancellationToken,
}

impl Shell {
	async fn carry_out(self: Arc<Self>, tick: Duration, lines: mpsc::UnboundedSender<Line>) {
		let mut ticks = interval(tick.max(Duration::from_millis(1)));
		ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
		loop {
			tokio::select! {
				() = self.stop.cancelled() => return,
				() = self.counter.woken.notified() => {},
				_ = ticks.tick() => self.counter.lock().tell(Event::Tick),
			}
			let commands = mem::take(&mut self.counter.lock().commands);
			for command in commands {
				match command {
					Command::Report(notice @ Notice::ModelServed(_)) => {
						log::info!(target: LOG, "{notice}");
					},
					Command::Report(notice @ Notice::AnswerNotKept(..)) => {
						log::error!(target: LOG, "{notice}");
					},
					Command::Report(notice) => log::warn!(target: LOG, "{notice}"),
					Command::Journal(line) => {
						// Only a worker that stops has nobody at the other end.
						let _ = lines.send(line);
					},
					command => {
						let shell = self.clone();
						tokio::spawn(async move {
							let work = shell.clone().execute(command);
							tokio::select! {
								() = shell.stop.cancelled() => {},
								event = work => event.into_iter().for_each(|event| shell.counter.tell(event)),
							}
						});
					},
				}
			}
		}
	}

	async fn execute(self: Arc<Self>, command: Command) -> Option<Event> {
		match command {
			Command::Fetch(content) => Some(match self.fetch(content).await {
				Ok(()) => Event::Fetched(content),
				Err(reason) => Event::Missing { content, reason },
			}),
			Command::Load(spec) => Some(match self.load(spec.clone()).await {
				Ok(()) => Event::Loaded(spec),
				Err(failure) => Event::NotLoaded { spec, failure },
			}),
			Command::Unload(content) => {
				self.ports.engine.unload(content).await;
				None
			},
			Command::Run { ticket, spec, input, is_proved } => {
				let result = self.run(spec, input, is_proved).await;
				Some(Event::Ran { ticket, result })
			},
			Command::Journal(_) | Command::Report(_) => None,
		}
	}

	/// Writes the journal: one batch at a time, in the order the machine gave the lines.
	async fn write_down(self: Arc<Self>, mut lines: mpsc::UnboundedReceiver<Line>) {
		let mut batch = Vec::new();
		loop {
			tokio::select! {
				() = self.stop.cancelled() => return,
				taken = lines.recv_many(&mut batch, MAX_LINES) => if taken == 0 {
					return;
				},
			}
			let (mut changes, mut tickets) = (Vec::new(), Vec::new());
			for line in batch.drain(..) {
				match line {
					Line::Forget { id, draw } => changes.push(Change::Forget(id, draw)),
					Line::Keep { ticket, id, draw, made } => match draw_salt() {
						Ok(salt) => {
							tickets.push((ticket, salt));
							let Made { outcome, proof } = made;
							let record = Record { id, draw, outcome, salt, proof };
							changes.push(Change::Keep(record));
						},
						Err(reason) => self.counter.tell(Event::NotKept { ticket, reason }),
					},
				}
			}
			let journal = self.ports.journal.clone();
			let written = spawn_blocking(move || journal.write(&changes)).await;
			let written = match written {
				Ok(result) => result.map_err(|error| error.to_string()),
				Err(error) => Err(error.to_string()),
			};
			if let (Err(reason), true) = (&written, tickets.is_empty()) {
				log::warn!(target: LOG, "answers no longer asked for stay in the journal: {reason}");
			}
			for (ticket, salt) in tickets {
				self.counter.tell(match &written {
					Ok(()) => Event::Kept { ticket, salt },
					Err(reason) => Event::NotKept { ticket, reason: reason.clone() },
				});
			}
		}
	}

	async fn fetch(&self, content: ContentId) -> Result<(), String> {
		self.blocking(move |store| store.fetch(&content).map_err(|error| error.to_string())).await
	}

	async fn get(&self, content: ContentId) -> Result<Vec<u8>, String> {
		self.blocking(move |store| store.get(&content).map_err(|error| error.to_string())).await
	}

	async fn blocking<T: Send + 'static>(
		&self,
		work: impl FnOnce(&dyn BlobStore) -> Result<T, String> + Send + 'static,
	) -> Result<T, String> {
		let _permit = self.reads.acquire().await.map_err(|error| error.to_string())?;
		let store = self.ports.store.clone();
		spawn_blocking(move || work(store.as_ref())).await.map_err(|error| error.to_string())?
	}

	async fn load(&self, spec: Arc<ModelSpec>) -> Result<(), LoadFailure> {
		let model = self.get(spec.content).await.map_err(LoadFailure::BlobLost)?;
		if let (Some(circuit), Some(prover)) = (&spec.circuit, &self.ports.prover) {
			let settings = circuit.settings;
			let lost = |why| LoadFailure::BlobLost(format!("its circuit's settings, {why}"));
			self.fetch(settings).await.map_err(lost)?;
			let settings = self.get(settings).await.map_err(lost)?;
			prover.prepare(spec.clone(), model.clone(), settings).await?;
		}
		self.ports.engine.load(spec, model).await
	}

	/// What was sealed for this node; what is not sealed, as it is.
	fn opened(&self, input: Vec<u8>) -> Result<Vec<u8>, RunFailure> {
		if !is_sealed(&input) {
			return Ok(input);
		}
		let key = self.sealing.as_ref().ok_or(OpenError::NotForUs).map_err(RunFailure::Sealed)?;
		key.open(&input).map_err(RunFailure::Sealed)
	}

	async fn run(
		&self,
		spec: Arc<ModelSpec>,
		input: Input,
		is_proved: bool,
	) -> Result<Made, RunFailure> {
		if spec.id == MAKES_KEYS {
			return self.make_key(&input).await;
		}
		let inputs = match input {
			Input::Inline(bytes) => bytes.into_inner(),
			Input::Stored(content) => {
				self.opened(self.get(content).await.map_err(RunFailure::InputLost)?)?
			},
		};
		read_tensors(&spec.inputs, &inputs, self.max_input).map_err(RunFailure::Input)?;
		let limit = <MaxOutputBytes as sp_core::Get<u32>>::get() as usize;
		let (output, proof) = if is_proved {
			let prover = self.ports.prover.as_ref();
			let prover = prover.ok_or_else(|| RunFailure::NotProved("there is no EZKL".into()))?;
			let proven = prover.prove(spec.clone(), inputs).await?;
			(proven.output, Some(proven.proof))
		} else {
			(self.ports.engine.run(spec.content, inputs, limit).await?, None)
		};
		let bytes = output.len() as u64;
		read_tensors(&spec.outputs, &output, limit).map_err(RunFailure::Output)?;
		let output = output.try_into().map_err(|_| RunFailure::OutputTooLong { bytes, limit })?;
		Ok(Made { outcome: Outcome::Output(output), proof })
	}

	/// The key of a model's circuit, made again of its file and settings.
	async fn make_key(&self, input: &Input) -> Result<Made, RunFailure> {
		let unable = |why: &str| RunFailure::NotProved(why.into());
		let prover = self.ports.prover.as_ref().ok_or_else(|| unable("there is no EZKL"))?;
		let Input::Inline(bytes) = input else { return Err(unable("what to make is not said")) };
		let Recipe { content, circuit } =
			Recipe::read(bytes).ok_or_else(|| unable("what to make cannot be read"))?;
		let model = self.wait_for(content).await?;
		let settings = self.wait_for(circuit.settings).await?;
		let key = prover.make_key(circuit, model, settings).await?;
		let output = key_output(key).try_into().map_err(|_| unable("a key has 32 bytes"))?;
		Ok(Made { outcome: Outcome::Output(output), proof: None })
	}

	/// A file, for which the store is asked a few times, a few seconds apart.
	async fn wait_for(&self, content: ContentId) -> Result<Vec<u8>, RunFailure> {
		let mut asked = 1u8;
		loop {
			let fetched = match self.fetch(content).await {
				Ok(()) => self.get(content).await,
				Err(why) => Err(why),
			};
			match fetched {
				Ok(bytes) => return Ok(bytes),
				// The machine has the job run again, which asks as often each time.
				Err(why) if asked >= MAX_ASKED => return Err(RunFailure::InputLost(why)),
				Err(_) => asked = asked.saturating_add(1),
			}
			sleep(self.pause).await;
		}
	}
}

fn draw_salt() -> Result<Salt, String> {
	let mut salt = Salt::default();
	getrandom::fill(&mut salt).map_err(|error| {
		format!("the system gives no random bytes for its salt ({error}); check /dev/urandom")
	})?;
	Ok(salt)
}
