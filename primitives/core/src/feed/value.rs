//! What feeds tell: numbers, one for each key, or bytes; and when observers of bytes agree.

use super::{Key, Keys, Name, MAX_KEYS};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{traits::ConstU32, BoundedVec};

/// Bytes of a value that is no number.
pub const MAX_BYTES: u32 = 256;
/// Bytes of a number.
const NUMBER: u32 = 8;

/// One number for each key, in the keys' order; `None` where it was not to be had.
pub type Numbers = BoundedVec<Option<i64>, ConstU32<MAX_KEYS>>;
/// A value that is no number.
pub type Bytes = BoundedVec<u8, ConstU32<MAX_BYTES>>;

/// What a feed tells of. It never changes.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Subject {
	/// Numbers, one for each key.
	Numbers(Keys),
	/// Bytes, by the name that is their key.
	Bytes(Name),
}

impl Subject {
	/// The names of its keys. Bytes have one.
	pub fn names(&self) -> Vec<&Name> {
		match self {
			Self::Numbers(keys) => keys.iter().map(|key| &key.name).collect(),
			Self::Bytes(name) => [name].into(),
		}
	}

	/// The key of a number; `None` for bytes.
	pub fn key(&self, index: usize) -> Option<&Key> {
		match self {
			Self::Numbers(keys) => keys.get(index),
			Self::Bytes(_) => None,
		}
	}

	/// What is seen where nothing is to be had.
	pub fn nothing(&self) -> Values {
		match self {
			Self::Numbers(keys) => Values::numbers(keys.iter().map(|_| None)),
			Self::Bytes(_) => Values::Bytes(None),
		}
	}

	/// Whether this may be what somebody saw of it.
	pub fn is_of(&self, values: &Values) -> bool {
		match (self, values) {
			(Self::Numbers(keys), Values::Numbers(seen)) => keys.len() == seen.len(),
			(Self::Bytes(_), Values::Bytes(_)) => true,
			_ => false,
		}
	}

	/// As many numbers as take the room of one observation.
	pub fn size(&self) -> u32 {
		self.nothing().size()
	}
}

/// What was seen of a feed.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Values {
	/// A number for each key.
	Numbers(Numbers),
	/// The bytes, if they were to be had.
	Bytes(Option<Bytes>),
}

impl Default for Values {
	fn default() -> Self {
		Self::Numbers(Numbers::default())
	}
}

impl Values {
	/// A number for each key; what is beyond [`MAX_KEYS`] is left out.
	pub fn numbers(all: impl IntoIterator<Item = Option<i64>>) -> Self {
		Self::Numbers(Numbers::truncate_from(all.into_iter().take(MAX_KEYS as usize).collect()))
	}

	/// The number of a key, if one was seen.
	pub fn number(&self, key: usize) -> Option<i64> {
		match self {
			Self::Numbers(all) => all.get(key).copied().flatten(),
			Self::Bytes(_) => None,
		}
	}

	/// The bytes, if any were seen.
	pub const fn bytes(&self) -> Option<&Bytes> {
		match self {
			Self::Bytes(Some(bytes)) => Some(bytes),
			Self::Numbers(_) | Self::Bytes(None) => None,
		}
	}

	/// Whether nothing was seen.
	pub fn is_nothing(&self) -> bool {
		match self {
			Self::Numbers(all) => all.iter().all(Option::is_none),
			Self::Bytes(bytes) => bytes.is_none(),
		}
	}

	/// As many numbers as take the same room: bytes count as if there were as many of them as there can be.
	pub fn size(&self) -> u32 {
		match self {
			Self::Numbers(all) => all.len() as u32,
			Self::Bytes(_) => MAX_BYTES / NUMBER,
		}
	}
}

/// What at least `least` of all that was said is, to the byte. More than half must be asked for: then it is the only one.
pub fn agreed<'a>(said: impl IntoIterator<Item = &'a Bytes>, least: usize) -> Option<&'a Bytes> {
	let mut all: Vec<&Bytes> = said.into_iter().collect();
	all.sort_unstable();
	all.chunk_by(|one, next| one == next)
		.find(|same| same.len() >= least)
		.and_then(|same| same.first().copied())
}

#[cfg(test)]
mod tests {
	use super::{agreed, Bytes, Subject, Values, MAX_BYTES};
	use codec::MaxEncodedLen;
	use proptest::prelude::*;

	fn bytes(text: &str) -> Bytes {
		text.as_bytes().to_vec().try_into().expect("short")
	}

	#[test]
	fn bytes_are_agreed_on_if_enough_say_the_same_to_the_byte() {
		let said = ["a", "b", "a", "A"].map(bytes);
		assert_eq!(agreed(&said, 2), Some(&bytes("a")));
		assert_eq!(agreed(&said, 3), None);
		assert_eq!(agreed(&[], 1), None);
	}

	#[test]
	fn what_is_seen_is_of_its_subject_or_is_not() {
		let of_bytes = Subject::Bytes(b"winner".to_vec().try_into().expect("short"));
		assert!(of_bytes.is_of(&of_bytes.nothing()) && of_bytes.nothing().is_nothing());
		assert!(of_bytes.is_of(&Values::Bytes(Some(bytes("")))));
		assert!(!of_bytes.is_of(&Values::numbers([None])));
		assert!(!Subject::Numbers(Default::default()).is_of(&Values::numbers([None])));
		assert!(!Subject::Numbers(Default::default()).is_of(&Values::Bytes(None)));
		assert_eq!(of_bytes.size(), 32);
		let room = Bytes::max_encoded_len();
		assert!(room > MAX_BYTES as usize && room < Values::max_encoded_len());
	}

	proptest! {
		#[test]
		fn what_most_say_is_what_is_agreed_on(
			honest in 1..16usize,
			lies in prop::collection::vec("[ab]{0,2}", 0..15),
		) {
			let lies = lies.iter().take(honest - 1).map(|lie| bytes(lie));
			let all: Vec<_> = std::iter::repeat_n(bytes("truth"), honest).chain(lies).collect();
			prop_assert_eq!(agreed(&all, all.len() / 2 + 1), Some(&bytes("truth")));
		}
	}
}
