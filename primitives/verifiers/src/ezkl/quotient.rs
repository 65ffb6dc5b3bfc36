//! The constraints at x, folded by y: gates, permutation (PLONK, eprint 2019/953, as halo2 cuts it
//! into chunks) and lookups by logarithmic derivatives (Haböck, eprint 2022/1530).

#![allow(clippy::arithmetic_side_effects, reason = "arithmetic of fields is total")]

use super::{
	domain::{Lagrange, DELTA},
	header::Counts,
	program::{Column, Lookup, Program, Values},
	transcript::Challenges,
};
use crate::Scalar;
use alloc::vec::Vec;
use ark_ff::{One, Zero};

/// What the constraints of a circuit are evaluated with.
pub(super) struct Constraints<'a> {
	pub(super) program: &'a Program,
	pub(super) counts: &'a Counts,
	pub(super) values: Values<'a>,
	pub(super) challenges: &'a Challenges,
	pub(super) lagrange: &'a Lagrange,
}

impl Constraints<'_> {
	/// All constraints in their order. Those that hold on every row are multiples of xⁿ − 1.
	///
	/// `None` where one takes what is not there, which no key has that was read.
	pub(super) fn terms(&self) -> Option<Vec<Scalar>> {
		let mut terms = Vec::new();
		for gate in &self.program.gates {
			terms.push(gate.value(&self.values)?);
		}
		self.permutation(&mut terms)?;
		let mut table = Scalar::zero();
		for (index, lookup) in self.program.lookups.iter().enumerate() {
			self.lookup(index, lookup, &mut table, &mut terms)?;
		}
		Some(terms)
	}

	/// The quotient at x that the folded constraints ask for.
	pub(super) fn quotient(&self, terms: &[Scalar]) -> Scalar {
		let numerator =
			terms.iter().fold(Scalar::zero(), |sum, term| sum * self.challenges.y + term);
		numerator * self.lagrange.vanishing_inverse
	}

	fn permutation(&self, terms: &mut Vec<Scalar>) -> Option<()> {
		let Lagrange { first, last, active, instance, .. } = *self.lagrange;
		let Challenges { beta, gamma, x, .. } = *self.challenges;
		let evaluation = |index| self.values.evaluation(index);
		let product = |chunk| evaluation(self.counts.product_evaluation(chunk)?);
		let next = |chunk| evaluation(self.counts.product_evaluation(chunk)?.checked_add(1)?);
		let end = |chunk| evaluation(self.counts.product_evaluation(chunk)?.checked_add(2)?);

		let final_product = product(self.counts.chunks.checked_sub(1)?)?;
		terms.push(first * (Scalar::one() - product(0)?));
		terms.push(last * (final_product * final_product - final_product));
		for chunk in 1..self.counts.chunks {
			terms.push(first * (product(chunk)? - end(chunk.checked_sub(1)?)?));
		}
		let mut own = beta * x;
		for (index, chunk) in self.program.chunks.iter().enumerate() {
			let (mut left, mut right) = (next(index)?, product(index)?);
			for (column, polynomial) in &chunk.columns {
				let value = match column {
					Column::Evaluation(index) => evaluation(*index)?,
					Column::Instance => instance,
				};
				left *= value + beta * evaluation(*polynomial)? + gamma;
				right *= value + own + gamma;
				own *= DELTA;
			}
			terms.push(active * (left - right));
		}
		Some(())
	}

	fn lookup(
		&self,
		index: usize,
		lookup: &Lookup,
		table: &mut Scalar,
		terms: &mut Vec<Scalar>,
	) -> Option<()> {
		let Lagrange { first, last, active, .. } = *self.lagrange;
		let Challenges { theta, beta, .. } = *self.challenges;
		let place = self.counts.lookup_evaluation(index)?;
		let evaluation = |offset: usize| self.values.evaluation(place.checked_add(offset)?);
		let (sum, next, multiplicity) = (evaluation(0)?, evaluation(1)?, evaluation(2)?);
		if let Some(tuple) = &lookup.table {
			*table = tuple.folded(&self.values, theta, beta)?;
		}
		// Σ 1/fᵢ and Π fᵢ, the sum brought to the denominator of the product.
		let (mut inverses, mut product) = (Scalar::zero(), Scalar::one());
		for input in &lookup.inputs {
			let value = input.folded(&self.values, theta, beta)?;
			inverses = inverses * value + product;
			product *= value;
		}
		terms.push(first * sum);
		terms.push(last * sum);
		let step = *table * product * (next - sum);
		terms.push(active * (step - (*table * inverses - multiplicity * product)));
		Some(())
	}
}
