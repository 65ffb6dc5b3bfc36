//! Answers: written down before they are given, kept until nobody asks.

use super::*;

/// A machine with request 7 answered, and what it asks to be kept.
fn answered() -> (Machine, Vec<Command>) {
	let mut machine = one_model();
	let ticket = runs(&machine.on(run(job(7, 0))))[0];
	let done = machine.on(ran(ticket, Ok(output(1))));
	(machine, done)
}

#[test]
fn that_cannot_be_written_down_is_not_given_and_written_again_later() {
	let (mut machine, done) = answered();
	let said = machine.on(not_kept(&done));
	let notice = Notice::AnswerNotKept(request(7), "no space".into());
	assert_eq!(notices(&said), [notice]);
	assert_eq!(outcome(&machine, 7), None);
	assert_eq!(machine.stats().unkept, 1);
	let again = machine.on(Event::Tick);
	assert!(notices(&machine.on(not_kept(&again))).is_empty(), "it is said once");
	let again = machine.on(Event::Tick);
	assert!(lines(&machine.on(Event::Tick)).is_empty(), "one try at a time");
	machine.on(kept(&again, 4));
	assert_eq!(ready(&machine, request(7), draw(1)).unwrap().salt, [4; 32]);
	assert_eq!(machine.stats().unkept, 0);
}

#[test]
fn from_before_a_restart_is_given_as_it_was_and_its_job_not_run() {
	let record =
		Record { id: request(7), draw: draw(1), outcome: output(3), salt: [8; 32], proof: None };
	let mut machine = Machine::resume(Limits::default(), vec![record]);
	let expected =
		Ready { number: 7, draw: draw(1), outcome: output(3), salt: [8; 32], proof: None };
	assert_eq!(ready(&machine, request(7), draw(1)), Some(expected));
	assert!(machine.on(run(job(7, 0))).is_empty());
	assert_eq!(machine.stats().taken_total, 0);
}

#[test]
fn nobody_asks_for_goes_after_some_polls_of_its_desk() {
	let (mut machine, done) = answered();
	machine.on(kept(&done, 1));
	for _ in 1..MAX_UNASKED {
		assert_eq!(lines(&machine.on(live(&[]))), []);
		assert_eq!(lines(&machine.on(Event::LiveJobs(Desk::Panels, vec![]))), []);
	}
	assert!(outcome(&machine, 7).is_some());
	machine.on(live(&[7]));
	for _ in 1..MAX_UNASKED {
		assert_eq!(lines(&machine.on(live(&[]))), [], "it was asked for in between");
	}
	let forget = Line::Forget { id: request(7), draw: draw(1) };
	assert_eq!(lines(&machine.on(live(&[]))), [forget]);
	let progress = machine.progress(Desk::Requests, &[(7, draw(1))]);
	assert_eq!(progress.unknown, [(7, draw(1))]);
}

#[test]
fn from_before_a_restart_goes_like_any_other() {
	let record =
		Record { id: panel(7), draw: draw(1), outcome: output(3), salt: [8; 32], proof: None };
	let mut machine = Machine::resume(Limits::default(), vec![record]);
	let forgotten =
		(1..=MAX_UNASKED).find(|_| !machine.on(Event::LiveJobs(Desk::Panels, vec![])).is_empty());
	assert_eq!(forgotten, Some(MAX_UNASKED));
}

#[test]
fn forgotten_on_its_way_to_the_journal_does_not_pass_for_a_later_one() {
	let (mut machine, done) = answered();
	for _ in 0..MAX_UNASKED {
		machine.on(live(&[]));
	}
	let ticket = runs(&machine.on(run(job(7, 0))))[0];
	machine.on(ran(ticket, Ok(output(2))));
	machine.on(kept(&done, 1));
	assert_eq!(outcome(&machine, 7), None, "the first one was written, not this one");
}
