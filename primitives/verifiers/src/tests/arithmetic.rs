//! The arithmetic of our own against arkworks' and against plain definitions.

use super::{g1, g2, random, twist_point, twist_point_of_order};
use crate::{
	lines::{Lines, LINES},
	Engine, Gt, Pure, Randomiser, Scalar,
};
use ark_bn254::{Bn254, Fq12, G1Affine, G1Projective, G2Affine};
use ark_ec::{pairing::Pairing, AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, PrimeField};
use ark_std::UniformRand;
use proptest::prelude::*;

fn prepared(points: &[G2Affine]) -> Vec<Lines> {
	points.iter().map(|point| Pure::prepare(point).unwrap()).collect()
}

#[test]
fn a_product_of_pairings_is_that_of_arkworks() {
	let random = &mut random();
	for count in 0..9 {
		let left: Vec<_> = (0..count).map(|_| g1(Scalar::rand(random))).collect();
		let right: Vec<_> = (0..count).map(|_| g2(Scalar::rand(random))).collect();
		let lines = prepared(&right);
		let pairs: Vec<_> = left.iter().copied().zip(&lines).collect();
		let expected = Bn254::multi_pairing(&left, &right).0;
		assert_eq!(Pure::product(&pairs), Gt(expected), "{count} pairs");
	}
}

#[test]
fn a_pair_with_the_identity_of_g1_counts_as_one() {
	let lines = prepared(&[g2(Scalar::from(3u64)), g2(Scalar::from(5u64))]);
	let point = g1(Scalar::from(7u64));
	let alone = Pure::product(&[(point, &lines[0])]);
	assert_eq!(Pure::product(&[(point, &lines[0]), (G1Affine::zero(), &lines[1])]), alone);
	assert!(Pure::product(&[(G1Affine::zero(), &lines[1])]).is_one());
	assert!(Pure::product(&[]).is_one());
	assert!(!alone.is_one());
}

#[test]
fn products_divide() {
	let lines = prepared(&[g2(Scalar::from(3u64))]);
	let value = |scalar: u64| Pure::product(&[(g1(Scalar::from(scalar)), &lines[0])]);
	assert_eq!(value(11).over(&value(4)), value(7));
	assert_eq!(value(4).times(&value(7)), value(11));
	assert!(!Gt(Fq12::ZERO).is_one());
}

#[test]
fn points_of_the_subgroup_are_prepared() {
	let random = &mut random();
	assert!(Pure::prepare(&G2Affine::generator()).is_some());
	for _ in 0..50 {
		assert!(Pure::prepare(&g2(Scalar::rand(random))).is_some());
	}
	for scalar in 1..100u64 {
		assert!(Pure::prepare(&g2(Scalar::from(scalar))).is_some());
		assert!(Pure::prepare(&-g2(Scalar::from(scalar))).is_some());
	}
}

#[test]
fn points_outside_the_subgroup_are_not() {
	let random = &mut random();
	assert!(Pure::prepare(&G2Affine::zero()).is_none());
	for _ in 0..100 {
		let point = twist_point(random);
		assert!(!point.is_in_correct_subgroup_assuming_on_curve());
		assert!(Pure::prepare(&point).is_none());
		assert!(Pure::prepare(&point.clear_cofactor()).is_some());
	}
}

/// What the test of the subgroup rests on: with ψ² = tψ − q, the norm of 6x + 2 + ψ − ψ² + ψ³ is
/// divisible by r and has no factor in common with the cofactor.
#[test]
fn the_test_of_the_subgroup_kills_nothing_outside_it() {
	use num_bigint::BigInt;
	let big = |field: num_bigint::BigUint| BigInt::from(field);
	let q = big(<ark_bn254::Fq as PrimeField>::MODULUS.into());
	let r = big(<Scalar as PrimeField>::MODULUS.into());
	let x = BigInt::from(4_965_661_367_192_848_881u64);
	let trace: BigInt = &x * &x * 6 + 1;
	assert_eq!(&q + 1 - &trace, r);
	// From the highest coefficient down: c·ψⁿ = c·t·ψⁿ⁻¹ − c·q·ψⁿ⁻².
	let mut polynomial = vec![&x * 6 + 2, BigInt::from(1), BigInt::from(-1), BigInt::from(1)];
	while polynomial.len() > 2 {
		let top = polynomial.pop().unwrap();
		let length = polynomial.len();
		polynomial[length - 1] += &top * &trace;
		polynomial[length - 2] -= &top * &q;
	}
	let (constant, linear) = (&polynomial[0], &polynomial[1]);
	let norm = constant * constant + constant * linear * &trace + linear * linear * &q;
	assert_eq!(&norm % &r, BigInt::from(0));
	let (mut left, mut right): (BigInt, BigInt) = (norm, &q * 2 - &r);
	while right != BigInt::from(0) {
		(left, right) = (right.clone(), left % right);
	}
	assert!(left == BigInt::from(1) || left == BigInt::from(-1));
}

#[test]
fn a_point_has_as_many_lines_as_are_set_aside() {
	let lines = Pure::prepare(&G2Affine::generator()).unwrap();
	assert_eq!(lines.iter().count(), LINES);
}

/// 10069 and 5864401 divide the cofactor. Points of such orders, and points that differ from one
/// of the subgroup by them, are what small-subgroup attacks are made of.
#[test]
fn points_with_a_part_of_small_order_are_not() {
	let random = &mut random();
	for order in [10069, 5864401, 10069 * 5864401] {
		let small = twist_point_of_order(order, random);
		for multiple in 1..20u64 {
			let point = small.mul_bigint([multiple]).into_affine();
			assert!(Pure::prepare(&point).is_none(), "order {order}, times {multiple}");
			let shifted = (g2(Scalar::rand(random)) + point).into_affine();
			assert!(Pure::prepare(&shifted).is_none(), "order {order}, shifted, {multiple}");
		}
	}
}

#[test]
fn a_point_off_the_twist_is_not_prepared() {
	let mut point = g2(Scalar::from(9u64));
	point.y.c0 += ark_bn254::Fq::from(1u64);
	assert!(Pure::prepare(&point).is_none());
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn a_randomiser_multiplies_by_its_scalar(low: u64, high: u64, seed: u64) {
		let randomiser = Randomiser::new(low, high);
		let point = g1(Scalar::from(seed) + Scalar::from(1u64));
		let expected: G1Projective = point * randomiser.scalar();
		prop_assert_eq!(randomiser.times(&point), expected);
		let split = randomiser.split(&point);
		let (points, scalars): (Vec<_>, Vec<_>) = split.into_iter().unzip();
		prop_assert_eq!(Pure::short_sum(&points, &scalars), expected);
		let wide: Vec<_> = scalars.iter().map(|scalar| Scalar::from(*scalar)).collect();
		prop_assert_eq!(Pure::sum(&points, &wide), expected);
	}
}

#[test]
fn randomisers_at_the_edges_multiply_by_their_scalars() {
	let point = g1(Scalar::from(12345u64));
	for (low, high) in [(0, 0), (1, 0), (0, 1), (1, 1), (u64::MAX, u64::MAX), (0, u64::MAX), (2, 0)]
	{
		let randomiser = Randomiser::new(low, high);
		assert_eq!(randomiser.times(&point), point * randomiser.scalar(), "{low} {high}");
		assert_ne!(randomiser.scalar(), Scalar::ZERO);
	}
}
