//! What holds of the job machine whatever happens in whatever order.

use super::{
	tests::{content, draw, output, spec},
	Command, Event, Limits, Line, LoadFailure, Machine, RunFailure, Salt, State, Ticket,
};
use opg_primitives::{
	job::{Desk, Job, JobId, Task},
	ContentId, Draw, Input, ModelSpec, Outcome,
};
use proptest::prelude::*;
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::Arc,
	time::Duration,
};

const MAX_JOBS: usize = 6;
const MAX_RUNNING: usize = 2;

#[derive(Debug, Clone)]
enum Step {
	Serve(u32),
	Submit {
		id: JobId,
		draw: u8,
		model: u32,
		stored: Option<u8>,
	},
	/// Answers one of the fetches, loads, runs or lines under way, chosen by the first number; the second says how.
	Fetch(usize, bool),
	Load(usize, u8),
	Run(usize, u8),
	Keep(usize, bool),
	Live(Desk, Vec<(u64, u8)>),
	/// Polls of a desk that ask for nothing, as many as make it forget.
	Silence(Desk, u32),
	Tick,
}

fn desk() -> impl Strategy<Value = Desk> {
	prop_oneof![Just(Desk::Requests), Just(Desk::Panels)]
}

fn step() -> impl Strategy<Value = Step> {
	let number = 0u64..5;
	let id = (desk(), number.clone()).prop_map(|(desk, number)| JobId { desk, number });
	prop_oneof![
		1 => (0u32..4).prop_map(Step::Serve),
		4 => (id, 0u8..2, 0u32..5, prop::option::of(0u8..3)).prop_map(
			|(id, draw, model, stored)| Step::Submit { id, draw, model, stored }
		),
		4 => (any::<usize>(), any::<bool>()).prop_map(|(which, here)| Step::Fetch(which, here)),
		4 => (any::<usize>(), 0u8..8).prop_map(|(which, how)| Step::Load(which, how)),
		6 => (any::<usize>(), 0u8..10).prop_map(|(which, how)| Step::Run(which, how)),
		5 => (any::<usize>(), 0u8..4).prop_map(|(which, how)| Step::Keep(which, how > 0)),
		1 => (desk(), prop::collection::vec((number, 0u8..2), 0..9))
			.prop_map(|(desk, live)| Step::Live(desk, live)),
		1 => (desk(), 90u32..110).prop_map(|(desk, polls)| Step::Silence(desk, polls)),
		2 => Just(Step::Tick),
	]
}

/// A machine, and the commands its shell has not answered yet.
struct Shell {
	machine: Machine,
	fetches: Vec<ContentId>,
	loads: Vec<Arc<ModelSpec>>,
	runs: Vec<Ticket>,
	keeps: Vec<(Ticket, JobId, Draw)>,
	/// What the machine means to answer until it says that it forgets.
	answers: BTreeMap<(JobId, Draw), Outcome>,
	/// What it may give, and with which salt.
	kept: BTreeMap<(JobId, Draw), Salt>,
	salts: u64,
}

impl Shell {
	fn new() -> Self {
		let limits = Limits {
			max_jobs: MAX_JOBS,
			max_running: MAX_RUNNING,
			max_loaded: 2,
			max_known: 3,
			..Limits::default()
		};
		Self {
			machine: Machine::new(limits),
			fetches: Vec::new(),
			loads: Vec::new(),
			runs: Vec::new(),
			keeps: Vec::new(),
			answers: BTreeMap::new(),
			kept: BTreeMap::new(),
			salts: 0,
		}
	}

	fn tell(&mut self, event: Event) {
		for command in self.machine.on(event) {
			match command {
				Command::Fetch(content) => self.fetches.push(content),
				Command::Load(spec) => self.loads.push(spec),
				Command::Run { ticket, .. } => self.runs.push(ticket),
				Command::Journal(Line::Keep { ticket, id, draw, made }) => {
					let outcome = made.outcome;
					let before = self.answers.insert((id, draw), outcome.clone());
					assert!(before.is_none_or(|before| before == outcome), "answered otherwise");
					self.keeps.push((ticket, id, draw));
				},
				Command::Journal(Line::Forget { id, draw }) => {
					assert!(self.answers.remove(&(id, draw)).is_some(), "forgotten twice");
					self.kept.remove(&(id, draw));
					self.keeps.retain(|keep| (keep.1, keep.2) != (id, draw));
				},
				Command::Unload(_) | Command::Report(_) => {},
			}
		}
		self.check();
	}

	fn take(&mut self, step: Step) {
		match step {
			Step::Serve(model) => self.tell(Event::Submitted(Task::Serve(spec(model)))),
			Step::Submit { id, draw: seed, model, stored } => {
				let input = match stored {
					Some(seed) => Input::Stored(content(seed)),
					None => Input::Inline(Default::default()),
				};
				let (draw, model) = (draw(seed), spec(model));
				let job = Job { id, draw, model, input, is_proved: false };
				self.tell(Event::Submitted(Task::Run(job)));
			},
			Step::Fetch(which, here) => {
				if let Some(content) = pick(&mut self.fetches, which) {
					self.tell(if here {
						Event::Fetched(content)
					} else {
						Event::Missing { content, reason: String::new() }
					});
				}
			},
			Step::Load(which, how) => {
				if let Some(spec) = pick(&mut self.loads, which) {
					let failure = match how {
						0 => LoadFailure::Refused(String::new()),
						1 => LoadFailure::Crashed(String::new()),
						2 => LoadFailure::Interrupted,
						3 => LoadFailure::BlobLost(String::new()),
						_ => return self.tell(Event::Loaded(spec)),
					};
					self.tell(Event::NotLoaded { spec, failure });
				}
			},
			Step::Run(which, how) => {
				if let Some(ticket) = pick(&mut self.runs, which) {
					let result = match how {
						0 => Err(RunFailure::Refused(String::new())),
						1 => Err(RunFailure::Crashed(String::new())),
						2 => Err(RunFailure::Interrupted),
						3 => Err(RunFailure::NotLoaded),
						4 => Err(RunFailure::InputLost(String::new())),
						5 => Err(RunFailure::TimedOut(Duration::from_secs(1))),
						6 => Err(RunFailure::OutOfMemory { died: true, why: String::new() }),
						7 => Err(RunFailure::NotProved(String::new())),
						_ => Ok(output(how).into()),
					};
					self.tell(Event::Ran { ticket, result });
				}
			},
			Step::Keep(which, on_disk) => self.keep(which, on_disk),
			Step::Live(desk, live) => {
				let live = live.into_iter().map(|(number, seed)| (number, draw(seed))).collect();
				self.tell(Event::LiveJobs(desk, live));
			},
			Step::Silence(desk, polls) => {
				for _ in 0..polls {
					self.tell(Event::LiveJobs(desk, Vec::new()));
				}
			},
			Step::Tick => self.tell(Event::Tick),
		}
	}

