//! The seam for the arithmetic of BN254, and its pure implementation.

#![allow(clippy::arithmetic_side_effects, reason = "arithmetic of fields and groups is total")]

use crate::{
	lines::{at, loop_digits},
	Lines, Randomiser, Scalar,
};
use alloc::vec::Vec;
use ark_bn254::{Bn254, Fq12, G1Affine, G1Projective, G2Affine};
use ark_ec::{
	pairing::{MillerLoopOutput, Pairing},
	AffineRepr, VariableBaseMSM,
};
use ark_ff::{AdditiveGroup, Field};
use core::fmt::Debug;

/// The value of a product of pairings: an element of the target group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Gt(pub Fq12);

impl Gt {
	/// Whether the product is one, so that the equation it stands for holds.
	pub fn is_one(&self) -> bool {
		self.0 == Fq12::ONE
	}

	/// Both products.
	pub fn times(&self, other: &Self) -> Self {
		Self(self.0 * other.0)
	}

	/// This product without the factors of `other`.
	pub fn over(&self, other: &Self) -> Self {
		let mut inverse = other.0;
		// In the target group the conjugate is the inverse.
		inverse.conjugate_in_place();
		Self(self.0 * inverse)
	}
}

/// Arithmetic of BN254 that dominates the checks; host functions can take the place of [`Pure`].
///
/// Every engine has to give the same values, for verdicts to be the same everywhere.
pub trait Engine: Copy + PartialEq + Debug + 'static {
	/// A point of G2 as the engine likes it for pairings.
	type Prepared: Clone + PartialEq + Debug;

	/// Prepares a point; `None` for the identity and for what is off the twist or outside the
	/// subgroup of order r.
	fn prepare(point: &G2Affine) -> Option<Self::Prepared>;

	/// The product of the pairings of all pairs: one loop, one final exponentiation.
	fn product(pairs: &[(G1Affine, &Self::Prepared)]) -> Gt;

	/// The sum of the points, each times its scalar; surplus points or scalars are left out.
	fn sum(points: &[G1Affine], scalars: &[Scalar]) -> G1Projective;

	/// As [`sum`](Self::sum), for scalars of 64 bits.
	fn short_sum(points: &[G1Affine], scalars: &[u64]) -> G1Projective;

	/// The point times the randomiser.
	fn times(point: &G1Affine, randomiser: Randomiser) -> G1Projective;
}

/// The arithmetic in this process, by arkworks' fields and groups.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pure;

impl Engine for Pure {
	type Prepared = Lines;

	fn prepare(point: &G2Affine) -> Option<Lines> {
		Lines::prepare(point)
	}

	fn product(pairs: &[(G1Affine, &Lines)]) -> Gt {
		// A final exponentiation of zero has no value, and no pairing has the value zero.
		let value = Bn254::final_exponentiation(MillerLoopOutput(miller_loop(pairs)));
		Gt(value.map_or(Fq12::ZERO, |value| value.0))
	}

	fn sum(points: &[G1Affine], scalars: &[Scalar]) -> G1Projective {
		G1Projective::msm_unchecked(points, scalars)
	}

	fn short_sum(points: &[G1Affine], scalars: &[u64]) -> G1Projective {
		G1Projective::msm_u64(points, scalars)
	}

	fn times(point: &G1Affine, randomiser: Randomiser) -> G1Projective {
		randomiser.times(point)
	}
}

/// The product of the Miller loops of all pairs, with squarings shared by all.
///
/// A pair whose G1 point is the identity has the value one and is left out.
fn miller_loop(pairs: &[(G1Affine, &Lines)]) -> Fq12 {
	let mut walks: Vec<_> = pairs
		.iter()
		.filter_map(|(point, lines)| point.xy().map(|(x, y)| (x, y, lines.iter())))
		.collect();
	let mut value = Fq12::ONE;
	let mut step = |value: &mut Fq12| {
		for (x, y, lines) in &mut walks {
			if let Some(line) = lines.next() {
				let [c0, c3, c4] = at(line, x, y);
				value.mul_by_034(&c0, &c3, &c4);
			}
		}
	};
	for digit in loop_digits() {
		value.square_in_place();
		step(&mut value);
		if digit != 0 {
			step(&mut value);
		}
	}
	// The two last steps, ψ(Q) and −ψ²(Q).
	step(&mut value);
	step(&mut value);
	value
}
