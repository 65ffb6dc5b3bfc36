//! Proof systems: how the keys and proofs of each are read and become claims of a batch.

use crate::{KeyFault, ProofFault};
use opg_primitives::seams::ProofSystem;
use opg_verifiers::{
	groth16::{Groth16, Proof, VerifyingKey},
	Batch, Engine, Scalar, Verifier,
};

/// A key that was found sound.
pub(crate) enum SoundKey<E: Engine> {
	/// Of Groth16.
	Groth16(VerifyingKey<E>),
}

/// A proof that is well-formed.
pub(crate) enum SoundProof<E: Engine> {
	/// Of Groth16.
	Groth16(Proof<E>),
}

impl<E: Engine> SoundKey<E> {
	/// Reads a key for so many inputs, and refuses one under which false statements could be proved.
	pub(crate) fn read(system: ProofSystem, bytes: &[u8], inputs: u32) -> Result<Self, KeyFault> {
		let inputs = usize::try_from(inputs).map_err(|_| KeyFault::TooManyInputs)?;
		match system {
			ProofSystem::Groth16Bn254 => {
				Ok(Self::Groth16(Groth16::<E>::validate_key(bytes, inputs)?))
			},
		}
	}

	/// Reads a proof to be held against this key.
	pub(crate) fn read_proof(&self, bytes: &[u8]) -> Result<SoundProof<E>, ProofFault> {
		match self {
			Self::Groth16(_) => Ok(SoundProof::Groth16(Groth16::<E>::decode_proof(bytes)?)),
		}
	}

	/// Adds the claim that `proof` shows `inputs` under this key.
	pub(crate) fn claim<'a>(
		&'a self,
		inputs: &'a [Scalar],
		proof: &'a SoundProof<E>,
		batch: &mut Batch<'a, E>,
	) -> Result<(), ProofFault> {
		match (self, proof) {
			(Self::Groth16(key), SoundProof::Groth16(proof)) => {
				batch.push(Groth16::<E>::claim(key, inputs, proof)?);
				Ok(())
			},
		}
	}
}
