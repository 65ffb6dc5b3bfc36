//! What of a bond is spoken for, and for how long.

use crate::mock::*;
use frame_support::{assert_noop, assert_ok, traits::Hooks};
use opg_primitives::seams::{Delivery, NodeRegistry};

fn spoken_for(node: u32) -> Balance {
	Registry::spoken_for(&record(node))
}

#[test]
fn fades_after_two_windows() {
	build_and_execute(|| {
		let node = serving(ALICE, BOND);
		// The first block of a window, and the last.
		for (paid_at, gone_at) in [(40, 120), (199, 240)] {
			System::set_block_number(paid_at);
			Registry::expose(node, UNIT);
			assert_eq!(spoken_for(node), 100 * UNIT);
			System::set_block_number(gone_at - 1);
			assert_eq!(spoken_for(node), 100 * UNIT);
			System::set_block_number(gone_at);
			assert_eq!(spoken_for(node), 0);
		}
	});
}

#[test]
fn of_a_job_lasts_from_the_draw_to_its_end() {
	build_and_execute(|| {
		let node = serving(ALICE, BOND);
		assert_eq!(draw(1), Some(node));
		assert_eq!(spoken_for(node), 100 * FEE);
		System::set_block_number(1_000);
		assert_eq!(spoken_for(node), 100 * FEE, "a job in hand does not fade");
		end(node, Delivery::Missed);
		assert_eq!(spoken_for(node), 0);
	});
}

#[test]
fn of_the_last_job_ends_with_it_whatever_fee_is_named() {
	build_and_execute(|| {
		let node = serving(ALICE, BOND);
		assert_eq!(draw(1), Some(node));
		Registry::release(node, Delivery::Excused, 0);
		assert_eq!(spoken_for(node), 0);
	});
}

#[test]
fn is_waited_for_by_withdraw() {
	build_and_execute(|| {
		let node = serving(ALICE, BOND);
		assert_eq!(draw(1), Some(node));
		assert_ok!(Registry::unbond(RuntimeOrigin::signed(ALICE), node));
		System::set_block_number(130);
		end(node, Delivery::InTime);
		Registry::expose(node, FEE);
		let withdraw = || Registry::withdraw(RuntimeOrigin::signed(ALICE), node);
		System::set_block_number(199);
		assert_noop!(withdraw(), crate::Error::<Test>::NodeBonded);
		System::set_block_number(200);
		assert_ok!(withdraw());
	});
}

#[test]
#[should_panic = "a bond must outlast what it answers for"]
fn may_not_outlast_the_bond() {
	DisputeWindow::set(50);
	<Registry as Hooks<u64>>::integrity_test();
}
