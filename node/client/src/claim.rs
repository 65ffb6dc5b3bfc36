//! Keys, proofs and public inputs from files, as snarkjs and EZKL write them or as they go on the wire, and the verdict on them.

mod ezkl;

use crate::{
	args::{KeyFile, ProofFiles, SystemArg},
	error::{Error, Result},
};
use codec::Encode;
use opg_primitives::seams::{KeyId, ProofSystem};
use opg_verifiers::{
	decode_inputs,
	ezkl::{srs_of_key, Ezkl, Srs, SRS_BYTES},
	groth16::{
		json::{inputs_to_wire, key_to_wire, proof_to_wire, JsonError},
		Groth16, FIXED_BYTES, IC_BYTES,
	},
	InputError, Pure, Verifier,
};
use std::{fmt::Display, path::Path};

/// What the id of a key begins with, so that it is the hash of nothing else (`pallet-proofs`).
const KEY: &[u8] = b"opg/proof-key/1";
/// Most public inputs, and bytes of a key and of a proof, that calls take.
const MAX_INPUTS: usize = opg_verifiers::MAX_INPUTS;
const MAX_KEY_BYTES: usize = FIXED_BYTES + (MAX_INPUTS + 1) * IC_BYTES;
const MAX_PROOF_BYTES: usize = opg_verifiers::ezkl::MAX_PROOF_BYTES;
/// How a file in the wire form ends.
const WIRE: &str = "hex";

/// A verification key, sound or not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Key {
	pub(crate) system: ProofSystem,
	/// On the wire.
	pub(crate) bytes: Vec<u8>,
	/// Public inputs it is said to take.
	pub(crate) inputs: u32,
	/// For EZKL, the reference string that it has to be made for, on the wire; without one the one it names.
	pub(crate) srs: Option<[u8; SRS_BYTES]>,
}

/// A key that is sound, as far as anyone can tell without having made it.
enum Sound {
	Groth16(<Groth16<Pure> as Verifier>::Key),
	Ezkl(<Ezkl<Pure> as Verifier>::Key),
}

/// That a proof shows public inputs under a key, true or not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Claim {
	pub(crate) key: Key,
	pub(crate) inputs: Vec<[u8; 32]>,
	/// On the wire.
	pub(crate) proof: Vec<u8>,
}

impl SystemArg {
	/// The system as the chain knows it.
	pub(crate) const fn system(self) -> ProofSystem {
		match self {
			Self::Groth16 => ProofSystem::Groth16Bn254,
			Self::Ezkl => ProofSystem::Ezkl23Bn254,
		}
	}
}

/// The system's name as it is typed.
pub(crate) const fn system_name(system: ProofSystem) -> &'static str {
	match system {
		ProofSystem::Groth16Bn254 => "groth16",
		ProofSystem::Ezkl23Bn254 => "ezkl",
	}
}

impl Key {
	/// The key in a file.
	pub(crate) fn read(file: &KeyFile) -> Result<Self> {
		match file.system {
			SystemArg::Groth16 => Self::read_groth16(file),
			SystemArg::Ezkl => Self::read_ezkl(file),
		}
	}

	fn read_groth16(file: &KeyFile) -> Result<Self> {
		let (bytes, declared) = read(&file.key, key_to_wire, |bytes| {
			let points = bytes.len().saturating_sub(FIXED_BYTES) / IC_BYTES;
			let inputs = u64::try_from(points.saturating_sub(1)).unwrap_or(u64::MAX);
			(bytes, inputs)
		})?;
		at_most("the key has", bytes.len(), MAX_KEY_BYTES, "bytes")?;
		let inputs = file.inputs.unwrap_or(u32::try_from(declared).unwrap_or(u32::MAX));
		Ok(Self { system: file.system.system(), bytes, inputs, srs: None })
	}

	/// What the chain calls it.
	pub(crate) fn id(&self) -> KeyId {
		let mut named = KEY.to_vec();
		self.system.encode_to(&mut named);
		named.extend_from_slice(&self.inputs.to_be_bytes());
		named.extend_from_slice(&self.bytes);
		sp_crypto_hashing::keccak_256(&named).into()
	}

	/// Why it is not sound, as far as anyone can tell without having made it.
	pub(crate) fn verdict(&self) -> Result<(), String> {
		self.sound().map(|_| ())
	}

