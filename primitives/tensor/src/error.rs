//! Why bytes are not tensors, or tensors not what a model declares.

use crate::ElementType;
use core::fmt;

/// What is wrong; `tensor` counts from 0 in the list given, 0 where there is but one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TensorError {
	/// More bytes than allowed.
	TooLong {
		/// Bytes given.
		bytes: usize,
		/// Most bytes allowed.
		limit: usize,
	},
	/// More tensors than [`MAX_TENSORS`](crate::MAX_TENSORS).
	TooManyTensors {
		/// Tensors announced.
		got: usize,
		/// Most tensors allowed.
		limit: usize,
	},
	/// More axes than [`MAX_RANK`](crate::MAX_RANK).
	RankTooHigh {
		/// Which tensor.
		tensor: usize,
		/// Its axes.
		got: usize,
		/// Most axes allowed.
		limit: usize,
	},
	/// The shape's product, or the bytes it asks for, exceeds 64 bits.
	Overflow {
		/// Which tensor.
		tensor: usize,
	},
	/// The data is not as long as the shape asks.
	DataLength {
		/// Which tensor.
		tensor: usize,
		/// Bytes of data.
		got: u64,
		/// Bytes asked for; for strings, as far as their lengths could be read.
		expected: u64,
	},
	/// A bool is neither 0 nor 1.
	BoolByte {
		/// Which tensor.
		tensor: usize,
		/// The element's place, row-major.
		index: usize,
		/// The byte.
		got: u8,
	},
	/// A string is not UTF-8.
	Utf8 {
		/// Which tensor.
		tensor: usize,
		/// The element's place, row-major.
		index: usize,
	},
	/// The bytes are not SCALE: cut short, not canonical, or of an unknown element type.
	Malformed,
	/// Bytes follow the last tensor.
	TrailingBytes {
		/// How many.
		bytes: usize,
	},
	/// Not as many tensors as the model declares.
	Count {
		/// Tensors given.
		got: usize,
		/// Tensors declared.
		expected: usize,
	},
	/// Not the element type declared.
	Element {
		/// Which tensor.
		tensor: usize,
		/// Its element type.
		got: ElementType,
		/// The one declared.
		expected: ElementType,
	},
	/// Not as many axes as declared.
	Rank {
		/// Which tensor.
		tensor: usize,
		/// Its axes.
		got: usize,
		/// The axes declared.
		expected: usize,
	},
	/// An axis is not as long as declared.
	Dimension {
		/// Which tensor.
		tensor: usize,
		/// Which axis, from 0, outermost first.
		axis: usize,
		/// Its length.
		got: u32,
		/// The length declared.
		expected: u32,
	},
}

impl fmt::Display for TensorError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::TooLong { bytes, limit } => write!(f, "{bytes} bytes, but at most {limit} fit"),
			Self::TooManyTensors { got, limit } => {
				write!(f, "{got} tensors, but at most {limit} are allowed")
			},
			Self::RankTooHigh { tensor, got, limit } => {
				write!(f, "tensor {tensor} has {got} axes, but at most {limit} are allowed")
			},
			Self::Overflow { tensor } => {
				write!(f, "tensor {tensor} has a shape too large to count")
			},
			Self::DataLength { tensor, got, expected } => {
				write!(f, "tensor {tensor} has {got} bytes of data, but its shape asks {expected}")
			},
			Self::BoolByte { tensor, index, got } => {
				write!(f, "tensor {tensor}: bool {index} is {got}, neither 0 nor 1")
			},
			Self::Utf8 { tensor, index } => {
				write!(f, "tensor {tensor}: string {index} is not UTF-8")
			},
			Self::Malformed => f.write_str("the bytes are not a list of tensors"),
			Self::TrailingBytes { bytes } => write!(f, "{bytes} bytes follow the last tensor"),
			Self::Count { got, expected } => {
				write!(f, "{got} tensors, but the model declares {expected}")
			},
			Self::Element { tensor, got, expected } => {
				write!(f, "tensor {tensor} is of {got}, but the model declares {expected}")
			},
			Self::Rank { tensor, got, expected } => {
				write!(f, "tensor {tensor} has {got} axes, but the model declares {expected}")
			},
			Self::Dimension { tensor, axis, got, expected } => write!(
				f,
				"tensor {tensor} has {got} along axis {axis}, but the model declares {expected}"
			),
		}
	}
}

impl core::error::Error for TensorError {}
