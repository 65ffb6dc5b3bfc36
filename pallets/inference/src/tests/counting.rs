//! Use is counted once for each request that is made and for each that ends.

use crate::mock::*;
use frame_support::assert_ok;
use opg_primitives::seams::UsageNote;

#[test]
fn counts_a_request_and_its_answer_with_what_was_paid_and_burnt() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(3);
		assert!(include(batch(0, vec![answer_to(0)])));
		let settled = UsageNote::Settled { spend: PRICE, burn: burnt_of(PRICE), latency: 3 };
		assert_eq!(Counted::get(), [(ALICE, MODEL, UsageNote::Requested), (ALICE, MODEL, settled)]);
	});
}

#[test]
fn counts_every_answer_of_a_batch() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		assert_ok!(ask(BOB, 1, DEADLINE));
		run(2);
		Counted::take();
		assert!(include(batch(0, vec![answer_to(0), answer_to(1)])));
		let settled = UsageNote::Settled { spend: PRICE, burn: burnt_of(PRICE), latency: 2 };
		assert_eq!(Counted::get(), [(ALICE, MODEL, settled), (BOB, MODEL, settled)]);
	});
}

#[test]
fn counts_what_returns_to_those_whose_requests_had_no_answer() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		assert_ok!(Inference::cancel(RuntimeOrigin::signed(ALICE), 0));
		let refund = 2 * PRICE;
		assert_eq!(Counted::get().last(), Some(&(ALICE, MODEL, UsageNote::Cancelled { refund })));
		assert_ok!(ask(BOB, 1, DEADLINE));
		run(DEADLINE);
		assert_eq!(Counted::get().last(), Some(&(BOB, MODEL, UsageNote::Expired { refund })));
		assert_eq!(Counted::get().len(), 4);
	});
}

#[test]
fn counts_no_call_that_was_refused() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		assert!(ask(ALICE, 1, DEADLINE).is_err());
		assert_eq!(Counted::get().len(), 1);
	});
}
