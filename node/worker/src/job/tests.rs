//! Every transition of the job machine, one sentence each.

use super::{
	Command, Event, JobFailure, Limits, LoadFailure, Machine, ModelFault, Notice, RunFailure,
	ServePolicy, Ticket,
};
use opg_primitives::{
	job::{Job, Task},
	ContentCodec, ContentId, Draw, Input, ModelId, ModelSpec, Outcome, RequestId,
};
use opg_tensor::NumericProfile;
use std::{sync::Arc, time::Duration};

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

fn job(request: RequestId, model: ModelId) -> Job {
	Job { request, draw: draw(1), model: spec(model), input: inline() }
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
	Event::Ran { ticket, result }
}

fn answers(machine: &Machine, request: RequestId) -> usize {
	machine.progress(&[(request, draw(1))]).ready.len()
}

mod a_model {
	use super::*;

	#[test]
	fn is_fetched_then_loaded_then_served() {
		let mut machine = Machine::new(Limits::default());
		assert_eq!(fetches(&machine.on(serve(0))), [spec(0).content]);
		assert_eq!(machine.serving().next, 1);
		assert_eq!(loads(&machine.on(Event::Fetched(spec(0).content))), [0]);
		assert!(machine.serving().loaded.is_empty());
		let said = notices(&machine.on(Event::Loaded(Arc::new(spec(0)))));
		assert_eq!(said, [Notice::ModelServed(0)]);
		assert_eq!(machine.serving().loaded, [0]);
	}

	#[test]
	fn told_twice_is_fetched_once() {
		let mut machine = Machine::new(Limits::default());
		machine.on(serve(3));
		assert!(machine.on(serve(3)).is_empty());
		assert_eq!(machine.serving().next, 4);
		machine.on(serve(1));
		assert_eq!(machine.serving().next, 4, "an older model moves nothing back");
	}

	#[test]
	fn outside_the_policy_is_passed_over() {
		let only = ServePolicy::Only([1].into());
		let mut machine = Machine::new(Limits { serve: only, ..Limits::default() });
		assert!(machine.on(serve(0)).is_empty());
		assert_eq!(machine.serving().next, 1);
		assert_eq!(fetches(&machine.on(serve(1))), [spec(1).content]);
		let mut off = Machine::new(Limits { serve: ServePolicy::None, ..Limits::default() });
		assert!(off.on(serve(0)).is_empty());
		assert_eq!(off.serving().next, 1);
	}

	#[test]
	fn whose_file_is_missing_is_asked_for_ever_more_seldom() {
		let mut machine = Machine::new(Limits::default());
		machine.on(serve(0));
		let missing = || Event::Missing { content: spec(0).content, reason: "gone".into() };
		assert_eq!(notices(&machine.on(missing())).len(), 1);
		assert_eq!(fetches(&machine.on(Event::Tick)).len(), 1);
		assert!(notices(&machine.on(missing())).is_empty(), "it is said once");
		assert!(machine.on(Event::Tick).is_empty());
		assert_eq!(fetches(&machine.on(Event::Tick)).len(), 1);
		for _ in 0..20 {
			machine.on(missing());
			let ticks = (1..200).find(|_| !fetches(&machine.on(Event::Tick)).is_empty());
			assert!(ticks.is_some_and(|ticks| ticks <= 64));
		}
		assert_eq!(loads(&machine.on(Event::Fetched(spec(0).content))), [0]);
	}

	#[test]
	fn whose_ports_differ_is_refused_with_the_reason_and_dropped() {
		let mut machine = Machine::new(Limits::default());
		machine.on(serve(0));
		machine.on(Event::Fetched(spec(0).content));
		let failure = LoadFailure::Refused("no".into());
		let commands =
			machine.on(Event::NotLoaded { spec: Arc::new(spec(0)), failure: failure.clone() });
		assert_eq!(notices(&commands), [Notice::ModelRefused(0, ModelFault::Load(failure))]);
		assert!(commands.iter().any(|command| matches!(command, Command::Unload(_))));
		assert!(machine.serving().loaded.is_empty());
		assert!(machine.on(serve(0)).is_empty(), "it is not tried again");
	}

