//! A job on its way to an answer, and what keeps it without one.

use super::*;

#[test]
fn on_a_loaded_model_runs_at_once_and_is_answered_once_that_is_kept() {
	let mut machine = one_model();
	let ticket = runs(&machine.on(run(job(7, 0))))[0];
	assert_eq!(outcome(&machine, 7), None);
	let done = machine.on(ran(ticket, Ok(output(9))));
	let made = Made::from(output(9));
	let expected = Line::Keep { ticket: 0, id: request(7), draw: draw(1), made };
	assert_eq!(lines(&done), [expected]);
	assert_eq!(outcome(&machine, 7), None, "it is not on disk yet");
	machine.on(kept(&done, 5));
	let answer = Ready { number: 7, draw: draw(1), outcome: output(9), salt: [5; 32], proof: None };
	assert_eq!(ready(&machine, request(7), draw(1)), Some(answer));
	let others = machine.progress(Desk::Requests, &[(7, draw(2)), (8, draw(1))]);
	assert_eq!(others.ready, []);
	assert_eq!(
		others.unknown,
		[(7, draw(2)), (8, draw(1))],
		"what it does not have is asked for again"
	);
}

#[test]
fn of_one_desk_is_another_than_that_of_the_other_desk_with_its_number() {
	let mut machine = one_model();
	let first = runs(&machine.on(run(job(7, 0))))[0];
	let second = runs(&machine.on(run(Job { id: panel(7), ..job(7, 0) })))[0];
	let done = machine.on(ran(first, Ok(output(1))));
	machine.on(kept(&done, 1));
	assert!(ready(&machine, panel(7), draw(1)).is_none());
	machine.on(live(&[7]));
	let done = machine.on(ran(second, Ok(output(2))));
	machine.on(kept(&done, 2));
	assert_eq!(ready(&machine, panel(7), draw(1)).unwrap().outcome, output(2));
	assert_eq!(outcome(&machine, 7), Some(output(1)));
}

