//! Agreement: held against an oracle in big rationals, and at the edges of the formula.

use super::{element_types, shapes, tensor_of};
use crate::{
	compare,
	number::Number,
	profile::{compare_in, compare_numbers},
	Agreement::{self, *},
	ElementType, NumericProfile, Tensor,
};
use codec::{Encode, MaxEncodedLen};
use core::slice::from_ref;
use num_bigint::{BigInt, BigUint};
use num_traits::{FromPrimitive, Signed};
use proptest::prelude::*;

fn within(abs: u64, rel: u64) -> NumericProfile {
	NumericProfile::Tolerance { abs, rel }
}

fn doubles(values: &[f64]) -> Vec<Tensor> {
	let data = values.iter().flat_map(|value| value.to_le_bytes()).collect();
	vec![Tensor::new(ElementType::Float64, vec![values.len() as u32], data).unwrap()]
}

fn singles(values: &[f32]) -> Vec<Tensor> {
	vec![Tensor::from_f32(&[values.len() as u32], values).unwrap()]
}

fn halves(element: ElementType, bits: u16) -> Vec<Tensor> {
	vec![Tensor::new(element, vec![], bits.to_le_bytes().to_vec()).unwrap()]
}

fn longs(values: &[i64]) -> Vec<Tensor> {
	vec![Tensor::from_i64(&[values.len() as u32], values).unwrap()]
}

/// The float as a fraction, by doubling until it is whole; without a look at its bits.
fn fraction(mut value: f64) -> (BigInt, BigInt) {
	let mut denominator = BigInt::from(1);
	while value.fract() != 0.0 {
		value *= 2.0;
		denominator *= 2;
	}
	(BigInt::from_f64(value).unwrap(), denominator)
}

/// The formula in rationals over a common denominator.
fn oracle(a: (BigInt, BigInt), b: (BigInt, BigInt), abs: u64, rel: u64) -> Agreement {
	let denominator = &a.1 * &b.1;
	let (a, b) = (a.0 * &b.1, b.0 * &a.1);
	let distance = (&a - &b).abs() * 1_000_000_000u64;
	let tolerance = denominator * abs + a.abs().max(b.abs()) * rel;
	if distance <= tolerance {
		Same
	} else if distance <= tolerance * 2 {
		Near
	} else {
		Apart
	}
}

fn finite() -> impl Strategy<Value = f64> {
	use proptest::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
	prop_oneof![
		POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO,
		-1000.0..1000.0f64,
		(-1000i32..1000).prop_map(f64::from),
	]
}

fn tolerances() -> impl Strategy<Value = u64> {
	prop_oneof![Just(0), 0u64..1000, 0u64..10_000_000_000, any::<u64>(), Just(u64::MAX),]
}

/// A float, and another that is often close to it.
fn pairs() -> impl Strategy<Value = (f64, f64)> {
	prop_oneof![
		(finite(), finite()),
		(finite(), -5i64..5).prop_map(|(a, steps)| {
			let b = f64::from_bits(a.to_bits().wrapping_add_signed(steps));
			(a, if b.is_finite() { b } else { a })
		}),
		(-1000.0..1000.0f64, -4e-6..4e-6f64).prop_map(|(a, by)| (a, a + by)),
		(-1000.0..1000.0f64, -4e-6..4e-6f64).prop_map(|(a, by)| (a, a * (1.0 + by))),
	]
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(2000))]

	#[test]
	fn is_what_rationals_say_of_float64((a, b) in pairs(), abs in tolerances(), rel in tolerances()) {
		let found = compare(&doubles(&[a]), &doubles(&[b]), within(abs, rel));
		prop_assert_eq!(found, oracle(fraction(a), fraction(b), abs, rel));
	}

	#[test]
	fn is_what_rationals_say_of_close_float64((a, b) in pairs(), abs in 0u64..4000, rel in 0u64..4000) {
		let found = compare(&doubles(&[a]), &doubles(&[b]), within(abs, rel));
		prop_assert_eq!(found, oracle(fraction(a), fraction(b), abs, rel));
	}

	#[test]
	fn is_what_rationals_say_of_float32(
		a in any::<f32>(),
		b in any::<f32>(),
		steps in -5i32..5,
		abs in tolerances(),
		rel in tolerances(),
	) {
		for b in [b, f32::from_bits(a.to_bits().wrapping_add_signed(steps))] {
			if a.is_finite() && b.is_finite() {
				let found = compare(&singles(&[a]), &singles(&[b]), within(abs, rel));
				let expected = oracle(fraction(a.into()), fraction(b.into()), abs, rel);
				prop_assert_eq!(found, expected);
			}
		}
	}

	#[test]
	fn is_what_rationals_say_of_int64(
		a in any::<i64>(),
		b in any::<i64>(),
		by in -100i64..100,
		abs in tolerances(),
		rel in tolerances(),
	) {
		for b in [b, a.wrapping_add(by), by] {
			let found = compare(&longs(&[a]), &longs(&[b]), within(abs, rel));
			let whole = |value: i64| (BigInt::from(value), BigInt::from(1));
			prop_assert_eq!(found, oracle(whole(a), whole(b), abs, rel));
		}
	}

	#[test]
	fn is_the_same_in_128_bits_as_in_many((a, b) in pairs(), abs in tolerances(), rel in tolerances()) {
		let read = |value: f64| {
			Number::from_element(ElementType::Float64, &value.to_le_bytes()).unwrap()
		};
		let (a, b) = (read(a), read(b));
		let wide = compare_in::<BigUint>(a, b, abs, rel).unwrap();
		if let Some(narrow) = compare_in::<u128>(a, b, abs, rel) {
			prop_assert_eq!(narrow, wide);
		}
		prop_assert_eq!(compare_numbers(a, b, abs, rel), wide);
	}

	#[test]
	fn needs_only_128_bits_for_ordinary_float32(a in -1e4..1e4f32, b in -1e4..1e4f32) {
		let read = |value: f32| {
			Number::from_element(ElementType::Float32, &value.to_le_bytes()).unwrap()
		};
		prop_assert!(compare_in::<u128>(read(a), read(b), 1_000_000, 1_000_000).is_some());
	}
}

