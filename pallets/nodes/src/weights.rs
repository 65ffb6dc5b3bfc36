//! Weights of the calls: upper bounds counted by hand until `scripts/weights.sh` has measured them.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What each call weighs.
pub trait WeightInfo {
	/// Of `register`.
	fn register() -> Weight;
	/// Of `bond_more`.
	fn bond_more() -> Weight;
	/// Of `rotate_key`.
	fn rotate_key() -> Weight;
	/// Of `unbond`.
	fn unbond() -> Weight;
	/// Of `withdraw`.
	fn withdraw() -> Weight;
	/// Of `heartbeat` naming `models` models, of which `moved` joined or left the lists to draw from.
	fn heartbeat(models: u32, moved: u32) -> Weight;
	/// Of checking who sent a heartbeat.
	fn authorize_heartbeat() -> Weight;
}

const RECORD_BYTES: u64 = 3_000;

/// Models a node may serve: each has to leave its list when the node does.
const MOST_SERVED: u64 = 64;

fn upper_bound<T: frame_system::Config>(micros: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(1_000_000), RECORD_BYTES)
		.saturating_add(T::DbWeight::get().reads_writes(reads, writes))
}

/// Upper bounds, not measured.
pub struct UpperBounds<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for UpperBounds<T> {
	fn register() -> Weight {
		upper_bound::<T>(250, 6, 6)
	}

	fn bond_more() -> Weight {
		upper_bound::<T>(100, 4, 4)
	}

	fn rotate_key() -> Weight {
		upper_bound::<T>(200, 4, 4)
	}

	fn unbond() -> Weight {
		upper_bound::<T>(150, 2, 2)
			.saturating_add(upper_bound::<T>(10, 4, 4).saturating_mul(MOST_SERVED))
	}

	fn withdraw() -> Weight {
		upper_bound::<T>(150, 5, 5)
	}

	fn heartbeat(models: u32, moved: u32) -> Weight {
		upper_bound::<T>(50, 3, 3)
			.saturating_add(upper_bound::<T>(5, 2, 0).saturating_mul(models.into()))
			.saturating_add(upper_bound::<T>(10, 4, 4).saturating_mul(moved.into()))
	}

	fn authorize_heartbeat() -> Weight {
		upper_bound::<T>(120, 3, 0)
	}
}
