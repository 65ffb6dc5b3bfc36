//! How close two answers must be, and whether they are, decided in exact integer arithmetic.

use crate::{number::Number, Tensor};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use num_bigint::BigUint;
use num_traits::{CheckedAdd, CheckedMul, CheckedSub};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Units of [`NumericProfile::Tolerance`] in one.
pub(crate) const UNITS: u64 = 1_000_000_000;

/// How close the numbers of two answers must be.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum NumericProfile {
	/// The same bytes.
	#[codec(index = 0)]
	Exact,
	/// Elements a and b agree when |a − b| ≤ abs·10⁻⁹ + rel·10⁻⁹·max(|a|, |b|).
	#[codec(index = 1)]
	Tolerance {
		/// The absolute part, in units of 10⁻⁹.
		abs: u64,
		/// The part relative to the larger magnitude, in units of 10⁻⁹.
		rel: u64,
	},
}

/// How far apart two answers are; the further, the greater.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Agreement {
	/// Within the profile.
	#[codec(index = 0)]
	Same,
	/// Beyond the profile, but within twice its tolerance.
	#[codec(index = 1)]
	Near,
	/// Further apart, or not comparable.
	#[codec(index = 2)]
	Apart,
}

/// The worst agreement between tensors at the same place in `a` and `b`.
///
/// Different counts, element types or shapes are [`Agreement::Apart`]. Under
/// [`NumericProfile::Exact`] so are different bytes. Under a tolerance every number is held
/// against the formula exactly: NaN and the infinities are apart from everything, themselves
/// included, and the two zeros are equal; bools and strings must be equal.
pub fn compare(a: &[Tensor], b: &[Tensor], profile: NumericProfile) -> Agreement {
	if a.len() != b.len() {
		return Agreement::Apart;
	}
	worst(a.iter().zip(b).map(|(a, b)| compare_tensors(a, b, profile)))
}

fn worst(agreements: impl Iterator<Item = Agreement>) -> Agreement {
	let mut worst = Agreement::Same;
	for agreement in agreements {
		worst = worst.max(agreement);
		if worst == Agreement::Apart {
			break;
		}
	}
	worst
}

fn compare_tensors(a: &Tensor, b: &Tensor, profile: NumericProfile) -> Agreement {
	if a.element != b.element || a.shape != b.shape {
		return Agreement::Apart;
	}
	let (NumericProfile::Tolerance { abs, rel }, Some(size)) = (profile, numeric_size(a)) else {
		return if a.data == b.data { Agreement::Same } else { Agreement::Apart };
	};
	let (left, right) = (a.data.chunks_exact(size), b.data.chunks_exact(size));
	if left.len() != right.len() || left.remainder() != right.remainder() {
		return Agreement::Apart;
	}
	worst(left.zip(right).map(|(left, right)| {
		let left = Number::from_element(a.element, left);
		let right = Number::from_element(b.element, right);
		match (left, right) {
			(Some(left), Some(right)) => compare_numbers(left, right, abs, rel),
			_ => Agreement::Apart,
		}
	}))
}

pub(crate) fn numeric_size(tensor: &Tensor) -> Option<usize> {
	tensor.element.size().filter(|_| tensor.element != crate::ElementType::Bool)
}

/// The formula in 128 bits where they suffice, else in as many as it takes.
pub(crate) fn compare_numbers(a: Number, b: Number, abs: u64, rel: u64) -> Agreement {
	if a == b {
		return Agreement::Same;
	}
	compare_in::<u128>(a, b, abs, rel)
		.or_else(|| compare_in::<BigUint>(a, b, abs, rel))
		.unwrap_or(Agreement::Apart)
}

/// An unsigned integer that says when a result does not fit.
pub(crate) trait Width: From<u64> + Ord + CheckedAdd + CheckedSub + CheckedMul {
	/// 2 to the power of `exponent`.
	fn power_of_two(exponent: u32) -> Option<Self>;
}

impl Width for u128 {
	fn power_of_two(exponent: u32) -> Option<Self> {
		1u128.checked_shl(exponent)
	}
}

impl Width for BigUint {
	fn power_of_two(exponent: u32) -> Option<Self> {
		let mut power = BigUint::ZERO;
		power.set_bit(u64::from(exponent), true);
		Some(power)
	}
}

/// The formula, both sides times 10⁹ and 2^−base, so that every term is whole; `None` where a
/// term does not fit `W`.
pub(crate) fn compare_in<W: Width>(a: Number, b: Number, abs: u64, rel: u64) -> Option<Agreement> {
	let base = a.exponent.min(b.exponent).min(0);
	let (larger, difference) = apart::<W>(a, b, base)?;
	let difference = difference.checked_mul(&W::from(UNITS))?;
	let absolute = W::from(abs).checked_mul(&W::power_of_two(base.unsigned_abs())?)?;
	let relative = W::from(rel).checked_mul(&larger)?;
	let tolerance = absolute.checked_add(&relative)?;
	Some(if difference <= tolerance {
		Agreement::Same
	} else if difference.checked_sub(&tolerance)? <= tolerance {
		Agreement::Near
	} else {
		Agreement::Apart
	})
}

/// The larger magnitude of two numbers and their difference, both times 2^−base, which is no more than either's exponent; `None`
/// where a term does not fit `W`.
pub(crate) fn apart<W: Width>(a: Number, b: Number, base: i32) -> Option<(W, W)> {
	let scaled = |number: Number| {
		let power = W::power_of_two(number.exponent.abs_diff(base))?;
		W::from(number.magnitude).checked_mul(&power)
	};
	let (left, right) = (scaled(a)?, scaled(b)?);
	let (larger, smaller) = if left >= right { (left, right) } else { (right, left) };
	let difference = if a.negative == b.negative {
		larger.checked_sub(&smaller)?
	} else {
		larger.checked_add(&smaller)?
	};
	Some((larger, difference))
}
