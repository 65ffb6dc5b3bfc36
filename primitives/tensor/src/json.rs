//! Tensors from JSON as people write it, and to JSON as they read it: nested arrays.
//!
//! JSON has no NaN and no infinities: they are the strings `"NaN"`, `"Infinity"` and
//! `"-Infinity"`, both ways. An empty tensor is `[]`.

use crate::{
	number::{little_endian, Format, Number, FLOAT32, FLOAT64},
	tensor::{product, push_string},
	Dimension, ElementType, Tensor, TensorError, MAX_RANK,
};
use alloc::{
	format,
	string::{String, ToString},
	vec,
	vec::Vec,
};
use core::fmt;
use serde_json::{Map, Value};

/// Why JSON is not what a model takes; `at` is a place such as `pixels[2][0]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum JsonError {
	/// Neither an object, nor a bare value for a model of one input.
	NotAnObject {
		/// The names of the model's inputs.
		inputs: Vec<String>,
	},
	/// The object lacks an input.
	MissingInput {
		/// The input's name.
		name: String,
	},
	/// The object has a key that is no input.
	UnknownInput {
		/// The key.
		name: String,
		/// The names of the model's inputs.
		inputs: Vec<String>,
	},
	/// Arrays side by side are not of the same length and depth.
	Ragged {
		/// Where.
		at: String,
		/// What is there.
		got: String,
		/// What those before it are.
		expected: String,
	},
	/// Arrays are nested more than [`MAX_RANK`] deep.
	TooDeep {
		/// Where.
		at: String,
	},
	/// A value is not of the input's element type.
	Value {
		/// Where.
		at: String,
		/// What is there.
		got: String,
		/// What the input takes.
		element: ElementType,
	},
	/// A number is beyond what the input's element type holds.
	OutOfRange {
		/// Where.
		at: String,
		/// The number.
		got: String,
		/// What the input takes.
		element: ElementType,
	},
	/// The shape is not the one declared.
	Shape {
		/// The input's name.
		name: String,
		/// The shape of the arrays.
		got: Vec<u32>,
		/// The shape declared.
		expected: Vec<Dimension>,
	},
	/// The tensor that results is not sound.
	Tensor {
		/// The input's name.
		name: String,
		/// What is wrong with it.
		error: TensorError,
	},
}

impl fmt::Display for JsonError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::NotAnObject { inputs } => {
				write!(f, "give a JSON object with one value for each input: {}", listed(inputs))
			},
			Self::MissingInput { name } => write!(f, "the input `{name}` is missing"),
			Self::UnknownInput { name, inputs } => {
				write!(f, "the model has no input `{name}`; its inputs are {}", listed(inputs))
			},
			Self::Ragged { at, got, expected } => {
				write!(f, "the arrays are ragged: `{at}` is {got}, where others are {expected}")
			},
			Self::TooDeep { at } => {
				write!(f, "`{at}` is nested too deep: at most {MAX_RANK} axes are allowed")
			},
			Self::Value { at, got, element } => {
				write!(f, "`{at}` is {got}, but the input takes {element}")
			},
			Self::OutOfRange { at, got, element } => {
				write!(f, "`{at}` is {got}, which is out of range for {element}")
			},
			Self::Shape { name, got, expected } => {
				let (got, expected) = (bracketed(got), bracketed(expected));
				write!(f, "the input `{name}` has shape {got}, but the model takes {expected}")
			},
			Self::Tensor { name, error } => write!(f, "the input `{name}`: {error}"),
		}
	}
}

impl core::error::Error for JsonError {}

