//! What a load came to: paces over the blocks' own times, and what became of requests; arithmetic only.

use crate::{
	batch::is_late,
	records::{Request, State},
};
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};

/// What was counted up to a block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Sample {
	/// The block.
	pub(crate) block: u64,
	/// Its own time, in milliseconds.
	pub(crate) time: u64,
	/// How many transactions blocks took up to it.
	pub(crate) count: u64,
}

/// Takes samples until the time is over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meter {
	length: u64,
	window: Option<Window>,
}

impl Meter {
	/// Measures `seconds` from the first sample on.
	pub(crate) fn new(seconds: u64) -> Self {
		Self { length: seconds.saturating_mul(1_000), window: None }
	}

	/// Takes a sample in; whether the time is over.
	pub(crate) fn push(&mut self, sample: Sample) -> bool {
		let window = self.window.get_or_insert(Window { first: sample, last: sample });
		window.last = sample;
		sample.time >= window.first.time.saturating_add(self.length)
	}

	/// What was measured, if time passed.
	pub(crate) fn window(&self) -> Option<Window> {
		self.window.filter(|window| window.last.time > window.first.time)
	}
}

/// The blocks after one sample, up to another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Window {
	first: Sample,
	last: Sample,
}

impl Window {
	/// Whether it has this block.
	const fn contains(&self, block: u64) -> bool {
		block > self.first.block && block <= self.last.block
	}

	/// How long it is.
	fn seconds(&self) -> f64 {
		self.last.time.saturating_sub(self.first.time) as f64 / 1_000.0
	}

	fn per_second(&self, count: u64) -> f64 {
		rounded(count as f64 / self.seconds())
	}
}

fn rounded(value: f64) -> f64 {
	(value * 1_000.0).round() / 1_000.0
}

/// How fast blocks took transactions.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub(crate) struct Pace {
	/// A second.
	pub(crate) transfers_per_s: f64,
	/// Counted.
	pub(crate) transfers: u64,
	/// In so many seconds.
	pub(crate) seconds: f64,
	/// And so many blocks.
	pub(crate) blocks: u64,
}

impl Pace {
	/// Of a window.
	pub(crate) fn new(window: Window) -> Self {
		let transfers = window.last.count.saturating_sub(window.first.count);
		Self {
			transfers_per_s: window.per_second(transfers),
			transfers,
			seconds: window.seconds(),
			blocks: window.last.block.saturating_sub(window.first.block),
		}
	}
}

/// A request that ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Ended {
	asked: u64,
	at: u64,
	is_settled: bool,
}

/// What became of the requests of a load.
#[derive(Debug)]
pub(crate) struct Ledger {
	senders: HashSet<[u8; 32]>,
	/// Requests to look at, and whether they are known to be of the load.
	open: BTreeMap<u64, bool>,
	ended: Vec<Ended>,
	pruned: u64,
	stuck: u64,
}

impl Ledger {
	/// Of requests among `numbers` made by `senders`.
	pub(crate) fn new(
		numbers: std::ops::Range<u64>,
		senders: impl IntoIterator<Item = [u8; 32]>,
	) -> Self {
		Self {
			senders: senders.into_iter().collect(),
			open: numbers.map(|request| (request, false)).collect(),
			ended: Vec::new(),
			pruned: 0,
			stuck: 0,
		}
	}

	/// Requests to look at.
	pub(crate) fn open(&self) -> Vec<u64> {
		self.open.keys().copied().collect()
	}

	/// Takes in what `block` says of a request.
	pub(crate) fn note(&mut self, block: u64, request: u64, record: Option<&Request>) {
		let Some(record) = record else {
			// Only what ended is pruned; of one never seen nobody can say whose it was.
			let was_ours = self.open.remove(&request).unwrap_or(false);
			self.pruned = self.pruned.saturating_add(was_ours.into());
			return;
		};
		let ended_at = record.state.ended_at();
		let is_ours = self.senders.contains(&record.requester.0);
		if is_ours && ended_at.is_none() && !is_late(block, record) {
			self.open.insert(request, true);
			return;
		}
		self.open.remove(&request);
		match ended_at {
			_ if !is_ours => {},
			Some(at) => {
				let is_settled = matches!(record.state, State::Settled { .. });
				self.ended.push(Ended { asked: record.requested_at, at, is_settled });
			},
			None => self.stuck = self.stuck.saturating_add(1),
		}
	}

