//! What an answer costs while many ask.

use crate::{api::Estimate, mock::*, Error};
use frame_support::{assert_noop, assert_ok};
use opg_primitives::{seams::UsageNote, FaultKind, TrustMode};

const SURPLUS: Balance = PRICE / 2;

#[test]
fn is_told_before_and_must_be_offered() {
	build_and_execute(|| {
		let quorum = TrustMode::Quorum { nodes: 3, agree: 2 };
		let estimate = |trust| Inference::estimate(MODEL, trust).map(|estimate| estimate.most);
		assert_eq!(estimate(TrustMode::Attested), Some(PRICE));
		Surplus::set(SURPLUS);
		assert_eq!(
			Inference::estimate(MODEL, TrustMode::Attested),
			Some(Estimate {
				price: PRICE,
				surplus: SURPLUS,
				most: PRICE + SURPLUS,
				upkeep: UPKEEP,
				transaction: 0
			})
		);
		assert_eq!(estimate(quorum), Some(3 * (PRICE + SURPLUS)));
		assert_eq!(estimate(TrustMode::Quorum { nodes: 3, agree: 1 }), None);
		assert_eq!(Inference::estimate(7, TrustMode::Attested), None);
		Surplus::set(PRICE + 1);
		assert_noop!(ask(ALICE, 1, DEADLINE), Error::<Test>::MaxFeeTooLow);
	});
}

#[test]
fn burns_beside_the_price_that_nodes_are_paid() {
	build_and_execute(|| {
		Surplus::set(SURPLUS);
		assert_ok!(ask(ALICE, 1, DEADLINE));
		Surplus::set(0);
		run(2);
		assert!(include(batch(0, vec![answer_to(0)])));
		assert_eq!(SurplusBurnt::get(), SURPLUS);
		assert_eq!(Balances::free_balance(owner_of(0)), PURSE + PRICE * 7 / 10);
		assert_eq!(Balances::free_balance(ALICE), PURSE - UPKEEP - PRICE - SURPLUS);
		let (spend, burn) = (PRICE + SURPLUS, burnt_of(PRICE) + SURPLUS);
		let settled = UsageNote::Settled { spend, burn, latency: 2 };
		assert_eq!(Counted::get().last(), Some(&(ALICE, MODEL, settled)));
		assert_eq!(Exposed::get(), [(0, PRICE)], "a bond answers for the price alone");
	});
}

#[test]
fn is_returned_where_there_is_no_answer() {
	build_and_execute(|| {
		Surplus::set(SURPLUS);
		assert_ok!(ask(ALICE, 1, DEADLINE));
		for node in [0, 1] {
			run(2);
			assert!(include(batch(node, vec![fault_of(0, FaultKind::Looped)])));
		}
		assert_eq!(SurplusBurnt::get(), 0);
		assert_eq!(Balances::free_balance(ALICE), PURSE - UPKEEP - 2 * (PRICE / 10));
	});
}

#[test]
fn rises_when_requests_wait_for_want_of_nodes() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(2);
		assert!(Waits::get().is_empty(), "a node was free");
		Free::set([(0, 0)].into());
		assert_ok!(ask(ALICE, 2, DEADLINE));
		run(3);
		assert_eq!(Waits::get(), [MODEL, MODEL]);
		HasPanels::set(false);
		MaxDraws::set(100);
		assert_ok!(ask_quorum(ALICE, 3, 3, 2));
		Waits::take();
		run(2);
		assert_eq!(Waits::get(), [MODEL; 3], "one block for the panel, two for the other");
	});
}
