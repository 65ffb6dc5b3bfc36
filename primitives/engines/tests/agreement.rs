//! Machine code, Wasm, and Wasm with the node's arithmetic: the same verdicts for the same reasons at the same cost.

#[path = "support/executor.rs"]
mod executor;
#[path = "support/vectors.rs"]
mod vectors;

use executor::Executor;
use opg_engines::{answer, Answer, Task, Way, EXPORTS};
use opg_host::HostEngine;
use opg_verifiers::Pure;
use vectors::{cases_of, Case, CIRCUITS};

fn task(cases: &[Case], way: Way) -> Task {
	Task {
		keys: cases.iter().map(|case| case.key.clone()).collect(),
		claims: cases.iter().enumerate().map(|(key, case)| case.claim(key)).collect(),
		way,
		rounds: 0,
	}
}

/// The answer that all four ways give.
fn agreed(executor: &Executor, task: &Task) -> Answer {
	let native = answer::<Pure>(task);
	assert_eq!(answer::<HostEngine>(task), native, "machine code, by the node's functions");
	for export in EXPORTS {
		assert_eq!(executor.answer(export, task), native, "{export}");
	}
	native
}

#[test]
fn every_vector_has_its_verdict_everywhere_for_the_same_reason() {
	let executor = Executor::new();
	for circuit in CIRCUITS {
		let cases = cases_of(circuit);
		let said = agreed(&executor, &task(&cases, Way::Single));
		for (case, (key, claim)) in cases.iter().zip(said.keys.iter().zip(&said.claims)) {
			assert_eq!(!key.is_empty(), case.at_registration, "{}: {key}", case.name);
			assert_eq!(claim.is_empty(), case.accept, "{}: {claim}", case.name);
		}
	}
}

#[test]
fn a_batch_of_all_vectors_finds_the_same_bad_ones_everywhere_at_the_same_cost() {
	let executor = Executor::new();
	let cases: Vec<_> = CIRCUITS.iter().flat_map(|circuit| cases_of(circuit)).collect();
	assert_eq!(cases.len(), 102);
	let said = agreed(&executor, &task(&cases, Way::Batch));
	for (case, claim) in cases.iter().zip(&said.claims) {
		assert_eq!(claim.is_empty(), case.accept, "{}: {claim}", case.name);
	}
	assert!(said.cost.contains("exponentiations"));
}

#[test]
fn every_flipped_byte_of_a_proof_has_the_same_verdict_everywhere() {
	let executor = Executor::new();
	let case = cases_of("cubic_1").into_iter().find(|case| case.accept).expect("a valid one");
	let claims = (0..case.proof.len()).map(|byte| {
		let mut claim = case.claim(0);
		claim.2[byte] ^= 1 << (byte % 8);
		claim
	});
	let task = Task {
		keys: vec![case.key.clone()],
		claims: claims.collect(),
		way: Way::Single,
		rounds: 0,
	};
	let said = agreed(&executor, &task);
	assert_eq!((said.claims.len(), said.held), (case.proof.len(), 0));
}

#[test]
fn a_claim_under_no_key_is_refused_everywhere() {
	let task =
		Task { keys: Vec::new(), claims: vec![(7, vec![], vec![])], way: Way::Batch, rounds: 1 };
	let said = agreed(&Executor::new(), &task);
	assert_eq!(said.claims, ["no sound key"]);
}
