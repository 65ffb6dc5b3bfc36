//! The chain's own time: a clock that stands still while transactions are paused, and how long long periods are.
//!
//! ## Overview
//! Two things about time are not the same on every chain or in every block. Deadlines of requests must not run out while nobody
//! can answer, so they count blocks of this clock and not of the chain. And a network for tests cannot wait a fortnight for a
//! referendum, so how long an epoch, an era and a day of waiting take is decided by the genesis ([`Pace`]).
//!
//! ## Terms
//! *Closed block*: one that began closed to ordinary transactions ([`Config::Closed`]). *Pace*: the lengths a chain was born with.
//!
//! ## Properties
//! The clock never goes backwards and never skips a number: from one block to the next it advances by one, or in a closed block not
//! at all. The pace of a chain never changes: BABE could not bear another epoch.
//!
//! ## Design
//! Only blocks in which the clock stood still are counted, and only such blocks write. Until the first of them the clock shows the
//! number of the block.
//!
//! Whether a block is closed is asked when it begins. The block in which transactions are paused is open, as its first ones were.
//!
//! ## Limits
//! Before this pallet's hook has run in a block, as when a transaction is validated for the pool, a closed block still counts.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]
#![cfg_attr(
	not(test),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

pub mod pace;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pace::Pace;
pub use pallet::*;
pub use weights::WeightInfo;

use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
	traits::{BlockNumberProvider, Saturating},
	SaturatedConversion,
};

/// The pallet.
#[frame_support::pallet]
pub mod pallet {
	use super::{Pace, WeightInfo};
	use frame_support::{pallet_prelude::*, traits::Contains};
	use frame_system::pallet_prelude::*;
	use sp_runtime::traits::{One, Saturating};

	/// What the runtime decides for this pallet.
	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// Blocks that are closed to ordinary transactions; asked when they begin.
		type Closed: Contains<BlockNumberFor<Self>>;

		/// The pace of a live network, which is that of every chain whose genesis says nothing else.
		#[pallet::constant]
		type LivePace: Get<Pace>;

		/// Weights of the hooks.
		type WeightInfo: WeightInfo;
	}

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// The pallet's storage.
	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// Blocks in which the clock stood still.
	#[pallet::storage]
	pub type StoodStill<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

	/// The chain's pace, from its genesis on.
	#[pallet::storage]
	pub type GenesisPace<T: Config> = StorageValue<_, Pace, ValueQuery, <T as Config>::LivePace>;

	/// How fast the chain goes.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Its pace, if it is no live network.
		pub pace: Option<Pace>,
		/// Nothing.
		#[serde(skip)]
		pub _config: core::marker::PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			if let Some(pace) = self.pace {
				assert!(pace.is_sound(), "a chain of this pace would not run");
				GenesisPace::<T>::put(pace);
			}
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			if !T::Closed::contains(&now) {
				return T::WeightInfo::open_block();
			}
			StoodStill::<T>::mutate(|blocks| blocks.saturating_accrue(One::one()));
			T::WeightInfo::closed_block()
		}

		fn integrity_test() {
			assert!(T::LivePace::get().is_sound());
			assert_eq!(T::LivePace::get().haste, 1, "nothing is hurried on a live network");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(now: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			ensure!(
				StoodStill::<T>::get() <= now,
				"the clock stood still in more blocks than were"
			);
			ensure!(GenesisPace::<T>::get().is_sound(), "the pace would not do");
			Ok(())
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// What the clock shows: what deadlines of requests are counted in.
		pub fn now() -> BlockNumberFor<T> {
			<Self as sp_runtime::traits::BlockNumberProvider>::current_block_number()
		}
	}
}

impl<T: Config> Pallet<T> {
	/// How fast this chain goes.
	pub fn pace() -> Pace {
		GenesisPace::<T>::get()
	}

	/// How many blocks a period takes on this chain that takes so many on a live network; at least one.
	pub fn hasten(blocks: BlockNumberFor<T>) -> BlockNumberFor<T> {
		let hastened = Self::pace().hasten(blocks.saturated_into());
		hastened.saturated_into()
	}
}

impl<T: Config> BlockNumberProvider for Pallet<T> {
	type BlockNumber = BlockNumberFor<T>;

	fn current_block_number() -> Self::BlockNumber {
		frame_system::Pallet::<T>::block_number().saturating_sub(StoodStill::<T>::get())
	}
}
