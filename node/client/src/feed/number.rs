//! Numbers of feeds as people write them: 12345 with two decimals is `123.45`.

use crate::amount::{scaled, unscaled, NumberError};

/// A number with its decimals.
pub(crate) fn written(value: i128, decimals: u8) -> String {
	let sign = if value < 0 { "-" } else { "" };
	format!("{sign}{}", unscaled(value.unsigned_abs(), decimals.into()))
}

/// The number a text stands for, times `10^decimals`.
pub(super) fn read(text: &str, decimals: u8) -> Result<i64, NumberError> {
	let (is_negative, digits) = match text.strip_prefix('-') {
		Some(digits) => (true, digits),
		None => (false, text),
	};
	let number = i128::try_from(scaled(digits, decimals.into())?);
	let signed = number.map(|number| if is_negative { -number } else { number });
	let small = signed.ok().and_then(|number| i64::try_from(number).ok());
	small.ok_or_else(|| NumberError::TooLarge(text.into()))
}

#[cfg(test)]
mod tests {
	use super::{read, written};

	#[test]
	fn numbers_are_written_as_they_are_read() {
		for (text, decimals, value) in
			[("123.45", 2, 12_345), ("-0.5", 1, -5), ("7", 0, 7), ("0", 3, 0), ("-12", 2, -1_200)]
		{
			assert_eq!(read(text, decimals), Ok(value));
			assert_eq!(written(value.into(), decimals), text);
		}
		assert!(read("1.234", 2).is_err() && read("ten", 2).is_err() && read("1e30", 2).is_err());
	}
}