#[test]
fn waits_for_its_model_and_its_input() {
	let mut machine = Machine::new(Limits::default());
	assert_eq!(fetches(&machine.on(run(stored(7, 5)))), [spec(0).content, content(5)]);
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
fn of_another_draw_replaces_the_old_one_while_that_has_no_answer() {
	let mut machine = one_model();
	let old = runs(&machine.on(run(job(7, 0))))[0];
	let new = runs(&machine.on(run(Job { draw: draw(2), ..job(7, 0) })))[0];
	assert!(machine.on(ran(old, Ok(output(1)))).is_empty());
	let done = machine.on(ran(new, Ok(output(2))));
	machine.on(kept(&done, 2));
	assert_eq!(ready(&machine, request(7), draw(1)), None);
	assert_eq!(ready(&machine, request(7), draw(2)).unwrap().outcome, output(2));
}

#[test]
fn answered_by_one_draw_keeps_that_answer_when_a_fork_brings_another_draw() {
	let mut machine = one_model();
	let ticket = runs(&machine.on(run(job(7, 0))))[0];
	let done = machine.on(ran(ticket, Ok(output(1))));
	machine.on(kept(&done, 1));
	let before = ready(&machine, request(7), draw(1));
	let ticket = runs(&machine.on(run(Job { draw: draw(2), ..job(7, 0) })))[0];
	machine.on(Event::LiveJobs(Desk::Requests, vec![(7, draw(2))]));
	let done = machine.on(ran(ticket, Ok(output(2))));
	machine.on(kept(&done, 2));
	assert_eq!(ready(&machine, request(7), draw(1)), before, "it may be committed to");
	assert_eq!(ready(&machine, request(7), draw(2)).unwrap().outcome, output(2));
}

#[test]
fn without_an_answer_is_forgotten_when_its_desk_does_not_ask_for_it() {
	let mut machine = one_model();
	let ticket = runs(&machine.on(run(job(7, 0))))[0];
	machine.on(run(job(8, 0)));
	machine.on(Event::LiveJobs(Desk::Panels, Vec::new()));
	assert_eq!(machine.stats().running, 2, "the other desk has no say");
	machine.on(Event::LiveJobs(Desk::Requests, vec![(8, draw(1)), (7, draw(9))]));
	assert!(machine.on(ran(ticket, Ok(output(1)))).is_empty());
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
	machine.on(live(&[2]));
	assert!(machine.takes(&Task::Run(job(3, 0))));
}

#[test]
fn beyond_the_bound_takes_the_place_of_an_answer_nobody_asks_for() {
	let mut machine = serving(&[0], Limits { max_jobs: 2, ..Limits::default() });
	for number in [1, 2] {
		let ticket = runs(&machine.on(run(job(number, 0))))[0];
		let done = machine.on(ran(ticket, Ok(output(1))));
		machine.on(kept(&done, 1));
	}
	machine.on(live(&[1, 2]));
	assert!(!machine.takes(&Task::Run(job(3, 0))));
	machine.on(live(&[2]));
	let taken = machine.on(run(job(3, 0)));
	assert_eq!(lines(&taken), [Line::Forget { id: request(1), draw: draw(1) }]);
	assert_eq!(runs(&taken).len(), 1);
	assert_eq!(outcome(&machine, 2), Some(output(1)));
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
fn on_a_model_that_is_not_served_stays_without_an_answer_for_a_reason() {
	let only = ServePolicy::Only([1].into());
	let mut machine = Machine::new(Limits { serve: only, ..Limits::default() });
	let said = machine.on(run(job(7, 0)));
	let failure = JobFailure::Model(ModelFault::NotChosen);
	assert_eq!(notices(&said), [Notice::JobFailed(request(7), 0, failure.clone())]);
	assert_eq!(lines(&said), []);
	assert_eq!(machine.failure(request(7), draw(1)), Some(&failure));
	assert!(machine.on(run(job(7, 0))).is_empty(), "it is kept, so it is not tried again");
	let progress = machine.progress(Desk::Requests, &[(7, draw(1))]);
	assert_eq!((progress.ready, progress.unknown), (vec![], vec![]));
}

#[test]
fn interrupted_by_anothers_crash_keeps_its_place() {
	let mut machine = serving(&[0], Limits { max_running: 1, ..Limits::default() });
	let ticket = runs(&machine.on(run(job(7, 0))))[0];
	machine.on(run(job(8, 0)));
	let again = machine.on(ran(ticket, Err(RunFailure::Interrupted)));
	assert_eq!(runs(&again).len(), 1);
	let done = machine.on(ran(runs(&again)[0], Ok(output(1))));
	machine.on(kept(&done, 1));
	assert!(outcome(&machine, 7).is_some(), "it ran before the job behind it");
	assert_eq!(machine.stats().rerun_total, 1);
}

#[test]
fn interrupted_for_ever_stays_without_an_answer() {
	let mut machine = one_model();
	let mut commands = machine.on(run(job(7, 0)));
	let mut times = 0;
	while let Some(ticket) = runs(&commands).pop() {
		times += 1;
		assert!(times < 100, "it does not end");
		commands = machine.on(ran(ticket, Err(RunFailure::Interrupted)));
	}
	assert_eq!(lines(&commands), [], "what this node is to blame for is no fault");
	let failure = JobFailure::Run(RunFailure::Interrupted);
	assert_eq!(machine.failure(request(7), draw(1)), Some(&failure));
}

#[test]
fn whose_engine_was_shut_down_stays_without_an_answer() {
	assert_eq!(RunFailure::Stopped.fault(), None);
	let mut machine = one_model();
	let ticket = runs(&machine.on(run(job(7, 0))))[0];
	let said = machine.on(ran(ticket, Err(RunFailure::Stopped)));
	assert!(matches!(notices(&said)[..], [Notice::JobFailed(..)]));
	assert_eq!(lines(&said), []);
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
	machine.on(run(stored(7, 5)));
	let ticket = runs(&machine.on(Event::Fetched(content(5))))[0];
	machine.on(ran(ticket, Err(RunFailure::InputLost("damaged".into()))));
	assert_eq!(machine.stats().waiting, 1);
	assert_eq!(fetches(&machine.on(Event::Tick)), [content(5)]);
	assert_eq!(runs(&machine.on(Event::Fetched(content(5)))).len(), 1);
}

#[test]
fn sharing_an_input_with_another_has_it_fetched_once() {
	let mut machine = one_model();
	assert_eq!(fetches(&machine.on(run(stored(1, 5)))).len(), 1);
	assert!(machine.on(run(stored(2, 5))).is_empty());
	assert_eq!(runs(&machine.on(Event::Fetched(content(5)))).len(), 2);
}

#[test]
fn waiting_for_a_model_that_proves_bad_stays_without_an_answer() {
	let mut machine = Machine::new(Limits::default());
	machine.on(run(job(7, 0)));
	machine.on(Event::Fetched(spec(0).content));
	let failure = LoadFailure::Refused("truncated".into());
	let said = machine.on(Event::NotLoaded { spec: Arc::new(spec(0)), failure });
	assert!(matches!(
		notices(&said)[..],
		[Notice::ModelRefused(0, _), Notice::JobFailed(_, 0, JobFailure::Model(_))]
	));
	assert_eq!(lines(&said), []);
}

#[test]
fn forgotten_lets_go_of_its_missing_input() {
	let mut machine = one_model();
	machine.on(run(stored(7, 5)));
	machine.on(Event::Missing { content: content(5), reason: "gone".into() });
	machine.on(live(&[]));
	for _ in 0..100 {
		assert!(machine.on(Event::Tick).is_empty());
	}
}