proptest! {
	#[test]
	fn is_symmetric_and_reflexive(
		(a, b) in (element_types(), shapes()).prop_flat_map(|(element, shape)| {
			(tensor_of(element, shape.clone()), tensor_of(element, shape))
		}),
		abs in tolerances(),
		rel in tolerances(),
	) {
		for profile in [NumericProfile::Exact, within(abs, rel)] {
			let (a, b) = (vec![a.clone()], vec![b.clone()]);
			prop_assert_eq!(compare(&a, &b, profile), compare(&b, &a, profile));
		}
		let finite = !a.element.is_float() || a.data.chunks(a.element.size().unwrap())
			.all(|bytes| Number::from_element(a.element, bytes).is_some());
		let itself = compare(from_ref(&a), from_ref(&a), within(abs, rel));
		prop_assert_eq!(itself, if finite { Same } else { Apart });
		prop_assert_eq!(compare(from_ref(&a), from_ref(&a), NumericProfile::Exact), Same);
	}

	#[test]
	fn never_panics_on_unsound_tensors(
		element in element_types(),
		a in proptest::collection::vec(any::<u8>(), 0..20),
		b in proptest::collection::vec(any::<u8>(), 0..20),
	) {
		let unsound = |data| [Tensor { element, shape: vec![3], data }];
		if a.len() != b.len() {
			let found = compare(&unsound(a.clone()), &unsound(b.clone()), within(1, u64::MAX));
			prop_assert_eq!(found, Apart);
		}
	}
}

#[test]
fn is_same_up_to_the_tolerance_and_near_up_to_twice_it() {
	let quarter = within(250_000_000, 0);
	assert_eq!(compare(&singles(&[1.0]), &singles(&[1.25]), quarter), Same);
	assert_eq!(compare(&singles(&[1.0]), &singles(&[1.2500001]), quarter), Near);
	assert_eq!(compare(&singles(&[1.0]), &singles(&[1.5]), quarter), Near);
	assert_eq!(compare(&singles(&[1.0]), &singles(&[1.5000001]), quarter), Apart);
	let half = within(0, 500_000_000);
	assert_eq!(compare(&singles(&[1.0]), &singles(&[2.0]), half), Same);
	assert_eq!(compare(&singles(&[0.0]), &singles(&[2.0]), half), Near);
	assert_eq!(compare(&singles(&[-0.5]), &singles(&[2.0]), half), Apart);
}

#[test]
fn is_the_worst_of_all_elements() {
	let profile = within(250_000_000, 0);
	let reference = singles(&[0.0, 0.0, 0.0]);
	assert_eq!(compare(&reference, &singles(&[0.0, 0.25, 0.0]), profile), Same);
	assert_eq!(compare(&reference, &singles(&[0.0, 0.5, 0.0]), profile), Near);
	assert_eq!(compare(&reference, &singles(&[0.0, 0.5, 1.0]), profile), Apart);
	let two = |last: f32| [singles(&[0.5]), singles(&[last])].concat();
	assert_eq!(compare(&two(0.0), &two(0.5), profile), Near);
}

