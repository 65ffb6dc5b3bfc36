//! Files kept for pay: orders, copies, and checks that the copies are still there.
//!
//! ## Overview
//! Whoever wants a file kept places an order: the content id, how many copies, for how long, and a price for each copy and period. The
//! whole price is held. Anybody takes a slot of an order with a bond, and keeps a copy. Once a period a piece of each copy is asked
//! for that nobody could foresee; who shows it in time is paid, who does not loses part of the bond, and in the end the slot.
//! Whoever keeps the file of a model earns the storage share of what is paid for its answers, too, equally with all who keep it.
//!
//! ## Terms
//! *Order*: a file somebody pays for. *Slot*: a place for one copy; an account has one slot of an order at most. *Keeper*: who has it.
//! *Piece*: 1 KiB of the file. *Period*: [`Config::Period`] blocks, with one *check*. *Default*: a slot whose keeper missed
//! [`Config::MaxMisses`] checks in a row; anybody may take it, or throw its keeper out.
//!
//! ## Life of a slot
//! `take` → (check → `show` or `show_by_node`)* → `leave`, or default → `evict` or `take` by another, or the order ends → `close`.
//!
//! ## Properties
//! What is held for orders is what their purses say, and for slots what their bonds say, account by account. A purse always covers every
//! slot until the order ends, and the deposit. Copies are counted by content id, and the loss of the last one is an event, which tells how
//! many models are made of the file. What copies have earned is in the purse for it. Nothing in a block's work grows with the number of orders
//! (`invariants`).
//!
//! ## What a check shows, and what it does not
//! That whoever answered could get at a piece of the file within [`Config::ShowTime`] blocks. A keeper without a tenth of the pieces fails
//! one check in ten, and 50 checks in a row with less than one chance in a hundred. It does not show that copies lie on different disks: one
//! operator with several accounts may keep one copy for all of its slots, or fetch pieces from another keeper when they are asked for.
//! Who pays for copies that must not fail together orders them from keepers it knows.
//!
//! ## Design
//! *No lists.* A check is one seed for all; which piece a slot must show follows from it ([`Pallet::piece_asked`]). Misses are found when
//! the slot is touched next, by its keeper or by whoever wants it, so a block's hook writes once a period.
//! *Earnings are a number for each file*, which grows with use by what each copy gets; a copy has earned what it grew by since it was shown
//! last. So a settlement does constant work however many keep the file, and only who shows a copy is paid. What others leave unclaimed is
//! shared out with the next use; while nobody keeps a file, its share stays in the purse.
//! *A bad showing is refused* and costs its sender the fee; only silence costs bond, since a right showing may still follow in time.
//! *Nodes show by themselves.* Whoever owns a bonded node need not watch for checks: the node's off-chain worker asks the node for the pieces
//! and signs with its worker key. Such a showing is free, and enters a block only if every piece of it is right.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]
#![cfg_attr(
	not(test),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

extern crate alloc;

mod authority;
mod check;
mod earning;
#[cfg(any(feature = "std", feature = "try-runtime"))]
pub mod invariants;
mod order;
mod posting;
mod slot;
pub mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::{Check, Draft, Order, OrderId, Period, Showing, Slot, SlotIndex, StoredFile};
pub use weights::WeightInfo;

use frame_support::traits::fungible::Inspect;

/// The currency of purses and bonds.
pub type BalanceOf<T> =
	<<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// An order of this runtime.
pub type OrderOf<T> = Order<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

/// A slot of this runtime.
pub type SlotOf<T> = Slot<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

/// The pallet.
#[frame_support::pallet]
pub mod pallet {
	use super::{
		BalanceOf, Check, Draft, OrderId, OrderOf, Period, Showing, SlotIndex, SlotOf, StoredFile,
		WeightInfo,
	};
	use frame_support::{pallet_prelude::*, traits::fungible};
	use frame_system::{offchain::CreateAuthorizedTransaction, pallet_prelude::*};
	use opg_primitives::{
		node::WorkerSignature,
		seams::{BlockEntropy, FilePurse, ModelFiles, WorkerKeys},
		ContentId, NodeId,
	};
	use sp_runtime::traits::Zero;

