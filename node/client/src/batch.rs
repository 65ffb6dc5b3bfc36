//! Requests on their way from being sent to their end, judged block by block; no clock, no network.

use crate::{
	chain::{Hash, MORTALITY},
	error::Error,
	proving::Proving,
	records::{Request, WITH_NODE},
};
use opg_primitives::ClientKey;

/// Blocks after which a transaction that no block took is sent again.
const RESEND_AFTER: u64 = 8;
/// Blocks for which a request may be missing before it counts as gone: forks end sooner.
const MISSING_FOR: u64 = 16;
/// Blocks after its deadline by which the chain ends a request at the latest, with some to spare.
const LATE_AFTER: u64 = 20;
/// As many again for one that several nodes are at work on: two panels or a jury may still go through all their phases.
const PANELS_LATE_AFTER: u64 = 400;

/// A transaction that was sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
	/// Its number among the account's.
	pub(crate) nonce: u64,
	/// Its name.
	pub(crate) hash: Hash,
	/// Its bytes, to send again.
	pub(crate) bytes: Vec<u8>,
	/// The newest block when it was first sent.
	pub(crate) first: u64,
	/// The newest block when it was last sent.
	pub(crate) last: u64,
}

/// How a request ended.
#[derive(Debug)]
pub(crate) enum End {
	/// As the chain says: settled, failed, cancelled or expired; what a failed one was charged, and what proving took, once that is
	/// known.
	Chain { request: u64, record: Request, charged: Option<u128>, proving: Option<Proving> },
	/// It was there and is not any more.
	Gone { request: u64 },
	/// The chain has not ended it in time.
	Late { request: u64, record: Request },
	/// It was never made.
	Refused(Error),
}

/// What to do next about a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Step {
	/// Nothing.
	Wait,
	/// Send the transaction again.
	Resend,
	/// A block took the transaction but made no request: find out why.
	Explain,
}

/// What a block says of a request: its number, and its record.
pub(crate) type Found = (u64, Option<Request>);

/// One request.
#[derive(Debug)]
pub(crate) struct Item {
	/// The caller's name for it.
	pub(crate) key: ClientKey,
	/// Its transaction, once sent.
	pub(crate) sent: Option<Sent>,
	/// Its number, once a block has it.
	pub(crate) request: Option<u64>,
	/// What goes on with it, in words, while it is open.
	pub(crate) work: Option<String>,
	phase: Option<&'static str>,
	/// How it ended, once it did.
	pub(crate) end: Option<End>,
	missing_since: Option<u64>,
	told: bool,
}

impl Item {
	/// A request that is still to be sent.
	pub(crate) const fn new(key: ClientKey) -> Self {
		Self {
			key,
			sent: None,
			request: None,
			work: None,
			phase: None,
			end: None,
			missing_since: None,
			told: false,
		}
	}

	const fn is_over(&self) -> bool {
		self.told || self.end.is_some()
	}

	/// How it ended, to be told once.
	pub(crate) fn take_end(&mut self) -> Option<End> {
		let end = self.end.take();
		self.told |= end.is_some();
		end
	}

	/// Whether it is to be sent.
	pub(crate) const fn is_unsent(&self) -> bool {
		self.sent.is_none() && self.request.is_none() && !self.is_over()
	}

	/// Whether it was sent and no block has it.
	pub(crate) const fn is_in_flight(&self) -> bool {
		self.sent.is_some() && self.request.is_none() && !self.is_over()
	}

	/// Whether blocks have to be asked about it.
	pub(crate) const fn is_followed(&self) -> bool {
		(self.sent.is_some() || self.request.is_some()) && !self.is_over()
	}

