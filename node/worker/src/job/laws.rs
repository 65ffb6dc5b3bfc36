//! What holds of the job machine whatever happens in whatever order.

use super::{
	tests::{content, draw, output, spec},
	Command, Event, Limits, LoadFailure, Machine, RunFailure, State, Ticket,
};
use opg_primitives::{
	job::{Job, Task},
	ContentId, Draw, Input, ModelSpec, RequestId,
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
		request: RequestId,
		draw: u8,
		model: u32,
		stored: Option<u8>,
	},
	/// Answers one of the fetches, loads or runs under way, chosen by the first number; the second says how.
	Fetch(usize, bool),
	Load(usize, u8),
	Run(usize, u8),
	Live(Vec<(RequestId, u8)>),
	Tick,
}

fn step() -> impl Strategy<Value = Step> {
	let request = 0u64..9;
	prop_oneof![
		1 => (0u32..4).prop_map(Step::Serve),
		4 => (request.clone(), 0u8..2, 0u32..5, prop::option::of(0u8..3)).prop_map(
			|(request, draw, model, stored)| Step::Submit { request, draw, model, stored }
		),
		4 => (any::<usize>(), any::<bool>()).prop_map(|(which, here)| Step::Fetch(which, here)),
		4 => (any::<usize>(), 0u8..8).prop_map(|(which, how)| Step::Load(which, how)),
		6 => (any::<usize>(), 0u8..9).prop_map(|(which, how)| Step::Run(which, how)),
		1 => prop::collection::vec((request, 0u8..2), 0..9).prop_map(Step::Live),
		2 => Just(Step::Tick),
	]
}

/// A machine, and the commands its shell has not answered yet.
struct Shell {
	machine: Machine,
	fetches: Vec<ContentId>,
	loads: Vec<Arc<ModelSpec>>,
	runs: Vec<Ticket>,
	answered: BTreeMap<(RequestId, Draw), u64>,
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
			answered: BTreeMap::new(),
		}
	}

	fn tell(&mut self, event: Event) {
		for command in self.machine.on(event) {
			match command {
				Command::Fetch(content) => self.fetches.push(content),
				Command::Load(spec) => self.loads.push(spec),
				Command::Run { ticket, .. } => self.runs.push(ticket),
				Command::Unload(_) | Command::Report(_) => {},
			}
		}
		self.check();
	}

	fn take(&mut self, step: Step) {
		match step {
			Step::Serve(model) => self.tell(Event::Submitted(Task::Serve(spec(model)))),
			Step::Submit { request, draw: seed, model, stored } => {
				let input = match stored {
					Some(seed) => Input::Stored(content(seed)),
					None => Input::Inline(Default::default()),
				};
				let job = Job { request, draw: draw(seed), model: spec(model), input };
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
						_ => Ok(output(how)),
					};
					self.tell(Event::Ran { ticket, result });
				}
			},
			Step::Live(live) => {
				let live = live.into_iter().map(|(request, seed)| (request, draw(seed))).collect();
				self.tell(Event::LiveJobs(live));
			},
			Step::Tick => self.tell(Event::Tick),
		}
	}

	/// Answers everything well until nothing is under way.
	fn settle(&mut self) {
		for _ in 0..10_000 {
			if let Some(content) = self.fetches.pop() {
				self.tell(Event::Fetched(content));
			} else if let Some(spec) = self.loads.pop() {
				self.tell(Event::Loaded(spec));
			} else if let Some(ticket) = self.runs.pop() {
				self.tell(Event::Ran { ticket, result: Ok(output(1)) });
			} else if self.machine.waiting.is_empty() && self.machine.blobs.len() == 0 {
				return;
			} else {
				self.tell(Event::Tick);
			}
		}
		panic!("the machine does not come to rest: {:?}", self.machine);
	}

	fn check(&mut self) {
		let machine = &self.machine;
		assert!(machine.jobs.len() <= MAX_JOBS);
		assert!(machine.running.len() <= MAX_RUNNING);
		machine.models.check(&machine.blobs);

		let tickets: BTreeSet<_> = machine.running.keys().copied().collect();
		assert_eq!(tickets, self.runs.iter().copied().collect(), "every run is known");
		assert!(self.loads.len() <= 1);
		let distinct: BTreeSet<_> = self.fetches.iter().collect();
		assert_eq!(distinct.len(), self.fetches.len(), "a blob is asked for once at a time");

		for (request, job) in &machine.jobs {
			let queued = machine.queue.get(&job.place) == Some(request);
			let waiting = machine.waiting.contains(request);
			assert_eq!(queued, job.state == State::Ready);
			assert_eq!(waiting, job.state == State::Waiting);
			if let State::Running(ticket) = job.state {
				assert_eq!(machine.running.get(&ticket).map(|run| run.request), Some(*request));
			}
			if let (true, false, Input::Stored(content)) = (waiting, job.input_here, &job.input) {
				assert!(machine.blobs.holds(content), "somebody fetches what a job waits for");
			}
		}
		assert!(machine.waiting.iter().all(|request| machine.jobs.contains_key(request)));
		assert!(machine.queue.values().all(|request| machine.jobs.contains_key(request)));
		let idle = machine.running.len() < MAX_RUNNING;
		assert!(!idle || machine.queue.is_empty(), "no job waits for an idle engine");

		let stats = machine.stats();
		let held = stats.waiting + stats.ready + stats.running + stats.answered + stats.failed;
		assert_eq!(held, machine.jobs.len(), "every job is in one state");
		self.check_answers();
	}

	/// An answer, once given, stays what it is until its job is forgotten.
	fn check_answers(&mut self) {
		let machine = &self.machine;
		let mut now = BTreeMap::new();
		for (request, job) in &machine.jobs {
			if matches!(job.state, State::Answered(_)) {
				now.insert((*request, job.draw), job.place);
			}
		}
		for (key, place) in &self.answered {
			let same_job = machine.jobs.get(&key.0).is_some_and(|job| job.place == *place);
			assert!(!same_job || now.contains_key(key), "an answered job was answered again");
		}
		self.answered = now;
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
		prop_assert_eq!(stats.answered + stats.failed, shell.machine.jobs.len());
	}
}
