//! A node from registration to withdrawal.

use crate::{mock::*, Error, Event, HoldReason, Nodes, Workers};
use frame_support::{
	assert_noop, assert_ok,
	traits::{fungible::InspectHold, LockableCurrency, WithdrawReasons},
};
use opg_primitives::{
	seams::{Delivery, NodeRegistry, Wanted},
	Roles,
};
use sp_runtime::TokenError;

fn bonded(who: u64) -> Balance {
	Balances::balance_on_hold(&HoldReason::Bond.into(), &who)
}

#[test]
fn register_holds_the_bond_and_knows_the_worker() {
	build_and_execute(|| {
		System::reset_events();
		let node = register(ALICE, BOND);
		assert_eq!(
			events(),
			[Event::Registered { node, owner: ALICE, roles: Roles::INFERENCE, bond: BOND }]
		);
		assert_eq!(bonded(ALICE), BOND);
		assert_eq!(Workers::<Test>::get(worker("0")), Some(node));
	});
}

#[test]
fn register_needs_a_role_a_bond_and_a_proven_key_of_its_own() {
	build_and_execute(|| {
		let register = |roles, name: &str, proven_for, bond| {
			Registry::register(
				RuntimeOrigin::signed(ALICE),
				roles,
				worker(name),
				proof(name, proven_for),
				bond,
			)
		};
		let inference = Roles::INFERENCE;
		assert_noop!(register(Roles::default(), "w", ALICE, BOND), Error::<Test>::NoRole);
		assert_noop!(register(inference, "w", ALICE, BOND - 1), Error::<Test>::BondTooLow);
		assert_noop!(register(inference, "w", BOB, BOND), Error::<Test>::WorkerNotProven);
		assert_noop!(register(inference, "w", ALICE, 11 * BOND), TokenError::FundsUnavailable);
		assert_ok!(register(inference, "w", ALICE, BOND));
		assert_noop!(register(inference, "w", ALICE, BOND), Error::<Test>::WorkerTaken);
	});
}

#[test]
fn register_takes_no_frozen_balance() {
	build_and_execute(|| {
		Balances::set_lock(*b"elsewher", &ALICE, 10 * BOND, WithdrawReasons::all());
		assert_noop!(
			Registry::register(
				RuntimeOrigin::signed(ALICE),
				Roles::INFERENCE,
				worker("w"),
				proof("w", ALICE),
				BOND
			),
			TokenError::FundsUnavailable
		);
	});
}

#[test]
fn bond_more_raises_what_the_node_may_carry() {
	build_and_execute(|| {
		let node = register(ALICE, BOND);
		let jobs = || Registry::bonded_jobs(&Nodes::<Test>::get(node).expect("registered"));
		assert_eq!(jobs(), 10);
		assert_ok!(Registry::bond_more(RuntimeOrigin::signed(ALICE), node, BOND));
		assert_eq!((jobs(), bonded(ALICE)), (20, 2 * BOND));
		assert_noop!(
			Registry::bond_more(RuntimeOrigin::signed(BOB), node, BOND),
			Error::<Test>::NotOwner
		);
	});
}

#[test]
fn rotate_key_replaces_the_worker() {
	build_and_execute(|| {
		let node = register(ALICE, BOND);
		let rotate = |name: &str, proven_for| {
			Registry::rotate_key(
				RuntimeOrigin::signed(ALICE),
				node,
				worker(name),
				proof(name, proven_for),
			)
		};
		assert_noop!(rotate("new", BOB), Error::<Test>::WorkerNotProven);
		assert_noop!(rotate("0", ALICE), Error::<Test>::WorkerTaken);
		assert_ok!(rotate("new", ALICE));
		assert_eq!(Registry::by_worker(&worker("0")), None);
		assert_eq!(Registry::by_worker(&worker("new")), Some(node));
	});
}

#[test]
fn unbond_ends_new_jobs_and_withdraw_returns_the_bond_after_the_delay() {
	build_and_execute(|| {
		let node = register(ALICE, BOND);
		report(node, &[0]);
		assert_ok!(Registry::unbond(RuntimeOrigin::signed(ALICE), node));
		assert_eq!(draw(0), None);
		let withdraw = || Registry::withdraw(RuntimeOrigin::signed(ALICE), node);
		assert_noop!(withdraw(), Error::<Test>::NodeBonded);
		System::set_block_number(101);
		assert_noop!(Registry::withdraw(RuntimeOrigin::signed(BOB), node), Error::<Test>::NotOwner);
		assert_ok!(withdraw());
		assert_eq!(Balances::free_balance(ALICE), 10 * BOND);
		assert_noop!(withdraw(), Error::<Test>::NodeUnknown);
	});
}

#[test]
fn withdraw_waits_for_the_last_job() {
	build_and_execute(|| {
		let node = register(ALICE, BOND);
		report(node, &[0]);
		let unpaid = Wanted { fee: 0, ..wanted(0, 1, &NOBODY, &[]) };
		assert_eq!(Registry::draw(&unpaid), Some(node));
		assert_ok!(Registry::unbond(RuntimeOrigin::signed(ALICE), node));
		System::set_block_number(500);
		let withdraw = || Registry::withdraw(RuntimeOrigin::signed(ALICE), node);
		assert_noop!(withdraw(), Error::<Test>::NodeBonded);
		Registry::release(node, Delivery::InTime, 0);
		assert_ok!(withdraw());
	});
}

#[test]
fn stale_answers_are_paid_from_the_bond_until_no_job_is_covered() {
	build_and_execute(|| {
		let node = register(ALICE, BOND);
		report(node, &[0]);
		System::reset_events();
		Registry::charge_stale(node, 3);
		assert_eq!(events(), [Event::StaleCharged { node, amount: 3 * UNIT }]);
		assert_eq!(bonded(ALICE), BOND - 3 * UNIT);
		// Below half of the least bond nobody is drawn, until the owner adds to it.
		Registry::charge_stale(node, 497);
		assert_eq!(draw(0), Some(node));
		end(node, Delivery::InTime);
		Registry::charge_stale(node, 1);
		assert_eq!(draw(0), None);
		assert_ok!(Registry::bond_more(RuntimeOrigin::signed(ALICE), node, UNIT));
		assert_eq!(draw(0), Some(node));
		Registry::charge_stale(node, u32::MAX);
		assert_eq!(bonded(ALICE), 0);
	});
}

#[test]
fn the_owner_names_a_key_to_seal_inputs_with_and_takes_it_back() {
	build_and_execute(|| {
		let node = register(ALICE, BOND);
		let key = || Nodes::<Test>::get(node).expect("registered").sealing;
		assert_eq!(key(), None);
		assert_noop!(
			Registry::set_sealing_key(RuntimeOrigin::signed(BOB), node, Some([7; 32])),
			Error::<Test>::NotOwner
		);
		System::reset_events();
		for named in [Some([7; 32]), Some([8; 32]), None] {
			assert_ok!(Registry::set_sealing_key(RuntimeOrigin::signed(ALICE), node, named));
			assert_eq!(key(), named);
			assert_eq!(events().last(), Some(&Event::SealingKeySet { node, key: named }));
		}
		assert_noop!(
			Registry::set_sealing_key(RuntimeOrigin::signed(ALICE), 9, None),
			Error::<Test>::NodeUnknown
		);
	});
}
