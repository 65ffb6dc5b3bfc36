//! What the elements of a tensor are: the ONNX element types this chain carries.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::{fmt, str::FromStr};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// The type of every element of a tensor.
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
pub enum ElementType {
	/// IEEE 754 binary32.
	#[codec(index = 0)]
	Float32,
	/// IEEE 754 binary64.
	#[codec(index = 1)]
	Float64,
	/// IEEE 754 binary16.
	#[codec(index = 2)]
	Float16,
	/// The upper half of a binary32: 8 bits of exponent, 7 of fraction.
	#[codec(index = 3)]
	BFloat16,
	/// Two's complement, 8 bits.
	#[codec(index = 4)]
	Int8,
	/// Two's complement, 16 bits.
	#[codec(index = 5)]
	Int16,
	/// Two's complement, 32 bits.
	#[codec(index = 6)]
	Int32,
	/// Two's complement, 64 bits.
	#[codec(index = 7)]
	Int64,
	/// Unsigned, 8 bits.
	#[codec(index = 8)]
	Uint8,
	/// Unsigned, 16 bits.
	#[codec(index = 9)]
	Uint16,
	/// Unsigned, 32 bits.
	#[codec(index = 10)]
	Uint32,
	/// Unsigned, 64 bits.
	#[codec(index = 11)]
	Uint64,
	/// One byte, 0 or 1.
	#[codec(index = 12)]
	Bool,
	/// UTF-8 text after its length in bytes, a little-endian `u32`.
	#[codec(index = 13)]
	String,
}

impl ElementType {
	/// Every element type, in the order of the codec's indices.
	pub const ALL: [ElementType; 14] = [
		ElementType::Float32,
		ElementType::Float64,
		ElementType::Float16,
		ElementType::BFloat16,
		ElementType::Int8,
		ElementType::Int16,
		ElementType::Int32,
		ElementType::Int64,
		ElementType::Uint8,
		ElementType::Uint16,
		ElementType::Uint32,
		ElementType::Uint64,
		ElementType::Bool,
		ElementType::String,
	];

	/// Bytes in one element; `None` for strings, whose sizes differ.
	pub fn size(self) -> Option<usize> {
		match self {
			ElementType::Int8 | ElementType::Uint8 | ElementType::Bool => Some(1),
			ElementType::Float16
			| ElementType::BFloat16
			| ElementType::Int16
			| ElementType::Uint16 => Some(2),
			ElementType::Float32 | ElementType::Int32 | ElementType::Uint32 => Some(4),
			ElementType::Float64 | ElementType::Int64 | ElementType::Uint64 => Some(8),
			ElementType::String => None,
		}
	}

	/// Whether elements are floating-point numbers.
	pub fn is_float(self) -> bool {
		matches!(
			self,
			ElementType::Float32
				| ElementType::Float64
				| ElementType::Float16
				| ElementType::BFloat16
		)
	}

	/// The lower-case name ONNX gives it, such as `float32`.
	pub fn name(self) -> &'static str {
		match self {
			ElementType::Float32 => "float32",
			ElementType::Float64 => "float64",
			ElementType::Float16 => "float16",
			ElementType::BFloat16 => "bfloat16",
			ElementType::Int8 => "int8",
			ElementType::Int16 => "int16",
			ElementType::Int32 => "int32",
			ElementType::Int64 => "int64",
			ElementType::Uint8 => "uint8",
			ElementType::Uint16 => "uint16",
			ElementType::Uint32 => "uint32",
			ElementType::Uint64 => "uint64",
			ElementType::Bool => "bool",
			ElementType::String => "string",
		}
	}
}

impl fmt::Display for ElementType {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(self.name())
	}
}

/// A name that no element type has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnknownElement;

impl fmt::Display for UnknownElement {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("no such element type: use a name such as float32, int64, bool or string")
	}
}

impl core::error::Error for UnknownElement {}

impl FromStr for ElementType {
	type Err = UnknownElement;

	fn from_str(name: &str) -> Result<Self, Self::Err> {
		ElementType::ALL.into_iter().find(|element| element.name() == name).ok_or(UnknownElement)
	}
}