fn listed(names: &[String]) -> String {
	if names.is_empty() {
		return String::from("none");
	}
	names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn bracketed<T: fmt::Display>(shape: &[T]) -> String {
	let lengths: Vec<_> = shape.iter().map(T::to_string).collect();
	format!("[{}]", lengths.join(", "))
}

/// The tensors for `ports` (name, element type and shape of each input, in order).
///
/// `value` is an object keyed by input name, or for a model of one input also its value alone.
/// Values are scalars or nested arrays, whose nesting gives the shape; where every dimension is
/// fixed, a flat array of as many elements does as well. Floats are rounded to nearest.
pub fn from_json(
	value: &Value,
	ports: &[(String, ElementType, Vec<Dimension>)],
) -> Result<Vec<Tensor>, JsonError> {
	let inputs = || ports.iter().map(|(name, _, _)| name.clone()).collect();
	let object = match (value, ports) {
		(Value::Object(object), _) => object,
		(bare, [(name, element, dimensions)]) => {
			return Ok(vec![read_input(bare, name, *element, dimensions)?]);
		},
		_ => return Err(JsonError::NotAnObject { inputs: inputs() }),
	};
	for key in object.keys() {
		if !ports.iter().any(|(name, _, _)| name == key) {
			return Err(JsonError::UnknownInput { name: key.clone(), inputs: inputs() });
		}
	}
	ports
		.iter()
		.map(|(name, element, dimensions)| {
			let value =
				object.get(name).ok_or_else(|| JsonError::MissingInput { name: name.clone() })?;
			read_input(value, name, *element, dimensions)
		})
		.collect()
}

fn read_input(
	value: &Value,
	name: &str,
	element: ElementType,
	dimensions: &[Dimension],
) -> Result<Tensor, JsonError> {
	let mut reader = Reader {
		name,
		element,
		path: Vec::new(),
		shape: Vec::new(),
		data: Vec::new(),
		in_elements: false,
	};
	reader.read(value)?;
	let Reader { shape, data, .. } = reader;
	let shape = settle(&shape, dimensions).ok_or_else(|| JsonError::Shape {
		name: String::from(name),
		got: shape,
		expected: dimensions.to_vec(),
	})?;
	Tensor::new(element, shape, data)
		.map_err(|error| JsonError::Tensor { name: String::from(name), error })
}

/// The shape of a tensor whose arrays are nested as `nested`, if `dimensions` allow one.
fn settle(nested: &[u32], dimensions: &[Dimension]) -> Option<Vec<u32>> {
	let fits = nested.len() == dimensions.len()
		&& nested.iter().zip(dimensions).all(|(length, dimension)| match dimension {
			Dimension::Fixed(fixed) => length == fixed,
			Dimension::Any => true,
		});
	if fits {
		return Some(nested.to_vec());
	}
	let all_fixed = !dimensions.contains(&Dimension::Any);
	let flat = nested.len() <= 1 && (all_fixed || nested == [0]);
	// An axis of any length is empty here, as the flat array is.
	let shape: Vec<u32> = dimensions
		.iter()
		.map(|dimension| match dimension {
			Dimension::Fixed(fixed) => *fixed,
			Dimension::Any => 0,
		})
		.collect();
	(flat && product(&shape) == product(nested)).then_some(shape)
}

/// Walks nested arrays, inferring the shape and collecting the data.
struct Reader<'a> {
	name: &'a str,
	element: ElementType,
	path: Vec<usize>,
	shape: Vec<u32>,
	data: Vec<u8>,
	in_elements: bool,
}

impl Reader<'_> {
	fn read(&mut self, value: &Value) -> Result<(), JsonError> {
		let depth = self.path.len();
		let Value::Array(items) = value else {
			if let Some(length) = self.shape.get(depth) {
				return Err(self.ragged(value, array_of(*length)));
			}
			self.in_elements = true;
			return self.read_element(value);
		};
		let length = u32::try_from(items.len()).map_err(|_| self.out_of_range(value))?;
		match self.shape.get(depth) {
			Some(expected) if *expected == length => {},
			Some(expected) => return Err(self.ragged(value, array_of(*expected))),
			None if self.in_elements => {
				return Err(self.ragged(value, String::from("single elements")));
			},
			None if depth >= MAX_RANK => return Err(JsonError::TooDeep { at: self.place() }),
			None => self.shape.push(length),
		}
		for (index, item) in items.iter().enumerate() {
			self.path.push(index);
			self.read(item)?;
			self.path.pop();
		}
		Ok(())
	}

	fn read_element(&mut self, value: &Value) -> Result<(), JsonError> {
		if self.element == ElementType::String {
			let Value::String(text) = value else { return Err(self.not_element(value)) };
			return push_string(&mut self.data, text).map_err(|_| self.out_of_range(value));
		}
		let bits = match (self.element, value) {
			(ElementType::Bool, Value::Bool(bit)) => u64::from(*bit),
			(ElementType::Bool, _) => return Err(self.not_element(value)),
			(element, _) => match Format::of(element) {
				Some(format) => self.float_bits(value, format)?,
				None => self.integer_bits(value)?,
			},
		};
		let bytes = bits.to_le_bytes();
		self.data.extend(bytes.iter().take(self.element.size().unwrap_or(0)));
		Ok(())
	}

	fn float_bits(&self, value: &Value, format: Format) -> Result<u64, JsonError> {
		let number = match value {
			Value::String(text) => {
				return match text.as_str() {
					"NaN" => Ok(format.nan()),
					"Infinity" => Ok(format.infinity()),
					"-Infinity" => Ok(format.infinity() | format.sign()),
					_ => Err(self.not_element(value)),
				};
			},
			Value::Number(number) => {
				if let Some(whole) = number.as_u64() {
					Some(Number::new(false, whole, 0))
				} else if let Some(whole) = number.as_i64() {
					Some(Number::from_integer(whole))
				} else {
					number.as_f64().and_then(|real| Number::from_bits(real.to_bits(), FLOAT64))
				}
			},
			_ => return Err(self.not_element(value)),
		};
		number.and_then(|number| number.to_bits(format)).ok_or_else(|| self.out_of_range(value))
	}

	fn integer_bits(&self, value: &Value) -> Result<u64, JsonError> {
		let Value::Number(number) = value else { return Err(self.not_element(value)) };
		if number.is_f64() {
			return Err(self.not_element(value));
		}
		let bits = match self.element {
			ElementType::Int8 => number.as_i64().and_then(|n| Some(i8::try_from(n).ok()? as u64)),
			ElementType::Int16 => number.as_i64().and_then(|n| Some(i16::try_from(n).ok()? as u64)),
			ElementType::Int32 => number.as_i64().and_then(|n| Some(i32::try_from(n).ok()? as u64)),
			ElementType::Int64 => number.as_i64().map(|n| n as u64),
			ElementType::Uint8 => number.as_u64().filter(|n| u8::try_from(*n).is_ok()),
			ElementType::Uint16 => number.as_u64().filter(|n| u16::try_from(*n).is_ok()),
			ElementType::Uint32 => number.as_u64().filter(|n| u32::try_from(*n).is_ok()),
			_ => number.as_u64(),
		};
		bits.ok_or_else(|| self.out_of_range(value))
	}

	fn place(&self) -> String {
		let indices: String = self.path.iter().map(|index| format!("[{index}]")).collect();
		format!("{}{indices}", self.name)
	}

	fn ragged(&self, value: &Value, expected: String) -> JsonError {
		JsonError::Ragged { at: self.place(), got: described(value), expected }
	}

	fn not_element(&self, value: &Value) -> JsonError {
		JsonError::Value { at: self.place(), got: described(value), element: self.element }
	}

	fn out_of_range(&self, value: &Value) -> JsonError {
		JsonError::OutOfRange { at: self.place(), got: described(value), element: self.element }
	}
}

