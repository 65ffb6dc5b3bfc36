//! Verified zero-knowledge proofs: keys, statements that count once, and a root of them for each block.
//!
//! ## Overview
//! A proof shows that some public inputs belong to a circuit, without anyone running it again. Whoever wants proofs to be
//! believed registers the circuit's verification key here; then anyone submits proofs under it. What holds becomes a statement,
//! which others on this chain are told of ([`OnProofVerified`]) and other chains can look up under the root of its block.
//!
//! ## Terms
//! *Key*: what the proofs of one circuit are checked with. *Reference string*: what the keys of EZKL are made for; whoever knows its
//! secret can prove anything under them, so governance says which ones are believed. *Program*: what such a key makes the chain do. *Approved*: governance found that nobody can forge under the key; money
//! may follow from such keys only. *Statement*: that inputs hold under a key, submitted by an account for a reference of its own.
//! *Context*: that reference, and the last block in which the proof may be verified. *Bill*: what checking takes ([`Bill`]).
//!
//! ## Life of a key
//! `register_key` → (`approve_key` → `revoke_key`)* → `remove_key`, by its registrant, once nobody relies on it.
//!
//! ## Life of a statement
//! `submit` or `submit_batch` → verified, and told of → in its block's root → after [`Config::StatementLife`] blocks forgotten.
//!
//! ## Properties
//! A statement counts once while it is kept, whatever bytes its proof has: anyone can turn a proof into another one of the same
//! statement. The same inputs under the same key count again for another reference or another account: two honest equal
//! requests are two. Deposits held are those of the keys, to the unit. Every statement is in the list of its block, every list has
//! its root once the block is over, and both go with the statements (`invariants`).
//!
//! ## Design
//! The statement is named by who submits it, since proofs are public: a copy is worth something only to whoever has a
//! request of their own that the same inputs answer.
//!
//! A call is charged as if every one of its proofs were bad and had to be found, and gets back what that did not take. So a bad proof
//! is paid for by its submitter, and good ones are cheap. The arithmetic is [`Config::Engine`]'s; verdicts do not depend on it.
//!
//! What proofs of EZKL weigh follows from their key, and is kept beside it ([`Programs`]): a call's weight is told from that before it
//! runs. So that no call is weighed before its key is known and runs after, such a key is good from the block after the one it is registered in.
//!
//! Anybody may register a key, and whoever made a Groth16 key alone may be able to forge under it. A statement under a key that
//! is not approved says no more than its registrant's word. An approval that is taken back does not reach statements verified before.
//!
//! ## Limits
//! What was forgotten can be verified again, by a context that lives longer. Who counts statements for money must count them per request, and end
//! requests before [`Config::StatementLife`] is over. Expired statements go in blocks that leave room for it, at the oldest first.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]
#![cfg_attr(
	not(test),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

extern crate alloc;

mod aggregation;
pub mod api;
mod bill;
mod checking;
pub mod fault;
#[cfg(any(feature = "std", feature = "try-runtime"))]
pub mod invariants;
mod reference_strings;
mod registry;
mod statement;
mod system;
pub mod types;
mod verification;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use bill::{Bill, Charged};
pub use fault::{KeyFault, PointFault, ProofFault, StringFault};
pub use pallet::*;
pub use reference_strings::string_id;
pub use registry::key_id;
pub use types::{
	Context, Inclusion, Inputs, Key, KeyBytes, Program, ProofBytes, ReferenceString, Root, Source,
	Submission, Verified, GROTH16_PROOF_BYTES, MAX_BATCH, MAX_INPUTS, MAX_KEY_BYTES,
	MAX_PROOF_BYTES, MAX_REFERENCE_STRINGS, MAX_SOURCE_BYTES,
};
pub use weights::WeightInfo;

use frame_support::traits::fungible::Inspect;
#[cfg(doc)]
use opg_primitives::seams::OnProofVerified;

/// The currency deposits are held in.
pub type BalanceOf<T> =
	<<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// A key of this runtime.
pub type KeyOf<T> = Key<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

/// What the weight of proofs under a key of EZKL of this runtime follows from.
pub type ProgramOf<T> = Program<frame_system::pallet_prelude::BlockNumberFor<T>>;

/// What a proof of this runtime is submitted for.
pub type ContextOf<T> = Context<frame_system::pallet_prelude::BlockNumberFor<T>>;

/// A proof of a batch of this runtime.
pub type SubmissionOf<T> = Submission<frame_system::pallet_prelude::BlockNumberFor<T>>;

