//! The life of a job as a pure state machine: no clock, disk, network or threads.
//!
//! [`Machine`] is told what happens ([`Event`]) and answers with what is to be done ([`Command`]); its shell
//! ([`crate::Worker`]) does it and reports back. A job is named by its desk, its number there, and the draw that gave it to
//! this node:
//!
//! ```text
//! submitted ─▶ waiting ─▶ ready ─▶ running ─┬─▶ answered, by an output or a fault ─▶ kept
//!               │  ▲                 │      └─▶ failed, by this node's own doing
//!               │  └─ model, input ──┘
//!               │     or engine lost
//!               └─▶ answered by a fault, or failed
//! ```
//!
//! An answer is given only once it is *kept*: in the [journal](crate::ports::Journal), on disk, with its salt. Then it is the
//! same after a restart, so what was committed to can be revealed.
//!
//! A job without an answer is forgotten once the chain no longer asks for it, and replaced when it comes with another draw. An
//! answer stays until its desk has not asked for it [`MAX_UNASKED`] times in succession.

mod answers;
mod blobs;
mod failure;
mod message;
mod models;

pub use answers::{Record, Salt, MAX_UNASKED};
pub use failure::{JobFailure, LoadFailure, ModelFault, PortFault, RunFailure};
pub use message::{Command, Event, Limits, Line, Made, Notice, ServePolicy, Stats, Ticket};

use answers::Answers;
use blobs::Blobs;
use models::{Models, Readiness};
use opg_primitives::{
	job::{Desk, Job, JobId, Progress, Serving, Task},
	node::MAKES_KEYS,
	request::FaultKind,
	ContentId, Draw, Input, ModelSpec, Outcome,
};
use std::{
	collections::{BTreeMap, BTreeSet},
	mem,
	sync::Arc,
};

/// Engine deaths after which a job is at fault: the first may have had another cause.
const MAX_CRASHES: u8 = 2;
/// Times a proof is begun before the job is left to another node.
const MAX_PROOFS: u8 = 2;
/// Times a job is taken back for something it did not do.
const MAX_RERUNS: u8 = 32;
/// Times a job's input is asked for, over half a minute of ticks, before it is answered without.
const MAX_TRIES: u8 = 6;

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
	Waiting,
	Ready,
	Running(Ticket),
	Failed(JobFailure),
}

#[derive(Debug)]
struct Entry {
	draw: Draw,
	spec: Arc<ModelSpec>,
	input: Input,
	input_here: bool,
	is_proved: bool,
	state: State,
	/// Its place in the queue, kept when it is taken back.
	place: u64,
	crashes: u8,
	reruns: u8,
	/// Times its input was not to be had.
	tries: u8,
}

#[derive(Debug)]
struct Running {
	id: JobId,
	spec: Arc<ModelSpec>,
}

/// Every job and model a node has in hand.
#[derive(Debug)]
pub struct Machine {
	limits: Limits,
	/// Jobs without an answer.
	jobs: BTreeMap<JobId, Entry>,
	answers: Answers,
	waiting: BTreeSet<JobId>,
	queue: BTreeMap<u64, JobId>,
	/// Runs in the engine, those of forgotten jobs included.
	running: BTreeMap<Ticket, Running>,
	models: Models,
	blobs: Blobs,
	now: u64,
	next_place: u64,
	next_ticket: Ticket,
	/// A model or blob changed: waiting jobs are looked at again.
	stirred: bool,
	totals: Stats,
	out: Vec<Command>,
}

impl Machine {
	/// An empty machine.
	pub fn new(limits: Limits) -> Self {
		Self::resume(limits, Vec::new())
	}

	/// A machine that has these answers from an earlier life.
	pub fn resume(limits: Limits, records: Vec<Record>) -> Self {
		Self {
			models: Models::new(limits.clone()),
			limits,
			jobs: BTreeMap::new(),
			answers: Answers::restored(records),
			waiting: BTreeSet::new(),
			queue: BTreeMap::new(),
			running: BTreeMap::new(),
			blobs: Blobs::default(),
			now: 0,
			next_place: 0,
			next_ticket: 0,
			stirred: false,
			totals: Stats::default(),
			out: Vec::new(),
		}
	}

