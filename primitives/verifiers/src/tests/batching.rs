//! Batches: bad claims are found, good ones pass in any company, and errors cannot cancel.

use super::{g1, points_of, proof_of, random, spoilt, Case, Trapdoor};
use crate::{
	groth16::{Groth16, Proof, VerifyingKey},
	Batch, Cost, Randomiser, Scalar, Transcript, Verdict, Verifier,
};
use ark_bn254::G1Projective;
use ark_ec::CurveGroup;
use ark_std::rand::rngs::StdRng;
use proptest::prelude::*;

type Owned = (VerifyingKey, Vec<Scalar>, Proof);

fn batch_of(claims: &[Owned]) -> Batch<'_> {
	let mut batch = Batch::new();
	for (key, inputs, proof) in claims {
		batch.push(Groth16::claim(key, inputs, proof).unwrap());
	}
	batch
}

/// Good claims under keys of 1, 2 and 5 inputs by turns.
fn good(count: usize, random: &mut StdRng) -> Vec<Owned> {
	let trapdoors: Vec<_> = [1, 2, 5].iter().map(|n| Trapdoor::new(*n, random)).collect();
	(0..count)
		.map(|index| {
			let trapdoor = &trapdoors[index % 3];
			let (inputs, proof) = trapdoor.statement_and_proof(random);
			(trapdoor.key(), inputs, proof)
		})
		.collect()
}

fn error(scalar: u64) -> G1Projective {
	G1Projective::from(g1(Scalar::from(scalar)))
}

fn verdicts(claims: usize, bad: &[usize]) -> Vec<Verdict> {
	let verdict = |index| if bad.contains(&index) { Verdict::Fails } else { Verdict::Holds };
	(0..claims).map(verdict).collect()
}

#[test]
fn an_empty_batch_holds() {
	let outcome = Batch::<crate::Pure>::new().verify(1);
	assert_eq!((outcome.verdicts.len(), outcome.cost.exponentiations), (0, 0));
	assert!(outcome.all_hold());
}

#[test]
fn good_claims_take_one_check() {
	let claims = good(20, &mut random());
	let outcome = batch_of(&claims).verify(1);
	assert!(outcome.all_hold());
	// A loop for each proof, and three for each of the three keys.
	let expected = Cost {
		loops: 20 + 9,
		exponentiations: 1,
		terms: 2 + 3 + 6 + 3,
		random_terms: 40,
		..Cost::default()
	};
	assert_eq!(outcome.cost, expected);
}

#[test]
fn keys_that_share_a_point_of_g2_share_its_loop() {
	let random = &mut random();
	let first = Trapdoor::new(1, random);
	let second = Trapdoor { gamma: first.gamma, ..Trapdoor::new(4, random) };
	let claims: Vec<_> = [&first, &second, &first, &second]
		.map(|trapdoor| {
			let (inputs, proof) = trapdoor.statement_and_proof(random);
			(trapdoor.key(), inputs, proof)
		})
		.into();
	let outcome = batch_of(&claims).verify(1);
	assert!(outcome.all_hold());
	assert_eq!(outcome.cost.loops, 4 + 2 * 2 + 1);
}

#[test]
fn the_announced_cost_is_the_one_spent() {
	let random = &mut random();
	let trapdoor = Trapdoor::new(6, random);
	let claims: Vec<_> = (0..5)
		.map(|_| {
			let (inputs, proof) = trapdoor.statement_and_proof(random);
			(trapdoor.key(), inputs, proof)
		})
		.collect();
	let spent = batch_of(&claims).verify(1).cost;
	let announced = Groth16::<crate::Pure>::batch_cost(6, 5);
	let decoding = Cost { preparations: 5 + 3, exponentiations: 0, ..spent };
	assert_eq!(announced, decoding);
	let spoilt_claims: Vec<_> = claims
		.iter()
		.map(|(key, inputs, proof)| (key.clone(), inputs.clone(), spoilt(proof, error(1))))
		.collect();
	let whole = announced.plus(Cost { exponentiations: 1, ..Cost::default() });
	for checks in 1..6 {
		let spent = batch_of(&spoilt_claims).verify(checks).cost;
		let most = whole.with_checks(checks);
		assert_eq!(spent.exponentiations, checks);
		assert!(spent.loops <= most.loops && spent.terms <= most.terms);
		assert!(spent.random_terms <= most.random_terms);
	}
}

#[test]
fn one_bad_claim_is_found_wherever_it_is() {
	let claims = good(16, &mut random());
	for bad in 0..16 {
		let mut claims = claims.clone();
		claims[bad].2 = spoilt(&claims[bad].2, error(1));
		let outcome = batch_of(&claims).verify(u32::MAX);
		assert_eq!(outcome.verdicts, verdicts(16, &[bad]));
		assert_eq!(outcome.cost.exponentiations, 1 + 4);
	}
}

