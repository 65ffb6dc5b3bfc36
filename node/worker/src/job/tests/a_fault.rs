//! Faults: what the model or the input did is answered, what this node did is not.

use super::*;

#[test]
fn is_answered_for_what_the_model_or_the_input_did() {
	let mismatch = opg_tensor::TensorError::Malformed;
	let too_long = RunFailure::OutputTooLong { bytes: 9000, limit: 8192 };
	let hungry = |died| RunFailure::OutOfMemory { died, why: String::new() };
	assert_eq!(fault_of(timed_out()), Some(FaultKind::Looped));
	assert_eq!(fault_of(RunFailure::Refused("shape".into())), Some(FaultKind::Refused));
	assert_eq!(fault_of(too_long), Some(FaultKind::OutputTooLong));
	assert_eq!(fault_of(RunFailure::Input(mismatch.clone())), Some(FaultKind::InputMismatch));
	assert_eq!(fault_of(RunFailure::Output(mismatch)), Some(FaultKind::OutputMismatch));
	assert_eq!(fault_of(hungry(true)), Some(FaultKind::OutOfMemory));
	assert_eq!(fault_of(hungry(false)), Some(FaultKind::OutOfMemory));
}

#[test]
fn is_said_and_explained_and_does_not_run_again() {
	let mut machine = one_model();
	let ticket = runs(&machine.on(run(job(7, 0))))[0];
	let said = machine.on(ran(ticket, Err(timed_out())));
	let failure = JobFailure::Run(timed_out());
	let notice = Notice::JobFaulted(request(7), 0, FaultKind::Looped, failure.clone());
	assert_eq!(notices(&said), [notice]);
	assert!(runs(&said).is_empty());
	assert_eq!(machine.failure(request(7), draw(1)), Some(&failure));
	assert!(machine.on(run(job(7, 0))).is_empty());
	assert_eq!((machine.stats().answered, machine.stats().faulted_total), (1, 1));
}

#[test]
fn has_a_salt_like_any_answer() {
	let mut machine = one_model();
	let ticket = runs(&machine.on(run(job(7, 0))))[0];
	let said = machine.on(ran(ticket, Err(timed_out())));
	assert_eq!(outcome(&machine, 7), None);
	machine.on(kept(&said, 6));
	let answer = ready(&machine, request(7), draw(1)).unwrap();
	assert_eq!(answer.outcome, Outcome::Fault(FaultKind::Looped));
	assert_eq!(answer.salt, [6; 32]);
}

#[test]
fn for_a_crash_is_answered_after_a_second_one() {
	let mut machine = one_model();
	let ticket = runs(&machine.on(run(job(7, 0))))[0];
	let again = machine.on(ran(ticket, Err(crashed())));
	assert_eq!(lines(&again), [], "the first may have had another cause");
	let said = machine.on(ran(runs(&again)[0], Err(crashed())));
	machine.on(kept(&said, 1));
	assert_eq!(outcome(&machine, 7), Some(Outcome::Fault(FaultKind::Crashed)));
}

#[test]
fn of_a_model_that_kept_killing_the_engine_is_that_of_its_last_run() {
	for (failure, fault) in [
		(timed_out(), FaultKind::Looped),
		(crashed(), FaultKind::Crashed),
		(RunFailure::OutOfMemory { died: true, why: String::new() }, FaultKind::OutOfMemory),
	] {
		let mut machine = one_model();
		let mut kills = 0;
		for number in 0.. {
			let Some(mut ticket) = runs(&machine.on(run(job(number, 0)))).pop() else { break };
			loop {
				kills += 1;
				let commands = machine.on(ran(ticket, Err(failure.clone())));
				match runs(&commands).pop() {
					Some(again) => ticket = again,
					None => break,
				}
			}
		}
		assert_eq!(kills, 3);
		let said = machine.on(run(job(9, 0)));
		let why = JobFailure::Model(ModelFault::Kills { times: 3, last: fault });
		assert_eq!(notices(&said), [Notice::JobFaulted(request(9), 0, fault, why)]);
		machine.on(kept(&said, 1));
		assert_eq!(outcome(&machine, 9), Some(Outcome::Fault(fault)));
	}
}

