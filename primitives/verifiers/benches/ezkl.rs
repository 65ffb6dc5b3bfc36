//! EZKL from bytes to verdict: keys read, proofs checked alone and in batches.
//!
//! The last line is JSON: microseconds, from rounds that take turns and keep the least of each, so
//! that a busy machine slows all alike.

use criterion::{BenchmarkId, Criterion};
use opg_verifiers::{
	decode_inputs,
	ezkl::{srs_of_key, Ezkl, Proof, Srs, VerifyingKey},
	Batch, Pure, Verifier,
};
use serde_json::Value;
use std::{hint::black_box, time::Instant};

const ROUNDS: usize = 60;
const BATCH: usize = 16;
const MODELS: [&str; 5] =
	["mlp_4_8_3_fixed", "mlp_4_8_3_polycommit", "mlp_4_8_3_hashed", "sigmoid_6_5_2", "conv_1x6x6"];

struct Model {
	artefact: Vec<u8>,
	srs: Srs,
	key: VerifyingKey,
	/// Proofs with their inputs, on the wire.
	statements: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Model {
	fn read(name: &str) -> Self {
		let path = |file| format!("fixtures/ezkl/{name}/{file}");
		let artefact = std::fs::read(path("vka.bytes")).unwrap();
		let srs = Srs::from_wire(srs_of_key(&artefact).unwrap()).unwrap();
		let key = Ezkl::validate_key(&artefact, &srs).unwrap();
		let statements = ["proof.json", "proof_b.json"].map(|file| {
			let json: Value = serde_json::from_slice(&std::fs::read(path(file)).unwrap()).unwrap();
			let list = |value: &Value| value.as_array().unwrap().clone();
			let bytes = list(&json["proof"]);
			let proof = bytes.iter().map(|byte| byte.as_u64().unwrap() as u8).collect();
			let big_endian = |word: &Value| {
				let mut bytes = hex::decode(word.as_str().unwrap()).unwrap();
				bytes.reverse();
				bytes
			};
			(proof, list(&json["instances"][0]).iter().flat_map(big_endian).collect())
		});
		Self { artefact, srs, key, statements: statements.into() }
	}

	fn read_key(&self) {
		black_box(Ezkl::validate_key(&self.artefact, &self.srs).unwrap());
	}

	fn prepare_srs(&self) {
		black_box(Srs::<Pure>::from_wire(self.srs.wire()).unwrap());
	}

	/// All but the sums and pairings.
	fn claim(&self) {
		let (proof, inputs) = &self.statements[0];
		let (proof, inputs) = (Proof::from_wire(proof).unwrap(), decode_inputs(inputs).unwrap());
		black_box(Ezkl::claim(&self.key, &inputs, &proof).unwrap());
	}

	fn single(&self, index: usize) {
		let (proof, inputs) = &self.statements[index % self.statements.len()];
		let (proof, inputs) = (Proof::from_wire(proof).unwrap(), decode_inputs(inputs).unwrap());
		assert!(black_box(Ezkl::verify(&self.key, &inputs, &proof).is_ok()));
	}

	fn batch(&self, size: usize) {
		let decoded: Vec<_> = (0..size)
			.map(|index| {
				let (proof, inputs) = &self.statements[index % self.statements.len()];
				(Proof::from_wire(proof).unwrap(), decode_inputs(inputs).unwrap())
			})
			.collect();
		let mut batch = Batch::new();
		for (proof, inputs) in &decoded {
			batch.push(Ezkl::claim(&self.key, inputs, proof).unwrap());
		}
		assert!(black_box(batch.verify(1).all_hold()));
	}
}

/// The least time of each of `tasks` over rounds that take turns, in microseconds.
fn least(tasks: &mut [Box<dyn FnMut(usize) + '_>]) -> Vec<f64> {
	let mut least = vec![f64::MAX; tasks.len()];
	for round in 0..ROUNDS {
		for (least, task) in least.iter_mut().zip(tasks.iter_mut()) {
			let start = Instant::now();
			task(round);
			*least = least.min(start.elapsed().as_secs_f64() * 1e6);
		}
	}
	least
}

fn main() {
	let models: Vec<_> = MODELS.iter().map(|name| (*name, Model::read(name))).collect();

	let mut criterion = Criterion::default().sample_size(10).configure_from_args();
	let mut group = criterion.benchmark_group("ezkl");
	for (name, model) in &models {
		group.bench_function(BenchmarkId::new("single", name), |bencher| {
			bencher.iter(|| model.single(0));
		});
		group.bench_function(BenchmarkId::new("batch16", name), |bencher| {
			bencher.iter(|| model.batch(BATCH));
		});
	}
	group.finish();

	let mut figures = Vec::new();
	for (name, model) in &models {
		let mut tasks: Vec<Box<dyn FnMut(usize)>> = vec![
			Box::new(|_| model.prepare_srs()),
			Box::new(|_| model.read_key()),
			Box::new(|_| model.claim()),
			Box::new(|round| model.single(round)),
			Box::new(|_| model.batch(BATCH)),
		];
		let least = least(&mut tasks);
		let each = least[4] / BATCH as f64;
		for (what, value) in [
			("srs", least[0]),
			("key", least[1]),
			("claim", least[2]),
			("single", least[3]),
			("batch16", each),
		] {
			figures.push(format!("\"ezkl_{what}_us_{name}\":{value:.1}"));
		}
	}
	println!("{{{}}}", figures.join(","));
}
