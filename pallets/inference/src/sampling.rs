//! Sampling: which settled answers are run again, by chance and weighted by what was paid for them.
//!
//! Each time enough was paid for answers, some of those settled since the last time are drawn with the randomness of two later blocks,
//! which nobody knew when they were settled. Enough is what the share of fees set aside for re-runs pays one of them with. An answer
//! is picked evenly and kept with the probability of its price over the highest: rejection sampling (von Neumann 1951).

use crate::{
	assignment::Mix, check, types::DueSample, types::Sampling, BalanceOf, Config, Event, Pallet,
	Positions, Queue, Queues, RequestOf, Requests, Span, State,
};
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::{
	request::operators_for,
	seams::{CheckPurse, NodeRegistry},
	RequestId,
};
use sp_runtime::traits::{CheckedDiv, SaturatedConversion, Saturating, Zero};

/// What has to be paid for answers until one is run again, in prices of the answer run again last: a re-run by
/// [`check::NODES`] nodes out of a share of 4 %.
const PRICES_PER_CHECK: u32 = 75;
/// The most answers drawn in a block.
const MAX_CHECKS: u32 = 16;
/// Answers looked at for each one drawn.
const TRIES: u32 = 8;

impl<T: Config> Pallet<T> {
	/// Takes note of an answer that was just put at the end of the ended queue.
	pub(crate) fn note_settled(price: BalanceOf<T>, paid: BalanceOf<T>) {
		let now = frame_system::Pallet::<T>::block_number();
		Positions::<T>::mutate(|positions| {
			let tail = positions.ended.tail;
			let sampling = &mut positions.sampling;
			if sampling.paid.is_zero() {
				sampling.from = tail.saturating_sub(1);
			}
			sampling.paid = sampling.paid.saturating_add(paid);
			sampling.highest = sampling.highest.max(price);
			let threshold = sampling.threshold.max(T::PaidPerCheck::get());
			let count = sampling.paid.checked_div(&threshold).unwrap_or_else(Zero::zero);
			if sampling.due.is_some() || count.is_zero() {
				return;
			}
			sampling.due = Some(DueSample {
				places: Span { head: sampling.from, tail },
				highest: sampling.highest,
				count: count.saturated_into::<u32>().min(MAX_CHECKS),
				at: now.saturating_add(crate::request::DRAW_DELAY.into()),
			});
			*sampling = Sampling {
				from: tail,
				paid: Zero::zero(),
				highest: Zero::zero(),
				threshold: sampling.threshold,
				due: sampling.due,
			};
		});
	}

	/// Draws what is due; returns the work done in single draws.
	pub(crate) fn draw_checks(mix: &Mix, now: BlockNumberFor<T>) -> u32 {
		let Some(due) = Positions::<T>::get().sampling.due.filter(|due| due.at <= now) else {
			return 0;
		};
		let mut looked_at: u32 = 0;
		for number in 0..due.count {
			let picked = (0..TRIES).find_map(|again| {
				looked_at = looked_at.saturating_add(1);
				Self::pick(mix, &due, number, again)
			});
			if let Some((request, record)) = picked {
				Self::draw_for_check(request, record);
			}
		}
		Positions::<T>::mutate(|positions| positions.sampling.due = None);
		looked_at
	}

	/// One try: an evenly chosen place, kept by its price.
	fn pick(
		mix: &Mix,
		due: &DueSample<BalanceOf<T>, BlockNumberFor<T>>,
		number: u32,
		again: u32,
	) -> Option<(RequestId, RequestOf<T>)> {
		let seed = mix.seed(&(b"check", number, again)).0;
		let (which, ticket) = (word(&seed, 0), word(&seed, 1));
		let place = due.places.head.saturating_add(which.checked_rem(due.places.len())?);
		let request = Queues::<T>::get(Queue::Ended, place)?.request;
		let record = Requests::<T>::get(request).filter(|record| record.check.is_none())?;
		let State::Settled { at, .. } = record.state else { return None };
		let price = record.price.saturated_into::<u128>();
		let highest = due.highest.saturated_into::<u128>().max(1);
		// `ticket / 2^64 < price / highest`, without leaving 128 bits: prices are cut to 64.
		let cut = highest.checked_ilog2().unwrap_or(0).saturating_sub(63);
		let (price, highest) = (price.checked_shr(cut)?, highest.checked_shr(cut)?.max(1));
		let kept = u128::from(ticket).saturating_mul(highest) < price << 64;
		(kept && Self::is_disputable(at)).then_some((request, record))
	}

	fn draw_for_check(request: RequestId, record: RequestOf<T>) {
		let price = record.price;
		let cost = price.saturating_mul(u32::from(check::NODES).into());
		let enough = T::Nodes::operators(record.model) >= operators_for(check::NODES);
		if !enough || !T::Purse::holds(cost) {
			return;
		}
		Positions::<T>::mutate(|positions| {
			positions.sampling.threshold = price.saturating_mul(PRICES_PER_CHECK.into());
		});
		Self::open_check(request, record, None);
		Self::deposit_event(Event::CheckDrawn { request });
	}
}

/// The `index`-th eight bytes of a seed as a number.
fn word(seed: &[u8; 32], index: usize) -> u64 {
	seed.chunks_exact(8)
		.nth(index)
		.and_then(|bytes| bytes.try_into().ok())
		.map_or(0, u64::from_le_bytes)
}
