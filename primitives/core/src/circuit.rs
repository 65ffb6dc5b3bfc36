//! Circuits: what the public inputs of a model's proofs have to be for its proof to be one of a request's input and output.

use crate::{
	content::ContentId,
	model::{MaxPorts, Port},
	seams::KeyId,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use opg_tensor::{
	on_grid, to_fixed_point, Dimension, ElementType, FixedPointError, Tensor, MAX_SCALE,
};
use scale_info::TypeInfo;
use sp_runtime::{traits::ConstU32, BoundedVec};

/// The most bits of magnitude of a circuit's numbers.
pub const MAX_BITS: u8 = 62;

/// The most bytes of an answer's proof.
pub const MAX_PROOF_BYTES: u32 = 16_512;

/// Bounds an answer's proof.
pub type MaxProofBytes = ConstU32<MAX_PROOF_BYTES>;

/// The upper half of the order of BN254's group, which no number here reaches.
const ORDER_HIGH: u128 = 0x3064_4e72_e131_a029_b850_45b6_8181_585d;
/// Its lower half.
const ORDER_LOW: u128 = 0x2833_e848_79b9_7091_43e1_f593_f000_0001;

/// A model as a circuit of EZKL whose inputs and outputs are public and whose parameters are fixed in its key.
///
/// Of such a circuit a proof's public inputs are all elements of all inputs and then of all outputs, row-major, each as the
/// integer `round(element · 2ˢᶜᵃˡᵉ)` modulo the group's order.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Circuit {
	/// The key that its proofs hold under.
	pub key: KeyId,
	/// EZKL's settings: with them, the model's file and the reference string anyone can make the key again.
	pub settings: ContentId,
	/// Bits of fraction of each input.
	pub input_scales: BoundedVec<u8, MaxPorts>,
	/// Bits of fraction of each output.
	pub output_scales: BoundedVec<u8, MaxPorts>,
	/// Every number is below 2 to this power in magnitude, as the circuit's decomposition wants it.
	pub bits: u8,
}

/// Whether somebody found that a circuit's key is made of its model.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Default,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Audit {
	/// Nobody but who published it, and the nodes that serve it, says so.
	#[default]
	#[codec(index = 0)]
	Unaudited,
	/// Governance, or a panel of nodes, made the key again and found it the same.
	#[codec(index = 1)]
	Audited,
	/// A panel of nodes made the key again and found it another: the model is suspended.
	#[codec(index = 2)]
	Refuted,
}

/// Why no proof can be of an input and an output.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CircuitError {
	/// The circuit's own numbers make no sense: more than 32 bits of fraction or 62 of magnitude, or nothing public.
	Unsound,
	/// Not as many tensors as the circuit takes or gives.
	Count,
	/// An input is not one that the circuit can take.
	Input {
		/// Which one, from 0.
		input: usize,
		/// What is wrong with it.
		fault: FixedPointError,
	},
	/// An output is not one that the circuit can give.
	Output {
		/// Which one, from 0.
		output: usize,
		/// What is wrong with it.
		fault: FixedPointError,
	},
}

impl fmt::Display for CircuitError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Unsound => f.write_str("the circuit's scales are none that a circuit has"),
			Self::Count => f.write_str("there are not as many tensors as the circuit has"),
			Self::Input { input, fault } => write!(f, "input {input}: {fault}"),
			Self::Output { output, fault } => write!(f, "output {output}: {fault}"),
		}
	}
}

impl core::error::Error for CircuitError {}

impl Circuit {
	/// Whether its numbers make sense.
	pub fn is_sound(&self) -> bool {
		let scales = || self.input_scales.iter().chain(&self.output_scales);
		let has_both = !self.input_scales.is_empty() && !self.output_scales.is_empty();
		has_both
			&& scales().all(|scale| u32::from(*scale) <= MAX_SCALE)
			&& (1..=MAX_BITS).contains(&self.bits)
	}

