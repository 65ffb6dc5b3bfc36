//! Inputs as people give them: JSON, a file of it, or a file with one request a line.

use crate::{
	connection::upload,
	error::{Error, Result},
	ports::{port_name, show_ports},
};
use opg_primitives::{Input, Port};
use opg_seal::{seal, PublicKey};
use opg_tensor::{encode, json::from_json, Dimension, ElementType};
use std::path::Path;

type Declared = Vec<(String, ElementType, Vec<Dimension>)>;

/// Encoded tensors for every request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Inputs {
	/// One input for each request.
	pub(crate) encoded: Vec<Vec<u8>>,
	/// Whether they came a line each, and so should the results.
	pub(crate) lines: bool,
}

/// Reads `given` (JSON or a file's name) for a model that takes `ports`.
///
/// Nothing is returned unless every input fits, so that a wrong line costs nothing.
pub(crate) fn read(given: &str, ports: &[Port]) -> Result<Inputs> {
	let path = Path::new(given);
	if !path.is_file() {
		// Who wrote a name meant a file; only what begins like JSON is judged as JSON.
		return match serde_json::from_str::<serde_json::Value>(given) {
			Err(_) if !given.trim_start().starts_with(['{', '[', '"']) => {
				Err(Error::NoInput(given.into()))
			},
			_ => Ok(Inputs { encoded: vec![encode_one(given, ports, None)?], lines: false }),
		};
	}
	let text =
		std::fs::read_to_string(path).map_err(|cause| Error::File { file: path.into(), cause })?;
	if path.extension().is_some_and(|extension| extension == "jsonl") {
		let encoded = encode_lines(&text, ports)?;
		return Ok(Inputs { encoded, lines: true });
	}
	Ok(Inputs { encoded: vec![encode_one(&text, ports, None)?], lines: false })
}

/// The input as a request carries it; one too long for that, or sealed for `readers`, goes to the stores of the nodes at `url` and
/// `others`.
pub(crate) async fn carried(
	encoded: &[u8],
	url: &str,
	others: &[String],
	readers: &[PublicKey],
) -> Result<Input> {
	if !readers.is_empty() {
		let sealed = seal(encoded, readers)?;
		return Ok(Input::Stored(upload(url, others, &sealed).await?));
	}
	match encoded.to_vec().try_into() {
		Ok(inline) => Ok(Input::Inline(inline)),
		Err(_) => Ok(Input::Stored(upload(url, others, encoded).await?)),
	}
}

fn encode_lines(text: &str, ports: &[Port]) -> Result<Vec<Vec<u8>>> {
	let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
	let encoded: Vec<_> = lines
		.map(|(index, line)| encode_one(line, ports, Some(index + 1)))
		.collect::<Result<_>>()?;
	if encoded.is_empty() {
		return Err(Error::EmptyInput);
	}
	Ok(encoded)
}

fn encode_one(text: &str, ports: &[Port], line: Option<usize>) -> Result<Vec<u8>> {
	let value = serde_json::from_str(text).map_err(|cause| Error::NotJson { line, cause })?;
	let declared: Declared =
		ports.iter().map(|port| (port_name(port), port.element, port.shape.to_vec())).collect();
	let tensors = from_json(&value, &declared).map_err(|cause| Error::Input {
		line,
		cause,
		ports: show_ports(ports),
	})?;
	Ok(encode(&tensors))
}

#[cfg(test)]
mod tests {
	use super::{encode_lines, read};
	use crate::{error::Error, ports::read_port};
	use opg_primitives::{model::read_tensors, Port};

	fn ports() -> [Port; 1] {
		[read_port("x:float32[?,2]").unwrap()]
	}

	#[test]
	fn json_on_the_command_line_is_one_input() {
		let inputs = read(r#"{"x": [[1, 2], [3, 4]]}"#, &ports()).unwrap();
		assert!(!inputs.lines);
		let tensors = read_tensors(&ports(), &inputs.encoded[0], usize::MAX).unwrap();
		assert_eq!(tensors[0].as_f32(), Some(vec![1.0, 2.0, 3.0, 4.0]));
		assert_eq!(read("[[1, 2], [3, 4]]", &ports()).unwrap(), inputs);
	}

	#[test]
	fn every_line_is_an_input_and_empty_lines_are_none() {
		let encoded = encode_lines("{\"x\":[[1,2]]}\n\n[[3,4]]\n", &ports()).unwrap();
		assert_eq!(encoded.len(), 2);
		assert!(matches!(encode_lines("\n \n", &ports()), Err(Error::EmptyInput)));
	}

	#[test]
	fn a_wrong_line_is_named_with_what_the_model_takes() {
		let error = encode_lines("{\"x\":[[1,2]]}\n{\"y\":[[1,2]]}", &ports()).unwrap_err();
		let text = error.to_string();
		assert!(text.contains("line 2") && text.contains("x:float32[?,2]"), "{text}");
		let error = encode_lines("{\"x\":", &ports()).unwrap_err();
		assert!(matches!(error, Error::NotJson { line: Some(1), .. }));
	}

	#[test]
	fn a_shape_that_does_not_fit_is_refused_before_anything_is_paid() {
		let error = read(r#"{"x": [[1, 2, 3]]}"#, &ports()).unwrap_err();
		assert!(matches!(error, Error::Input { line: None, .. }));
	}

	#[test]
	fn a_name_without_a_file_is_said_to_be_neither() {
		assert!(matches!(read("no-such-file.json", &ports()), Err(Error::NoInput(_))));
		assert!(matches!(read("{\"x\": ", &ports()), Err(Error::NotJson { .. })));
	}
}
