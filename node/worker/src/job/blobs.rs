//! Blobs being fetched: each asked for once at a time, and again later if it was not to be had.

use super::message::Command;
use opg_primitives::ContentId;
use std::collections::{BTreeMap, BTreeSet};

/// Ticks between two tries, once doubling has reached them.
const MAX_PAUSE: u64 = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
	InFlight,
	Pausing { until: u64 },
}

#[derive(Debug, Clone, Copy)]
struct Fetch {
	state: State,
	misses: u32,
}

impl Fetch {
	fn pause(&mut self, now: u64) {
		let pause = 1u64.checked_shl(self.misses).unwrap_or(MAX_PAUSE).min(MAX_PAUSE);
		self.misses = self.misses.saturating_add(1);
		self.state = State::Pausing { until: now.saturating_add(pause) };
	}
}

/// Contents somebody waits for.
#[derive(Debug, Default)]
pub(super) struct Blobs {
	fetches: BTreeMap<ContentId, Fetch>,
}

impl Blobs {
	pub(super) fn len(&self) -> usize {
		self.fetches.len()
	}

	pub(super) fn want(&mut self, content: ContentId, out: &mut Vec<Command>) {
		self.fetches.entry(content).or_insert_with(|| {
			out.push(Command::Fetch(content));
			Fetch { state: State::InFlight, misses: 0 }
		});
	}

	/// Tries a missing blob again soon and often: somebody new waits for it.
	pub(super) fn renew(&mut self, content: &ContentId, now: u64) {
		if let Some(fetch) = self.fetches.get_mut(content) {
			fetch.misses = 0;
			if let State::Pausing { until } = &mut fetch.state {
				*until = now;
			}
		}
	}

	pub(super) fn fetched(&mut self, content: &ContentId) {
		self.fetches.remove(content);
	}

	/// Notes a failed try, and says whether it was the first.
	pub(super) fn missing(&mut self, content: &ContentId, now: u64) -> bool {
		let Some(fetch) = self.fetches.get_mut(content) else { return false };
		fetch.pause(now);
		fetch.misses == 1
	}

	/// Notes that a blob which was here is so no more, and says whether that is news.
	pub(super) fn lost(&mut self, content: ContentId, now: u64) -> bool {
		let mut news = false;
		self.fetches.entry(content).or_insert_with(|| {
			news = true;
			let mut fetch = Fetch { state: State::InFlight, misses: 0 };
			fetch.pause(now);
			fetch
		});
		news
	}

	/// Asks again for what is due, and lets go of what nobody wants any more.
	pub(super) fn retry(&mut self, now: u64, wanted: &BTreeSet<ContentId>, out: &mut Vec<Command>) {
		self.release(wanted);
		for (content, fetch) in &mut self.fetches {
			if matches!(fetch.state, State::Pausing { until } if until <= now) {
				fetch.state = State::InFlight;
				out.push(Command::Fetch(*content));
			}
		}
	}

	/// Lets go of what nobody wants, unless its answer is still to come.
	pub(super) fn release(&mut self, wanted: &BTreeSet<ContentId>) {
		self.fetches
			.retain(|content, fetch| fetch.state == State::InFlight || wanted.contains(content));
	}

	#[cfg(test)]
	pub(super) fn holds(&self, content: &ContentId) -> bool {
		self.fetches.contains_key(content)
	}
}
