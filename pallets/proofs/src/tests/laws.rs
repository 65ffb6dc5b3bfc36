//! The laws hold after any sequence of calls, and a broken state is caught.

use crate::{
	mock::*, string_id, Keys, Leaves, NextExpiry, Programs, ReferenceStrings, Roots, Statements,
	WireKeys,
};
use frame_support::{assert_ok, weights::Weight};
use opg_primitives::seams::{ProofKeys, Provenance};
use proptest::prelude::*;
use sp_core::H256;

const STRINGS: [&str; 2] = ["srs", "srs_foreign"];

#[derive(Clone, Debug)]
enum Step {
	Register(u64, usize),
	Remove(u64, usize),
	Approve(usize),
	Revoke(usize),
	Acquire(usize),
	Release(usize),
	Submit(u64, usize, u8),
	Batch(u64, Vec<(usize, u8)>),
	Accept(usize),
	Retire(usize),
	Wait(u64),
	WaitCramped(u64),
}

/// Good ones, malleated ones and bad ones of two circuits, then some of EZKL, one for another reference string.
fn proofs() -> Vec<Case> {
	let names = ["valid_0", "valid_1", "malleable_negAB", "A_off_curve"];
	let mut proofs: Vec<_> = names.iter().map(|name| case("cubic_1", name)).collect();
	proofs.push(case("poly_8", "valid_0"));
	let mut swapped = case("poly_8", "valid_1");
	swapped.proof = case("poly_8", "valid_2").proof;
	proofs.push(swapped);
	let model = "mlp_4_8_3_fixed";
	let names = ["valid_a", "valid_b", "vka_foreign_srs", "inst_first_plus1"];
	let all = ezkl_cases_of(model);
	let named = |name: &&str| all.iter().find(|case| case.name.ends_with(*name)).cloned();
	proofs.extend(names.iter().filter_map(named));
	proofs
}

fn step() -> impl Strategy<Value = Step> {
	let who = 1..=3u64;
	let proof = 0..9usize;
	let submission = (proof.clone(), 0..3u8);
	prop_oneof![
		2 => (who.clone(), proof.clone()).prop_map(|(who, key)| Step::Register(who, key)),
		1 => (who.clone(), proof.clone()).prop_map(|(who, key)| Step::Remove(who, key)),
		1 => proof.clone().prop_map(Step::Approve),
		1 => proof.clone().prop_map(Step::Revoke),
		1 => proof.clone().prop_map(Step::Acquire),
		1 => proof.prop_map(Step::Release),
		6 => (who.clone(), submission.clone())
			.prop_map(|(who, (proof, reference))| Step::Submit(who, proof, reference)),
		3 => (who, prop::collection::vec(submission, 0..5))
			.prop_map(|(who, batch)| Step::Batch(who, batch)),
		1 => (0..2usize).prop_map(Step::Accept),
		1 => (0..2usize).prop_map(Step::Retire),
		2 => (1..4u64).prop_map(Step::Wait),
		2 => (1..15u64).prop_map(Step::WaitCramped),
	]
}

fn take(step: Step, proofs: &[Case]) {
	let signed = RuntimeOrigin::signed;
	// A step may be refused: only the laws matter here.
	match step {
		Step::Register(who, key) => {
			let _ = proofs[key].register(who);
		},
		Step::Remove(who, key) => {
			let _ = Proofs::remove_key(signed(who), proofs[key].id());
		},
		Step::Approve(key) => {
			let release = b"sp1".to_vec().try_into().expect("a short name");
			let provenance = Provenance::ZkVm { release };
			let _ = Proofs::approve_key(RuntimeOrigin::root(), proofs[key].id(), provenance);
		},
		Step::Revoke(key) => {
			let _ = Proofs::revoke_key(RuntimeOrigin::root(), proofs[key].id());
		},
		Step::Acquire(key) => {
			let _ = <Proofs as ProofKeys>::acquire(proofs[key].id());
		},
		Step::Release(key) => <Proofs as ProofKeys>::release(proofs[key].id()),
		Step::Submit(who, proof, reference) => {
			let _ = proofs[proof].submit(who, reference);
		},
		Step::Batch(who, batch) => {
			let batch =
				batch.into_iter().map(|(proof, reference)| proofs[proof].submission(reference));
			let _ = Proofs::submit_batch(signed(who), batch.collect());
		},
		Step::Accept(which) => {
			let source = b"a test".to_vec().try_into().expect("a short text");
			let points = reference_string(STRINGS[which]);
			let _ = Proofs::add_reference_string(RuntimeOrigin::root(), points, source);
		},
		Step::Retire(which) => {
			let id = string_id(&reference_string(STRINGS[which]));
			let _ = Proofs::remove_reference_string(RuntimeOrigin::root(), id);
		},
		Step::Wait(blocks) => wait(blocks),
		Step::WaitCramped(blocks) => {
			(0..blocks)
				.for_each(|_| next_block_with_room(Weight::from_parts(700_000_000, u64::MAX)));
		},
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(48))]

	#[test]
	fn hold_after_any_calls(steps in prop::collection::vec(step(), 1..40)) {
		let proofs = proofs();
		build_and_execute(|| {
			for step in steps {
				take(step, &proofs);
				crate::Pallet::<Test>::check_laws().expect("the laws hold after each step");
			}
		});
	}
}

