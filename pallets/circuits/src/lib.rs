//! Answers and their proofs: each is held against what was asked, what is answered and the model's key, then settled; or it is proved
//! later.
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
//! settle. What was proved is in the request's record, and the proof's bytes are in its block; only commitments are kept here.
//!
//! ## Proved later
//! An answer that one node or a quorum gave without a proof can be proved by anybody while its request is kept. A proof in the pool can be
//! read, so whoever has one commits to it first and shows it some blocks later; who copies it then has committed to nothing.
//! The circuit's fixed-point numbers are not quite those that were answered: how far they are apart at most is checked and kept with
//! the proof. A commitment holds a deposit, and is forgotten after a while.
//! ```text
//! answered without a proof ─ commit ─► committed ─ prove, some blocks later ─► proved later
//!                                          └► not shown in time: forgotten, the deposit returns
//! ```
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

mod commitment;
mod delivery;
#[cfg(any(feature = "std", feature = "try-runtime"))]
pub mod invariants;
mod late_proof;
mod posting;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use commitment::{Commitment, DueEntry, Places};
pub use pallet::*;
pub use weights::WeightInfo;

use delivery::Claim;
use frame_support::traits::fungible::Inspect;

/// The currency deposits are held in.
pub type BalanceOf<T> =
	<<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// The pallet.
#[frame_support::pallet]
pub mod pallet {
	use super::{BalanceOf, Commitment, DueEntry, Places, WeightInfo};
	use frame_support::{
		dispatch::WithPostDispatchInfo, pallet_prelude::*, traits::fungible, weights::WeightToFee,
	};
	use frame_system::{offchain::CreateAuthorizedTransaction, pallet_prelude::*};
	use opg_primitives::{
		circuit::MaxProofBytes,
		late_proof::Salt,
		node::WorkerSignature,
		request::MaxOutputBytes,
		seams::{AnswerDesk, KeyId, ModelCatalogue, ProofVerifier, ProvedDesk, WorkerKeys},
		Draw, NodeId, RequestId,
	};
	use sp_core::H256;
	use sp_runtime::traits::Zero;

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
		/// Holds deposits.
		type Currency: fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The runtime's reasons for holds.
		type RuntimeHoldReason: From<HoldReason>;

		/// The requests.
		type Desk: ProvedDesk + AnswerDesk<Self::AccountId>;

		/// The published models.
		type Models: ModelCatalogue<Self::AccountId, BalanceOf<Self>>;

		/// Whose keys sign for which nodes.
		type Nodes: WorkerKeys<Self::AccountId>;

		/// Checks proofs.
		type Verifier: ProofVerifier;

		/// What weight costs.
		type WeightToFee: WeightToFee<Balance = BalanceOf<Self>>;

		/// What is held for a commitment to a proof.
		#[pallet::constant]
		type CommitmentDeposit: Get<BalanceOf<Self>>;

		/// Blocks after a commitment from which its proof may be shown. Who takes a proof out of the pool needs as many, in which that
		/// proof must not be included.
		#[pallet::constant]
		type CommitmentAge: Get<BlockNumberFor<Self>>;

		/// Blocks after a commitment up to which its proof may be shown.
		#[pallet::constant]
		type CommitmentLife: Get<BlockNumberFor<Self>>;

		/// The most commitments that are kept.
		#[pallet::constant]
		type MaxCommitments: Get<u32>;

		/// Steps of a circuit's coarsest scale by which an answer may differ from what is proved of it, beside the model's tolerance.
		#[pallet::constant]
		type MaxSteps: Get<u32>;

