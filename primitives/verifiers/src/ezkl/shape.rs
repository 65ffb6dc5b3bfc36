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

	/// What reading the key costs, and what it adds to a check; the reference string left out.
	pub fn key_cost(&self) -> Cost {
		Cost { terms: self.points, points: self.points, words: self.words, ..Cost::default() }
	}

	/// What reading a proof costs, and what it adds to a check.
	pub fn proof_cost(&self) -> Cost {
		let points = self.commitments.saturating_add(2);
		let words = (self.proof_bytes() / 32).saturating_add(self.inputs).saturating_add(1);
		Cost {
			terms: points,
			random_terms: 1,
			points,
			operations: self.operations,
			words,
			..Cost::default()
		}
	}

	/// What `proofs` proofs under one such key cost in a batch, without the exponentiation.
	///
	/// The preparation of the reference string and its two pairings are in it once, though many
	/// keys may share them.
	pub(super) fn batch_cost(&self, proofs: usize) -> Cost {
		SRS_COST.plus(self.key_cost()).plus(self.proof_cost().times(count(proofs)))
	}
}

/// What preparing a reference string costs, and what it adds to a check.
pub const SRS_COST: Cost = Cost {
	preparations: 2,
	loops: 2,
	exponentiations: 0,
	terms: 0,
	random_terms: 0,
	points: 0,
	operations: 0,
	words: 0,
};
