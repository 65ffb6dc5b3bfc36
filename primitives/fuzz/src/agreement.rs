//! Agreement of answers once more: the documented formula in whole multiples of the least positive number, by other means.

use num_bigint::BigInt;
use num_traits::{Float, Signed};
use opg_tensor::{Agreement, ElementType, NumericProfile, Tensor};

/// Every float is a whole multiple of 2 to the power of minus this.
const SCALE: i16 = 1075;

/// What `opg_tensor::compare` promises of sound tensors.
pub fn expected(a: &[Tensor], b: &[Tensor], profile: NumericProfile) -> Agreement {
	if a.len() != b.len() {
		return Agreement::Apart;
	}
	let pairs = a.iter().zip(b).map(|(a, b)| expected_of_tensor(a, b, profile));
	pairs.max().unwrap_or(Agreement::Same)
}

fn expected_of_tensor(a: &Tensor, b: &Tensor, profile: NumericProfile) -> Agreement {
	if (a.element, &a.shape) != (b.element, &b.shape) {
		return Agreement::Apart;
	}
	let is_numeric = !matches!(a.element, ElementType::Bool | ElementType::String);
	let (true, NumericProfile::Tolerance { abs, rel }) = (is_numeric, profile) else {
		return if a.data == b.data { Agreement::Same } else { Agreement::Apart };
	};
	let pairs = numbers(a).zip(numbers(b)).map(|pair| match pair {
		(Some(a), Some(b)) => expected_of_numbers(&a, &b, abs, rel),
		_ => Agreement::Apart,
	});
	pairs.max().unwrap_or(Agreement::Same)
}

fn expected_of_numbers(a: &BigInt, b: &BigInt, abs: u64, rel: u64) -> Agreement {
	let distance = (a - b).abs() * 1_000_000_000u64;
	let larger = a.abs().max(b.abs());
	let tolerance = (BigInt::from(abs) << SCALE) + larger * rel;
	if distance <= tolerance {
		Agreement::Same
	} else if distance <= tolerance * 2 {
		Agreement::Near
	} else {
		Agreement::Apart
	}
}

/// Whether no element of sound tensors is NaN or an infinity.
pub fn is_finite(tensors: &[Tensor]) -> bool {
	tensors.iter().all(|tensor| match tensor.element {
		ElementType::Bool | ElementType::String => true,
		_ => numbers(tensor).all(|number| number.is_some()),
	})
}

fn numbers(tensor: &Tensor) -> impl Iterator<Item = Option<BigInt>> + '_ {
	let size = tensor.element.size().expect("a number has a size");
	tensor.data.chunks_exact(size).map(|bytes| number(tensor.element, bytes))
}

/// The number times 2 to the power of [`SCALE`]; `None` for NaN and the infinities.
fn number(element: ElementType, bytes: &[u8]) -> Option<BigInt> {
	macro_rules! read {
		($type:ty) => {
			<$type>::from_le_bytes(bytes.try_into().expect("as many bytes as the type has"))
		};
	}
	Some(match element {
		ElementType::Float16 => return of_float(half(read!(u16))),
		ElementType::BFloat16 => {
			return of_float(f32::from_bits(u32::from(read!(u16)) << 16).into());
		},
		ElementType::Float32 => return of_float(read!(f32).into()),
		ElementType::Float64 => return of_float(read!(f64)),
		ElementType::Int8 => of_whole(read!(i8)),
		ElementType::Int16 => of_whole(read!(i16)),
		ElementType::Int32 => of_whole(read!(i32)),
		ElementType::Int64 => of_whole(read!(i64)),
		ElementType::Uint8 => of_whole(read!(u8)),
		ElementType::Uint16 => of_whole(read!(u16)),
		ElementType::Uint32 => of_whole(read!(u32)),
		ElementType::Uint64 => of_whole(read!(u64)),
		ElementType::Bool | ElementType::String => unreachable!("not numbers"),
	})
}

fn of_whole(value: impl Into<BigInt>) -> BigInt {
	value.into() << SCALE
}

fn of_float(value: f64) -> Option<BigInt> {
	if !value.is_finite() {
		return None;
	}
	let (mantissa, exponent, sign) = Float::integer_decode(value);
	Some((BigInt::from(mantissa) << (exponent + SCALE)) * sign)
}

/// A binary16 as the double of the same value.
fn half(bits: u16) -> f64 {
	let fraction = f64::from(bits & 0x3ff);
	let magnitude = match bits >> 10 & 0x1f {
		0 => fraction * 2f64.powi(-24),
		0x1f if fraction == 0.0 => f64::INFINITY,
		0x1f => f64::NAN,
		exponent => (1024.0 + fraction) * 2f64.powi(i32::from(exponent) - 25),
	};
	if bits >> 15 == 0 {
		magnitude
	} else {
		-magnitude
	}
}
