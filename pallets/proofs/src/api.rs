//! What a client may ask without a transaction.

// What the macro emits has no docs of its own.
#![allow(missing_docs)]

use crate::{
	statement::statement_id, verification::Candidate, Bill, Config, Inclusion, Inputs, Keys,
	Pallet, ProofBytes, ProofFault, MAX_BATCH,
};
use alloc::vec::Vec;
use codec::Codec;
use frame_support::{traits::ConstU32, BoundedVec};
use opg_primitives::seams::{KeyId, Reference};
use sp_core::H256;

/// Proofs to be verified together: key, public inputs, proof.
pub type Claims = BoundedVec<(KeyId, Inputs, ProofBytes), ConstU32<MAX_BATCH>>;

sp_api::decl_runtime_apis! {
	/// Verified proofs.
	pub trait ProofsApi<AccountId, BlockNumber>
	where
		AccountId: Codec,
		BlockNumber: Codec,
	{
		/// Whether a proof shows these public inputs under a registered key; stores nothing.
		fn verify(key: KeyId, inputs: Inputs, proof: ProofBytes) -> Result<(), ProofFault>;

		/// Whether each proof of a batch does; if one is malformed, which and why.
		fn verify_batch(claims: Claims) -> Result<Vec<bool>, (u32, ProofFault)>;

		/// What the statement is called that these public inputs hold under a key, submitted by an account for a reference; `None`
		/// for an unknown key.
		fn statement(key: KeyId, inputs: Inputs, who: AccountId, reference: Reference) -> Option<H256>;

		/// Shows that a statement is among those of the block it was verified in, after that block.
		fn inclusion(statement: H256) -> Option<Inclusion<BlockNumber>>;
	}
}

impl<T: Config> Pallet<T> {
	/// As [`ProofsApi::verify`].
	pub fn verify(key: KeyId, inputs: &[[u8; 32]], proof: &[u8]) -> Result<(), ProofFault> {
		let verdicts = Self::verdicts(&[Candidate { key, inputs, proof }]);
		match verdicts.map_err(|(_, fault)| fault)?.as_slice() {
			[true] => Ok(()),
			_ => Err(ProofFault::Unproven),
		}
	}

	/// As [`ProofsApi::verify_batch`].
	pub fn verify_batch(claims: &Claims) -> Result<Vec<bool>, (u32, ProofFault)> {
		let candidates: Vec<_> = claims
			.iter()
			.map(|(key, inputs, proof)| Candidate { key: *key, inputs, proof })
			.collect();
		Self::verdicts(&candidates)
	}

	/// As [`ProofsApi::statement`].
	pub fn statement(
		key: KeyId,
		inputs: &[[u8; 32]],
		who: &T::AccountId,
		reference: &Reference,
	) -> Option<H256> {
		let system = Keys::<T>::get(key)?.system;
		Some(statement_id::<T>(system, key, inputs, who, reference))
	}

	fn verdicts(candidates: &[Candidate]) -> Result<Vec<bool>, (u32, ProofFault)> {
		let mut bill = Bill::default();
		Self::look_up(candidates, &mut bill)
			.and_then(|records| Self::judge(candidates, &records, &mut bill))
			.map_err(|refusal| (u32::try_from(refusal.index).unwrap_or(u32::MAX), refusal.fault))
	}
}
