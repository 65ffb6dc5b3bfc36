//! Proof systems: how the keys and proofs of each are read and become claims of a batch.

use crate::{KeyFault, ProofFault};
use opg_verifiers::{
	ezkl::{self, Ezkl, Srs},
	groth16::{self, Groth16},
	Batch, Engine, Scalar, Verifier,
};

/// A key that was found sound.
pub(crate) enum SoundKey<E: Engine> {
	/// Of Groth16.
	Groth16(groth16::VerifyingKey<E>),
	/// Of EZKL.
	Ezkl(ezkl::VerifyingKey<E>),
}

/// A proof that is well-formed.
pub(crate) enum SoundProof<E: Engine> {
	/// Of Groth16.
	Groth16(groth16::Proof<E>),
	/// Of EZKL.
	Ezkl(ezkl::Proof),
}

impl<E: Engine> SoundKey<E> {
	/// Reads a key of Groth16 for so many inputs, and refuses one under which false statements could be proved.
	pub(crate) fn groth16(bytes: &[u8], inputs: u32) -> Result<Self, KeyFault> {
		let inputs = usize::try_from(inputs).map_err(|_| KeyFault::TooManyInputs)?;
		Ok(Self::Groth16(Groth16::<E>::validate_key(bytes, inputs)?))
	}

	/// Reads a key of EZKL that was made for a reference string.
	pub(crate) fn ezkl(bytes: &[u8], srs: &Srs<E>) -> Result<Self, KeyFault> {
		Ok(Self::Ezkl(Ezkl::<E>::validate_key(bytes, srs)?))
	}

	/// Reads a proof to be held against this key.
	pub(crate) fn read_proof(&self, bytes: &[u8]) -> Result<SoundProof<E>, ProofFault> {
		match self {
			Self::Groth16(_) => Ok(SoundProof::Groth16(Groth16::<E>::decode_proof(bytes)?)),
			Self::Ezkl(_) => Ok(SoundProof::Ezkl(Ezkl::<E>::decode_proof(bytes)?)),
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
			},
			(Self::Ezkl(key), SoundProof::Ezkl(proof)) => {
				batch.push(Ezkl::<E>::claim(key, inputs, proof)?);
			},
			// A proof is read for the key it is held against.
			_ => return Err(ProofFault::Unproven),
		}
		Ok(())
	}
}
