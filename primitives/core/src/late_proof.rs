//! Proofs of answers that were given without one: what hides them until they are shown, and how near an answer has to be.

use crate::{
	circuit::Circuit,
	seams::{KeyId, Proof},
	statement::{statement, Domain},
	RequestId,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use opg_tensor::{compare, largest_difference, Agreement, NumericProfile, Tensor};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_crypto_hashing::blake2_256;

/// What makes two commitments to the same proof different, so that nobody can guess what one hides.
pub type Salt = [u8; 32];

/// What is kept of a proof that was made of an answer given before.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct LateProof<AccountId> {
	/// The proof.
	pub proof: Proof,
	/// The key under which it holds.
	pub key: KeyId,
	/// Who showed it.
	pub by: AccountId,
	/// The largest difference between a number answered and the one that was proved, in units of 10⁻⁹, rounded up.
	pub difference: u64,
}

/// What an account commits to before it shows a proof.
pub fn commitment(
	genesis: impl AsRef<[u8]>,
	who: &impl Encode,
	request: RequestId,
	output: &[u8],
	proof: &[u8],
	salt: &Salt,
) -> H256 {
	let hidden = (who, request, blake2_256(output), blake2_256(proof), salt);
	H256(blake2_256(&statement(Domain::LateProof, genesis, &hidden)))
}

/// How far an answer is from what a circuit gives for the same input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Distance {
	/// The largest difference, in units of 10⁻⁹, rounded up.
	pub difference: u64,
	/// Whether every number is as near as [`Circuit::distance`] says.
	pub is_near: bool,
}

/// Units of 10⁻⁹ in one.
const UNITS: u64 = 1_000_000_000;

impl Circuit {
	/// How far an answer, which a runtime for floats gave, is from what the circuit gives for the same input; `None` if there are other
	/// tensors or numbers that cannot be compared.
	///
	/// An element is near if it differs by no more than the model's tolerance and `steps` of the circuit's coarsest scale: each layer
	/// rounds its numbers to fixed point, and the inputs were rounded before the first.
	pub fn distance(
		&self,
		profile: NumericProfile,
		steps: u32,
		answer: &[Tensor],
		proved: &[Tensor],
	) -> Option<Distance> {
		let scale = self.input_scales.iter().chain(&self.output_scales).min()?;
		let steps = u64::from(steps).saturating_mul(UNITS);
		let rounding = steps.div_ceil(1u64.checked_shl((*scale).into())?);
		let (abs, rel) = match profile {
			NumericProfile::Exact => (0, 0),
			NumericProfile::Tolerance { abs, rel } => (abs, rel),
		};
		let near = NumericProfile::Tolerance { abs: abs.saturating_add(rounding), rel };
		let difference = largest_difference(answer, proved)?;
		let is_near = compare(answer, proved, near) == Agreement::Same;
		Some(Distance { difference, is_near })
	}
}

#[cfg(test)]
mod tests {
	use super::{commitment, Circuit, Distance};
	use crate::content::{ContentCodec, ContentId};
	use opg_tensor::{NumericProfile, Tensor};
	use std::collections::BTreeSet;

	fn circuit(input: u8, output: u8) -> Circuit {
		Circuit {
			key: Default::default(),
			settings: ContentId { codec: ContentCodec::Raw, digest: [0; 32] },
			input_scales: vec![input].try_into().unwrap(),
			output_scales: vec![output].try_into().unwrap(),
			bits: 28,
		}
	}

	fn of(values: &[f32]) -> [Tensor; 1] {
		[Tensor::from_f32(&[values.len() as u32], values).unwrap()]
	}

	fn distance(circuit: &Circuit, profile: NumericProfile, answer: f32) -> Distance {
		circuit.distance(profile, 4, &of(&[0.0, answer]), &of(&[0.0, 1.0])).unwrap()
	}

	#[test]
	fn an_answer_is_near_within_the_tolerance_and_a_few_steps_of_the_coarsest_scale() {
		let at = |answer| distance(&circuit(2, 8), NumericProfile::Exact, answer).is_near;
		assert!(at(1.0) && at(2.0) && at(0.0), "4 steps of a quarter");
		assert!(!at(2.000_001) && !at(-0.000_001));
		let tolerance = NumericProfile::Tolerance { abs: 500_000_000, rel: 0 };
		let at = |answer| distance(&circuit(8, 2), tolerance, answer).is_near;
		assert!(at(2.5) && at(-0.5) && !at(2.500_001));
	}

	#[test]
	fn how_far_it_is_is_said_whether_or_not_it_is_near() {
		let said = distance(&circuit(13, 13), NumericProfile::Exact, 1.25);
		assert_eq!(said, Distance { difference: 250_000_000, is_near: false });
		let said = distance(&circuit(13, 13), NumericProfile::Exact, 1.0);
		assert_eq!(said, Distance { difference: 0, is_near: true });
		let circuit = circuit(13, 13);
		let nothing = circuit.distance(NumericProfile::Exact, 4, &of(&[f32::NAN]), &of(&[1.0]));
		assert_eq!(nothing, None);
	}

	#[test]
	fn a_commitment_hides_each_of_its_parts() {
		let of = |genesis: u8, who: u64, request, output: &[u8], proof: &[u8], salt: u8| {
			commitment([genesis; 32], &who, request, output, proof, &[salt; 32])
		};
		let all = [
			of(0, 0, 0, b"", b"", 0),
			of(1, 0, 0, b"", b"", 0),
			of(0, 1, 0, b"", b"", 0),
			of(0, 0, 1, b"", b"", 0),
			of(0, 0, 0, b"1", b"", 0),
			of(0, 0, 0, b"", b"1", 0),
			of(0, 0, 0, b"", b"", 1),
		];
		assert_eq!(BTreeSet::from(all).len(), all.len());
	}
}
