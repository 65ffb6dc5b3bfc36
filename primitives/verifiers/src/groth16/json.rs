//! Keys, proofs and public inputs as snarkjs writes them, for clients and workers.
//!
//! Numbers are decimal strings; a point of G1 is `[x, y, "1"]` and one of G2
//! `[[x.c0, x.c1], [y.c0, y.c1], ["1", "0"]]`, real part first. Everything is held to the same
//! rules as on the wire: snarkjs itself takes a coordinate plus q, this does not.

use super::{Proof, VerifyingKey, FIXED_BYTES, IC_BYTES};
use crate::{decode_inputs, Engine, InputError, KeyError, ProofError, Scalar};
use alloc::{
	format,
	string::{String, ToString},
	vec::Vec,
};
use core::fmt;
use num_bigint::BigUint;
use serde_json::{Map, Value};

/// Why JSON is not a key, a proof or public inputs of snarkjs; `at` is a place such as
/// `pi_b[0][1]`.
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
		field: &'static str,
	},
	/// A value is of another kind or length than snarkjs writes.
	Shape {
		/// Where; empty for the whole.
		at: String,
		/// What belongs there.
		expected: &'static str,
	},
	/// A string is not a plain decimal number.
	NotDecimal {
		/// Where.
		at: String,
	},
	/// A number has more than 256 bits.
	TooLarge {
		/// Where.
		at: String,
	},
	/// A point is neither affine (last coordinate 1) nor the identity (last coordinate 0).
	NotAffine {
		/// Where.
		at: String,
	},
	/// Another proof system than Groth16.
	Protocol {
		/// Its name.
		got: String,
	},
	/// Another curve than BN254.
	Curve {
		/// Its name.
		got: String,
	},
	/// The file carries commitments as gnark makes them, which plain Groth16 does not check.
	Commitments {
		/// The field that carries them.
		field: String,
	},
	/// `nPublic` does not go with the number of points in `IC`.
	Count {
		/// Points in `IC`.
		points: usize,
		/// `nPublic`.
		declared: u64,
	},
	/// The key is refused.
	Key(KeyError),
	/// The proof is refused.
	Proof(ProofError),
	/// The public inputs are refused.
	Input(InputError),
}

impl fmt::Display for JsonError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Syntax { reason } => write!(f, "not JSON: {reason}"),
			Self::Missing { field } => {
				write!(f, "the field `{field}` is missing: give the file as snarkjs writes it")
			},
			Self::Shape { at, expected } if at.is_empty() => {
				write!(f, "the file should be {expected}")
			},
			Self::Shape { at, expected } => write!(f, "`{at}` should be {expected}"),
			Self::NotDecimal { at } => {
				write!(f, "`{at}` should be a decimal number in quotes, without leading zeros")
			},
			Self::TooLarge { at } => write!(f, "`{at}` has more than 256 bits"),
			Self::NotAffine { at } => {
				write!(f, "the point `{at}` is not affine: its last coordinate should be 1")
			},
			Self::Protocol { got } => {
				write!(f, "the protocol is `{got}`, but only `groth16` is checked here")
			},
			Self::Curve { got } => {
				write!(f, "the curve is `{got}`, but only `bn128` (BN254) is checked here")
			},
			Self::Commitments { field } => write!(
				f,
				"`{field}` carries gnark commitments, which plain Groth16 does not check: build \
				 the circuit without `api.Commit` and its range checks"
			),
			Self::Count { points, declared } => {
				write!(f, "`IC` has {points} points, but `nPublic` is {declared}: one more belongs")
			},
			Self::Key(error) => error.fmt(f),
			Self::Proof(error) => error.fmt(f),
			Self::Input(error) => error.fmt(f),
		}
	}
}

impl core::error::Error for JsonError {}

/// The key in a `verification_key.json` of snarkjs; the pairing cached in it is not read.
pub fn key_from_json<E: Engine>(text: &str) -> Result<VerifyingKey<E>, JsonError> {
	let (wire, declared) = key_to_wire(text)?;
	let points = wire.len().saturating_sub(FIXED_BYTES).checked_div(IC_BYTES).unwrap_or(0);
	let inputs = points.checked_sub(1);
	let Some(inputs) = inputs.filter(|inputs| u64::try_from(*inputs) == Ok(declared)) else {
		return Err(JsonError::Count { points, declared });
	};
	VerifyingKey::from_wire(&wire, inputs).map_err(JsonError::Key)
}

/// The proof in a `proof.json` of snarkjs.
pub fn proof_from_json<E: Engine>(text: &str) -> Result<Proof<E>, JsonError> {
	Proof::from_wire(&proof_to_wire(text)?).map_err(JsonError::Proof)
}

/// The public inputs in a `public.json` of snarkjs: the circuit's outputs, then its public
/// inputs.
pub fn inputs_from_json(text: &str) -> Result<Vec<Scalar>, JsonError> {
	decode_inputs(&inputs_to_wire(text)?).map_err(JsonError::Input)
}

/// The key in a `verification_key.json` as bytes on the wire, sound or not, and the number of
/// public inputs it declares.
pub fn key_to_wire(text: &str) -> Result<(Vec<u8>, u64), JsonError> {
	let object = object(text)?;
	let mut wire = Vec::new();
	wire.extend(g1(field(&object, "vk_alpha_1")?, "vk_alpha_1")?);
	for name in ["vk_beta_2", "vk_gamma_2", "vk_delta_2"] {
		wire.extend(g2(field(&object, name)?, name)?);
	}
	let declared = field(&object, "nPublic")?.as_u64().ok_or_else(|| JsonError::Shape {
		at: String::from("nPublic"),
		expected: "the number of public inputs",
	})?;
	let points = list(field(&object, "IC")?, "IC", "a list of points")?;
	for (index, point) in points.iter().enumerate() {
		wire.extend(g1(point, &format!("IC[{index}]"))?);
	}
	Ok((wire, declared))
}

