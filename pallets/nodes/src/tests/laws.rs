//! The laws hold after any sequence of calls, and broken states are caught.

use crate::{mock::*, Candidates, Nodes};
use frame_support::traits::UnfilteredDispatchable;
use opg_primitives::{
	seams::{Delivery, NodeRegistry},
	ModelId, NodeId, Roles,
};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
	Register(u64, Balance),
	BondMore(u64, NodeId, Balance),
	Unbond(u64, NodeId),
	Withdraw(u64, NodeId),
	Report(NodeId, Vec<ModelId>),
	Draw(ModelId, u64),
	Release(NodeId, bool),
	Charge(NodeId, u32),
	Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
	let who = 1..=3u64;
	let node = 0..5u32;
	let models = prop::collection::btree_set(0..5u32, 0..4);
	prop_oneof![
		(who.clone(), 0..3u64).prop_map(|(who, bonds)| Step::Register(who, bonds * BOND)),
		(who.clone(), node.clone(), 0..3u64).prop_map(|(who, node, bonds)| Step::BondMore(
			who,
			node,
			bonds * BOND
		)),
		(who.clone(), node.clone()).prop_map(|(who, node)| Step::Unbond(who, node)),
		(who, node.clone()).prop_map(|(who, node)| Step::Withdraw(who, node)),
		(node.clone(), models)
			.prop_map(|(node, models)| Step::Report(node, models.into_iter().collect())),
		(0..5u32, any::<u64>()).prop_map(|(model, number)| Step::Draw(model, number)),
		(node.clone(), any::<bool>()).prop_map(|(node, in_time)| Step::Release(node, in_time)),
		(node, 0..3u32).prop_map(|(node, items)| Step::Charge(node, items)),
		(1..60u64).prop_map(Step::Wait),
	]
}

fn take(step: Step) {
	let signed = RuntimeOrigin::signed;
	// A step may be refused: only the laws matter here.
	match step {
		Step::Register(who, bond) => {
			let name = crate::NextNode::<Test>::get().to_string();
			let _ = Registry::register(
				signed(who),
				Roles::INFERENCE,
				worker(&name),
				proof(&name, who),
				bond,
			);
		},
		Step::BondMore(who, node, amount) => {
			let _ = Registry::bond_more(signed(who), node, amount);
		},
		Step::Unbond(who, node) => {
			let _ = Registry::unbond(signed(who), node);
		},
		Step::Withdraw(who, node) => {
			let _ = Registry::withdraw(signed(who), node);
		},
		Step::Report(node, models) => {
			let call = heartbeat(node, &models);
			if authorize(&call).is_ok() {
				let origin = frame_system::RawOrigin::Authorized;
				let _ = call.dispatch_bypass_filter(origin.into());
			}
		},
		Step::Draw(model, number) => {
			let _ = Registry::draw(model, seed(number), &ALICE, None);
		},
		Step::Release(node, in_time) => {
			let delivery = if in_time { Delivery::InTime } else { Delivery::Missed };
			Registry::release(node, delivery);
		},
		Step::Charge(node, items) => Registry::charge_stale(node, items),
		Step::Wait(blocks) => System::set_block_number(System::block_number() + blocks),
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn hold_after_any_calls(steps in prop::collection::vec(step(), 1..60)) {
		build_and_execute(|| {
			for step in steps {
				take(step);
				Registry::check_laws().expect("the laws hold after each step");
			}
		});
	}
}

#[test]
#[should_panic = "a bond is held without a node"]
fn catch_a_bond_that_does_not_match() {
	build_and_execute(|| {
		let node = register(ALICE, BOND);
		Nodes::<Test>::mutate_extant(node, |record| record.bond += 1);
	});
}

#[test]
#[should_panic = "a candidate does not know its place"]
fn catch_a_candidate_listed_twice() {
	build_and_execute(|| {
		let node = register(ALICE, BOND);
		report(node, &[0]);
		crate::CandidateCounts::<Test>::insert(0, 2);
		Candidates::<Test>::insert(0, 1, node);
	});
}
