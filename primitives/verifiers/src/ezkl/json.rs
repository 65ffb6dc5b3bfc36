//! Proofs and reference strings as EZKL and its tools write them, for clients and workers.
//!
//! A `proof.json` of EZKL has the proof as a list of bytes and the public inputs as little-endian
//! hexadecimal words. Its `hex_proof` and `pretty_public_inputs` say the same again for people,
//! nothing checks that, and they are not read. A `srs.json` has what a verifier needs of a
//! reference string as big-endian hexadecimal words. Everything is held to the same rules as on
//! the wire.

use super::{Proof, ProofError, Srs, SrsError, Word, SRS_BYTES};
use crate::{decode_inputs, Engine, InputError, Scalar};
use alloc::{
	format,
	string::{String, ToString},
	vec::Vec,
};
use core::fmt;
use serde_json::{json, Map, Value};

/// Why JSON is not a proof or a reference string; `at` is a place such as `instances[0][1]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum JsonError {
	/// The text is not JSON.
	Syntax {
		/// What the parser says.
		reason: String,
	},
	/// A field is missing.
	Missing {
		/// Its name.
		field: String,
	},
	/// A value is of another kind or length than EZKL writes.
	Shape {
		/// Where; empty for the whole.
		at: String,
		/// What belongs there.
		expected: &'static str,
	},
	/// The file says that it was made by another version of EZKL.
	Version {
		/// Which.
		got: String,
	},
	/// The reference string has an \[s\]₂ that is not the opposite of its −\[s\]₂.
	NotOpposite,
	/// The proof is refused.
	Proof(ProofError),
	/// The public inputs are refused.
	Input(InputError),
	/// The reference string is refused.
	Srs(SrsError),
}

impl fmt::Display for JsonError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Syntax { reason } => write!(f, "not JSON: {reason}"),
			Self::Missing { field } => {
				write!(f, "the field `{field}` is missing: give the file as EZKL writes it")
			},
			Self::Shape { at, expected } if at.is_empty() => {
				write!(f, "the file should be {expected}")
			},
			Self::Shape { at, expected } => write!(f, "`{at}` should be {expected}"),
			Self::Version { got } => {
				write!(f, "the proof is of EZKL {got}, but only those of 23.0.5 are checked here")
			},
			Self::NotOpposite => f.write_str(
				"`s_g2` and `neg_s_g2` are not opposite points: the file was changed or put \
				 together wrongly",
			),
			Self::Proof(error) => error.fmt(f),
			Self::Input(error) => error.fmt(f),
			Self::Srs(error) => error.fmt(f),
		}
	}
}

impl core::error::Error for JsonError {}

/// The version of EZKL whose proofs are checked here.
const VERSION: &str = "23.0.5";

/// The proof in a `proof.json` of EZKL.
pub fn proof_from_json(text: &str) -> Result<Proof, JsonError> {
	let object = object(text)?;
	if let Some(version) = object.get("version").filter(|value| !value.is_null()) {
		let got = || version.as_str().map_or_else(|| version.to_string(), String::from);
		(version == VERSION).then_some(()).ok_or_else(|| JsonError::Version { got: got() })?;
	}
	let byte = |(index, value): (usize, &Value)| {
		let byte = value.as_u64().and_then(|byte| u8::try_from(byte).ok());
		byte.ok_or_else(|| shape(format!("proof[{index}]"), "a byte"))
	};
	let list = list(field(&object, "proof")?, "proof", "a list of bytes")?;
	let bytes = list.iter().enumerate().map(byte).collect::<Result<Vec<_>, _>>()?;
	Proof::from_wire(&bytes).map_err(JsonError::Proof)
}

/// The public inputs in a `proof.json` of EZKL: one list of words, little-endian.
pub fn inputs_from_json(text: &str) -> Result<Vec<Scalar>, JsonError> {
	let object = object(text)?;
	let expected = "one list of public inputs";
	let lists = list(field(&object, "instances")?, "instances", expected)?;
	let [inputs] = lists else { return Err(shape(String::from("instances"), expected)) };
	let mut wire = Vec::new();
	for (index, input) in list(inputs, "instances[0]", "a list of words")?.iter().enumerate() {
		let mut word = word(input, &format!("instances[0][{index}]"))?;
		word.reverse();
		wire.extend(word);
	}
	decode_inputs(&wire).map_err(JsonError::Input)
}

