//! Keys, submissions and what is left of a verified statement.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use opg_primitives::seams::{KeyId, ProofSystem, Provenance, Reference};
use opg_verifiers::ezkl::{Shape, SRS_BYTES};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::Vec;

/// Most proofs of one call.
pub const MAX_BATCH: u32 = 64;
/// Most public inputs of a key.
pub const MAX_INPUTS: u32 = opg_verifiers::MAX_INPUTS as u32;
/// Most bytes of a key: one with as many inputs as there may be.
pub const MAX_KEY_BYTES: u32 = 66_048;
/// Most bytes of a proof: those of EZKL's largest circuits; one of a wrong length is refused by name.
pub const MAX_PROOF_BYTES: u32 = opg_verifiers::ezkl::MAX_PROOF_BYTES as u32;
/// Bytes of a proof of Groth16.
pub const GROTH16_PROOF_BYTES: usize = 256;
/// Most reference strings that are believed or are going to be.
pub const MAX_REFERENCE_STRINGS: u32 = 8;
/// Most bytes of the text that says where a reference string is from.
pub const MAX_SOURCE_BYTES: u32 = 256;

/// A verification key on the wire.
pub type KeyBytes = BoundedVec<u8, ConstU32<MAX_KEY_BYTES>>;
/// Public inputs, one big-endian word each.
pub type Inputs = BoundedVec<[u8; 32], ConstU32<MAX_INPUTS>>;
/// A proof on the wire.
pub type ProofBytes = BoundedVec<u8, ConstU32<MAX_PROOF_BYTES>>;

/// Where a reference string is from, UTF-8: its ceremony and what to check it against.
pub type Source = BoundedVec<u8, ConstU32<MAX_SOURCE_BYTES>>;

/// A structured reference string that keys of EZKL may have been made for.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct ReferenceString<BlockNumber> {
	/// \[1\]₁, \[1\]₂ and −\[s\]₂ on the wire.
	pub points: [u8; SRS_BYTES],
	/// Where it is from.
	pub source: Source,
	/// The first block in which it is believed.
	pub from: BlockNumber,
}

/// What the weight of checking proofs under a key of EZKL follows from.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Program<BlockNumber> {
	/// The reference string the key was made for.
	pub string: H256,
	/// The block in which the key was registered; its proofs are checked after it.
	pub since: BlockNumber,
	/// Public inputs.
	pub inputs: u32,
	/// Commitments of a proof, W and W′ left out.
	pub commitments: u32,
	/// Evaluations of a proof.
	pub evaluations: u32,
	/// Points of the key that are summed.
	pub points: u32,
	/// Multiplications in the scalar field for a proof, at most.
	pub operations: u32,
	/// Words of the key.
	pub words: u32,
}

impl<BlockNumber> Program<BlockNumber> {
	/// Of a key of this shape.
	pub fn new(shape: Shape, string: H256, since: BlockNumber) -> Self {
		let Shape { inputs, commitments, evaluations, points, operations, words } = shape;
		Self { string, since, inputs, commitments, evaluations, points, operations, words }
	}

	/// The shape of the key.
	pub fn shape(&self) -> Shape {
		let Self { inputs, commitments, evaluations, points, operations, words, .. } = *self;
		Shape { inputs, commitments, evaluations, points, operations, words }
	}
}

/// A registered key, its bytes apart.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Key<AccountId, Balance> {
	/// What its proofs are made by.
	pub system: ProofSystem,
	/// How many public inputs it takes.
	pub inputs: u32,
	/// Who registered it and may remove it.
	pub owner: AccountId,
	/// What the owner put down for it.
	pub deposit: Balance,
	/// How often it is relied on; while it is, it stays.
	pub references: u32,
	/// Why governance believes that nobody can forge under it; money follows only from such keys.
	pub provenance: Option<Provenance>,
}

/// What a proof is submitted for.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Context<BlockNumber> {
	/// The request, job or nonce, in the submitter's own words. The same statement counts once for each reference of each account.
	pub reference: Reference,
	/// The last block in which the proof may be verified.
	pub until: BlockNumber,
}

/// One proof of a batch.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Submission<BlockNumber> {
	/// The key to verify it under.
	pub key: KeyId,
	/// The public inputs.
	pub inputs: Inputs,
	/// The proof.
	pub proof: ProofBytes,
	/// What it is for.
	pub context: Context<BlockNumber>,
}

/// What is kept of a verified statement while it counts.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Verified<BlockNumber> {
	/// The block in which it was verified.
	pub at: BlockNumber,
	/// Whether governance had approved of the key then.
	pub approved: bool,
}

/// The statements of a block under one hash.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Root {
	/// The root of the tree that [`Inclusion`] leads to.
	pub root: H256,
	/// How many statements there are.
	pub statements: u32,
}

/// Shows that a statement is among those of a block.
///
/// The tree is binary over keccak-256: leaves are hashes of statements, an inner node is the hash of its two children, and a node
/// without a sibling moves up as it is.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct Inclusion<BlockNumber> {
	/// The block.
	pub block: BlockNumber,
	/// The root of its statements.
	pub root: H256,
	/// The statement.
	pub statement: H256,
	/// Where it stands, from 0.
	pub index: u32,
	/// How many statements there are.
	pub leaves: u32,
	/// The siblings on the way from the statement to the root.
	pub path: Vec<H256>,
}
