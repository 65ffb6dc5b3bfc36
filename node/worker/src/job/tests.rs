//! Every transition of the job machine, one sentence each: what its tests share.

use super::{
	Command, Event, JobFailure, Limits, Line, LoadFailure, Machine, Made, ModelFault, Notice,
	Record, RunFailure, ServePolicy, Ticket, MAX_TRIES, MAX_UNASKED,
};
use opg_primitives::{
	job::{Desk, Job, JobId, Ready, Task},
	request::FaultKind,
	ContentCodec, ContentId, Draw, Input, ModelId, ModelSpec, Outcome,
};
use opg_tensor::NumericProfile;
use std::{sync::Arc, time::Duration};

mod a_fault;
mod a_job;
mod a_model;
mod a_proof;
mod an_answer;

pub(super) fn content(seed: u8) -> ContentId {
	ContentId { codec: ContentCodec::Raw, digest: [seed; 32] }
}

pub(super) fn spec(id: ModelId) -> ModelSpec {
	ModelSpec {
		id,
		content: content(100 + id as u8),
		inputs: Default::default(),
		outputs: Default::default(),
		profile: NumericProfile::Exact,
		circuit: None,
	}
}

pub(super) fn draw(seed: u8) -> Draw {
	Draw::repeat_byte(seed)
}

fn inline() -> Input {
	Input::Inline(vec![0].try_into().unwrap())
}

pub(super) fn output(seed: u8) -> Outcome {
	Outcome::Output(vec![seed].try_into().unwrap())
}

fn request(number: u64) -> JobId {
	JobId { desk: Desk::Requests, number }
}

fn panel(number: u64) -> JobId {
	JobId { desk: Desk::Panels, number }
}

fn job(number: u64, model: ModelId) -> Job {
	let (id, draw, model) = (request(number), draw(1), spec(model));
	Job { id, draw, model, input: inline(), is_proved: false }
}

fn stored(number: u64, input: u8) -> Job {
	Job { input: Input::Stored(content(input)), ..job(number, 0) }
}

fn run(job: Job) -> Event {
	Event::Submitted(Task::Run(job))
}

fn serve(model: ModelId) -> Event {
	Event::Submitted(Task::Serve(spec(model)))
}

fn fetches(commands: &[Command]) -> Vec<ContentId> {
	let content = |command: &Command| match command {
		Command::Fetch(content) => Some(*content),
		_ => None,
	};
	commands.iter().filter_map(content).collect()
}

fn loads(commands: &[Command]) -> Vec<ModelId> {
	let id = |command: &Command| match command {
		Command::Load(spec) => Some(spec.id),
		_ => None,
	};
	commands.iter().filter_map(id).collect()
}

fn runs(commands: &[Command]) -> Vec<Ticket> {
	let ticket = |command: &Command| match command {
		Command::Run { ticket, .. } => Some(*ticket),
		_ => None,
	};
	commands.iter().filter_map(ticket).collect()
}

fn notices(commands: &[Command]) -> Vec<Notice> {
	let notice = |command: &Command| match command {
		Command::Report(notice) => Some(notice.clone()),
		_ => None,
	};
	commands.iter().filter_map(notice).collect()
}

/// A machine with these models loaded.
fn serving(models: &[ModelId], limits: Limits) -> Machine {
	let mut machine = Machine::new(limits);
	for model in models {
		machine.on(serve(*model));
		machine.on(Event::Fetched(spec(*model).content));
		machine.on(Event::Loaded(Arc::new(spec(*model))));
	}
	assert_eq!(machine.serving().loaded, models);
	machine
}

fn one_model() -> Machine {
	serving(&[0], Limits::default())
}

fn ran(ticket: Ticket, result: Result<Outcome, RunFailure>) -> Event {
	Event::Ran { ticket, result: result.map(Made::from) }
}

fn lines(commands: &[Command]) -> Vec<Line> {
	let line = |command: &Command| match command {
		Command::Journal(line) => Some(line.clone()),
		_ => None,
	};
	commands.iter().filter_map(line).collect()
}

/// Answers the one line these commands ask to be kept: it is on disk, with this salt.
fn kept(commands: &[Command], salt: u8) -> Event {
	match lines(commands)[..] {
		[Line::Keep { ticket, .. }] => Event::Kept { ticket, salt: [salt; 32] },
		_ => panic!("not one answer to keep: {commands:?}"),
	}
}

fn not_kept(commands: &[Command]) -> Event {
	match kept(commands, 0) {
		Event::Kept { ticket, .. } => Event::NotKept { ticket, reason: "no space".into() },
		other => other,
	}
}

fn ready(machine: &Machine, id: JobId, by: Draw) -> Option<Ready> {
	machine.progress(id.desk, &[(id.number, by)]).ready.pop()
}

fn outcome(machine: &Machine, number: u64) -> Option<Outcome> {
	ready(machine, request(number), draw(1)).map(|ready| ready.outcome)
}

/// Ends a run by this fault, and says what was answered.
fn fault_of(failure: RunFailure) -> Option<FaultKind> {
	let mut machine = one_model();
	let ticket = runs(&machine.on(run(job(7, 0))))[0];
	let done = machine.on(ran(ticket, Err(failure)));
	machine.on(kept(&done, 1));
	outcome(&machine, 7)?.fault()
}

fn timed_out() -> RunFailure {
	RunFailure::TimedOut(Duration::from_secs(1))
}

fn crashed() -> RunFailure {
	RunFailure::Crashed("signal 11".into())
}

fn live(numbers: &[u64]) -> Event {
	let jobs = numbers.iter().map(|number| (*number, draw(1))).collect();
	Event::LiveJobs(Desk::Requests, jobs)
}
