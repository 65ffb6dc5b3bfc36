//! The shapes a model declares, and whether tensors fit them.

use crate::{ElementType, Tensor, TensorError};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// The length a model declares for one axis.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Dimension {
	/// This length and no other.
	#[codec(index = 0)]
	Fixed(u32),
	/// Any length.
	#[codec(index = 1)]
	Any,
}

impl fmt::Display for Dimension {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Dimension::Fixed(length) => write!(f, "{length}"),
			Dimension::Any => f.write_str("?"),
		}
	}
}

/// Whether `tensors` are as many as `ports`, in order, each of its element type and shape.
///
/// The first difference is the error. The data is not read: [`decode`](crate::decode) did.
pub fn check<'a>(
	tensors: &[Tensor],
	ports: impl ExactSizeIterator<Item = (ElementType, &'a [Dimension])>,
) -> Result<(), TensorError> {
	if tensors.len() != ports.len() {
		return Err(TensorError::Count { got: tensors.len(), expected: ports.len() });
	}
	for (index, (tensor, (element, dimensions))) in tensors.iter().zip(ports).enumerate() {
		if tensor.element != element {
			return Err(TensorError::Element {
				tensor: index,
				got: tensor.element,
				expected: element,
			});
		}
		if tensor.shape.len() != dimensions.len() {
			return Err(TensorError::Rank {
				tensor: index,
				got: tensor.shape.len(),
				expected: dimensions.len(),
			});
		}
		for (axis, (got, dimension)) in tensor.shape.iter().zip(dimensions).enumerate() {
			match dimension {
				Dimension::Fixed(expected) if got != expected => {
					return Err(TensorError::Dimension {
						tensor: index,
						axis,
						got: *got,
						expected: *expected,
					});
				},
				Dimension::Fixed(_) | Dimension::Any => {},
			}
		}
	}
	Ok(())
}