	fn settled(&self) -> impl Iterator<Item = &Ended> {
		self.ended.iter().filter(|ended| ended.is_settled)
	}
}

/// What a load of requests came to.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub(crate) struct Profile {
	/// Requests settled a second.
	pub(crate) settled_per_s: f64,
	/// The same by transfers a second.
	pub(crate) over_transfers: Option<f64>,
	/// Blocks from request to settlement that half of those settled took at most.
	pub(crate) latency_blocks_p50: Option<u64>,
	/// And that all but a twentieth took at most.
	pub(crate) latency_blocks_p95: Option<u64>,
	/// Made in all.
	pub(crate) requested: u64,
	/// Answered.
	pub(crate) settled: u64,
	/// Ended otherwise.
	pub(crate) failed: u64,
	/// Not ended long after their deadline.
	pub(crate) stuck: u64,
	/// Taken into a block and refused there.
	pub(crate) refused: u64,
	/// The yardstick.
	pub(crate) transfers_per_s: Option<f64>,
}

impl Profile {
	/// Of a window, where blocks took `included` transactions in all, beside transfers a second.
	pub(crate) fn new(
		ledger: &Ledger,
		window: Window,
		included: u64,
		transfers_per_s: Option<f64>,
	) -> Self {
		let count = |ended: usize| u64::try_from(ended).unwrap_or(u64::MAX);
		let measured = ledger.settled().filter(|ended| window.contains(ended.at)).count();
		let mut latencies: Vec<_> = ledger
			.settled()
			.filter(|ended| window.contains(ended.asked))
			.map(|ended| ended.at.saturating_sub(ended.asked))
			.collect();
		latencies.sort_unstable();
		let settled = count(ledger.settled().count());
		let settled_per_s = window.per_second(count(measured));
		let still_open = count(ledger.open.values().filter(|is_ours| **is_ours).count());
		let ended = count(ledger.ended.len());
		let requested = ended + ledger.pruned + ledger.stuck + still_open;
		Self {
			settled_per_s,
			over_transfers: transfers_per_s
				.filter(|transfers| *transfers > 0.0)
				.map(|transfers| rounded(settled_per_s / transfers)),
			latency_blocks_p50: percentile(&latencies, 50),
			latency_blocks_p95: percentile(&latencies, 95),
			requested,
			settled,
			failed: ended.saturating_sub(settled),
			stuck: ledger.stuck,
			refused: included.saturating_sub(requested),
			transfers_per_s,
		}
	}
}