fn with_a_statement(test: impl FnOnce(&Case, H256)) {
	build_and_execute(|| {
		let case = case("cubic_1", "valid_0").registered();
		assert_ok!(case.submit(BOB, 1));
		next_block();
		test(&case, case.statement(BOB, 1));
	});
}

#[test]
#[should_panic = "a deposit is held without a key, or the other way round"]
fn catch_a_deposit_without_a_key() {
	with_a_statement(|case, _| {
		Keys::<Test>::remove(case.id());
	});
}

#[test]
#[should_panic = "a deposit is held without a key, or the other way round"]
fn catch_a_deposit_that_is_off_by_a_unit() {
	with_a_statement(|case, _| {
		Keys::<Test>::mutate_extant(case.id(), |record| record.deposit += 1);
	});
}

#[test]
#[should_panic = "a key has no bytes"]
fn catch_a_key_without_bytes() {
	with_a_statement(|case, _| WireKeys::<Test>::remove(case.id()));
}

#[test]
#[should_panic = "a key is not what it is called by"]
fn catch_bytes_of_another_key() {
	with_a_statement(|registered, _| {
		WireKeys::<Test>::insert(registered.id(), case("poly_8", "valid_0").key);
	});
}

#[test]
#[should_panic = "bytes are kept of no key"]
fn catch_bytes_without_a_key() {
	with_a_statement(|case, _| WireKeys::<Test>::insert(H256::zero(), case.key.clone()));
}

#[test]
#[should_panic = "a statement counted twice"]
fn catch_a_statement_that_counted_twice() {
	with_a_statement(|_, statement| {
		assert_ok!(Leaves::<Test>::try_append(2, statement));
		assert_ok!(Leaves::<Test>::try_append(2, statement));
		Leaves::<Test>::remove(1);
		Roots::<Test>::remove(1);
		Statements::<Test>::mutate_extant(statement, |verified| verified.at = 2);
	});
}

#[test]
#[should_panic = "a listed statement is gone"]
fn catch_a_listed_statement_that_is_gone() {
	with_a_statement(|_, statement| Statements::<Test>::remove(statement));
}

#[test]
#[should_panic = "a statement is in no block's list"]
fn catch_a_statement_that_is_not_listed() {
	with_a_statement(|_, statement| {
		let verified = Statements::<Test>::get(statement).expect("is kept");
		Statements::<Test>::insert(H256::zero(), verified);
	});
}

#[test]
#[should_panic = "a statement is listed in another block"]
fn catch_a_statement_that_is_listed_in_another_block() {
	with_a_statement(|_, statement| {
		Statements::<Test>::mutate_extant(statement, |verified| verified.at = 2);
	});
}

#[test]
#[should_panic = "a list is older than what was pruned"]
fn catch_a_list_that_was_passed_over() {
	with_a_statement(|_, _| NextExpiry::<Test>::put(2));
}

#[test]
#[should_panic = "a root is not that of its statements"]
fn catch_a_wrong_root() {
	with_a_statement(|_, _| {
		Roots::<Test>::mutate_extant(1, |root| root.root = H256::zero());
	});
}

#[test]
#[should_panic = "a block's statements have no root"]
fn catch_a_missing_root() {
	with_a_statement(|_, _| Roots::<Test>::remove(1));
}

fn with_a_program(test: impl FnOnce(H256)) {
	build_and_execute(|| test(ezkl_case("mlp_4_8_3_fixed", "valid_a").registered().id()));
}

#[test]
#[should_panic = "a key has no program, or should have none"]
fn catch_a_key_without_its_program() {
	with_a_program(Programs::<Test>::remove);
}

#[test]
#[should_panic = "a program is not that of its key"]
fn catch_a_program_that_is_cheaper_than_its_key() {
	with_a_program(|key| {
		Programs::<Test>::mutate_extant(key, |program| program.operations -= 1);
	});
}

#[test]
#[should_panic = "a key is of another reference string"]
fn catch_a_program_of_another_reference_string() {
	with_a_program(|key| {
		Programs::<Test>::mutate_extant(key, |program| program.string = H256::zero());
	});
}

#[test]
#[should_panic = "a program is kept of no key"]
fn catch_a_program_of_no_key() {
	with_a_program(|key| {
		let program = Programs::<Test>::get(key).expect("is kept");
		Programs::<Test>::insert(H256::zero(), program);
	});
}

#[test]
#[should_panic = "a reference string has another name"]
fn catch_a_reference_string_under_another_name() {
	with_a_program(|_| {
		let id = string_id(&reference_string("srs"));
		let string = ReferenceStrings::<Test>::take(id).expect("is kept");
		ReferenceStrings::<Test>::insert(H256::zero(), string);
	});
}

#[test]
#[should_panic = "a reference string is not sound"]
fn catch_an_unsound_reference_string() {
	with_a_program(|_| {
		let id = string_id(&reference_string("srs"));
		let mut string = ReferenceStrings::<Test>::take(id).expect("is kept");
		string.points[63] ^= 1;
		ReferenceStrings::<Test>::insert(string_id(&string.points), string);
	});
}
