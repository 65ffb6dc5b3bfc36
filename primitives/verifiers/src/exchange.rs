//! Points, scalars, lines and values as bytes, for an engine on the far side of a boundary.
//!
//! Not the wire form: field elements are here as arkworks holds them, little-endian in Montgomery
//! form with R = 2²⁵⁶, so that nothing is converted on the way. Each function that reads is total
//! and gives `None` for what is not below the modulus or of another length.

use crate::{
	lines::{Line, LINES},
	Gt, Lines, Scalar,
};
use alloc::vec::Vec;
use ark_bn254::{Fq, Fq12, Fq2, Fq6, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInt, Fp, FpConfig, PrimeField};
use core::marker::PhantomData;

/// Bytes of a field element or scalar.
pub const SCALAR: usize = 32;
/// Bytes of a point of G1.
pub const G1: usize = 64;
/// Bytes of a point of G2.
pub const G2: usize = 128;
/// Bytes of the lines of a point of G2.
pub const PREPARED: usize = LINES * 192;
/// Bytes of an element of the target group.
pub const GT: usize = 384;

/// Appends a point of G1; the identity is all zero.
pub fn write_g1(point: &G1Affine, into: &mut Vec<u8>) {
	match point.xy() {
		Some((x, y)) => [x, y].iter().for_each(|element| write(element, into)),
		None => into.extend_from_slice(&[0; G1]),
	}
}

/// Reads a point that [`write_g1`] wrote; `None` where it is off the curve.
pub fn read_g1(bytes: &[u8; G1]) -> Option<G1Affine> {
	if bytes.iter().all(|byte| *byte == 0) {
		return Some(G1Affine::identity());
	}
	let [x, y] = read_all(bytes)?;
	let point = G1Affine::new_unchecked(x, y);
	point.is_on_curve().then_some(point)
}

/// Appends a point of G2 that is not the identity.
pub fn write_g2(point: &G2Affine, into: &mut Vec<u8>) {
	for element in [point.x.c0, point.x.c1, point.y.c0, point.y.c1] {
		write(&element, into);
	}
}

/// Reads what [`write_g2`] wrote; [`Lines::prepare`] tells whether that is a point at all.
pub fn read_g2(bytes: &[u8; G2]) -> Option<G2Affine> {
	let [x0, x1, y0, y1] = read_all(bytes)?;
	Some(G2Affine::new_unchecked(Fq2::new(x0, x1), Fq2::new(y0, y1)))
}

/// Appends the lines of a point.
pub fn write_lines(lines: &Lines, into: &mut Vec<u8>) {
	for element in lines.iter().flatten() {
		write(&element.c0, into);
		write(&element.c1, into);
	}
}

/// Reads what [`write_lines`] wrote. Lines that no point has make pairings without a meaning.
pub fn read_lines(bytes: &[u8; PREPARED]) -> Option<Lines> {
	let lines: Option<Vec<Line>> = bytes
		.as_chunks::<192>()
		.0
		.iter()
		.map(|line| {
			let [a0, a1, b0, b1, c0, c1] = read_all(line)?;
			Some([Fq2::new(a0, a1), Fq2::new(b0, b1), Fq2::new(c0, c1)])
		})
		.collect();
	lines.map(Lines::from_list)
}

/// Appends a value of a product of pairings.
pub fn write_gt(value: &Gt, into: &mut Vec<u8>) {
	for half in [&value.0.c0, &value.0.c1] {
		for element in [&half.c0, &half.c1, &half.c2] {
			write(&element.c0, into);
			write(&element.c1, into);
		}
	}
}

/// Reads what [`write_gt`] wrote.
pub fn read_gt(bytes: &[u8; GT]) -> Option<Gt> {
	let [a, b, c, d, e, f, g, h, i, j, k, l] = read_all(bytes)?;
	let low = Fq6::new(Fq2::new(a, b), Fq2::new(c, d), Fq2::new(e, f));
	let high = Fq6::new(Fq2::new(g, h), Fq2::new(i, j), Fq2::new(k, l));
	Some(Gt(Fq12::new(low, high)))
}

/// Appends a scalar.
pub fn write_scalar(scalar: &Scalar, into: &mut Vec<u8>) {
	write(scalar, into);
}

/// Reads what [`write_scalar`] wrote.
pub fn read_scalar(bytes: &[u8; SCALAR]) -> Option<Scalar> {
	read(bytes)
}

fn write<P: FpConfig<4>>(element: &Fp<P, 4>, into: &mut Vec<u8>) {
	for limb in element.0 .0 {
		into.extend_from_slice(&limb.to_le_bytes());
	}
}

fn read<P: FpConfig<4>>(bytes: &[u8; SCALAR]) -> Option<Fp<P, 4>> {
	let mut limbs = [0u64; 4];
	for (limb, bytes) in limbs.iter_mut().zip(bytes.as_chunks::<8>().0) {
		*limb = u64::from_le_bytes(*bytes);
	}
	let element = BigInt::new(limbs);
	(element < Fp::<P, 4>::MODULUS).then_some(Fp(element, PhantomData))
}

/// The `N` elements that as many words are.
fn read_all<const N: usize>(bytes: &[u8]) -> Option<[Fq; N]> {
	let mut elements = [Fq::from(0u64); N];
	for (element, word) in elements.iter_mut().zip(bytes.as_chunks::<SCALAR>().0) {
		*element = read(word)?;
	}
	Some(elements)
}
