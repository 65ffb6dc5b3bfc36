//! Proofs that other pallets have checked: nothing is kept of them here.

use crate::{bill::Bill, Config, Pallet, Programs, ProofFault, ReferenceStrings};
use frame_support::weights::Weight;
use opg_primitives::seams::{KeyId, ProofRefusal, ProofVerifier};

impl<T: Config> ProofVerifier for Pallet<T> {
	fn verify(key: KeyId, inputs: &[[u8; 32]], proof: &[u8]) -> Result<(), ProofRefusal> {
		Self::verify(key, inputs, proof).map_err(|fault| match fault {
			ProofFault::KeyUnknown | ProofFault::KeyTooNew | ProofFault::StringRetired => {
				ProofRefusal::KeyUnusable
			},
			_ => ProofRefusal::Rejected,
		})
	}

	fn proof_bytes(key: KeyId) -> Option<u32> {
		let program = Programs::<T>::get(key)?;
		let now = frame_system::Pallet::<T>::block_number();
		let string = ReferenceStrings::<T>::get(program.string)?;
		(string.from <= now).then(|| program.shape().proof_bytes())
	}

	fn weight(key: KeyId, inputs: u32, proof: u32) -> Weight {
		let charged = Self::charged(key, inputs as usize, proof as usize);
		Bill::most(core::iter::once(charged)).weight::<T::WeightInfo>(Weight::zero())
	}
}
