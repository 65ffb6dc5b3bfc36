//! Groth16 from bytes to verdict: arkworks' own verifier, ours, and ours in batches.
//!
//! The last line is JSON: microseconds of the processor's time, and the ratios that are held to targets. Those come from
//! rounds that take turns and keep the least of each, so that a busy machine slows all alike.

use ark_bn254::{Bn254, Fr};
use ark_ff::{AdditiveGroup, Field};
use ark_groth16::{prepare_verifying_key, PreparedVerifyingKey, ProvingKey};
use ark_relations::{
	gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError},
	lc,
};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use ark_std::rand::{rngs::StdRng, SeedableRng};
use ark_std::UniformRand;
use criterion::{BenchmarkId, Criterion};
use opg_verifiers::{
	decode_inputs, encode_inputs,
	groth16::{Groth16, Proof, VerifyingKey},
	Batch, Verifier,
};
use std::hint::black_box;

type Arkworks = ark_groth16::Groth16<Bn254>;

const ROUNDS: usize = 20;
const BATCHES: [usize; 3] = [8, 64, 256];
const INPUTS: [usize; 3] = [1, 8, 70];

/// Squares: public input j is the square of witness j.
struct Squares(Vec<Fr>);

impl ConstraintSynthesizer<Fr> for Squares {
	fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
		for root in self.0 {
			let square = cs.new_input_variable(|| Ok(root.square()))?;
			let root = cs.new_witness_variable(|| Ok(root))?;
			cs.enforce_r1cs_constraint(|| lc!() + root, || lc!() + root, || lc!() + square)?;
		}
		Ok(())
	}
}

/// A proof in arkworks' bytes and in ours, with its public inputs.
struct Statement {
	arkworks: Vec<u8>,
	arkworks_inputs: Vec<u8>,
	wire: Vec<u8>,
	inputs: Vec<u8>,
}

struct Circuit {
	arkworks: PreparedVerifyingKey<Bn254>,
	key: VerifyingKey,
	statements: Vec<Statement>,
}

impl Circuit {
	fn new(inputs: usize, proofs: usize) -> Self {
		let rng = &mut StdRng::seed_from_u64(inputs as u64);
		let blank = Squares(vec![Fr::ZERO; inputs]);
		let proving: ProvingKey<Bn254> =
			Arkworks::generate_random_parameters_with_reduction(blank, rng).unwrap();
		let mut compressed = Vec::new();
		proving.vk.serialize_compressed(&mut compressed).unwrap();
		let mut key = VerifyingKey::from_compressed(&compressed, inputs).unwrap();
		key.cache_pairing();
		let statements = (0..proofs)
			.map(|_| {
				let roots: Vec<_> = (0..inputs).map(|_| Fr::rand(rng)).collect();
				let squares: Vec<_> = roots.iter().map(Field::square).collect();
				let proof =
					Arkworks::create_random_proof_with_reduction(Squares(roots), &proving, rng)
						.unwrap();
				let mut arkworks = Vec::new();
				proof.serialize_uncompressed(&mut arkworks).unwrap();
				let mut compressed = Vec::new();
				proof.serialize_compressed(&mut compressed).unwrap();
				let mut arkworks_inputs = Vec::new();
				squares.serialize_uncompressed(&mut arkworks_inputs).unwrap();
				let wire = Proof::<opg_verifiers::Pure>::from_compressed(&compressed).unwrap();
				let (wire, inputs) = (wire.to_wire().to_vec(), encode_inputs(&squares));
				Statement { arkworks, arkworks_inputs, wire, inputs }
			})
			.collect();
		Self { arkworks: prepare_verifying_key(&proving.vk), key, statements }
	}

	fn arkworks(&self, index: usize) {
		let statement = &self.statements[index % self.statements.len()];
		let proof =
			ark_groth16::Proof::deserialize_uncompressed(statement.arkworks.as_slice()).unwrap();
		let inputs =
			Vec::<Fr>::deserialize_uncompressed(statement.arkworks_inputs.as_slice()).unwrap();
		assert!(black_box(Arkworks::verify_proof(&self.arkworks, &proof, &inputs).unwrap()));
	}

