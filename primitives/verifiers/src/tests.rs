//! The crate's tests, one module for each subject, and the vectors and keys they share.

mod arithmetic;
mod batching;
mod decoding;
mod differential;
mod exchange;
mod forgery;
#[cfg(feature = "json")]
mod json;
mod mutation;
mod vectors;

use crate::{
	groth16::{Groth16, Proof, VerifyingKey},
	Rejection, Scalar, Verifier,
};
use ark_bn254::{G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::Field;
use ark_std::{
	rand::{rngs::StdRng, SeedableRng},
	UniformRand,
};
use serde_json::Value;

/// The folders of the vectors, with the public inputs of their circuits.
const CIRCUITS: [(&str, usize); 3] = [("cubic_1", 1), ("poly_8", 8), ("dense_70", 70)];

struct Case {
	circuit: &'static str,
	name: String,
	accept: bool,
	at_registration: bool,
	key: String,
	proof: Vec<u8>,
	inputs: Vec<u8>,
}

fn fixture(circuit: &str, file: &str) -> String {
	// Cargo runs tests in their crate's folder.
	let path = format!("fixtures/groth16/{circuit}/{file}");
	std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn cases() -> Vec<Case> {
	CIRCUITS.iter().flat_map(|(circuit, _)| cases_of(circuit)).collect()
}

fn cases_of(circuit: &'static str) -> Vec<Case> {
	let list: Vec<Value> = serde_json::from_str(&fixture(circuit, "cases.json")).unwrap();
	let case = |case: &Value| {
		let text = |field: &str| case[field].as_str().unwrap().to_string();
		let words = case["public"].as_array().unwrap();
		let words: String = words.iter().map(|word| word.as_str().unwrap()).collect();
		Case {
			circuit,
			name: text("name"),
			accept: text("expect") == "accept",
			at_registration: text("stage") == "register",
			key: text("vk"),
			proof: hex::decode(text("proof")).unwrap(),
			inputs: hex::decode(words).unwrap(),
		}
	};
	list.iter().map(case).collect()
}

impl Case {
	fn called(circuit: &'static str, name: &str) -> Self {
		cases_of(circuit).into_iter().find(|case| case.name == name).unwrap()
	}

	/// The bytes of its key and the number of public inputs that were declared with it.
	fn key(&self) -> (Vec<u8>, usize) {
		let json: Value =
			serde_json::from_str(&fixture(self.circuit, &format!("{}.json", self.key))).unwrap();
		let bytes = hex::decode(fixture(self.circuit, &format!("{}.hex", self.key)).trim());
		(bytes.unwrap(), json["nPublic"].as_u64().unwrap() as usize)
	}

	fn validated_key(&self) -> VerifyingKey {
		let (bytes, inputs) = self.key();
		Groth16::validate_key(&bytes, inputs).unwrap()
	}

	fn decoded(&self) -> Result<(Vec<Scalar>, Proof), Rejection> {
		Ok((crate::decode_inputs(&self.inputs)?, Proof::from_wire(&self.proof)?))
	}
}

/// From bytes to verdict.
fn verify(key: &VerifyingKey, inputs: &[u8], proof: &[u8]) -> Result<(), Rejection> {
	Groth16::verify(key, &crate::decode_inputs(inputs)?, &Proof::from_wire(proof)?)
}

fn random() -> StdRng {
	StdRng::seed_from_u64(7)
}

fn g1(scalar: Scalar) -> G1Affine {
	(G1Affine::generator() * scalar).into_affine()
}

fn g2(scalar: Scalar) -> G2Affine {
	(G2Affine::generator() * scalar).into_affine()
}

/// The toxic waste of a key, with which a proof of any statement is made without a circuit.
#[derive(Clone)]
struct Trapdoor {
	alpha: Scalar,
	beta: Scalar,
	gamma: Scalar,
	delta: Scalar,
	ic: Vec<Scalar>,
}

impl Trapdoor {
	fn new(inputs: usize, random: &mut StdRng) -> Self {
		let mut draw = || Scalar::rand(random);
		let (alpha, beta, gamma, delta) = (draw(), draw(), draw(), draw());
		Self { alpha, beta, gamma, delta, ic: (0..=inputs).map(|_| draw()).collect() }
	}

	fn wire(&self) -> Vec<u8> {
		let mut bytes = crate::point::g1_to_wire(&g1(self.alpha)).to_vec();
		for scalar in [self.beta, self.gamma, self.delta] {
			bytes.extend(crate::point::g2_to_wire(&g2(scalar)));
		}
		bytes.extend(self.ic.iter().flat_map(|scalar| crate::point::g1_to_wire(&g1(*scalar))));
		bytes
	}

	fn key(&self) -> VerifyingKey {
		VerifyingKey::from_wire(&self.wire(), self.ic.len() - 1).unwrap()
	}

	/// The scalar of `IC₀ + Σ xⱼ·ICⱼ`.
	fn statement(&self, inputs: &[Scalar]) -> Scalar {
		let bound = self.ic[1..].iter().zip(inputs).map(|(ic, input)| *ic * input);
		self.ic[0] + bound.sum::<Scalar>()
	}

	fn proof(&self, inputs: &[Scalar], random: &mut StdRng) -> Proof {
		let (a, b) = (Scalar::rand(random), Scalar::rand(random));
		let rest = a * b - self.alpha * self.beta - self.statement(inputs) * self.gamma;
		proof_of(g1(a), g2(b), g1(rest * self.delta.inverse().unwrap())).unwrap()
	}

	/// A proof of random inputs.
	fn statement_and_proof(&self, random: &mut StdRng) -> (Vec<Scalar>, Proof) {
		let inputs: Vec<_> = self.ic[1..].iter().map(|_| Scalar::rand(random)).collect();
		let proof = self.proof(&inputs, random);
		(inputs, proof)
	}
}

fn proof_bytes(a: G1Affine, b: G2Affine, c: G1Affine) -> Vec<u8> {
	let (a, c) = (crate::point::g1_to_wire(&a), crate::point::g1_to_wire(&c));
	[a.as_slice(), &crate::point::g2_to_wire(&b), &c].concat()
}

fn proof_of(a: G1Affine, b: G2Affine, c: G1Affine) -> Result<Proof, crate::ProofError> {
	Proof::from_wire(&proof_bytes(a, b, c))
}

/// The points of a proof.
fn points_of(proof: &Proof) -> (G1Affine, G2Affine, G1Affine) {
	let wire = proof.to_wire();
	let a = crate::point::g1_from_wire(wire[..64].try_into().unwrap()).unwrap();
	let b = crate::point::g2_from_wire(wire[64..192].try_into().unwrap()).unwrap();
	let c = crate::point::g1_from_wire(wire[192..].try_into().unwrap()).unwrap();
	(a, b, c)
}

/// The proof with `error` added to its C.
fn spoilt(proof: &Proof, error: G1Projective) -> Proof {
	let (a, b, c) = points_of(proof);
	proof_of(a, b, (error + c).into_affine()).unwrap()
}

/// A point of the twist, almost surely outside the subgroup.
fn twist_point(random: &mut StdRng) -> G2Affine {
	loop {
		let x = ark_bn254::Fq2::rand(random);
		if let Some(point) = G2Affine::get_point_from_x_unchecked(x, bool::rand(random)) {
			return point;
		}
	}
}

/// A point of order `order`, a factor of the twist's cofactor.
fn twist_point_of_order(order: u64, random: &mut StdRng) -> G2Affine {
	use num_bigint::BigUint;
	let cofactor = BigUint::parse_bytes(
		b"21888242871839275222246405745257275088844257914179612981679871602714643921549",
		10,
	);
	let r: BigUint = <Scalar as ark_ff::PrimeField>::MODULUS.into();
	let rest = cofactor.unwrap() * r / order;
	loop {
		let multiple: G2Projective = twist_point(random).mul_bigint(rest.to_u64_digits());
		let point = multiple.into_affine();
		if !point.is_zero() {
			return point;
		}
	}
}
