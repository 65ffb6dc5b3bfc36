//! Signed answers of sources: JSON web signatures (RFC 7515, compact), checked and read where numbers are judged.
//!
//! A token is `header.payload.signature`, each in base64url. What is signed is the first two with their dot. The payload is a flat JSON
//! object: of each key the field of its name, a number or a string of one (of a feed of bytes a string without a backslash), and `iat`, the
//! second it was signed in.

use super::{template::pointer, text, Name, Source, Subject, Values};
use crate::decimal::mantissa;
use alloc::{format, string::String};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use data_encoding::BASE64URL_NOPAD;
use scale_info::TypeInfo;
use sp_runtime::{traits::ConstU32, BoundedVec};

/// Bytes of a signed answer.
pub const MAX_TOKEN: u32 = 3_072;

/// A signed answer, as the source gave it.
pub type Token = BoundedVec<u8, ConstU32<MAX_TOKEN>>;

/// By which key a source signs.
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
)]
pub enum SourceKey {
	/// Ed25519 (`EdDSA`).
	Ed25519([u8; 32]),
	/// ECDSA on secp256k1 with SHA-256 (`ES256K`); the key compressed.
	Secp256k1([u8; 33]),
}

/// A token taken apart. Nothing is checked yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opened<'a> {
	/// What is signed.
	pub message: &'a [u8],
	/// What it says.
	pub payload: String,
	/// The signature: of Ed25519 as it is, of ECDSA `r ‖ s`.
	pub signature: [u8; 64],
}

/// Takes a token apart; `None` for what is none.
pub fn open(token: &[u8]) -> Option<Opened<'_>> {
	let token = token.trim_ascii();
	let last = token.iter().rposition(|byte| *byte == b'.')?;
	let (message, signature) = token.split_at_checked(last)?;
	let first = message.iter().position(|byte| *byte == b'.')?;
	let payload = message.get(first.checked_add(1)?..)?;
	let payload = BASE64URL_NOPAD.decode(payload).ok()?;
	let signature = BASE64URL_NOPAD.decode(signature.get(1..)?).ok()?;
	Some(Opened {
		message,
		payload: String::from_utf8(payload).ok()?,
		signature: signature.try_into().ok()?,
	})
}

impl Opened<'_> {
	/// What it says of each key.
	pub fn values(&self, source: &Source, subject: &Subject) -> Values {
		let said = |key: &Name| self.field(&field_of(source, key)?);
		match subject {
			Subject::Numbers(keys) => {
				Values::numbers(keys.iter().map(|key| mantissa(said(&key.name)?.0, key.decimals)))
			},
			// What is escaped in JSON would have to be read, and a number has no bytes.
			Subject::Bytes(name) => Values::Bytes(
				said(name)
					.filter(|(said, is_quoted)| *is_quoted && !said.contains('\\'))
					.and_then(|(said, _)| text::read(said)),
			),
		}
	}

	/// The second it was signed in, as it says.
	pub fn signed_at(&self) -> Option<u64> {
		self.field("iat")?.0.parse().ok()
	}

	/// What stands in a field: a number, or a string's content, and whether it is a string.
	fn field(&self, name: &str) -> Option<(&str, bool)> {
		let name = format!("\"{name}\"");
		let after = |at: usize| self.payload.get(at.checked_add(name.len())?..);
		let is_field = |rest: &&str| rest.trim_ascii_start().starts_with(':');
		let mut found = self.payload.match_indices(name.as_str());
		// The same text may stand in a value.
		let rest = found.find_map(|(at, _)| after(at).filter(is_field))?;
		let value = rest.trim_ascii_start().strip_prefix(':')?.trim_ascii_start();
		match value.strip_prefix('"') {
			Some(quoted) => quoted.split_once('"').map(|(content, _)| (content, true)),
			None => {
				value.split([',', '}', ' ', '\n', '\r', '\t']).next().map(|number| (number, false))
			},
		}
	}
}

/// The field of a key's value: the only step of its pointer.
fn field_of(source: &Source, key: &Name) -> Option<String> {
	let pointer = pointer(source, key)?;
	let field = pointer.strip_prefix('/').filter(|field| !field.contains('/'))?;
	Some(field.replace("~1", "/").replace("~0", "~"))
}

/// Whether a source that signs can be asked and read: at one address for all keys, by pointers of one step.
pub fn can_be_signed(source: &Source) -> bool {
	let steps = source.path.iter().filter(|byte| **byte == b'/').count();
	!source.url.contains(&b'{') && steps == 1 && source.path.len() > 1
}