/// The pallet.
#[frame_support::pallet]
pub mod pallet {
	use super::{
		BalanceOf, Bill, Charged, ContextOf, Inputs, KeyBytes, KeyFault, KeyOf, ProgramOf,
		ProofBytes, ProofFault, ReferenceString, Root, Source, StringFault, Submission,
		SubmissionOf, Verified, WeightInfo, MAX_BATCH,
	};
	use alloc::{string::String, vec::Vec};
	use frame_support::{
		dispatch::{DispatchErrorWithPostInfo, DispatchResultWithPostInfo},
		pallet_prelude::*,
		traits::fungible,
	};
	use frame_system::pallet_prelude::*;
	use opg_primitives::seams::{KeyId, OnProofVerified, ProofSystem, Provenance, Reference};
	use opg_verifiers::ezkl::SRS_BYTES;
	use sp_core::{Bytes, H256};
	use sp_runtime::traits::Zero;

	/// What the runtime decides for this pallet.
	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// Holds deposits.
		type Currency: fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The runtime's reasons for holds.
		type RuntimeHoldReason: From<HoldReason>;

		/// Approves of keys, and takes approvals back.
		type ApproveOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Accepts reference strings, and takes them away.
		type ReferenceStringOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Is told of every statement that was verified.
		type OnVerified: OnProofVerified<Self::AccountId>;

		/// Does the arithmetic.
		type Engine: opg_verifiers::Engine;

		/// Deposit for a key, before its bytes.
		#[pallet::constant]
		type DepositBase: Get<BalanceOf<Self>>;

		/// Deposit for each byte of a key and its record.
		#[pallet::constant]
		type DepositPerByte: Get<BalanceOf<Self>>;

		/// The most statements of a block.
		#[pallet::constant]
		type MaxStatements: Get<u32>;

		/// Blocks for which a statement is kept and counts once, and its block's root with it.
		#[pallet::constant]
		type StatementLife: Get<BlockNumberFor<Self>>;

		/// Blocks from the one in which a reference string is accepted to the first in which it is believed.
		#[pallet::constant]
		type ReferenceStringDelay: Get<BlockNumberFor<Self>>;