/// The least of `sorted` that `percent` of them do not exceed.
fn percentile(sorted: &[u64], percent: usize) -> Option<u64> {
	let rank = sorted.len().saturating_mul(percent).div_ceil(100);
	sorted.get(rank.saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
	use super::{percentile, Ledger, Meter, Pace, Profile, Sample, Window};
	use crate::records::{Request, State};
	use opg_primitives::{FaultKind, Outcome, TrustMode};
	use subxt::utils::{AccountId32, Static};

	const OURS: [u8; 32] = [1; 32];

	fn sample(block: u64, time: u64, count: u64) -> Sample {
		Sample { block, time, count }
	}

	fn window() -> Window {
		Window { first: sample(10, 0, 0), last: sample(20, 30_000, 0) }
	}

	fn request(asked: u64, state: State) -> Request {
		Request {
			requester: AccountId32(OURS),
			model: 0,
			trust: Static(TrustMode::Attested),
			held: 0,
			price: 5,
			surplus: 0,
			base_fee: 1,
			requested_at: asked,
			deadline: asked + 40,
			client_key: [0; 16],
			missed_by: None,
			proof: None,
			late_proof: None,
			state,
		}
	}

	fn settled(asked: u64, at: u64) -> Request {
		let outcome = Static(Outcome::Output(vec![0].try_into().unwrap()));
		request(asked, State::Settled { by: vec![3], outcome, at })
	}

	fn ledger(records: &[Request], block: u64) -> Ledger {
		let mut ledger = Ledger::new(0..records.len() as u64, [OURS]);
		for (number, record) in records.iter().enumerate() {
			ledger.note(block, number as u64, Some(record));
		}
		ledger
	}

	#[test]
	fn a_percentile_is_the_least_that_so_many_do_not_exceed() {
		let hundred: Vec<u64> = (1..=100).collect();
		assert_eq!(percentile(&hundred, 50), Some(50));
		assert_eq!(percentile(&hundred, 95), Some(95));
		assert_eq!(percentile(&[4, 9], 50), Some(4));
		assert_eq!(percentile(&[4, 9], 95), Some(9));
		assert_eq!(percentile(&[4], 50), Some(4));
		assert_eq!(percentile(&[], 50), None);
	}

	#[test]
	fn the_time_is_over_with_the_first_block_after_it() {
		let mut meter = Meter::new(10);
		assert!(meter.window().is_none());
		assert!(!meter.push(sample(3, 7_000, 100)));
		assert!(meter.window().is_none(), "no time has passed yet");
		assert!(!meter.push(sample(4, 10_000, 400)));
		assert!(meter.push(sample(7, 19_000, 1_300)));
		let pace = Pace::new(meter.window().unwrap());
		let expected = Pace { transfers_per_s: 100.0, transfers: 1_200, seconds: 12.0, blocks: 4 };
		assert_eq!(pace, expected);
	}

	#[test]
	fn only_what_settled_in_the_window_counts_for_the_pace() {
		let records = [settled(8, 10), settled(8, 11), settled(12, 20), settled(15, 21)];
		let profile = Profile::new(&ledger(&records, 30), window(), 4, Some(1.0));
		assert_eq!((profile.requested, profile.settled), (4, 4));
		assert_eq!(profile.settled_per_s, 0.067);
		assert_eq!(profile.over_transfers, Some(0.067));
	}

	#[test]
	fn the_latency_is_of_what_was_asked_in_the_window() {
		let records = [settled(8, 19), settled(12, 15), settled(13, 17), settled(15, 30)];
		let profile = Profile::new(&ledger(&records, 30), window(), 4, None);
		assert_eq!(profile.latency_blocks_p50, Some(4));
		assert_eq!(profile.latency_blocks_p95, Some(15));
		assert_eq!((profile.transfers_per_s, profile.over_transfers), (None, None));
	}

	#[test]
	fn what_ended_without_an_answer_failed() {
		let records = [
			request(12, State::Failed { fault: Static(FaultKind::Looped), at: 15 }),
			request(12, State::Expired { at: 52 }),
			request(12, State::Cancelled { at: 13 }),
		];
		let profile = Profile::new(&ledger(&records, 60), window(), 3, None);
		assert_eq!((profile.settled, profile.failed, profile.stuck), (0, 3, 0));
		assert_eq!(profile.latency_blocks_p50, None);
	}

	#[test]
	fn an_open_request_is_stuck_only_long_after_its_deadline() {
		let records = [request(12, State::Waiting)];
		let young = ledger(&records, 60);
		assert_eq!(young.open(), [0]);
		assert_eq!(Profile::new(&young, window(), 1, None).stuck, 0);
		let old = ledger(&records, 90);
		assert!(old.open().is_empty());
		let profile = Profile::new(&old, window(), 1, None);
		assert_eq!((profile.requested, profile.stuck), (1, 1));
	}

	#[test]
	fn what_was_pruned_ended_and_is_not_stuck() {
		let mut ledger = ledger(&[request(12, State::Waiting)], 20);
		ledger.note(90, 0, None);
		let profile = Profile::new(&ledger, window(), 1, None);
		assert_eq!((profile.requested, profile.settled, profile.stuck), (1, 0, 0));
		assert!(ledger.open().is_empty());
	}

	#[test]
	fn requests_of_others_and_refused_ones_are_no_requests_of_the_load() {
		let other = Request { requester: AccountId32([2; 32]), ..settled(12, 15) };
		let profile = Profile::new(&ledger(&[other, settled(12, 15)], 30), window(), 5, None);
		assert_eq!((profile.requested, profile.refused), (1, 4));
	}

	#[test]
	fn the_profile_is_one_line_with_stable_names() {
		let profile = Profile::new(&ledger(&[settled(12, 15)], 30), window(), 1, Some(2.0));
		assert_eq!(
			crate::report::json_line(&profile),
			r#"{"settled_per_s":0.033,"over_transfers":0.017,"latency_blocks_p50":3,"latency_blocks_p95":3,"requested":1,"settled":1,"failed":0,"stuck":0,"refused":0,"transfers_per_s":2.0}"#
		);
	}
}
