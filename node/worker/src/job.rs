//! The life of a job as a pure state machine: no clock, disk, network or threads.
//!
//! [`Machine`] is told what happens ([`Event`]) and answers with what is to be done ([`Command`]); its shell
//! ([`crate::Worker`]) does it and reports back. A job is named by its request and the draw that gave it to this node:
//!
//! ```text
//! submitted ─▶ waiting ─▶ ready ─▶ running ─▶ answered
//!                │  ▲                │  └────▶ failed
//!                │  └── model, input or engine lost
//!                └──▶ failed (its model is not served)
//! ```
//!
//! Whatever the state, a job is forgotten once the chain no longer asks for it, and replaced when its request comes with
//! another draw. A failed job is kept, so that it is not run again; later its reason can be answered as a fault.

mod blobs;
mod failure;
mod message;
mod models;

pub use failure::{JobFailure, LoadFailure, ModelFault, PortFault, RunFailure};
pub use message::{Command, Event, Limits, Notice, ServePolicy, Stats, Ticket};

use blobs::Blobs;
use models::{Models, Readiness};
use opg_primitives::{
	job::{Answer, Job, Progress, Serving, Task},
	ContentId, Draw, Input, ModelSpec, Outcome, RequestId,
};
use std::{
	collections::{BTreeMap, BTreeSet},
	mem,
	sync::Arc,
};

/// Engine deaths after which a job is at fault: the first may have had another cause.
const MAX_CRASHES: u8 = 2;
/// Times a job is taken back for something it did not do.
const MAX_RERUNS: u8 = 32;

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
	Waiting,
	Ready,
	Running(Ticket),
	Answered(Outcome),
	Failed(JobFailure),
}

#[derive(Debug)]
struct Entry {
	draw: Draw,
	spec: Arc<ModelSpec>,
	input: Input,
	input_here: bool,
	state: State,
	/// Its place in the queue, kept when it is taken back.
	place: u64,
	crashes: u8,
	reruns: u8,
}

#[derive(Debug)]
struct Running {
	request: RequestId,
	spec: Arc<ModelSpec>,
}

