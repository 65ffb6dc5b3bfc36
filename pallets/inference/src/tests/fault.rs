//! What happens when nodes find that there is no answer.

use crate::{mock::*, Event, Inputs, Requests, State};
use frame_support::assert_ok;
use opg_primitives::{
	seams::{Delivery, UsageNote},
	FaultKind,
};

#[test]
fn of_one_node_asks_another_and_costs_nothing() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(2);
		assert!(include(batch(0, vec![fault_of(0, FaultKind::Looped)])));
		assert_eq!(
			events().last(),
			Some(&Event::FaultReported { request: 0, node: 0, fault: FaultKind::Looped })
		);
		assert_eq!(held(ALICE), 2 * PRICE);
		assert_eq!(Deliveries::get(), [(0, Delivery::Excused)]);
		run(2);
		assert_eq!(Shunned::get(), [0]);
		assert!(include(batch(1, vec![answer_to(0)])));
		assert_eq!(Balances::free_balance(owner_of(1)), PURSE + PRICE * 7 / 10);
		assert_eq!(Balances::free_balance(owner_of(0)), PURSE, "nobody agreed with it");
	});
}

#[test]
fn of_two_nodes_ends_the_request_for_a_base_fee_each() {
	build_and_execute(|| {
		let issued = Balances::total_issuance();
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(2);
		assert!(include(batch(0, vec![fault_of(0, FaultKind::Looped)])));
		run(2);
		assert!(include(batch(1, vec![fault_of(0, FaultKind::Looped)])));
		let (base, fault) = (PRICE / 10, FaultKind::Looped);
		let fee = 2 * base;
		let (burn, refund) = (burnt_of(base) * 2, 2 * PRICE - fee);
		let (requester, model, app) = (ALICE, MODEL, None);
		assert_eq!(
			events().last(),
			Some(&Event::Failed { request: 0, requester, model, app, fault, fee, burn, refund })
		);
		let failed = UsageNote::Failed { spend: fee, burn, refund };
		assert_eq!(Counted::get(), [(ALICE, MODEL, UsageNote::Requested), (ALICE, MODEL, failed)]);
		assert_eq!(Balances::free_balance(ALICE), PURSE - UPKEEP - 2 * base);
		for node in [0, 1] {
			assert_eq!(Balances::free_balance(owner_of(node)), PURSE + base * 7 / 10);
		}
		assert_eq!(Balances::total_issuance() + UPKEEP, issued);
		assert!(matches!(
			Requests::<Test>::get(0).map(|record| record.state),
			Some(State::Failed { fault: FaultKind::Looped, .. })
		));
		assert!(!Inputs::<Test>::contains_key(0), "there is nothing to dispute");
		assert_eq!(Exposed::get(), []);
	});
}

#[test]
fn without_another_node_returns_everything_at_the_deadline() {
	build_and_execute(|| {
		Free::set([(0, 1)].into());
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(2);
		assert!(include(batch(0, vec![fault_of(0, FaultKind::Unavailable)])));
		run(DEADLINE);
		assert_eq!(events().last(), Some(&expired(0, 2 * PRICE)));
		assert_eq!(Balances::free_balance(ALICE), PURSE - UPKEEP);
	});
}
