//! A proof held against a key and public inputs, as two points for one product of pairings.

#![allow(clippy::arithmetic_side_effects, reason = "arithmetic of fields is total")]

use super::{
	domain::Lagrange,
	interpolation::Folded,
	proof::{Parts, Proof},
	transcript::Challenges,
	Rejection, VerifyingKey, SYSTEM,
};
use crate::{
	point::to_word, Accumulator, Claim, Cost, Engine, InputError, Pure, Randomiser, Scalar,
	Transcript,
};

/// The claim that a proof shows public inputs: `e(F, [1]₂) · e(W′, −[s]₂) = 1`, where F is a sum
/// that is left to the engine.
pub struct EzklClaim<'a, E: Engine = Pure> {
	key: &'a VerifyingKey<E>,
	inputs: &'a [Scalar],
	proof: &'a Proof,
	parts: Parts,
	folded: Folded,
}

/// The scalars of F; `None` where a challenge falls on a point that it must not, which happens to
/// nobody by chance.
fn folded<E: Engine>(
	key: &VerifyingKey<E>,
	inputs: &[Scalar],
	proof: &Proof,
	evaluations: &[Scalar],
) -> Option<Folded> {
	let challenges = Challenges::draw(&key.digest, &key.counts, inputs, proof);
	let lagrange = Lagrange::at(&key.domain, challenges.x, inputs)?;
	let constraints = key.constraints(evaluations, &challenges, &lagrange);
	let quotient = constraints.quotient(&constraints.terms()?);
	key.openings(evaluations, quotient, &challenges, &lagrange).fold()
}

impl<'a, E: Engine> EzklClaim<'a, E> {
	pub(super) fn new(
		key: &'a VerifyingKey<E>,
		inputs: &'a [Scalar],
		proof: &'a Proof,
	) -> Result<Self, Rejection> {
		if inputs.len() != key.inputs() {
			return Err(InputError::Count { got: inputs.len(), expected: key.inputs() }.into());
		}
		let parts = proof.parts(&key.counts)?;
		let folded = folded(key, inputs, proof, &parts.evaluations).ok_or(Rejection::Unproven)?;
		Ok(Self { key, inputs, proof, parts, folded })
	}

	pub(super) fn holds(&self) -> bool {
		let mut sum = Accumulator::new();
		self.accumulate(Randomiser::ONE, &mut sum);
		sum.product(&mut Cost::default()).is_one()
	}
}

impl<'a, E: Engine> Claim<'a, E> for EzklClaim<'a, E> {
	fn absorb(&self, transcript: &mut Transcript) {
		transcript.part(SYSTEM);
		transcript.part(&self.key.id);
		transcript.count(self.inputs.len());
		for input in self.inputs {
			transcript.part(&to_word(input));
		}
		transcript.part(self.proof.to_wire());
	}

	fn accumulate(&self, weight: Randomiser, sum: &mut Accumulator<'a, E>) {
		let Self { key, parts, folded, .. } = self;
		let scalar = weight.scalar();
		let weighed = folded.points.iter().map(|point| scalar * point);
		sum.add_fixed(&key.srs.g2, key.id, &key.points, weighed);
		let commitments = parts.commitments.iter().zip(&folded.commitments);
		let ends = [(&parts.opening, &folded.opening), (&parts.shifted, &folded.shifted)];
		for (point, factor) in commitments.chain(ends) {
			sum.add(&key.srs.g2, scalar * factor, *point);
		}
		sum.add_random(&key.srs.neg_s_g2, weight, parts.shifted);
	}
}
