//! Declared shapes: what fits a port and what does not.

use crate::{check, Dimension, ElementType, Tensor, TensorError};
use codec::{Encode, MaxEncodedLen};

fn checked(tensors: &[Tensor], ports: &[(ElementType, Vec<Dimension>)]) -> Result<(), TensorError> {
	check(tensors, ports.iter().map(|(element, shape)| (*element, shape.as_slice())))
}

fn floats(shape: &[u32]) -> Tensor {
	let count = shape.iter().product::<u32>() as usize;
	Tensor::from_f32(shape, &vec![0.0; count]).unwrap()
}

#[test]
fn fit_any_length_where_any_is_declared() {
	let port = (ElementType::Float32, vec![Dimension::Any, Dimension::Fixed(3)]);
	for length in 0..4 {
		assert_eq!(checked(&[floats(&[length, 3])], core::slice::from_ref(&port)), Ok(()));
	}
	assert_eq!(checked(&[floats(&[])], &[(ElementType::Float32, vec![])]), Ok(()));
	assert_eq!(checked(&[], &[]), Ok(()));
}

#[test]
fn refuse_another_count() {
	let error = TensorError::Count { got: 2, expected: 1 };
	let port = (ElementType::Float32, vec![]);
	assert_eq!(checked(&[floats(&[]), floats(&[])], &[port]), Err(error));
}

#[test]
fn refuse_another_element_type() {
	let port = (ElementType::Float32, vec![]);
	let tensors = [floats(&[]), Tensor::from_i64(&[], &[1]).unwrap()];
	let error =
		TensorError::Element { tensor: 1, got: ElementType::Int64, expected: ElementType::Float32 };
	assert_eq!(checked(&tensors, &[port.clone(), port]), Err(error));
}

#[test]
fn refuse_another_rank() {
	let port = (ElementType::Float32, vec![Dimension::Any]);
	let error = TensorError::Rank { tensor: 0, got: 2, expected: 1 };
	assert_eq!(checked(&[floats(&[1, 1])], &[port]), Err(error));
}

#[test]
fn refuse_another_length_of_a_fixed_axis() {
	let port = (ElementType::Float32, vec![Dimension::Any, Dimension::Fixed(3)]);
	let error = TensorError::Dimension { tensor: 0, axis: 1, got: 4, expected: 3 };
	assert_eq!(checked(&[floats(&[2, 4])], &[port]), Err(error.clone()));
	assert_eq!(error.to_string(), "tensor 0 has 4 along axis 1, but the model declares 3");
}

#[test]
fn are_at_most_five_bytes_for_each_axis() {
	assert_eq!(Dimension::Fixed(3).encode(), [0, 3, 0, 0, 0]);
	assert_eq!(Dimension::Any.encode(), [1]);
	assert_eq!(Dimension::max_encoded_len(), 5);
}