#[test]
fn claims_that_are_all_bad_are_all_found() {
	for count in [1, 2, 3, 7, 8] {
		let mut claims = good(count, &mut random());
		for (_, _, proof) in &mut claims {
			*proof = spoilt(proof, error(1));
		}
		let outcome = batch_of(&claims).verify(u32::MAX);
		assert_eq!(outcome.verdicts, vec![Verdict::Fails; count]);
		let most = Batch::<crate::Pure>::checks_for_all(count);
		assert_eq!(outcome.cost.exponentiations, most);
	}
}

#[test]
fn without_checks_left_nothing_is_believed_or_blamed() {
	let mut claims = good(8, &mut random());
	claims[1].2 = spoilt(&claims[1].2, error(1));
	let batch = batch_of(&claims);
	assert_eq!(batch.verify(0).verdicts, vec![Verdict::Unresolved; 8]);
	assert_eq!(batch.verify(1).verdicts, vec![Verdict::Unresolved; 8]);
	let half = [vec![Verdict::Unresolved; 4], vec![Verdict::Holds; 4]].concat();
	assert_eq!(batch.verify(2).verdicts, half);
	assert_eq!(batch.verify(4).verdicts, verdicts(8, &[1]));
	assert_eq!(batch.verify(4).cost.exponentiations, 4);
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(24))]

	#[test]
	fn exactly_the_bad_claims_fail(mask in 0u16..1 << 10, count in 1usize..=10, seed in 1u64..) {
		let mut claims = good(count, &mut random());
		let bad: Vec<_> = (0..count).filter(|index| mask >> index & 1 == 1).collect();
		for index in &bad {
			claims[*index].2 = spoilt(&claims[*index].2, error(seed));
		}
		let outcome = batch_of(&claims).verify(Batch::<crate::Pure>::checks_for_all(count));
		prop_assert_eq!(outcome.verdicts, verdicts(count, &bad));
	}
}

/// Two proofs under one key whose errors are D and −D: the equations multiply to one.
fn cancelling(random: &mut StdRng) -> Vec<Owned> {
	let trapdoor = Trapdoor::new(2, random);
	[error(42), -error(42)]
		.map(|error| {
			let (inputs, proof) = trapdoor.statement_and_proof(random);
			(trapdoor.key(), inputs, spoilt(&proof, error))
		})
		.into()
}

#[test]
fn errors_that_cancel_without_randomisers_are_caught_with_them() {
	let claims = cancelling(&mut random());
	let batch = batch_of(&claims);
	assert!(batch.verify_with(1, &[Randomiser::ONE; 2]).all_hold(), "the attack is a real one");
	assert_eq!(batch.verify(u32::MAX).verdicts, verdicts(2, &[0, 1]));
}

#[test]
fn errors_that_cancel_in_a_larger_batch_are_caught() {
	let random = &mut random();
	let mut claims = good(9, random);
	let bad = cancelling(random);
	claims.insert(7, bad[1].clone());
	claims.insert(2, bad[0].clone());
	let batch = batch_of(&claims);
	assert!(batch.verify_with(1, &[Randomiser::ONE; 11]).all_hold(), "the attack is a real one");
	assert_eq!(batch.verify(u32::MAX).verdicts, verdicts(11, &[2, 8]));
}

/// Errors weighed to cancel under the randomisers of the batch as it was: changing the proofs
/// changes the randomisers.
#[test]
fn errors_made_for_known_randomisers_do_not_cancel() {
	let random = &mut random();
	let trapdoor = Trapdoor::new(1, random);
	let mut claims: Vec<_> = (0..2)
		.map(|_| {
			let (inputs, proof) = trapdoor.statement_and_proof(random);
			(trapdoor.key(), inputs, proof)
		})
		.collect();
	let known = randomisers(&claims);
	let (first, second) = (known[0].scalar(), known[1].scalar());
	claims[0].2 = spoilt(&claims[0].2, error(1) * second);
	claims[1].2 = spoilt(&claims[1].2, -error(1) * first);
	let batch = batch_of(&claims);
	assert!(batch.verify_with(1, &known).all_hold(), "the attack is a real one");
	assert_eq!(batch.verify(u32::MAX).verdicts, verdicts(2, &[0, 1]));
}

