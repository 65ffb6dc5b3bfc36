//! Weights of the calls: upper bounds counted by hand until `scripts/weights.sh` has measured them.

use crate::draw::PLACES_PER_SEAT;
use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};
use opg_primitives::request::MAX_QUORUM;

/// What each call weighs.
pub trait WeightInfo {
	/// Of `register`.
	fn register() -> Weight;
	/// Of `bond_more`.
	fn bond_more() -> Weight;
	/// Of `rotate_key`.
	fn rotate_key() -> Weight;
	/// Of `set_sealing_key`.
	fn set_sealing_key() -> Weight;
	/// Of `unbond`.
	fn unbond() -> Weight;
	/// Of `withdraw`.
	fn withdraw() -> Weight;
	/// Of `heartbeat` naming `models` models, of which `moved` joined or left the lists to draw from.
	fn heartbeat(models: u32, moved: u32) -> Weight;
	/// Of checking who sent a heartbeat.
	fn authorize_heartbeat() -> Weight;
	/// Of `leave_jail`.
	fn leave_jail() -> Weight;
	/// Of `slash`.
	fn slash() -> Weight;
	/// Of a draw of one node, for who calls it. With up to 8 nodes to pass over.
	fn draw() -> Weight;
	/// Of a draw of `seats` nodes or jurors, for who calls it: every place looked at may hold a silent node, which leaves the
	/// list. With up to `seats` and seven nodes to pass over.
	fn draw_seats(seats: u32) -> Weight;
	/// Of giving a place back after an answer in time or an excuse, for who calls it.
	fn release() -> Weight;
	/// Of giving a place back after a miss, which may jail, for who calls it.
	fn miss() -> Weight;
	/// Of exposing a bond, for who calls it.
	fn expose() -> Weight;
	/// Of a punishment, for who calls it.
	fn punish() -> Weight;
}

const RECORD_BYTES: u64 = 3_000;

/// Models a node may serve: each has to leave its list when the node does.
const MOST_SERVED: u64 = 64;

fn upper_bound<T: frame_system::Config>(micros: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(1_000_000), RECORD_BYTES)
		.saturating_add(T::DbWeight::get().reads_writes(reads, writes))
}

/// Joining or leaving one list: its length, its last place, the owner's count.
fn list_move<T: frame_system::Config>() -> Weight {
	upper_bound::<T>(15, 4, 6)
}

/// Leaving every list, at the worst.
fn leave_lists<T: frame_system::Config>() -> Weight {
	upper_bound::<T>(5, 1, 1).saturating_add(list_move::<T>().saturating_mul(MOST_SERVED))
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

	fn set_sealing_key() -> Weight {
		upper_bound::<T>(50, 1, 1)
	}

	fn unbond() -> Weight {
		upper_bound::<T>(150, 2, 2).saturating_add(leave_lists::<T>())
	}

	fn withdraw() -> Weight {
		upper_bound::<T>(150, 5, 5)
	}

	fn heartbeat(models: u32, moved: u32) -> Weight {
		upper_bound::<T>(50, 3, 3)
			.saturating_add(upper_bound::<T>(5, 2, 0).saturating_mul(models.into()))
			.saturating_add(list_move::<T>().saturating_mul(moved.into()))
	}

	fn authorize_heartbeat() -> Weight {
		upper_bound::<T>(120, 3, 0)
	}

	fn leave_jail() -> Weight {
		upper_bound::<T>(50, 1, 1)
	}

	fn slash() -> Weight {
		Self::punish()
	}

	fn draw() -> Weight {
		Self::draw_seats(1)
	}

	fn draw_seats(seats: u32) -> Weight {
		let shunned = u64::from(seats).saturating_add(MAX_QUORUM.into());
		let place = upper_bound::<T>(20, 2, 0).saturating_add(list_move::<T>());
		let places = u64::from(seats).saturating_mul(PLACES_PER_SEAT.into());
		upper_bound::<T>(20, 1, 0)
			.saturating_add(upper_bound::<T>(5, 1, 0).saturating_mul(shunned))
			.saturating_add(place.saturating_mul(places))
			.saturating_add(upper_bound::<T>(20, 1, 1).saturating_mul(seats.into()))
	}

	fn release() -> Weight {
		upper_bound::<T>(15, 1, 1)
	}

	fn miss() -> Weight {
		Self::release().saturating_add(leave_lists::<T>())
	}

	fn expose() -> Weight {
		upper_bound::<T>(15, 1, 1)
	}

	fn punish() -> Weight {
		upper_bound::<T>(100, 4, 4).saturating_add(leave_lists::<T>())
	}
}
