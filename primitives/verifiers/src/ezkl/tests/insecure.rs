//! Reference strings from seeds: the same for everyone, well-formed, and in the layout that EZKL reads.

use crate::{
	ezkl::{insecure::InsecureSrs, Srs, SRS_BYTES},
	Pure,
};
use ark_bn254::{Bn254, Fq, Fq2, G1Affine, G1Projective, G2Affine};
use ark_ec::{pairing::Pairing, AffineRepr, PrimeGroup};
use ark_ff::{BigInt, Fp};
use core::marker::PhantomData;

fn coordinate(bytes: &[u8]) -> Fq {
	let mut limbs = [0; 4];
	for (limb, bytes) in limbs.iter_mut().zip(bytes.as_chunks::<8>().0) {
		*limb = u64::from_le_bytes(*bytes);
	}
	Fp(BigInt::new(limbs), PhantomData)
}

fn g1(bytes: &[u8]) -> G1Affine {
	let point = G1Affine::new_unchecked(coordinate(&bytes[..32]), coordinate(&bytes[32..]));
	assert!(point.is_on_curve());
	point
}

fn g2(bytes: &[u8]) -> G2Affine {
	let [x0, x1, y0, y1] = [0, 32, 64, 96].map(|at| coordinate(&bytes[at..at + 32]));
	let point = G2Affine::new_unchecked(Fq2::new(x0, x1), Fq2::new(y0, y1));
	assert!(point.is_on_curve());
	point
}

#[test]
fn one_from_a_seed_is_sound_and_always_the_same() {
	let wire = InsecureSrs::of_seed("a seed").wire();
	assert_eq!(wire, InsecureSrs::of_seed("a seed").wire());
	assert_ne!(wire, InsecureSrs::of_seed("another seed").wire());
	let id = Srs::<Pure>::from_wire(&wire).unwrap().id();
	let expected = "609bb56270f9f9dd904cc2424aca590ee89533f072a0a8b49febae308c168f72";
	assert_eq!(hex::encode(id), expected);
}

#[test]
fn a_file_has_powers_and_lagrange_polynomials_of_the_secret_that_the_wire_form_hides() {
	let srs = InsecureSrs::of_seed("a seed");
	let mut file = Vec::new();
	srs.write(3, &mut file).unwrap();
	assert_eq!(file.len(), 4 + 2 * 8 * 64 + 2 * 128);
	assert_eq!(file[..4], [3, 0, 0, 0]);
	let points: Vec<_> = file[4..4 + 16 * 64].chunks(64).map(g1).collect();
	let [one, s] = [0, 128].map(|at| g2(&file[4 + 16 * 64 + at..][..128]));
	assert_eq!((points[0], one), (G1Affine::generator(), G2Affine::generator()));
	for power in points[..8].windows(2) {
		assert_eq!(Bn254::pairing(power[1], one), Bn254::pairing(power[0], s));
	}
	// The polynomials of all rows sum up to one.
	let sum: G1Projective = points[8..].iter().copied().sum();
	assert_eq!(sum, G1Projective::generator());
	let wire = srs.wire();
	let neg_s: &[u8; 128] = wire[SRS_BYTES - 128..].try_into().unwrap();
	assert_eq!(crate::point::g2_to_wire(&-s), *neg_s);
	assert!(srs.write(29, &mut Vec::new()).is_err());
}

#[cfg(feature = "json")]
#[test]
fn a_reference_string_reads_as_it_was_written() {
	use crate::ezkl::json::{srs_from_json, srs_to_json};
	let wire = InsecureSrs::of_seed("a seed").wire();
	let srs: Srs = srs_from_json(&srs_to_json(&wire)).unwrap();
	assert_eq!(srs.wire(), &wire);
}
