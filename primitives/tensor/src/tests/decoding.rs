//! Decoding: canonical, total, and strict about every limit.

use super::tensors;
use crate::{decode, encode, ElementType, Tensor, TensorError, MAX_RANK};
use codec::{Compact, Decode, Encode};
use proptest::prelude::*;

const LIMIT: usize = 1 << 20;

fn raw(element: ElementType, shape: &[u32], data: &[u8]) -> Vec<u8> {
	encode(&[Tensor { element, shape: shape.to_vec(), data: data.to_vec() }])
}

proptest! {
	#[test]
	fn gives_back_what_was_encoded(list in proptest::collection::vec(tensors(), 0..5)) {
		let bytes = encode(&list);
		prop_assert_eq!(Vec::<Tensor>::decode(&mut &bytes[..]).unwrap(), list.clone());
		prop_assert_eq!(decode(&bytes, bytes.len()), Ok(list));
	}

	#[test]
	fn never_panics_and_is_canonical(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
		if let Ok(list) = decode(&bytes, LIMIT) {
			prop_assert_eq!(encode(&list), bytes);
		}
	}

	#[test]
	fn is_canonical_on_bytes_close_to_sound(
		list in proptest::collection::vec(tensors(), 1..3),
		changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
	) {
		let mut bytes = encode(&list);
		for (place, byte) in changes {
			let place = place.index(bytes.len());
			bytes[place] = byte;
		}
		if let Ok(list) = decode(&bytes, LIMIT) {
			prop_assert_eq!(encode(&list), bytes);
		}
	}

	#[test]
	fn refuses_every_shortened_encoding(tensor in tensors()) {
		let bytes = encode(&[tensor]);
		for end in 0..bytes.len() {
			prop_assert!(decode(&bytes[..end], LIMIT).is_err());
		}
	}

	#[test]
	fn reads_the_numbers_that_were_given(values in proptest::collection::vec(any::<i64>(), 0..9)) {
		let shape = [values.len() as u32];
		let floats: Vec<f32> = values.iter().map(|value| *value as f32).collect();
		let tensor = Tensor::from_i64(&shape, &values).unwrap();
		prop_assert_eq!(tensor.as_f32(), None);
		prop_assert_eq!(tensor.as_strings(), None);
		prop_assert_eq!(tensor.as_i64(), Some(values));
		let tensor = Tensor::from_f32(&shape, &floats).unwrap();
		prop_assert_eq!(tensor.as_i64(), None);
		prop_assert_eq!(tensor.as_f32(), Some(floats));
	}

	#[test]
	fn reads_the_strings_that_were_given(values in proptest::collection::vec(".{0,8}", 0..9)) {
		let tensor = Tensor::from_strings(&[values.len() as u32], &values).unwrap();
		prop_assert_eq!(tensor.as_strings(), Some(values));
	}
}

#[test]
fn has_the_bytes_the_documentation_gives() {
	let tensor = Tensor::from_f32(&[1, 2], &[1.0, -2.0]).unwrap();
	let expected = [4, 0, 8, 1, 0, 0, 0, 2, 0, 0, 0, 32, 0, 0, 128, 63, 0, 0, 0, 192];
	assert_eq!(encode(&[tensor]), expected);
}

#[test]
fn refuses_more_bytes_than_allowed() {
	let bytes = raw(ElementType::Uint8, &[3], &[1, 2, 3]);
	let limit = bytes.len() - 1;
	assert_eq!(decode(&bytes, limit), Err(TensorError::TooLong { bytes: bytes.len(), limit }));
}

#[test]
fn refuses_more_than_sixteen_tensors() {
	let scalar = Tensor::new(ElementType::Uint8, vec![], vec![7]).unwrap();
	assert!(decode(&encode(&vec![scalar.clone(); 16]), LIMIT).is_ok());
	let many = decode(&encode(&vec![scalar; 17]), LIMIT);
	assert_eq!(many, Err(TensorError::TooManyTensors { got: 17, limit: 16 }));
}

#[test]
fn refuses_more_than_eight_axes() {
	assert!(decode(&raw(ElementType::Uint8, &[1; MAX_RANK], &[7]), LIMIT).is_ok());
	let error = Err(TensorError::RankTooHigh { tensor: 0, got: 9, limit: 8 });
	assert_eq!(decode(&raw(ElementType::Uint8, &[1; 9], &[7]), LIMIT), error);
	let error = Tensor::new(ElementType::Uint8, vec![1; 9], vec![7]);
	assert_eq!(error, Err(TensorError::RankTooHigh { tensor: 0, got: 9, limit: 8 }));
}

