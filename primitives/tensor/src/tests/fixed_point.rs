//! Fixed-point numbers: those that EZKL computes with, exact, and one tensor for each.

use crate::{
	from_fixed_point, on_grid, to_fixed_point, ElementType, FixedPointError, Tensor, MAX_SCALE,
};
use proptest::prelude::*;

fn tensor(values: &[f32]) -> Tensor {
	Tensor::from_f32(&[values.len() as u32], values).unwrap()
}

#[test]
fn numbers_are_rounded_to_the_nearest_and_halves_away_from_zero() {
	let given = [0.0, -0.0, 0.4, 0.5, 0.6, 1.5, 2.5, -0.4, -0.5, -1.5, -2.5, 3.25];
	let rounded = [0, 0, 0, 1, 1, 2, 3, 0, -1, -2, -3, 3];
	assert_eq!(to_fixed_point(&tensor(&given), 0, 28), Ok(rounded.into()));
	let least = f32::from_bits(1);
	assert_eq!(to_fixed_point(&tensor(&[least, -least]), 32, 28), Ok(vec![0, 0]));
}

/// Inputs and outputs as EZKL 23.0.5 rescaled them, at scale 13 (`primitives/verifiers/fixtures/ezkl`).
#[test]
fn numbers_are_those_of_ezkl() {
	let of_ezkl: [(f32, i64); 7] = [
		(0.2763671875, 0x08d8),
		(0.98291015625, 0x1f74),
		(-0.8065185546875, -0x19cf),
		(0.013427734375, 0x006e),
		(0.4722900390625, 0x0f1d),
		(0.5281982421875, 0x10e7),
		(0.87890625, 0x1c20),
	];
	let (floats, numbers): (Vec<_>, Vec<_>) = of_ezkl.into_iter().unzip();
	assert_eq!(on_grid(&tensor(&floats), 13, 28), Ok(numbers.clone()));
	assert_eq!(from_fixed_point(&[7], &numbers, 13), Some(tensor(&floats)));
	assert_eq!(on_grid(&tensor(&[0.27637]), 13, 28), Err(FixedPointError::OffGrid { index: 0 }));
}

#[test]
fn what_a_circuit_cannot_compute_with_is_refused() {
	let refused = |values: &[f32]| to_fixed_point(&tensor(values), 13, 28).unwrap_err();
	assert_eq!(refused(&[1.0, f32::NAN]), FixedPointError::NotFinite { index: 1 });
	assert_eq!(refused(&[f32::NEG_INFINITY]), FixedPointError::NotFinite { index: 0 });
	// 2²⁸ at scale 13 is 2¹⁵.
	assert_eq!(refused(&[0.0, 32_768.0]), FixedPointError::TooLarge { index: 1 });
	assert_eq!(refused(&[f32::MAX]), FixedPointError::TooLarge { index: 0 });
	assert_eq!(to_fixed_point(&tensor(&[-32_767.0]), 13, 28), Ok(vec![-32_767 << 13]));
	let whole = Tensor::from_i64(&[1], &[1]).unwrap();
	let got = ElementType::Int64;
	assert_eq!(to_fixed_point(&whole, 13, 28), Err(FixedPointError::Element { got }));
	assert_eq!(to_fixed_point(&tensor(&[]), 33, 28), Err(FixedPointError::Scale));
	assert_eq!(to_fixed_point(&tensor(&[]), 13, 63), Err(FixedPointError::Scale));
	// Minus zero is another tensor than the one that 0 stands for.
	assert_eq!(on_grid(&tensor(&[-0.0]), 13, 28), Err(FixedPointError::OffGrid { index: 0 }));
	assert_eq!(from_fixed_point(&[2], &[1], 13), None);
}

proptest! {
	#[test]
	fn numbers_are_those_of_wider_floats(value in any::<f32>(), scale in 0..=MAX_SCALE) {
		let wide = (f64::from(value) * f64::from(scale).exp2()).round();
		let expected = (wide.abs() < f64::from(28u8).exp2()).then_some(vec![wide as i64]);
		prop_assert_eq!(to_fixed_point(&tensor(&[value]), scale, 28).ok(), expected);
	}

	#[test]
	fn one_tensor_stands_for_numbers(
		values in prop::collection::vec(-(1i64 << 24)..=1 << 24, 0..6),
		scale in 0..=MAX_SCALE,
	) {
		let shape = [values.len() as u32];
		let own = from_fixed_point(&shape, &values, scale).unwrap();
		prop_assert_eq!(on_grid(&own, scale, 28), Ok(values.clone()));
		let floats: Vec<_> = values
			.iter()
			.map(|value| (*value as f64 * (-f64::from(scale)).exp2()) as f32)
			.collect();
		prop_assert_eq!(own, tensor(&floats));
	}

	#[test]
	fn whatever_is_on_the_grid_is_the_tensor_of_its_numbers(
		bits in any::<u32>(),
		scale in 0..=MAX_SCALE,
	) {
		let given = tensor(&[f32::from_bits(bits)]);
		if let Ok(values) = on_grid(&given, scale, 62) {
			prop_assert_eq!(from_fixed_point(&[1], &values, scale), Some(given));
		}
	}
}
