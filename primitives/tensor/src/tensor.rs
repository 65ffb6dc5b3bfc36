//! Tensors, their bytes, and the canonical encoding of a list of them.

use crate::{ElementType, TensorError};
use alloc::{string::String, vec::Vec};
use codec::{Compact, Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

/// Most tensors in one list.
pub const MAX_TENSORS: usize = 16;
/// Most axes of one tensor.
pub const MAX_RANK: usize = 8;

/// A typed array with a shape.
///
/// The derived `Decode` takes any fields; [`decode`] and [`Tensor::new`] take only sound ones.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Tensor {
	/// What its elements are.
	pub element: ElementType,
	/// The length of each axis, outermost first; empty for a scalar.
	pub shape: Vec<u32>,
	/// The elements, row-major and little-endian; a bool is one byte, 0 or 1; a string is its
	/// length in bytes as a `u32`, then UTF-8.
	pub data: Vec<u8>,
}

impl Tensor {
	/// A tensor of `data` as it stands; refused where [`Tensor::validate`] would refuse it.
	pub fn new(
		element: ElementType,
		shape: Vec<u32>,
		data: Vec<u8>,
	) -> Result<Tensor, TensorError> {
		let tensor = Tensor { element, shape, data };
		tensor.validate()?;
		Ok(tensor)
	}

	/// A `float32` tensor; refused unless there are as many values as the shape asks.
	pub fn from_f32(shape: &[u32], values: &[f32]) -> Result<Tensor, TensorError> {
		let data = values.iter().flat_map(|value| value.to_le_bytes()).collect();
		Tensor::new(ElementType::Float32, shape.to_vec(), data)
	}

	/// An `int64` tensor; refused unless there are as many values as the shape asks.
	pub fn from_i64(shape: &[u32], values: &[i64]) -> Result<Tensor, TensorError> {
		let data = values.iter().flat_map(|value| value.to_le_bytes()).collect();
		Tensor::new(ElementType::Int64, shape.to_vec(), data)
	}

	/// A `string` tensor; refused unless there are as many values as the shape asks.
	pub fn from_strings<S: AsRef<str>>(shape: &[u32], values: &[S]) -> Result<Tensor, TensorError> {
		let mut data = Vec::new();
		for value in values {
			push_string(&mut data, value.as_ref())?;
		}
		Tensor::new(ElementType::String, shape.to_vec(), data)
	}

