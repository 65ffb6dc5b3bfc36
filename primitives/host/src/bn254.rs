//! Arithmetic of BN254 as host functions: what dominates the checking of proofs.
//!
//! Arguments and results are bytes in the form of [`opg_verifiers::exchange`], and are functions of nothing else. Any bytes are
//! answered: what is no field element, off the curve or of the wrong length gives `false` and leaves the result zero. Results
//! are written into memory that the caller has set aside, of exactly the size of the result.

#[cfg(not(substrate_runtime))]
use ark_ec::CurveGroup;
#[cfg(not(substrate_runtime))]
use opg_verifiers::{
	exchange::{
		read_g1, read_g2, read_lines, read_scalar, write_g1, write_gt, write_lines, G1, G2,
		PREPARED, SCALAR,
	},
	Engine, Lines, Pure, Randomiser,
};
use sp_runtime_interface::{
	pass_by::{PassFatPointerAndRead, PassFatPointerAndWrite},
	runtime_interface,
};

/// BN254, in the node.
#[runtime_interface]
pub trait Bn254 {
	/// The lines of a point of G2; false for what is not in the subgroup of order r, and for the identity.
	fn prepare(
		point: PassFatPointerAndRead<&[u8]>,
		lines: PassFatPointerAndWrite<&mut [u8]>,
	) -> bool {
		answer(lines, prepared(point))
	}

	/// The product of the pairings of points of G1, one after the other, with as many points of G2, prepared.
	fn product(
		points: PassFatPointerAndRead<&[u8]>,
		prepared: PassFatPointerAndRead<&[u8]>,
		value: PassFatPointerAndWrite<&mut [u8]>,
	) -> bool {
		answer(value, pairings(points, prepared))
	}

	/// The sum of points of G1, each times its scalar; false where there are not as many of the one as of the other.
	fn sum(
		points: PassFatPointerAndRead<&[u8]>,
		scalars: PassFatPointerAndRead<&[u8]>,
		total: PassFatPointerAndWrite<&mut [u8]>,
	) -> bool {
		answer(total, weighted_sum(points, scalars))
	}

	/// As `sum`, for scalars of 64 bits, little-endian.
	fn short_sum(
		points: PassFatPointerAndRead<&[u8]>,
		scalars: PassFatPointerAndRead<&[u8]>,
		total: PassFatPointerAndWrite<&mut [u8]>,
	) -> bool {
		answer(total, short_weighted_sum(points, scalars))
	}

	/// A point of G1 times low + λ·high, where λ is what the endomorphism of the curve multiplies by.
	fn times(
		point: PassFatPointerAndRead<&[u8]>,
		low: u64,
		high: u64,
		product: PassFatPointerAndWrite<&mut [u8]>,
	) -> bool {
		answer(product, multiple(point, low, high))
	}
}

/// Writes a result where it fits; whether it was there and did.
#[cfg(not(substrate_runtime))]
fn answer(into: &mut [u8], result: Option<alloc::vec::Vec<u8>>) -> bool {
	match result {
		Some(bytes) if bytes.len() == into.len() => {
			into.copy_from_slice(&bytes);
			true
		},
		_ => {
			into.fill(0);
			false
		},
	}
}

#[cfg(not(substrate_runtime))]
type Answer = Option<alloc::vec::Vec<u8>>;

/// Whole pieces of `N` bytes, each read; `None` where one is not sound or bytes are left over.
#[cfg(not(substrate_runtime))]
fn pieces<const N: usize, T>(
	bytes: &[u8],
	read: impl Fn(&[u8; N]) -> Option<T>,
) -> Option<alloc::vec::Vec<T>> {
	let (pieces, rest) = bytes.as_chunks::<N>();
	rest.is_empty().then(|| pieces.iter().map(read).collect())?
}

#[cfg(not(substrate_runtime))]
fn prepared(point: &[u8]) -> Answer {
	let lines = Lines::prepare(&read_g2(<&[u8; G2]>::try_from(point).ok()?)?)?;
	let mut bytes = alloc::vec::Vec::with_capacity(PREPARED);
	write_lines(&lines, &mut bytes);
	Some(bytes)
}

#[cfg(not(substrate_runtime))]
fn pairings(points: &[u8], prepared: &[u8]) -> Answer {
	let points = pieces::<G1, _>(points, read_g1)?;
	let prepared = pieces::<PREPARED, _>(prepared, read_lines)?;
	if points.len() != prepared.len() {
		return None;
	}
	let pairs: alloc::vec::Vec<_> = points.into_iter().zip(&prepared).collect();
	let mut bytes = alloc::vec::Vec::new();
	write_gt(&Pure::product(&pairs), &mut bytes);
	Some(bytes)
}

#[cfg(not(substrate_runtime))]
fn weighted_sum(points: &[u8], scalars: &[u8]) -> Answer {
	let points = pieces::<G1, _>(points, read_g1)?;
	let scalars = pieces::<SCALAR, _>(scalars, read_scalar)?;
	(points.len() == scalars.len()).then(|| affine(Pure::sum(&points, &scalars)))
}

#[cfg(not(substrate_runtime))]
fn short_weighted_sum(points: &[u8], scalars: &[u8]) -> Answer {
	let points = pieces::<G1, _>(points, read_g1)?;
	let scalars = pieces::<8, _>(scalars, |bytes| Some(u64::from_le_bytes(*bytes)))?;
	(points.len() == scalars.len()).then(|| affine(Pure::short_sum(&points, &scalars)))
}

#[cfg(not(substrate_runtime))]
fn multiple(point: &[u8], low: u64, high: u64) -> Answer {
	let point = read_g1(<&[u8; G1]>::try_from(point).ok()?)?;
	if low == 0 && high == 0 {
		// Not a randomiser, which `Randomiser::new` would take for one.
		return None;
	}
	Some(affine(Pure::times(&point, Randomiser::new(low, high))))
}

#[cfg(not(substrate_runtime))]
fn affine(point: ark_bn254::G1Projective) -> alloc::vec::Vec<u8> {
	let mut bytes = alloc::vec::Vec::with_capacity(G1);
	write_g1(&point.into_affine(), &mut bytes);
	bytes
}