	/// What the runtime decides for this pallet.
	#[pallet::config]
	pub trait Config:
		frame_system::Config<RuntimeEvent: From<Event<Self>>>
		+ CreateAuthorizedTransaction<Call<Self>>
	{
		/// Holds purses and bonds.
		type Currency: fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ fungible::hold::Balanced<Self::AccountId>;

		/// The runtime's reasons for holds.
		type RuntimeHoldReason: From<HoldReason>;

		/// Whose nodes may show pieces for whom.
		type Nodes: WorkerKeys<Self::AccountId>;

		/// Which files models are made of.
		type Models: ModelFiles;

		/// What keepers of models' files are paid from.
		type Purse: FilePurse<Self::AccountId, BalanceOf<Self>>;

		/// Where checks take their randomness from.
		type Entropy: BlockEntropy;

		/// Blocks of a period.
		#[pallet::constant]
		type Period: Get<BlockNumberFor<Self>>;

		/// Blocks in which a piece that was asked for must be shown; less than a period.
		#[pallet::constant]
		type ShowTime: Get<BlockNumberFor<Self>>;

		/// Checks in a row a keeper may miss before the slot is in default. Each costs as great a part of the bond.
		#[pallet::constant]
		type MaxMisses: Get<Period>;

		/// Bond for a slot, in prices of a period.
		#[pallet::constant]
		type BondPeriods: Get<u32>;

		/// The least bond for a slot, whatever the price: its record must be worth taking away.
		#[pallet::constant]
		type MinBond: Get<BalanceOf<Self>>;

		/// What an order's purse holds beside the price, for its record; it returns when the order is closed.
		#[pallet::constant]
		type Deposit: Get<BalanceOf<Self>>;

		/// The least price of a copy and period.
		#[pallet::constant]
		type MinPrice: Get<BalanceOf<Self>>;

		/// Periods an order may reach ahead.
		#[pallet::constant]
		type MaxPeriods: Get<Period>;

		/// Showings in one transaction.
		#[pallet::constant]
		type MaxShowings: Get<u32>;

		/// Weights of the calls and hooks.
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
		/// What an order will pay its keepers.
		Purse,
		/// What a keeper has at stake.
		Slot,
	}

	/// Orders that were not closed.
	// Each holds its purse; the key is a counter nobody chooses, so a fast hasher is safe.
	#[pallet::storage]
	pub type Orders<T: Config> = StorageMap<_, Twox64Concat, OrderId, OrderOf<T>>;

	/// Slots that are taken.
	// At most `MAX_COPIES` an order, each with a bond.
	#[pallet::storage]
	pub type Slots<T: Config> =
		StorageDoubleMap<_, Twox64Concat, OrderId, Twox64Concat, SlotIndex, SlotOf<T>>;

	/// The slots of each keeper.
	// One entry for each slot; whoever takes one chooses the account.
	#[pallet::storage]
	pub type Kept<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, (OrderId, SlotIndex), ()>;

	/// Every file of which a copy is kept.
	// One entry for a file with a slot taken; whoever takes it chooses the key.
	#[pallet::storage]
	pub type Files<T: Config> =
		StorageMap<_, Blake2_128Concat, ContentId, StoredFile<BalanceOf<T>>>;

	/// The check that runs, or ran last.
	#[pallet::storage]
	pub type CurrentCheck<T: Config> = StorageValue<_, Check<BlockNumberFor<T>>, ValueQuery>;