#[test]
fn of_one_job_reaches_those_that_wait_for_the_same_model() {
	let limits = Limits { max_running: 1, max_kills: 1, ..Limits::default() };
	let mut machine = serving(&[0, 1], limits);
	let ticket = runs(&machine.on(run(job(1, 0))))[0];
	machine.on(run(job(2, 0)));
	machine.on(run(job(3, 1)));
	let said = machine.on(ran(ticket, Err(timed_out())));
	assert_eq!(lines(&said).len(), 2);
	assert_eq!(runs(&said).len(), 1, "the other model's job goes on");
}

#[test]
fn for_a_shortage_that_the_engine_survived_does_not_count_against_the_model() {
	let mut machine = one_model();
	for number in 0..10 {
		let ticket = runs(&machine.on(run(job(number, 0))))[0];
		let short = RunFailure::OutOfMemory { died: false, why: String::new() };
		machine.on(ran(ticket, Err(short)));
	}
	assert_eq!(machine.serving().loaded, [0]);
}

#[test]
fn for_an_input_that_cannot_be_had_comes_after_some_tries() {
	let mut machine = one_model();
	machine.on(run(stored(7, 5)));
	let missing = || Event::Missing { content: content(5), reason: "gone".into() };
	let mut ticks = 0;
	let said = loop {
		let said = machine.on(missing());
		if !lines(&said).is_empty() {
			break said;
		}
		while fetches(&machine.on(Event::Tick)).is_empty() {
			ticks += 1;
			assert!(ticks < 100, "it is not asked for again");
		}
	};
	let why = JobFailure::InputMissing { tries: MAX_TRIES, why: "gone".into() };
	assert_eq!(machine.failure(request(7), draw(1)), Some(&why));
	machine.on(kept(&said, 1));
	assert_eq!(outcome(&machine, 7), Some(Outcome::Fault(FaultKind::Unavailable)));
	assert!((MAX_TRIES as u64..60).contains(&ticks), "{ticks}");
}

#[test]
fn for_an_input_that_is_damaged_every_time_comes_as_soon() {
	let mut machine = one_model();
	machine.on(run(stored(7, 5)));
	let mut tries = 0;
	let said = loop {
		let ticket = runs(&machine.on(Event::Fetched(content(5))))[0];
		tries += 1;
		let said = machine.on(ran(ticket, Err(RunFailure::InputLost("damaged".into()))));
		if !lines(&said).is_empty() {
			break said;
		}
		assert_eq!(fetches(&machine.on(Event::Tick)), [content(5)]);
	};
	assert_eq!(tries, MAX_TRIES);
	machine.on(kept(&said, 1));
	assert_eq!(outcome(&machine, 7), Some(Outcome::Fault(FaultKind::Unavailable)));
}

#[test]
fn for_a_missing_input_is_no_sooner_for_a_job_that_came_late() {
	let mut machine = one_model();
	machine.on(run(stored(1, 5)));
	let missing = || Event::Missing { content: content(5), reason: "gone".into() };
	for _ in 1..MAX_TRIES {
		machine.on(missing());
		while fetches(&machine.on(Event::Tick)).is_empty() {}
	}
	machine.on(run(stored(2, 5)));
	let said = machine.on(missing());
	assert_eq!(lines(&said).len(), 1);
	assert!(machine.failure(request(2), draw(1)).is_none(), "the second has just come");
}

#[test]
fn for_a_model_that_cannot_be_had_is_never_answered() {
	let mut machine = Machine::new(Limits::default());
	machine.on(run(job(7, 0)));
	for _ in 0..20 {
		let missing = Event::Missing { content: spec(0).content, reason: "gone".into() };
		assert_eq!(lines(&machine.on(missing)), []);
		while fetches(&machine.on(Event::Tick)).is_empty() {}
	}
	assert_eq!(machine.stats().waiting, 1);
}
