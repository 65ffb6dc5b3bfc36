//! Workflows from being made to being gone, and what is refused on the way.

use crate::{mock::*, weights::UpperBounds, Draft, Error, Event, Source, WeightInfo, Workflows};
use frame_support::{assert_noop, assert_ok};
use opg_tensor::ElementType;
use sp_runtime::TokenError;

fn refuse(draft: Draft<Balance, u64>, error: Error<Test>) {
	assert_noop!(Flows::create(signed(OWNER), draft), error);
}

#[test]
fn a_workflow_runs_until_it_is_stopped_and_what_is_left_returns() {
	build_and_execute(|| {
		let flow = create(draft());
		let purse = Flows::purse(flow);
		assert_eq!(events(), [Event::Created { workflow: flow, owner: OWNER, purse }]);
		assert_eq!(Flows::spendable(flow), PURSE - 1);
		go_to(2);
		settle(0);
		go_to(10);
		assert_noop!(Flows::stop(signed(OTHER), flow), Error::<Test>::NotOwner);
		events();
		assert_ok!(Flows::stop(signed(OWNER), flow));
		assert_noop!(Flows::stop(signed(OWNER), flow), Error::<Test>::WorkflowStopped);
		go_to(11);
		let returned = PURSE - FEE;
		assert_eq!(
			events(),
			[Event::Stopped { workflow: flow }, Event::Ended { workflow: flow, returned }]
		);
		assert_eq!(Balances::free_balance(OWNER), RICH - FEE);
		assert!(!System::account_exists(&purse));
		assert_noop!(Flows::stop(signed(OWNER), flow), Error::<Test>::WorkflowUnknown);
	});
}

#[test]
fn a_stopped_workflow_waits_for_its_last_run() {
	build_and_execute(|| {
		let flow = create(draft());
		go_to(2);
		assert_ok!(Flows::stop(signed(OWNER), flow));
		go_to(12);
		assert!(Workflows::<Test>::contains_key(flow), "its run may still be answered");
		settle(0);
		go_to(16);
		assert!(!Workflows::<Test>::contains_key(flow));
		assert_eq!(Asked::get().len(), 1, "it made no other");
	});
}

#[test]
fn workflows_without_sense_are_refused() {
	build_and_execute(|| {
		let with =
			|inputs: Vec<Source>| Draft { inputs: inputs.try_into().expect("few"), ..draft() };
		refuse(with(vec![]), Error::InputsInvalid);
		let source = |key, count| Source { feed: 0, key, count };
		refuse(with(vec![source(0, 1)]), Error::ModelUnfit);
		refuse(with(vec![source(9, 1); 2]), Error::InputsInvalid);
		refuse(with(vec![source(0, 2), source(1, 0)]), Error::InputsInvalid);
		refuse(with(vec![source(0, 64), source(1, 1)]), Error::InputsInvalid);
		tell_bytes();
		refuse(
			with(vec![source(0, 1), Source { feed: OF_BYTES, ..source(0, 1) }]),
			Error::InputOfBytes,
		);
		refuse(Draft { model: 7, ..draft() }, Error::ModelUnknown);
		refuse(Draft { every: 9, ..draft() }, Error::EveryTooShort);
		refuse(Draft { every: 12, ..draft() }, Error::EveryTooShort);
		Element::set(ElementType::String);
		refuse(draft(), Error::ModelUnfit);
		Element::set(ElementType::Int64);
		assert_noop!(
			Flows::create(signed(OWNER), Draft { purse: RICH, ..draft() }),
			TokenError::FundsUnavailable
		);
		assert_ok!(Flows::create(signed(OWNER), draft()));
	});
}

#[test]
fn looks_cost_more_where_more_results_are_kept() {
	build_and_execute(|| {
		let of = |results| {
			Depth::set(results);
			UpperBounds::<Test>::look()
		};
		let (four, five, six) = (of(4), of(5), of(6));
		assert!(five.all_gt(four));
		assert_eq!(six - five, five - four, "each as much");
	});
}

#[test]
fn there_are_as_many_workflows_as_the_agenda_has_room_for() {
	build_and_execute(|| {
		for _ in 0..4 {
			create(draft());
		}
		refuse(draft(), Error::TooManyWorkflows);
		go_to(5);
		assert_eq!(Asked::get().len(), 4, "two begin in each block");
	});
}
