//! Verification keys and what was verified under them, as the chain has them.

use opg_primitives::seams::{ProofSystem, Provenance, Reference};
use subxt::{
	ext::{scale_decode::DecodeAsType, scale_encode::EncodeAsType},
	utils::{AccountId32, Static},
};

/// A verification key's record.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct ProofKey {
	pub(crate) system: Static<ProofSystem>,
	pub(crate) inputs: u32,
	pub(crate) owner: AccountId32,
	pub(crate) deposit: u128,
	pub(crate) references: u32,
	pub(crate) provenance: Option<Static<Provenance>>,
}

/// A statement that was verified.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Statement {
	pub(crate) at: u64,
	pub(crate) approved: bool,
}

/// The statements of a block under one hash.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Root {
	pub(crate) statements: u32,
}

/// What a proof is submitted for, and the last block in which it may be verified.
#[derive(Clone, Copy, Debug, EncodeAsType)]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(crate) struct Context {
	pub(crate) reference: Reference,
	pub(crate) until: u64,
}

fields! {
	/// `Proofs.register_key`.
	RegisterKey { system: Static<ProofSystem>, inputs: u32, bytes: Vec<u8> }
	/// `Proofs.remove_key`.
	OfKey { key: [u8; 32] }
	/// `Proofs.submit`, and one of `Proofs.submit_batch`.
	SubmitProof { key: [u8; 32], inputs: Vec<[u8; 32]>, proof: Vec<u8>, context: Context }
	/// `Proofs.submit_batch`.
	SubmitProofs { submissions: Vec<SubmitProof> }
}

/// `Proofs.ProofVerified`.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct ProofVerified {
	pub(crate) statement: [u8; 32],
	pub(crate) approved: bool,
}
