//! Points of BN254 as bytes: the EVM's words, and arkworks' compressed form.
//!
//! Nothing here tests membership of the subgroup: G1 is the whole curve, and points of G2 are
//! tested where their lines are prepared.

#![allow(clippy::arithmetic_side_effects, reason = "arithmetic of fields is total")]

use crate::PointFault;
use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInt, PrimeField};

/// Bytes of a G1 point on the wire.
pub(crate) const G1_BYTES: usize = 64;
/// Bytes of a G2 point on the wire.
pub(crate) const G2_BYTES: usize = 128;
/// Bytes of a compressed G1 point.
pub(crate) const G1_COMPRESSED: usize = 32;
/// Bytes of a compressed G2 point.
pub(crate) const G2_COMPRESSED: usize = 64;

const LARGER: u8 = 0x80;
const INFINITY: u8 = 0x40;

/// The element of a prime field of four limbs that a big-endian word encodes; `None` where it is
/// not below the modulus.
pub(crate) fn from_word<F: PrimeField<BigInt = BigInt<4>>>(word: &[u8; 32]) -> Option<F> {
	let mut limbs = [0u64; 4];
	for (limb, bytes) in limbs.iter_mut().rev().zip(word.as_chunks::<8>().0) {
		*limb = u64::from_be_bytes(*bytes);
	}
	F::from_bigint(BigInt::new(limbs))
}

/// The big-endian word of a field element.
pub(crate) fn to_word<F: PrimeField<BigInt = BigInt<4>>>(element: &F) -> [u8; 32] {
	let mut word = [0u8; 32];
	let limbs = element.into_bigint().0;
	for (bytes, limb) in word.as_chunks_mut::<8>().0.iter_mut().zip(limbs.iter().rev()) {
		*bytes = limb.to_be_bytes();
	}
	word
}

/// `N` words of 32 bytes, as coordinates.
fn coordinates<const N: usize>(bytes: &[u8]) -> Result<[Fq; N], PointFault> {
	let mut elements = [Fq::from(0u64); N];
	for (element, word) in elements.iter_mut().zip(bytes.as_chunks::<32>().0) {
		*element = from_word(word).ok_or(PointFault::CoordinateTooLarge)?;
	}
	Ok(elements)
}

/// The point on the curve that `x ‖ y` encodes; the identity, all zero, is refused.
pub(crate) fn g1_from_wire(bytes: &[u8; G1_BYTES]) -> Result<G1Affine, PointFault> {
	let [x, y] = coordinates(bytes)?;
	let point = G1Affine::new_unchecked(x, y);
	if point.is_zero() {
		return Err(PointFault::Identity);
	}
	point.is_on_curve().then_some(point).ok_or(PointFault::OffCurve)
}

/// The point on the twist that `x.c1 ‖ x.c0 ‖ y.c1 ‖ y.c0` encodes; the identity is refused.
pub(crate) fn g2_from_wire(bytes: &[u8; G2_BYTES]) -> Result<G2Affine, PointFault> {
	let [x1, x0, y1, y0] = coordinates(bytes)?;
	let point = G2Affine::new_unchecked(Fq2::new(x0, x1), Fq2::new(y0, y1));
	if point.is_zero() {
		return Err(PointFault::Identity);
	}
	point.is_on_curve().then_some(point).ok_or(PointFault::OffCurve)
}

/// `x ‖ y`, all zero for the identity.
pub(crate) fn g1_to_wire(point: &G1Affine) -> [u8; G1_BYTES] {
	let mut bytes = [0u8; G1_BYTES];
	if let Some((x, y)) = point.xy() {
		write_words(&mut bytes, &[x, y]);
	}
	bytes
}

/// `x.c1 ‖ x.c0 ‖ y.c1 ‖ y.c0`, all zero for the identity.
pub(crate) fn g2_to_wire(point: &G2Affine) -> [u8; G2_BYTES] {
	let mut bytes = [0u8; G2_BYTES];
	if let Some((x, y)) = point.xy() {
		write_words(&mut bytes, &[x.c1, x.c0, y.c1, y.c0]);
	}
	bytes
}

