//! Structured reference strings whose secret everybody can compute: for tests and development chains, and never for value.

#![allow(clippy::arithmetic_side_effects, reason = "arithmetic of fields is total")]

use super::{
	domain::{Domain, TWO_ADICITY},
	SRS_BYTES,
};
use crate::{
	point::{g1_to_wire, g2_to_wire, G1_BYTES, G2_BYTES},
	Scalar,
};
use alloc::vec::Vec;
use ark_bn254::{Fq, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{scalar_mul::ScalarMul, AffineRepr, CurveGroup, PrimeGroup};
use ark_ff::{batch_inversion, Field, One, PrimeField, Zero};
use blake2::{Blake2b512, Digest};
use std::io::{Error, ErrorKind, Result, Write};

const SECRET: &[u8] = b"opg/insecure-srs/1";

/// A reference string made from a seed that is no secret, so that anyone can make it again, and forge under it.
///
/// Its s is BLAKE2b-512 of `opg/insecure-srs/1 ‖ seed`, as a big-endian number, modulo r.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InsecureSrs {
	secret: Scalar,
}

impl InsecureSrs {
	/// Of a seed.
	pub fn of_seed(seed: &str) -> Self {
		let digest = Blake2b512::new().chain_update(SECRET).chain_update(seed).finalize();
		Self { secret: Scalar::from_be_bytes_mod_order(&digest) }
	}

	/// What a verifier needs of it, on the wire ([`Srs`](super::Srs)).
	pub fn wire(&self) -> [u8; SRS_BYTES] {
		let neg_s_g2 = (G2Projective::generator() * -self.secret).into_affine();
		let mut wire = [0; SRS_BYTES];
		let (g1, rest) = wire.split_at_mut(G1_BYTES);
		let (g2, last) = rest.split_at_mut(G2_BYTES);
		g1.copy_from_slice(&g1_to_wire(&G1Affine::generator()));
		g2.copy_from_slice(&g2_to_wire(&G2Affine::generator()));
		last.copy_from_slice(&g2_to_wire(&neg_s_g2));
		wire
	}

	/// Writes it for circuits of up to 2ᵏ rows, as EZKL reads it: k as four little-endian bytes, \[sⁱ\]₁ and \[Lᵢ(s)\]₁ for
	/// each row i, \[1\]₂ and \[s\]₂, with coordinates as halo2 has them in memory.
	///
	/// Takes 128 · 2ᵏ bytes, and some seconds for k = 17. Fails for a k above 28.
	pub fn write(&self, k: u32, out: &mut impl Write) -> Result<()> {
		let scalars = usize::try_from(k).ok().and_then(|k| self.scalars(k));
		let (powers, lagrange) = scalars.ok_or_else(|| {
			Error::new(ErrorKind::InvalidInput, format!("k is at most {TWO_ADICITY}, not {k}"))
		})?;
		out.write_all(&k.to_le_bytes())?;
		for scalars in [powers, lagrange] {
			for point in G1Projective::generator().batch_mul(&scalars) {
				write_coordinates(out, &[point.x, point.y])?;
			}
		}
		let s_g2 = (G2Projective::generator() * self.secret).into_affine();
		for point in [G2Affine::generator(), s_g2] {
			write_coordinates(out, &[point.x.c0, point.x.c1, point.y.c0, point.y.c1])?;
		}
		Ok(())
	}

	/// sⁱ and Lᵢ(s) for each of 2ᵏ rows.
	fn scalars(&self, k: usize) -> Option<(Vec<Scalar>, Vec<Scalar>)> {
		let domain = Domain::new(k, 0).filter(|_| k <= TWO_ADICITY)?;
		let rows = 1usize.checked_shl(u32::try_from(k).ok()?)?;
		let powers_of = |base: Scalar| {
			core::iter::successors(Some(Scalar::one()), move |power| Some(*power * base)).take(rows)
		};
		// Lᵢ(s) = ωⁱ(sⁿ − 1) / (n(s − ωⁱ)).
		let vanishing = self.secret.pow([u64::try_from(rows).ok()?]) - Scalar::one();
		if vanishing.is_zero() {
			return None;
		}
		let mut lagrange: Vec<_> = powers_of(domain.omega).map(|row| self.secret - row).collect();
		batch_inversion(&mut lagrange);
		let factor = vanishing * domain.size_inverse;
		for (value, row) in lagrange.iter_mut().zip(powers_of(domain.omega)) {
			*value *= factor * row;
		}
		Some((powers_of(self.secret).collect(), lagrange))
	}
}

fn write_coordinates(out: &mut impl Write, coordinates: &[Fq]) -> Result<()> {
	for coordinate in coordinates {
		// Montgomery's form, not the number itself.
		for limb in coordinate.0 .0 {
			out.write_all(&limb.to_le_bytes())?;
		}
	}
	Ok(())
}