	/// Whether a task would be taken; one that is not is lost if submitted.
	pub fn takes(&self, task: &Task) -> bool {
		let room = match task {
			Task::Serve(_) => true,
			Task::Run(job) => {
				self.jobs.contains_key(&job.id)
					|| self.answers.holds(job.id, job.draw)
					|| !self.is_full()
					|| self.answers.can_spare()
			},
		};
		// Fetches of forgotten jobs still under way count, so a flood of short-lived jobs stays bounded.
		room && self.blobs.len() < self.limits.max_jobs.saturating_add(self.limits.max_known)
	}

	/// Takes an event and says what is to be done now.
	pub fn on(&mut self, event: Event) -> Vec<Command> {
		match event {
			Event::Submitted(task) if !self.takes(&task) => {
				self.totals.refused_total = self.totals.refused_total.saturating_add(1);
			},
			Event::Submitted(Task::Serve(spec)) => {
				self.models.told(spec, &mut self.blobs, &mut self.out);
				self.stirred = true;
			},
			Event::Submitted(Task::Run(job)) => self.submit(job),
			Event::Fetched(content) => self.fetched(content),
			Event::Missing { content, reason } => self.missing(content, reason),
			Event::Loaded(spec) => {
				self.models.loaded(&spec, &mut self.out);
				self.stirred = true;
			},
			Event::NotLoaded { spec, failure } => {
				self.models.not_loaded(&spec, failure, self.now, &mut self.blobs, &mut self.out);
				self.stirred = true;
			},
			Event::Ran { ticket, result } => self.ran(ticket, result),
			Event::Kept { ticket, salt } => self.answers.kept(ticket, salt),
			Event::NotKept { ticket, reason } => {
				self.answers.not_kept(ticket, reason, &mut self.out);
			},
			Event::LiveJobs(desk, live) => self.forget_all_but(desk, live.into_iter().collect()),
			Event::Tick => {
				self.now = self.now.saturating_add(1);
				self.models.release(self.now);
				let wanted = self.wanted();
				self.blobs.retry(self.now, &wanted, &mut self.out);
				self.answers.retry(&mut self.out);
			},
		}
		self.pump();
		mem::take(&mut self.out)
	}

	/// How these jobs of a desk stand: what is ready, and what the machine does not have.
	pub fn progress(&self, desk: Desk, asked: &[(u64, Draw)]) -> Progress {
		let mut progress = Progress::default();
		for (number, draw) in asked.iter().copied() {
			let id = JobId { desk, number };
			if let Some(ready) = self.answers.ready(id, draw) {
				progress.ready.push(ready);
			} else if !self.answers.holds(id, draw) && self.job(id, draw).is_none() {
				progress.unknown.push((number, draw));
			}
		}
		progress
	}

	/// Why a job has no output, if it has none.
	pub fn failure(&self, id: JobId, draw: Draw) -> Option<&JobFailure> {
		match self.job(id, draw).map(|entry| &entry.state) {
			Some(State::Failed(failure)) => Some(failure),
			Some(_) => None,
			None => self.answers.failure(id, draw),
		}
	}

	/// Which models are loaded, the making of keys among them where this machine can prove, and which is the first not heard of.
	pub fn serving(&self) -> Serving {
		let mut loaded = self.models.served();
		loaded.extend(self.limits.proves.then_some(MAKES_KEYS));
		Serving { loaded, next: self.models.next() }
	}

	/// Where everything is, and what happened so far.
	pub fn stats(&self) -> Stats {
		let served = self.models.served().len();
		let mut stats = Stats {
			models_served: served,
			models_unserved: self.models.known().saturating_sub(served),
			answered: self.answers.len(),
			unkept: self.answers.unkept(),
			..self.totals
		};
		for entry in self.jobs.values() {
			let gauge = match entry.state {
				State::Waiting => &mut stats.waiting,
				State::Ready => &mut stats.ready,
				State::Running(_) => &mut stats.running,
				State::Failed(_) => &mut stats.failed,
			};
			*gauge = gauge.saturating_add(1);
		}
		stats
	}

	fn job(&self, id: JobId, draw: Draw) -> Option<&Entry> {
		self.jobs.get(&id).filter(|entry| entry.draw == draw)
	}

	fn is_full(&self) -> bool {
		self.jobs.len().saturating_add(self.answers.len()) >= self.limits.max_jobs
	}

