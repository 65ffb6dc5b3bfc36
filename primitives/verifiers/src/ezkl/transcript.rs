//! The challenges of a proof: Keccak-256 of all that came before, as an EVM contract hashes it.

use super::{header::Counts, proof::Proof, words::Word};
use crate::{point::to_word, Scalar};
use ark_ff::PrimeField;
use sha3::{Digest, Keccak256};

/// A transcript that hashes words and draws scalars.
struct Transcript {
	hash: Keccak256,
	/// Whether nothing was absorbed since the last challenge.
	is_fresh: bool,
}

impl Transcript {
	fn new() -> Self {
		Self { hash: Keccak256::new(), is_fresh: false }
	}

	fn absorb(&mut self, words: &[Word]) {
		self.hash.update(words.as_flattened());
		self.is_fresh = self.is_fresh && words.is_empty();
	}

	fn squeeze(&mut self) -> Scalar {
		if self.is_fresh {
			self.hash.update([1]);
		}
		let digest: Word = self.hash.finalize_reset().into();
		self.hash.update(digest);
		self.is_fresh = true;
		Scalar::from_be_bytes_mod_order(&digest)
	}
}

/// What the verifier would have drawn by chance, each after what it must not be known for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Challenges {
	/// Folds what is looked up.
	pub(super) theta: Scalar,
	/// Shifts the values of permutation and lookups.
	pub(super) beta: Scalar,
	/// Shifts the values of the permutation.
	pub(super) gamma: Scalar,
	/// Folds the constraints.
	pub(super) y: Scalar,
	/// Where polynomials are evaluated.
	pub(super) x: Scalar,
	/// Folds the polynomials of a set of points.
	pub(super) zeta: Scalar,
	/// Folds the sets of points.
	pub(super) nu: Scalar,
	/// Where the folded polynomial is opened.
	pub(super) mu: Scalar,
}

impl Challenges {
	/// The challenges of a proof that has the length which the counts ask for.
	pub(super) fn draw(digest: &Scalar, counts: &Counts, inputs: &[Scalar], proof: &Proof) -> Self {
		let mut transcript = Transcript::new();
		let mut next = 0usize;
		let mut absorb = |transcript: &mut Transcript, words: usize| {
			transcript.absorb(proof.words(next, words));
			next = next.saturating_add(words);
		};
		transcript.absorb(&[to_word(digest)]);
		for input in inputs {
			transcript.absorb(&[to_word(input)]);
		}
		absorb(&mut transcript, counts.advice.saturating_mul(2));
		let theta = transcript.squeeze();
		// Without lookups nothing is absorbed here.
		absorb(&mut transcript, counts.lookups.saturating_mul(2));
		let (beta, gamma) = (transcript.squeeze(), transcript.squeeze());
		let products = counts.chunks.saturating_add(counts.lookups).saturating_add(1);
		absorb(&mut transcript, products.saturating_mul(2));
		let y = transcript.squeeze();
		absorb(&mut transcript, counts.pieces.saturating_mul(2));
		let x = transcript.squeeze();
		absorb(&mut transcript, counts.evaluations);
		let (zeta, nu) = (transcript.squeeze(), transcript.squeeze());
		absorb(&mut transcript, 2);
		let mu = transcript.squeeze();
		Self { theta, beta, gamma, y, x, zeta, nu, mu }
	}
}
