//! Fixed-point numbers, as circuits compute with them: from tensors and back, exactly and alike on every machine.

use crate::{
	number::{Number, FLOAT32},
	ElementType, Tensor,
};
use alloc::vec::Vec;
use core::fmt;

/// The largest scale: with more bits of fraction every `float32` of ordinary size is out of range.
pub const MAX_SCALE: u32 = 32;

/// Why a tensor has no fixed-point form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FixedPointError {
	/// Its elements are not `float32`.
	Element {
		/// What they are.
		got: ElementType,
	},
	/// An element is NaN or infinite.
	NotFinite {
		/// The element's place, row-major.
		index: usize,
	},
	/// An element is not below the bound.
	TooLarge {
		/// The element's place, row-major.
		index: usize,
	},
	/// An element is not what its own fixed-point number stands for.
	OffGrid {
		/// The element's place, row-major.
		index: usize,
	},
	/// More than [`MAX_SCALE`] bits of fraction, or a bound of more than 62 bits.
	Scale,
}

impl fmt::Display for FixedPointError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Element { got } => write!(f, "elements are {got}, but a circuit takes float32"),
			Self::NotFinite { index } => write!(f, "element {index} is not a finite number"),
			Self::TooLarge { index } => {
				write!(f, "element {index} is beyond what the circuit computes with")
			},
			Self::OffGrid { index } => {
				write!(f, "element {index} is not one of the numbers that the circuit gives")
			},
			Self::Scale => {
				write!(f, "a circuit's numbers have at most {MAX_SCALE} bits of fraction")
			},
		}
	}
}

impl core::error::Error for FixedPointError {}

/// The elements of a `float32` tensor times 2ˢᶜᵃˡᵉ, rounded to the nearest integer and away from zero where two are as near;
/// refused unless each is below 2ᵇⁱᵗˢ in magnitude.
pub fn to_fixed_point(tensor: &Tensor, scale: u32, bits: u32) -> Result<Vec<i64>, FixedPointError> {
	if scale > MAX_SCALE || bits > 62 {
		return Err(FixedPointError::Scale);
	}
	if tensor.element != ElementType::Float32 {
		return Err(FixedPointError::Element { got: tensor.element });
	}
	let elements = tensor.data.as_chunks::<4>().0.iter().enumerate();
	elements
		.map(|(index, bytes)| {
			let number = Number::from_bits(u32::from_le_bytes(*bytes).into(), FLOAT32)
				.ok_or(FixedPointError::NotFinite { index })?;
			let magnitude =
				scaled(number, scale).filter(|magnitude| magnitude.checked_shr(bits) == Some(0));
			let magnitude = magnitude.and_then(|magnitude| i64::try_from(magnitude).ok());
			let magnitude = magnitude.ok_or(FixedPointError::TooLarge { index })?;
			Ok(if number.negative { magnitude.saturating_neg() } else { magnitude })
		})
		.collect()
}

/// The elements that fixed-point numbers stand for: value · 2⁻ˢᶜᵃˡᵉ, as the nearest `float32`; `None` where there are not as many
/// as the shape asks.
pub fn from_fixed_point(shape: &[u32], values: &[i64], scale: u32) -> Option<Tensor> {
	let scale = i32::try_from(scale).ok()?;
	let mut data = Vec::with_capacity(values.len().saturating_mul(4));
	for value in values {
		let number = Number::new(*value < 0, value.unsigned_abs(), scale.saturating_neg());
		let bits = u32::try_from(number.to_bits(FLOAT32)?).ok()?;
		data.extend(bits.to_le_bytes());
	}
	Tensor::new(ElementType::Float32, shape.to_vec(), data).ok()
}

/// The fixed-point numbers of a tensor that holds exactly what they stand for, so that there is one tensor for them and no
/// other; refused as in [`to_fixed_point`] otherwise.
pub fn on_grid(tensor: &Tensor, scale: u32, bits: u32) -> Result<Vec<i64>, FixedPointError> {
	let values = to_fixed_point(tensor, scale, bits)?;
	let own = from_fixed_point(&tensor.shape, &values, scale);
	let own = own.map(|own| own.data).unwrap_or_default();
	let pairs = tensor.data.as_chunks::<4>().0.iter().zip(own.as_chunks::<4>().0);
	match pairs.enumerate().find(|(_, (given, own))| given != own) {
		Some((index, _)) => Err(FixedPointError::OffGrid { index }),
		None if own.len() == tensor.data.len() => Ok(values),
		None => Err(FixedPointError::Scale),
	}
}

/// |number| · 2ˢᶜᵃˡᵉ rounded, halves up; `None` where it has more than 64 bits.
fn scaled(number: Number, scale: u32) -> Option<u64> {
	let exponent = number.exponent.saturating_add_unsigned(scale);
	let Ok(drop) = u32::try_from(exponent.saturating_neg()) else {
		let wide = u128::from(number.magnitude).checked_shl(exponent.unsigned_abs())?;
		// The magnitude of a `float32` has 24 bits: what is shifted out of 128 bits was far too large.
		return u64::try_from(wide).ok().filter(|_| exponent.unsigned_abs() < 64);
	};
	if drop == 0 {
		return Some(number.magnitude);
	}
	let half = number.magnitude.checked_shr(drop.saturating_sub(1)).unwrap_or(0) & 1;
	Some(number.magnitude.checked_shr(drop).unwrap_or(0).saturating_add(half))
}
