//! Proofs of Groth16: their wire form.

#![allow(clippy::arithmetic_side_effects, reason = "arithmetic of fields and groups is total")]

use super::key::take;
use crate::{
	point::{
		g1_from_compressed, g1_from_wire, g1_to_compressed, g1_to_wire, g2_from_wire, g2_to_wire,
		G1_BYTES, G1_COMPRESSED, G2_BYTES, G2_COMPRESSED,
	},
	Engine, PointFault, PointName, ProofError, Pure, Scalar, G2,
};
use ark_bn254::G1Affine;
use ark_ec::CurveGroup;
use ark_ff::Field;

/// Bytes of a proof on the wire.
pub const PROOF_BYTES: usize = 256;
/// Bytes of a compressed proof.
pub const COMPRESSED_PROOF_BYTES: usize = 128;

/// A proof: A and C in G1 and B in the subgroup of G2, none of them the identity.
///
/// On the wire `A(64) ‖ B(128) ‖ C(64)`, as gnark's raw form and Solidity verifiers have it. An
/// honest prover makes an identity with a probability of about 2⁻²⁵⁴.
#[derive(Clone, PartialEq, Debug)]
pub struct Proof<E: Engine = Pure> {
	pub(super) a: G1Affine,
	pub(super) b: G2<E>,
	pub(super) c: G1Affine,
}

impl<E: Engine> Proof<E> {
	/// Decodes a proof on the wire.
	///
	/// Refused are: any other length, by name where it is that of a gnark proof with commitments;
	/// and points that are off the curve, outside the subgroup, not canonical or the identity.
	pub fn from_wire(bytes: &[u8]) -> Result<Self, ProofError> {
		let mismatch = ProofError::Length { got: bytes.len(), expected: PROOF_BYTES };
		if bytes.len() != PROOF_BYTES {
			return Err(commitments(bytes).unwrap_or(mismatch));
		}
		let mut rest = bytes;
		let a = take::<G1_BYTES>(&mut rest).ok_or(mismatch.clone())?;
		let b = take::<G2_BYTES>(&mut rest).ok_or(mismatch.clone())?;
		let c = take::<G1_BYTES>(&mut rest).ok_or(mismatch)?;
		// The cheap tests first: junk is refused before the subgroup is tested.
		let a = g1_from_wire(a).map_err(at(PointName::A))?;
		let c = g1_from_wire(c).map_err(at(PointName::C))?;
		let b = G2::from_wire(b).map_err(at(PointName::B))?;
		Ok(Self { a, b, c })
	}

	/// Decodes a proof as arkworks writes it compressed: A, B, C. Refuses what
	/// [`from_wire`](Self::from_wire) does.
	pub fn from_compressed(bytes: &[u8]) -> Result<Self, ProofError> {
		let mismatch = ProofError::Length { got: bytes.len(), expected: COMPRESSED_PROOF_BYTES };
		if bytes.len() != COMPRESSED_PROOF_BYTES {
			return Err(mismatch);
		}
		let mut rest = bytes;
		let a = take::<G1_COMPRESSED>(&mut rest).ok_or(mismatch.clone())?;
		let b = take::<G2_COMPRESSED>(&mut rest).ok_or(mismatch.clone())?;
		let c = take::<G1_COMPRESSED>(&mut rest).ok_or(mismatch)?;
		let a = g1_from_compressed(a).map_err(at(PointName::A))?;
		let c = g1_from_compressed(c).map_err(at(PointName::C))?;
		let b = G2::from_compressed(b).map_err(at(PointName::B))?;
		Ok(Self { a, b, c })
	}

	/// Another proof of the same statement, as anyone can make it: A divided by a factor and B times it. `None` for zero.
	pub fn disguised(&self, factor: Scalar) -> Option<Self> {
		let a = self.a * factor.inverse()?;
		let b = g2_from_wire(self.b.wire()).ok()? * factor;
		let (a, b) = (g1_to_wire(&a.into_affine()), g2_to_wire(&b.into_affine()));
		let bytes: [u8; PROOF_BYTES] = joined([&a, &b, &g1_to_wire(&self.c)]);
		Self::from_wire(&bytes).ok()
	}

	/// The proof on the wire.
	pub fn to_wire(&self) -> [u8; PROOF_BYTES] {
		let (a, c) = (g1_to_wire(&self.a), g1_to_wire(&self.c));
		joined([&a, self.b.wire(), &c])
	}

	/// The proof as arkworks writes it compressed.
	pub fn to_compressed(&self) -> [u8; COMPRESSED_PROOF_BYTES] {
		let (a, c) = (g1_to_compressed(&self.a), g1_to_compressed(&self.c));
		joined([&a, &self.b.to_compressed(), &c])
	}
}

fn joined<const N: usize>(parts: [&[u8]; 3]) -> [u8; N] {
	let mut bytes = [0; N];
	let all = parts.into_iter().flatten();
	for (byte, part) in bytes.iter_mut().zip(all) {
		*byte = *part;
	}
	bytes
}

/// Whether bytes have the length of a gnark proof with commitments (BSB22): after A, B and C the
/// commitments and a proof of knowledge, in gnark's file with a 32-bit count before them.
fn commitments(bytes: &[u8]) -> Option<ProofError> {
	let (_, tail) = bytes.split_first_chunk::<PROOF_BYTES>()?;
	let points = |bytes: &[u8]| match bytes.as_chunks::<G1_BYTES>() {
		(points, []) => points.len().checked_sub(1),
		_ => None,
	};
	if let Some(commitments) = points(tail).filter(|count| *count > 0) {
		return Some(ProofError::Commitments { commitments });
	}
	let (count, rest) = tail.split_first_chunk::<4>()?;
	let commitments = points(rest)?;
	let counted = usize::try_from(u32::from_be_bytes(*count)) == Ok(commitments);
	counted.then_some(ProofError::Commitments { commitments })
}

fn at(point: PointName) -> impl Fn(PointFault) -> ProofError {
	move |fault| ProofError::Point { point, fault }
}
