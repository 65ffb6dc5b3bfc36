//! The laws of SCALE forms: one form for each value, no more memory than the bytes justify, and the bounds types declare.

use crate::memory;
use codec::{Decode, DecodeAll, DecodeWithMemLimit, DecodeWithMemTracking, Encode, MaxEncodedLen};
use serde::{de::DeserializeOwned, Serialize};
use std::fmt::Debug;

/// Bytes of memory a byte read may cost: an empty tensor is three bytes and takes 56, in a vector that doubles as it grows.
const COST: usize = 80;
/// Bytes of memory a decoder may ask for before it reads any: the codec fills vectors in pieces of 16 KiB, one for each level.
const AHEAD: usize = 64 * 1024;

/// The value `bytes` begin with, if there is one, held against every law.
pub fn read<T: Encode + Decode + PartialEq + Debug>(bytes: &[u8]) -> Option<T> {
	let mut rest = bytes;
	let (value, used) = memory::peak(|| T::decode(&mut rest));
	assert!(used <= bytes.len() * COST + AHEAD, "{} bytes took {used} of memory", bytes.len());
	let whole = T::decode_all(&mut &*bytes);
	let Ok(value) = value else {
		assert!(whole.is_err(), "decoded as a whole only");
		return None;
	};
	let (taken, rest) = bytes.split_at(bytes.len() - rest.len());
	assert_eq!(value.encode(), taken, "a second form of {value:?}");
	assert_eq!(value.encoded_size(), taken.len());
	assert_eq!(whole.is_ok(), rest.is_empty(), "bytes that follow must be refused");
	if let Some((_, shorter)) = taken.split_last() {
		assert!(T::decode(&mut &taken[..shorter.len()]).is_err(), "decoded though cut short");
	}
	let mut after = bytes;
	T::skip(&mut after).expect("what decodes can be skipped");
	assert_eq!(after, rest, "skipped another length than was decoded");
	Some(value)
}

/// As [`read`], for what enters calls and storage: nothing is longer than its type says.
pub fn read_bounded<T>(bytes: &[u8]) -> Option<T>
where
	T: Encode + Decode + DecodeWithMemTracking + MaxEncodedLen + PartialEq + Debug,
{
	let value = read::<T>(bytes);
	if let Some(value) = &value {
		assert!(value.encoded_size() <= T::max_encoded_len(), "longer than the type says");
		let limited = T::decode_with_mem_limit(&mut &*bytes, usize::MAX);
		assert_eq!(limited.as_ref(), Ok(value));
	}
	value
}

/// The value that JSON `text` gives, if it gives one; what is written reads the same.
pub fn read_json<T: Serialize + DeserializeOwned + PartialEq + Debug>(text: &str) -> Option<T> {
	let value = serde_json::from_str(text).ok()?;
	hold_json(&value);
	Some(value)
}

/// Asserts that a value written as JSON reads the same.
pub fn hold_json<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
	let text = serde_json::to_string(value).expect("every value can be written");
	assert_eq!(serde_json::from_str::<T>(&text).as_ref().ok(), Some(value), "{text}");
}