	#[test]
	fn that_kills_the_engine_while_loading_is_tried_once_more() {
		let mut machine = Machine::new(Limits::default());
		machine.on(serve(0));
		machine.on(Event::Fetched(spec(0).content));
		let crashed = || Event::NotLoaded {
			spec: Arc::new(spec(0)),
			failure: LoadFailure::Crashed("signal 9".into()),
		};
		assert_eq!(loads(&machine.on(crashed())), [0]);
		assert!(matches!(notices(&machine.on(crashed()))[..], [Notice::ModelRefused(0, _)]));
	}

	#[test]
	fn whose_loading_was_interrupted_is_loaded_again() {
		let mut machine = Machine::new(Limits::default());
		machine.on(serve(0));
		machine.on(Event::Fetched(spec(0).content));
		for _ in 0..5 {
			let failure = LoadFailure::Interrupted;
			let again = machine.on(Event::NotLoaded { spec: Arc::new(spec(0)), failure });
			assert_eq!(loads(&again), [0]);
		}
	}

	#[test]
	fn whose_file_is_damaged_when_loaded_is_fetched_again() {
		let mut machine = Machine::new(Limits::default());
		machine.on(serve(0));
		machine.on(Event::Fetched(spec(0).content));
		let failure = LoadFailure::BlobLost("damaged".into());
		machine.on(Event::NotLoaded { spec: Arc::new(spec(0)), failure });
		assert_eq!(fetches(&machine.on(Event::Tick)), [spec(0).content]);
	}

	#[test]
	fn loads_after_another_not_beside_it() {
		let mut machine = Machine::new(Limits::default());
		machine.on(serve(0));
		machine.on(serve(1));
		assert_eq!(loads(&machine.on(Event::Fetched(spec(1).content))), [1]);
		assert!(loads(&machine.on(Event::Fetched(spec(0).content))).is_empty());
		assert_eq!(loads(&machine.on(Event::Loaded(Arc::new(spec(1))))), [0]);
	}

	#[test]
	fn beyond_the_room_waits_until_one_is_refused() {
		let mut machine = serving(&[0], Limits { max_loaded: 1, ..Limits::default() });
		machine.on(serve(1));
		assert!(loads(&machine.on(Event::Fetched(spec(1).content))).is_empty());
		assert_eq!(machine.serving().loaded, [0]);
		let mut loaded = Vec::new();
		for request in 0..3 {
			let ticket = runs(&machine.on(run(job(request, 0))))[0];
			let timed_out = RunFailure::TimedOut(Duration::from_secs(1));
			loaded.extend(loads(&machine.on(ran(ticket, Err(timed_out)))));
		}
		assert_eq!(loaded, [1], "three kills free the room");
		assert!(machine.serving().loaded.is_empty());
	}

	#[test]
	fn that_kept_killing_the_engine_gets_another_chance_later() {
		let mut machine = one_model();
		for request in 0..3 {
			let ticket = runs(&machine.on(run(job(request, 0))))[0];
			machine.on(ran(ticket, Err(RunFailure::TimedOut(Duration::from_secs(1)))));
		}
		assert!(machine.serving().loaded.is_empty());
		let failed = machine.on(run(job(3, 0)));
		assert!(matches!(notices(&failed)[..], [Notice::JobFailed(3, 0, JobFailure::Model(_))]));
		let ticks = (1..1000).find(|_| !loads(&machine.on(Event::Tick)).is_empty());
		assert_eq!(ticks, Some(600));
		machine.on(Event::Loaded(Arc::new(spec(0))));
		assert_eq!(runs(&machine.on(run(job(4, 0)))).len(), 1);
	}

	#[test]
	fn replaced_by_a_fork_is_dropped_for_the_new_one() {
		let mut machine = one_model();
		let mut other = spec(0);
		other.content = content(200);
		let commands = machine.on(Event::Submitted(Task::Serve(other.clone())));
		assert_eq!(fetches(&commands), [other.content]);
		assert!(commands
			.iter()
			.any(|c| matches!(c, Command::Unload(id) if *id == spec(0).content)));
		assert!(machine.serving().loaded.is_empty());
	}
}

mod a_job {
	use super::*;

	#[test]
	fn on_a_loaded_model_runs_at_once_and_is_answered() {
		let mut machine = one_model();
		let ticket = runs(&machine.on(run(job(7, 0))))[0];
		assert_eq!(answers(&machine, 7), 0);
		assert!(machine.on(ran(ticket, Ok(output(9)))).is_empty());
		let answer = machine.progress(&[(7, draw(1))]).ready;
		assert_eq!(answer[0].outcome, output(9));
		let others = machine.progress(&[(7, draw(2)), (8, draw(1))]);
		assert_eq!(others.ready, []);
		assert_eq!(
			others.unknown,
			[(7, draw(2)), (8, draw(1))],
			"what it does not have is asked for again"
		);
	}