#[cfg(test)]
mod tests {
	use super::{can_be_signed, open};
	use crate::feed::{Key, Source, Subject, Values};
	use data_encoding::BASE64URL_NOPAD;
	use proptest::prelude::*;

	fn source(url: &str, path: &str) -> Source {
		let bytes = |text: &str| text.as_bytes().to_vec();
		Source {
			url: bytes(url).try_into().expect("short"),
			path: bytes(path).try_into().expect("short"),
			signer: None,
		}
	}

	fn prices() -> Subject {
		let keys = ["BTC/USD", "ETH/USD"].map(|name| Key {
			name: name.as_bytes().to_vec().try_into().expect("short"),
			decimals: 2,
			min: 0,
			max: 1,
		});
		Subject::Numbers(keys.to_vec().try_into().expect("two"))
	}

	fn token(payload: &str) -> Vec<u8> {
		let [head, payload, signature] =
			[b"{}", payload.as_bytes(), &[7; 64]].map(|part| BASE64URL_NOPAD.encode(part));
		format!("{head}.{payload}.{signature}\n").into_bytes()
	}

	fn values(payload: &str) -> Vec<Option<i64>> {
		let token = token(payload);
		let opened = open(&token).expect("a token");
		let seen = opened.values(&source("https://x.example/all", "/{key}"), &prices());
		(0..2).map(|key| seen.number(key)).collect()
	}

	fn winner(payload: &str) -> Option<Vec<u8>> {
		let subject = Subject::Bytes(b"winner".to_vec().try_into().expect("short"));
		let token = token(payload);
		let opened = open(&token).expect("a token");
		match opened.values(&source("https://x.example/all", "/{key}"), &subject) {
			Values::Bytes(bytes) => bytes.map(Into::into),
			Values::Numbers(_) => panic!("numbers"),
		}
	}

	#[test]
	fn a_token_says_bytes_in_a_string() {
		assert_eq!(winner(r#"{"iat": 1, "winner": "Ada"}"#), Some(b"Ada".to_vec()));
		assert_eq!(winner(r#"{"iat": 1, "winner": "0x00ff"}"#), Some(vec![0, 255]));
		for payload in [r#"{"winner": 5}"#, r#"{"winner": "0xf"}"#, r#"{"winner": "a\nb"}"#, "{}"] {
			assert_eq!(winner(payload), None, "{payload}");
		}
	}

	#[test]
	fn a_token_says_numbers_and_when() {
		let payload = r#"{"iat": 1700000000, "BTC/USD":"64123.45" , "ETH/USD" : 3000.5}"#;
		assert_eq!(values(payload), [Some(6_412_345), Some(300_050)]);
		let token = token(payload);
		let opened = open(&token).expect("a token");
		assert_eq!((opened.signed_at(), opened.signature), (Some(1_700_000_000), [7; 64]));
		// What is signed is all before the second dot.
		let dots = opened.message.iter().filter(|byte| **byte == b'.').count();
		assert!(token.starts_with(opened.message) && dots == 1);
	}

	#[test]
	fn what_is_not_there_or_no_number_is_none() {
		assert_eq!(values(r#"{"BTC/USD":null,"ETH/USD":"NaN"}"#), [None, None]);
		assert_eq!(
			values(r#"{"note":"BTC/USD","x":"\"ETH/USD\"","ETH/USD":7}"#),
			[None, Some(700)]
		);
		assert_eq!(values(""), [None, None]);
		assert_eq!(open(&token(r#"{"iat":"soon"}"#)).expect("a token").signed_at(), None);
	}

	#[test]
	fn what_is_no_token_is_none() {
		for text in ["", ".", "a.b", "..", "e30.e30.e30", "e30.!.AAAA"] {
			assert_eq!(open(text.as_bytes()), None, "{text}");
		}
	}

	#[test]
	fn a_source_that_signs_has_one_address_and_fields_of_one_step() {
		assert!(can_be_signed(&source("https://x.example/all", "/{key}")));
		assert!(!can_be_signed(&source("https://x.example/{key}", "/{key}")));
		for path in ["", "/", "/a/{key}"] {
			assert!(!can_be_signed(&source("https://x.example/all", path)), "{path}");
		}
	}

	proptest! {
		#[test]
		fn anything_is_taken_apart_without_a_panic(bytes: Vec<u8>, payload in ".{0,80}") {
			let _ = open(&bytes);
			let _ = values(&payload);
		}
	}
}
