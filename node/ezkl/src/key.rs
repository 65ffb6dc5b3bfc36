//! A circuit's key as EZKL writes it for verifiers.

use crate::error::EzklError;
use codec::Encode;
use opg_primitives::seams::{KeyId, ProofSystem};
use opg_verifiers::{
	decode_inputs,
	ezkl::{srs_of_key, Ezkl, Srs, VerifyingKey},
	Pure, Verifier,
};
use std::fmt::Display;

/// What the id of a key begins with, so that it is the hash of nothing else (`pallet-proofs`).
const KEY: &[u8] = b"opg/proof-key/1";

/// A sound key and its bytes.
pub struct CircuitKey {
	/// On the wire.
	pub bytes: Vec<u8>,
	/// How many public inputs it takes.
	pub inputs: u32,
	sound: VerifyingKey<Pure>,
}

impl CircuitKey {
	/// The key in these bytes, under the reference string that it names: whether the chain believes in that, the chain says.
	pub fn read(bytes: Vec<u8>) -> Result<Self, EzklError> {
		let said = |error: &dyn Display| EzklError::Key(error.to_string());
		let points = srs_of_key(&bytes).ok_or_else(|| said(&"it is too short"))?;
		let srs = Srs::<Pure>::from_wire(points).map_err(|error| said(&error))?;
		let sound = Ezkl::<Pure>::validate_key(&bytes, &srs).map_err(|error| said(&error))?;
		let inputs = u32::try_from(sound.inputs()).map_err(|error| said(&error))?;
		Ok(Self { bytes, inputs, sound })
	}

	/// What the chain calls it.
	pub fn id(&self) -> KeyId {
		let mut named = KEY.to_vec();
		ProofSystem::Ezkl23Bn254.encode_to(&mut named);
		named.extend_from_slice(&self.inputs.to_be_bytes());
		named.extend_from_slice(&self.bytes);
		sp_crypto_hashing::keccak_256(&named).into()
	}

	/// Why a proof does not show these public inputs, if it does not; decided by the code that the chain runs.
	pub fn verify(&self, inputs: &[[u8; 32]], proof: &[u8]) -> Result<(), String> {
		let inputs = decode_inputs(inputs.as_flattened()).map_err(|error| error.to_string())?;
		let proof = Ezkl::<Pure>::decode_proof(proof).map_err(|error| error.to_string())?;
		Ezkl::verify(&self.sound, &inputs, &proof).map_err(|error| error.to_string())
	}
}
