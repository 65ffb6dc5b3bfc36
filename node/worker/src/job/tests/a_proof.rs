//! Answers that have to be proved, and models whose answers can be.

use super::*;
use opg_primitives::{audit::key_making, node::MAKES_KEYS, Circuit};

fn provable() -> ModelSpec {
	let scales = || vec![13].try_into().unwrap();
	let circuit = Circuit {
		key: Default::default(),
		settings: content(9),
		input_scales: scales(),
		output_scales: scales(),
		bits: 28,
	};
	ModelSpec { circuit: Some(circuit), ..spec(0) }
}

fn proving() -> Machine {
	let mut machine = Machine::new(Limits { proves: true, ..Limits::default() });
	machine.on(Event::Submitted(Task::Serve(provable())));
	machine.on(Event::Fetched(provable().content));
	machine.on(Event::Loaded(Arc::new(provable())));
	machine
}

fn proved_job(number: u64) -> Event {
	run(Job { model: provable(), is_proved: true, ..job(number, 0) })
}

fn not_proved() -> Event {
	ran(0, Err(RunFailure::NotProved("killed".into())))
}

#[test]
fn is_asked_of_whoever_runs_the_job_and_kept_and_given_with_the_answer() {
	let mut machine = proving();
	let commands = machine.on(proved_job(7));
	let [Command::Run { ticket, is_proved: true, .. }] = commands[..] else {
		panic!("no proof is asked for: {commands:?}");
	};
	let made = Made { outcome: output(9), proof: Some(vec![1, 2]) };
	let done = machine.on(Event::Ran { ticket, result: Ok(made.clone()) });
	assert_eq!(lines(&done), [Line::Keep { ticket: 0, id: request(7), draw: draw(1), made }]);
	machine.on(kept(&done, 5));
	let answer = ready(&machine, request(7), draw(1)).unwrap();
	assert_eq!((answer.outcome, answer.proof), (output(9), Some(vec![1, 2])));
}

#[test]
fn that_cannot_be_is_a_fault_of_the_question() {
	assert_eq!(fault_of(RunFailure::Unprovable("too large".into())), Some(FaultKind::Unprovable));
}

#[test]
fn that_was_not_made_is_tried_once_more_and_then_left_to_another_node() {
	let mut machine = proving();
	let first = runs(&machine.on(proved_job(7)))[0];
	let failed = || Err(RunFailure::NotProved("killed".into()));
	let second = runs(&machine.on(ran(first, failed())))[0];
	let done = machine.on(ran(second, failed()));
	assert!(runs(&done).is_empty() && lines(&done).is_empty(), "there is nothing to answer");
	assert!(matches!(notices(&done)[..], [Notice::JobFailed(..)]));
	machine.on(not_proved());
	assert_eq!(outcome(&machine, 7), None);
}

#[test]
fn of_a_model_is_served_by_none_that_cannot_prove() {
	let mut machine = Machine::new(Limits::default());
	let told = machine.on(Event::Submitted(Task::Serve(provable())));
	assert_eq!(notices(&told), [Notice::ModelRefused(0, ModelFault::NoProver)]);
	assert!(fetches(&told).is_empty());
	assert!(machine.serving().loaded.is_empty());
}

#[test]
fn of_keys_is_announced_and_needs_no_model() {
	let mut machine = Machine::new(Limits { proves: true, ..Limits::default() });
	assert_eq!(machine.serving().loaded, [MAKES_KEYS]);
	let making = || run(Job { model: key_making(), ..job(7, 0) });
	let commands = machine.on(making());
	let [Command::Run { ticket, .. }] = commands[..] else {
		panic!("a key is made at once: {commands:?}");
	};
	let made = Made { outcome: output(9), proof: None };
	let done = machine.on(Event::Ran { ticket, result: Ok(made) });
	machine.on(kept(&done, 5));
	assert_eq!(ready(&machine, request(7), draw(1)).unwrap().outcome, output(9));

	let mut without = Machine::new(Limits::default());
	assert!(without.serving().loaded.is_empty());
	assert!(runs(&without.on(making())).is_empty());
}
