//! What crosses a boundary comes back as it was, and nothing else is taken.

use super::{g1, g2, random, twist_point};
use crate::{exchange::*, Engine, Gt, Lines, Pure, Scalar};
use ark_bn254::{Fq, Fq12, G1Affine};
use ark_ec::AffineRepr;
use ark_ff::PrimeField;
use ark_std::UniformRand;
use proptest::prelude::*;

fn written<T>(value: &T, write: impl Fn(&T, &mut Vec<u8>)) -> Vec<u8> {
	let mut bytes = Vec::new();
	write(value, &mut bytes);
	bytes
}

#[test]
fn everything_comes_back_as_it_was() {
	let random = &mut random();
	for point in [G1Affine::zero(), g1(Scalar::rand(random)), g1(-Scalar::rand(random))] {
		let bytes = written(&point, write_g1);
		assert_eq!(read_g1(&bytes.try_into().unwrap()), Some(point));
	}
	let point = g2(Scalar::rand(random));
	assert_eq!(read_g2(&written(&point, write_g2).try_into().unwrap()), Some(point));
	let lines = Pure::prepare(&point).unwrap();
	assert_eq!(
		read_lines(&written(&lines, write_lines).try_into().unwrap()).as_ref(),
		Some(&lines)
	);
	let value = Gt(Fq12::rand(random));
	assert_eq!(read_gt(&written(&value, write_gt).try_into().unwrap()), Some(value));
	let scalar = Scalar::rand(random);
	assert_eq!(read_scalar(&written(&scalar, write_scalar).try_into().unwrap()), Some(scalar));
}

#[test]
fn elements_above_the_modulus_and_points_off_the_curve_are_not_read() {
	let random = &mut random();
	let modulus: Vec<u8> =
		Scalar::MODULUS.0.iter().flat_map(|limb: &u64| limb.to_le_bytes()).collect();
	assert_eq!(read_scalar(&modulus.try_into().unwrap()), None);
	let modulus: Vec<u8> = Fq::MODULUS.0.iter().flat_map(|limb: &u64| limb.to_le_bytes()).collect();
	let point = g1(Scalar::rand(random));
	for place in 0..2 {
		let mut bytes = written(&point, write_g1);
		bytes[place * 32..][..32].copy_from_slice(&modulus);
		assert_eq!(read_g1(&bytes.try_into().unwrap()), None);
	}
	let lines = Pure::prepare(&g2(Scalar::rand(random))).unwrap();
	let mut bytes = written(&lines, write_lines);
	bytes[PREPARED - 32..].copy_from_slice(&modulus);
	assert_eq!(read_lines(&bytes.try_into().unwrap()), None);
	let off = G1Affine::new_unchecked(point.y, point.x);
	assert_eq!(read_g1(&written(&off, write_g1).try_into().unwrap()), None);
	// Outside the subgroup, which whoever prepares it finds.
	let outside = twist_point(random);
	let read = read_g2(&written(&outside, write_g2).try_into().unwrap()).unwrap();
	assert_eq!((read, Lines::prepare(&read)), (outside, None));
}

proptest! {
	#[test]
	fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), PREPARED)) {
		let _ = read_g1(bytes[..G1].try_into().unwrap());
		let _ = read_g2(bytes[..G2].try_into().unwrap());
		let _ = read_gt(bytes[..GT].try_into().unwrap());
		let _ = read_scalar(bytes[..SCALAR].try_into().unwrap());
		let _ = read_lines(bytes.as_slice().try_into().unwrap());
	}
}
