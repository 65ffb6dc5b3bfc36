//! From wire bytes to verdict under a prepared key: in machine code, in Wasm, and in Wasm with the node's arithmetic.
//!
//! The last line is JSON: microseconds of the processor's time, and the ratios that are held to targets. The ways take turns and the least
//! of each counts, so that a busy machine slows all alike.

#[path = "../tests/support/executor.rs"]
mod executor;
#[path = "../tests/support/vectors.rs"]
#[allow(dead_code, reason = "tests take the rest")]
mod vectors;

use executor::Executor;
use opg_engines::{answer, System, Task, Way, EXPORTS};
use opg_verifiers::{groth16::Proof, Pure, Scalar};
use vectors::{cases_of, ezkl, ezkl_cases_of, Case, CIRCUITS, MODELS};

/// Sizes of batches; for each and for one proof, how many turns are taken, and how many checks are timed at once, so that entering
/// Wasm and reading keys count little.
const BATCHES: [(usize, usize, u32); 3] = [(8, 8, 2), (64, 5, 1), (256, 3, 1)];
const SINGLE: (usize, u32) = (12, 8);
/// The circuit whose figures have plain names.
const USUAL: &str = "poly_8";

/// Of EZKL, the batch and its turns; the model whose figures have plain names comes first.
const EZKL_BATCH: (usize, usize, u32) = (16, 8, 1);
const EZKL_SINGLE: (usize, u32) = (12, 4);

/// As many proofs of a case's statement, each with points of its own.
fn proofs(case: &Case, count: usize) -> Vec<Vec<u8>> {
	let proof = Proof::<Pure>::from_wire(&case.proof).expect("a proof");
	(0..count)
		.map(|index| {
			let factor = Scalar::from(index as u64 + 1);
			proof.disguised(factor).expect("not zero").to_wire().to_vec()
		})
		.collect()
}

/// Seconds that this thread has run: what else the machine does is left out.
fn clock() -> f64 {
	let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
	// SAFETY: the call writes to the place it is given and nothing else.
	let is_known = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
	assert_eq!(is_known, 0, "this system has no clock for threads");
	time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Microseconds that one round of a task takes: the least of all turns, by each of three ways.
fn least(executor: &Executor, task: &Task, (turns, rounds): (usize, u32)) -> [f64; 3] {
	let ways: [&dyn Fn(&Task); 3] = [
		&|task| {
			std::hint::black_box(answer::<Pure>(task));
		},
		&|task| drop(executor.answer(EXPORTS[0], task)),
		&|task| drop(executor.answer(EXPORTS[1], task)),
	];
	let (once, often) = (Task { rounds: 0, ..task.clone() }, Task { rounds, ..task.clone() });
	let time = |way: &dyn Fn(&Task), task: &Task| {
		let start = clock();
		way(task);
		(clock() - start) * 1e6
	};
	let mut least = [[f64::MAX; 2]; 3];
	for _ in 0..turns {
		for (way, [short, long]) in ways.iter().zip(&mut least) {
			*short = short.min(time(way, &once));
			*long = long.min(time(way, &often));
		}
	}
	least.map(|[short, long]| (long - short) / f64::from(rounds))
}

fn main() {
	let executor = Executor::new();
	let mut figures = Vec::new();
	for circuit in CIRCUITS {
		let case = cases_of(circuit).into_iter().find(|case| case.accept).expect("a valid one");
		let proofs = proofs(&case, 256);
		let task = |count: usize, way| Task {
			system: System::Groth16,
			keys: vec![case.key.clone()],
			claims: proofs[..count]
				.iter()
				.map(|proof| (0, case.inputs.clone(), proof.clone()))
				.collect(),
			way,
			rounds: 0,
		};
		let suffix = match circuit {
			USUAL => String::new(),
			_ => format!("_inputs{}", case.key.1),
		};
		let mut note = |name: &str, value: f64, digits: usize| {
			figures.push(format!("\"groth16_{name}{suffix}\":{value:.digits$}"));
		};
		let [native, wasm, host] = least(&executor, &task(1, Way::Single), SINGLE);
		for (name, time) in [("native", native), ("wasm", wasm), ("host", host)] {
			note(&format!("{name}_single_us"), time, 1);
		}
		note("host_over_native", host / native, 3);
		note("wasm_over_native", wasm / native, 3);
		for (size, turns, rounds) in BATCHES {
			let all = least(&executor, &task(size, Way::Batch), (turns, rounds));
			let each = all.map(|all| all / size as f64);
			for (name, time) in ["native", "wasm", "host"].into_iter().zip(each) {
				note(&format!("{name}_batch{size}_us"), time, 1);
			}
			if size == 64 {
				note("host_batch64_over_single", each[2] / host, 3);
				note("host_batch64_over_native", each[2] / each[0], 3);
			}
		}
	}
	ezkl_figures(&executor, &mut figures);
	println!("{{{}}}", figures.join(","));
}

/// Milliseconds of a proof of each model alone and in a batch, of reading its key, and of its reference string.
fn ezkl_figures(executor: &Executor, figures: &mut Vec<String>) {
	for model in MODELS {
		let valid: Vec<_> = ezkl_cases_of(model).into_iter().filter(|case| case.accept).collect();
		let case = valid.first().expect("a valid one");
		let task = |count: usize, way| Task {
			system: ezkl(),
			keys: vec![case.key.clone()],
			claims: valid.iter().cycle().take(count).map(|case| case.claim(0)).collect(),
			way,
			rounds: 0,
		};
		let suffix = if model == MODELS[0] { String::new() } else { format!("_{model}") };
		let mut note = |name: &str, micros: f64| {
			figures.push(format!("\"ezkl_{name}{suffix}\":{:.3}", micros / 1_000.0));
		};
		let ways = ["native", "wasm", "host"];
		let read = least(executor, &task(1, Way::Read), EZKL_SINGLE);
		for (way, time) in ways.into_iter().zip(read) {
			note(&format!("{way}_read_ms"), time);
		}
		let single = least(executor, &task(1, Way::Single), EZKL_SINGLE);
		for (way, time) in ways.into_iter().zip(single) {
			note(&format!("{way}_ms"), time);
		}
		let (size, turns, rounds) = EZKL_BATCH;
		let batch = least(executor, &task(size, Way::Batch), (turns, rounds));
		for (way, time) in ways.into_iter().zip(batch) {
			let each = time / size as f64;
			match way {
				"native" => note("batch16_per_proof_ms", each),
				way => note(&format!("{way}_batch16_per_proof_ms"), each),
			}
		}
	}
}
