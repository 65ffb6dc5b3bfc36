//! Runs: what a model is fed, what is kept of its answer, and what happens when something is not there.

use crate::{mock::*, Draft, Event, Omission, OnStale, Results, Source, Workflows};
use opg_primitives::{seams::RequestStanding, FaultKind, Outcome};

#[test]
fn feed_the_model_fresh_numbers_and_keep_what_it_answers_with_where_it_came_from() {
	build_and_execute(|| {
		let flow = create(draft());
		events();
		go_to(2);
		assert_eq!(fed(), [64_123.5, -0.5]);
		let (who, ask) = Asked::get().remove(0);
		assert_eq!((who, ask.model, ask.max_fee, ask.deadline), (Flows::purse(flow), 0, FEE, 12));
		assert_eq!(events(), [Event::RunBegan { workflow: flow, run: 0, request: 0 }]);
		go_to(5);
		assert!(Flows::latest(flow).is_none(), "not yet");
		let outcome = settle(0);
		go_to(8);
		assert_eq!(events(), [Event::Derived { workflow: flow, run: 0, request: 0 }]);
		let derived = Flows::fresh(flow).expect("a result");
		assert_eq!((derived.outcome, derived.at, derived.request), (outcome, 2, 0));
		assert!(derived.is_curated);
		let taken: Vec<_> = derived.taken.iter().map(|one| (one.key, one.value)).collect();
		assert_eq!(taken, [(0, 6_412_350), (1, -50)]);
		assert!(derived.taken.iter().all(|one| one.at == 1));
	});
}

#[test]
fn come_again_by_schedule_and_are_kept_for_a_while() {
	build_and_execute(|| {
		let flow = create(draft());
		for run in 0..6u64 {
			go_to(2 + run * EVERY);
			assert_eq!(Asked::get().len() as u64, run + 1);
			settle(run);
			go_to(10 + run * EVERY);
		}
		let kept: Vec<_> = Flows::history(flow).into_iter().map(|one| one.run).collect();
		assert_eq!(kept, [2, 3, 4, 5]);
		assert_eq!(Results::<Test>::iter().count(), Depth::get() as usize);
		assert_eq!(Flows::latest(flow).expect("a result").run, 5);
		let keys: std::collections::BTreeSet<_> =
			Asked::get().into_iter().map(|(_, ask)| ask.client_key).collect();
		assert_eq!(keys.len(), 6, "each run has its own name");
	});
}

#[test]
fn without_fresh_numbers_are_left_out_and_the_last_result_grows_old() {
	build_and_execute(|| {
		let flow = create(draft());
		go_to(2);
		settle(0);
		go_to(10);
		tell_stale(1);
		events();
		go_to(22);
		let omitted = Event::RunOmitted { workflow: flow, cause: Omission::InputNotFresh };
		assert_eq!(events(), [omitted]);
		assert!(Flows::fresh(flow).is_some());
		go_to(42);
		assert!(Flows::fresh(flow).is_some(), "for two runs");
		go_to(43);
		assert!(Flows::fresh(flow).is_none());
		assert!(Flows::latest(flow).is_some(), "it is there for who asks for it, with its time");
	});
}

#[test]
fn that_shall_tell_so_make_the_last_result_stale_at_once() {
	build_and_execute(|| {
		let flow = create(Draft { on_stale: OnStale::Tell, ..draft() });
		go_to(2);
		settle(0);
		go_to(10);
		tell_stale(0);
		go_to(22);
		assert!(Flows::fresh(flow).is_none());
		tell(0, 7);
		go_to(42);
		settle(1);
		go_to(46);
		assert_eq!(Flows::fresh(flow).expect("a result").run, 1);
	});
}

#[test]
fn the_purse_does_not_pay_for_are_left_out_until_it_does() {
	build_and_execute(|| {
		let flow = create(Draft { purse: FEE, ..draft() });
		events();
		go_to(2);
		let omitted = Event::RunOmitted { workflow: flow, cause: Omission::Refused };
		assert_eq!(events(), [omitted]);
		use frame_support::traits::fungible::Mutate;
		let preserve = frame_support::traits::tokens::Preservation::Preserve;
		Balances::transfer(&OTHER, &Flows::purse(flow), 5, preserve).expect("anybody may");
		go_to(22);
		assert_eq!(Asked::get().len(), 1);
	});
}

#[test]
fn that_nobody_answers_or_that_have_no_answer_give_nothing() {
	build_and_execute(|| {
		let flow = create(draft());
		let ends =
			[RequestStanding::Ended, RequestStanding::Settled(Outcome::Fault(FaultKind::Looped))];
		for (run, end) in (0..).zip(ends) {
			go_to(2 + u64::from(run) * EVERY);
			Standings::mutate(|all| all.insert(run.into(), end));
			events();
			go_to(8 + u64::from(run) * EVERY);
			let failed = Event::RunFailed { workflow: flow, run, request: run.into() };
			assert_eq!(events(), [failed]);
		}
		assert!(Flows::latest(flow).is_none());
		assert_eq!(Workflows::<Test>::get(flow).expect("a workflow").runs, 2);
	});
}

#[test]
fn of_a_model_that_is_gone_are_left_out() {
	build_and_execute(|| {
		let flow = create(draft());
		Gone::set(true);
		events();
		go_to(2);
		let omitted = Event::RunOmitted { workflow: flow, cause: Omission::ModelUnfit };
		assert_eq!(events(), [omitted]);
	});
}

#[test]
fn of_a_feed_that_nobody_vouches_for_say_so() {
	build_and_execute(|| {
		let flow = create(draft());
		Vouched::set(Vec::new());
		go_to(2);
		settle(0);
		go_to(8);
		assert!(!Flows::latest(flow).expect("a result").is_curated);
	});
}

#[test]
fn may_be_fed_the_last_numbers_of_a_key_oldest_first_once_there_are_so_many() {
	build_and_execute(|| {
		let inputs = vec![Source { feed: 0, key: 0, count: 2 }].try_into().expect("one");
		let flow = create(Draft { inputs, ..draft() });
		events();
		go_to(2);
		let omitted = Event::RunOmitted { workflow: flow, cause: Omission::InputNotFresh };
		assert_eq!(events(), [omitted], "there is one");
		tell(0, 6_500_000);
		go_to(12);
		tell(0, 6_600_000);
		go_to(22);
		assert_eq!(fed(), [65_000.0, 66_000.0]);
		settle(0);
		go_to(28);
		let derived = Flows::fresh(flow).expect("a result");
		let taken: Vec<_> = derived.taken.iter().map(|one| (one.value, one.at)).collect();
		assert_eq!(taken, [(6_500_000, 2), (6_600_000, 12)]);
	});
}
