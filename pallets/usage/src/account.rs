//! What is kept of an account: when it was here, what it paid of late, and which models and apps it used.

use crate::{types::Scope, Balance, EpochIndex};
use codec::{Compact, Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use opg_primitives::seams::Returned;
use scale_info::TypeInfo;

/// Epochs of which it is kept whether an account was here.
pub const SEEN: u32 = 64;

/// Epochs of which it is kept what an account paid.
pub const FEES: usize = 4;

/// An epoch and the three before it, as bits.
const RECENT: u64 = 0b1111;

/// Models and apps an account is followed at.
pub const PLACES: u32 = 8;

/// What was paid for an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Paid {
	/// In all.
	pub(crate) spend: Balance,
	/// By itself.
	pub(crate) own: Balance,
	/// What burnt of that.
	pub(crate) burnt: Balance,
}

/// How an account comes to be active in an epoch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arrival {
	/// For the first time.
	New,
	/// From the epoch before.
	Returning,
	/// After an epoch or more without a paid answer.
	Resurrected,
}

/// When somebody had the first and the last paid answer.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Presence {
	/// The epoch of the first: the cohort.
	#[codec(compact)]
	pub first: EpochIndex,
	/// The epoch of the last.
	#[codec(compact)]
	pub last: EpochIndex,
}

impl Presence {
	const fn begin(now: EpochIndex) -> Self {
		Self { first: now, last: now }
	}

	/// Whether the last one is `ring` epochs ago or longer, as if there had been none.
	pub const fn is_forgotten(&self, now: EpochIndex, ring: u32) -> bool {
		now.saturating_sub(self.last) >= ring
	}

	/// Epochs since the first.
	pub const fn age(&self, now: EpochIndex) -> EpochIndex {
		now.saturating_sub(self.first)
	}

	/// Notes a paid answer; says how that came if it is the epoch's first.
	fn come(&mut self, now: EpochIndex) -> Option<Arrival> {
		let arrival = match now.saturating_sub(self.last) {
			0 => return None,
			1 => Arrival::Returning,
			_ => Arrival::Resurrected,
		};
		self.last = now;
		Some(arrival)
	}
}

/// An account at a model or app.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Place {
	/// Where.
	pub scope: Scope,
	/// When.
	pub presence: Presence,
}

/// What was paid for answers in each of the last epochs, the newest first.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Fees([Compact<Balance>; FEES]);

impl Default for Fees {
	fn default() -> Self {
		Self([Compact(0); FEES])
	}
}

impl Fees {
	/// The sums, the newest first.
	pub fn sums(&self) -> [Balance; FEES] {
		self.0.map(|sum| sum.0)
	}

	/// Lets epochs pass.
	fn pass(&mut self, epochs: u32) {
		let gone = (epochs as usize).min(FEES);
		self.0.rotate_right(gone);
		for sum in self.0.iter_mut().take(gone) {
			sum.0 = 0;
		}
	}

	fn add(&mut self, amount: Balance) {
		if let Some(newest) = self.0.first_mut() {
			newest.0 = newest.0.saturating_add(amount);
		}
	}
}

/// What is kept of an account with paid answers.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Account {
	/// Its first and last epoch with a paid answer.
	pub presence: Presence,
	/// The epochs in which it had one: bit 0 for the last, bit 1 for the epoch before that, and so on.
	pub seen: u64,
	/// What was paid for it in the last such epoch and the ones before that.
	pub fees: Fees,
	/// The part of that it paid itself.
	pub own: Fees,
	/// What burnt of its own part.
	pub burnt: Fees,
	/// The first epoch of which its own part was not taken.
	#[codec(compact)]
	pub taken_to: EpochIndex,
	/// Where it was followed, at most [`PLACES`].
	pub places: BoundedVec<Place, ConstU32<PLACES>>,
}

impl Account {
	fn begin(now: EpochIndex) -> Self {
		Self {
			presence: Presence::begin(now),
			seen: 1,
			fees: Fees::default(),
			own: Fees::default(),
			burnt: Fees::default(),
			taken_to: now,
			places: BoundedVec::new(),
		}
	}

