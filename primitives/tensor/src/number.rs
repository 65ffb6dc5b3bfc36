//! The exact value of an element as a whole number times a power of two.

use crate::ElementType;

/// The layout of a binary floating-point format.
#[derive(Clone, Copy)]
pub(crate) struct Format {
	/// Bits of fraction.
	fraction: u32,
	/// Bits of exponent.
	exponent: u32,
	/// The least positive value is 2 to this power.
	least: i32,
}

pub(crate) const FLOAT16: Format = Format { fraction: 10, exponent: 5, least: -24 };
pub(crate) const BFLOAT16: Format = Format { fraction: 7, exponent: 8, least: -133 };
pub(crate) const FLOAT32: Format = Format { fraction: 23, exponent: 8, least: -149 };
pub(crate) const FLOAT64: Format = Format { fraction: 52, exponent: 11, least: -1074 };

impl Format {
	/// The format of an element type; `None` unless it is a float.
	pub(crate) fn of(element: ElementType) -> Option<Format> {
		match element {
			ElementType::Float16 => Some(FLOAT16),
			ElementType::BFloat16 => Some(BFLOAT16),
			ElementType::Float32 => Some(FLOAT32),
			ElementType::Float64 => Some(FLOAT64),
			_ => None,
		}
	}

	/// The bits of positive infinity.
	pub(crate) fn infinity(self) -> u64 {
		low_bits(self.exponent).wrapping_shl(self.fraction)
	}

	/// The bit of the sign.
	pub(crate) fn sign(self) -> u64 {
		1u64.wrapping_shl(self.fraction.saturating_add(self.exponent))
	}

	/// The bits of a quiet NaN.
	#[cfg(feature = "json")]
	pub(crate) fn nan(self) -> u64 {
		self.infinity() | 1u64.wrapping_shl(self.fraction.saturating_sub(1))
	}
}

/// `magnitude` · 2^`exponent`, with the sign apart; the magnitude is odd, or zero at exponent 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Number {
	pub(crate) negative: bool,
	pub(crate) magnitude: u64,
	pub(crate) exponent: i32,
}

impl Number {
	pub(crate) fn new(negative: bool, magnitude: u64, exponent: i32) -> Number {
		if magnitude == 0 {
			return Number { negative, magnitude, exponent: 0 };
		}
		let zeros = magnitude.trailing_zeros();
		Number {
			negative,
			magnitude: magnitude.wrapping_shr(zeros),
			exponent: exponent.saturating_add_unsigned(zeros),
		}
	}

	pub(crate) fn from_integer(value: i64) -> Number {
		Number::new(value < 0, value.unsigned_abs(), 0)
	}

	/// The number these bits stand for; `None` for NaN and the infinities.
	pub(crate) fn from_bits(bits: u64, format: Format) -> Option<Number> {
		let fraction = bits & low_bits(format.fraction);
		let field = bits.wrapping_shr(format.fraction) & low_bits(format.exponent);
		let sign = bits.wrapping_shr(format.fraction.saturating_add(format.exponent)) & 1;
		if field == low_bits(format.exponent) {
			return None;
		}
		let leading = 1u64.wrapping_shl(format.fraction);
		Some(match u32::try_from(field).ok()?.checked_sub(1) {
			Some(above) => Number::new(
				sign == 1,
				fraction | leading,
				format.least.saturating_add_unsigned(above),
			),
			None => Number::new(sign == 1, fraction, format.least),
		})
	}

	/// The bits nearest to the number, ties to even; `None` where it is out of range.
	pub(crate) fn to_bits(self, format: Format) -> Option<u64> {
		let sign = if self.negative { format.sign() } else { 0 };
		let width = u64::BITS.saturating_sub(self.magnitude.leading_zeros());
		let precision = format.fraction.saturating_add(1);
		let unit = self
			.exponent
			.saturating_add_unsigned(width)
			.saturating_sub_unsigned(precision)
			.max(format.least);
		let drop = unit.saturating_sub(self.exponent);
		let rounded = if drop > 0 {
			round_off(self.magnitude, drop.unsigned_abs())
		} else {
			self.magnitude.checked_shl(drop.unsigned_abs()).unwrap_or(0)
		};
		// Rounding up to the next power of two carries into the exponent, as it should.
		let leading = 1u64.wrapping_shl(format.fraction);
		let magnitude = match rounded.checked_sub(leading) {
			Some(fraction) => {
				let field = u64::from(unit.abs_diff(format.least)).saturating_add(1);
				if field >= low_bits(format.exponent) {
					return None;
				}
				field.wrapping_shl(format.fraction).saturating_add(fraction)
			},
			None => rounded,
		};
		(magnitude < format.infinity()).then_some(sign | magnitude)
	}

	/// The value of one element in little-endian `bytes`; `None` for NaN, infinities, and
	/// elements that are not numbers.
	pub(crate) fn from_element(element: ElementType, bytes: &[u8]) -> Option<Number> {
		let bits = little_endian(bytes);
		if let Some(format) = Format::of(element) {
			return Number::from_bits(bits, format);
		}
		match element {
			// The narrowing casts keep the bits and let the sign extend.
			ElementType::Int8 => Some(Number::from_integer(i64::from(bits as u8 as i8))),
			ElementType::Int16 => Some(Number::from_integer(i64::from(bits as u16 as i16))),
			ElementType::Int32 => Some(Number::from_integer(i64::from(bits as u32 as i32))),
			ElementType::Int64 => Some(Number::from_integer(bits as i64)),
			ElementType::Uint8
			| ElementType::Uint16
			| ElementType::Uint32
			| ElementType::Uint64 => Some(Number::new(false, bits, 0)),
			_ => None,
		}
	}
}

/// The bits of an element of at most 8 `bytes`.
pub(crate) fn little_endian(bytes: &[u8]) -> u64 {
	bytes.iter().rev().fold(0u64, |bits, byte| bits.wrapping_shl(8) | u64::from(*byte))
}

/// A mask of the `count` lowest bits, `count` below 64.
fn low_bits(count: u32) -> u64 {
	1u64.wrapping_shl(count).wrapping_sub(1)
}

/// `value` without its `drop` lowest bits (at least 1), rounded to nearest, ties to even.
fn round_off(value: u64, drop: u32) -> u64 {
	let Some(kept) = value.checked_shr(drop) else {
		// Below one unit: only what exceeds half of 2^64 rounds up.
		return u64::from(drop == u64::BITS && value > 1u64.wrapping_shl(63));
	};
	let dropped = value & low_bits(drop);
	let half = 1u64.wrapping_shl(drop.saturating_sub(1));
	let up = dropped > half || (dropped == half && kept & 1 == 1);
	kept.saturating_add(u64::from(up))
}