	/// Where it is, in a word or two, while it is followed.
	pub(crate) fn phase(&self) -> &'static str {
		self.phase.filter(|_| self.request.is_some()).unwrap_or("on their way")
	}

	/// Whether one node has it.
	pub(crate) fn is_with_node(&self) -> bool {
		self.is_followed() && self.phase() == WITH_NODE
	}

	/// Takes in what `block` says, where the account's next transaction is number `nonce`.
	pub(crate) fn observe(&mut self, block: u64, nonce: u64, found: Option<Found>) -> Step {
		if let Some((request, record)) = found {
			self.request = Some(request);
			self.missing_since = None;
			self.work = record.as_ref().and_then(Request::work);
			self.phase = record.as_ref().and_then(|record| record.state.phase());
			self.end = record.and_then(|record| ending(block, request, record));
			return Step::Wait;
		}
		// Once in a block a request may fall back into the pool with a fork.
		let waits = self.sent.as_ref().is_some_and(|sent| sent.nonce >= nonce);
		if waits {
			self.request = None;
			return self.wait_for_inclusion(block);
		}
		let Some(request) = self.request else { return Step::Explain };
		let since = *self.missing_since.get_or_insert(block);
		if block.saturating_sub(since) >= MISSING_FOR {
			self.end = Some(End::Gone { request });
		}
		Step::Wait
	}

	fn wait_for_inclusion(&mut self, block: u64) -> Step {
		let Some(sent) = &mut self.sent else { return Step::Wait };
		if block.saturating_sub(sent.first) > MORTALITY {
			let cause = format!("no block took it within {MORTALITY} blocks");
			self.end = Some(End::Refused(Error::NotIncluded(cause)));
			return Step::Wait;
		}
		if block.saturating_sub(sent.last) < RESEND_AFTER {
			return Step::Wait;
		}
		sent.last = block;
		Step::Resend
	}
}

fn ending(block: u64, request: u64, record: Request) -> Option<End> {
	if record.state.ended_at().is_some() {
		return Some(End::Chain { request, record, charged: None, proving: None });
	}
	is_late(block, &record).then_some(End::Late { request, record })
}

/// Whether the chain should have ended an open request before `block`.
pub(crate) fn is_late(block: u64, record: &Request) -> bool {
	let panels = if record.state.is_with_panel() { PANELS_LATE_AFTER } else { 0 };
	block > record.deadline.saturating_add(LATE_AFTER).saturating_add(panels)
}

/// The key of request number `index` of a batch whose first has `first`.
pub(crate) fn numbered(first: ClientKey, index: usize) -> ClientKey {
	let index = u128::try_from(index).unwrap_or(u128::MAX);
	u128::from_be_bytes(first).wrapping_add(index).to_be_bytes()
}

#[cfg(test)]
mod tests {
	use super::{is_late, numbered, End, Item, Sent, Step, LATE_AFTER, MISSING_FOR, RESEND_AFTER};
	use crate::{
		chain::{Hash, MORTALITY},
		error::Error,
		records::{Request, State},
	};
	use opg_primitives::{Outcome, TrustMode};
	use subxt::utils::{AccountId32, Static};

	fn record(state: State) -> Request {
		Request {
			requester: AccountId32([1; 32]),
			model: 0,
			trust: Static(TrustMode::Attested),
			held: 0,
			price: 5,
			surplus: 0,
			base_fee: 1,
			requested_at: 10,
			deadline: 50,
			client_key: [0; 16],
			missed_by: None,
			proof: None,
			late_proof: None,
			state,
		}
	}

	fn settled() -> Request {
		let outcome = Static(Outcome::Output(vec![0].try_into().unwrap()));
		record(State::Settled { by: vec![3], outcome, at: 14 })
	}

	fn sent(nonce: u64) -> Item {
		let sent = Sent { nonce, hash: Hash::default(), bytes: Vec::new(), first: 9, last: 9 };
		Item { sent: Some(sent), ..Item::new([0; 16]) }
	}

	#[test]
	fn a_request_is_in_flight_until_a_block_has_it() {
		let mut item = sent(4);
		assert!(item.is_in_flight());
		assert_eq!(item.observe(10, 4, None), Step::Wait);
		assert_eq!(item.observe(11, 5, Some((7, Some(record(State::Waiting))))), Step::Wait);
		assert!(!item.is_in_flight() && item.is_followed());
		assert_eq!(item.request, Some(7));
	}

