//! Amounts of OPG and percentages as people write them, in decimal arithmetic without floats.

use serde::{Serialize, Serializer};
use std::{fmt, str::FromStr};

/// The token's name.
pub(crate) const TOKEN: &str = "OPG";
/// Decimals of an amount: its smallest unit.
pub(crate) const DECIMALS: u32 = 12;
const PERCENT_DECIMALS: u32 = 4;

/// Why a text is no number of the wanted kind.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum NumberError {
	/// Not digits with at most one point and an exponent.
	#[error("`{0}` is not a decimal number")]
	Malformed(String),
	/// More digits after the point than there are units for.
	#[error("`{text}` is too fine: at most {decimals} decimals count")]
	TooFine {
		/// What was given.
		text: String,
		/// How many decimals count.
		decimals: u32,
	},
	/// More than the chain can count.
	#[error("`{0}` is too large")]
	TooLarge(String),
}

/// The decimal number `text` times 10 to the power of `decimals`, where that is whole.
///
/// Takes digits, one point, and an exponent such as `e-5`.
pub(crate) fn scaled(text: &str, decimals: u32) -> Result<u128, NumberError> {
	let malformed = || NumberError::Malformed(text.into());
	let (mantissa, exponent) = match text.split_once(['e', 'E']) {
		Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| malformed())?),
		None => (text, 0),
	};
	let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
	let digits = format!("{whole}{fraction}");
	if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
		return Err(malformed());
	}
	let digits = digits.trim_start_matches('0');
	if digits.is_empty() {
		return Ok(0);
	}
	let length = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX);
	let shift = i64::from(exponent) + i64::from(decimals) - length(fraction);
	// 128 bits hold fewer than 40 digits, so a longer text is refused before it is built.
	if length(digits).saturating_add(shift) > 40 {
		return Err(NumberError::TooLarge(text.into()));
	}
	let kept = match usize::try_from(-shift) {
		Ok(dropped) => {
			let split = digits.len().saturating_sub(dropped);
			let (kept, rest) = digits.split_at(split);
			if dropped > digits.len() || rest.bytes().any(|byte| byte != b'0') {
				return Err(NumberError::TooFine { text: text.into(), decimals });
			}
			kept.to_owned()
		},
		Err(_) => digits.to_owned() + &"0".repeat(usize::try_from(shift).unwrap_or(0)),
	};
	if kept.is_empty() {
		return Ok(0);
	}
	kept.parse().map_err(|_| NumberError::TooLarge(text.into()))
}

/// `units` divided by 10 to the power of `decimals`, without trailing zeros.
pub(crate) fn unscaled(units: u128, decimals: u32) -> String {
	let width = usize::try_from(decimals).unwrap_or(0);
	let digits = format!("{units:0>places$}", places = width + 1);
	let (whole, fraction) = digits.split_at(digits.len() - width);
	match fraction.trim_end_matches('0') {
		"" => whole.to_owned(),
		fraction => format!("{whole}.{fraction}"),
	}
}

/// An amount of OPG in the chain's smallest unit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(crate) struct Amount(pub(crate) u128);

impl FromStr for Amount {
	type Err = NumberError;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let text = text.trim();
		let split = text.len().saturating_sub(TOKEN.len());
		let number = match text.split_at_checked(split) {
			Some((number, unit)) if unit.eq_ignore_ascii_case(TOKEN) => number.trim_end(),
			_ => text,
		};
		scaled(number, DECIMALS).map(Self)
	}
}

impl fmt::Display for Amount {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(&format!("{} {TOKEN}", unscaled(self.0, DECIMALS)))
	}
}

impl Serialize for Amount {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

/// A part of the whole in millionths, written in percent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(crate) struct Share(pub(crate) u32);

impl FromStr for Share {
	type Err = NumberError;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let number = text.trim().trim_end_matches('%').trim_end();
		let parts = scaled(number, PERCENT_DECIMALS)?;
		match u32::try_from(parts) {
			Ok(parts) if parts <= 1_000_000 => Ok(Self(parts)),
			_ => Err(NumberError::TooLarge(text.into())),
		}
	}
}

impl fmt::Display for Share {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(&format!("{}%", unscaled(self.0.into(), PERCENT_DECIMALS)))
	}
}

impl Serialize for Share {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

#[cfg(test)]
mod tests {
	use super::{scaled, Amount, NumberError, Share};

	fn amount(text: &str) -> Result<u128, NumberError> {
		text.parse::<Amount>().map(|amount| amount.0)
	}

	#[test]
	fn an_amount_may_name_its_unit() {
		assert_eq!(amount("1.5OPG"), Ok(1_500_000_000_000));
		assert_eq!(amount("0.01 OPG"), Ok(10_000_000_000));
		assert_eq!(amount("1000"), Ok(1_000_000_000_000_000));
		assert_eq!(amount(".5 opg"), Ok(500_000_000_000));
		assert_eq!(amount("0"), Ok(0));
	}

	#[test]
	fn the_smallest_unit_has_twelve_decimals() {
		assert_eq!(amount("0.000000000001"), Ok(1));
		assert_eq!(amount("0.0000000000010"), Ok(1));
		assert!(matches!(amount("0.0000000000001"), Err(NumberError::TooFine { .. })));
	}

	#[test]
	fn what_is_no_amount_is_refused() {
		for text in ["", "OPG", "1,5", "-1", "1.2.3", "1 DOT", "0x10", "1e", "é"] {
			assert!(matches!(amount(text), Err(NumberError::Malformed(_))), "{text}");
		}
		let most = u128::MAX.to_string();
		assert!(matches!(amount(&most), Err(NumberError::TooLarge(_))));
		assert!(matches!(amount("1e2000000000"), Err(NumberError::TooLarge(_))));
	}

	#[test]
	fn an_amount_is_printed_as_it_is_read() {
		for text in ["0 OPG", "1.5 OPG", "0.000000000001 OPG", "1000 OPG"] {
			assert_eq!(text.parse::<Amount>().map(|amount| amount.to_string()), Ok(text.into()));
		}
	}

	#[test]
	fn exponents_shift_the_point() {
		assert_eq!(scaled("1e-5", 9), Ok(10_000));
		assert_eq!(scaled("2.5E3", 0), Ok(2_500));
		assert_eq!(scaled("100e-2", 0), Ok(1));
		assert_eq!(scaled("0e-99", 0), Ok(0));
		assert!(matches!(scaled("1e-10", 9), Err(NumberError::TooFine { .. })));
	}

	#[test]
	fn a_share_is_written_in_percent() {
		assert_eq!("5%".parse::<Share>(), Ok(Share(50_000)));
		assert_eq!("0.5 %".parse::<Share>(), Ok(Share(5_000)));
		assert_eq!("100".parse::<Share>(), Ok(Share(1_000_000)));
		assert_eq!(Share(12_500).to_string(), "1.25%");
		assert!("100.1%".parse::<Share>().is_err());
	}
}
