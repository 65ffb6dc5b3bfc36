//! The rows of a circuit as powers of a root of unity, and Lagrange polynomials over them.

#![allow(clippy::arithmetic_side_effects, reason = "arithmetic of fields is total")]

use crate::Scalar;
use alloc::vec::Vec;
use ark_ff::{batch_inversion, AdditiveGroup, Field, MontFp, One, Zero};

/// The logarithm of the order of [`ROOT`].
pub(super) const TWO_ADICITY: usize = 28;

/// 7 to the power of (r − 1)/2²⁸, where halo2 takes all its roots of unity from.
pub(super) const ROOT: Scalar =
	MontFp!("1748695177688661943023146337482803886740723238769601073607632802312037301404");

/// 7 to the power of 2²⁸, which tells the columns of the permutation apart.
pub(super) const DELTA: Scalar =
	MontFp!("4131629893567559867359510883348571134090853742863529169391034518566172092834");

/// The 2ᵏ rows of a circuit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Domain {
	pub(super) k: usize,
	/// 1/n.
	pub(super) size_inverse: Scalar,
	pub(super) omega: Scalar,
	pub(super) omega_inverse: Scalar,
	/// How many of the last rows are not usable, the first of which ends the permutation and the
	/// lookups.
	pub(super) blinding: usize,
}

impl Domain {
	/// The domain of 2ᵏ rows, k being at most [`TWO_ADICITY`].
	pub(super) fn new(k: usize, blinding: usize) -> Option<Self> {
		let mut omega = ROOT;
		for _ in k..TWO_ADICITY {
			omega.square_in_place();
		}
		let mut size = Scalar::one();
		for _ in 0..k.min(TWO_ADICITY) {
			size.double_in_place();
		}
		let (size_inverse, omega_inverse) = (size.inverse()?, omega.inverse()?);
		Some(Self { k, size_inverse, omega, omega_inverse, blinding })
	}

	/// ω to the power of `rotation`.
	pub(super) fn power(&self, rotation: i32) -> Scalar {
		let base = if rotation < 0 { self.omega_inverse } else { self.omega };
		base.pow([u64::from(rotation.unsigned_abs())])
	}

	/// The rotation by which a row leads to the first one that is not usable.
	pub(super) fn last_rotation(&self) -> i32 {
		i32::try_from(self.blinding).map_or(i32::MIN, |rows| -rows)
	}
}

/// Lagrange polynomials of a domain at the point x.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Lagrange {
	/// xⁿ.
	pub(super) power: Scalar,
	/// 1/(xⁿ − 1).
	pub(super) vanishing_inverse: Scalar,
	/// Of the first row.
	pub(super) first: Scalar,
	/// Of the first row that is not usable.
	pub(super) last: Scalar,
	/// The sum of those of the rows after that.
	pub(super) blind: Scalar,
	/// The sum of those of the usable rows.
	pub(super) active: Scalar,
	/// The public inputs, as the polynomial that has them in its first rows.
	pub(super) instance: Scalar,
}

impl Lagrange {
	/// At `x`, for these public inputs; `None` where x is a root of unity.
	pub(super) fn at(domain: &Domain, x: Scalar, inputs: &[Scalar]) -> Option<Self> {
		let mut power = x;
		for _ in 0..domain.k {
			power.square_in_place();
		}
		let vanishing = power - Scalar::one();
		let rows = domain.blinding.saturating_add(inputs.len().max(1));
		let mut roots = Vec::with_capacity(rows);
		let mut root = domain.power(domain.last_rotation());
		for _ in 0..rows {
			roots.push(root);
			root *= domain.omega;
		}
		let mut inverses: Vec<_> = roots.iter().map(|root| x - root).collect();
		inverses.push(vanishing);
		if inverses.iter().any(Scalar::is_zero) {
			return None;
		}
		batch_inversion(&mut inverses);
		let vanishing_inverse = inverses.pop()?;

		let factor = vanishing * domain.size_inverse;
		let mut values = roots.iter().zip(&inverses).map(|(root, inverse)| *root * inverse);
		let last = values.next()? * factor;
		let before_first = domain.blinding.saturating_sub(1);
		let blind = values.by_ref().take(before_first).sum::<Scalar>() * factor;
		let first = values.next()?;
		let mut instance = inputs.first().map_or(Scalar::zero(), |input| first * input);
		for (value, input) in values.zip(inputs.iter().skip(1)) {
			instance += value * input;
		}
		Some(Self {
			power,
			vanishing_inverse,
			first: first * factor,
			last,
			blind,
			active: Scalar::one() - last - blind,
			instance: instance * factor,
		})
	}
}