		/// Weights of the calls.
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
		/// The deposit for a key.
		Key,
	}

	/// Every registered key.
	// Bounded by deposits; whoever registers can try many keys until their hashes crowd one place of the trie.
	#[pallet::storage]
	pub type Keys<T: Config> = StorageMap<_, Blake2_128Concat, KeyId, KeyOf<T>>;

	/// The bytes of every registered key.
	// As many entries as `Keys` has.
	#[pallet::storage]
	pub type WireKeys<T> = StorageMap<_, Blake2_128Concat, KeyId, KeyBytes>;

	/// Of every registered key of EZKL, what the weight of its proofs follows from.
	// As many entries as `Keys` has of them.
	#[pallet::storage]
	pub type Programs<T: Config> = StorageMap<_, Blake2_128Concat, KeyId, ProgramOf<T>>;

	/// The reference strings that keys of EZKL may have been made for.
	// Eight at most; their names are hashes, and governance chooses them.
	#[pallet::storage]
	pub type ReferenceStrings<T: Config> =
		StorageMap<_, Identity, H256, ReferenceString<BlockNumberFor<T>>>;

	/// The statements that count.
	// As many entries as `Leaves` has in all.
	#[pallet::storage]
	pub type Statements<T: Config> =
		StorageMap<_, Blake2_128Concat, H256, Verified<BlockNumberFor<T>>>;

	/// Per block, the statements verified in it, in order.
	// `StatementLife` entries of `MaxStatements`, and what is still to be pruned.
	#[pallet::storage]
	pub type Leaves<T: Config> = StorageMap<
		_,
		Twox64Concat,
		BlockNumberFor<T>,
		BoundedVec<H256, T::MaxStatements>,
		ValueQuery,
	>;

	/// Per block, its statements under one hash.
	// One for each entry of `Leaves` at most.
	#[pallet::storage]
	pub type Roots<T: Config> = StorageMap<_, Twox64Concat, BlockNumberFor<T>, Root>;

	/// The first block whose statements may not have been forgotten yet.
	#[pallet::storage]
	pub type NextExpiry<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

	/// What a chain begins with.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Reference strings that are believed from the start: their points on the wire, and where they are from.
		pub reference_strings: Vec<(Bytes, String)>,
		/// Nothing.
		#[serde(skip)]
		pub _config: core::marker::PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			for (points, source) in &self.reference_strings {
				let points = points.0.as_slice().try_into();
				let source = source.as_bytes().to_vec().try_into();
				let (Ok(points), Ok(source)) = (points, source) else {
					panic!("a reference string has 320 bytes, and its source at most 256");
				};
				if let Err(error) = Pallet::<T>::accept(points, source, Zero::zero()) {
					panic!("a reference string of the genesis is refused: {error:?}");
				}
			}
		}
	}

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A key was registered.
		KeyRegistered {
			/// What it is called by.
			key: KeyId,
			/// Who registered it.
			owner: T::AccountId,
			/// What its proofs are made by.
			system: ProofSystem,
			/// How many public inputs it takes.
			inputs: u32,
		},
		/// A key is gone and its deposit returned.
		KeyRemoved {
			/// The key.
			key: KeyId,
		},
		/// Money may follow from proofs under a key from now on.
		KeyApproved {
			/// The key.
			key: KeyId,
			/// Why it is believed.
			provenance: Provenance,
		},
		/// Money may not follow from proofs under a key any more.
		KeyRevoked {
			/// The key.
			key: KeyId,
		},
		/// A statement was verified.
		ProofVerified {
			/// What it is called by.
			statement: H256,
			/// Who submitted it.
			who: T::AccountId,
			/// The key it was verified under.
			key: KeyId,
			/// What it was submitted for.
			reference: Reference,
			/// Whether the key was approved.
			approved: bool,
		},
		/// A well-formed proof of a batch does not show its statement; the rest of the batch stands.
		ProofRejected {
			/// What the statement would be called by.
			statement: H256,
			/// Who submitted it.
			who: T::AccountId,
			/// The key it does not hold under.
			key: KeyId,
			/// Its place in the batch, from 0.
			index: u32,
		},
		/// A reference string is going to be believed.
		ReferenceStringAdded {
			/// What it is called by.
			id: H256,
			/// The first block in which it is believed.
			from: BlockNumberFor<T>,
		},
		/// A reference string is not believed any more, nor is any proof under a key made for it.
		ReferenceStringRemoved {
			/// What it was called by.
			id: H256,
		},
		/// The statements verified in this block have a root.
		Aggregated {
			/// The root.
			root: H256,
			/// How many statements there are.
			statements: u32,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no key of this name.
		KeyUnknown,
		/// This key is registered already.
		KeyKnown,
		/// The key is not sound; what is wrong with it.
		Key(KeyFault),
		/// Only the key's registrant may do this.
		NotOwner,
		/// The key is relied on.
		KeyInUse,
		/// The key is not approved.
		KeyNotApproved,
		/// A release is named in UTF-8 and not empty.
		ReleaseInvalid,
		/// A proof is refused; which of the call's, from 0, and why.
		Proof(u8, ProofFault),
		/// The batch is empty.
		NoProofs,
		/// The batch has more than 64 proofs.
		TooManyProofs,
		/// No room for as many statements is left in this block: try the next.
		TooManyStatements,
		/// There is no reference string of this name.
		ReferenceStringUnknown,
		/// This reference string is accepted already.
		ReferenceStringKnown,
		/// There are eight reference strings: take one away first.
		TooManyReferenceStrings,
		/// The reference string is not sound; what is wrong with it.
		ReferenceString(StringFault),
		/// The source of a reference string is UTF-8 and not empty.
		SourceInvalid,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MaxStatements::get() >= MAX_BATCH, "a block must have room for a batch");
			assert!(!T::StatementLife::get().is_zero(), "a root must outlive its block");
		}

		fn on_initialize(_: BlockNumberFor<T>) -> Weight {
			T::WeightInfo::aggregate()
		}

		fn on_finalize(now: BlockNumberFor<T>) {
			Self::aggregate(now);
		}

		fn on_idle(_: BlockNumberFor<T>, remaining: Weight) -> Weight {
			Self::prune(remaining)
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::check_laws()
		}
	}

	#[pallet::call(weight(<T as Config>::WeightInfo))]
	impl<T: Config> Pallet<T> {
		/// Registers the verification key of a circuit with so many public inputs and holds the deposit for it.
		///
		/// Refused is a key under which false statements could be proved, as far as anyone can tell without having made it.
		/// Emits `KeyRegistered`.
		#[pallet::call_index(0)]
		#[pallet::weight(Pallet::<T>::registering(*system, *inputs, bytes.len()))]
		pub fn register_key(
			origin: OriginFor<T>,
			system: ProofSystem,
			#[pallet::compact] inputs: u32,
			bytes: KeyBytes,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_register_key(owner, system, inputs, bytes)
		}

		/// Takes a key away that nobody relies on, and returns its deposit. Only by its registrant.
		///
		/// Emits `KeyRemoved`.
		#[pallet::call_index(1)]
		pub fn remove_key(origin: OriginFor<T>, key: KeyId) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_remove_key(owner, key)
		}

		/// Lets money follow from proofs under a key. Origin: [`Config::ApproveOrigin`].
		///
		/// Emits `KeyApproved`.
		#[pallet::call_index(2)]
		pub fn approve_key(
			origin: OriginFor<T>,
			key: KeyId,
			provenance: Provenance,
		) -> DispatchResult {
			T::ApproveOrigin::ensure_origin(origin)?;
			Self::do_approve_key(key, provenance)
		}

		/// Lets money follow from proofs under a key no more. Origin: [`Config::ApproveOrigin`].
		///
		/// Emits `KeyRevoked`.
		#[pallet::call_index(3)]
		pub fn revoke_key(origin: OriginFor<T>, key: KeyId) -> DispatchResult {
			T::ApproveOrigin::ensure_origin(origin)?;
			Self::do_revoke_key(key)
		}

		/// Verifies a proof that public inputs hold under a key, for a reference of the submitter's own.
		///
		/// A proof that is malformed, counted before or does not hold is an error that says so, and nothing is stored.
		/// Emits `ProofVerified`.
		#[pallet::call_index(4)]
		#[pallet::weight(Pallet::<T>::most_weight(core::iter::once(
			Pallet::<T>::charged(*key, inputs.len(), proof.len())
		)))]
		pub fn submit(
			origin: OriginFor<T>,
			key: KeyId,
			inputs: Inputs,
			proof: ProofBytes,
			context: ContextOf<T>,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let submission = Submission { key, inputs, proof, context };
			Self::billed(|bill| Self::do_submit(&who, submission, bill))
		}

		/// Verifies up to 64 proofs, under any keys, at a fraction of what they take one by one.
		///
		/// What can be told of a proof by looking at it alone is an error that says which proof and why, and nothing is stored:
		/// an unknown key, bytes that are not a proof, a context that has expired, a statement counted before. Leave that one out and
		/// submit again. Of the rest, every proof that holds is stored; one that does not, which nobody can tell without the
		/// arithmetic, is named by a `ProofRejected` event and spoils no other. Its submitter pays for finding it.
		///
		/// Emits `ProofVerified` or `ProofRejected` for each proof.
		#[pallet::call_index(5)]
		#[pallet::weight(Pallet::<T>::most_weight(submissions.iter().map(|submission| {
			let Submission { key, inputs, proof, .. } = submission;
			Pallet::<T>::charged(*key, inputs.len(), proof.len())
		})))]
		pub fn submit_batch(
			origin: OriginFor<T>,
			submissions: Vec<SubmissionOf<T>>,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			Self::billed(|bill| Self::do_submit_batch(&who, &submissions, bill))
		}

		/// Accepts a structured reference string, so that keys of EZKL may be made for it, once everyone had time to look at it.
		/// Origin: [`Config::ReferenceStringOrigin`].
		///
		/// Whoever knows its secret can prove anything under every key made for it. Emits `ReferenceStringAdded`.
		#[pallet::call_index(6)]
		pub fn add_reference_string(
			origin: OriginFor<T>,
			points: [u8; SRS_BYTES],
			source: Source,
		) -> DispatchResult {
			T::ReferenceStringOrigin::ensure_origin(origin)?;
			Self::do_add_reference_string(points, source)
		}

		/// Believes in a reference string no more, at once. Origin: [`Config::ReferenceStringOrigin`].
		///
		/// Keys made for it stay, and so do statements verified before; no proof under them is. Emits `ReferenceStringRemoved`.
		#[pallet::call_index(7)]
		pub fn remove_reference_string(origin: OriginFor<T>, id: H256) -> DispatchResult {
			T::ReferenceStringOrigin::ensure_origin(origin)?;
			Self::do_remove_reference_string(id)
		}
	}

	impl<T: Config> Pallet<T> {
		/// What these proofs may weigh at most.
		pub fn most_weight(claims: impl Iterator<Item = Charged>) -> Weight {
			Bill::most(claims).weight::<T::WeightInfo>(T::OnVerified::weight())
		}

		/// Runs a call and has it pay for what it took, whether it went well or not.
		fn billed<R>(
			call: impl FnOnce(&mut Bill) -> Result<R, DispatchError>,
		) -> DispatchResultWithPostInfo {
			let mut bill = Bill::default();
			let result = call(&mut bill);
			let weight = bill.weight::<T::WeightInfo>(T::OnVerified::weight());
			let post_info = Some(weight).into();
			match result {
				Ok(_) => Ok(post_info),
				Err(error) => Err(DispatchErrorWithPostInfo { post_info, error }),
			}
		}
	}
}