fn write_words(bytes: &mut [u8], elements: &[Fq]) {
	for (word, element) in bytes.as_chunks_mut::<32>().0.iter_mut().zip(elements) {
		*word = to_word(element);
	}
}

/// The point that arkworks' compressed form encodes: little-endian x, in the last byte bit 7 set
/// for the larger y and bit 6 for the identity, which is refused.
pub(crate) fn g1_from_compressed(bytes: &[u8; G1_COMPRESSED]) -> Result<G1Affine, PointFault> {
	let (flags, [x]) = compressed_parts(bytes)?;
	let larger = flag_of_y(flags, x == Fq::from(0u64))?;
	let (low, high) = G1Affine::get_ys_from_x_unchecked(x).ok_or(PointFault::OffCurve)?;
	Ok(G1Affine::new_unchecked(x, if larger { high } else { low }))
}

/// The point on the twist that arkworks' compressed form encodes: c0 then c1 of x, flags as for
/// G1.
pub(crate) fn g2_from_compressed(bytes: &[u8; G2_COMPRESSED]) -> Result<G2Affine, PointFault> {
	let (flags, [c0, c1]) = compressed_parts(bytes)?;
	let x = Fq2::new(c0, c1);
	let larger = flag_of_y(flags, x == Fq2::from(0u64))?;
	let (low, high) = G2Affine::get_ys_from_x_unchecked(x).ok_or(PointFault::OffCurve)?;
	Ok(G2Affine::new_unchecked(x, if larger { high } else { low }))
}

fn flag_of_y(flags: u8, x_is_zero: bool) -> Result<bool, PointFault> {
	match flags {
		0 => Ok(false),
		LARGER => Ok(true),
		INFINITY if x_is_zero => Err(PointFault::Identity),
		_ => Err(PointFault::Flags),
	}
}

/// The two flag bits of the last byte, and the little-endian coordinates without them.
fn compressed_parts<const N: usize>(bytes: &[u8]) -> Result<(u8, [Fq; N]), PointFault> {
	let mut elements = [Fq::from(0u64); N];
	let words = bytes.as_chunks::<32>().0;
	let mut flags = 0;
	for (index, (element, little)) in elements.iter_mut().zip(words).enumerate() {
		let mut word = *little;
		word.reverse();
		if let (true, Some(top)) = (index.checked_add(1) == Some(N), word.first_mut()) {
			flags = *top & (LARGER | INFINITY);
			*top &= !(LARGER | INFINITY);
		}
		*element = from_word(&word).ok_or(PointFault::CoordinateTooLarge)?;
	}
	Ok((flags, elements))
}

/// The compressed form of a point of G1; the identity is flag and zeros.
pub(crate) fn g1_to_compressed(point: &G1Affine) -> [u8; G1_COMPRESSED] {
	let Some((x, y)) = point.xy() else { return flagged([0; G1_COMPRESSED], INFINITY) };
	let mut bytes = to_word(&x);
	bytes.reverse();
	flagged(bytes, if y > -y { LARGER } else { 0 })
}

/// The compressed form of a point of G2; the identity is flag and zeros.
pub(crate) fn g2_to_compressed(point: &G2Affine) -> [u8; G2_COMPRESSED] {
	let mut bytes = [0u8; G2_COMPRESSED];
	let Some((x, y)) = point.xy() else { return flagged(bytes, INFINITY) };
	write_words(&mut bytes, &[x.c1, x.c0]);
	bytes.reverse();
	flagged(bytes, if y > -y { LARGER } else { 0 })
}

fn flagged<const N: usize>(mut bytes: [u8; N], flag: u8) -> [u8; N] {
	if let Some(last) = bytes.last_mut() {
		*last |= flag;
	}
	bytes
}
