//! Decimal numbers as they are written, read exactly: `123.45` with two decimals is 12345. No float is ever made of them.

use alloc::vec::Vec;

/// Digits of a number that are read; no source needs more.
const MAX_DIGITS: usize = 64;

/// The number a decimal text stands for, times `10^decimals`, rounded half away from zero.
///
/// `None` for what is no decimal number (`NaN`, `1,5`, `0x1`, an empty text), and for what does not fit.
pub fn mantissa(text: &str, decimals: u8) -> Option<i64> {
	let (is_negative, text) = match text.strip_prefix('-') {
		Some(rest) => (true, rest),
		None => (false, text),
	};
	let (digits, exponent) = match text.split_once(['e', 'E']) {
		Some((digits, exponent)) => (digits, exponent_of(exponent)?),
		None => (text, 0),
	};
	let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
	let is_number = !whole.is_empty()
		&& whole.len().saturating_add(fraction.len()) <= MAX_DIGITS
		&& (digits.len() == whole.len() || !fraction.is_empty())
		&& [whole, fraction].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
	if !is_number {
		return None;
	}
	let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
	// How many of the digits stand before the point once the number is scaled; there may be more or fewer than that.
	let before =
		(whole.len() as i64).saturating_add(exponent.into()).saturating_add(decimals.into());
	let sum = if before < 0 { 0 } else { scaled(&digits, usize::try_from(before).ok()?)? };
	let signed = if is_negative { sum.saturating_neg() } else { sum };
	i64::try_from(signed).ok()
}

fn exponent_of(text: &str) -> Option<i32> {
	let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
	let is_number = (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
	is_number.then(|| text.parse().ok()).flatten()
}

/// The first `before` digits as a number, with zeros where there are none, rounded by the next.
fn scaled(digits: &[u8], before: usize) -> Option<i128> {
	let mut sum: i128 = 0;
	for place in 0..before {
		let digit = digits.get(place).map_or(0, |byte| i128::from(byte.saturating_sub(b'0')));
		if sum == 0 && digit == 0 && place >= digits.len() {
			return Some(0);
		}
		sum = sum.checked_mul(10)?.checked_add(digit)?;
	}
	let is_up = digits.get(before).is_some_and(|byte| *byte >= b'5');
	sum.checked_add(is_up.into())
}

#[cfg(test)]
mod tests {
	use super::mantissa;
	use proptest::prelude::*;

	#[test]
	fn of_a_decimal_is_the_digits_at_their_place() {
		assert_eq!(mantissa("123.45", 2), Some(12_345));
		assert_eq!(mantissa("123.45", 4), Some(1_234_500));
		assert_eq!(mantissa("-0.5", 0), Some(-1));
		assert_eq!(mantissa("0.05", 1), Some(1), "half is rounded away from zero");
		assert_eq!(mantissa("0.04", 1), Some(0));
		assert_eq!(mantissa("0.999", 2), Some(100));
		assert_eq!(mantissa("007", 0), Some(7));
		assert_eq!(mantissa("-0", 3), Some(0));
	}

	#[test]
	fn of_an_exponent_is_exact_as_well() {
		assert_eq!(mantissa("1.5e3", 0), Some(1_500));
		assert_eq!(mantissa("1.5E+3", 1), Some(15_000));
		assert_eq!(mantissa("15e-1", 1), Some(15));
		assert_eq!(mantissa("1e-30", 2), Some(0));
		assert_eq!(mantissa("6e-3", 2), Some(1));
		assert_eq!(mantissa("0e9999", 0), Some(0));
		assert_eq!(mantissa("1e19", 0), None);
		assert_eq!(mantissa("1e99999", 0), None);
	}

	#[test]
	fn of_what_is_no_number_is_none() {
		for text in [
			"", "-", ".", "1.", ".5", "+1", "1,5", "1 000", " 1", "NaN", "nan", "inf", "Infinity",
			"0x10", "1e", "1e+", "1.2.3", "--1", "１", "null", "true", "1_000",
		] {
			assert_eq!(mantissa(text, 2), None, "{text:?}");
		}
	}

	#[test]
	fn goes_to_the_end_of_64_bits_and_no_further() {
		assert_eq!(mantissa("9223372036854775807", 0), Some(i64::MAX));
		assert_eq!(mantissa("9223372036854775808", 0), None);
		assert_eq!(mantissa("-9223372036854775808", 0), Some(i64::MIN));
		assert_eq!(mantissa("9223372036854775807.5", 0), None);
		assert_eq!(mantissa(&"9".repeat(64), 0), None);
		assert_eq!(mantissa(&"0".repeat(65), 0), None);
	}

	proptest! {
		#[test]
		fn of_a_number_written_out_is_the_number(value in any::<i64>(), decimals in 0..19u8) {
			let places = usize::from(decimals);
			let digits = format!("{:0>width$}", value.unsigned_abs(), width = places + 1);
			let (whole, fraction) = digits.split_at(digits.len() - places);
			let sign = if value < 0 { "-" } else { "" };
			let point = if decimals > 0 { "." } else { "" };
			let text = format!("{sign}{whole}{point}{fraction}");
			prop_assert_eq!(mantissa(&text, decimals), Some(value));
		}

		#[test]
		fn of_anything_is_told_without_a_panic(text in ".{0,70}", decimals in any::<u8>()) {
			let _ = mantissa(&text, decimals);
		}
	}
}
