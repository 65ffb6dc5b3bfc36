//! The lines of the Miller loop of a G2 point, and with them its membership of the subgroup.
//!
//! The optimal ate pairing on a BN curve follows the multiples of Q up to
//! `[6x + 2]Q + ψ(Q) − ψ²(Q)` (Vercauteren, "Optimal pairings", eprint 2008/096), where ψ is the
//! Frobenius map of the curve brought to the twist. On the subgroup of order r, and only there,
//! adding `ψ³(Q)` to that gives the identity: ψ satisfies ψ² − tψ + q = 0, the norm of
//! `6x + 2 + ψ − ψ² + ψ³` in ℤ\[ψ\] is divisible by r and prime to the cofactor 2q − r, and so
//! only the identity is killed by it outside the subgroup (the argument of Dai, Lin, Zhao and
//! Zhou, eprint 2022/348). The loop that prepares the lines thus tests the subgroup for the price
//! of one comparison.

#![allow(clippy::arithmetic_side_effects, reason = "arithmetic of fields is total")]

use alloc::vec::Vec;
use ark_bn254::{Config, Fq, Fq2, G2Affine};
use ark_ec::{bn::BnConfig, short_weierstrass::SWCurveConfig, AffineRepr};
use ark_ff::{AdditiveGroup, Field, Zero};

/// One line: the coefficients of y, of x, and the constant term.
pub(crate) type Line = [Fq2; 3];

/// The lines of a point of G2 that is in the subgroup and not the identity, in the order in which
/// the Miller loop takes them; about 17 KB.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lines(Vec<Line>);

impl Lines {
	/// The lines of `point`; `None` for the identity, and for what is outside the subgroup or off
	/// the twist.
	pub fn prepare(point: &G2Affine) -> Option<Self> {
		if point.is_zero() || !point.is_on_curve() {
			return None;
		}
		let mut lines = Vec::with_capacity(LINES);
		let mut multiple = Multiple { x: point.x, y: point.y, z: Fq2::ONE };
		let negated = -*point;
		for digit in loop_digits() {
			lines.push(multiple.double());
			match digit {
				1 => lines.push(multiple.add(point)),
				-1 => lines.push(multiple.add(&negated)),
				_ => {},
			}
		}
		let once = frobenius(point);
		let twice = frobenius(&once);
		lines.push(multiple.add(&once));
		lines.push(multiple.add(&-twice));
		multiple.is(&-frobenius(&twice)).then_some(Self(lines))
	}

	/// Lines that an engine has prepared before; there must be [`LINES`] of them.
	pub(crate) fn from_list(lines: Vec<Line>) -> Self {
		Self(lines)
	}

	pub(crate) fn iter(&self) -> core::slice::Iter<'_, Line> {
		self.0.iter()
	}
}

/// How many lines there are: one for each step of the loop, and the two last.
pub(crate) const LINES: usize = 87;

/// The signed digits of 6x + 2 below the leading one, highest first.
pub(crate) fn loop_digits() -> impl Iterator<Item = i8> {
	Config::ATE_LOOP_COUNT.iter().rev().skip(1).copied()
}

/// ψ: the Frobenius map of the curve, brought to the twist.
fn frobenius(point: &G2Affine) -> G2Affine {
	let mut image = *point;
	image.x.frobenius_map_in_place(1);
	image.y.frobenius_map_in_place(1);
	image.x *= Config::TWIST_MUL_BY_Q_X;
	image.y *= Config::TWIST_MUL_BY_Q_Y;
	image
}

/// A multiple of the point in homogeneous coordinates, (x/z, y/z).
///
/// The steps are incomplete where the points added are equal or opposite or either is the
/// identity. That happens only outside the subgroup, makes z zero, and z then stays zero.
struct Multiple {
	x: Fq2,
	y: Fq2,
	z: Fq2,
}

impl Multiple {
	/// Doubles, and gives the tangent ("The realm of the pairings", eprint 2013/722, section 4,
	/// with all coordinates times four to spare the halvings).
	fn double(&mut self) -> Line {
		let xy = self.x * self.y;
		let xx = self.x.square();
		let yy = self.y.square();
		let zz = self.z.square();
		let yz2 = (self.y + self.z).square() - yy - zz;
		let e = <Config as BnConfig>::G2Config::COEFF_B * (zz.double() + zz);
		let f = e.double() + e;
		let ee = e.square().double().double();
		self.x = (xy * (yy - f)).double();
		self.y = (yy + f).square() - ee.double() - ee;
		self.z = (yy * yz2).double().double();
		[-yz2, xx.double() + xx, e - yy]
	}

	/// Adds a point, and gives the line through both (same source).
	fn add(&mut self, point: &G2Affine) -> Line {
		let theta = self.y - point.y * self.z;
		let lambda = self.x - point.x * self.z;
		let cc = theta.square();
		let dd = lambda.square();
		let e = lambda * dd;
		let f = self.z * cc;
		let g = self.x * dd;
		let h = e + f - g.double();
		self.x = lambda * h;
		self.y = theta * (g - h) - e * self.y;
		self.z *= e;
		[lambda, -theta, theta * point.x - lambda * point.y]
	}

	fn is(&self, point: &G2Affine) -> bool {
		!self.z.is_zero() && self.x == point.x * self.z && self.y == point.y * self.z
	}
}

/// The value of a line at a point of G1, as the coefficients that `mul_by_034` takes.
pub(crate) fn at(line: &Line, x: &Fq, y: &Fq) -> Line {
	let [mut of_y, mut of_x, constant] = *line;
	of_y.mul_assign_by_fp(y);
	of_x.mul_assign_by_fp(x);
	[of_y, of_x, constant]
}