	#[test]
	fn a_settled_request_ends() {
		let mut item = sent(4);
		item.observe(15, 5, Some((7, Some(settled()))));
		assert!(matches!(item.end, Some(End::Chain { request: 7, .. })));
		assert!(!item.is_followed());
		assert!(item.take_end().is_some() && item.take_end().is_none());
		assert!(!item.is_followed());
	}

	#[test]
	fn a_transaction_that_made_no_request_is_explained() {
		let mut item = sent(4);
		assert_eq!(item.observe(10, 5, None), Step::Explain);
	}

	#[test]
	fn a_transaction_no_block_takes_is_sent_again_and_given_up_when_it_is_void() {
		let mut item = sent(4);
		assert_eq!(item.observe(9 + RESEND_AFTER - 1, 4, None), Step::Wait);
		assert_eq!(item.observe(9 + RESEND_AFTER, 4, None), Step::Resend);
		assert_eq!(item.observe(10 + RESEND_AFTER, 4, None), Step::Wait);
		item.observe(9 + MORTALITY + 1, 4, None);
		assert!(matches!(item.end, Some(End::Refused(Error::NotIncluded(_)))));
	}

	#[test]
	fn a_fork_puts_a_request_back_in_flight() {
		let mut item = sent(4);
		item.observe(10, 5, Some((7, Some(record(State::Waiting)))));
		assert_eq!(item.observe(10, 4, None), Step::Wait);
		assert!(item.is_in_flight());
		item.observe(11, 5, Some((8, Some(record(State::Waiting)))));
		assert_eq!(item.request, Some(8));
	}

	#[test]
	fn a_request_that_stays_away_is_gone() {
		let mut item = sent(4);
		item.observe(10, 5, Some((7, Some(record(State::Waiting)))));
		assert_eq!(item.observe(20, 5, None), Step::Wait);
		assert!(item.end.is_none());
		item.observe(20 + MISSING_FOR, 5, None);
		assert!(matches!(item.end, Some(End::Gone { request: 7 })));
	}

	#[test]
	fn a_request_open_long_after_its_deadline_is_late() {
		let mut item = sent(4);
		item.observe(50 + LATE_AFTER, 5, Some((7, Some(record(State::Waiting)))));
		assert!(item.end.is_none());
		item.observe(51 + LATE_AFTER, 5, Some((7, Some(record(State::Waiting)))));
		assert!(matches!(item.end, Some(End::Late { request: 7, .. })));
	}

	#[test]
	fn a_panel_may_go_on_beyond_the_deadline() {
		let after = 51 + LATE_AFTER;
		assert!(is_late(after, &record(State::Assigned { node: 3 })));
		assert!(!is_late(after, &record(State::Convened { since: 40 })));
		assert!(!is_late(after, &record(State::Escalated)));
		assert!(is_late(after + 1_000, &record(State::Escalated)));
	}

	#[test]
	fn an_open_request_says_who_works_on_it() {
		let mut item = sent(4);
		item.observe(11, 5, Some((7, Some(record(State::Assigned { node: 3 })))));
		assert_eq!(item.work.as_deref(), Some("node 3 works on it"));
		assert_eq!((sent(4).phase(), item.phase()), ("on their way", "with a node"));
		item.observe(12, 5, Some((7, Some(settled()))));
		assert_eq!(item.work, None);
	}

	#[test]
	fn an_earlier_request_is_followed_without_sending() {
		let mut item = Item { request: Some(7), ..Item::new([0; 16]) };
		assert!(!item.is_unsent() && item.is_followed());
		item.observe(15, 0, Some((7, Some(settled()))));
		assert!(item.end.is_some());
	}

	#[test]
	fn keys_of_a_batch_count_up() {
		let mut first = [0; 16];
		first[15] = 0xff;
		assert_eq!(numbered(first, 0), first);
		assert_eq!(numbered(first, 1)[14..], [1, 0]);
		assert_eq!(numbered([0xff; 16], 1), [0; 16]);
	}
}
