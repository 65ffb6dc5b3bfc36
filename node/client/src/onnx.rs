//! What an ONNX file says of its inputs and outputs; nothing of the model is run.

use crate::ports::{port, SyntaxError};
use opg_primitives::Port;
use opg_tensor::{Dimension, ElementType};
use prost::Message;
use std::collections::HashSet;

/// Why the ports of an ONNX file could not be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum OnnxError {
	/// The bytes are no `ModelProto` with a graph.
	#[error("it is not an ONNX model")]
	NotAModel,
	/// A sequence, map or the like.
	#[error("`{port}` is not a tensor, and only tensors can be asked and answered")]
	NotATensor {
		/// The port.
		port: String,
	},
	/// An element type the chain does not carry.
	#[error("`{port}` has ONNX element type {element}, which the chain does not carry")]
	Element {
		/// The port.
		port: String,
		/// ONNX's number for it.
		element: i32,
	},
	/// The file does not say how many axes a port has.
	#[error("the file does not say what shape `{port}` has: say it with --inputs or --outputs")]
	NoShape {
		/// The port.
		port: String,
	},
	/// A port that the chain cannot hold.
	#[error(transparent)]
	Port(#[from] SyntaxError),
}

/// A model's inputs and outputs, in the file's order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Signature {
	/// What the caller gives: the graph's inputs that no initializer fills.
	pub(crate) inputs: Result<Vec<Port>, OnnxError>,
	/// What comes back.
	pub(crate) outputs: Result<Vec<Port>, OnnxError>,
}

/// Reads the ports of an ONNX file. Inputs and outputs may be wrong each on its own, so that the
/// caller can say the one and leave the other to the file.
pub(crate) fn read(bytes: &[u8]) -> Result<Signature, OnnxError> {
	let model = ModelProto::decode(bytes).map_err(|_| OnnxError::NotAModel)?;
	let graph = model.graph.ok_or(OnnxError::NotAModel)?;
	if graph.output.is_empty() {
		return Err(OnnxError::NotAModel);
	}
	let sparse = graph.sparse_initializer.iter().filter_map(|sparse| sparse.values.as_ref());
	let filled: HashSet<&str> =
		graph.initializer.iter().chain(sparse).map(|tensor| tensor.name.as_str()).collect();
	let given = graph.input.iter().filter(|value| !filled.contains(value.name.as_str()));
	Ok(Signature {
		inputs: given.map(read_port).collect(),
		outputs: graph.output.iter().map(read_port).collect(),
	})
}

fn read_port(value: &ValueInfoProto) -> Result<Port, OnnxError> {
	let name = || value.name.clone();
	let tensor = value
		.r#type
		.as_ref()
		.and_then(|kind| kind.tensor_type.as_ref())
		.ok_or_else(|| OnnxError::NotATensor { port: name() })?;
	let element = read_element(tensor.elem_type)
		.ok_or_else(|| OnnxError::Element { port: name(), element: tensor.elem_type })?;
	let shape = tensor.shape.as_ref().ok_or_else(|| OnnxError::NoShape { port: name() })?;
	let shape = shape.dim.iter().map(read_dimension).collect();
	Ok(port(&value.name, element, shape)?)
}

fn read_dimension(dimension: &DimensionProto) -> Dimension {
	let length = dimension.dim_value.and_then(|length| u32::try_from(length).ok());
	match length {
		Some(length) if length > 0 => Dimension::Fixed(length),
		_ => Dimension::Any,
	}
}

fn read_element(number: i32) -> Option<ElementType> {
	Some(match number {
		1 => ElementType::Float32,
		2 => ElementType::Uint8,
		3 => ElementType::Int8,
		4 => ElementType::Uint16,
		5 => ElementType::Int16,
		6 => ElementType::Int32,
		7 => ElementType::Int64,
		8 => ElementType::String,
		9 => ElementType::Bool,
		10 => ElementType::Float16,
		11 => ElementType::Float64,
		12 => ElementType::Uint32,
		13 => ElementType::Uint64,
		16 => ElementType::BFloat16,
		_ => return None,
	})
}

// The parts of onnx.proto that are needed; protobuf skips fields that are not declared.

#[derive(Clone, PartialEq, Message)]
struct ModelProto {
	#[prost(message, optional, tag = "7")]
	graph: Option<GraphProto>,
}

#[derive(Clone, PartialEq, Message)]
struct GraphProto {
	#[prost(message, repeated, tag = "5")]
	initializer: Vec<TensorProto>,
	#[prost(message, repeated, tag = "11")]
	input: Vec<ValueInfoProto>,
	#[prost(message, repeated, tag = "12")]
	output: Vec<ValueInfoProto>,
	#[prost(message, repeated, tag = "15")]
	sparse_initializer: Vec<SparseTensorProto>,
}

#[derive(Clone, PartialEq, Message)]
struct TensorProto {
	#[prost(string, tag = "8")]
	name: String,
}

