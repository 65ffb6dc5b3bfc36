//! Keys, proofs, public inputs and reference strings of EZKL from its own files, or as they go on the wire.

use super::{at_most, is_wire, text_of, unreadable, wire_of, Claim, Key};
use crate::{
	args::{KeyFile, ProofFiles},
	error::{Error, Result},
};
use opg_primitives::seams::ProofSystem;
use opg_verifiers::{
	encode_inputs,
	ezkl::{
		json::{inputs_from_json, proof_from_json, srs_from_json, JsonError},
		Srs, MAX_KEY_BYTES, SRS_BYTES,
	},
	Pure,
};
use std::path::Path;

/// Where a key's artefact has its number of public inputs: the last four bytes of its third word.
const INPUTS_AT: usize = 8 + 3 * 32 - 4;

impl Key {
	/// The artefact in a file, with the reference string that it has to be made for where one is named.
	pub(super) fn read_ezkl(file: &KeyFile) -> Result<Self> {
		let bytes = if is_wire(&file.key) {
			wire_of(&file.key)?
		} else {
			let read = std::fs::read(&file.key);
			read.map_err(|error| unreadable(&file.key, error.to_string()))?
		};
		at_most("the key has", bytes.len(), MAX_KEY_BYTES, "bytes")?;
		let said = bytes.get(INPUTS_AT..).and_then(|rest| rest.first_chunk::<4>());
		let said = said.map_or(0, |count| u32::from_be_bytes(*count));
		let srs = file.srs.as_deref().map(reference_string).transpose()?;
		let inputs = file.inputs.unwrap_or(said);
		Ok(Self { system: ProofSystem::Ezkl23Bn254, bytes, inputs, srs })
	}
}

impl Claim {
	/// The claim in EZKL's files; its proof's file has the public inputs too.
	pub(super) fn read_ezkl(files: &ProofFiles, key: Key) -> Result<Self> {
		let proof = if is_wire(&files.proof) {
			wire_of(&files.proof)?
		} else {
			parse(&files.proof, proof_from_json)?.to_wire().to_vec()
		};
		let public = files.public.as_deref().unwrap_or(&files.proof);
		let words = if is_wire(public) {
			if files.public.is_none() {
				return Err(Error::NoPublicInputs);
			}
			wire_of(public)?
		} else {
			encode_inputs(&parse(public, inputs_from_json)?)
		};
		Self::of(key, proof, &words)
	}
}

fn reference_string(file: &Path) -> Result<[u8; SRS_BYTES]> {
	let srs: Srs<Pure> = parse(file, srs_from_json)?;
	Ok(*srs.wire())
}

fn parse<T>(file: &Path, read: impl FnOnce(&str) -> Result<T, JsonError>) -> Result<T> {
	read(&text_of(file)?).map_err(|error| match error {
		JsonError::Syntax { .. } | JsonError::Missing { .. } | JsonError::Shape { .. } => {
			unreadable(file, error.to_string())
		},
		_ => Error::Invalid(error.to_string()),
	})
}
