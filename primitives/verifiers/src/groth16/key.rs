//! Verification keys of Groth16: their wire form, and what makes one unfit.

use crate::{
	point::{
		g1_from_compressed, g1_from_wire, g1_to_compressed, g1_to_wire, G1_BYTES, G1_COMPRESSED,
		G2_BYTES, G2_COMPRESSED,
	},
	Engine, Gt, KeyError, PointFault, PointName, Pure, G2, MAX_INPUTS,
};
use alloc::vec::Vec;
use ark_bn254::G1Affine;
use ark_ec::AffineRepr;
use blake2::{digest::consts::U32, Blake2b, Digest};

/// Bytes of α, β, γ and δ on the wire.
pub const FIXED_BYTES: usize = 448;
/// Bytes of each IC point on the wire, of which there is one more than public inputs.
pub const IC_BYTES: usize = G1_BYTES;

const COMPRESSED_FIXED_BYTES: usize = 232;

/// A verification key, sound as far as anyone can tell without its toxic waste.
///
/// On the wire: `α(64) ‖ β(128) ‖ γ(128) ‖ δ(128) ‖ IC₀(64) ‖ … ‖ ICₙ(64)` for n public inputs.
#[derive(Clone, PartialEq, Debug)]
pub struct VerifyingKey<E: Engine = Pure> {
	pub(super) alpha: G1Affine,
	pub(super) beta: G2<E>,
	pub(super) gamma: G2<E>,
	pub(super) delta: G2<E>,
	pub(super) ic: Vec<G1Affine>,
	pub(super) id: [u8; 32],
	pub(super) target: Option<Gt>,
}

impl<E: Engine> VerifyingKey<E> {
	/// Decodes the key on the wire of a circuit with `inputs` public inputs.
	///
	/// Refused are: any other length; no inputs, or more than [`MAX_INPUTS`]; points that are off
	/// the curve, outside the subgroup or not canonical; the identity for α, β, γ, δ or the point
	/// of an input (IC₀ may be the identity: circuits without constants have that); and points of
	/// G2 that are equal up to sign, with which anyone can forge: above all δ = γ, in keys
	/// exported before phase 2.
	pub fn from_wire(bytes: &[u8], inputs: usize) -> Result<Self, KeyError> {
		let count = points_for(inputs)?;
		let expected = count.saturating_mul(IC_BYTES).saturating_add(FIXED_BYTES);
		let mismatch = KeyError::Length { got: bytes.len(), expected };
		if bytes.len() != expected {
			return Err(mismatch);
		}
		let mut rest = bytes;
		let alpha = take::<G1_BYTES>(&mut rest).ok_or(mismatch.clone())?;
		let alpha = g1_from_wire(alpha).map_err(at(PointName::Alpha))?;
		let mut g2 = |name| {
			let bytes = take::<G2_BYTES>(&mut rest).ok_or(mismatch.clone())?;
			G2::from_wire(bytes).map_err(at(name))
		};
		let beta = g2(PointName::Beta)?;
		let gamma = g2(PointName::Gamma)?;
		let delta = g2(PointName::Delta)?;
		let decoded = rest.as_chunks::<IC_BYTES>().0.iter().map(g1_from_wire);
		let ic = decoded.enumerate().map(ic_point).collect::<Result<_, _>>()?;
		Self::new(alpha, beta, gamma, delta, ic)
	}

	/// Decodes the key as arkworks writes it compressed: α, β, γ, δ, the count of IC points as
	/// eight little-endian bytes, and those points. Refuses what
	/// [`from_wire`](Self::from_wire) does.
	pub fn from_compressed(bytes: &[u8], inputs: usize) -> Result<Self, KeyError> {
		let count = points_for(inputs)?;
		let expected = count.saturating_mul(G1_COMPRESSED).saturating_add(COMPRESSED_FIXED_BYTES);
		let mismatch = KeyError::Length { got: bytes.len(), expected };
		if bytes.len() != expected {
			return Err(mismatch);
		}
		let mut rest = bytes;
		let alpha = take::<G1_COMPRESSED>(&mut rest).ok_or(mismatch.clone())?;
		let alpha = g1_from_compressed(alpha).map_err(at(PointName::Alpha))?;
		let mut g2 = |name| {
			let bytes = take::<G2_COMPRESSED>(&mut rest).ok_or(mismatch.clone())?;
			G2::from_compressed(bytes).map_err(at(name))
		};
		let beta = g2(PointName::Beta)?;
		let gamma = g2(PointName::Gamma)?;
		let delta = g2(PointName::Delta)?;
		let got = u64::from_le_bytes(*take::<8>(&mut rest).ok_or(mismatch.clone())?);
		if usize::try_from(got) != Ok(count) {
			return Err(KeyError::Count { got, expected: count });
		}
		let decoded = rest.as_chunks::<G1_COMPRESSED>().0.iter().map(g1_from_compressed);
		let ic = decoded.enumerate().map(ic_point).collect::<Result<_, _>>()?;
		Self::new(alpha, beta, gamma, delta, ic)
	}