/// Every job and model a node has in hand.
#[derive(Debug)]
pub struct Machine {
	limits: Limits,
	jobs: BTreeMap<RequestId, Entry>,
	waiting: BTreeSet<RequestId>,
	queue: BTreeMap<u64, RequestId>,
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
		Self {
			models: Models::new(limits.clone()),
			limits,
			jobs: BTreeMap::new(),
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
				self.jobs.contains_key(&job.request) || self.jobs.len() < self.limits.max_jobs
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
			Event::Missing { content, reason } => {
				if self.blobs.missing(&content, self.now) {
					self.out.push(Command::Report(Notice::BlobMissing(content, reason)));
				}
			},
			Event::Loaded(spec) => {
				self.models.loaded(&spec, &mut self.out);
				self.stirred = true;
			},
			Event::NotLoaded { spec, failure } => {
				self.models.not_loaded(&spec, failure, self.now, &mut self.blobs, &mut self.out);
				self.stirred = true;
			},
			Event::Ran { ticket, result } => self.ran(ticket, result),
			Event::LiveJobs(live) => self.forget_all_but(live.into_iter().collect()),
			Event::Tick => {
				self.now = self.now.saturating_add(1);
				self.models.release(self.now);
				let wanted = self.wanted();
				self.blobs.retry(self.now, &wanted, &mut self.out);
			},
		}
		self.pump();
		mem::take(&mut self.out)
	}

	/// How these jobs stand: what is ready, and what the machine does not have.
	pub fn progress(&self, asked: &[(RequestId, Draw)]) -> Progress {
		let mut progress = Progress::default();
		for (request, draw) in asked.iter().copied() {
			match self.jobs.get(&request).filter(|entry| entry.draw == draw) {
				Some(Entry { state: State::Answered(outcome), .. }) => {
					progress.ready.push(Answer { request, draw, outcome: outcome.clone() });
				},
				Some(_) => {},
				None => progress.unknown.push((request, draw)),
			}
		}
		progress
	}

	/// Why a job will not be answered, if it will not.
	pub fn failure(&self, request: RequestId, draw: Draw) -> Option<&JobFailure> {
		match &self.jobs.get(&request).filter(|entry| entry.draw == draw)?.state {
			State::Failed(failure) => Some(failure),
			_ => None,
		}
	}

	/// Which models are loaded, and which is the first not heard of.
	pub fn serving(&self) -> Serving {
		Serving { loaded: self.models.served(), next: self.models.next() }
	}

	/// Where everything is, and what happened so far.
	pub fn stats(&self) -> Stats {
		let served = self.models.served().len();
		let mut stats = Stats {
			models_served: served,
			models_unserved: self.models.known().saturating_sub(served),
			..self.totals
		};
		for entry in self.jobs.values() {
			let gauge = match entry.state {
				State::Waiting => &mut stats.waiting,
				State::Ready => &mut stats.ready,
				State::Running(_) => &mut stats.running,
				State::Answered(_) => &mut stats.answered,
				State::Failed(_) => &mut stats.failed,
			};
			*gauge = gauge.saturating_add(1);
		}
		stats
	}

	fn submit(&mut self, job: Job) {
		if self.jobs.get(&job.request).is_some_and(|entry| entry.draw == job.draw) {
			return;
		}
		self.forget(job.request);
		let place = self.next_place;
		self.next_place = place.saturating_add(1);
		self.totals.taken_total = self.totals.taken_total.saturating_add(1);
		let entry = Entry {
			draw: job.draw,
			spec: self.models.adopt(job.model, &mut self.out),
			input_here: matches!(job.input, Input::Inline(_)),
			input: job.input,
			state: State::Waiting,
			place,
			crashes: 0,
			reruns: 0,
		};
		self.jobs.insert(job.request, entry);
		self.waiting.insert(job.request);
		self.advance(job.request);
	}

	fn fetched(&mut self, content: ContentId) {
		self.blobs.fetched(&content);
		self.models.fetched(&content);
		for request in &self.waiting {
			if let Some(entry) = self.jobs.get_mut(request) {
				entry.input_here |= entry.input == Input::Stored(content);
			}
		}
		self.stirred = true;
	}

	fn ran(&mut self, ticket: Ticket, result: Result<Outcome, RunFailure>) {
		let Some(Running { request, spec }) = self.running.remove(&ticket) else { return };
		match &result {
			Ok(_) => self.models.ran(&spec),
			Err(RunFailure::Crashed(_) | RunFailure::TimedOut(_)) => {
				self.models.killed(&spec, self.now, &mut self.out);
				self.stirred = true;
			},
			Err(RunFailure::NotLoaded) => {
				self.models.lost(&spec);
				self.stirred = true;
			},
			Err(_) => {},
		}
		let entry = self.jobs.get_mut(&request);
		let Some(entry) = entry.filter(|entry| entry.state == State::Running(ticket)) else {
			return;
		};
		match result {
			Ok(outcome) => {
				entry.state = State::Answered(outcome);
				entry.input = Input::Inline(Default::default());
				self.totals.answered_total = self.totals.answered_total.saturating_add(1);
			},
			Err(failure) => {
				entry.crashes += u8::from(matches!(failure, RunFailure::Crashed(_)));
				entry.reruns = entry.reruns.saturating_add(1);
				let again = entry.reruns < MAX_RERUNS
					&& match failure {
						RunFailure::NotLoaded
						| RunFailure::Interrupted
						| RunFailure::InputLost(_) => true,
						RunFailure::Crashed(_) => entry.crashes < MAX_CRASHES,
						_ => false,
					};
				if again {
					self.take_back(request, failure);
				} else {
					self.fail(request, JobFailure::Run(failure));
				}
			},
		}
	}

	fn take_back(&mut self, request: RequestId, failure: RunFailure) {
		let Some(entry) = self.jobs.get_mut(&request) else { return };
		entry.state = State::Waiting;
		if let (RunFailure::InputLost(why), Input::Stored(content)) = (failure, &entry.input) {
			entry.input_here = false;
			if self.blobs.lost(*content, self.now) {
				self.out.push(Command::Report(Notice::BlobMissing(*content, why)));
			}
		}
		self.totals.rerun_total = self.totals.rerun_total.saturating_add(1);
		self.waiting.insert(request);
		self.advance(request);
	}

	/// Moves a waiting job on as far as its model and input allow.
	fn advance(&mut self, request: RequestId) {
		let Some(entry) = self.jobs.get_mut(&request) else { return };
		let readiness = self.models.want(&entry.spec, &mut self.blobs, &mut self.out);
		if let Readiness::Refused(fault) = readiness {
			return self.fail(request, JobFailure::Model(fault));
		}
		if let (false, Input::Stored(content)) = (entry.input_here, &entry.input) {
			self.blobs.want(*content, &mut self.out);
		}
		if readiness == Readiness::Ready && entry.input_here {
			entry.state = State::Ready;
			self.waiting.remove(&request);
			self.queue.insert(entry.place, request);
		}
	}

	fn fail(&mut self, request: RequestId, failure: JobFailure) {
		let Some(entry) = self.jobs.get_mut(&request) else { return };
		self.waiting.remove(&request);
		self.queue.remove(&entry.place);
		entry.state = State::Failed(failure.clone());
		entry.input = Input::Inline(Default::default());
		self.totals.failed_total = self.totals.failed_total.saturating_add(1);
		self.out.push(Command::Report(Notice::JobFailed(request, entry.spec.id, failure)));
	}

	fn forget(&mut self, request: RequestId) {
		let Some(entry) = self.jobs.remove(&request) else { return };
		self.waiting.remove(&request);
		self.queue.remove(&entry.place);
		if !matches!(entry.state, State::Answered(_) | State::Failed(_)) {
			self.totals.dropped_total = self.totals.dropped_total.saturating_add(1);
		}
	}

	fn forget_all_but(&mut self, live: BTreeSet<(RequestId, Draw)>) {
		let dead: Vec<_> = self
			.jobs
			.iter()
			.filter(|(request, entry)| !live.contains(&(**request, entry.draw)))
			.map(|(request, _)| *request)
			.collect();
		for request in dead {
			self.forget(request);
		}
		let wanted = self.wanted();
		self.blobs.release(&wanted);
	}

	fn wanted(&self) -> BTreeSet<ContentId> {
		let mut wanted = BTreeSet::new();
		self.models.wanted(&mut wanted);
		let waiting = self.waiting.iter().filter_map(|request| self.jobs.get(request));
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
				for request in mem::take(&mut self.waiting) {
					self.waiting.insert(request);
					self.advance(request);
				}
			}
			while self.running.len() < self.limits.max_running {
				let Some((_, request)) = self.queue.pop_first() else { break };
				self.start(request);
			}
			if !self.stirred {
				break;
			}
		}
	}

	/// Hands a job to the engine, unless its model went meanwhile.
	fn start(&mut self, request: RequestId) {
		let Some(entry) = self.jobs.get_mut(&request) else { return };
		if self.models.want(&entry.spec, &mut self.blobs, &mut self.out) != Readiness::Ready {
			entry.state = State::Waiting;
			self.waiting.insert(request);
			self.stirred = true;
			return;
		}
		let ticket = self.next_ticket;
		self.next_ticket = ticket.saturating_add(1);
		entry.state = State::Running(ticket);
		let spec = entry.spec.clone();
		self.running.insert(ticket, Running { request, spec: spec.clone() });
		self.out.push(Command::Run { ticket, spec, input: entry.input.clone() });
	}
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