	fn submit(&mut self, job: Job) {
		let Job { id, draw, model, input, is_proved } = job;
		if self.answers.holds(id, draw) || self.job(id, draw).is_some() {
			return;
		}
		self.forget(id);
		if self.is_full() {
			self.answers.spare(&mut self.out);
		}
		if let Input::Stored(content) = &input {
			self.blobs.renew(content, self.now);
		}
		let place = self.next_place;
		self.next_place = place.saturating_add(1);
		self.totals.taken_total = self.totals.taken_total.saturating_add(1);
		let entry = Entry {
			draw,
			spec: self.models.adopt(model, &mut self.out),
			input_here: matches!(input, Input::Inline(_)),
			input,
			is_proved,
			state: State::Waiting,
			place,
			crashes: 0,
			reruns: 0,
			tries: 0,
		};
		self.jobs.insert(id, entry);
		self.waiting.insert(id);
		self.advance(id);
	}

	fn fetched(&mut self, content: ContentId) {
		self.blobs.fetched(&content);
		self.models.fetched(&content);
		for id in &self.waiting {
			if let Some(entry) = self.jobs.get_mut(id) {
				entry.input_here |= entry.input == Input::Stored(content);
			}
		}
		self.stirred = true;
	}

	fn missing(&mut self, content: ContentId, reason: String) {
		if self.blobs.missing(&content, self.now) {
			self.out.push(Command::Report(Notice::BlobMissing(content, reason.clone())));
		}
		let mut tired = Vec::new();
		for id in &self.waiting {
			let Some(entry) = self.jobs.get_mut(id) else { continue };
			if !entry.input_here && entry.input == Input::Stored(content) {
				entry.tries = entry.tries.saturating_add(1);
				if entry.tries >= MAX_TRIES {
					tired.push(*id);
				}
			}
		}
		for id in tired {
			self.fail(id, JobFailure::InputMissing { tries: MAX_TRIES, why: reason.clone() });
		}
	}

	fn ran(&mut self, ticket: Ticket, result: Result<Made, RunFailure>) {
		let Some(Running { id, spec }) = self.running.remove(&ticket) else { return };
		match &result {
			Ok(_) => self.models.ran(&spec),
			Err(failure) if failure.killed_the_engine() => {
				let how = failure.fault().unwrap_or(FaultKind::Crashed);
				self.models.killed(&spec, how, self.now, &mut self.out);
				self.stirred = true;
			},
			Err(RunFailure::NotLoaded) => {
				self.models.lost(&spec);
				self.stirred = true;
			},
			Err(_) => {},
		}
		let entry = self.jobs.get_mut(&id);
		let Some(entry) = entry.filter(|entry| entry.state == State::Running(ticket)) else {
			return;
		};
		match result {
			Ok(made) => self.answer(id, made, None),
			Err(failure) => {
				entry.crashes += u8::from(matches!(failure, RunFailure::Crashed(_)));
				entry.tries += u8::from(matches!(failure, RunFailure::InputLost(_)));
				entry.reruns = entry.reruns.saturating_add(1);
				let again = entry.reruns < MAX_RERUNS
					&& match failure {
						RunFailure::NotLoaded | RunFailure::Interrupted => true,
						RunFailure::InputLost(_) => entry.tries < MAX_TRIES,
						RunFailure::Crashed(_) => entry.crashes < MAX_CRASHES,
						RunFailure::NotProved(_) => entry.reruns < MAX_PROOFS,
						_ => false,
					};
				if again {
					self.take_back(id, failure);
				} else {
					self.fail(id, JobFailure::Run(failure));
				}
			},
		}
	}

	fn take_back(&mut self, id: JobId, failure: RunFailure) {
		let Some(entry) = self.jobs.get_mut(&id) else { return };
		entry.state = State::Waiting;
		if let (RunFailure::InputLost(why), Input::Stored(content)) = (failure, &entry.input) {
			entry.input_here = false;
			if self.blobs.lost(*content, self.now) {
				self.out.push(Command::Report(Notice::BlobMissing(*content, why)));
			}
		}
		self.totals.rerun_total = self.totals.rerun_total.saturating_add(1);
		self.waiting.insert(id);
		self.advance(id);
	}

