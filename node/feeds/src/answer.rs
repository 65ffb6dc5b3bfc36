//! The numbers and bytes in what sources answered: JSON pointers (RFC 6901) lead to them.

use bytes::Bytes;
use opg_primitives::{
	decimal::mantissa,
	feed::{
		agreed,
		template::{address, pointer},
		text,
		token::{open, Opened, SourceKey},
		Bytes as Told, Key, Name, Source, Subject, Values, MAX_BYTES,
	},
};
use serde_json::value::RawValue;
use sp_core::{ecdsa, ed25519, Pair};
use sp_crypto_hashing::sha2_256;
use std::{borrow::Cow, collections::BTreeMap};

/// Why an answer gives no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
	/// It is not JSON.
	#[error("the answer is no JSON: {0}")]
	NotJson(String),
	/// The pointer leads nowhere.
	#[error("the answer has nothing at {0:?}")]
	NothingThere(String),
	/// What the pointer leads to is no decimal number that fits.
	#[error("{0:?} is no number that fits")]
	NoNumber(String),
	/// What the pointer leads to is no string of bytes that fit.
	#[error(
		"{0:?} is no string of up to {MAX_BYTES} bytes; one that begins with 0x is hex, two digits a byte"
	)]
	NoBytes(String),
	/// The source should sign, and this is no token of its key.
	#[error("the answer is not signed by the source's key")]
	NotSigned,
}

/// A signed answer, if it is one of this key.
pub fn opened<'a>(token: &'a [u8], key: &SourceKey) -> Result<Opened<'a>, AnswerError> {
	let opened = open(token).ok_or(AnswerError::NotSigned)?;
	let Opened { message, signature, .. } = &opened;
	let is_genuine = match key {
		SourceKey::Ed25519(key) => ed25519::Pair::verify(
			&ed25519::Signature::from_raw(*signature),
			message,
			&ed25519::Public::from_raw(*key),
		),
		// What is not said is which of two points it was.
		SourceKey::Secp256k1(key) => (0..2u8).any(|recovery| {
			let mut whole = [recovery; 65];
			whole.iter_mut().zip(signature).for_each(|(to, from)| *to = *from);
			let signer = ecdsa::Signature::from_raw(whole).recover_prehashed(&sha2_256(message));
			signer.is_some_and(|signer| signer.0 == *key)
		}),
	};
	is_genuine.then_some(opened).ok_or(AnswerError::NotSigned)
}

fn refuse(error: serde_json::Error) -> AnswerError {
	AnswerError::NotJson(error.to_string())
}

/// What is at `pointer`, as JSON.
fn found<'a>(body: &'a [u8], pointer: &str) -> Result<&'a str, AnswerError> {
	let mut here: &RawValue = serde_json::from_slice(body).map_err(refuse)?;
	let nothing = || AnswerError::NothingThere(pointer.into());
	for token in pointer.split('/').skip(1) {
		let token = token.replace("~1", "/").replace("~0", "~");
		here = match here.get().as_bytes().first() {
			Some(b'{') => {
				let fields: BTreeMap<Cow<'_, str>, &RawValue> =
					serde_json::from_str(here.get()).map_err(refuse)?;
				fields.get(token.as_str()).copied().ok_or_else(nothing)?
			},
			Some(b'[') => {
				let items: Vec<&RawValue> = serde_json::from_str(here.get()).map_err(refuse)?;
				let index = index_of(&token).ok_or_else(nothing)?;
				items.get(index).copied().ok_or_else(nothing)?
			},
			_ => return Err(nothing()),
		};
	}
	Ok(here.get())
}

