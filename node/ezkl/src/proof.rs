//! What goes into EZKL to be proved and what comes out, held against one another.

use crate::{error::EzklError, key::CircuitKey};
use opg_primitives::{circuit::number, Circuit, Port};
use opg_tensor::{from_fixed_point, Dimension, Tensor};
use opg_verifiers::{
	encode_inputs,
	ezkl::json::{inputs_from_json, proof_from_json},
};
use serde_json::json;
use std::fmt::Display;

/// An answer and its proof, which was verified.
#[derive(Debug, Clone, PartialEq)]
pub struct Proven {
	/// What the circuit gives.
	pub outputs: Vec<Tensor>,
	/// The public inputs that the proof shows.
	pub statement: Vec<[u8; 32]>,
	/// The proof on the wire.
	pub proof: Vec<u8>,
}

/// Inputs as EZKL reads them: the numbers that the circuit takes for them, so that there is nothing left to round.
pub(crate) fn input_of(circuit: &Circuit, inputs: &[Tensor]) -> Result<String, EzklError> {
	let numbers = circuit.quantised(inputs)?;
	let data: Vec<Vec<f64>> = numbers
		.iter()
		.zip(&circuit.input_scales)
		.map(|(numbers, scale)| {
			let one = f64::from(*scale).exp2();
			// Both are small enough for this to be exact.
			numbers.iter().map(|number| *number as f64 / one).collect()
		})
		.collect();
	Ok(json!({ "input_data": data }).to_string())
}

/// The answer in a `proof.json`, believed only if the proof holds and shows exactly it for these inputs.
pub(crate) fn read(
	text: &str,
	key: &CircuitKey,
	circuit: &Circuit,
	ports: &[Port],
	inputs: &[Tensor],
) -> Result<Proven, EzklError> {
	let odd = |why: &dyn Display| EzklError::Output { file: "proof.json", why: why.to_string() };
	let proof = proof_from_json(text).map_err(|error| odd(&error))?.to_wire().to_vec();
	let shown = encode_inputs(&inputs_from_json(text).map_err(|error| odd(&error))?);
	let shown = shown.as_chunks::<32>().0;
	let given: usize = circuit.quantised(inputs)?.iter().map(Vec::len).sum();
	let mut left = shown.get(given..).ok_or_else(|| odd(&"public inputs are missing"))?;
	let mut outputs = Vec::with_capacity(ports.len());
	for (port, scale) in ports.iter().zip(&circuit.output_scales) {
		let shape = fixed(port).ok_or_else(|| odd(&"the model's outputs have no fixed shape"))?;
		let length = shape.iter().map(|length| *length as usize).product();
		let (words, rest) =
			left.split_at_checked(length).ok_or_else(|| odd(&"outputs are missing"))?;
		left = rest;
		let numbers: Option<Vec<_>> = words.iter().map(number).collect();
		let beyond = || EzklError::Unprovable("an output is beyond the circuit's range".into());
		let numbers = numbers.ok_or_else(beyond)?;
		let tensor = from_fixed_point(&shape, &numbers, (*scale).into());
		outputs.push(tensor.ok_or_else(|| odd(&"an output has another shape"))?);
	}
	let statement = circuit.statement(inputs, &outputs)?;
	if statement != shown {
		return Err(odd(&"it shows something else than this input and its output"));
	}
	// Of numbers that a circuit cannot decompose EZKL makes proofs too; they do not hold.
	let unproven = |why| EzklError::Unprovable(format!("EZKL's proof does not hold: {why}"));
	key.verify(&statement, &proof).map_err(unproven)?;
	Ok(Proven { outputs, statement, proof })
}

fn fixed(port: &Port) -> Option<Vec<u32>> {
	let lengths = port.shape.iter().map(|dimension| match dimension {
		Dimension::Fixed(length) => Some(*length),
		Dimension::Any => None,
	});
	lengths.collect()
}

#[cfg(test)]
mod tests {
	use super::{input_of, read};
	use crate::{key::CircuitKey, settings::Settings, EzklError};
	use opg_primitives::{Circuit, Port};
	use opg_tensor::{Dimension, ElementType, Tensor};
	use std::{env, fs};

	/// EZKL's own files of the model 4-8-3.
	fn file(name: &str) -> Vec<u8> {
		// Where `cargo test` starts tests: read then, since checkouts may share a build.
		let package = env::current_dir().unwrap();
		let vectors = "../../primitives/verifiers/fixtures/ezkl/mlp_4_8_3_fixed";
		fs::read(package.join(vectors).join(name)).unwrap()
	}

	fn key() -> CircuitKey {
		CircuitKey::read(file("vka.bytes")).unwrap()
	}

	fn circuit() -> Circuit {
		let settings = Settings::read(&file("settings.json")).unwrap();
		settings.circuit(key().id(), None).unwrap()
	}

	fn output() -> [Port; 1] {
		[Port {
			name: b"y".to_vec().try_into().unwrap(),
			element: ElementType::Float32,
			shape: vec![Dimension::Fixed(1), Dimension::Fixed(3)].try_into().unwrap(),
		}]
	}

	fn input() -> Tensor {
		let values = [0.276_367_2, 0.982_910_16, -0.806_518_55, 0.013_427_734];
		Tensor::from_f32(&[1, 4], &values).unwrap()
	}

	#[test]
	fn what_goes_in_are_the_circuit_s_own_numbers() {
		let near = Tensor::from_f32(&[1, 4], &[0.2764, 0.9829, -0.8065, 0.0134]).unwrap();
		let text = input_of(&circuit(), &[near]).unwrap();
		assert_eq!(text, input_of(&circuit(), &[input()]).unwrap());
		let expected = [2264.0 / 8192.0, 8052.0 / 8192.0, -6607.0 / 8192.0, 110.0 / 8192.0];
		let read: serde_json::Value = serde_json::from_str(&text).unwrap();
		assert_eq!(read["input_data"][0], serde_json::json!(expected));
	}

	#[test]
	fn ezkl_s_own_proof_shows_its_output_for_its_input() {
		let text = String::from_utf8(file("proof.json")).unwrap();
		let proven = read(&text, &key(), &circuit(), &output(), &[input()]).unwrap();
		let expected = [0.472_290_04, 0.528_198_24, 0.878_906_25];
		assert_eq!(proven.outputs[0].as_f32().unwrap(), expected);
		assert_eq!(proven.proof.len(), 3_072);
		assert_eq!(proven.statement.len(), 7);
	}

	#[test]
	fn a_proof_of_another_input_or_one_that_does_not_hold_is_not_believed() {
		let text = String::from_utf8(file("proof.json")).unwrap();
		let other = Tensor::from_f32(&[1, 4], &[0.5; 4]).unwrap();
		let error = read(&text, &key(), &circuit(), &output(), &[other]).unwrap_err();
		assert!(matches!(error, EzklError::Output { .. }), "{error}");
		let mut changed: serde_json::Value = serde_json::from_str(&text).unwrap();
		let last = changed["proof"].as_array().unwrap().len() - 200;
		let byte = changed["proof"][last].as_u64().unwrap();
		changed["proof"][last] = (byte ^ 1).into();
		let error =
			read(&changed.to_string(), &key(), &circuit(), &output(), &[input()]).unwrap_err();
		assert!(matches!(error, EzklError::Unprovable(_) | EzklError::Output { .. }), "{error}");
	}
}