	/// The elements of a `float32` tensor, row-major; `None` for any other.
	pub fn as_f32(&self) -> Option<Vec<f32>> {
		let chunks = self.chunks::<4>(ElementType::Float32)?;
		Some(chunks.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
	}

	/// The elements of an `int64` tensor, row-major; `None` for any other.
	pub fn as_i64(&self) -> Option<Vec<i64>> {
		let chunks = self.chunks::<8>(ElementType::Int64)?;
		Some(chunks.iter().map(|bytes| i64::from_le_bytes(*bytes)).collect())
	}

	/// The elements of a `string` tensor, row-major; `None` for any other.
	pub fn as_strings(&self) -> Option<Vec<String>> {
		if self.element != ElementType::String {
			return None;
		}
		let mut strings = Vec::new();
		let mut rest = self.data.as_slice();
		while !rest.is_empty() {
			strings.push(String::from(take_string(&mut rest).ok()?));
		}
		Some(strings)
	}

	/// How many elements the shape asks; `None` where that does not fit a `usize`.
	pub fn elements(&self) -> Option<usize> {
		usize::try_from(product(&self.shape)?).ok()
	}

	/// Whether the rank is at most [`MAX_RANK`] and the data is what element type and shape ask.
	pub fn validate(&self) -> Result<(), TensorError> {
		self.validate_at(0)
	}

	fn validate_at(&self, tensor: usize) -> Result<(), TensorError> {
		if self.shape.len() > MAX_RANK {
			return Err(TensorError::RankTooHigh {
				tensor,
				got: self.shape.len(),
				limit: MAX_RANK,
			});
		}
		// SCALE counts the bytes of a vector in 32 bits.
		let limit = usize::try_from(u32::MAX).unwrap_or(usize::MAX);
		if self.data.len() > limit {
			return Err(TensorError::TooLong { bytes: self.data.len(), limit });
		}
		let count = product(&self.shape).ok_or(TensorError::Overflow { tensor })?;
		let Some(size) = self.element.size() else {
			return validate_strings(&self.data, count, tensor);
		};
		let expected = count.checked_mul(wide(size)).ok_or(TensorError::Overflow { tensor })?;
		let got = wide(self.data.len());
		if got != expected {
			return Err(TensorError::DataLength { tensor, got, expected });
		}
		if self.element == ElementType::Bool {
			let wrong = self.data.iter().enumerate().find(|(_, byte)| **byte > 1);
			if let Some((index, got)) = wrong {
				return Err(TensorError::BoolByte { tensor, index, got: *got });
			}
		}
		Ok(())
	}

	fn chunks<const SIZE: usize>(&self, element: ElementType) -> Option<&[[u8; SIZE]]> {
		let (chunks, rest) = self.data.as_chunks::<SIZE>();
		(self.element == element && rest.is_empty()).then_some(chunks)
	}
}

/// The canonical bytes of a list of tensors: SCALE of `Vec<Tensor>`.
///
/// Only for sound tensors: SCALE has no encoding for 4 GiB of data or more.
pub fn encode(tensors: &[Tensor]) -> Vec<u8> {
	tensors.encode()
}

/// The tensors whose [`encode`] is `bytes`.
///
/// Refuses more than `max_bytes` bytes, more than [`MAX_TENSORS`] tensors, trailing bytes, and
/// what [`Tensor::validate`] refuses. Allocates no more than the order of `bytes`.
pub fn decode(bytes: &[u8], max_bytes: usize) -> Result<Vec<Tensor>, TensorError> {
	if bytes.len() > max_bytes {
		return Err(TensorError::TooLong { bytes: bytes.len(), limit: max_bytes });
	}
	let mut input = bytes;
	let count = take_length(&mut input)?;
	if count > MAX_TENSORS {
		return Err(TensorError::TooManyTensors { got: count, limit: MAX_TENSORS });
	}
	let mut tensors = Vec::with_capacity(count);
	for index in 0..count {
		let tensor = take_tensor(&mut input, index)?;
		tensor.validate_at(index)?;
		tensors.push(tensor);
	}
	if !input.is_empty() {
		return Err(TensorError::TrailingBytes { bytes: input.len() });
	}
	Ok(tensors)
}

// By hand rather than derived, so that lengths are held against limits before they are trusted.
fn take_tensor(input: &mut &[u8], tensor: usize) -> Result<Tensor, TensorError> {
	let element = ElementType::decode(input).map_err(|_| TensorError::Malformed)?;
	let rank = take_length(input)?;
	if rank > MAX_RANK {
		return Err(TensorError::RankTooHigh { tensor, got: rank, limit: MAX_RANK });
	}
	let mut shape = Vec::with_capacity(rank);
	for _ in 0..rank {
		shape.push(u32::decode(input).map_err(|_| TensorError::Malformed)?);
	}
	let bytes = take_length(input)?;
	let (data, rest) = input.split_at_checked(bytes).ok_or(TensorError::Malformed)?;
	*input = rest;
	Ok(Tensor { element, shape, data: data.to_vec() })
}

fn take_length(input: &mut &[u8]) -> Result<usize, TensorError> {
	let Compact(length) = Compact::<u32>::decode(input).map_err(|_| TensorError::Malformed)?;
	usize::try_from(length).map_err(|_| TensorError::Malformed)
}

/// Appends a string as tensors carry it.
pub(crate) fn push_string(data: &mut Vec<u8>, value: &str) -> Result<(), TensorError> {
	let length = u32::try_from(value.len()).map_err(|_| TensorError::TooLong {
		bytes: value.len(),
		limit: usize::try_from(u32::MAX).unwrap_or(usize::MAX),
	})?;
	data.extend_from_slice(&length.to_le_bytes());
	data.extend_from_slice(value.as_bytes());
	Ok(())
}

enum StringFault {
	Short { missing: u64 },
	Utf8,
}

fn take_string<'a>(rest: &mut &'a [u8]) -> Result<&'a str, StringFault> {
	let Some((length, tail)) = rest.split_first_chunk::<4>() else {
		return Err(StringFault::Short { missing: 4u64.saturating_sub(wide(rest.len())) });
	};
	let length = u32::from_le_bytes(*length);
	let split = usize::try_from(length).ok().and_then(|length| tail.split_at_checked(length));
	let Some((text, tail)) = split else {
		let missing = u64::from(length).saturating_sub(wide(tail.len()));
		return Err(StringFault::Short { missing });
	};
	*rest = tail;
	core::str::from_utf8(text).map_err(|_| StringFault::Utf8)
}

fn validate_strings(data: &[u8], count: u64, tensor: usize) -> Result<(), TensorError> {
	let got = wide(data.len());
	let mut rest = data;
	// Every turn takes at least four bytes or ends the loop, however large the count.
	for index in 0..count {
		match take_string(&mut rest) {
			Ok(_) => {},
			Err(StringFault::Short { missing }) => {
				let expected = got.saturating_add(missing);
				return Err(TensorError::DataLength { tensor, got, expected });
			},
			Err(StringFault::Utf8) => {
				let index = usize::try_from(index).unwrap_or(usize::MAX);
				return Err(TensorError::Utf8 { tensor, index });
			},
		}
	}
	if !rest.is_empty() {
		let expected = got.saturating_sub(wide(rest.len()));
		return Err(TensorError::DataLength { tensor, got, expected });
	}
	Ok(())
}

/// The product of a shape; 1 for a scalar.
pub(crate) fn product(shape: &[u32]) -> Option<u64> {
	// An empty axis empties the tensor, whichever axes come before it.
	if shape.contains(&0) {
		return Some(0);
	}
	shape.iter().try_fold(1u64, |product, length| product.checked_mul(u64::from(*length)))
}

fn wide(length: usize) -> u64 {
	u64::try_from(length).unwrap_or(u64::MAX)
}