	fn single(&self, index: usize) {
		let statement = &self.statements[index % self.statements.len()];
		let proof = Proof::from_wire(&statement.wire).unwrap();
		let inputs = decode_inputs(&statement.inputs).unwrap();
		assert!(black_box(Groth16::verify(&self.key, &inputs, &proof).is_ok()));
	}

	fn batch(&self, size: usize) {
		let decoded: Vec<_> = self.statements[..size]
			.iter()
			.map(|statement| {
				let proof = Proof::from_wire(&statement.wire).unwrap();
				(decode_inputs(&statement.inputs).unwrap(), proof)
			})
			.collect();
		let mut batch = Batch::new();
		for (inputs, proof) in &decoded {
			batch.push(Groth16::claim(&self.key, inputs, proof).unwrap());
		}
		assert!(black_box(batch.verify(1).all_hold()));
	}
}

/// Seconds that this thread has run: what else the machine does is left out.
fn clock() -> f64 {
	let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
	// SAFETY: the call writes to the place it is given and nothing else.
	let is_known = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
	assert_eq!(is_known, 0, "this system has no clock for threads");
	time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// The least time of each of `tasks` over rounds that take turns, in microseconds.
fn least(rounds: usize, tasks: &mut [Box<dyn FnMut(usize) + '_>]) -> Vec<f64> {
	let mut least = vec![f64::MAX; tasks.len()];
	for round in 0..rounds {
		for (least, task) in least.iter_mut().zip(tasks.iter_mut()) {
			let start = clock();
			task(round);
			*least = least.min((clock() - start) * 1e6);
		}
	}
	least
}

fn main() {
	let circuits: Vec<_> = INPUTS.iter().map(|inputs| Circuit::new(*inputs, BATCHES[2])).collect();

	let mut criterion = Criterion::default().sample_size(10).configure_from_args();
	let mut group = criterion.benchmark_group("groth16");
	for (inputs, circuit) in INPUTS.iter().zip(&circuits) {
		group.bench_function(BenchmarkId::new("arkworks", inputs), |bencher| {
			bencher.iter(|| circuit.arkworks(0));
		});
		group.bench_function(BenchmarkId::new("single", inputs), |bencher| {
			bencher.iter(|| circuit.single(0));
		});
		group.bench_function(BenchmarkId::new("batch64", inputs), |bencher| {
			bencher.iter(|| circuit.batch(64));
		});
	}
	group.finish();

	let mut figures = Vec::new();
	for (inputs, circuit) in INPUTS.iter().zip(&circuits) {
		let mut tasks: Vec<Box<dyn FnMut(usize)>> = vec![
			Box::new(|round| circuit.arkworks(round)),
			Box::new(|round| circuit.single(round)),
		];
		tasks.extend(BATCHES.iter().map(|size| {
			let task: Box<dyn FnMut(usize)> = Box::new(|_| circuit.batch(*size));
			task
		}));
		let least = least(ROUNDS, &mut tasks);
		let (arkworks, single) = (least[0], least[1]);
		let suffix = if *inputs == INPUTS[1] { String::new() } else { format!("_inputs{inputs}") };
		figures.push(format!("\"groth16_arkworks_us{suffix}\":{arkworks:.1}"));
		figures.push(format!("\"groth16_single_us{suffix}\":{single:.1}"));
		figures.push(format!("\"groth16_single_over_arkworks{suffix}\":{:.3}", single / arkworks));
		for (size, total) in BATCHES.iter().zip(&least[2..]) {
			let each = total / *size as f64;
			figures.push(format!("\"groth16_batch{size}_us{suffix}\":{each:.1}"));
			figures
				.push(format!("\"groth16_batch{size}_over_single{suffix}\":{:.3}", each / single));
		}
	}
	println!("{{{}}}", figures.join(","));
}
