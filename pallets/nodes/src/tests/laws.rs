//! The laws hold after any sequence of calls, and broken states are caught.

use crate::{mock::*, Candidates, List, Lists, Nodes, Operators, Score, Status};
use frame_support::traits::UnfilteredDispatchable;
use opg_primitives::{
	seams::{Delivery, NodeRegistry, Wanted},
	ModelId, NodeId, Roles,
};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
	Register(u64, Balance),
	BondMore(u64, NodeId, Balance),
	Unbond(u64, NodeId),
	Withdraw(u64, NodeId),
	LeaveJail(u64, NodeId),
	Report(NodeId, Vec<ModelId>),
	Draw(Who, ModelId, u64, Balance, Vec<NodeId>),
	End(usize, Delivery),
	Punish(NodeId, ModelId, Balance),
	Charge(NodeId, u32),
	Slash(NodeId, Balance),
	Wait(u64),
}

#[derive(Clone, Copy, Debug)]
enum Who {
	One,
	Seats(u8),
	Jury(u8),
}

fn who() -> impl Strategy<Value = Who> {
	prop_oneof![Just(Who::One), (1..5u8).prop_map(Who::Seats), (1..5u8).prop_map(Who::Jury)]
}

fn delivery() -> impl Strategy<Value = Delivery> {
	prop_oneof![
		4 => Just(Delivery::InTime),
		2 => Just(Delivery::Missed),
		1 => Just(Delivery::Excused)
	]
}

fn step() -> impl Strategy<Value = Step> {
	let owner = 1..=5u64;
	let node = 0..8u32;
	let fee = 0..8 * UNIT;
	let models = prop::collection::btree_set(0..3u32, 0..4);
	let not = prop::collection::vec(node.clone(), 0..3);
	let and_node = (owner.clone(), node.clone());
	prop_oneof![
		2 => (owner, 0..3u64).prop_map(|(who, bonds)| Step::Register(who, bonds * BOND)),
		1 => (and_node.clone(), 0..3u64)
			.prop_map(|((who, node), bonds)| Step::BondMore(who, node, bonds * BOND)),
		1 => and_node.clone().prop_map(|(who, node)| Step::Unbond(who, node)),
		1 => and_node.clone().prop_map(|(who, node)| Step::Withdraw(who, node)),
		2 => and_node.prop_map(|(who, node)| Step::LeaveJail(who, node)),
		6 => (node.clone(), models)
			.prop_map(|(node, models)| Step::Report(node, models.into_iter().collect())),
		10 => (who(), 0..3u32, any::<u64>(), fee.clone(), not)
			.prop_map(|(who, model, seed, fee, not)| Step::Draw(who, model, seed, fee, not)),
		6 => (any::<prop::sample::Index>(), delivery())
			.prop_map(|(job, delivery)| Step::End(job.index(1_000), delivery)),
		1 => (node.clone(), 0..3u32, fee)
			.prop_map(|(node, model, fee)| Step::Punish(node, model, fee)),
		1 => (node.clone(), 0..3u32).prop_map(|(node, items)| Step::Charge(node, items)),
		1 => (node, 0..BOND).prop_map(|(node, amount)| Step::Slash(node, amount)),
		4 => (1..10u64).prop_map(Step::Wait),
		1 => (10..90u64).prop_map(Step::Wait),
	]
}

/// Jobs given and not ended: who has them, and for what.
type Jobs = Vec<(NodeId, Balance)>;

fn take(step: Step, jobs: &mut Jobs) {
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
		Step::LeaveJail(who, node) => {
			let _ = Registry::leave_jail(signed(who), node);
		},
		Step::Report(node, models) => {
			let call = heartbeat(node, &models);
			if authorize(&call).is_ok() {
				let origin = frame_system::RawOrigin::Authorized;
				let _ = call.dispatch_bypass_filter(origin.into());
			}
		},
		Step::Draw(who, model, number, fee, not) => {
			jobs.extend(seated(who, &Wanted { fee, ..wanted(model, number, &ALICE, &not) }));
		},
		Step::End(job, delivery) => {
			if jobs.is_empty() {
				return;
			}
			let (node, fee) = jobs.swap_remove(job % jobs.len());
			Registry::release(node, delivery, fee);
			if delivery == Delivery::InTime {
				Registry::expose(node, fee);
			}
		},
		Step::Punish(node, model, fee) => Registry::punish(node, model, fee),
		Step::Slash(node, amount) => {
			let _ = Registry::slash(RuntimeOrigin::root(), node, amount);
		},
		Step::Charge(node, items) => Registry::charge_stale(node, items),
		Step::Wait(blocks) => System::set_block_number(System::block_number() + blocks),
	}
}