		/// Weights of the calls and the hook, the check of a proof left out.
		type WeightInfo: WeightInfo;
	}

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// The pallet's storage.
	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// Why this pallet holds balance.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// A commitment to a proof that was not shown yet.
		Commitment,
	}

	/// Proofs of given answers that somebody says to have.
	#[pallet::storage]
	pub type Commitments<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		RequestId,
		Blake2_128Concat,
		T::AccountId,
		Commitment<BalanceOf<T>, BlockNumberFor<T>>,
	>;

	/// Commitments by the time that is left, oldest first; a place whose commitment was taken up is empty.
	#[pallet::storage]
	pub type Due<T: Config> =
		StorageMap<_, Twox64Concat, u64, DueEntry<T::AccountId, BlockNumberFor<T>>>;

	/// Where commitments stand.
	#[pallet::storage]
	pub type DuePlaces<T> = StorageValue<_, Places, ValueQuery>;

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
		/// Somebody says to have a proof of a given answer.
		Committed {
			/// The request.
			request: RequestId,
			/// Who says so.
			by: T::AccountId,
			/// The last block in which the proof may be shown.
			until: BlockNumberFor<T>,
		},
		/// A proof was not shown in time; the commitment to it is forgotten and its deposit returned.
		CommitmentExpired {
			/// The request.
			request: RequestId,
			/// Who had committed.
			by: T::AccountId,
		},
		/// An answer that was given without a proof was proved.
		ProvedLater {
			/// The request.
			request: RequestId,
			/// Who showed the proof.
			by: T::AccountId,
			/// The model's key, under which the proof holds.
			key: KeyId,
			/// A hash of the key and the public inputs.
			statement: H256,
			/// The largest difference between a number answered and the one that was proved, in units of 10⁻⁹, rounded up.
			difference: u64,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// The node does not have this request by this draw, or owes no proof with its answer.
		NotAssigned,
		/// The output is not one that the model's circuit can give for this input.
		NotOfCircuit,
		/// There is no request of this number, or not any more.
		RequestUnknown,
		/// The request has no answer to prove.
		NotAnswered,
		/// The answer came with a proof, or somebody proved it since.
		AlreadyProved,
		/// The answer is being run again; prove the one that stands in the end.
		AnswerInDoubt,
		/// What was asked is in a file off chain, which no proof can be held against.
		InputNotInRequest,
		/// The model has no circuit to prove its answers by.
		NoCircuit,
		/// Too many proofs are to be shown; commit again in a few minutes.
		TooManyCommitments,
		/// The caller did not commit to a proof of this answer, or too long ago.
		NotCommitted,
		/// The caller committed too few blocks ago; show the proof a little later.
		CommitmentTooNew,
		/// The caller committed too long ago; commit again.
		CommitmentExpired,
		/// It is not the output, proof and salt that the caller committed to.
		NotAsCommitted,
		/// The answer differs from what the circuit gives by more than a circuit's rounding explains.
		AnswerTooFar,
		/// The proof does not show that the circuit gives this output for what was asked.
		ProofWrong,
		/// Nobody believes in the model's key any more, or an audit found it to be another's.
		KeyNotBelieved,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(!T::CommitmentAge::get().is_zero(), "a proof must not be taken from the pool");
			assert!(T::CommitmentAge::get() < T::CommitmentLife::get());
			assert!(T::MaxCommitments::get() > 0);
		}

		fn on_idle(now: BlockNumberFor<T>, remaining: Weight) -> Weight {
			Self::give_up_expired(now, remaining)
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::check_laws()
		}
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

		/// Says to have a proof of the answer that a request was given without one, and holds a deposit until it is shown, or for
		/// [`Config::CommitmentLife`] blocks. The hash is [`opg_primitives::late_proof::commitment`]. A second commitment of the same
		/// account takes the place of the first, with its deposit and its end.
		///
		/// Emits `Committed`, and `CommitmentExpired` if the proof is not shown.
		#[pallet::call_index(1)]
		pub fn commit(origin: OriginFor<T>, request: RequestId, hash: H256) -> DispatchResult {
			let by = ensure_signed(origin)?;
			Self::do_commit(by, request, hash)
		}

		/// Proves an answer that was given without a proof, [`Config::CommitmentAge`] blocks after the caller committed to it. `output` is
		/// what the model's circuit gives for the request's input; the answer may differ from it by the model's tolerance and
		/// [`Config::MaxSteps`]. The deposit returns; nobody is paid or punished, and the answer can be disputed as before.
		///
		/// Emits `ProvedLater`.
		#[pallet::call_index(2)]
		#[pallet::weight(Pallet::<T>::proving(*request, proof.len() as u32))]
		pub fn prove(
			origin: OriginFor<T>,
			request: RequestId,
			output: Output,
			proof: ProofBytes,
			salt: Salt,
		) -> DispatchResultWithPostInfo {
			let by = ensure_signed(origin)?;
			// Whoever is refused before the proof is looked at does not pay for its check.
			let late = Self::late_claim(&by, request, &output, &proof, &salt)
				.map_err(|refusal| refusal.with_weight(T::WeightInfo::prove()))?;
			Self::do_prove(by, request, late, &proof)?;
			Ok(().into())
		}
	}
}
