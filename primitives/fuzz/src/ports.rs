//! The law of ports: bytes are taken as what a model takes or gives exactly where the documentation says so.

use crate::agreement::is_finite;
use opg_primitives::{model::read_tensors, Port};
use opg_tensor::{compare, decode, encode, Agreement, Dimension, NumericProfile, Tensor};

/// Reads `bytes` as tensors for `ports` and holds the result against the law.
pub fn read(ports: &[Port], bytes: &[u8], max_bytes: usize) -> Option<Vec<Tensor>> {
	let read = read_tensors(ports, bytes, max_bytes);
	let sound = decode(bytes, max_bytes).ok();
	let expected = sound.filter(|tensors| fit(tensors, ports));
	assert_eq!(read.as_ref().ok(), expected.as_ref(), "{ports:?}");
	match read {
		Ok(tensors) => {
			assert_eq!(encode(&tensors), bytes);
			Some(tensors)
		},
		Err(mismatch) => {
			assert!(!mismatch.to_string().is_empty());
			None
		},
	}
}

fn fit(tensors: &[Tensor], ports: &[Port]) -> bool {
	tensors.len() == ports.len()
		&& tensors.iter().zip(ports).all(|(tensor, port)| {
			let mut lengths = tensor.shape.iter().zip(&port.shape);
			tensor.element == port.element
				&& tensor.shape.len() == port.shape.len()
				&& lengths.all(|(length, declared)| match declared {
					Dimension::Fixed(fixed) => fixed == length,
					Dimension::Any => true,
				})
		})
}

/// An answer agrees with itself, unless a number in it is none and the profile holds numbers against each other.
pub fn agrees_with_itself(tensors: &[Tensor], profile: NumericProfile) {
	let agrees = profile == NumericProfile::Exact || is_finite(tensors);
	let expected = if agrees { Agreement::Same } else { Agreement::Apart };
	assert_eq!(compare(tensors, tensors, profile), expected);
}
