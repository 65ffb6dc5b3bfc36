//! What a lie costs, who is barred or jailed, and how a node comes back.

use crate::{mock::*, Error, Event, HoldReason, Lists, Nodes, Status};
use frame_support::{
	assert_noop, assert_ok,
	pallet_prelude::InvalidTransaction,
	traits::{fungible::InspectHold, UnfilteredDispatchable},
};
use opg_primitives::{
	seams::{Delivery, NodeRegistry},
	NodeId,
};
use sp_runtime::DispatchError;

/// Blocks in jail.
const TIME: u64 = 50;

fn bonded(who: u64) -> Balance {
	Balances::balance_on_hold(&HoldReason::Bond.into(), &who)
}

fn leave(who: u64, node: NodeId) -> sp_runtime::DispatchResult {
	Registry::leave_jail(RuntimeOrigin::signed(who), node)
}

/// Wrong answers in a row until the score is too low.
fn lie(node: NodeId) {
	(0..4).for_each(|model| Registry::punish(node, model, FEE));
}

#[test]
fn punish_burns_the_factor_times_the_fee_and_bars_from_the_model() {
	build_and_execute(|| {
		let node = serving(ALICE, 2 * BOND);
		System::set_block_number(3);
		report(node, &[0, 1]);
		earn(node, 1);
		earn(node, 2);
		let issued = Balances::total_issuance();
		System::reset_events();
		Registry::punish(node, 0, FEE);
		let amount = 200 * FEE;
		assert_eq!(events(), [Event::Punished { node, model: 0, amount }]);
		assert_eq!((bonded(ALICE), record(node).bond), (2 * BOND - amount, 2 * BOND - amount));
		assert_eq!(Balances::total_issuance(), issued - amount);
		assert_eq!(record(node).capacity.limit(64), 4, "for other models it works as before");
		assert_eq!((record(node).status, draw(1)), (Status::Active, None));
		assert_eq!((Registry::operators(0), Registry::operators(1)), (0, 1), "others stay");
	});
}

#[test]
fn a_bar_outlasts_heartbeats_and_ends_after_the_time_in_jail() {
	build_and_execute(|| {
		let node = serving(ALICE, BOND);
		Registry::punish(node, 0, FEE);
		System::set_block_number(TIME);
		report(node, &[0]);
		assert_eq!((draw(1), Registry::serves(0)), (None, false));
		System::set_block_number(TIME + 2);
		report(node, &[0]);
		assert_eq!((draw(1), Registry::serves(0)), (Some(node), true));
	});
}

#[test]
fn slash_burns_what_governance_decided_and_jails() {
	build_and_execute(|| {
		let node = serving(ALICE, 2 * BOND);
		let slash = |origin, node, amount| Registry::slash(origin, node, amount);
		let root = RuntimeOrigin::root;
		assert_noop!(slash(RuntimeOrigin::signed(ALICE), node, 1), DispatchError::BadOrigin);
		assert_noop!(slash(root(), node + 1, 1), Error::<Test>::NodeUnknown);
		assert_noop!(slash(root(), node, 0), Error::<Test>::NothingToSlash);
		let issued = Balances::total_issuance();
		System::reset_events();
		assert_ok!(slash(root(), node, BOND / 2));
		let until = System::block_number() + TIME;
		assert_eq!(
			events(),
			[Event::Slashed { node, amount: BOND / 2 }, Event::Jailed { node, until }]
		);
		assert_eq!((bonded(ALICE), issued - Balances::total_issuance()), (3 * BOND / 2, BOND / 2));
		assert_eq!(draw(1), None);
		assert_ok!(slash(root(), node, Balance::MAX));
		assert_eq!(bonded(ALICE), 0);
		assert_noop!(slash(root(), node, 1), Error::<Test>::NothingToSlash);
	});
}

#[test]
fn punish_takes_no_more_than_the_bond() {
	build_and_execute(|| {
		let node = serving(ALICE, BOND);
		Registry::punish(node, 0, 3 * UNIT);
		assert_eq!(bonded(ALICE), 400 * UNIT);
		Registry::punish(node, 0, 3 * UNIT);
		assert_eq!(bonded(ALICE), 0);
	});
}

#[test]
fn wrong_answers_in_a_row_jail_and_earned_trust_shields() {
	build_and_execute(|| {
		let (fresh, trusted) = (serving(ALICE, BOND), serving(BOB, BOND));
		earn(trusted, 30);
		System::reset_events();
		lie(fresh);
		lie(trusted);
		assert!(events().contains(&Event::Jailed { node: fresh, until: 1 + TIME }));
		assert_eq!(record(fresh).status, Status::Jailed { until: 1 + TIME });
		assert_eq!(record(trusted).status, Status::Active);
	});
}

#[test]
fn punish_leaves_the_jobs_to_be_given_back() {
	build_and_execute(|| {
		let node = serving(ALICE, BOND);
		assert_eq!(draw(1), Some(node));
		lie(node);
		assert_eq!(record(node).capacity.used(), 1);
		System::reset_events();
		end(node, Delivery::Missed);
		assert_eq!(events(), [], "nobody is jailed twice for a miss");
		assert_eq!(record(node).capacity.used(), 0);
	});
}