	/// The numbers that the circuit takes for these inputs, or why it takes none.
	pub fn quantised(&self, inputs: &[Tensor]) -> Result<Vec<Vec<i64>>, CircuitError> {
		if !self.is_sound() {
			return Err(CircuitError::Unsound);
		}
		if inputs.len() != self.input_scales.len() {
			return Err(CircuitError::Count);
		}
		let all = inputs.iter().zip(&self.input_scales).enumerate();
		all.map(|(input, (tensor, scale))| {
			to_fixed_point(tensor, (*scale).into(), self.bits.into())
				.map_err(|fault| CircuitError::Input { input, fault })
		})
		.collect()
	}

	/// The public inputs, as big-endian words, of the proof that `outputs` are what the model gives for `inputs`.
	///
	/// An input is rounded as the circuit rounds it. Of the outputs only those are taken that stand exactly for the circuit's
	/// numbers: a proof shows one output and no other.
	pub fn statement(
		&self,
		inputs: &[Tensor],
		outputs: &[Tensor],
	) -> Result<Vec<[u8; 32]>, CircuitError> {
		if !self.is_sound() {
			return Err(CircuitError::Unsound);
		}
		if inputs.len() != self.input_scales.len() || outputs.len() != self.output_scales.len() {
			return Err(CircuitError::Count);
		}
		let bits = u32::from(self.bits);
		let numbers = self.quantised(inputs)?;
		let mut words: Vec<_> = numbers.into_iter().flatten().map(word).collect();
		for (output, (tensor, scale)) in outputs.iter().zip(&self.output_scales).enumerate() {
			let numbers = on_grid(tensor, (*scale).into(), bits)
				.map_err(|fault| CircuitError::Output { output, fault })?;
			words.extend(numbers.into_iter().map(word));
		}
		Ok(words)
	}
}

/// The public inputs of a circuit for these ports: one for each element. `None` where one is not of float32 with a fixed shape.
pub fn public_inputs<'a>(ports: impl IntoIterator<Item = &'a Port>) -> Option<u32> {
	ports.into_iter().try_fold(0u32, |sum, port| {
		if port.element != ElementType::Float32 {
			return None;
		}
		let elements = port.shape.iter().try_fold(1u32, |count, dimension| match dimension {
			Dimension::Fixed(length) => count.checked_mul(*length),
			Dimension::Any => None,
		})?;
		sum.checked_add(elements)
	})
}

/// A number as an element of the scalar field.
fn word(number: i64) -> [u8; 32] {
	let magnitude = u128::from(number.unsigned_abs());
	let (high, low) = if number < 0 {
		// The lower half of the order is far above any magnitude.
		(ORDER_HIGH, ORDER_LOW.saturating_sub(magnitude))
	} else {
		(0, magnitude)
	};
	let mut word = [0; 32];
	let (first, last) = word.split_at_mut(16);
	first.copy_from_slice(&high.to_be_bytes());
	last.copy_from_slice(&low.to_be_bytes());
	word
}

/// The number that an element of the scalar field stands for; `None` for one that is no circuit's.
pub fn number(word: &[u8; 32]) -> Option<i64> {
	let (high, low) = word.split_first_chunk::<16>()?;
	let (high, low) = (u128::from_be_bytes(*high), u128::from_be_bytes(*low.first_chunk::<16>()?));
	match high {
		0 => i64::try_from(low).ok(),
		ORDER_HIGH => i64::try_from(ORDER_LOW.checked_sub(low)?).ok()?.checked_neg(),
		_ => None,
	}
}

#[cfg(test)]
mod tests {
	use super::{number, word, Circuit, CircuitError};
	use crate::content::{ContentCodec, ContentId};
	use opg_tensor::{FixedPointError, Tensor};