	/// The account after it paid for answers now, and how it came if that is the epoch's first time. What was known of it is forgotten
	/// if that is `ring` epochs old.
	pub(crate) fn visit(
		known: Option<Self>,
		now: EpochIndex,
		ring: u32,
		paid: &Paid,
	) -> (Self, Option<Arrival>) {
		let known = known.filter(|account| !account.presence.is_forgotten(now, ring));
		let (mut account, arrival) = match known {
			None => (Self::begin(now), Some(Arrival::New)),
			Some(mut account) => {
				account.pass(now);
				let arrival = account.presence.come(now);
				account.seen |= 1;
				(account, arrival)
			},
		};
		account.fees.add(paid.spend);
		account.own.add(paid.own);
		account.burnt.add(paid.burnt);
		(account, arrival)
	}

	/// Follows the account at a model or app it uses now: how it came, if it had not been there in the epoch, and for how long it has been
	/// coming. Whoever was used longest ago makes room. Nothing if every place was used in this epoch.
	pub(crate) fn follow(
		&mut self,
		scope: Scope,
		now: EpochIndex,
		ring: u32,
	) -> Option<(Option<Arrival>, EpochIndex)> {
		let fresh = Place { scope, presence: Presence::begin(now) };
		if let Some(place) = self.places.iter_mut().find(|place| place.scope == scope) {
			if place.presence.is_forgotten(now, ring) {
				*place = fresh;
				return Some((Some(Arrival::New), 0));
			}
			return Some((place.presence.come(now), place.presence.age(now)));
		}
		if self.places.try_push(fresh).is_err() {
			let oldest = self.places.iter_mut().min_by_key(|place| place.presence.last)?;
			if oldest.presence.last >= now {
				return None;
			}
			*oldest = fresh;
		}
		Some((Some(Arrival::New), 0))
	}

	/// Shifts what counts from the last epoch with a paid answer, so that it counts from now.
	fn pass(&mut self, now: EpochIndex) {
		let epochs = now.saturating_sub(self.presence.last);
		self.seen = self.seen.checked_shl(epochs).unwrap_or(0);
		self.fees.pass(epochs);
		self.own.pass(epochs);
		self.burnt.pass(epochs);
	}

	/// What it paid itself in those of the ended epochs in which it came back, and that was not taken yet.
	pub(crate) fn returned(mut self, now: EpochIndex) -> Returned<Balance> {
		self.pass(now);
		let own = self.own.sums().into_iter().zip(self.burnt.sums());
		let mut returned = Returned::default();
		for (back, (fees, burnt)) in own.enumerate().skip(1) {
			let back = back as u32;
			let is_open = now.checked_sub(back).is_some_and(|epoch| epoch >= self.taken_to);
			let recent = self.seen.checked_shr(back).unwrap_or(0) & RECENT;
			if is_open && recent & 1 == 1 && recent.count_ones() > 1 {
				returned.fees = fees.saturating_add(returned.fees);
				returned.burnt = burnt.saturating_add(returned.burnt);
			}
		}
		returned
	}

	/// The account as others may ask for it.
	pub(crate) fn view(mut self, now: EpochIndex) -> AccountUse {
		self.pass(now);
		AccountUse {
			first: self.presence.first,
			last: self.presence.last,
			seen: self.seen,
			fees: self.fees.sums(),
		}
	}
}

/// What is known of an account, counted from the current epoch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct AccountUse {
	/// The epoch of its first paid answer: its cohort.
	pub first: EpochIndex,
	/// The epoch of its last.
	pub last: EpochIndex,
	/// The epochs in which it had one: bit 0 for the current epoch, bit 1 for the one before, and so on.
	pub seen: u64,
	/// What it paid for answers in the current epoch and in each of the three before.
	pub fees: [Balance; FEES],
}

impl AccountUse {
	/// In how many of the last `epochs` epochs, the current one included, it had a paid answer.
	pub const fn seen_in(&self, epochs: u32) -> u32 {
		let mask = match 1u64.checked_shl(epochs) {
			Some(bit) => bit.saturating_sub(1),
			None => u64::MAX,
		};
		(self.seen & mask).count_ones()
	}
}
