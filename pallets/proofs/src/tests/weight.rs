//! A call is charged for the worst it may take and gets back what it did not.

use crate::{mock::*, Bill, Charged, Submission, WeightInfo};
use frame_support::{
	assert_ok,
	dispatch::{DispatchResultWithPostInfo, GetDispatchInfo},
	weights::Weight,
};
use proptest::prelude::*;

/// What a batch was charged before, and what it was charged after.
fn charged(batch: Vec<Submission<u64>>) -> (Weight, Weight) {
	let call = crate::Call::<Test>::submit_batch { submissions: batch.clone() };
	let before = call.get_dispatch_info().call_weight;
	let after = Proofs::submit_batch(RuntimeOrigin::signed(BOB), batch);
	(before, actual(after))
}

fn actual(result: DispatchResultWithPostInfo) -> Weight {
	let info = match result {
		Ok(info) => info,
		Err(error) => error.post_info,
	};
	info.actual_weight.expect("is said")
}

fn good(reference: u8) -> Submission<u64> {
	case("poly_8", "valid_0").submission(reference)
}

fn bad(reference: u8) -> Submission<u64> {
	let mut bad = good(reference);
	bad.proof = case("poly_8", "valid_1").proof;
	bad
}

#[test]
fn good_proofs_get_back_what_finding_bad_ones_would_have_taken() {
	build_and_execute(|| {
		assert!(case("poly_8", "valid_0").register(ALICE).is_ok());
		let (before, after) = charged((0..64).map(good).collect());
		assert!(after.ref_time() < before.ref_time() / 2, "{after:?} of {before:?}");
	});
}

#[test]
fn whoever_submits_bad_proofs_pays_for_finding_them() {
	let after = |bad_ones: &[u8]| {
		let mut weight = Weight::zero();
		build_and_execute(|| {
			assert!(case("poly_8", "valid_0").register(ALICE).is_ok());
			let pick = |index| if bad_ones.contains(&index) { bad(index) } else { good(index) };
			let (before, after) = charged((0..16).map(pick).collect());
			assert!(after.all_lte(before));
			weight = after;
		});
		weight.ref_time()
	};
	let stored = |many| (Bounds::store() + TELLING).ref_time() * many;
	let good = after(&[]) - stored(16);
	let one_bad = after(&[5]) - stored(15);
	let many_bad = after(&[0, 1, 2, 3, 8, 9, 15]) - stored(9);
	assert!(good < one_bad && one_bad < many_bad, "{good} {one_bad} {many_bad}");
}

#[test]
fn being_told_of_a_statement_is_paid_for_by_whoever_submits_it() {
	build_and_execute(|| {
		let case = case("cubic_1", "valid_0").registered();
		let most = || core::iter::once(Proofs::charged(case.id(), 1, 256));
		assert_eq!(
			Proofs::most_weight(most()),
			Bill::most(most()).weight::<Bounds>(Weight::zero()) + TELLING
		);
		let weight = actual(submit(BOB, case.submission(1)));
		let mut bill = Bill { stored: 0, ..Bill::most(most()) };
		assert!(weight.all_lte(bill.weight::<Bounds>(TELLING) + Bounds::store() + TELLING));
		bill.cost = Default::default();
		assert!(weight.all_gte(bill.weight::<Bounds>(TELLING) + Bounds::store() + TELLING));
	});
}

#[test]
fn what_is_refused_at_a_glance_costs_little() {
	build_and_execute(|| {
		let case = case("poly_8", "valid_0");
		let most = Proofs::most_weight(core::iter::once(Charged::groth16(case.id(), 8)));
		let unknown = actual(submit(BOB, case.submission(1)));
		assert!(unknown.ref_time() * 5 < most.ref_time(), "{unknown:?} of {most:?}");
		assert!(case.register(ALICE).is_ok());
		assert!(case.submit(BOB, 1).is_ok());
		let duplicate = actual(submit(BOB, case.submission(1)));
		assert!(duplicate.ref_time() * 5 < most.ref_time());
		let mut malformed = case.clone();
		malformed.proof = Default::default();
		let malformed = actual(submit(BOB, malformed.submission(2)));
		assert!(malformed.ref_time() * 2 < most.ref_time(), "{malformed:?} of {most:?}");
	});
}

#[test]
fn a_key_is_charged_for_by_its_inputs() {
	assert!(Bounds::register_key(70).ref_time() > Bounds::register_key(8).ref_time());
}

#[test]
fn the_most_of_the_longest_batch_is_counted_right() {
	let of = |claims: u32, keys: u8, inputs: usize| {
		let key = |claim: u32| sp_core::H256::repeat_byte((claim % u32::from(keys)) as u8);
		Bill::most((0..claims).map(|claim| Charged::groth16(key(claim), inputs)))
	};
	// 64 + 6 rounds of 32 on the left; under one key, three more pairs in each of 64 checks.
	let one = of(64, 1, 8);
	assert_eq!((one.cost.loops, one.cost.exponentiations), (256 + 192, 64));
	assert_eq!((one.cost.terms, one.cost.random_terms), (640, 512));
	assert_eq!((one.keys, one.key_inputs, one.cost.preparations), (1, 8, 67));
	let many = of(64, 64, 8);
	assert_eq!((many.cost.loops, many.cost.terms), (256 * 4, 256 * 10));
	assert_eq!(many.cost.preparations, 64 * 4);
	// Eight of eight keys in the groups of 64 and 32, 16 in two of 16, then 32 in each round.
	let some = of(64, 8, 70);
	assert_eq!(some.cost.terms, (8 + 8 + 16 + 4 * 32) * 72);
	assert_eq!(of(1, 1, 8).cost.loops, 4);
	assert_eq!(of(0, 1, 8), Bill::default());
	assert_eq!(of(1_000, 1, 8), of(64, 1, 8), "more are refused unread");
}

