//! What others ask of verified proofs, and what they are told of them.

use crate::ContentId;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{traits::ConstU32, BoundedVec, Weight};

/// What a verification key is called by: a hash of its system, its number of inputs and its bytes.
pub type KeyId = H256;

/// What a proof is submitted for, named by who submits it: a request, a job, a nonce.
pub type Reference = [u8; 32];

/// A way to prove.
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
pub enum ProofSystem {
	/// Groth16 on BN254, keys and proofs in the EVM's big-endian words.
	#[codec(index = 0)]
	Groth16Bn254,
	/// Circuits of EZKL 23.0.5 on BN254: keys as `create_evm_vka` writes them, proofs in big-endian words.
	#[codec(index = 1)]
	Ezkl23Bn254,
}

/// Why a key is believed to have been made so that nobody can forge under it.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Provenance {
	/// A ceremony of its own circuit, of which one contributor at least was honest.
	#[codec(index = 0)]
	Ceremony {
		/// The contributions, for everyone to check.
		transcript: ContentId,
	},
	/// The wrap of a zkVM release: one ceremony for every program.
	#[codec(index = 1)]
	ZkVm {
		/// The machine and its release, UTF-8, as `sp1-v6.1.0`.
		release: BoundedVec<u8, ConstU32<32>>,
	},
}

/// A statement that has just been verified.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifiedProof<'a, AccountId> {
	/// What it is called by: a hash of chain, system, key, inputs, submitter and reference.
	pub statement: H256,
	/// The key it was verified under.
	pub key: KeyId,
	/// Why the key is believed; `None` for a key that only its registrant vouches for. Whoever made such a key may be able to prove
	/// anything, so money must never follow from it.
	pub provenance: Option<&'a Provenance>,
	/// The public inputs, one big-endian word each.
	pub inputs: &'a [[u8; 32]],
	/// Who submitted it, not who proved it: proofs are public once submitted, and anybody may submit one again in their own name.
	pub who: &'a AccountId,
	/// What it was submitted for, in the submitter's own words.
	pub reference: Reference,
}

impl<AccountId> VerifiedProof<'_, AccountId> {
	/// Whether money may follow from it.
	pub fn is_approved(&self) -> bool {
		self.provenance.is_some()
	}
}

/// Is told of every statement that was verified, once, in the block in which it was.
pub trait OnProofVerified<AccountId> {
	/// Takes note of a verified statement; cannot refuse it.
	fn on_proof_verified(proof: &VerifiedProof<AccountId>);

	/// What that weighs at most.
	fn weight() -> Weight;
}

impl<AccountId> OnProofVerified<AccountId> for () {
	fn on_proof_verified(_: &VerifiedProof<AccountId>) {}

	fn weight() -> Weight {
		Weight::zero()
	}
}

impl<AccountId, First, Second> OnProofVerified<AccountId> for (First, Second)
where
	First: OnProofVerified<AccountId>,
	Second: OnProofVerified<AccountId>,
{
	fn on_proof_verified(proof: &VerifiedProof<AccountId>) {
		First::on_proof_verified(proof);
		Second::on_proof_verified(proof);
	}

	fn weight() -> Weight {
		First::weight().saturating_add(Second::weight())
	}
}

/// Why a key cannot be relied on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyRefusal {
	/// There is no such key.
	Unknown,
	/// It is relied on as often as can be counted.
	TooManyReferences,
}

/// The registered keys.
pub trait ProofKeys {
	/// Relies on a key: it cannot be removed until it is [released](Self::release) as often.
	fn acquire(key: KeyId) -> Result<(), KeyRefusal>;

	/// Relies on a key no more.
	fn release(key: KeyId);

	/// What the key's proofs are made by.
	fn system(key: KeyId) -> Option<ProofSystem>;

	/// How many public inputs the key takes.
	fn inputs(key: KeyId) -> Option<u32>;

	/// Whether governance approved of the key, so that money may follow from its proofs.
	fn is_approved(key: KeyId) -> bool;
}

/// Why a proof is not believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProofRefusal {
	/// Nobody can tell: there is no such key, it is too new, or nobody believes in its reference string any more.
	KeyUnusable,
	/// It does not show its statement.
	Rejected,
}

/// Checks proofs without keeping what they show.
pub trait ProofVerifier {
	/// Whether a proof shows these public inputs under a key.
	fn verify(key: KeyId, inputs: &[[u8; 32]], proof: &[u8]) -> Result<(), ProofRefusal>;

	/// Bytes of every proof under a key of EZKL; `None` for any other.
	fn proof_bytes(key: KeyId) -> Option<u32>;

	/// What checking a proof of so many bytes and public inputs weighs at most.
	fn weight(key: KeyId, inputs: u32, proof: u32) -> Weight;
}