	/// The number the next order gets.
	#[pallet::storage]
	pub type NextOrder<T> = StorageValue<_, OrderId, ValueQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Somebody wants a file kept.
		Ordered {
			/// The order.
			order: OrderId,
			/// Who pays.
			owner: T::AccountId,
			/// The file.
			content: ContentId,
		},
		/// An order lasts longer.
		Extended {
			/// The order.
			order: OrderId,
			/// The first period that is not paid any more.
			ends: Period,
		},
		/// An order is over; what was left of its purse returned.
		Closed {
			/// The order.
			order: OrderId,
			/// What returned.
			returned: BalanceOf<T>,
		},
		/// An account keeps a copy.
		Taken {
			/// The order.
			order: OrderId,
			/// The slot.
			slot: SlotIndex,
			/// Who keeps it.
			keeper: T::AccountId,
		},
		/// A check began: pieces are asked for.
		CheckBegan {
			/// The period.
			period: Period,
		},
		/// A copy was shown to be there, and its keeper paid.
		Shown {
			/// The order.
			order: OrderId,
			/// The slot.
			slot: SlotIndex,
			/// What the keeper was paid of the order's purse.
			paid: BalanceOf<T>,
			/// What it was paid for the use of models made of the file.
			earned: BalanceOf<T>,
		},
		/// A keeper lost bond for checks it missed.
		Missed {
			/// The order.
			order: OrderId,
			/// The slot.
			slot: SlotIndex,
			/// How many.
			misses: Period,
			/// What burnt.
			burnt: BalanceOf<T>,
		},
		/// A slot is free again.
		Freed {
			/// The order.
			order: OrderId,
			/// The slot.
			slot: SlotIndex,
			/// What returned of the bond.
			returned: BalanceOf<T>,
		},
		/// No copy of a file is kept any more.
		LastCopyLost {
			/// The file.
			content: ContentId,
			/// How many models are made of it.
			models: u32,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no order of this number.
		OrderUnknown,
		/// Only who placed the order may do this.
		NotOwner,
		/// The file is empty or larger than is kept.
		SizeInvalid,
		/// An order asks for 1 to 16 copies.
		CopiesInvalid,
		/// The order lasts no time, or longer than an order may.
		PeriodsInvalid,
		/// The price is below the least price.
		PriceTooLow,
		/// The sum is more than there can be.
		PriceTooHigh,
		/// The order has no slot of this number, or nobody keeps it.
		SlotUnknown,
		/// Somebody keeps this slot, and is not in default.
		SlotTaken,
		/// The account keeps another slot of this order.
		KeepsAnother,
		/// The account does not keep this slot.
		NotKeeper,
		/// The order pays no more.
		OrderEnded,
		/// The order still pays.
		OrderRuns,
		/// The keeper missed too many checks: the slot is anybody's.
		InDefault,
		/// The keeper is not in default.
		NotInDefault,
		/// No piece of this slot is asked for now: it was shown, or the time is over.
		NothingAsked,
		/// A piece is asked for: show it first.
		PieceAsked,
		/// The piece is not the one asked for, or not of this file.
		PieceWrong,
		/// Every order number is taken.
		TooManyOrders,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(!T::Period::get().is_zero());
			assert!(T::ShowTime::get() < T::Period::get(), "a check ends before the next begins");
			assert!(T::MaxMisses::get() > 0 && T::MaxPeriods::get() > 0);
			assert!(T::BondPeriods::get() > 0, "a keeper has something at stake");
		}

		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			Self::begin_check(now)
		}

		fn offchain_worker(_: BlockNumberFor<T>) {
			Self::post_showings();
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::check_laws()
		}
	}

	#[pallet::call(weight(<T as Config>::WeightInfo))]
	impl<T: Config> Pallet<T> {
		/// Asks for copies of a file and holds what they will cost.
		///
		/// Emits `Ordered`.
		#[pallet::call_index(0)]
		pub fn order(origin: OriginFor<T>, draft: Draft<BalanceOf<T>>) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_order(owner, draft)
		}

		/// Lets an order last longer, and holds what that costs.
		///
		/// Emits `Extended`.
		#[pallet::call_index(1)]
		pub fn extend(origin: OriginFor<T>, order: OrderId, periods: Period) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_extend(owner, order, periods)
		}

		/// Takes a free slot, or one in default, and holds the bond for it.
		///
		/// Emits `Taken`, after `Missed` and `Freed` if the slot was in default.
		#[pallet::call_index(2)]
		pub fn take(origin: OriginFor<T>, order: OrderId, slot: SlotIndex) -> DispatchResult {
			let keeper = ensure_signed(origin)?;
			Self::do_take(keeper, order, slot)
		}

		/// Shows pieces that were asked for, many at once; one that is refused refuses them all.
		///
		/// Emits `Shown` for each, after `Missed` where earlier checks were missed.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::show(showings.len() as u32))]
		pub fn show(
			origin: OriginFor<T>,
			showings: BoundedVec<Showing, T::MaxShowings>,
		) -> DispatchResult {
			let keeper = ensure_signed(origin)?;
			showings.into_iter().try_for_each(|showing| Self::do_show(&keeper, showing))
		}

		/// A node shows pieces for its owner, many at once, in ascending order of their slots. Free; signed by the worker key over
		/// `opg/showings/1 ‖ genesis hash ‖ (node, showings)`. It enters no block if any of them would be refused.
		///
		/// Emits `Shown` for each, after `Missed` where earlier checks were missed.
		#[pallet::call_index(7)]
		#[pallet::weight((
			T::WeightInfo::show(showings.len() as u32),
			DispatchClass::Operational,
			Pays::No,
		))]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_show(showings.len() as u32))]
		#[pallet::authorize(Self::authorize_show)]
		pub fn show_by_node(
			origin: OriginFor<T>,
			node: NodeId,
			showings: BoundedVec<Showing, T::MaxShowings>,
			signature: WorkerSignature,
		) -> DispatchResult {
			ensure_authorized(origin)?;
			let _ = signature;
			let keeper = T::Nodes::owner(node).ok_or(Error::<T>::NotKeeper)?;
			showings.into_iter().try_for_each(|showing| Self::do_show(&keeper, showing))
		}

		/// Gives a slot up and returns its bond, less what missed checks cost.
		///
		/// Emits `Freed`.
		#[pallet::call_index(4)]
		pub fn leave(origin: OriginFor<T>, order: OrderId, slot: SlotIndex) -> DispatchResult {
			let keeper = ensure_signed(origin)?;
			Self::do_leave(keeper, order, slot)
		}

		/// Throws a keeper in default out of its slot; anybody may.
		///
		/// Emits `Missed` and `Freed`.
		#[pallet::call_index(5)]
		pub fn evict(origin: OriginFor<T>, order: OrderId, slot: SlotIndex) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_evict(order, slot)
		}

		/// Closes an order that pays no more: bonds and what is left of the purse return; anybody may.
		///
		/// Emits `Freed` for each slot that was kept, and `Closed`.
		#[pallet::call_index(6)]
		pub fn close(origin: OriginFor<T>, order: OrderId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_close(order)
		}
	}
}