	/// Moves a waiting job on as far as its model and input allow.
	fn advance(&mut self, id: JobId) {
		let Some(entry) = self.jobs.get_mut(&id) else { return };
		let readiness = self.models.want(&entry.spec, &mut self.blobs, &mut self.out);
		if let Readiness::Refused(fault) = readiness {
			return self.fail(id, JobFailure::Model(fault));
		}
		if let (false, Input::Stored(content)) = (entry.input_here, &entry.input) {
			self.blobs.want(*content, &mut self.out);
		}
		if readiness == Readiness::Ready && entry.input_here {
			entry.state = State::Ready;
			self.waiting.remove(&id);
			self.queue.insert(entry.place, id);
		}
	}

	/// Ends a job that has no output: by a fault, if it is one.
	fn fail(&mut self, id: JobId, failure: JobFailure) {
		let Some(entry) = self.jobs.get_mut(&id) else { return };
		let model = entry.spec.id;
		if let Some(kind) = failure.fault() {
			self.totals.faulted_total = self.totals.faulted_total.saturating_add(1);
			let notice = Notice::JobFaulted(id, model, kind, failure.clone());
			self.out.push(Command::Report(notice));
			return self.answer(id, Outcome::Fault(kind).into(), Some(failure));
		}
		self.waiting.remove(&id);
		self.queue.remove(&entry.place);
		entry.state = State::Failed(failure.clone());
		entry.input = Input::Inline(Default::default());
		self.totals.failed_total = self.totals.failed_total.saturating_add(1);
		self.out.push(Command::Report(Notice::JobFailed(id, model, failure)));
	}

	fn answer(&mut self, id: JobId, made: Made, failure: Option<JobFailure>) {
		let Some(entry) = self.remove(id) else { return };
		self.totals.answered_total = self.totals.answered_total.saturating_add(1);
		self.answers.add((id, entry.draw), made, failure, &mut self.out);
	}

	fn remove(&mut self, id: JobId) -> Option<Entry> {
		let entry = self.jobs.remove(&id)?;
		self.waiting.remove(&id);
		self.queue.remove(&entry.place);
		Some(entry)
	}

	fn forget(&mut self, id: JobId) {
		if self.remove(id).is_some_and(|entry| !matches!(entry.state, State::Failed(_))) {
			self.totals.dropped_total = self.totals.dropped_total.saturating_add(1);
		}
	}

	fn forget_all_but(&mut self, desk: Desk, live: BTreeSet<(u64, Draw)>) {
		let dead: Vec<_> = self
			.jobs
			.iter()
			.filter(|(id, entry)| id.desk == desk && !live.contains(&(id.number, entry.draw)))
			.map(|(id, _)| *id)
			.collect();
		for id in dead {
			self.forget(id);
		}
		self.answers.asked(desk, &live, &mut self.out);
		let wanted = self.wanted();
		self.blobs.release(&wanted);
	}

	fn wanted(&self) -> BTreeSet<ContentId> {
		let mut wanted = BTreeSet::new();
		self.models.wanted(&mut wanted);
		let waiting = self.waiting.iter().filter_map(|id| self.jobs.get(id));
		wanted.extend(waiting.filter(|entry| !entry.input_here).filter_map(|entry| {
			match &entry.input {
				Input::Stored(content) => Some(*content),
				Input::Inline(_) => None,
			}
		}));
		wanted
	}

	fn pump(&mut self) {
		loop {
			self.models.pump(&mut self.out);
			if mem::take(&mut self.stirred) {
				for id in mem::take(&mut self.waiting) {
					self.waiting.insert(id);
					self.advance(id);
				}
			}
			while self.running.len() < self.limits.max_running {
				let Some((_, id)) = self.queue.pop_first() else { break };
				self.start(id);
			}
			if !self.stirred {
				break;
			}
		}
	}

	/// Hands a job to the engine, unless its model went meanwhile.
	fn start(&mut self, id: JobId) {
		let Some(entry) = self.jobs.get_mut(&id) else { return };
		if self.models.want(&entry.spec, &mut self.blobs, &mut self.out) != Readiness::Ready {
			entry.state = State::Waiting;
			self.waiting.insert(id);
			self.stirred = true;
			return;
		}
		let ticket = self.next_ticket;
		self.next_ticket = ticket.saturating_add(1);
		entry.state = State::Running(ticket);
		let (spec, is_proved) = (entry.spec.clone(), entry.is_proved);
		self.running.insert(ticket, Running { id, spec: spec.clone() });
		self.out.push(Command::Run { ticket, spec, input: entry.input.clone(), is_proved });
	}
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