	fn sound(&self) -> Result<Sound, String> {
		let inputs = usize::try_from(self.inputs).unwrap_or(usize::MAX);
		match self.system {
			ProofSystem::Groth16Bn254 => {
				let key = Groth16::<Pure>::validate_key(&self.bytes, inputs);
				key.map(Sound::Groth16).map_err(said)
			},
			ProofSystem::Ezkl23Bn254 => {
				let srs = self.srs.as_ref().or_else(|| srs_of_key(&self.bytes));
				let srs = srs.ok_or("the key is too short to be one of EZKL")?;
				let srs = Srs::<Pure>::from_wire(srs).map_err(said)?;
				let key = Ezkl::<Pure>::validate_key(&self.bytes, &srs).map_err(said)?;
				if key.inputs() != inputs {
					let error = InputError::Count { got: inputs, expected: key.inputs() };
					return Err(error.to_string());
				}
				Ok(Sound::Ezkl(key))
			},
		}
	}
}

impl Claim {
	/// The claim in three texts as snarkjs writes them.
	pub(crate) fn parse(key: &str, proof: &str, public: &str) -> Result<Self> {
		let invalid = |error: JsonError| Error::Invalid(error.to_string());
		let (bytes, inputs) = key_to_wire(key).map_err(invalid)?;
		let inputs = u32::try_from(inputs).unwrap_or(u32::MAX);
		let key = Key { system: ProofSystem::Groth16Bn254, bytes, inputs, srs: None };
		let words = inputs_to_wire(public).map_err(invalid)?;
		let inputs = words.as_chunks::<32>().0.to_vec();
		Ok(Self { key, inputs, proof: proof_to_wire(proof).map_err(invalid)? })
	}

	/// The claim in files.
	pub(crate) fn read(files: &ProofFiles) -> Result<Self> {
		let key = Key::read(&files.key)?;
		if files.key.system == SystemArg::Ezkl {
			return Self::read_ezkl(files, key);
		}
		let public = files.public.as_ref().ok_or(Error::NoPublicInputs)?;
		let proof = read(&files.proof, proof_to_wire, |bytes| bytes)?;
		Self::of(key, proof, &read(public, inputs_to_wire, |bytes| bytes)?)
	}

	/// A claim that a call can carry.
	fn of(key: Key, proof: Vec<u8>, words: &[u8]) -> Result<Self> {
		at_most("the proof has", proof.len(), MAX_PROOF_BYTES, "bytes")?;
		let (words, rest) = words.as_chunks::<32>();
		if !rest.is_empty() {
			return Err(Error::Invalid("the public inputs are not whole words of 32 bytes".into()));
		}
		at_most("there are", words.len(), MAX_INPUTS, "public inputs")?;
		Ok(Self { key, inputs: words.to_vec(), proof })
	}

	/// Why it is not to be believed; decided as the chain does, by the same code.
	pub(crate) fn verdict(&self) -> Result<(), String> {
		let key = self.key.sound()?;
		let inputs = decode_inputs(self.inputs.as_flattened()).map_err(said)?;
		match key {
			Sound::Groth16(key) => {
				let proof = Groth16::<Pure>::decode_proof(&self.proof).map_err(said)?;
				Groth16::verify(&key, &inputs, &proof).map_err(said)
			},
			Sound::Ezkl(key) => {
				let proof = Ezkl::<Pure>::decode_proof(&self.proof).map_err(said)?;
				Ezkl::verify(&key, &inputs, &proof).map_err(said)
			},
		}
	}
}

fn said(error: impl Display) -> String {
	error.to_string()
}

/// Reads a file in its wire form or as JSON.
fn read<T>(
	file: &Path,
	of_json: impl FnOnce(&str) -> Result<T, JsonError>,
	of_wire: impl FnOnce(Vec<u8>) -> T,
) -> Result<T> {
	if is_wire(file) {
		return Ok(of_wire(wire_of(file)?));
	}
	of_json(&text_of(file)?).map_err(|error| match error {
		JsonError::Syntax { .. }
		| JsonError::Missing { .. }
		| JsonError::Shape { .. }
		| JsonError::NotDecimal { .. } => unreadable(file, error.to_string()),
		_ => Error::Invalid(error.to_string()),
	})
}

fn is_wire(file: &Path) -> bool {
	file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(WIRE))
}

fn text_of(file: &Path) -> Result<String> {
	std::fs::read_to_string(file).map_err(|error| unreadable(file, error.to_string()))
}

/// The bytes that a file of hex digits holds.
fn wire_of(file: &Path) -> Result<Vec<u8>> {
	let text = text_of(file)?;
	let digits = text.trim();
	let bytes = hex::decode(digits.strip_prefix("0x").unwrap_or(digits));
	bytes.map_err(|error| unreadable(file, format!("not hex: {error}")))
}

fn unreadable(file: &Path, cause: String) -> Error {
	Error::Unreadable { file: file.into(), cause }
}

fn at_most(subject: &str, got: usize, most: usize, of: &str) -> Result<()> {
	if got > most {
		return Err(Error::Invalid(format!(
			"{subject} {got} {of}, but at most {most} are allowed"
		)));
	}
	Ok(())
}

#[cfg(test)]
mod tests;
