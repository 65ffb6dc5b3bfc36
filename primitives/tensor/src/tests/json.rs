//! JSON: what is read, what is refused and where, and what is written.

use super::tensor_of;
use crate::{
	from_json, to_json,
	Dimension::{self, *},
	ElementType, JsonError, Tensor,
};
use proptest::prelude::*;
use serde_json::{json, Value};

type Port = (String, ElementType, Vec<Dimension>);

fn port(name: &str, element: ElementType, shape: &[Dimension]) -> Port {
	(name.to_string(), element, shape.to_vec())
}

fn read_one(value: Value, element: ElementType, shape: &[Dimension]) -> Result<Tensor, JsonError> {
	from_json(&value, &[port("x", element, shape)]).map(|mut tensors| tensors.remove(0))
}

fn refusal(value: Value, element: ElementType, shape: &[Dimension]) -> String {
	read_one(value, element, shape).unwrap_err().to_string()
}

#[test]
fn is_read_by_input_name_in_the_order_of_the_ports() {
	let ports = [
		port("ids", ElementType::Int64, &[Any, Fixed(2)]),
		port("scale", ElementType::Float32, &[]),
		port("words", ElementType::String, &[Any]),
		port("mask", ElementType::Bool, &[Fixed(2)]),
	];
	let value = json!({
		"mask": [true, false], "words": ["a", "bé"], "scale": 0.5, "ids": [[1, -2], [3, 4], [5, 6]],
	});
	let expected = [
		Tensor::from_i64(&[3, 2], &[1, -2, 3, 4, 5, 6]).unwrap(),
		Tensor::from_f32(&[], &[0.5]).unwrap(),
		Tensor::from_strings(&[2], &["a", "bé"]).unwrap(),
		Tensor::new(ElementType::Bool, vec![2], vec![1, 0]).unwrap(),
	];
	assert_eq!(from_json(&value, &ports).unwrap(), expected);
}

#[test]
fn may_be_bare_for_a_model_of_one_input() {
	let tensor = read_one(json!([1, 2.5]), ElementType::Float32, &[Any]).unwrap();
	assert_eq!(tensor.as_f32(), Some(vec![1.0, 2.5]));
	let ports = [port("x", ElementType::Int8, &[]), port("y", ElementType::Int8, &[])];
	let error = from_json(&json!([1]), &ports).unwrap_err();
	assert_eq!(error.to_string(), "give a JSON object with one value for each input: `x`, `y`");
}

#[test]
fn is_reshaped_from_a_flat_array_where_every_dimension_is_fixed() {
	let tensor = read_one(json!([1, 2, 3, 4]), ElementType::Int64, &[Fixed(2), Fixed(2)]).unwrap();
	assert_eq!(tensor, Tensor::from_i64(&[2, 2], &[1, 2, 3, 4]).unwrap());
	let tensor = read_one(json!(7), ElementType::Int64, &[Fixed(1)]).unwrap();
	assert_eq!(tensor, Tensor::from_i64(&[1], &[7]).unwrap());
	assert_eq!(
		refusal(json!([1, 2, 3]), ElementType::Int64, &[Fixed(2), Fixed(2)]),
		"the input `x` has shape [3], but the model takes [2, 2]"
	);
	assert_eq!(
		refusal(json!([1, 2]), ElementType::Int64, &[Any, Fixed(2)]),
		"the input `x` has shape [2], but the model takes [?, 2]"
	);
}

#[test]
fn is_empty_where_a_dimension_may_be() {
	let empty = |shape: &[Dimension]| read_one(json!([]), ElementType::Int64, shape);
	assert_eq!(empty(&[Any]).unwrap().shape, [0]);
	assert_eq!(empty(&[Any, Fixed(4)]).unwrap().shape, [0, 4]);
	assert_eq!(empty(&[Fixed(2), Any]).unwrap().shape, [2, 0]);
	assert!(empty(&[Fixed(2)]).is_err());
	assert!(empty(&[]).is_err());
	let nested = read_one(json!([[], []]), ElementType::Int64, &[Any, Any]).unwrap();
	assert_eq!(nested.shape, [2, 0]);
}

#[test]
fn says_where_arrays_are_ragged() {
	let any = [Any, Any];
	assert_eq!(
		refusal(json!([[1, 2], [3]]), ElementType::Int64, &any),
		"the arrays are ragged: `x[1]` is an array of length 1, where others are arrays of length 2"
	);
	assert_eq!(
		refusal(json!([[1, 2], 3]), ElementType::Int64, &any),
		"the arrays are ragged: `x[1]` is 3, where others are arrays of length 2"
	);
	assert_eq!(
		refusal(json!([1, [2]]), ElementType::Int64, &any),
		"the arrays are ragged: `x[1]` is an array of length 1, where others are single elements"
	);
	assert!(read_one(json!([[], [1]]), ElementType::Int64, &any).is_err());
	assert!(read_one(json!([[], 1]), ElementType::Int64, &any).is_err());
}

#[test]
fn says_which_inputs_are_missing_or_unknown() {
	let ports = [port("x", ElementType::Int8, &[])];
	let error = from_json(&json!({}), &ports).unwrap_err();
	assert_eq!(error.to_string(), "the input `x` is missing");
	let error = from_json(&json!({ "x": 1, "z": 1 }), &ports).unwrap_err();
	assert_eq!(error.to_string(), "the model has no input `z`; its inputs are `x`");
}

