//! Weights beside a file are taken into it byte by byte, nothing else changes, and what is not theirs to take is refused.

use super::{pack, ExternalError};
use prost::Message;
use std::{fs, path::Path};
use tempfile::TempDir;

#[derive(Clone, PartialEq, Message)]
struct Model {
	#[prost(int64, tag = "1")]
	ir_version: i64,
	#[prost(string, tag = "2")]
	producer: String,
	#[prost(message, optional, tag = "7")]
	graph: Option<Graph>,
}

#[derive(Clone, PartialEq, Message)]
struct Graph {
	#[prost(message, repeated, tag = "1")]
	node: Vec<Node>,
	#[prost(string, tag = "2")]
	name: String,
	#[prost(message, repeated, tag = "5")]
	initializer: Vec<Tensor>,
}

#[derive(Clone, PartialEq, Message)]
struct Node {
	#[prost(string, tag = "4")]
	op: String,
	#[prost(message, repeated, tag = "5")]
	attribute: Vec<Attribute>,
}

#[derive(Clone, PartialEq, Message)]
struct Attribute {
	#[prost(string, tag = "1")]
	name: String,
	#[prost(message, optional, tag = "5")]
	tensor: Option<Tensor>,
	#[prost(message, optional, boxed, tag = "6")]
	graph: Option<Box<Graph>>,
}

#[derive(Clone, PartialEq, Message)]
struct Tensor {
	#[prost(int64, repeated, tag = "1")]
	dims: Vec<i64>,
	#[prost(int32, tag = "2")]
	data_type: i32,
	#[prost(string, tag = "8")]
	name: String,
	#[prost(bytes = "vec", optional, tag = "9")]
	raw_data: Option<Vec<u8>>,
	#[prost(message, repeated, tag = "13")]
	external: Vec<Entry>,
	#[prost(int32, optional, tag = "14")]
	location: Option<i32>,
}

#[derive(Clone, PartialEq, Message)]
struct Entry {
	#[prost(string, tag = "1")]
	key: String,
	#[prost(string, tag = "2")]
	value: String,
}

/// A tensor of 32-bit floats whose data is in `entries`.
fn external(name: &str, dims: &[i64], entries: &[(&str, &str)]) -> Tensor {
	let entry = |(key, value): &(&str, &str)| Entry { key: (*key).into(), value: (*value).into() };
	Tensor {
		dims: dims.to_vec(),
		data_type: 1,
		name: name.into(),
		raw_data: None,
		external: entries.iter().map(entry).collect(),
		location: Some(1),
	}
}

fn with_data(tensor: &Tensor, data: &[u8]) -> Tensor {
	Tensor { raw_data: Some(data.to_vec()), external: vec![], location: None, ..tensor.clone() }
}

fn model(initializer: Vec<Tensor>, node: Vec<Node>) -> Model {
	let graph = Graph { node, name: "graph".into(), initializer };
	Model { ir_version: 10, producer: "opg".into(), graph: Some(graph) }
}

fn packed(model: &Model, folder: &Path) -> Result<Option<Vec<u8>>, ExternalError> {
	let onnx = model.encode_to_vec();
	let packed = pack(&onnx, folder)?;
	Ok(packed.map(|packed| {
		let mut bytes = Vec::new();
		packed.write(&onnx, &mut bytes).unwrap();
		assert_eq!(bytes.len() as u64, packed.size());
		bytes
	}))
}

fn refused(tensor: Tensor, folder: &Path) -> ExternalError {
	packed(&model(vec![tensor], vec![]), folder).unwrap_err()
}

/// A folder with `weights.bin`, whose byte i is i modulo 251.
fn folder(size: usize) -> (TempDir, Vec<u8>) {
	let folder = TempDir::new().unwrap();
	let bytes: Vec<u8> = (0..size).map(|index| (index % 251) as u8).collect();
	fs::write(folder.path().join("weights.bin"), &bytes).unwrap();
	(folder, bytes)
}

#[test]
fn a_file_without_external_data_stays_as_it_is() {
	let (folder, _) = folder(0);
	let inline = with_data(&external("w", &[1], &[]), &[0; 4]);
	assert_eq!(packed(&model(vec![inline], vec![]), folder.path()), Ok(None));
	assert_eq!(pack(b"", folder.path()), Ok(None));
}

