//! The engine that has the node do the arithmetic of BN254.

#![allow(clippy::arithmetic_side_effects, reason = "arithmetic of groups is total")]

use crate::bn_254;
use alloc::{vec, vec::Vec};
use ark_bn254::{Fq12, G1Affine, G1Projective, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::AdditiveGroup;
use opg_verifiers::{
	exchange::{read_g1, read_gt, write_g1, write_g2, write_scalar, G1, G2, GT, PREPARED, SCALAR},
	Engine, Gt, Randomiser, Scalar,
};

/// Arithmetic by host functions; the values are those of [`opg_verifiers::Pure`].
///
/// A node refuses nothing that this engine sends. If one did, sums would be computed here, slowly, and products would be a value
/// with which no proof holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HostEngine;

/// The lines of a point as the node wrote them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HostLines(Vec<u8>);

impl Engine for HostEngine {
	type Prepared = HostLines;

	fn prepare(point: &G2Affine) -> Option<HostLines> {
		if point.is_zero() {
			return None;
		}
		let mut bytes = Vec::with_capacity(G2);
		write_g2(point, &mut bytes);
		let mut lines = vec![0; PREPARED];
		bn_254::prepare(&bytes, &mut lines).then_some(HostLines(lines))
	}

	fn product(pairs: &[(G1Affine, &HostLines)]) -> Gt {
		let mut points = Vec::with_capacity(pairs.len().saturating_mul(G1));
		let mut prepared = Vec::with_capacity(pairs.len().saturating_mul(PREPARED));
		for (point, lines) in pairs {
			write_g1(point, &mut points);
			prepared.extend_from_slice(&lines.0);
		}
		let mut value = [0; GT];
		let answered = bn_254::product(&points, &prepared, &mut value);
		answered.then(|| read_gt(&value)).flatten().unwrap_or(NO_VALUE)
	}

	fn sum(points: &[G1Affine], scalars: &[Scalar]) -> G1Projective {
		let terms = || points.iter().zip(scalars);
		let mut bytes = Vec::with_capacity(terms().len().saturating_mul(SCALAR));
		terms().for_each(|(_, scalar)| write_scalar(scalar, &mut bytes));
		let mut total = [0; G1];
		let answered = bn_254::sum(&written(terms().map(|(point, _)| point)), &bytes, &mut total);
		read(answered, &total)
			.unwrap_or_else(|| terms().map(|(point, scalar)| *point * scalar).sum())
	}

	fn short_sum(points: &[G1Affine], scalars: &[u64]) -> G1Projective {
		let terms = || points.iter().zip(scalars);
		let bytes: Vec<u8> = terms().flat_map(|(_, scalar)| scalar.to_le_bytes()).collect();
		let mut total = [0; G1];
		let points = written(terms().map(|(point, _)| point));
		let answered = bn_254::short_sum(&points, &bytes, &mut total);
		read(answered, &total)
			.unwrap_or_else(|| terms().map(|(point, scalar)| point.mul_bigint([*scalar])).sum())
	}

	fn times(point: &G1Affine, randomiser: Randomiser) -> G1Projective {
		let (low, high) = randomiser.halves();
		let mut product = [0; G1];
		let answered = bn_254::times(&written([point].into_iter()), low, high, &mut product);
		read(answered, &product).unwrap_or_else(|| *point * randomiser.scalar())
	}
}

/// What no product of pairings is.
const NO_VALUE: Gt = Gt(<Fq12 as AdditiveGroup>::ZERO);

fn written<'a>(points: impl ExactSizeIterator<Item = &'a G1Affine>) -> Vec<u8> {
	let mut bytes = Vec::with_capacity(points.len().saturating_mul(G1));
	points.for_each(|point| write_g1(point, &mut bytes));
	bytes
}

fn read(answered: bool, bytes: &[u8; G1]) -> Option<G1Projective> {
	answered.then(|| read_g1(bytes)).flatten().map(G1Projective::from)
}
