//! What of a bond is spoken for: answers that can still be disputed, and the jobs in hand.

use crate::{draw::Purpose, BalanceOf, Config, NodeOf, Nodes, Pallet};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::traits::Get;
use opg_primitives::NodeId;
use scale_info::TypeInfo;
use sp_runtime::{
	traits::{AtLeast32BitUnsigned, CheckedDiv, Saturating},
	SaturatedConversion,
};

/// One in so many parts of a bond is kept for judging others.
const KEPT_FOR_JUDGING: u32 = 8;

/// What a node could have to pay for. Time is counted in dispute windows from block 0; an answer counts until the window after
/// its own ends, so for at least one whole window, and no work is ever needed to forget it.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Default,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Exposure<Balance> {
	/// The window `now` belongs to.
	window: u32,
	/// Of answers paid in that window.
	now: Balance,
	/// Of answers paid in the window before it.
	before: Balance,
	/// Of jobs carried.
	in_hand: Balance,
}

impl<Balance: AtLeast32BitUnsigned + Copy> Exposure<Balance> {
	/// What can be disputed in `window`.
	pub fn disputable(&self, window: u32) -> Balance {
		match window.saturating_sub(self.window) {
			0 => self.now.saturating_add(self.before),
			1 => self.now,
			_ => Balance::zero(),
		}
	}

	/// What is at stake for the jobs carried.
	pub const fn in_hand(&self) -> Balance {
		self.in_hand
	}

	/// What can be disputed in `window` or may come to be.
	pub fn spoken_for(&self, window: u32) -> Balance {
		self.disputable(window).saturating_add(self.in_hand)
	}

	/// Counts a job that puts `stake` at stake.
	pub fn take_on(&mut self, stake: Balance) {
		self.in_hand = self.in_hand.saturating_add(stake);
	}

	/// Ends a job that put `stake` at stake and leaves `jobs`.
	pub fn let_go(&mut self, stake: Balance, jobs: u32) {
		// Who carries nothing has nothing in hand, even if the stake was counted otherwise when the job came.
		self.in_hand = if jobs == 0 { Balance::zero() } else { self.in_hand.saturating_sub(stake) };
	}

	/// Counts an answer paid in `window`.
	pub fn add(&mut self, window: u32, stake: Balance) {
		let passed = window.saturating_sub(self.window);
		if passed > 0 {
			self.before = if passed == 1 { self.now } else { Balance::zero() };
			self.now = Balance::zero();
			self.window = window;
		}
		self.now = self.now.saturating_add(stake);
	}
}

impl<T: Config> Pallet<T> {
	/// The dispute window this block is in.
	pub(crate) fn window() -> u32 {
		let now = frame_system::Pallet::<T>::block_number();
		now.checked_div(&T::DisputeWindow::get()).unwrap_or(now).saturated_into()
	}

	/// What of a bond an answer worth `fee` speaks for.
	pub(crate) fn at_stake(fee: BalanceOf<T>) -> BalanceOf<T> {
		fee.saturating_mul(T::ExposureFactor::get().into())
	}

	/// What of a node's bond is spoken for now.
	pub fn spoken_for(record: &NodeOf<T>) -> BalanceOf<T> {
		record.exposure.spoken_for(Self::window())
	}

	/// Whether a bond has room for an answer worth `fee`, and could pay for a lie about it. Ordinary jobs leave an eighth of it free:
	/// who fills nodes with work must not decide who is left to judge.
	pub(crate) fn has_room(record: &NodeOf<T>, fee: BalanceOf<T>, to: Purpose) -> bool {
		let kept = match to {
			Purpose::Work => record.bond.checked_div(&KEPT_FOR_JUDGING.into()),
			Purpose::Judging => None,
		};
		let spoken_for = Self::spoken_for(record).saturating_add(kept.unwrap_or_default());
		let has_room = spoken_for.saturating_add(Self::at_stake(fee)) <= record.bond;
		has_room && Self::cost_of_lie(fee) <= record.bond
	}

	pub(crate) fn do_expose(node: NodeId, fee: BalanceOf<T>) {
		Nodes::<T>::mutate_extant(node, |record| {
			record.exposure.add(Self::window(), Self::at_stake(fee));
		});
	}
}

#[cfg(test)]
mod tests {
	use super::Exposure;

	#[test]
	fn lasts_through_the_window_after_its_own() {
		let mut exposure = Exposure::<u64>::default();
		exposure.add(7, 100);
		assert_eq!([7, 8, 9, 70].map(|window| exposure.disputable(window)), [100, 100, 0, 0]);
	}

	#[test]
	fn of_two_windows_adds_up() {
		let mut exposure = Exposure::<u64>::default();
		exposure.add(7, 100);
		exposure.add(7, 10);
		exposure.add(8, 1);
		assert_eq!([8, 9, 10].map(|window| exposure.disputable(window)), [111, 1, 0]);
	}

	#[test]
	fn is_forgotten_after_a_pause() {
		let mut exposure = Exposure::<u64>::default();
		exposure.add(7, 100);
		exposure.add(9, 1);
		assert_eq!(exposure.disputable(9), 1);
	}

	#[test]
	fn of_jobs_in_hand_does_not_fade() {
		let mut exposure = Exposure::<u64>::default();
		exposure.take_on(5);
		exposure.take_on(7);
		assert_eq!(exposure.spoken_for(1_000), 12);
		exposure.let_go(5, 1);
		assert_eq!((exposure.in_hand(), exposure.disputable(0)), (7, 0));
	}

	#[test]
	fn of_no_job_is_nothing_in_hand() {
		let mut exposure = Exposure::<u64>::default();
		exposure.take_on(7);
		exposure.let_go(3, 0);
		assert_eq!(exposure.in_hand(), 0);
	}
}