#[test]
fn holds_nan_and_infinities_apart_even_from_themselves() {
	let widest = within(u64::MAX, u64::MAX);
	for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
		assert_eq!(compare(&doubles(&[value]), &doubles(&[value]), widest), Apart);
		assert_eq!(compare(&doubles(&[value]), &doubles(&[0.0]), widest), Apart);
		assert_eq!(compare(&doubles(&[0.0]), &doubles(&[value]), widest), Apart);
		let single = singles(&[value as f32]);
		assert_eq!(compare(&single, &single, widest), Apart);
	}
	for (element, bits) in [(ElementType::Float16, 0x7c00), (ElementType::BFloat16, 0x7f80)] {
		let infinite = halves(element, bits);
		assert_eq!(compare(&infinite, &infinite, widest), Apart);
	}
}

#[test]
fn takes_the_two_zeros_as_one_unless_exact() {
	let (plus, minus) = (doubles(&[0.0]), doubles(&[-0.0]));
	assert_eq!(compare(&plus, &minus, within(0, 0)), Same);
	assert_eq!(compare(&plus, &minus, NumericProfile::Exact), Apart);
}

#[test]
fn tells_subnormals_apart_without_a_tolerance() {
	let least = f64::from_bits(1);
	assert_eq!(compare(&doubles(&[least]), &doubles(&[0.0]), within(0, 0)), Apart);
	assert_eq!(compare(&doubles(&[least]), &doubles(&[0.0]), within(1, 0)), Same);
	let twice = doubles(&[f64::from_bits(2)]);
	assert_eq!(compare(&doubles(&[least]), &twice, within(0, 500_000_000)), Same);
	assert_eq!(compare(&doubles(&[least]), &twice, within(0, 499_999_999)), Near);
}

#[test]
fn reads_halves_by_their_own_format() {
	let profile = within(976_562, 0);
	let (one, next) = (0x3c00, 0x3c01);
	let found = compare(
		&halves(ElementType::Float16, one),
		&halves(ElementType::Float16, next),
		within(976_563, 0),
	);
	assert_eq!(found, Same);
	let found =
		compare(&halves(ElementType::Float16, one), &halves(ElementType::Float16, next), profile);
	assert_eq!(found, Near);
	let found = compare(
		&halves(ElementType::BFloat16, 0x3f80),
		&halves(ElementType::BFloat16, 0x3f81),
		within(7_812_500, 0),
	);
	assert_eq!(found, Same);
}

#[test]
fn needs_bools_and_strings_to_be_equal() {
	let widest = within(u64::MAX, u64::MAX);
	let bit = |byte| [Tensor::new(ElementType::Bool, vec![], vec![byte]).unwrap()];
	let text = |text| [Tensor::from_strings(&[], &[text]).unwrap()];
	assert_eq!(compare(&bit(1), &bit(1), widest), Same);
	assert_eq!(compare(&bit(0), &bit(1), widest), Apart);
	assert_eq!(compare(&text("cat"), &text("cat"), widest), Same);
	assert_eq!(compare(&text("cat"), &text("dog"), widest), Apart);
}

#[test]
fn is_apart_for_other_shapes_elements_and_counts() {
	let widest = within(u64::MAX, u64::MAX);
	let flat = Tensor::from_i64(&[2], &[0, 0]).unwrap();
	let column = Tensor::from_i64(&[2, 1], &[0, 0]).unwrap();
	let doubles = Tensor::new(ElementType::Float64, vec![2], vec![0; 16]).unwrap();
	for profile in [NumericProfile::Exact, widest] {
		assert_eq!(compare(from_ref(&flat), from_ref(&column), profile), Apart);
		assert_eq!(compare(from_ref(&flat), from_ref(&doubles), profile), Apart);
		assert_eq!(compare(from_ref(&flat), &[flat.clone(), flat.clone()], profile), Apart);
		assert_eq!(compare(&[], &[], profile), Same);
	}
}

#[test]
fn has_a_profile_of_at_most_seventeen_bytes() {
	assert_eq!(NumericProfile::Exact.encode(), [0]);
	assert_eq!(within(1, 2).encode().len(), NumericProfile::max_encoded_len());
	assert_eq!(NumericProfile::max_encoded_len(), 17);
}