#[test]
fn punish_does_not_end_unbonding() {
	build_and_execute(|| {
		let node = serving(ALICE, BOND);
		assert_ok!(Registry::unbond(RuntimeOrigin::signed(ALICE), node));
		lie(node);
		assert_eq!(bonded(ALICE), BOND - 4 * 200 * FEE);
		assert_eq!(record(node).status, Status::Unbonding { until: 101 });
		System::set_block_number(101);
		assert_ok!(Registry::withdraw(RuntimeOrigin::signed(ALICE), node));
	});
}

#[test]
fn four_misses_in_a_row_jail() {
	build_and_execute(|| {
		let node = serving(ALICE, BOND);
		for number in 0..4 {
			assert_eq!(record(node).status, Status::Active);
			assert_eq!(draw(number), Some(node));
			System::reset_events();
			end(node, Delivery::Missed);
		}
		assert_eq!(events(), [Event::Jailed { node, until: 1 + TIME }]);
		assert_eq!((draw(9), Registry::operators(0)), (None, 0));
		assert_eq!(bonded(ALICE), BOND, "missing is not lying");
	});
}

#[test]
fn misses_do_not_end_unbonding() {
	build_and_execute(|| {
		let node = serving(ALICE, BOND);
		Nodes::<Test>::mutate_extant(node, |record| {
			(0..5).for_each(|_| record.capacity.take());
		});
		assert_ok!(Registry::unbond(RuntimeOrigin::signed(ALICE), node));
		(0..5).for_each(|_| end(node, Delivery::Missed));
		assert!(record(node).score.is_low());
		assert_eq!(record(node).status, Status::Unbonding { until: 101 });
	});
}

#[test]
fn answers_in_time_raise_the_score_and_excuses_do_not() {
	build_and_execute(|| {
		let node = serving(ALICE, BOND);
		for (delivery, score) in
			[(Delivery::InTime, 531), (Delivery::Excused, 531), (Delivery::Missed, 399)]
		{
			assert_eq!(draw(1), Some(node));
			end(node, delivery);
			assert_eq!(record(node).score.permille(), score);
		}
		assert_eq!((record(node).answered, record(node).missed), (1, 1));
	});
}

#[test]
fn jail_ends_by_call_after_its_time() {
	build_and_execute(|| {
		let node = serving(ALICE, 2 * BOND);
		assert_noop!(leave(ALICE, node), Error::<Test>::NotJailed);
		lie(node);
		System::set_block_number(TIME);
		assert_noop!(leave(ALICE, node), Error::<Test>::StillJailed);
		System::set_block_number(TIME + 1);
		assert_noop!(leave(BOB, node), Error::<Test>::NotOwner);
		assert_noop!(leave(ALICE, 7), Error::<Test>::NodeUnknown);
		System::reset_events();
		assert_ok!(leave(ALICE, node));
		assert_eq!(events(), [Event::LeftJail { node }]);
		assert_eq!(record(node).status, Status::Active);
		assert_eq!(record(node).score.permille(), 500);
		assert_noop!(leave(ALICE, node), Error::<Test>::NotJailed);
	});
}

#[test]
fn jail_is_left_with_the_least_bond_only() {
	build_and_execute(|| {
		let node = serving(ALICE, BOND);
		lie(node);
		System::set_block_number(TIME + 1);
		assert_noop!(leave(ALICE, node), Error::<Test>::BondTooLow);
		assert_ok!(Registry::bond_more(RuntimeOrigin::signed(ALICE), node, 4 * 200 * FEE));
		assert_ok!(leave(ALICE, node));
	});
}

#[test]
fn jail_refuses_heartbeats() {
	build_and_execute(|| {
		let node = serving(ALICE, BOND);
		lie(node);
		System::set_block_number(10);
		let call = heartbeat(node, &[0]);
		assert_eq!(authorize(&call), Err(InvalidTransaction::BadSigner.into()));
		let refused = call.dispatch_bypass_filter(frame_system::RawOrigin::Authorized.into());
		assert_eq!(refused.map_err(|why| why.error), Err(Error::<Test>::NodeJailed.into()));
		assert!(!Lists::<Test>::contains_key(0));
	});
}

#[test]
fn heartbeat_after_jail_rejoins() {
	build_and_execute(|| {
		let node = serving(ALICE, 2 * BOND);
		lie(node);
		System::set_block_number(TIME + 1);
		assert_ok!(leave(ALICE, node));
		assert_eq!((draw(1), Registry::serves(0)), (None, false));
		report(node, &[0]);
		assert_eq!((Registry::operators(0), draw(1)), (1, Some(node)));
	});
}

#[test]
fn unbond_from_jail_counts_from_then() {
	build_and_execute(|| {
		let node = serving(ALICE, BOND);
		lie(node);
		System::set_block_number(20);
		assert_ok!(Registry::unbond(RuntimeOrigin::signed(ALICE), node));
		assert_eq!(record(node).status, Status::Unbonding { until: 120 });
		System::set_block_number(119);
		let withdraw = || Registry::withdraw(RuntimeOrigin::signed(ALICE), node);
		assert_noop!(withdraw(), Error::<Test>::NodeBonded);
		assert_noop!(leave(ALICE, node), Error::<Test>::NotJailed);
		System::set_block_number(120);
		assert_ok!(withdraw());
	});
}

#[test]
fn a_key_may_be_rotated_in_jail() {
	build_and_execute(|| {
		let node = serving(ALICE, BOND);
		lie(node);
		assert_ok!(Registry::rotate_key(
			RuntimeOrigin::signed(ALICE),
			node,
			worker("new"),
			proof("new", ALICE)
		));
	});
}