	fn keep(&mut self, which: usize, on_disk: bool) {
		let Some((ticket, id, draw)) = pick(&mut self.keeps, which) else { return };
		if !on_disk {
			return self.tell(Event::NotKept { ticket, reason: String::new() });
		}
		self.salts += 1;
		let mut salt = Salt::default();
		salt[..8].copy_from_slice(&self.salts.to_le_bytes());
		assert_eq!(self.kept.insert((id, draw), salt), None, "an answer has one salt");
		self.tell(Event::Kept { ticket, salt });
	}

	/// Answers everything well until nothing is under way.
	fn settle(&mut self) {
		for _ in 0..10_000 {
			if let Some(content) = self.fetches.pop() {
				self.tell(Event::Fetched(content));
			} else if let Some(spec) = self.loads.pop() {
				self.tell(Event::Loaded(spec));
			} else if let Some(ticket) = self.runs.pop() {
				self.tell(Event::Ran { ticket, result: Ok(output(1).into()) });
			} else if !self.keeps.is_empty() {
				self.keep(0, true);
			} else if self.machine.waiting.is_empty()
				&& self.machine.blobs.len() == 0
				&& self.machine.stats().unkept == 0
			{
				return;
			} else {
				self.tell(Event::Tick);
			}
		}
		panic!("the machine does not come to rest: {:?}", self.machine);
	}

	fn check(&mut self) {
		let machine = &self.machine;
		assert!(machine.jobs.len() + machine.answers.len() <= MAX_JOBS);
		assert!(machine.running.len() <= MAX_RUNNING);
		machine.models.check(&machine.blobs);
		machine.answers.check();

		let tickets: BTreeSet<_> = machine.running.keys().copied().collect();
		assert_eq!(tickets, self.runs.iter().copied().collect(), "every run is known");
		assert!(self.loads.len() <= 1);
		let distinct: BTreeSet<_> = self.fetches.iter().collect();
		assert_eq!(distinct.len(), self.fetches.len(), "a blob is asked for once at a time");

		for (id, job) in &machine.jobs {
			let queued = machine.queue.get(&job.place) == Some(id);
			let waiting = machine.waiting.contains(id);
			assert_eq!(queued, job.state == State::Ready);
			assert_eq!(waiting, job.state == State::Waiting);
			if let State::Running(ticket) = job.state {
				assert_eq!(machine.running.get(&ticket).map(|run| run.id), Some(*id));
			}
			if let (true, false, Input::Stored(content)) = (waiting, job.input_here, &job.input) {
				assert!(machine.blobs.holds(content), "somebody fetches what a job waits for");
			}
			assert!(!machine.answers.holds(*id, job.draw), "an answered job is not run again");
		}
		assert!(machine.waiting.iter().all(|id| machine.jobs.contains_key(id)));
		assert!(machine.queue.values().all(|id| machine.jobs.contains_key(id)));
		let idle = machine.running.len() < MAX_RUNNING;
		assert!(!idle || machine.queue.is_empty(), "no job waits for an idle engine");

		let stats = machine.stats();
		let held = stats.waiting + stats.ready + stats.running + stats.failed;
		assert_eq!(held, machine.jobs.len(), "every job is in one state");
		assert_eq!(stats.answered, self.answers.len(), "the shell was told of every answer");
		self.check_answers();
	}

	/// An answer is given if it is on disk, as it is on disk, until it is forgotten.
	fn check_answers(&self) {
		let mut given = BTreeMap::new();
		for desk in [Desk::Requests, Desk::Panels] {
			let asked: Vec<_> =
				(0..5).flat_map(|number| [0, 1].map(|seed| (number, draw(seed)))).collect();
			for ready in self.machine.progress(desk, &asked).ready {
				let key = (JobId { desk, number: ready.number }, ready.draw);
				assert_eq!(self.answers.get(&key), Some(&ready.outcome));
				given.insert(key, ready.salt);
			}
		}
		assert_eq!(given, self.kept);
	}
}

fn pick<T>(from: &mut Vec<T>, which: usize) -> Option<T> {
	let index = which.checked_rem(from.len())?;
	Some(from.swap_remove(index))
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(1000))]

	#[test]
	fn nothing_is_lost_doubled_or_unbounded(steps in prop::collection::vec(step(), 0..120)) {
		let mut shell = Shell::new();
		for step in steps {
			shell.take(step);
		}
		shell.settle();
		let stats = shell.machine.stats();
		prop_assert_eq!(stats.failed, shell.machine.jobs.len());
		prop_assert_eq!(stats.answered, shell.kept.len());
	}
}