/// Draws, and checks what every draw promises.
fn seated(who: Who, wanted: &Wanted<u64, Balance>) -> Jobs {
	let (drawn, seats) = match who {
		Who::One => (Registry::draw(wanted).map(|node| vec![node]), 1),
		Who::Seats(seats) => (Registry::draw_seats(wanted, seats), seats),
		Who::Jury(seats) => (Registry::draw_jury(wanted, seats), seats),
	};
	let Some(drawn) = drawn else { return Vec::new() };
	assert_eq!(drawn.len(), usize::from(seats));
	let mut owners = vec![*wanted.asker];
	owners.extend(wanted.not.iter().filter_map(|node| Registry::owner(*node)));
	for node in &drawn {
		let record = record(*node);
		assert_eq!(record.status, Status::Active);
		assert!(Registry::spoken_for(&record) <= record.bond, "a drawn node's bond covers it all");
		assert!(200 * wanted.fee <= record.bond, "and pays for a lie");
		assert!(!record.bars.holds(wanted.model, System::block_number()));
		assert!(!owners.contains(&record.owner), "the owner asked, was named or has a seat");
		owners.push(record.owner);
	}
	drawn.into_iter().map(|node| (node, wanted.fee)).collect()
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(128))]

	#[test]
	fn hold_after_any_calls(steps in prop::collection::vec(step(), 1..120)) {
		build_and_execute(|| {
			(1..=4).for_each(|owner| report(register(owner, BOND), &[0, 1]));
			let mut jobs = Jobs::new();
			for step in steps {
				take(step, &mut jobs);
				Registry::check_laws().expect("the laws hold after each step");
				let carried: u32 = Nodes::<Test>::iter_values().map(|one| one.capacity.used()).sum();
				assert_eq!(carried as usize, jobs.len(), "each job has a place, each place a job");
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
		let node = serving(ALICE, BOND);
		Lists::<Test>::insert(0, List { nodes: 2, operators: 1 });
		Candidates::<Test>::insert(0, 1, node);
	});
}

#[test]
#[should_panic = "operators are miscounted"]
fn catch_a_wrong_number_of_operators() {
	build_and_execute(|| {
		serving(ALICE, BOND);
		Lists::<Test>::mutate(0, |list| list.operators += 1);
	});
}

#[test]
#[should_panic = "an operator's nodes are counted wrong"]
fn catch_a_wrong_number_of_an_operators_nodes() {
	build_and_execute(|| {
		serving(ALICE, BOND);
		Operators::<Test>::insert(0, ALICE, 2);
	});
}

#[test]
#[should_panic = "an operator without a node is counted"]
fn catch_an_operator_without_a_node() {
	build_and_execute(|| {
		serving(ALICE, BOND);
		Operators::<Test>::insert(0, BOB, 1);
	});
}

#[test]
#[should_panic = "a candidate is no active node"]
fn catch_a_candidate_in_jail() {
	build_and_execute(|| {
		let node = serving(ALICE, BOND);
		Nodes::<Test>::mutate_extant(node, |record| record.status = Status::Jailed { until: 9 });
	});
}

#[test]
#[should_panic = "a candidate is barred from the model"]
fn catch_a_candidate_that_is_barred() {
	build_and_execute(|| {
		let node = serving(ALICE, BOND);
		Nodes::<Test>::mutate_extant(node, |record| record.bars.put(0, 1, 9));
	});
}

#[test]
#[should_panic = "more is spoken for than was bonded"]
fn catch_an_exposure_beyond_the_bond() {
	build_and_execute(|| {
		let node = register(ALICE, BOND);
		Registry::expose(node, 10 * UNIT + 1);
	});
}

#[test]
#[should_panic = "something is in hand without a job"]
fn catch_a_stake_without_a_job() {
	build_and_execute(|| {
		let node = register(ALICE, BOND);
		Nodes::<Test>::mutate_extant(node, |record| record.exposure.take_on(1));
	});
}

#[test]
#[should_panic = "an active node has too low a score"]
fn catch_an_active_node_with_a_low_score() {
	build_and_execute(|| {
		let node = register(ALICE, BOND);
		Nodes::<Test>::mutate_extant(node, |record| record.score = Score::NONE);
	});
}
