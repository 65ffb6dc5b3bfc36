//! Tensors as bytes for ONNX inference on a chain: a total codec and comparison without floats.
//!
//! A [`Tensor`] is an [`ElementType`], a shape (outermost axis first) and its data: row-major,
//! little-endian. [`encode`] and [`decode`] carry several in one canonical SCALE vector,
//! [`check`] holds them against what a model declares, and [`compare`] says whether two answers
//! agree under a [`NumericProfile`], in exact integer arithmetic and so alike on every machine;
//! [`largest_difference`] says how far apart they are.
//! [`to_fixed_point`] and [`from_fixed_point`] lead to the integers that circuits compute with.
//!
//! With the feature `json`, `json::from_json` and `json::to_json` convert to and from nested
//! arrays.

#![cfg_attr(not(any(feature = "std", test)), no_std)]
#![deny(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::panic,
	clippy::indexing_slicing,
	clippy::arithmetic_side_effects,
	clippy::float_arithmetic,
	missing_docs
)]

extern crate alloc;

mod difference;
mod element;
mod error;
mod fixed_point;
#[cfg(feature = "json")]
pub mod json;
mod number;
mod profile;
mod shape;
mod tensor;

#[cfg(test)]
#[allow(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::panic,
	clippy::indexing_slicing,
	clippy::arithmetic_side_effects,
	clippy::float_arithmetic
)]
mod tests;

pub use difference::largest_difference;
pub use element::{ElementType, UnknownElement};
pub use error::TensorError;
pub use fixed_point::{from_fixed_point, on_grid, to_fixed_point, FixedPointError, MAX_SCALE};
#[cfg(feature = "json")]
pub use json::{from_json, to_json, JsonError};
pub use profile::{compare, Agreement, NumericProfile};
pub use shape::{check, Dimension};
pub use tensor::{decode, encode, Tensor, MAX_RANK, MAX_TENSORS};
