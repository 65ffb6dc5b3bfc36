//! Against arkworks' own verifier, on circuits of many sizes, and against its engine.

use super::{cases, random};
use crate::{
	groth16::{Groth16, Proof, VerifyingKey},
	Batch, Engine, Gt, Randomiser, Scalar, Verdict, Verifier,
};
use ark_bn254::{Bn254, Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::{pairing::Pairing, AffineRepr};
use ark_ff::Field;
use ark_groth16::prepare_verifying_key;
use ark_relations::{
	gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError},
	lc,
};
use ark_serialize::CanonicalSerialize;
use ark_std::{
	rand::{rngs::StdRng, Rng},
	UniformRand,
};

type Arkworks = ark_groth16::Groth16<Bn254>;

/// A chain of products: each public input is the product of the last value and a random linear
/// combination of the values before it.
#[derive(Clone)]
struct Chain {
	start: Fr,
	factors: Vec<Fr>,
}

impl Chain {
	fn new(inputs: usize, random: &mut StdRng) -> Self {
		Self { start: Fr::rand(random), factors: (0..inputs).map(|_| Fr::rand(random)).collect() }
	}

	fn inputs(&self) -> Vec<Fr> {
		let mut value = self.start;
		let step = |factor: &Fr| {
			value *= value * factor + Fr::ONE;
			value
		};
		self.factors.iter().map(step).collect()
	}
}

impl ConstraintSynthesizer<Fr> for Chain {
	fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
		let mut value = cs.new_witness_variable(|| Ok(self.start))?;
		for (factor, result) in self.factors.iter().zip(self.inputs()) {
			let output = cs.new_input_variable(|| Ok(result))?;
			let one = ark_relations::gr1cs::Variable::One;
			cs.enforce_r1cs_constraint(
				|| lc!() + value,
				|| lc!() + (*factor, value) + (Fr::ONE, one),
				|| lc!() + output,
			)?;
			value = output;
		}
		Ok(())
	}
}

fn compressed(value: &impl CanonicalSerialize) -> Vec<u8> {
	let mut bytes = Vec::new();
	value.serialize_compressed(&mut bytes).unwrap();
	bytes
}

#[test]
fn verdicts_are_those_of_arkworks() {
	let random = &mut random();
	for inputs in [1, 2, 3, 5, 8, 13, 21, 40] {
		let circuit = Chain::new(inputs, random);
		let proving =
			Arkworks::generate_random_parameters_with_reduction(circuit.clone(), random).unwrap();
		let theirs = prepare_verifying_key(&proving.vk);
		let bytes = compressed(&proving.vk);
		let mut ours: VerifyingKey = VerifyingKey::from_compressed(&bytes, inputs).unwrap();
		assert_eq!(ours.to_compressed(), bytes);
		let mut claims = Vec::new();
		for round in 0..6 {
			let circuit = Chain { start: Fr::rand(random), ..circuit.clone() };
			let mut statement = circuit.inputs();
			let proof =
				Arkworks::create_random_proof_with_reduction(circuit, &proving, random).unwrap();
			if round % 2 == 1 {
				let place = random.gen_range(0..inputs);
				statement[place] += Fr::rand(random);
			}
			let expected = Arkworks::verify_proof(&theirs, &proof, &statement).unwrap();
			assert_eq!(expected, round % 2 == 0);
			let bytes = compressed(&proof);
			let proof: Proof = Proof::from_compressed(&bytes).unwrap();
			assert_eq!(proof.to_compressed().as_slice(), bytes);
			let proof = Proof::from_wire(&proof.to_wire()).unwrap();
			assert_eq!(Groth16::verify(&ours, &statement, &proof).is_ok(), expected);
			ours.cache_pairing();
			assert_eq!(Groth16::verify(&ours, &statement, &proof).is_ok(), expected);
			claims.push((statement, proof, expected));
		}
		let mut batch = Batch::new();
		for (statement, proof, _) in &claims {
			batch.push(Groth16::claim(&ours, statement, proof).unwrap());
		}
		let expected: Vec<_> = claims
			.iter()
			.map(|(_, _, holds)| if *holds { Verdict::Holds } else { Verdict::Fails })
			.collect();
		assert_eq!(batch.verify(6).verdicts, expected);
	}
}

/// An engine all of arkworks: what a plugged-in engine looks like, and a check of ours.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Plain;

impl Engine for Plain {
	type Prepared = G2Affine;

	fn prepare(point: &G2Affine) -> Option<G2Affine> {
		let sound = !point.is_zero()
			&& point.is_on_curve()
			&& point.is_in_correct_subgroup_assuming_on_curve();
		sound.then_some(*point)
	}

	fn product(pairs: &[(G1Affine, &G2Affine)]) -> Gt {
		let (left, right): (Vec<_>, Vec<_>) =
			pairs.iter().map(|(left, right)| (*left, **right)).unzip();
		Gt(Bn254::multi_pairing(left, right).0)
	}

	fn sum(points: &[G1Affine], scalars: &[Scalar]) -> G1Projective {
		points.iter().zip(scalars).map(|(point, scalar)| *point * scalar).sum()
	}

	fn short_sum(points: &[G1Affine], scalars: &[u64]) -> G1Projective {
		points.iter().zip(scalars).map(|(point, scalar)| point.mul_bigint([*scalar])).sum()
	}

	fn times(point: &G1Affine, randomiser: Randomiser) -> G1Projective {
		*point * randomiser.scalar()
	}
}

#[test]
fn another_engine_gives_the_same_verdicts() {
	for case in cases().iter().filter(|case| case.circuit != "dense_70") {
		let (bytes, inputs) = case.key();
		let key: Result<VerifyingKey<Plain>, _> = Groth16::validate_key(&bytes, inputs);
		assert_eq!(key.is_err(), case.at_registration);
		let Ok(key) = key else { continue };
		let verdict = || {
			let inputs = crate::decode_inputs(&case.inputs)?;
			let proof = Groth16::decode_proof(&case.proof)?;
			Groth16::verify(&key, &inputs, &proof)?;
			let mut batch = Batch::new();
			batch.push(Groth16::claim(&key, &inputs, &proof)?);
			batch.push(Groth16::claim(&key, &inputs, &proof)?);
			assert!(batch.verify(1).all_hold());
			Ok(())
		};
		let verdict: Result<(), crate::Rejection> = verdict();
		assert_eq!(verdict, super::verify(&case.validated_key(), &case.inputs, &case.proof));
	}
}
