//! Numbers of feeds as a model's input: a tensor of 32-bit floats or of 64-bit integers. The floats are made without any.

use crate::types::Taken;
use alloc::vec::Vec;
use opg_primitives::{model::Port, request::MaxInputBytes};
use opg_tensor::{encode, Dimension, ElementType, Tensor};
use sp_runtime::BoundedVec;

/// Bits of a 32-bit float's fraction, with the one that is not written.
const PRECISION: u32 = 24;
/// What is added to a 32-bit float's exponent.
const BIAS: i32 = 127;
const SIGN: u32 = 1 << 31;
const FRACTION: u32 = (1 << 23) - 1;

/// The input that numbers are to a model; `None` unless it takes one tensor of as many floats or integers. An integer is the number
/// times `10^decimals`.
pub(crate) fn pack<BlockNumber>(
	ports: &[Port],
	taken: &[Taken<BlockNumber>],
) -> Option<BoundedVec<u8, MaxInputBytes>> {
	let [port] = ports else { return None };
	let shape = shape_for(&port.shape, taken.len() as u32)?;
	let data: Vec<u8> = match port.element {
		ElementType::Float32 => {
			taken.iter().flat_map(|one| float(one.value, one.decimals).to_le_bytes()).collect()
		},
		ElementType::Int64 => taken.iter().flat_map(|one| one.value.to_le_bytes()).collect(),
		_ => return None,
	};
	let tensor = Tensor::new(port.element, shape, data).ok()?;
	encode(&[tensor]).try_into().ok()
}

/// Fixed lengths as they are; of the others the last is as long as it must be, and the rest are 1.
fn shape_for(axes: &[Dimension], count: u32) -> Option<Vec<u32>> {
	let fixed = axes.iter().try_fold(1u32, |all, axis| match axis {
		Dimension::Fixed(length) => all.checked_mul(*length),
		Dimension::Any => Some(all),
	})?;
	let mut rest = count.checked_div(fixed)?;
	let mut shape: Vec<u32> = axes
		.iter()
		.rev()
		.map(|axis| match axis {
			Dimension::Fixed(length) => *length,
			Dimension::Any => core::mem::replace(&mut rest, 1),
		})
		.collect();
	shape.reverse();
	let elements = shape.iter().try_fold(1u32, |all, length| all.checked_mul(*length))?;
	(elements == count).then_some(shape)
}

/// The bits of the 32-bit float nearest to `value · 10^-decimals`; of two as near, the even one.
pub(crate) fn float(value: i64, decimals: u8) -> u32 {
	let sign = if value < 0 { SIGN } else { 0 };
	let divisor = 10u128.checked_pow(decimals.into()).unwrap_or(u128::MAX);
	let mut numerator = u128::from(value.unsigned_abs());
	if numerator == 0 {
		return sign;
	}
	// Shifted left, 64 bits by 64, the quotient has more bits than the float.
	let shift = numerator.leading_zeros();
	numerator = numerator.checked_shl(shift).unwrap_or(0);
	let quotient = numerator.checked_div(divisor).unwrap_or(0);
	let has_rest = numerator.checked_rem(divisor).unwrap_or(0) > 0;
	let length = 128u32.saturating_sub(quotient.leading_zeros());
	let dropped = length.saturating_sub(PRECISION);
	let kept = quotient.checked_shr(dropped).unwrap_or(0);
	let tail = quotient.saturating_sub(kept.checked_shl(dropped).unwrap_or(0));
	let half = 1u128.checked_shl(dropped.saturating_sub(1)).unwrap_or(0);
	let is_odd = kept & 1 == 1;
	let is_up = dropped > 0 && (tail > half || (tail == half && (has_rest || is_odd)));
	let kept = kept.saturating_add(is_up.into()) as u32;
	// A carry out of the top makes the next power of two, whose fraction is zero as well.
	let carry = kept.checked_shr(PRECISION).unwrap_or(0) as i32;
	let exponent = (length as i32)
		.saturating_sub(1)
		.saturating_sub(shift as i32)
		.saturating_add(carry)
		.saturating_add(BIAS);
	// 64 bits by 18 decimals are far within what a float's exponent holds.
	sign | ((exponent as u32) << 23) | (kept & FRACTION)
}

#[cfg(test)]
mod tests {
	use super::{float, shape_for};
	use opg_tensor::Dimension::{Any, Fixed};
	use proptest::prelude::*;

	/// As the standard library reads the number written out.
	fn expected(value: i64, decimals: u8) -> u32 {
		format!("{value}e-{decimals}").parse::<f32>().expect("a number").to_bits()
	}

	#[test]
	fn floats_are_the_nearest_there_are() {
		for (value, decimals) in [
			(0, 0),
			(1, 0),
			(-1, 0),
			(1, 1),
			(5, 1),
			(6_412_350, 2),
			(16_777_217, 0),
			(16_777_219, 0),
			(33_554_431, 0),
			(i64::MAX, 0),
			(i64::MIN, 0),
			(i64::MAX, 18),
			(1, 18),
			(999_999_999_999_999_999, 18),
			(-123_456_789, 9),
		] {
			assert_eq!(float(value, decimals), expected(value, decimals), "{value}e-{decimals}");
		}
	}

	#[test]
	fn shapes_hold_as_many_numbers_as_there_are() {
		assert_eq!(shape_for(&[Fixed(4)], 4), Some(vec![4]));
		assert_eq!(shape_for(&[Fixed(2), Fixed(2)], 4), Some(vec![2, 2]));
		assert_eq!(shape_for(&[Any, Fixed(2)], 4), Some(vec![2, 2]));
		assert_eq!(shape_for(&[Any, Any], 4), Some(vec![1, 4]));
		assert_eq!(shape_for(&[], 1), Some(vec![]));
		assert_eq!(shape_for(&[Fixed(3)], 4), None);
		assert_eq!(shape_for(&[Any, Fixed(3)], 4), None);
		assert_eq!(shape_for(&[Fixed(0)], 4), None);
	}

	proptest! {
		#[test]
		fn floats_are_what_reading_the_decimal_gives(value in any::<i64>(), decimals in 0..19u8) {
			prop_assert_eq!(float(value, decimals), expected(value, decimals));
		}

		#[test]
		fn floats_of_small_numbers_as_well(value in -100_000_000..100_000_000i64, decimals in 0..10u8) {
			prop_assert_eq!(float(value, decimals), expected(value, decimals));
		}
	}
}