fn ezkl(model: &str) -> Case {
	ezkl_case(model, "valid_a")
}

#[test]
fn a_proof_of_ezkl_is_charged_by_what_its_key_makes_the_chain_do() {
	build_and_execute(|| {
		let cases = MODELS.map(|model| ezkl(model).registered());
		next_block();
		let weight = |case: &Case| {
			let charged = Proofs::charged(case.id(), case.inputs.len(), case.proof.len());
			Proofs::most_weight(core::iter::once(charged)).ref_time()
		};
		let [fixed, _, hashed, ..] = cases.each_ref().map(weight);
		assert!(fixed < hashed, "{fixed} {hashed}");
		for case in &cases {
			let after = actual(submit(BOB, case.submission(1)));
			// Nothing is left to find: one bad proof takes as much as a good one.
			assert!(after.ref_time() <= weight(case), "{}: {after:?}", case.name);
			assert!(after.ref_time() + 500_000_000 > weight(case), "{}: {after:?}", case.name);
		}
	});
}

#[test]
fn proofs_of_groth16_cost_what_they_did() {
	let one = Bill::most(core::iter::once(Charged::groth16(Default::default(), 8)));
	assert_eq!((one.programs, one.cost.points), (0, 0));
	assert_eq!((one.cost.operations, one.cost.words), (0, 0));
	assert_eq!((one.cost.preparations, one.cost.loops, one.cost.terms), (4, 4, 10));
}

#[test]
fn keys_of_one_reference_string_share_its_pairings() {
	build_and_execute(|| {
		let cases = MODELS.map(|model| ezkl(model).registered());
		next_block();
		let charged = |many: usize| {
			let cases = cases.iter().cycle().take(many);
			Bill::most(
				cases.map(|case| Proofs::charged(case.id(), case.inputs.len(), case.proof.len())),
			)
		};
		// As many checks as proofs, each of two pairs.
		let all = charged(20);
		assert_eq!((all.cost.exponentiations, all.cost.loops), (20, 40));
		assert_eq!((all.keys, all.programs, all.cost.preparations), (5, 5, 2));
		let (before, after) = charged_batch(&cases, 20);
		assert!(after.ref_time() * 2 < before.ref_time(), "{after:?} of {before:?}");
	});
}

fn charged_batch(cases: &[Case], many: u8) -> (Weight, Weight) {
	let cases = cases.iter().cycle().zip(1..=many);
	charged(cases.map(|(case, reference)| case.submission(reference)).collect())
}

#[test]
fn a_key_of_ezkl_is_charged_by_its_words() {
	assert!(Bounds::register_program(1_024).ref_time() > Bounds::register_program(150).ref_time());
}

#[test]
fn a_key_registered_in_the_same_block_is_not_checked_with() {
	build_and_execute(|| {
		let case = ezkl("mlp_4_8_3_hashed");
		// Weighed before its key is known.
		let call = crate::Call::<Test>::submit_batch { submissions: vec![case.submission(1)] };
		let before = call.get_dispatch_info().call_weight;
		assert_ok!(case.register(ALICE));
		let after = actual(submit(BOB, case.submission(1)));
		assert!(after.all_lte(before), "{after:?} of {before:?}");
	});
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(24))]

	#[test]
	fn never_more_than_was_charged_before_for_both_systems(
		picks in prop::collection::vec((0..4usize, prop::bool::weighted(0.3)), 1..14),
	) {
		build_and_execute(|| {
			let good = [
				case("cubic_1", "valid_0"),
				case("poly_8", "valid_0"),
				ezkl_case("mlp_4_8_3_fixed", "valid_a"),
				ezkl_case("sigmoid_6_5_2", "valid_a"),
			];
			let other = [
				case("cubic_1", "valid_1"),
				case("poly_8", "valid_1"),
				ezkl_case("mlp_4_8_3_fixed", "valid_b"),
				ezkl_case("sigmoid_6_5_2", "valid_b"),
			];
			good.iter().for_each(|case| case.register(ALICE).expect("a sound key"));
			next_block();
			let batch = picks.iter().enumerate().map(|(reference, (circuit, is_bad))| {
				let mut submission = good[*circuit].submission(reference as u8);
				if *is_bad {
					submission.proof = other[*circuit].proof.clone();
				}
				submission
			});
			let (before, after) = charged(batch.collect());
			assert!(after.all_lte(before), "{after:?} of {before:?}");
			let bad = picks.iter().filter(|(_, is_bad)| *is_bad).count();
			assert_eq!(Told::get().len(), picks.len() - bad, "the good ones are stored");
		});
	}

	#[test]
	fn never_more_than_was_charged_before(
		picks in prop::collection::vec((0..3usize, prop::bool::weighted(0.3)), 1..24),
	) {
		build_and_execute(|| {
			let good: Vec<_> = CIRCUITS.iter().map(|circuit| case(circuit, "valid_0")).collect();
			let other: Vec<_> = CIRCUITS.iter().map(|circuit| case(circuit, "valid_1")).collect();
			good.iter().for_each(|case| case.register(ALICE).expect("a sound key"));
			let batch = picks.iter().enumerate().map(|(reference, (circuit, is_bad))| {
				let mut submission = good[*circuit].submission(reference as u8);
				if *is_bad {
					submission.proof = other[*circuit].proof.clone();
				}
				submission
			});
			let (before, after) = charged(batch.collect());
			assert!(after.all_lte(before), "{after:?} of {before:?}");
		});
	}
}