#[test]
fn says_where_a_value_is_of_another_type() {
	assert_eq!(
		refusal(json!([1, null]), ElementType::Float32, &[Any]),
		"`x[1]` is null, but the input takes float32"
	);
	for (value, element) in [
		(json!(1.5), ElementType::Int64),
		(json!(1), ElementType::Bool),
		(json!(true), ElementType::Uint8),
		(json!("one"), ElementType::Float32),
		(json!(1), ElementType::String),
	] {
		assert!(matches!(read_one(value, element, &[]), Err(JsonError::Value { .. })));
	}
	let object = from_json(&json!({ "x": {} }), &[port("x", ElementType::Int8, &[])]);
	assert!(matches!(object, Err(JsonError::Value { .. })));
}

#[test]
fn holds_numbers_to_the_range_of_their_element_type() {
	let ranges = [
		(ElementType::Int8, json!(-128), json!(-129)),
		(ElementType::Int8, json!(127), json!(128)),
		(ElementType::Int16, json!(32767), json!(32768)),
		(ElementType::Int32, json!(-2147483648i64), json!(2147483648i64)),
		(ElementType::Int64, json!(i64::MIN), json!(u64::MAX)),
		(ElementType::Uint8, json!(255), json!(256)),
		(ElementType::Uint16, json!(65535), json!(-1)),
		(ElementType::Uint32, json!(u32::MAX), json!(1u64 << 32)),
		(ElementType::Uint64, json!(u64::MAX), json!(-1)),
		(ElementType::Float16, json!(65504), json!(65520)),
		(ElementType::Float32, json!(3.4e38), json!(3.5e38)),
		(ElementType::BFloat16, json!(-3.3e38), json!(-3.4e38)),
	];
	for (element, fits, exceeds) in ranges {
		let tensor = read_one(fits.clone(), element, &[]).unwrap();
		if !element.is_float() {
			assert_eq!(to_json(&[tensor], &["x".to_string()]), json!({ "x": fits }));
		}
		let error = read_one(exceeds, element, &[]);
		assert!(matches!(error, Err(JsonError::OutOfRange { .. })), "{element}");
	}
}

#[test]
fn is_nested_at_most_eight_deep() {
	let nested = |depth| (0..depth).fold(json!(1), |inner, _| json!([inner]));
	assert!(read_one(nested(8), ElementType::Int64, &[Any; 8]).is_ok());
	let error = read_one(nested(9), ElementType::Int64, &[Any; 9]);
	assert!(matches!(error, Err(JsonError::TooDeep { .. })));
}

#[test]
fn is_written_nested_with_the_shortest_floats() {
	let tensors = [
		Tensor::from_f32(&[2, 2], &[0.1, -1.0, 16777216.0, 1e-7]).unwrap(),
		Tensor::from_strings(&[1], &["é"]).unwrap(),
		Tensor::new(ElementType::Bool, vec![], vec![1]).unwrap(),
		Tensor::new(ElementType::Uint8, vec![0, 5], vec![]).unwrap(),
	];
	let names = ["a", "b", "c"].map(String::from);
	let written = to_json(&tensors, &names).to_string();
	assert_eq!(written, r#"{"3":[],"a":[[0.1,-1.0],[16777216.0,1e-7]],"b":["é"],"c":true}"#);
}

#[test]
fn is_null_for_unsound_tensors_and_short_for_long_empty_ones() {
	let unsound = Tensor { element: ElementType::Int8, shape: vec![4], data: vec![] };
	let empty = Tensor { element: ElementType::Int8, shape: vec![u32::MAX, 0], data: vec![] };
	let written = to_json(&[unsound, empty], &[]);
	assert_eq!(written, json!({ "0": null, "1": [] }));
}

#[test]
fn has_words_for_nan_and_the_infinities() {
	let values = [f32::INFINITY, f32::NEG_INFINITY, f32::NAN];
	let tensor = Tensor::from_f32(&[3], &values).unwrap();
	let written = to_json(core::slice::from_ref(&tensor), &["x".to_string()]);
	assert_eq!(written, json!({ "x": ["Infinity", "-Infinity", "NaN"] }));
	assert_eq!(from_json(&written, &[port("x", ElementType::Float32, &[Any])]).unwrap(), [tensor]);
}

fn is_nan(element: ElementType, bytes: &[u8]) -> bool {
	let mut infinities = [0x7c00u16, 0x7f80].map(|bits| bits.to_le_bytes().to_vec()).to_vec();
	infinities.push(f32::INFINITY.to_le_bytes().to_vec());
	infinities.push(f64::INFINITY.to_le_bytes().to_vec());
	let mut positive = bytes.to_vec();
	*positive.last_mut().unwrap() &= 0x7f;
	element.is_float()
		&& crate::number::Number::from_element(element, bytes).is_none()
		&& !infinities.contains(&positive)
}

proptest! {
	#[test]
	fn gives_back_every_tensor_that_was_written(
		tensor in (super::element_types(), proptest::collection::vec(1u32..4, 0..4))
			.prop_flat_map(|(element, shape)| tensor_of(element, shape)),
	) {
		let plain = tensor.element.size().is_none_or(|size| {
			tensor.data.chunks(size).all(|bytes| !is_nan(tensor.element, bytes))
		});
		prop_assume!(plain);
		let any = vec![Any; tensor.shape.len()];
		let written = to_json(core::slice::from_ref(&tensor), &["x".to_string()]);
		let read = from_json(&written, &[("x".to_string(), tensor.element, any)]);
		prop_assert_eq!(read, Ok(vec![tensor]));
	}
}