#[test]
fn refuses_trailing_bytes() {
	let mut bytes = encode(&[]);
	bytes.extend([0, 0]);
	assert_eq!(decode(&bytes, LIMIT), Err(TensorError::TrailingBytes { bytes: 2 }));
}

#[test]
fn refuses_data_of_another_length_than_the_shape_asks() {
	for data in [&[0u8; 7][..], &[0; 9], &[]] {
		let error = TensorError::DataLength { tensor: 0, got: data.len() as u64, expected: 8 };
		assert_eq!(decode(&raw(ElementType::Float32, &[2], data), LIMIT), Err(error));
	}
	assert!(Tensor::from_f32(&[3], &[1.0]).is_err());
	assert!(Tensor::from_i64(&[], &[]).is_err());
	assert!(Tensor::from_strings(&[2], &["one"]).is_err());
	assert!(Tensor::from_strings(&[1], &["one", "two"]).is_err());
}

#[test]
fn names_the_tensor_that_is_wrong() {
	let sound = Tensor::new(ElementType::Uint8, vec![], vec![7]).unwrap();
	let wrong = Tensor { element: ElementType::Bool, shape: vec![3], data: vec![0, 1, 2] };
	let error = TensorError::BoolByte { tensor: 1, index: 2, got: 2 };
	assert_eq!(decode(&encode(&[sound, wrong]), LIMIT), Err(error));
}

#[test]
fn refuses_strings_that_are_not_utf8() {
	let data = [1, 0, 0, 0, b'a', 1, 0, 0, 0, 0xff];
	let error = TensorError::Utf8 { tensor: 0, index: 1 };
	assert_eq!(decode(&raw(ElementType::String, &[2], &data), LIMIT), Err(error));
}

#[test]
fn refuses_strings_that_are_longer_or_more_than_the_data() {
	let data = [255, 255, 255, 255, b'a'];
	let expected = 5 + (u64::from(u32::MAX) - 1);
	let error = TensorError::DataLength { tensor: 0, got: 5, expected };
	assert_eq!(decode(&raw(ElementType::String, &[1], &data), LIMIT), Err(error));
	let error = TensorError::DataLength { tensor: 0, got: 0, expected: 4 };
	assert_eq!(decode(&raw(ElementType::String, &[u32::MAX; 2], &[]), LIMIT), Err(error));
	let error = TensorError::DataLength { tensor: 0, got: 4, expected: 0 };
	assert_eq!(decode(&raw(ElementType::String, &[0], &[0; 4]), LIMIT), Err(error));
}

#[test]
fn refuses_shapes_whose_product_overflows() {
	let error = Err(TensorError::Overflow { tensor: 0 });
	assert_eq!(decode(&raw(ElementType::Uint8, &[u32::MAX; 3], &[]), LIMIT), error);
	assert_eq!(decode(&raw(ElementType::Float64, &[u32::MAX; 2], &[]), LIMIT), error);
}

#[test]
fn counts_an_empty_axis_as_no_elements_wherever_it_stands() {
	for shape in [vec![0, u32::MAX, u32::MAX, u32::MAX], vec![u32::MAX, u32::MAX, u32::MAX, 0]] {
		let tensor = Tensor::new(ElementType::Float32, shape, vec![]).unwrap();
		assert_eq!(tensor.elements(), Some(0));
	}
	let scalar = Tensor::new(ElementType::Uint8, vec![], vec![7]).unwrap();
	assert_eq!(scalar.elements(), Some(1));
}

#[test]
fn refuses_unknown_elements_and_lengths_that_are_not_canonical() {
	assert_eq!(decode(&[4, 14, 0, 0], LIMIT), Err(TensorError::Malformed));
	// A count of zero, in the form for larger numbers.
	assert_eq!(decode(&[1, 0], LIMIT), Err(TensorError::Malformed));
	assert_eq!(decode(&[2, 0, 0, 0], LIMIT), Err(TensorError::Malformed));
	assert_eq!(decode(&[3, 0, 0, 0, 0], LIMIT), Err(TensorError::Malformed));
	assert_eq!(decode(&[], LIMIT), Err(TensorError::Malformed));
}

#[test]
fn refuses_a_length_beyond_the_input_before_it_allocates() {
	let mut bytes = vec![4, 8, 4];
	bytes.extend(u32::MAX.to_le_bytes());
	bytes.extend(Compact(u32::MAX).encode());
	assert_eq!(decode(&bytes, LIMIT), Err(TensorError::Malformed));
}