/// The bytes at `pointer`: those of a JSON string, or what it says in hex if it begins with `0x`.
pub fn bytes_at(body: &[u8], pointer: &str) -> Result<Told, AnswerError> {
	let json = found(body, pointer)?;
	let string = json.starts_with('"').then(|| serde_json::from_str::<Cow<'_, str>>(json));
	let string = string.transpose().map_err(refuse)?;
	string
		.and_then(|string| text::read(&string))
		.ok_or_else(|| AnswerError::NoBytes(json.chars().take(40).collect()))
}

/// The number at `pointer`, times `10^decimals`. It may be a JSON number or a string of one.
pub fn number_at(body: &[u8], pointer: &str, decimals: u8) -> Result<i64, AnswerError> {
	let text = found(body, pointer)?;
	let quoted;
	let text = if text.starts_with('"') {
		quoted = serde_json::from_str::<Cow<'_, str>>(text).map_err(refuse)?;
		quoted.as_ref()
	} else {
		text
	};
	mantissa(text, decimals).ok_or_else(|| AnswerError::NoNumber(text.chars().take(40).collect()))
}

/// What answers, by address, say: of each number the lower median, if more than half of the sources say anything; of bytes what more than half
/// of them say. And which of them gave nothing, with the reason.
pub fn values_in(
	subject: &Subject,
	sources: &[Source],
	answers: &BTreeMap<String, Bytes>,
) -> (Values, Vec<(String, AnswerError)>) {
	let mut refused = Vec::new();
	// What signs is the only source, and has one address.
	if let [source @ Source { signer: Some(signer), .. }] = sources {
		let first = subject.names().into_iter().next();
		let address = first.and_then(|key| address(source, key)).unwrap_or_default();
		let token = answers.get(&address).map(|answer| opened(answer, signer));
		match token {
			Some(Ok(opened)) => return (opened.values(source, subject), refused),
			Some(Err(error)) => refused.push((address, error)),
			None => {},
		}
		return (subject.nothing(), refused);
	}
	let values = match subject {
		Subject::Numbers(keys) => {
			let number = |key: &Key| {
				let read = |answer: &[u8], pointer: &str| number_at(answer, pointer, key.decimals);
				let said = said_of(&key.name, sources, answers, &mut refused, read);
				lower_median(said, sources.len())
			};
			Values::numbers(keys.iter().map(number).collect::<Vec<_>>())
		},
		Subject::Bytes(name) => {
			let said = said_of(name, sources, answers, &mut refused, bytes_at);
			Values::Bytes(agreed(&said, sources.len() / 2 + 1).cloned())
		},
	};
	(values, refused)
}

/// What each source says of a key, as `read` finds it; where it finds nothing, the reason goes to `refused`.
fn said_of<Said>(
	key: &Name,
	sources: &[Source],
	answers: &BTreeMap<String, Bytes>,
	refused: &mut Vec<(String, AnswerError)>,
	read: impl Fn(&[u8], &str) -> Result<Said, AnswerError>,
) -> Vec<Said> {
	let mut said = Vec::new();
	for source in sources {
		let (Some(address), Some(pointer)) = (address(source, key), pointer(source, key)) else {
			continue;
		};
		let Some(answer) = answers.get(&address) else { continue };
		match read(answer, &pointer) {
			Ok(value) => said.push(value),
			Err(error) => refused.push((address, error)),
		}
	}
	said
}

fn lower_median(mut said: Vec<i64>, sources: usize) -> Option<i64> {
	if said.len() * 2 <= sources {
		return None;
	}
	said.sort_unstable();
	said.get((said.len() - 1) / 2).copied()
}

/// As RFC 6901 writes indices: without leading zeros.
fn index_of(token: &str) -> Option<usize> {
	let is_plain = token == "0" || !token.starts_with(['0', '+']);
	is_plain.then(|| token.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
	use super::{bytes_at, number_at, AnswerError};

	const BODY: &[u8] =
		br#"{"data": [{"price": "64123.50", "n": 1e2}, 7], "BTC/USD": 0.1, "a~b": -3}"#;

	#[test]
	fn is_found_by_fields_and_indices() {
		assert_eq!(number_at(BODY, "/data/0/price", 2), Ok(6_412_350));
		assert_eq!(number_at(BODY, "/data/0/n", 0), Ok(100));
		assert_eq!(number_at(BODY, "/data/1", 1), Ok(70));
		assert_eq!(number_at(BODY, "/BTC~1USD", 18), Ok(100_000_000_000_000_000));
		assert_eq!(number_at(BODY, "/a~0b", 0), Ok(-3));
		assert_eq!(number_at(b" 12.5 ", "", 1), Ok(125), "the whole answer");
	}

	#[test]
	fn is_not_found_where_nothing_is() {
		for pointer in ["/none", "/data/2", "/data/00", "/data/-", "/data/0/price/x", "/data/+1"] {
			let nothing = AnswerError::NothingThere(pointer.into());
			assert_eq!(number_at(BODY, pointer, 2), Err(nothing));
		}
	}

	#[test]
	fn is_refused_if_it_is_no_number() {
		let of = |body: &str| number_at(body.as_bytes(), "/p", 2);
		for body in ["null", "true", "\"\"", "\"NaN\"", "\"1,5\"", "[1]", "{\"a\":1}", "1e40"] {
			let body = format!("{{\"p\": {body}}}");
			assert!(matches!(of(&body), Err(AnswerError::NoNumber(_))), "{body}");
		}
	}

	#[test]
	fn of_what_is_no_json_is_an_error() {
		for body in ["", "<html>", "{\"p\": NaN}", "{\"p\": 1", "{\"p\": 1} x", "\u{0}"] {
			let found = number_at(body.as_bytes(), "/p", 2);
			assert!(matches!(found, Err(AnswerError::NotJson(_))), "{body}: {found:?}");
		}
		let deep = "[".repeat(100_000);
		assert!(number_at(deep.as_bytes(), "/0", 2).is_err(), "and not the end of the stack");
		assert!(number_at(b"\xff\xfe", "", 2).is_err());
	}

	#[test]
	fn bytes_are_those_of_a_string_or_hex() {
		let of = |body: &str| bytes_at(body.as_bytes(), "/p").map(|bytes| bytes.to_vec());
		assert_eq!(of(r#"{"p": "Ada \u00e9\n"}"#), Ok("Ada é\n".as_bytes().to_vec()));
		assert_eq!(of(r#"{"p": "0x00fF"}"#), Ok(vec![0, 255]));
		assert_eq!(of(r#"{"p": ""}"#), Ok(vec![]));
		let long = format!("{{\"p\": \"{}\"}}", "x".repeat(257));
		for body in [r#"{"p": 5}"#, r#"{"p": null}"#, r#"{"p": ["a"]}"#, r#"{"p": "0xf"}"#, &long] {
			let said = of(body).expect_err(body);
			assert!(said.to_string().contains("up to 256 bytes"), "{said}");
		}
		assert!(matches!(of("{\"p\": \"a"), Err(AnswerError::NotJson(_))));
	}

	#[test]
	fn twice_in_one_answer_is_the_last_one() {
		assert_eq!(number_at(br#"{"p": 1, "p": 2}"#, "/p", 0), Ok(2));
	}
}