	#[test]
	fn waits_for_its_model_and_its_input() {
		let mut machine = Machine::new(Limits::default());
		let stored = Job { input: Input::Stored(content(5)), ..job(7, 0) };
		assert_eq!(fetches(&machine.on(run(stored))), [spec(0).content, content(5)]);
		machine.on(Event::Fetched(spec(0).content));
		assert!(runs(&machine.on(Event::Loaded(Arc::new(spec(0))))).is_empty());
		assert_eq!(runs(&machine.on(Event::Fetched(content(5)))).len(), 1);
	}

	#[test]
	fn submitted_twice_is_one_job() {
		let mut machine = one_model();
		let ticket = runs(&machine.on(run(job(7, 0))))[0];
		assert!(machine.on(run(job(7, 0))).is_empty());
		machine.on(ran(ticket, Ok(output(1))));
		assert!(machine.on(run(job(7, 0))).is_empty());
		assert_eq!(machine.stats().taken_total, 1);
	}

	#[test]
	fn of_another_draw_replaces_the_old_one() {
		let mut machine = one_model();
		let old = runs(&machine.on(run(job(7, 0))))[0];
		let new = runs(&machine.on(run(Job { draw: draw(2), ..job(7, 0) })))[0];
		machine.on(ran(old, Ok(output(1))));
		assert!(machine.progress(&[(7, draw(1)), (7, draw(2))]).ready.is_empty());
		machine.on(ran(new, Ok(output(2))));
		assert_eq!(machine.progress(&[(7, draw(2))]).ready[0].outcome, output(2));
	}

	#[test]
	fn the_chain_no_longer_asks_for_is_forgotten() {
		let mut machine = one_model();
		let ticket = runs(&machine.on(run(job(7, 0))))[0];
		machine.on(run(job(8, 0)));
		machine.on(Event::LiveJobs(vec![(8, draw(1)), (7, draw(9))]));
		machine.on(ran(ticket, Ok(output(1))));
		assert_eq!(answers(&machine, 7), 0);
		assert_eq!(machine.stats().running, 1);
		assert_eq!(machine.stats().dropped_total, 1);
	}

	#[test]
	fn beyond_the_bound_is_turned_away_until_there_is_room() {
		let mut machine = serving(&[0], Limits { max_jobs: 2, ..Limits::default() });
		machine.on(run(job(1, 0)));
		machine.on(run(job(2, 0)));
		assert!(!machine.takes(&Task::Run(job(3, 0))));
		assert!(machine.takes(&Task::Run(job(2, 0))), "a known one is taken");
		assert!(machine.on(run(job(3, 0))).is_empty());
		assert_eq!(machine.stats().refused_total, 1);
		machine.on(Event::LiveJobs(vec![(2, draw(1))]));
		assert!(machine.takes(&Task::Run(job(3, 0))));
	}

	#[test]
	fn beyond_the_engines_width_waits_its_turn() {
		let mut machine = serving(&[0], Limits { max_running: 2, ..Limits::default() });
		let first = runs(&machine.on(run(job(1, 0))))[0];
		machine.on(run(job(2, 0)));
		assert!(runs(&machine.on(run(job(3, 0)))).is_empty());
		assert_eq!(machine.stats().ready, 1);
		assert_eq!(runs(&machine.on(ran(first, Ok(output(1))))).len(), 1);
	}

	#[test]
	fn on_a_model_that_is_not_served_fails_with_the_reason() {
		let only = ServePolicy::Only([1].into());
		let mut machine = Machine::new(Limits { serve: only, ..Limits::default() });
		let said = notices(&machine.on(run(job(7, 0))));
		let failure = JobFailure::Model(ModelFault::NotChosen);
		assert_eq!(said, [Notice::JobFailed(7, 0, failure.clone())]);
		assert_eq!(machine.failure(7, draw(1)), Some(&failure));
		assert!(machine.on(run(job(7, 0))).is_empty(), "it is kept, so it is not tried again");
	}