#[derive(Clone, PartialEq, Message)]
struct SparseTensorProto {
	#[prost(message, optional, tag = "1")]
	values: Option<TensorProto>,
}

#[derive(Clone, PartialEq, Message)]
struct ValueInfoProto {
	#[prost(string, tag = "1")]
	name: String,
	#[prost(message, optional, tag = "2")]
	r#type: Option<TypeProto>,
}

#[derive(Clone, PartialEq, Message)]
struct TypeProto {
	#[prost(message, optional, tag = "1")]
	tensor_type: Option<TensorTypeProto>,
}

#[derive(Clone, PartialEq, Message)]
struct TensorTypeProto {
	#[prost(int32, tag = "1")]
	elem_type: i32,
	#[prost(message, optional, tag = "2")]
	shape: Option<ShapeProto>,
}

#[derive(Clone, PartialEq, Message)]
struct ShapeProto {
	#[prost(message, repeated, tag = "1")]
	dim: Vec<DimensionProto>,
}

#[derive(Clone, PartialEq, Message)]
struct DimensionProto {
	#[prost(int64, optional, tag = "1")]
	dim_value: Option<i64>,
}

#[cfg(test)]
mod tests {
	use super::{
		read, DimensionProto, GraphProto, ModelProto, OnnxError, ShapeProto, TensorProto,
		TensorTypeProto, TypeProto, ValueInfoProto,
	};
	use crate::ports::show_ports;
	use prost::Message;

	// y = x + w with x float32["n", 2], w an initializer that is also listed as an input, and y
	// float32["n", 2]; laid out as protoc writes onnx.proto, with fields that are not read.
	const ADD: &str = concat!(
		"080812036f7067",                               // IR 8, by "opg"
		"3a65",                                         // the graph
		"0a0e0a01780a01771201792203416464",             // node: x, w -> y, "Add"
		"1203616464",                                   // name: "add"
		"2a11080210014a080000803f00000040420177",       // initializer w
		"5a140a0178120f0a0d080112090a0312016e0a020802", // input x
		"5a0f0a0177120a0a08080112040a020802",           // input w
		"62140a0179120f0a0d080112090a0312016e0a020802", // output y
		"4202100d",                                     // opset 13
	);

	fn value(name: &str, elem_type: i32, dims: Option<&[Option<i64>]>) -> ValueInfoProto {
		let shape = dims.map(|dims| ShapeProto {
			dim: dims.iter().map(|dim_value| DimensionProto { dim_value: *dim_value }).collect(),
		});
		let tensor_type = Some(TensorTypeProto { elem_type, shape });
		ValueInfoProto { name: name.into(), r#type: Some(TypeProto { tensor_type }) }
	}

	fn file(input: Vec<ValueInfoProto>, output: Vec<ValueInfoProto>) -> Vec<u8> {
		let initializer = vec![TensorProto { name: "weights".into() }];
		let graph = GraphProto { initializer, input, output, sparse_initializer: Vec::new() };
		ModelProto { graph: Some(graph) }.encode_to_vec()
	}

	#[test]
	fn ports_are_read_from_a_file_and_weights_are_none() {
		let signature = read(&hex::decode(ADD).unwrap()).unwrap();
		assert_eq!(show_ports(&signature.inputs.unwrap()), "x:float32[?,2]");
		assert_eq!(show_ports(&signature.outputs.unwrap()), "y:float32[?,2]");
	}

	#[test]
	fn a_dimension_without_a_length_is_any() {
		let dims = [None, Some(-1), Some(0), Some(3), Some(1 << 40)];
		let bytes = file(vec![value("x", 7, Some(&dims))], vec![value("y", 9, Some(&[]))]);
		let signature = read(&bytes).unwrap();
		assert_eq!(show_ports(&signature.inputs.unwrap()), "x:int64[?,?,?,3,?]");
		assert_eq!(show_ports(&signature.outputs.unwrap()), "y:bool[]");
	}

	#[test]
	fn what_the_chain_cannot_carry_is_named() {
		let bytes = file(vec![value("z", 14, Some(&[]))], vec![value("y", 1, None)]);
		let signature = read(&bytes).unwrap();
		assert_eq!(signature.inputs, Err(OnnxError::Element { port: "z".into(), element: 14 }));
		assert_eq!(signature.outputs, Err(OnnxError::NoShape { port: "y".into() }));
		let list = ValueInfoProto { name: "l".into(), r#type: Some(TypeProto::default()) };
		let signature = read(&file(vec![], vec![list])).unwrap();
		assert_eq!(signature.outputs, Err(OnnxError::NotATensor { port: "l".into() }));
	}

	#[test]
	fn other_files_are_no_models() {
		assert_eq!(read(b""), Err(OnnxError::NotAModel));
		assert_eq!(read(b"# a text"), Err(OnnxError::NotAModel));
		assert_eq!(read(&[0xff; 64]), Err(OnnxError::NotAModel));
	}
}
