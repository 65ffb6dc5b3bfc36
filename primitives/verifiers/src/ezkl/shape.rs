//! What the cost of checking a proof follows from: the sizes of its key.

use crate::{cost::count, Cost};

/// The sizes of a key, to be kept beside it so that a check can be priced before the key is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shape {
	/// Public inputs.
	pub inputs: u32,
	/// Commitments of a proof, W and W′ left out.
	pub commitments: u32,
	/// Evaluations of a proof.
	pub evaluations: u32,
	/// Points of the key that are summed.
	pub points: u32,
	/// Multiplications in the scalar field for a proof, an upper bound.
	pub operations: u32,
	/// Words of the key's artefact.
	pub words: u32,
}

impl Shape {
	/// Bytes of a proof.
	pub fn proof_bytes(&self) -> u32 {
		let points = self.commitments.saturating_add(2).saturating_mul(64);
		points.saturating_add(self.evaluations.saturating_mul(32))
	}

	/// What `proofs` proofs under one such key cost in a batch, without the exponentiation.
	///
	/// The preparation of the reference string and its two pairings are in it once, though many
	/// keys may share them.
	pub(super) fn batch_cost(&self, proofs: usize) -> Cost {
		let proofs = count(proofs);
		let points = proofs.saturating_mul(self.commitments.saturating_add(2));
		let words = (self.proof_bytes() / 32).saturating_add(self.inputs).saturating_add(1);
		Cost {
			preparations: 2,
			loops: 2,
			exponentiations: 0,
			terms: self.points.saturating_add(points),
			random_terms: proofs,
			points: self.points.saturating_add(points),
			operations: self.operations.saturating_mul(proofs),
			words: self.words.saturating_add(words.saturating_mul(proofs)),
		}
	}
}