	#[test]
	fn whose_output_or_input_does_not_fit_fails_for_good() {
		let failures = [
			RunFailure::Refused("shape".into()),
			RunFailure::OutputTooLong { bytes: 9000, limit: 8192 },
			RunFailure::TimedOut(Duration::from_secs(1)),
			RunFailure::Input(opg_tensor::TensorError::Malformed),
			RunFailure::Output(opg_tensor::TensorError::Malformed),
		];
		for failure in failures {
			let mut machine = one_model();
			let ticket = runs(&machine.on(run(job(7, 0))))[0];
			let said = machine.on(ran(ticket, Err(failure.clone())));
			let failure = JobFailure::Run(failure);
			assert_eq!(notices(&said), [Notice::JobFailed(7, 0, failure.clone())]);
			assert!(runs(&said).is_empty());
			assert_eq!(machine.failure(7, draw(1)), Some(&failure));
			assert_eq!(answers(&machine, 7), 0);
		}
	}

	#[test]
	fn that_killed_the_engine_is_run_once_more_and_then_fails() {
		let mut machine = one_model();
		let crashed = || Err(RunFailure::Crashed("signal 9".into()));
		let ticket = runs(&machine.on(run(job(7, 0))))[0];
		let ticket = runs(&machine.on(ran(ticket, crashed())))[0];
		let said = notices(&machine.on(ran(ticket, crashed())));
		assert!(matches!(said[..], [Notice::JobFailed(7, 0, _)]));
	}

	#[test]
	fn interrupted_by_anothers_crash_keeps_its_place() {
		let mut machine = serving(&[0], Limits { max_running: 1, ..Limits::default() });
		let ticket = runs(&machine.on(run(job(7, 0))))[0];
		machine.on(run(job(8, 0)));
		let again = machine.on(ran(ticket, Err(RunFailure::Interrupted)));
		assert_eq!(runs(&again).len(), 1);
		machine.on(ran(runs(&again)[0], Ok(output(1))));
		assert_eq!(answers(&machine, 7), 1, "it ran before the job behind it");
		assert_eq!(machine.stats().rerun_total, 1);
	}

	#[test]
	fn whose_model_the_engine_lost_has_it_loaded_and_runs_again() {
		let mut machine = one_model();
		let ticket = runs(&machine.on(run(job(7, 0))))[0];
		assert_eq!(loads(&machine.on(ran(ticket, Err(RunFailure::NotLoaded)))), [0]);
		assert_eq!(machine.serving().loaded, [0], "it stays announced meanwhile");
		assert_eq!(runs(&machine.on(Event::Loaded(Arc::new(spec(0))))).len(), 1);
	}

	#[test]
	fn whose_input_is_damaged_waits_for_it_again() {
		let mut machine = one_model();
		machine.on(run(Job { input: Input::Stored(content(5)), ..job(7, 0) }));
		let ticket = runs(&machine.on(Event::Fetched(content(5))))[0];
		machine.on(ran(ticket, Err(RunFailure::InputLost("damaged".into()))));
		assert_eq!(machine.stats().waiting, 1);
		assert_eq!(fetches(&machine.on(Event::Tick)), [content(5)]);
		assert_eq!(runs(&machine.on(Event::Fetched(content(5)))).len(), 1);
	}

	#[test]
	fn sharing_an_input_with_another_has_it_fetched_once() {
		let mut machine = one_model();
		let stored = |request| Job { input: Input::Stored(content(5)), ..job(request, 0) };
		assert_eq!(fetches(&machine.on(run(stored(1)))).len(), 1);
		assert!(machine.on(run(stored(2))).is_empty());
		assert_eq!(runs(&machine.on(Event::Fetched(content(5)))).len(), 2);
	}

	#[test]
	fn waiting_for_a_model_that_proves_bad_fails_with_it() {
		let mut machine = Machine::new(Limits::default());
		machine.on(run(job(7, 0)));
		machine.on(Event::Fetched(spec(0).content));
		let failure = LoadFailure::Refused("truncated".into());
		let said = machine.on(Event::NotLoaded { spec: Arc::new(spec(0)), failure });
		assert!(matches!(
			notices(&said)[..],
			[Notice::ModelRefused(0, _), Notice::JobFailed(7, 0, JobFailure::Model(_))]
		));
	}

	#[test]
	fn forgotten_lets_go_of_its_missing_input() {
		let mut machine = one_model();
		machine.on(run(Job { input: Input::Stored(content(5)), ..job(7, 0) }));
		machine.on(Event::Missing { content: content(5), reason: "gone".into() });
		machine.on(Event::LiveJobs(Vec::new()));
		for _ in 0..100 {
			assert!(machine.on(Event::Tick).is_empty());
		}
	}
}
