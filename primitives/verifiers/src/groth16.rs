//! Groth16 over BN254 (Groth, "On the size of pairing-based non-interactive arguments", eprint
//! 2016/260), plain: without commitments.
//!
//! A proof (A, B, C) shows inputs x under a key when
//! `e(A, B) = e(α, β) · e(IC₀ + Σ xⱼ·ICⱼ, γ) · e(C, δ)`.
//!
//! Anyone can turn a proof into another proof of the same statement, so proof bytes name nothing.
//! And whoever made a key's phase 2 alone can forge proofs under it: which keys to believe is not
//! for this crate to say.

#![allow(clippy::arithmetic_side_effects, reason = "arithmetic of fields and groups is total")]

#[cfg(feature = "json")]
pub mod json;
mod key;
mod proof;

pub use key::{VerifyingKey, FIXED_BYTES, IC_BYTES};
pub use proof::{Proof, COMPRESSED_PROOF_BYTES, PROOF_BYTES};

use crate::{
	cost::count, Accumulator, Claim, Cost, Engine, Gt, InputError, KeyError, Pure, Randomiser,
	Rejection, Scalar, Transcript, Verifier,
};
use ark_bn254::G1Projective;
use ark_ec::CurveGroup;
use core::{iter::once, marker::PhantomData};

const SYSTEM: &[u8] = b"groth16/bn254";

/// Groth16 over BN254, on an engine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Groth16<E = Pure>(PhantomData<E>);

impl<E: Engine> Verifier for Groth16<E> {
	type Engine = E;
	/// How many public inputs the key takes.
	type Terms<'t> = usize;
	type Key = VerifyingKey<E>;
	type KeyError = KeyError;
	type Proof = Proof<E>;
	type Rejection = Rejection;
	/// How many public inputs the key takes.
	type Shape = usize;
	type Claim<'a> = Groth16Claim<'a, E>;

	fn validate_key(bytes: &[u8], inputs: usize) -> Result<VerifyingKey<E>, KeyError> {
		VerifyingKey::from_wire(bytes, inputs)
	}

	fn decode_proof(bytes: &[u8]) -> Result<Proof<E>, Rejection> {
		Ok(Proof::from_wire(bytes)?)
	}

	fn claim<'a>(
		key: &'a VerifyingKey<E>,
		inputs: &'a [Scalar],
		proof: &'a Proof<E>,
	) -> Result<Groth16Claim<'a, E>, Rejection> {
		if inputs.len() != key.inputs() {
			return Err(InputError::Count { got: inputs.len(), expected: key.inputs() }.into());
		}
		Ok(Groth16Claim { key, inputs, proof })
	}

	fn verify(key: &VerifyingKey<E>, inputs: &[Scalar], proof: &Proof<E>) -> Result<(), Rejection> {
		Self::claim(key, inputs, proof)?.holds().then_some(()).ok_or(Rejection::Unproven)
	}

	fn cost(inputs: usize) -> Cost {
		let alone = Cost { exponentiations: 1, random_terms: 0, ..Self::batch_cost(inputs, 1) };
		Cost { terms: count(inputs), ..alone }
	}

	fn batch_cost(inputs: usize, proofs: usize) -> Cost {
		let proofs = count(proofs);
		Cost {
			preparations: proofs.saturating_add(3),
			loops: proofs.saturating_add(3),
			exponentiations: 0,
			terms: count(inputs).saturating_add(2),
			random_terms: proofs.saturating_mul(2),
			..Cost::default()
		}
	}
}

/// The claim that a proof shows public inputs, as many as the key takes.
#[derive(Clone, Copy, Debug)]
pub struct Groth16Claim<'a, E: Engine = Pure> {
	key: &'a VerifyingKey<E>,
	inputs: &'a [Scalar],
	proof: &'a Proof<E>,
}

impl<E: Engine> Groth16Claim<'_, E> {
	fn holds(&self) -> bool {
		let Self { key, inputs, proof } = self;
		let Some((constant, bases)) = key.ic.split_first() else { return false };
		let statement = E::sum(bases, inputs) + constant;
		let statement = G1Projective::into_affine(statement);
		let pairs = [
			(-proof.a, proof.b.prepared()),
			(statement, key.gamma.prepared()),
			(proof.c, key.delta.prepared()),
			(key.alpha, key.beta.prepared()),
		];
		let value: Gt = match (&key.target, pairs.split_last()) {
			(Some(target), Some((_, pairs))) => E::product(pairs).times(target),
			_ => E::product(&pairs),
		};
		value.is_one()
	}
}

impl<'a, E: Engine> Claim<'a, E> for Groth16Claim<'a, E> {
	fn absorb(&self, transcript: &mut Transcript) {
		transcript.part(SYSTEM);
		transcript.part(&self.key.id);
		transcript.count(self.inputs.len());
		for input in self.inputs {
			transcript.part(&crate::point::to_word(input));
		}
		transcript.part(&self.proof.to_wire());
	}

	fn accumulate(&self, weight: Randomiser, sum: &mut Accumulator<'a, E>) {
		let Self { key, inputs, proof } = *self;
		let scalar = weight.scalar();
		sum.add_random(&proof.b, weight, -proof.a);
		sum.add_random(&key.delta, weight, proof.c);
		let weighed = once(scalar).chain(inputs.iter().map(|input| scalar * input));
		sum.add_fixed(&key.gamma, key.id, &key.ic, weighed);
		sum.add_fixed(&key.beta, key.id, core::slice::from_ref(&key.alpha), once(scalar));
	}
}