/// With the same B, errors in A cancel too.
#[test]
fn errors_of_proofs_that_share_a_point_are_caught() {
	let random = &mut random();
	let trapdoor = Trapdoor::new(1, random);
	let (inputs, proof) = trapdoor.statement_and_proof(random);
	let (a, b, c) = points_of(&proof);
	let shifted = |error: G1Projective| proof_of((error + a).into_affine(), b, c).unwrap();
	let claims = vec![
		(trapdoor.key(), inputs.clone(), shifted(error(5))),
		(trapdoor.key(), inputs.clone(), shifted(-error(5))),
		(trapdoor.key(), inputs, proof),
	];
	let batch = batch_of(&claims);
	assert!(batch.verify_with(1, &[Randomiser::ONE; 3]).all_hold(), "the attack is a real one");
	assert_eq!(batch.verify(u32::MAX).verdicts, verdicts(3, &[0, 1]));
}

/// Inputs moved from one proof to another under the same key, the sum staying the same.
#[test]
fn errors_of_inputs_that_cancel_are_caught() {
	let random = &mut random();
	let trapdoor = Trapdoor::new(2, random);
	let mut claims: Vec<_> = (0..2)
		.map(|_| {
			let (inputs, proof) = trapdoor.statement_and_proof(random);
			(trapdoor.key(), inputs, proof)
		})
		.collect();
	claims[0].1[0] += Scalar::from(1u64);
	claims[1].1[0] -= Scalar::from(1u64);
	let batch = batch_of(&claims);
	assert!(batch.verify_with(1, &[Randomiser::ONE; 2]).all_hold(), "the attack is a real one");
	assert_eq!(batch.verify(u32::MAX).verdicts, verdicts(2, &[0, 1]));
}

#[test]
fn swapped_proofs_and_the_same_proof_twice_have_their_verdicts() {
	let mut claims = good(6, &mut random());
	let (first, second) = (claims[0].2.clone(), claims[3].2.clone());
	(claims[0].2, claims[3].2) = (second, first);
	claims.push(claims[1].clone());
	claims.push(claims[0].clone());
	assert_eq!(batch_of(&claims).verify(u32::MAX).verdicts, verdicts(8, &[0, 3, 7]));
}

#[test]
fn a_proof_outside_the_subgroup_never_reaches_a_batch() {
	for name in ["B_wrong_subgroup", "B_plus_small_order"] {
		assert!(Case::called("cubic_1", name).decoded().is_err());
	}
}

fn randomisers(claims: &[Owned]) -> Vec<Randomiser> {
	let mut transcript = Transcript::new(claims.len());
	for (key, inputs, proof) in claims {
		use crate::Claim;
		Groth16::claim(key, inputs, proof).unwrap().absorb(&mut transcript);
	}
	transcript.randomisers().take(claims.len()).collect()
}

#[test]
fn every_part_of_every_claim_changes_every_randomiser() {
	let random = &mut random();
	let claims = good(3, random);
	let known = randomisers(&claims);
	assert_eq!(known, randomisers(&claims));
	let mut changes: Vec<Vec<Owned>> = Vec::new();
	for index in 0..3 {
		let mut changed = claims.clone();
		changed[index].1[0] += Scalar::from(1u64);
		changes.push(changed);
		let mut changed = claims.clone();
		changed[index].2 = spoilt(&claims[index].2, error(1));
		changes.push(changed);
		let (a, b, c) = points_of(&claims[index].2);
		let mut changed = claims.clone();
		changed[index].2 = proof_of(-a, b, c).unwrap();
		changes.push(changed);
		let mut changed = claims.clone();
		changed[index].2 = proof_of(a, -b, c).unwrap();
		changes.push(changed);
		let mut changed = claims.clone();
		changed[index].0 = Trapdoor::new(claims[index].1.len(), random).key();
		changes.push(changed);
	}
	changes.push(claims.iter().rev().cloned().collect());
	for changed in changes {
		let drawn = randomisers(&changed);
		assert!(drawn.iter().zip(&known).all(|(drawn, known)| drawn != known));
	}
	let shorter = randomisers(&claims[..2]);
	assert!(shorter.iter().zip(&known).all(|(drawn, known)| drawn != known));
}

#[test]
fn randomisers_differ_from_one_another() {
	let claims = good(40, &mut random());
	let mut scalars: Vec<_> = randomisers(&claims).iter().map(Randomiser::scalar).collect();
	scalars.sort();
	scalars.dedup();
	assert_eq!(scalars.len(), 40);
}

#[test]
fn parts_of_a_transcript_do_not_run_together() {
	let drawn = |parts: &[&[u8]]| {
		let mut transcript = Transcript::new(1);
		for part in parts {
			transcript.part(part);
		}
		transcript.randomisers().next().unwrap()
	};
	assert_ne!(drawn(&[b"ab", b"c"]), drawn(&[b"a", b"bc"]));
	assert_ne!(drawn(&[b"ab"]), drawn(&[b"ab", b""]));
}