/// The proof in a `proof.json` as bytes on the wire, sound or not.
pub fn proof_to_wire(text: &str) -> Result<Vec<u8>, JsonError> {
	let object = object(text)?;
	let mut wire = Vec::new();
	wire.extend(g1(field(&object, "pi_a")?, "pi_a")?);
	wire.extend(g2(field(&object, "pi_b")?, "pi_b")?);
	wire.extend(g1(field(&object, "pi_c")?, "pi_c")?);
	Ok(wire)
}

/// The public inputs in a `public.json` as words on the wire, below the group order or not.
pub fn inputs_to_wire(text: &str) -> Result<Vec<u8>, JsonError> {
	let value = parse(text)?;
	let mut wire = Vec::new();
	for (index, number) in list(&value, "", "a list of decimal numbers")?.iter().enumerate() {
		wire.extend(word(number, &format!("[{index}]"))?);
	}
	Ok(wire)
}

fn parse(text: &str) -> Result<Value, JsonError> {
	serde_json::from_str(text).map_err(|error| JsonError::Syntax { reason: error.to_string() })
}

/// The object in a file of Groth16 over BN254.
fn object(text: &str) -> Result<Map<String, Value>, JsonError> {
	let Value::Object(object) = parse(text)? else {
		return Err(JsonError::Shape { at: String::new(), expected: "a JSON object" });
	};
	for (name, value) in &object {
		let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
		let about_commitments = ["commitments", "commitmentkeys", "publicandcommitmentcommitted"]
			.contains(&name.to_lowercase().as_str());
		if about_commitments && !empty {
			return Err(JsonError::Commitments { field: name.clone() });
		}
	}
	if let Some(protocol) = object.get("protocol").filter(|name| *name != "groth16") {
		return Err(JsonError::Protocol { got: named(protocol) });
	}
	let of_curve =
		|name: &&Value| ["bn128", "bn254", "altbn128"].iter().all(|known| *name != known);
	if let Some(curve) = object.get("curve").filter(of_curve) {
		return Err(JsonError::Curve { got: named(curve) });
	}
	Ok(object)
}

fn named(value: &Value) -> String {
	value.as_str().map_or_else(|| value.to_string(), String::from)
}

fn field<'a>(object: &'a Map<String, Value>, field: &'static str) -> Result<&'a Value, JsonError> {
	object.get(field).ok_or(JsonError::Missing { field })
}

fn list<'a>(value: &'a Value, at: &str, expected: &'static str) -> Result<&'a [Value], JsonError> {
	let shape = || JsonError::Shape { at: String::from(at), expected };
	value.as_array().map(Vec::as_slice).ok_or_else(shape)
}

/// A point of G1 on the wire.
fn g1(value: &Value, at: &str) -> Result<Vec<u8>, JsonError> {
	let expected = "a point [x, y, \"1\"]";
	let [x, y, z] = list(value, at, expected)? else {
		return Err(JsonError::Shape { at: String::from(at), expected });
	};
	let coordinates = [word(x, &format!("{at}[0]"))?, word(y, &format!("{at}[1]"))?];
	affine(coordinates.concat(), &[word(z, &format!("{at}[2]"))?], at)
}

/// A point of G2 on the wire, imaginary part first.
fn g2(value: &Value, at: &str) -> Result<Vec<u8>, JsonError> {
	let expected = "a point [[x0, x1], [y0, y1], [\"1\", \"0\"]]";
	let shape = || JsonError::Shape { at: String::from(at), expected };
	let mut words = Vec::new();
	for (outer, pair) in list(value, at, expected)?.iter().enumerate() {
		let [real, imaginary] = list(pair, &format!("{at}[{outer}]"), "two numbers")? else {
			return Err(shape());
		};
		words.push(word(imaginary, &format!("{at}[{outer}][1]"))?);
		words.push(word(real, &format!("{at}[{outer}][0]"))?);
	}
	let [x1, x0, y1, y0, z1, z0] = words.as_slice() else { return Err(shape()) };
	affine([*x1, *x0, *y1, *y0].concat(), &[*z1, *z0], at)
}

/// The coordinates if the last one is one, and zeros, the identity on the wire, if it is zero.
fn affine(coordinates: Vec<u8>, last: &[[u8; 32]], at: &str) -> Result<Vec<u8>, JsonError> {
	let significant: Vec<u8> = last.concat().into_iter().skip_while(|byte| *byte == 0).collect();
	match significant.as_slice() {
		[1] => Ok(coordinates),
		[] => Ok(coordinates.iter().map(|_| 0).collect()),
		_ => Err(JsonError::NotAffine { at: String::from(at) }),
	}
}

/// The big-endian word of a decimal string.
fn word(value: &Value, at: &str) -> Result<[u8; 32], JsonError> {
	let not_decimal = || JsonError::NotDecimal { at: String::from(at) };
	let too_large = || JsonError::TooLarge { at: String::from(at) };
	let text = value.as_str().ok_or_else(not_decimal)?;
	let plain =
		text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
	if !plain {
		return Err(not_decimal());
	}
	// 2²⁵⁶ has 78 digits; longer ones would take long to read.
	if text.len() > 78 {
		return Err(too_large());
	}
	let number = BigUint::parse_bytes(text.as_bytes(), 10).ok_or_else(not_decimal)?;
	let bytes = number.to_bytes_be();
	if bytes.len() > 32 {
		return Err(too_large());
	}
	let mut word = [0; 32];
	for (place, byte) in word.iter_mut().rev().zip(bytes.iter().rev()) {
		*place = *byte;
	}
	Ok(word)
}
