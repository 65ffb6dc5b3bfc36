//! Answers that come with proofs: each is held against what was asked, what is answered and the model's key, then settled.
//!
//! ## Overview
//! Whoever asks a model under a proof wants to believe nobody. The node that has the request proves that its answer is what the model's
//! circuit gives for the input, and delivers both here. The chain computes itself what the proof's public inputs have to be, checks
//! the proof, and only then has the node paid.
//!
//! ## Life of a delivery
//! ```text
//! authorised (the node has the request, the answer fits it, its worker key signed) ─► proof holds ─► settled
//!                                                                                   ├► it does not ─► node punished, another asked
//!                                                                                   └► its key is believed no more ─► fee returned
//! ```
//!
//! ## Properties
//! A delivery names its request and the draw by which the node has it, and is signed over the chain's genesis, both, what was proved
//! and the proof's hash: a proof of the same numbers that somebody copies pays nobody else, and two honest requests that are alike both
//! settle. Nothing is kept here: what was proved is in the request's record, and the proof's bytes are in its block.
//!
//! ## Design
//! A proof's public inputs are never taken from the node. They follow from the input in the request, the output delivered, and the
//! circuit of the model's record ([`Circuit`](opg_primitives::Circuit)), so a proof about other numbers cannot hold.
//!
//! Deliveries are free, as answers are; the requester paid for the check with the request's upkeep. What is not a proof at all by its
//! length, or not about a request of the signer's, never enters a block.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]
#![cfg_attr(
	not(test),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

extern crate alloc;

mod delivery;
mod posting;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use weights::WeightInfo;

/// The pallet.
#[frame_support::pallet]
pub mod pallet {
	use super::WeightInfo;
	use frame_support::{pallet_prelude::*, weights::WeightToFee};
	use frame_system::{offchain::CreateAuthorizedTransaction, pallet_prelude::*};
	use opg_primitives::{
		circuit::MaxProofBytes,
		node::WorkerSignature,
		request::MaxOutputBytes,
		seams::{KeyId, ModelCatalogue, ProofVerifier, ProvedDesk, WorkerKeys},
		Draw, NodeId, RequestId,
	};
	use sp_core::H256;

	/// An answer's encoded tensors.
	pub type Output = BoundedVec<u8, MaxOutputBytes>;

	/// A proof on the wire.
	pub type ProofBytes = BoundedVec<u8, MaxProofBytes>;

	/// What the runtime decides for this pallet.
	#[pallet::config]
	pub trait Config:
		frame_system::Config<RuntimeEvent: From<Event<Self>>>
		+ CreateAuthorizedTransaction<Call<Self>>
	{
		/// The currency of fees.
		type Balance: Parameter + Member + Copy;

		/// The requests.
		type Desk: ProvedDesk;

		/// The published models.
		type Models: ModelCatalogue<Self::AccountId, Self::Balance>;

		/// Whose keys sign for which nodes.
		type Nodes: WorkerKeys<Self::AccountId>;

		/// Checks proofs.
		type Verifier: ProofVerifier;

		/// What weight costs.
		type WeightToFee: WeightToFee<Balance = Self::Balance>;

		/// Weights of the call, the check itself left out.
		type WeightInfo: WeightInfo;
	}

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// The pallet, which stores nothing.
	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An answer was proved, and paid.
		Proved {
			/// The request.
			request: RequestId,
			/// Who proved it.
			node: NodeId,
			/// The model's key, under which the proof holds.
			key: KeyId,
			/// A hash of the key and the public inputs.
			statement: H256,
		},
		/// A proof does not show the answer that came with it: its node is punished.
		ProofRefused {
			/// The request.
			request: RequestId,
			/// Who delivered it.
			node: NodeId,
			/// The model's key.
			key: KeyId,
		},
		/// Nobody believes in a model's key any more: the request's fee was returned.
		KeyUnusable {
			/// The request.
			request: RequestId,
			/// The model's key.
			key: KeyId,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// The node does not have this request by this draw, or owes no proof with its answer.
		NotAssigned,
		/// The output is not one that the model's circuit can give for this input.
		NotOfCircuit,
	}

	#[pallet::call(weight(<T as Config>::WeightInfo))]
	impl<T: Config> Pallet<T> {
		/// A node answers a request with a proof. Free; signed by the worker key over
		/// `opg/proved-answer/1 ‖ genesis hash ‖ (node, request, draw, statement, blake2_256(proof))`, where the statement is
		/// `blake2_256(key ‖ public inputs)`.
		///
		/// Emits `Proved`, `ProofRefused` or `KeyUnusable`.
		#[pallet::call_index(0)]
		#[pallet::weight((
			Pallet::<T>::delivering(*request, proof.len() as u32),
			DispatchClass::Operational,
			Pays::No,
		))]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize())]
		#[pallet::authorize(Self::authorize_delivery)]
		pub fn deliver(
			origin: OriginFor<T>,
			node: NodeId,
			request: RequestId,
			draw: Draw,
			output: Output,
			proof: ProofBytes,
			signature: WorkerSignature,
		) -> DispatchResult {
			ensure_authorized(origin)?;
			let _ = signature;
			Self::do_deliver(node, request, draw, output, &proof)
		}
	}
}
