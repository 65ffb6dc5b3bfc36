//! How far apart the numbers of two answers are, for people to judge.

use crate::{
	number::Number,
	profile::{apart, numeric_size, Width, UNITS},
	Tensor,
};
use num_bigint::BigUint;
use num_traits::{CheckedDiv, ToPrimitive};

/// The largest difference between numbers at the same place in `a` and `b`, in units of 10⁻⁹ and rounded up to a whole one; the
/// greatest `u64` stands for any that is no less.
///
/// `None` where there is none: counts, element types or shapes differ, or an element is NaN, infinite or no number.
pub fn largest_difference(a: &[Tensor], b: &[Tensor]) -> Option<u64> {
	if a.len() != b.len() {
		return None;
	}
	a.iter().zip(b).try_fold(0, |largest, (a, b)| Some(difference_of(a, b)?.max(largest)))
}

fn difference_of(a: &Tensor, b: &Tensor) -> Option<u64> {
	if a.element != b.element || a.shape != b.shape || a.data.len() != b.data.len() {
		return None;
	}
	let size = numeric_size(a)?;
	let mut pairs = a.data.chunks_exact(size).zip(b.data.chunks_exact(size));
	pairs.try_fold(0, |largest: u64, (left, right)| {
		let left = Number::from_element(a.element, left)?;
		let right = Number::from_element(b.element, right)?;
		Some(difference(left, right)?.max(largest))
	})
}

/// In 128 bits where they suffice, else in as many as it takes.
fn difference(a: Number, b: Number) -> Option<u64> {
	if a == b {
		return Some(0);
	}
	difference_in::<u128>(a, b).or_else(|| difference_in::<BigUint>(a, b))
}

/// `None` where a term does not fit `W`.
fn difference_in<W: Width + CheckedDiv + ToPrimitive>(a: Number, b: Number) -> Option<u64> {
	let base = a.exponent.min(b.exponent).min(0);
	let (_, difference) = apart::<W>(a, b, base)?;
	let one = W::power_of_two(base.unsigned_abs())?;
	let below_one = one.checked_sub(&W::from(1))?;
	let units = difference.checked_mul(&W::from(UNITS))?.checked_add(&below_one)?;
	Some(units.checked_div(&one)?.to_u64().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
	use super::largest_difference;
	use crate::Tensor;

	fn of(values: &[f32]) -> [Tensor; 1] {
		[Tensor::from_f32(&[values.len() as u32], values).unwrap()]
	}

	#[test]
	fn it_is_that_of_the_numbers_furthest_apart_whatever_their_order() {
		let (a, b) = (of(&[1.0, -2.0, 0.5]), of(&[1.25, -2.0, 0.25]));
		assert_eq!(largest_difference(&a, &b), Some(250_000_000));
		let (a, b) = (of(&[-0.25, 3.0]), of(&[0.5, 3.0]));
		assert_eq!(largest_difference(&a, &b), Some(750_000_000));
		assert_eq!(largest_difference(&b, &a), Some(750_000_000));
	}

	#[test]
	fn only_what_is_equal_has_none() {
		assert_eq!(largest_difference(&of(&[0.1, 0.0]), &of(&[0.1, -0.0])), Some(0));
		assert_eq!(largest_difference(&of(&[0.0]), &of(&[f32::from_bits(1)])), Some(1));
		assert_eq!(largest_difference(&of(&[1.0]), &of(&[1.0 + f32::EPSILON])), Some(120));
	}

	#[test]
	fn one_too_large_to_say_is_the_largest() {
		let (a, b) = (of(&[f32::MAX]), of(&[f32::MIN]));
		assert_eq!(largest_difference(&a, &b), Some(u64::MAX));
	}

	#[test]
	fn what_cannot_be_compared_has_none_to_say() {
		let one = of(&[1.0]);
		for other in [of(&[f32::NAN]), of(&[f32::INFINITY]), of(&[1.0, 1.0])] {
			assert_eq!(largest_difference(&one, &other), None);
		}
		assert_eq!(largest_difference(&one, &[]), None);
		let integers = [Tensor::from_i64(&[1], &[1]).unwrap()];
		assert_eq!(largest_difference(&one, &integers), None);
		let text = || [Tensor::from_strings(&[1], &["a"]).unwrap()];
		assert_eq!(largest_difference(&text(), &text()), None);
	}
}
