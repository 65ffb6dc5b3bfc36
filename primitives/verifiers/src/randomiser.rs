//! Randomisers of a batch: 128 bits each, drawn from a hash of everything that is checked.
//!
//! Whoever makes a proof of a batch learns the randomisers only once every key, input and proof
//! is fixed, so errors of several proofs cancel with a probability of 2⁻¹²⁸ a try
//! (Bellare, Garay and Rabin, "Fast batch verification", Eurocrypt 1998, made non-interactive).

use crate::Scalar;
use ark_bn254::{g1, G1Affine, G1Projective};
use ark_ec::{scalar_mul::glv::GLVConfig, AffineRepr};
use ark_ff::{AdditiveGroup, Zero};
use blake2::{Blake2b512, Digest};

const BATCH: &[u8] = b"opg/verifiers/batch/1";
const DRAW: &[u8] = b"opg/verifiers/draw/1";

/// A hash of all that a batch checks, in order.
#[derive(Clone, Debug)]
pub struct Transcript(Blake2b512);

impl Transcript {
	/// A transcript of `claims` claims.
	pub(crate) fn new(claims: usize) -> Self {
		let mut transcript = Self(Blake2b512::new());
		transcript.part(BATCH);
		transcript.count(claims);
		transcript
	}

	/// Absorbs a part, its length first, so that no two lists of parts read alike.
	pub fn part(&mut self, bytes: &[u8]) {
		self.count(bytes.len());
		self.0.update(bytes);
	}

	/// Absorbs a count.
	pub fn count(&mut self, count: usize) {
		// A count is below 2⁶⁴ on every machine there is.
		self.0.update(u64::try_from(count).unwrap_or(u64::MAX).to_le_bytes());
	}

	/// The randomisers of all that was absorbed, by index.
	pub(crate) fn randomisers(self) -> impl Iterator<Item = Randomiser> {
		let seed = self.0.finalize();
		(0u64..).map(move |index| {
			let mut hash = Blake2b512::new();
			hash.update(DRAW);
			hash.update(seed);
			hash.update(index.to_le_bytes());
			let digest = hash.finalize();
			let mut halves = digest.as_chunks::<8>().0.iter().map(|half| u64::from_le_bytes(*half));
			Randomiser::new(halves.next().unwrap_or(0), halves.next().unwrap_or(0))
		})
	}
}

/// A non-zero scalar `low + λ·high`, where λ is what the curve's endomorphism φ multiplies by.
///
/// Different halves give different scalars: were a + λb ≡ 0 (mod r) for their differences a and
/// b, then r would divide a² − ab + b², since λ² + λ + 1 ≡ 0; but that is below 2¹³⁰, and zero
/// only where both are. A point times it costs 64 doublings where a scalar of 128 bits costs 128
/// (Gallant, Lambert and Vanstone, Crypto 2001).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Randomiser {
	low: u64,
	high: u64,
}

impl Randomiser {
	/// One: for a claim alone, whose errors nothing can cancel.
	pub const ONE: Self = Self { low: 1, high: 0 };

	/// The randomiser of these halves; [`ONE`](Self::ONE) where both are zero.
	pub fn new(low: u64, high: u64) -> Self {
		if low == 0 && high == 0 {
			return Self::ONE;
		}
		Self { low, high }
	}

	/// The scalar.
	#[allow(clippy::arithmetic_side_effects, reason = "arithmetic of fields is total")]
	pub fn scalar(&self) -> Scalar {
		Scalar::from(self.low) + g1::Config::LAMBDA * Scalar::from(self.high)
	}

	/// The halves it was made of.
	pub fn halves(&self) -> (u64, u64) {
		(self.low, self.high)
	}

	/// The point as two terms with scalars of 64 bits.
	pub(crate) fn split(&self, point: &G1Affine) -> [(G1Affine, u64); 2] {
		[(*point, self.low), (g1::Config::endomorphism_affine(point), self.high)]
	}

	/// The point times the scalar.
	#[allow(clippy::arithmetic_side_effects, reason = "arithmetic of groups is total")]
	pub(crate) fn times(&self, point: &G1Affine) -> G1Projective {
		if *self == Self::ONE {
			return point.into_group();
		}
		let image = g1::Config::endomorphism_affine(point);
		// P + φ(P) = −φ²(P), since 1 + λ + λ² = 0; so all three are affine without an inversion.
		let both = -g1::Config::endomorphism_affine(&image);
		let mut product = G1Projective::zero();
		for bit in (0..u64::BITS).rev() {
			product.double_in_place();
			match (self.low.checked_shr(bit), self.high.checked_shr(bit)) {
				(Some(low), Some(high)) if low & high & 1 == 1 => product += both,
				(Some(low), _) if low & 1 == 1 => product += *point,
				(_, Some(high)) if high & 1 == 1 => product += image,
				_ => {},
			}
		}
		product
	}
}
