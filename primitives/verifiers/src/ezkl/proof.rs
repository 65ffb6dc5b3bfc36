//! Proofs of EZKL: their wire form.

use super::{header::Counts, words::Word, PointName, ProofError, MAX_PROOF_BYTES};
use crate::{
	point::{from_word, g1_from_wire},
	PointFault, Scalar,
};
use alloc::vec::Vec;
use ark_bn254::G1Affine;

/// A proof: commitments, evaluations and the two points W and W′ that open them, as big-endian
/// words. What is in it only its key can tell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proof {
	words: Vec<Word>,
}

/// The points and scalars of a proof.
pub(super) struct Parts {
	pub(super) commitments: Vec<G1Affine>,
	pub(super) evaluations: Vec<Scalar>,
	/// W.
	pub(super) opening: G1Affine,
	/// W′.
	pub(super) shifted: G1Affine,
}

impl Proof {
	/// Takes the bytes of a proof: whole words of 32, and at most [`MAX_PROOF_BYTES`]. Whether
	/// they are points and scalars is found when they are held against a key.
	pub fn from_wire(bytes: &[u8]) -> Result<Self, ProofError> {
		let (words, rest) = bytes.as_chunks::<32>();
		if !rest.is_empty() || bytes.len() > MAX_PROOF_BYTES {
			return Err(ProofError::Bytes { got: bytes.len(), limit: MAX_PROOF_BYTES });
		}
		Ok(Self { words: words.to_vec() })
	}

	/// The proof on the wire.
	pub fn to_wire(&self) -> &[u8] {
		self.words.as_flattened()
	}

	/// The first commitment, on the wire as `x ‖ y`.
	///
	/// Where a model's parameters or inputs have the visibility `polycommit`, this is the
	/// commitment to them: `P = Σ vᵢ·\[Lᵢ(s)\]₁` over the values in their order. The proof only
	/// shows that the model ran on what is inside P, so whoever relies on it has to compare P
	/// with the commitment that was published. With several such groups the first is that of the
	/// inputs, it is said; that was not tried. P hides nothing that can be guessed.
	pub fn commitment(&self) -> Option<&[u8; 64]> {
		self.words.as_flattened().first_chunk()
	}

	/// The words after as many as come before, or as many as there are.
	pub(super) fn words(&self, from: usize, count: usize) -> &[Word] {
		self.words.get(from..).and_then(|rest| rest.get(..count)).unwrap_or(&[])
	}

	/// The points and scalars of a proof of a key with these counts: of that length exactly,
	/// points on the curve and none of them the identity, scalars below the group order.
	pub(super) fn parts(&self, counts: &Counts) -> Result<Parts, ProofError> {
		let (commitments, evaluations) = (counts.commitments(), counts.evaluations);
		let expected = words_of(counts).saturating_mul(32);
		let got = self.words.len().saturating_mul(32);
		if got != expected {
			return Err(ProofError::Length { got, expected });
		}
		let (points, rest) = split(&self.words, commitments.saturating_mul(2));
		let (scalars, opening) = split(rest, evaluations);
		let point = |point, bytes: &[u8; 64]| {
			g1_from_wire(bytes).map_err(|fault| ProofError::Point { point, fault })
		};
		let decoded = points.as_flattened().as_chunks::<64>().0.iter().enumerate();
		let commitments = decoded.map(|(index, bytes)| point(PointName::Commitment(index), bytes));
		let decoded = scalars.iter().enumerate();
		let evaluations = decoded
			.map(|(evaluation, word)| from_word(word).ok_or(ProofError::Evaluation { evaluation }));
		let ([opening, shifted, ..], _) = opening.as_flattened().as_chunks::<64>() else {
			return Err(ProofError::Point { point: PointName::W, fault: PointFault::Identity });
		};
		Ok(Parts {
			commitments: commitments.collect::<Result<_, _>>()?,
			evaluations: evaluations.collect::<Result<_, _>>()?,
			opening: point(PointName::W, opening)?,
			shifted: point(PointName::WPrime, shifted)?,
		})
	}
}

/// Words of a proof.
pub(super) fn words_of(counts: &Counts) -> usize {
	let commitments = counts.commitments().saturating_mul(2);
	commitments.saturating_add(counts.evaluations).saturating_add(4)
}

fn split(words: &[Word], at: usize) -> (&[Word], &[Word]) {
	words.split_at_checked(at).unwrap_or((words, &[]))
}
