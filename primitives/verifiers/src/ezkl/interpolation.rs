//! All openings of a proof folded into one: SHPLONK (Boneh, Drake, Fisch and Gabizon, eprint
//! 2020/081), as a sum of commitments.

#![allow(clippy::arithmetic_side_effects, reason = "arithmetic of fields is total")]

use super::{
	domain::{Domain, Lagrange},
	header::Counts,
	opening::{Commitment, PointSet, Value},
	transcript::Challenges,
};
use crate::Scalar;
use alloc::{vec, vec::Vec};
use ark_ff::{batch_inversion, One, Zero};

/// What the openings are folded with.
pub(super) struct Openings<'a> {
	pub(super) sets: &'a [PointSet],
	pub(super) counts: &'a Counts,
	pub(super) domain: &'a Domain,
	/// Where the key's own commitments are in its list of points.
	pub(super) points: &'a KeyPoints,
	pub(super) evaluations: &'a [Scalar],
	/// The quotient at x.
	pub(super) quotient: Scalar,
	pub(super) challenges: &'a Challenges,
	pub(super) lagrange: &'a Lagrange,
}

/// Where the commitments of a key are in its list of points; those that are the identity are not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct KeyPoints {
	pub(super) fixed: Vec<Option<usize>>,
	pub(super) permutation: Vec<Option<usize>>,
	/// How many points there are, \[1\]₁ with them, which is the last.
	pub(super) count: usize,
}

/// The scalars of the left side of the pairing, F = Σ scalar · point.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Folded {
	/// Of the proof's commitments.
	pub(super) commitments: Vec<Scalar>,
	/// Of the key's points; the last is −r, r being what all folded polynomials come to.
	pub(super) points: Vec<Scalar>,
	/// Of W.
	pub(super) opening: Scalar,
	/// Of W′.
	pub(super) shifted: Scalar,
}

/// The products of a set of points.
struct Weights {
	/// Z of the points that it lacks, over that of the first set.
	factor: Scalar,
	/// 1/((μ − Pᵢ)·Π(Pᵢ − Pⱼ)) for each of its points.
	barycentric: Vec<Scalar>,
}

impl Openings<'_> {
	/// The scalars; `None` where μ is a point that is opened, or one takes what is not there.
	pub(super) fn fold(&self) -> Option<Folded> {
		let Challenges { zeta, nu, mu, .. } = *self.challenges;
		let (first_product, weights) = self.weights()?;
		let mut commitments = vec![Scalar::zero(); self.counts.commitments()];
		let mut points = vec![Scalar::zero(); self.points.count];
		let mut value = Scalar::zero();
		let mut of_set = Scalar::one();
		for (set, weights) in self.sets.iter().zip(&weights) {
			let mut of_polynomial = Scalar::one();
			let mut interpolated = Scalar::zero();
			for polynomial in &set.polynomials {
				let mut sum = Scalar::zero();
				for (value, weight) in polynomial.values.iter().zip(&weights.barycentric) {
					sum += self.value(*value)? * weight;
				}
				interpolated += of_polynomial * sum;
				let scalar = of_set * weights.factor * of_polynomial;
				match polynomial.commitment {
					Commitment::Proof(index) => *commitments.get_mut(index)? += scalar,
					Commitment::Quotient => self.add_pieces(scalar, &mut commitments)?,
					Commitment::Fixed(index) => {
						add(&mut points, *self.points.fixed.get(index)?, scalar)?;
					},
					Commitment::Permutation(index) => {
						add(&mut points, *self.points.permutation.get(index)?, scalar)?;
					},
				}
				of_polynomial *= zeta;
			}
			value += of_set * interpolated;
			of_set *= nu;
		}
		// dᵢ/Σb = Z_S/Z_(S∖R₀) = Z_R₀ for every set, since Σb = 1/Z_Rᵢ by partial fractions.
		let value = value * first_product;
		*points.last_mut()? -= value;
		Some(Folded { commitments, points, opening: -first_product, shifted: mu })
	}

	fn value(&self, value: Value) -> Option<Scalar> {
		match value {
			Value::Evaluation(index) => self.evaluations.get(index).copied(),
			Value::Quotient => Some(self.quotient),
		}
	}

	/// The pieces of the quotient, each times its power of xⁿ.
	fn add_pieces(&self, scalar: Scalar, commitments: &mut [Scalar]) -> Option<()> {
		let mut scalar = scalar;
		for piece in commitments.get_mut(self.counts.before_pieces()..)? {
			*piece += scalar;
			scalar *= self.lagrange.power;
		}
		Some(())
	}

	/// Z of the first set's points, and what belongs to each set.
	fn weights(&self) -> Option<(Scalar, Vec<Weights>)> {
		let Challenges { x, mu, .. } = *self.challenges;
		let mut rotations: Vec<i32> =
			self.sets.iter().flat_map(|set| set.rotations.iter().copied()).collect();
		rotations.sort_unstable();
		rotations.dedup();
		let all: Vec<(i32, Scalar)> = rotations
			.into_iter()
			.map(|rotation| (rotation, x * self.domain.power(rotation)))
			.collect();
		let difference = |point: &&(i32, Scalar)| mu - point.1;

		let mut products = Vec::with_capacity(self.sets.len());
		let mut inverses = Vec::new();
		for set in self.sets {
			let (inside, outside): (Vec<_>, Vec<_>) =
				all.iter().partition(|(rotation, _)| set.rotations.contains(rotation));
			products.push((
				inside.iter().map(difference).product::<Scalar>(),
				outside.iter().map(difference).product::<Scalar>(),
			));
			for point in &inside {
				let others = inside.iter().filter(|other| other.0 != point.0);
				let others = others.map(|other| point.1 - other.1).product::<Scalar>();
				inverses.push(difference(point) * others);
			}
		}
		let (first_inside, first_outside) = *products.first()?;
		inverses.push(first_outside);
		if inverses.iter().any(Scalar::is_zero) {
			return None;
		}
		batch_inversion(&mut inverses);
		let first_outside = inverses.pop()?;
		let mut inverses = inverses.into_iter();
		let weights = self.sets.iter().zip(&products).map(|(set, (_, outside))| Weights {
			factor: first_outside * outside,
			barycentric: inverses.by_ref().take(set.rotations.len()).collect(),
		});
		Some((first_inside, weights.collect()))
	}
}

fn add(scalars: &mut [Scalar], index: Option<usize>, scalar: Scalar) -> Option<()> {
	if let Some(index) = index {
		*scalars.get_mut(index)? += scalar;
	}
	Some(())
}