	/// Takes points that are each sound, and refuses those that do not go together.
	fn new(
		alpha: G1Affine,
		beta: G2<E>,
		gamma: G2<E>,
		delta: G2<E>,
		ic: Vec<G1Affine>,
	) -> Result<Self, KeyError> {
		if same_up_to_sign(&gamma, &delta) {
			return Err(KeyError::NoPhaseTwo);
		}
		// With β = ±γ or β = ±δ one G2 term of the equation absorbs another, and known points
		// satisfy it for any inputs, much as with γ = ±δ.
		for (point, right) in [(&gamma, PointName::Gamma), (&delta, PointName::Delta)] {
			if same_up_to_sign(&beta, point) {
				return Err(KeyError::Related { left: PointName::Beta, right });
			}
		}
		let mut key = Self { alpha, beta, gamma, delta, ic, id: [0; 32], target: None };
		key.id = Blake2b::<U32>::digest(key.to_wire()).into();
		Ok(key)
	}

	/// The key on the wire.
	pub fn to_wire(&self) -> Vec<u8> {
		let mut bytes = g1_to_wire(&self.alpha).to_vec();
		for point in [&self.beta, &self.gamma, &self.delta] {
			bytes.extend_from_slice(point.wire());
		}
		bytes.extend(self.ic.iter().flat_map(g1_to_wire));
		bytes
	}

	/// The key as arkworks writes it compressed.
	pub fn to_compressed(&self) -> Vec<u8> {
		let mut bytes = g1_to_compressed(&self.alpha).to_vec();
		for point in [&self.beta, &self.gamma, &self.delta] {
			bytes.extend_from_slice(&point.to_compressed());
		}
		bytes.extend_from_slice(&u64::try_from(self.ic.len()).unwrap_or(u64::MAX).to_le_bytes());
		bytes.extend(self.ic.iter().flat_map(g1_to_compressed));
		bytes
	}

	/// How many public inputs it takes.
	pub fn inputs(&self) -> usize {
		self.ic.len().saturating_sub(1)
	}

	/// BLAKE2b-256 of the key on the wire.
	pub fn id(&self) -> [u8; 32] {
		self.id
	}

	/// Computes e(α, β) once, to spare each later check of a single proof one of four loops.
	///
	/// It costs more than it spares where only one proof is checked before the key is dropped.
	pub fn cache_pairing(&mut self) {
		self.target = Some(E::product(&[(self.alpha, self.beta.prepared())]));
	}
}

/// The IC points of a key for so many inputs.
fn points_for(inputs: usize) -> Result<usize, KeyError> {
	match inputs {
		0 => Err(KeyError::NoInputs),
		1..=MAX_INPUTS => Ok(inputs.saturating_add(1)),
		_ => Err(KeyError::TooManyInputs { got: inputs, limit: MAX_INPUTS }),
	}
}

fn ic_point((index, decoded): (usize, Result<G1Affine, PointFault>)) -> Result<G1Affine, KeyError> {
	match (decoded, index.checked_sub(1)) {
		(Err(PointFault::Identity), None) => Ok(G1Affine::zero()),
		(Err(PointFault::Identity), Some(input)) => Err(KeyError::UnboundInput { input }),
		(decoded, _) => decoded.map_err(at(PointName::Ic(index))),
	}
}

/// Equal or opposite points share x, the first half of the wire form, and only they do.
fn same_up_to_sign<E: Engine>(left: &G2<E>, right: &G2<E>) -> bool {
	left.wire().first_chunk::<{ G2_BYTES / 2 }>() == right.wire().first_chunk()
}

fn at(point: PointName) -> impl Fn(PointFault) -> KeyError {
	move |fault| KeyError::Point { point, fault }
}

pub(super) fn take<'a, const N: usize>(rest: &mut &'a [u8]) -> Option<&'a [u8; N]> {
	let (chunk, tail) = rest.split_first_chunk::<N>()?;
	*rest = tail;
	Some(chunk)
}
