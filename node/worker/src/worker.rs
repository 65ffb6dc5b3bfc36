//! The shell around the job machine: carries out its commands on a tokio runtime and tells it what came of them.

use crate::{
	job::{
		Command, Event, JobFailure, Limits, LoadFailure, Machine, Notice, RunFailure, Stats, Ticket,
	},
	ports::{BlobStore, Engine},
};
use codec::{DecodeAll, Encode};
use opg_host::WorkerPort;
use opg_primitives::{
	job::{Query, Task},
	model::read_tensors,
	request::MaxOutputBytes,
	ContentId, Draw, Input, ModelSpec, Outcome, RequestId,
};
use std::{
	collections::VecDeque,
	mem,
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	time::Duration,
};
use tokio::{
	runtime::Handle,
	sync::{Notify, Semaphore},
	task::spawn_blocking,
	time::{interval, MissedTickBehavior},
};
use tokio_util::sync::{CancellationToken, DropGuard};

const LOG: &str = "worker::job";
/// Blobs read at a time.
const MAX_READS: usize = 4;

/// What bounds a worker.
#[derive(Debug, Clone)]
pub struct WorkerConfig {
	/// The machine's bounds and the models to serve.
	pub limits: Limits,
	/// The machine's unit of time: what was not to be had is tried again after 1, 2, 4 … 64 of them.
	pub tick: Duration,
	/// Bytes of an input file.
	pub max_input: usize,
}

impl Default for WorkerConfig {
	fn default() -> Self {
		Self { limits: Limits::default(), tick: Duration::from_secs(1), max_input: 64 << 20 }
	}
}

/// Starts workers.
#[derive(Debug)]
pub struct Worker;

impl Worker {
	/// Starts a worker on `runtime`; it ends when the last handle is dropped.
	///
	/// No more models are loaded than the engine keeps.
	pub fn start(
		mut config: WorkerConfig,
		store: Arc<dyn BlobStore>,
		engine: Arc<dyn Engine>,
		runtime: &Handle,
	) -> WorkerHandle {
		config.limits.max_loaded = config.limits.max_loaded.min(engine.capacity());
		let desk = Arc::new(Desk {
			inner: Mutex::new(Inner {
				machine: Machine::new(config.limits.clone()),
				commands: VecDeque::new(),
			}),
			woken: Notify::new(),
		});
		let stop = CancellationToken::new();
		let shell = Arc::new(Shell {
			desk: desk.clone(),
			store,
			engine,
			max_input: config.max_input,
			reads: Semaphore::new(MAX_READS),
			stop: stop.clone(),
		});
		runtime.spawn(shell.carry_out(config.tick));
		WorkerHandle { desk, _stop: Arc::new(stop.drop_guard()) }
	}
}

/// A running worker, as a node holds it. Clones are the same worker.
#[derive(Debug, Clone)]
pub struct WorkerHandle {
	desk: Arc<Desk>,
	_stop: Arc<DropGuard>,
}

impl WorkerHandle {
	/// Where everything is, and what happened so far.
	pub fn stats(&self) -> Stats {
		self.desk.lock().machine.stats()
	}

	/// Why a job will not be answered, if it will not.
	pub fn failure(&self, request: RequestId, draw: Draw) -> Option<JobFailure> {
		self.desk.lock().machine.failure(request, draw).cloned()
	}
}

impl WorkerPort for WorkerHandle {
	fn submit(&self, mut task: &[u8]) -> bool {
		let Ok(task) = Task::decode_all(&mut task) else { return false };
		let mut inner = self.desk.lock();
		let taken = inner.machine.takes(&task);
		// A refused task is told as well: the machine counts it.
		inner.tell(Event::Submitted(task));
		drop(inner);
		self.desk.woken.notify_one();
		taken
	}

	fn poll(&self, mut query: &[u8]) -> Option<Vec<u8>> {
		match Query::decode_all(&mut query).ok()? {
			Query::Serving => {
				let serving = self.desk.lock().machine.serving();
				Some(serving.encode())
			},
			Query::Answers(live) => {
				let mut inner = self.desk.lock();
				let progress = inner.machine.progress(&live);
				inner.tell(Event::LiveJobs(live));
				drop(inner);
				self.desk.woken.notify_one();
				Some(progress.encode())
			},
		}
	}
}

/// Where callers leave events and the shell finds commands. Held for moments only.
#[derive(Debug)]
struct Desk {
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

impl Desk {
	fn lock(&self) -> MutexGuard<'_, Inner> {
		self.inner.lock().unwrap_or_else(PoisonError::into_inner)
	}

	fn tell(&self, event: Event) {
		self.lock().tell(event);
		self.woken.notify_one();
	}
}

struct Shell {
	desk: Arc<Desk>,
	store: Arc<dyn BlobStore>,
	engine: Arc<dyn Engine>,
	max_input: usize,
	reads: Semaphore,
	stop: CancellationToken,
}

impl Shell {
	async fn carry_out(self: Arc<Self>, tick: Duration) {
		let mut ticks = interval(tick.max(Duration::from_millis(1)));
		ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
		loop {
			tokio::select! {
				() = self.stop.cancelled() => return,
				() = self.desk.woken.notified() => {},
				_ = ticks.tick() => self.desk.lock().tell(Event::Tick),
			}
			let commands = mem::take(&mut self.desk.lock().commands);
			for command in commands {
				match command {
					Command::Report(notice @ Notice::ModelServed(_)) => {
						log::info!(target: LOG, "{notice}");
					},
					Command::Report(notice) => log::warn!(target: LOG, "{notice}"),
					command => {
						let shell = self.clone();
						tokio::spawn(async move {
							let work = shell.clone().execute(command);
							tokio::select! {
								() = shell.stop.cancelled() => {},
								event = work => event.into_iter().for_each(|event| shell.desk.tell(event)),
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
				self.engine.unload(content).await;
				None
			},
			Command::Run { ticket, spec, input } => Some(self.ran(ticket, spec, input).await),
			Command::Report(_) => None,
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
		let store = self.store.clone();
		spawn_blocking(move || work(store.as_ref())).await.map_err(|error| error.to_string())?
	}

	async fn load(&self, spec: Arc<ModelSpec>) -> Result<(), LoadFailure> {
		let model = self.get(spec.content).await.map_err(LoadFailure::BlobLost)?;
		self.engine.load(spec, model).await
	}

	async fn ran(&self, ticket: Ticket, spec: Arc<ModelSpec>, input: Input) -> Event {
		Event::Ran { ticket, result: self.run(&spec, input).await }
	}

	async fn run(&self, spec: &ModelSpec, input: Input) -> Result<Outcome, RunFailure> {
		let inputs = match input {
			Input::Inline(bytes) => bytes.into_inner(),
			Input::Stored(content) => self.get(content).await.map_err(RunFailure::InputLost)?,
		};
		read_tensors(&spec.inputs, &inputs, self.max_input).map_err(RunFailure::Input)?;
		let limit = <MaxOutputBytes as sp_core::Get<u32>>::get() as usize;
		let output = self.engine.run(spec.content, inputs, limit).await?;
		let bytes = output.len() as u64;
		read_tensors(&spec.outputs, &output, limit).map_err(RunFailure::Output)?;
		let output = output.try_into().map_err(|_| RunFailure::OutputTooLong { bytes, limit })?;
		Ok(Outcome::Output(output))
	}
}
