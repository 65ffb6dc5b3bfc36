//! Machine code, Wasm, and Wasm with the node's arithmetic: the same verdicts for the same reasons at the same cost.

#[path = "support/executor.rs"]
mod executor;
#[path = "support/vectors.rs"]
mod vectors;

use executor::Executor;
use opg_engines::{answer, Answer, System, Task, Way, EXPORTS};
use opg_host::HostEngine;
use opg_verifiers::Pure;
use vectors::{cases_of, ezkl, ezkl_cases_of, Case, CIRCUITS, MODELS};

fn task(system: System, cases: &[Case], way: Way) -> Task {
	Task {
		system,
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

fn hold(said: &Answer, cases: &[Case]) {
	for (case, (key, claim)) in cases.iter().zip(said.keys.iter().zip(&said.claims)) {
		assert_eq!(!key.is_empty(), case.at_registration, "{}: {key}", case.name);
		assert_eq!(claim.is_empty(), case.accept, "{}: {claim}", case.name);
	}
}

#[test]
fn every_vector_has_its_verdict_everywhere_for_the_same_reason() {
	let executor = Executor::new();
	for circuit in CIRCUITS {
		let cases = cases_of(circuit);
		hold(&agreed(&executor, &task(System::Groth16, &cases, Way::Single)), &cases);
	}
	for model in MODELS {
		let cases = ezkl_cases_of(model);
		hold(&agreed(&executor, &task(ezkl(), &cases, Way::Single)), &cases);
	}
}

#[test]
fn a_batch_of_all_vectors_finds_the_same_bad_ones_everywhere_at_the_same_cost() {
	let executor = Executor::new();
	let of_groth16: Vec<_> = CIRCUITS.iter().flat_map(|circuit| cases_of(circuit)).collect();
	let of_ezkl: Vec<_> = MODELS.iter().flat_map(|model| ezkl_cases_of(model)).collect();
	assert_eq!((of_groth16.len(), of_ezkl.len()), (102, 188));
	for (system, cases) in [(System::Groth16, of_groth16), (ezkl(), of_ezkl)] {
		let said = agreed(&executor, &task(system, &cases, Way::Batch));
		hold(&said, &cases);
		assert!(said.cost.contains("exponentiations"));
	}
}

#[test]
fn every_flipped_byte_of_a_proof_has_the_same_verdict_everywhere() {
	let executor = Executor::new();
	// Of EZKL's, every 29th: a proof has 3,072.
	let of =
		[(System::Groth16, cases_of("cubic_1"), 1), (ezkl(), ezkl_cases_of("mlp_4_8_3_fixed"), 29)];
	for (system, cases, step) in of {
		let case = cases.into_iter().find(|case| case.accept).expect("a valid one");
		let claims = (0..case.proof.len()).step_by(step).map(|byte| {
			let mut claim = case.claim(0);
			claim.2[byte] ^= 1 << (byte % 8);
			claim
		});
		let task = Task {
			system,
			keys: vec![case.key.clone()],
			claims: claims.collect(),
			way: Way::Single,
			rounds: 0,
		};
		let said = agreed(&executor, &task);
		assert_eq!((said.claims.len(), said.held), (case.proof.len().div_ceil(step), 0));
	}
}

#[test]
fn a_claim_under_no_key_is_refused_everywhere() {
	for system in [System::Groth16, ezkl()] {
		let claims = vec![(7, vec![], vec![])];
		let task = Task { system, keys: Vec::new(), claims, way: Way::Batch, rounds: 1 };
		let said = agreed(&Executor::new(), &task);
		assert_eq!(said.claims, ["no sound key"]);
	}
}