/// The reference string in a `srs.json`: `g1` as `[x, y]`, `g2` and `neg_s_g2` as objects of
/// `x_c0`, `x_c1`, `y_c0` and `y_c1`. Where there is an `s_g2` too, it has to be the opposite.
pub fn srs_from_json<E: Engine>(text: &str) -> Result<Srs<E>, JsonError> {
	let object = object(text)?;
	let expected = "a point [x, y]";
	let [x, y] = list(field(&object, "g1")?, "g1", expected)? else {
		return Err(shape(String::from("g1"), expected));
	};
	let mut wire = Vec::new();
	wire.extend(word(x, "g1[0]")?);
	wire.extend(word(y, "g1[1]")?);
	wire.extend(g2(&object, "g2")?);
	wire.extend(g2(&object, "neg_s_g2")?);
	let no_points = || shape(String::new(), "a reference string");
	let wire: [u8; SRS_BYTES] = wire.try_into().map_err(|_| no_points())?;
	let srs = Srs::from_wire(&wire).map_err(JsonError::Srs)?;
	if object.contains_key("s_g2") {
		let point = g2(&object, "s_g2")?;
		let opposite = point.try_into().is_ok_and(|point| srs.is_opposite(&point));
		opposite.then_some(()).ok_or(JsonError::NotOpposite)?;
	}
	Ok(srs)
}

/// A `srs.json` of a reference string on the wire: what [`srs_from_json`] reads.
pub fn srs_to_json(wire: &[u8; SRS_BYTES]) -> String {
	let words: Vec<_> = wire.as_chunks::<32>().0.iter().map(|word| hex(word)).collect();
	let [x, y, points @ ..] = words.as_slice() else { return String::new() };
	let g2 = |parts: &[String]| match parts {
		[x1, x0, y1, y0] => json!({ "x_c0": x0, "x_c1": x1, "y_c0": y0, "y_c1": y1 }),
		_ => Value::Null,
	};
	let (one, s) = points.split_at_checked(4).unwrap_or_default();
	format!("{:#}\n", json!({ "g1": [x, y], "g2": g2(one), "neg_s_g2": g2(s) }))
}

/// A word as `0x` and 64 digits.
fn hex(word: &Word) -> String {
	word.iter().fold(String::from("0x"), |text, byte| format!("{text}{byte:02x}"))
}

fn shape(at: String, expected: &'static str) -> JsonError {
	JsonError::Shape { at, expected }
}

fn object(text: &str) -> Result<Map<String, Value>, JsonError> {
	let value = serde_json::from_str(text)
		.map_err(|error| JsonError::Syntax { reason: error.to_string() })?;
	match value {
		Value::Object(object) => Ok(object),
		_ => Err(shape(String::new(), "a JSON object")),
	}
}

fn field<'a>(object: &'a Map<String, Value>, field: &str) -> Result<&'a Value, JsonError> {
	object.get(field).ok_or_else(|| JsonError::Missing { field: String::from(field) })
}

fn list<'a>(value: &'a Value, at: &str, expected: &'static str) -> Result<&'a [Value], JsonError> {
	value.as_array().map(Vec::as_slice).ok_or_else(|| shape(String::from(at), expected))
}

/// A point of G2 on the wire, imaginary parts first.
fn g2(object: &Map<String, Value>, name: &str) -> Result<Vec<u8>, JsonError> {
	let Value::Object(point) = field(object, name)? else {
		return Err(shape(String::from(name), "an object of x_c0, x_c1, y_c0 and y_c1"));
	};
	let mut wire = Vec::new();
	for part in ["x_c1", "x_c0", "y_c1", "y_c0"] {
		let at = format!("{name}.{part}");
		let value = point.get(part).ok_or_else(|| JsonError::Missing { field: at.clone() })?;
		wire.extend(word(value, &at)?);
	}
	Ok(wire)
}

/// The word of 64 hexadecimal digits, with or without `0x` before them.
fn word(value: &Value, at: &str) -> Result<Word, JsonError> {
	let not_a_word = || shape(String::from(at), "64 hexadecimal digits in quotes");
	let text = value.as_str().ok_or_else(not_a_word)?;
	let (pairs, rest) = text.strip_prefix("0x").unwrap_or(text).as_bytes().as_chunks::<2>();
	let mut word = [0; 32];
	if !rest.is_empty() || pairs.len() != word.len() {
		return Err(not_a_word());
	}
	for (byte, pair) in word.iter_mut().zip(pairs) {
		let digit = |digit: u8| char::from(digit).to_digit(16).ok_or_else(not_a_word);
		let [high, low] = *pair;
		let value = digit(high)?.saturating_mul(16).saturating_add(digit(low)?);
		*byte = u8::try_from(value).map_err(|_| not_a_word())?;
	}
	Ok(word)
}