#[test]
fn weights_of_many_megabytes_come_into_the_file_and_nothing_else_changes() {
	let (folder, bytes) = folder(40 << 20);
	fs::create_dir(folder.path().join("more")).unwrap();
	fs::write(folder.path().join("more/b"), [7; 8]).unwrap();
	let half = (20 << 20).to_string();
	let first = external("w", &[5 << 20], &[("location", "weights.bin"), ("length", &half)]);
	let second =
		external("v", &[1_024, 5 << 10], &[("location", "weights.bin"), ("offset", &half)]);
	let third = external("b", &[2], &[("location", "more/b"), ("checksum", "?")]);
	let inline = with_data(&external("i", &[1], &[]), &[1, 2, 3, 4]);
	let body = Graph { node: vec![], name: "body".into(), initializer: vec![third.clone()] };
	let node = Node {
		op: "Loop".into(),
		attribute: vec![
			Attribute { name: "body".into(), tensor: None, graph: Some(Box::new(body.clone())) },
			Attribute { name: "value".into(), tensor: Some(third.clone()), graph: None },
		],
	};
	let onnx = model(vec![first.clone(), inline.clone(), second.clone()], vec![node.clone()]);
	let found = Model::decode(&*packed(&onnx, folder.path()).unwrap().unwrap()).unwrap();
	let (low, high) = bytes.split_at(20 << 20);
	let third = with_data(&third, &[7; 8]);
	let body = Graph { initializer: vec![third.clone()], ..body };
	let node = Node {
		attribute: vec![
			Attribute { name: "body".into(), tensor: None, graph: Some(Box::new(body)) },
			Attribute { name: "value".into(), tensor: Some(third), graph: None },
		],
		..node
	};
	let expected =
		model(vec![with_data(&first, low), inline, with_data(&second, high)], vec![node]);
	assert!(found == expected, "it is the same model with its weights inside");
}

#[test]
fn files_elsewhere_are_not_taken() {
	let (folder, _) = folder(4);
	let outside = TempDir::new().unwrap();
	fs::write(outside.path().join("secret"), [1; 4]).unwrap();
	let absolute = outside.path().join("secret").to_string_lossy().into_owned();
	std::os::unix::fs::symlink(&absolute, folder.path().join("link")).unwrap();
	for location in ["../secret", "a/../../secret", &absolute, "link", ""] {
		let error = refused(external("w", &[1], &[("location", location)]), folder.path());
		assert!(matches!(error, ExternalError::Elsewhere { .. }), "{location}: {error}");
	}
}

#[test]
fn what_is_missing_too_short_or_of_another_length_is_named() {
	let (folder, _) = folder(100);
	let refused = |dims: &[i64], entries: &[(&str, &str)]| {
		self::refused(external("w", dims, entries), folder.path())
	};
	let at = ("location", "weights.bin");
	assert!(matches!(refused(&[1], &[]), ExternalError::NoLocation { .. }));
	assert!(matches!(refused(&[1], &[("location", "none.bin")]), ExternalError::Unreadable { .. }));
	assert!(matches!(refused(&[1], &[("location", ".")]), ExternalError::Unreadable { .. }));
	for entries in [
		[at, ("offset", "101"), ("length", "4")],
		[at, ("offset", "98"), ("length", "4")],
		[at, ("offset", "18446744073709551615"), ("length", "4")],
	] {
		assert!(matches!(refused(&[1], &entries), ExternalError::Unreadable { .. }));
	}
	let error = refused(&[2, 3], &[at, ("length", "20")]);
	let expected = ExternalError::WrongLength { tensor: "w".into(), expected: 24, found: 20 };
	assert_eq!(error, expected);
	assert_eq!(refused(&[25], &[at, ("offset", "-1")]), ExternalError::NotAModel);
}

#[test]
fn a_file_that_would_be_longer_than_protobuf_allows_is_refused_before_it_is_written() {
	let folder = TempDir::new().unwrap();
	let sparse = fs::File::create(folder.path().join("huge")).unwrap();
	sparse.set_len(1 << 30).unwrap();
	let half = external("w", &[1 << 28], &[("location", "huge")]);
	let error = packed(&model(vec![half.clone(), half], vec![]), folder.path()).unwrap_err();
	assert!(matches!(error, ExternalError::TooLarge(size) if size > 1 << 31));
}

#[test]
fn bytes_that_are_no_protobuf_are_refused_and_never_trusted() {
	let (folder, _) = folder(8);
	let onnx = model(vec![external("w", &[2], &[("location", "weights.bin")])], vec![]);
	let whole = onnx.encode_to_vec();
	assert!(pack(&whole, folder.path()).unwrap().is_some());
	for cut in 1..whole.len() {
		// Whatever comes of a file that was cut off, it comes without a panic.
		let _ = pack(&whole[..cut], folder.path());
	}
	for nonsense in [&[0xff; 64][..], &[0x3a, 0xff, 0xff, 0xff, 0x7f], &[0x0b]] {
		assert_eq!(pack(nonsense, folder.path()), Err(ExternalError::NotAModel));
	}
	let mut deep = Graph::default();
	for _ in 0..200 {
		let attribute =
			Attribute { name: "body".into(), tensor: None, graph: Some(Box::new(deep)) };
		let node = Node { op: "If".into(), attribute: vec![attribute] };
		deep = Graph { node: vec![node], ..Graph::default() };
	}
	let onnx = Model { graph: Some(deep), ..Model::default() }.encode_to_vec();
	assert_eq!(pack(&onnx, folder.path()), Err(ExternalError::NotAModel));
}
