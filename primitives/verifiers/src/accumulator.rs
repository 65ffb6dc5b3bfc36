//! A sum of pairing terms that is zero when everything accumulated holds.

#![allow(clippy::arithmetic_side_effects, reason = "arithmetic of fields and groups is total")]

use crate::{
	cost::count,
	point::{
		g2_from_compressed, g2_from_wire, g2_to_compressed, g2_to_wire, G2_BYTES, G2_COMPRESSED,
	},
	Cost, Engine, Gt, PointFault, Pure, Randomiser, Scalar,
};
use alloc::{collections::BTreeMap, vec, vec::Vec};
use ark_bn254::{G1Affine, G1Projective, G2Affine};
use ark_ec::CurveGroup;
use ark_ff::Zero;

/// A point of G2, in the subgroup and not the identity, with its wire form.
#[derive(Clone, PartialEq, Debug)]
pub struct G2<E: Engine = Pure> {
	wire: [u8; G2_BYTES],
	prepared: E::Prepared,
}

impl<E: Engine> G2<E> {
	/// Decodes `x.c1 ‖ x.c0 ‖ y.c1 ‖ y.c0`.
	pub fn from_wire(bytes: &[u8; G2_BYTES]) -> Result<Self, PointFault> {
		Self::prepare(&g2_from_wire(bytes)?, *bytes)
	}

	/// Decodes arkworks' compressed form.
	pub fn from_compressed(bytes: &[u8; G2_COMPRESSED]) -> Result<Self, PointFault> {
		let point = g2_from_compressed(bytes)?;
		Self::prepare(&point, g2_to_wire(&point))
	}

	fn prepare(point: &G2Affine, wire: [u8; G2_BYTES]) -> Result<Self, PointFault> {
		let prepared = E::prepare(point).ok_or(PointFault::OutsideSubgroup)?;
		Ok(Self { wire, prepared })
	}

	/// `x.c1 ‖ x.c0 ‖ y.c1 ‖ y.c0`.
	pub fn wire(&self) -> &[u8; G2_BYTES] {
		&self.wire
	}

	/// arkworks' compressed form.
	pub fn to_compressed(&self) -> [u8; G2_COMPRESSED] {
		// A wire form that was decoded once always decodes again.
		g2_from_wire(&self.wire).map_or([0; G2_COMPRESSED], |point| g2_to_compressed(&point))
	}

	/// The point as the engine likes it.
	pub fn prepared(&self) -> &E::Prepared {
		&self.prepared
	}
}

/// Pairing terms of any number of claims of any proof systems, merged by their G2 point.
///
/// The claims hold when the product of all pairings is one. Terms with the same G2 point are
/// added in G1, in one multi-scalar multiplication, and terms over a list of fixed points are
/// added scalar by scalar before that. So a key costs as much for many claims as for one.
pub struct Accumulator<'a, E: Engine = Pure> {
	sums: BTreeMap<&'a [u8; G2_BYTES], Sum<'a, E>>,
}

/// What is paired with one point of G2.
struct Sum<'a, E: Engine> {
	g2: &'a G2<E>,
	random: Vec<(Randomiser, G1Affine)>,
	full: Vec<(Scalar, G1Affine)>,
	fixed: BTreeMap<[u8; 32], (&'a [G1Affine], Vec<Scalar>)>,
}

impl<E: Engine> Default for Accumulator<'_, E> {
	fn default() -> Self {
		Self::new()
	}
}

impl<'a, E: Engine> Accumulator<'a, E> {
	/// A sum of no terms.
	pub fn new() -> Self {
		Self { sums: BTreeMap::new() }
	}

	/// Adds the pairing of `weight · point` and `g2`.
	pub fn add_random(&mut self, g2: &'a G2<E>, weight: Randomiser, point: G1Affine) {
		self.sum(g2).random.push((weight, point));
	}

	/// Adds the pairing of `scalar · point` and `g2`.
	pub fn add(&mut self, g2: &'a G2<E>, scalar: Scalar, point: G1Affine) {
		self.sum(g2).full.push((scalar, point));
	}

	/// Adds the pairing of the sum of `scalars · points` and `g2`.
	///
	/// The same `id` must always come with the same points. Of more scalars than points, the
	/// surplus is left out.
	pub fn add_fixed(
		&mut self,
		g2: &'a G2<E>,
		id: [u8; 32],
		points: &'a [G1Affine],
		scalars: impl Iterator<Item = Scalar>,
	) {
		let fixed = &mut self.sum(g2).fixed;
		let (_, sums) =
			fixed.entry(id).or_insert_with(|| (points, vec![Scalar::zero(); points.len()]));
		for (sum, scalar) in sums.iter_mut().zip(scalars) {
			*sum += scalar;
		}
	}

	fn sum(&mut self, g2: &'a G2<E>) -> &mut Sum<'a, E> {
		self.sums.entry(&g2.wire).or_insert_with(|| Sum {
			g2,
			random: Vec::new(),
			full: Vec::new(),
			fixed: BTreeMap::new(),
		})
	}

	/// The product of all pairings, which is one when everything holds; what it took is added to
	/// `cost`.
	pub fn product(&self, cost: &mut Cost) -> Gt {
		let points: Vec<_> = self.sums.values().map(|sum| sum.point(cost)).collect();
		let points = G1Projective::normalize_batch(&points);
		let prepared = self.sums.values().map(|sum| sum.g2.prepared());
		let pairs: Vec<_> = points.into_iter().zip(prepared).collect();
		cost.loops = cost.loops.saturating_add(count(pairs.len()));
		cost.exponentiations = cost.exponentiations.saturating_add(1);
		E::product(&pairs)
	}
}

impl<E: Engine> Sum<'_, E> {
	fn point(&self, cost: &mut Cost) -> G1Projective {
		cost.random_terms = cost.random_terms.saturating_add(count(self.random.len()));
		let random = match self.random.as_slice() {
			[] => G1Projective::zero(),
			[(weight, point)] => E::times(point, *weight),
			many => {
				let terms = many.iter().flat_map(|(weight, point)| weight.split(point));
				let (points, scalars): (Vec<_>, Vec<_>) = terms.unzip();
				E::short_sum(&points, &scalars)
			},
		};
		let (mut scalars, mut points): (Vec<_>, Vec<_>) = self.full.iter().copied().unzip();
		for (fixed, sums) in self.fixed.values() {
			points.extend_from_slice(fixed);
			scalars.extend_from_slice(sums);
		}
		cost.terms = cost.terms.saturating_add(count(points.len()));
		if points.is_empty() {
			return random;
		}
		random + E::sum(&points, &scalars)
	}
}