	/// That of the vectors `mlp_4_8_3_fixed` of EZKL 23.0.5, by its settings.
	fn circuit() -> Circuit {
		Circuit {
			key: Default::default(),
			settings: ContentId { codec: ContentCodec::Raw, digest: [0; 32] },
			input_scales: vec![13].try_into().unwrap(),
			output_scales: vec![13].try_into().unwrap(),
			bits: 28,
		}
	}

	fn tensor(values: &[f32]) -> Tensor {
		Tensor::from_f32(&[1, values.len() as u32], values).unwrap()
	}

	fn input() -> Tensor {
		tensor(&[0.276_367_2, 0.982_910_16, -0.806_518_55, 0.013_427_734])
	}

	fn output() -> Tensor {
		tensor(&[0.472_290_04, 0.528_198_24, 0.878_906_25])
	}

	/// As in that model's `proof.json`.
	#[test]
	fn a_statement_has_the_public_inputs_of_ezkls_own_proof() {
		let words = circuit().statement(&[input()], &[output()]).unwrap();
		let hex = |word: &[u8; 32]| word.iter().map(|byte| format!("{byte:02x}")).collect();
		let words: Vec<String> = words.iter().map(hex).collect();
		let small = |digits: &str| format!("{digits:0>64}");
		let expected = [
			small("8d8"),
			small("1f74"),
			"30644e72e131a029b85045b68181585d2833e84879b9709143e1f593efffe632".into(),
			small("6e"),
			small("f1d"),
			small("10e7"),
			small("1c20"),
		];
		assert_eq!(words, expected);
	}

	#[test]
	fn inputs_are_rounded_as_the_circuit_rounds_them_and_outputs_are_exact() {
		let near = tensor(&[0.2764, 0.9829, -0.8065, 0.0134]);
		let own = circuit().statement(&[input()], &[output()]);
		assert_eq!(circuit().statement(&[near], &[output()]), own);
		let near = tensor(&[0.4723, 0.5282, 0.8789]);
		let fault = FixedPointError::OffGrid { index: 0 };
		let refused = CircuitError::Output { output: 0, fault };
		assert_eq!(circuit().statement(&[input()], &[near]), Err(refused));
	}

	#[test]
	fn what_cannot_be_proved_is_refused_by_name() {
		let beyond = tensor(&[0.0, 40_000.0, 0.0, 0.0]);
		let fault = FixedPointError::TooLarge { index: 1 };
		let refused = CircuitError::Input { input: 0, fault };
		assert_eq!(circuit().statement(&[beyond], &[output()]), Err(refused));
		assert_eq!(circuit().statement(&[], &[output()]), Err(CircuitError::Count));
		assert_eq!(circuit().statement(&[input()], &[]), Err(CircuitError::Count));
		for unsound in [
			Circuit { bits: 63, ..circuit() },
			Circuit { bits: 0, ..circuit() },
			Circuit { input_scales: vec![33].try_into().unwrap(), ..circuit() },
			Circuit { output_scales: Default::default(), ..circuit() },
		] {
			assert!(!unsound.is_sound());
			let refused = unsound.statement(&[input()], &[output()]);
			assert_eq!(refused, Err(CircuitError::Unsound));
		}
	}

	#[test]
	fn words_are_below_the_order_and_all_different() {
		let numbers = [0, 1, -1, i64::MAX, i64::MIN, 1 << 28, -(1 << 28)];
		let words: std::collections::BTreeSet<_> = numbers.into_iter().map(word).collect();
		assert_eq!(words.len(), numbers.len());
		assert!(words.iter().all(|word| word[0] <= 0x30));
	}

	#[test]
	fn a_word_stands_for_the_number_it_was_made_of() {
		for value in [0, 1, -1, 1 << 28, -(1 << 28), i64::MAX, -i64::MAX] {
			assert_eq!(number(&word(value)), Some(value));
		}
		assert_eq!(number(&[0xff; 32]), None);
		assert_eq!(number(&[0x11; 32]), None);
	}
}
