//! Bytes as text: what begins with `0x` is hex, and everything else stands for itself.

use super::Bytes;
use alloc::{format, string::String};
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};

/// The bytes a text stands for; `None` for hex that is none, and for more than there may be.
pub fn read(text: &str) -> Option<Bytes> {
	let bytes = match text.strip_prefix("0x") {
		Some(digits) => HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok()?,
		None => text.as_bytes().into(),
	};
	bytes.try_into().ok()
}

/// The text that stands for bytes: themselves if they can be read and mean nothing else, hex otherwise.
pub fn write(bytes: &[u8]) -> String {
	let is_plain = |text: &&str| !text.starts_with("0x") && !text.chars().any(char::is_control);
	match core::str::from_utf8(bytes).ok().filter(is_plain) {
		Some(text) => text.into(),
		None => format!("0x{}", HEXLOWER.encode(bytes)),
	}
}

#[cfg(test)]
mod tests {
	use super::{read, write};
	use proptest::prelude::*;

	#[test]
	fn of_bytes_is_themselves_or_hex() {
		for (text, bytes) in [
			("Ada", &b"Ada"[..]),
			("", b""),
			("0x", b""),
			("0x00fF", b"\x00\xff"),
			("0X00", b"0X00"),
			("é", "é".as_bytes()),
		] {
			assert_eq!(read(text).map(Vec::from), Some(bytes.to_vec()), "{text}");
		}
		assert_eq!(write(b"0x12"), "0x30783132");
		assert_eq!(write(b"a\nb"), "0x610a62");
	}

	#[test]
	fn that_is_no_hex_or_too_long_stands_for_nothing() {
		for text in ["0x0", "0xgg", "0x 00", "0x00\n"] {
			assert_eq!(read(text), None, "{text}");
		}
		assert!(read(&"a".repeat(256)).is_some() && read(&"a".repeat(257)).is_none());
		assert!(read(&format!("0x{}", "00".repeat(256))).is_some());
		assert!(read(&format!("0x{}", "00".repeat(257))).is_none());
	}

	proptest! {
		#[test]
		fn that_was_written_is_read_as_what_it_was(
			bytes in prop::collection::vec(any::<u8>(), 0..257),
			text in "(0x)?.{0,60}",
		) {
			for bytes in [bytes, text.into_bytes()] {
				let read = read(&write(&bytes));
				prop_assert_eq!(read.map(Vec::from), Some(bytes));
			}
		}
	}
}
