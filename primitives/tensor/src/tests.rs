//! The crate's tests, one module for each subject, and the tensors they draw.

mod agreement;
mod declared_shapes;
mod decoding;
mod element_type;
mod fixed_point;
#[cfg(feature = "json")]
mod json;
mod number;

use crate::{ElementType, Tensor};
use proptest::prelude::*;

fn element_types() -> impl Strategy<Value = ElementType> {
	proptest::sample::select(ElementType::ALL.to_vec())
}

fn shapes() -> impl Strategy<Value = Vec<u32>> {
	proptest::collection::vec(0u32..4, 0..4)
}

/// Any sound tensor of a few elements, NaN and infinities included.
fn tensors() -> impl Strategy<Value = Tensor> {
	(element_types(), shapes()).prop_flat_map(|(element, shape)| tensor_of(element, shape))
}

fn tensor_of(element: ElementType, shape: Vec<u32>) -> BoxedStrategy<Tensor> {
	let count = shape.iter().product::<u32>() as usize;
	let build = move |data| Tensor::new(element, shape.clone(), data).unwrap();
	match element {
		ElementType::String => proptest::collection::vec(".{0,6}", count)
			.prop_map(|texts: Vec<String>| {
				let lengths = texts.iter().map(|text| (text.len() as u32).to_le_bytes());
				lengths.zip(&texts).flat_map(|(n, text)| [&n, text.as_bytes()].concat()).collect()
			})
			.prop_map(build)
			.boxed(),
		ElementType::Bool => proptest::collection::vec(0u8..=1, count).prop_map(build).boxed(),
		_ => proptest::collection::vec(any::<u8>(), count * element.size().unwrap())
			.prop_map(build)
			.boxed(),
	}
}