fn array_of(length: u32) -> String {
	format!("arrays of length {length}")
}

fn described(value: &Value) -> String {
	match value {
		Value::Null => String::from("null"),
		Value::Bool(bit) => bit.to_string(),
		Value::Number(number) => number.to_string(),
		Value::String(_) => String::from("a string"),
		Value::Array(items) => format!("an array of length {}", items.len()),
		Value::Object(_) => String::from("an object"),
	}
}

/// An object of nested arrays, one for each tensor, keyed by its name.
///
/// A tensor without a name is keyed by its place, one that is not sound is `null`. Floats have
/// the fewest digits that tell them apart.
pub fn to_json(tensors: &[Tensor], names: &[String]) -> Value {
	let mut object = Map::new();
	for (index, tensor) in tensors.iter().enumerate() {
		let name = names.get(index).cloned().unwrap_or_else(|| index.to_string());
		object.insert(name, write_tensor(tensor).unwrap_or(Value::Null));
	}
	Value::Object(object)
}

fn write_tensor(tensor: &Tensor) -> Option<Value> {
	tensor.validate().ok()?;
	// An empty tensor may still have an axis of billions, so its nesting is not written out.
	if tensor.shape.contains(&0) {
		return Some(Value::Array(Vec::new()));
	}
	match tensor.element.size() {
		None => nest(&tensor.shape, &mut tensor.as_strings()?.into_iter().map(Value::String)),
		Some(size) => {
			let mut elements =
				tensor.data.chunks_exact(size).map(|bytes| write_element(tensor.element, bytes));
			nest(&tensor.shape, &mut elements)
		},
	}
}

fn nest(shape: &[u32], elements: &mut dyn Iterator<Item = Value>) -> Option<Value> {
	let Some((length, inner)) = shape.split_first() else { return elements.next() };
	(0..*length).map(|_| nest(inner, elements)).collect::<Option<Vec<_>>>().map(Value::Array)
}

fn write_element(element: ElementType, bytes: &[u8]) -> Value {
	let bits = little_endian(bytes);
	match (element, Number::from_element(element, bytes)) {
		(ElementType::Bool, _) => Value::Bool(bits == 1),
		(ElementType::Float64, Some(_)) => Value::from(f64::from_bits(bits)),
		(_, Some(number)) if element.is_float() => write_short(number),
		(_, Some(number)) => {
			let magnitude = number.magnitude.wrapping_shl(number.exponent.unsigned_abs());
			if number.negative {
				Value::from(0i64.wrapping_sub_unsigned(magnitude))
			} else {
				Value::from(magnitude)
			}
		},
		(_, None) => Value::from(match Format::of(element) {
			Some(format) if bits == format.infinity() => "Infinity",
			Some(format) if bits == format.infinity() | format.sign() => "-Infinity",
			_ => "NaN",
		}),
	}
}

/// A number of 32 bits or fewer by the shortest decimal that a `float32` tells apart.
fn write_short(number: Number) -> Value {
	number
		.to_bits(FLOAT32)
		.and_then(|bits| u32::try_from(bits).ok())
		.and_then(|bits| f32::from_bits(bits).to_string().parse::<f64>().ok())
		.map_or(Value::Null, Value::from)
}
