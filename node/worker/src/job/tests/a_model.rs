//! A model: fetched, loaded, served, and dropped when it does harm.

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
		loaded.extend(loads(&machine.on(ran(ticket, Err(timed_out())))));
	}
	assert_eq!(loaded, [1], "three kills free the room");
	assert!(machine.serving().loaded.is_empty());
}

#[test]
fn that_kept_killing_the_engine_gets_another_chance_later() {
	let mut machine = one_model();
	for request in 0..3 {
		let ticket = runs(&machine.on(run(job(request, 0))))[0];
		machine.on(ran(ticket, Err(timed_out())));
	}
	assert!(machine.serving().loaded.is_empty());
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
	assert!(commands.iter().any(|c| matches!(c, Command::Unload(id) if *id == spec(0).content)));
	assert!(machine.serving().loaded.is_empty());
}
