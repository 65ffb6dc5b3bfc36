//! Making the key of a model's circuit again: what it is made of, and how nodes say which key it came to.

use crate::{
	model::{ModelSpec, Port, Ports},
	node::MAKES_KEYS,
	request::{Input, Outcome, MAX_OUTPUT_BYTES},
	seams::KeyId,
	Circuit, ContentCodec, ContentId,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeAll, Encode};
use opg_tensor::{decode, encode, Dimension, ElementType, NumericProfile, Tensor};

/// Bytes of a key's id.
const BYTES: u32 = 32;

/// What is said instead of a key where the model's file and settings are none of the record's circuit. No key has this id.
pub const NO_KEY: KeyId = KeyId::zero();

/// What a key is to be made of.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Recipe {
	/// The model's file.
	pub content: ContentId,
	/// The circuit of the model's record, its settings and the key it is said to have.
	pub circuit: Circuit,
}

impl Recipe {
	/// As it is handed to a worker.
	pub fn input(&self) -> Option<Input> {
		self.encode().try_into().ok().map(Input::Inline)
	}

	/// What a worker was handed.
	pub fn read(input: &[u8]) -> Option<Self> {
		Self::decode_all(&mut &*input).ok()
	}
}

/// The making of keys as nodes are drawn for it and compared in it: as if it were a model, of the number [`MAKES_KEYS`].
pub fn key_making() -> ModelSpec {
	let port = |name: &[u8]| Port {
		name: name.to_vec().try_into().unwrap_or_default(),
		element: ElementType::Uint8,
		shape: Vec::from([Dimension::Fixed(BYTES)]).try_into().unwrap_or_default(),
	};
	let ports = |name: &[u8]| Ports::try_from(Vec::from([port(name)])).unwrap_or_default();
	ModelSpec {
		id: MAKES_KEYS,
		content: ContentId { codec: ContentCodec::Raw, digest: [0; 32] },
		inputs: ports(b"recipe"),
		outputs: ports(b"key"),
		profile: NumericProfile::Exact,
		circuit: None,
	}
}

/// A key as a node's answer.
pub fn key_output(key: KeyId) -> Vec<u8> {
	let tensor = Tensor::new(ElementType::Uint8, Vec::from([BYTES]), key.as_bytes().to_vec());
	tensor.map(|tensor| encode(&[tensor])).unwrap_or_default()
}

/// The key that an answer names; nothing if it names none.
pub fn key_in(outcome: &Outcome) -> Option<KeyId> {
	let Outcome::Output(bytes) = outcome else { return None };
	let tensors = decode(bytes, MAX_OUTPUT_BYTES as usize).ok()?;
	let [tensor] = tensors.as_slice() else { return None };
	let bytes: [u8; 32] = tensor.data.as_slice().try_into().ok()?;
	(tensor.element == ElementType::Uint8).then_some(KeyId::from(bytes))
}

#[cfg(test)]
mod tests {
	use super::{key_in, key_making, key_output, KeyId, Recipe};
	use crate::{
		model::read_tensors,
		request::{Input, Outcome, MAX_OUTPUT_BYTES},
		Circuit, ContentCodec, ContentId, FaultKind,
	};

	#[test]
	fn a_key_is_read_back_from_an_answer_that_fits() {
		let key = KeyId::repeat_byte(9);
		let output = key_output(key);
		let read = read_tensors(&key_making().outputs, &output, MAX_OUTPUT_BYTES as usize);
		assert!(read.is_ok(), "{read:?}");
		let outcome = Outcome::Output(output.try_into().expect("short"));
		assert_eq!(key_in(&outcome), Some(key));
		assert_eq!(key_in(&Outcome::Fault(FaultKind::Unavailable)), None);
	}

	#[test]
	fn a_worker_is_handed_what_the_key_is_made_of() {
		let content = |digest| ContentId { codec: ContentCodec::Raw, digest: [digest; 32] };
		let circuit = Circuit {
			key: KeyId::repeat_byte(1),
			settings: content(2),
			input_scales: [13].to_vec().try_into().expect("one"),
			output_scales: [13].to_vec().try_into().expect("one"),
			bits: 28,
		};
		let recipe = Recipe { content: content(3), circuit };
		let Some(Input::Inline(bytes)) = recipe.input() else { panic!("it is not long") };
		assert_eq!(Recipe::read(&bytes), Some(recipe));
		assert_eq!(Recipe::read(&[1, 2]), None);
	}
}
