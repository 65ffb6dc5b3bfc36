//! Numbers: exact values of elements and back to the nearest bits.

use crate::{
	number::{Format, Number, BFLOAT16, FLOAT16, FLOAT32, FLOAT64},
	ElementType,
};
use proptest::prelude::*;

fn value(number: Number) -> f64 {
	let magnitude = number.magnitude as f64 * 2f64.powi(number.exponent);
	if number.negative {
		-magnitude
	} else {
		magnitude
	}
}

fn element(element: ElementType, bytes: &[u8]) -> Option<f64> {
	Number::from_element(element, bytes).map(value)
}

#[test]
fn has_the_known_values_of_float16() {
	let known = [
		(0x0000u64, 0.0),
		(0x0001, 5.960464477539063e-8),
		(0x03ff, 6.097555160522461e-5),
		(0x0400, 6.103515625e-5),
		(0x3555, 0.333251953125),
		(0x3c00, 1.0),
		(0x3c01, 1.0009765625),
		(0x7bff, 65504.0),
		(0xc000, -2.0),
	];
	for (bits, expected) in known {
		assert_eq!(value(Number::from_bits(bits, FLOAT16).unwrap()), expected);
	}
	for bits in [0x7c00, 0xfc00, 0x7e00, 0x7c01, 0xffff] {
		assert_eq!(Number::from_bits(bits, FLOAT16), None);
	}
}

#[test]
fn has_the_value_of_bfloat16_as_the_upper_half_of_float32() {
	for bits in 0..=u16::MAX {
		let single = f32::from_bits(u32::from(bits) << 16);
		let number = Number::from_bits(u64::from(bits), BFLOAT16);
		assert_eq!(number.map(value), single.is_finite().then_some(f64::from(single)));
	}
	assert_eq!(value(Number::from_bits(0x4049, BFLOAT16).unwrap()), 3.140625);
}

#[test]
fn reads_integers_with_their_signs() {
	assert_eq!(element(ElementType::Int8, &[0x80]), Some(-128.0));
	assert_eq!(element(ElementType::Int8, &[0xff]), Some(-1.0));
	assert_eq!(element(ElementType::Uint8, &[0xff]), Some(255.0));
	assert_eq!(element(ElementType::Int16, &[0, 0x80]), Some(-32768.0));
	assert_eq!(element(ElementType::Uint16, &[1, 2]), Some(513.0));
	assert_eq!(element(ElementType::Int32, &[254, 255, 255, 255]), Some(-2.0));
	assert_eq!(element(ElementType::Uint32, &[0, 0, 0, 0x80]), Some(2f64.powi(31)));
	assert_eq!(element(ElementType::Int64, &i64::MIN.to_le_bytes()), Some(-2f64.powi(63)));
	assert_eq!(element(ElementType::Uint64, &(1u64 << 63).to_le_bytes()), Some(2f64.powi(63)));
	assert_eq!(element(ElementType::Bool, &[1]), None);
	assert_eq!(element(ElementType::String, &[]), None);
}

#[test]
fn returns_to_every_pattern_of_sixteen_bits() {
	for format in [FLOAT16, BFLOAT16] {
		for bits in 0..=u64::from(u16::MAX) {
			if let Some(number) = Number::from_bits(bits, format) {
				assert_eq!(number.to_bits(format), Some(bits));
			}
		}
	}
}

fn round(value: f64, format: Format) -> Option<u64> {
	Number::from_bits(value.to_bits(), FLOAT64).unwrap().to_bits(format)
}

#[test]
fn rounds_ties_to_even() {
	assert_eq!(round(2049.0, FLOAT16), Some(0x6800));
	assert_eq!(round(2051.0, FLOAT16), Some(0x6802));
	assert_eq!(round(2f64.powi(-25), FLOAT16), Some(0));
	assert_eq!(round(3.0 * 2f64.powi(-25), FLOAT16), Some(2));
	assert_eq!(round(1.01 * 2f64.powi(-25), FLOAT16), Some(1));
	assert_eq!(round(-0.0, FLOAT16), Some(0x8000));
}

#[test]
fn is_out_of_range_from_half_a_unit_past_the_largest() {
	assert_eq!(round(65519.9, FLOAT16), Some(0x7bff));
	assert_eq!(round(65520.0, FLOAT16), None);
	assert_eq!(round(-1e6, FLOAT16), None);
	assert_eq!(round(f64::MAX, FLOAT32), None);
	assert_eq!(round(f64::MAX, FLOAT64), Some(f64::MAX.to_bits()));
}

proptest! {
	#[test]
	fn is_the_float_it_was_read_from(bits in any::<u64>()) {
		let float = f64::from_bits(bits);
		let number = Number::from_bits(bits, FLOAT64);
		prop_assert_eq!(number.is_some(), float.is_finite());
		if let Some(number) = number {
			prop_assert!(number.magnitude == 0 || number.magnitude % 2 == 1);
			prop_assert_eq!(number.to_bits(FLOAT64), Some(bits));
		}
	}

	#[test]
	fn rounds_to_float32_as_the_machine_does(
		wide in any::<f64>(),
		single in proptest::num::f32::ANY,
		nudge in -2i64..=2,
	) {
		// Halfway between a float32 and its neighbour, and just beside.
		let halfway = f64::from_bits((f64::from(single).to_bits() | 1 << 28).wrapping_add_signed(nudge));
		for value in [wide, halfway, f64::from(single)] {
			if value.is_finite() {
				let expected = value as f32;
				let bits = expected.is_finite().then_some(u64::from(expected.to_bits()));
				prop_assert_eq!(round(value, FLOAT32), bits);
			}
		}
	}

	#[test]
	fn rounds_integers_to_floats_as_the_machine_does(signed in any::<i64>(), unsigned in any::<u64>()) {
		let number = Number::from_integer(signed);
		prop_assert_eq!(number.to_bits(FLOAT64), Some((signed as f64).to_bits()));
		prop_assert_eq!(number.to_bits(FLOAT32), Some(u64::from((signed as f32).to_bits())));
		let number = Number::new(false, unsigned, 0);
		prop_assert_eq!(number.to_bits(FLOAT32), Some(u64::from((unsigned as f32).to_bits())));
	}
}
