//! Counts of use, as the chain's API gives them, and the events they can be counted from again.

use codec::{Compact, Decode};
use subxt::{ext::scale_decode::DecodeAsType, utils::AccountId32};

/// The most blocks that each bucket of latencies but the last counts (`pallet-usage`).
pub(crate) const LATENCY_BOUNDS: [u32; 14] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128];
/// Ages a cohort is told apart by; whoever is older stands in one cell more (`pallet-usage`).
pub(crate) const AGES: u32 = 52;
/// Models and apps an account is followed at (`pallet-usage`).
pub(crate) const PLACES: usize = 8;

/// An epoch's place in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Decode)]
pub(crate) struct EpochSpan {
	pub(crate) index: u32,
	/// Its first block.
	pub(crate) begin: u64,
	/// The first block of the next one.
	pub(crate) end: u64,
}

/// Everything counted of an epoch, for the network, a model or an app.
#[derive(Clone, PartialEq, Eq, Debug, Default, Decode)]
pub(crate) struct Counters {
	pub(crate) accounts: Headcount,
	pub(crate) service: Service,
	pub(crate) money: Money,
	/// By age, the youngest first.
	pub(crate) ages: Vec<Cell>,
}

/// Accounts with a paid answer; `active` is the sum of the others.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Decode)]
pub(crate) struct Headcount {
	#[codec(compact)]
	pub(crate) active: u32,
	#[codec(compact)]
	pub(crate) new: u32,
	#[codec(compact)]
	pub(crate) returning: u32,
	#[codec(compact)]
	pub(crate) resurrected: u32,
}

/// How requests were served.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Decode)]
pub(crate) struct Service {
	#[codec(compact)]
	pub(crate) requests: u64,
	#[codec(compact)]
	pub(crate) settled: u64,
	#[codec(compact)]
	pub(crate) failed: u64,
	#[codec(compact)]
	pub(crate) expired: u64,
	#[codec(compact)]
	pub(crate) cancelled: u64,
	pub(crate) latencies: Latencies,
}

/// How many answers took how many blocks, in the buckets of [`LATENCY_BOUNDS`] and one more.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Decode)]
pub(crate) struct Latencies(pub(crate) [Compact<u64>; LATENCY_BOUNDS.len() + 1]);

impl Default for Latencies {
	fn default() -> Self {
		Self([Compact(0); LATENCY_BOUNDS.len() + 1])
	}
}

impl Latencies {
	/// Counts an answer that took so many blocks.
	pub(crate) fn count(&mut self, blocks: u32) {
		let bucket = LATENCY_BOUNDS.partition_point(|bound| *bound < blocks);
		self.0[bucket].0 += 1;
	}

	/// The counts, the quickest first.
	pub(crate) fn counts(&self) -> [u64; LATENCY_BOUNDS.len() + 1] {
		self.0.map(|count| count.0)
	}
}

/// What requests that ended cost.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Decode)]
pub(crate) struct Money {
	#[codec(compact)]
	pub(crate) spend: u128,
	#[codec(compact)]
	pub(crate) base_fees: u128,
	#[codec(compact)]
	pub(crate) burn: u128,
	#[codec(compact)]
	pub(crate) refunds: u128,
}

/// The accounts of one age that had a paid answer in an epoch, and what they paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Decode)]
pub(crate) struct Cell {
	#[codec(compact)]
	pub(crate) accounts: u32,
	#[codec(compact)]
	pub(crate) spend: u128,
}

/// `Inference.Requested`.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct WasRequested {
	pub(crate) requester: AccountId32,
	pub(crate) model: u32,
	pub(crate) app: Option<u32>,
}

/// `Inference.Settled`.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct WasSettled {
	pub(crate) requester: AccountId32,
	pub(crate) model: u32,
	pub(crate) app: Option<u32>,
	pub(crate) fee: u128,
	pub(crate) burn: u128,
	pub(crate) latency: u32,
}

/// `Inference.Failed`.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct HasFailed {
	pub(crate) requester: AccountId32,
	pub(crate) model: u32,
	pub(crate) app: Option<u32>,
	pub(crate) fee: u128,
	pub(crate) burn: u128,
	pub(crate) refund: u128,
}

/// `Inference.Expired` and `Inference.Cancelled`.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct WasReturned {
	pub(crate) requester: AccountId32,
	pub(crate) model: u32,
	pub(crate) app: Option<u32>,
	pub(crate) refund: u128,
}

/// What is known of an account's use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Decode)]
pub(crate) struct AccountUse {
	/// The epoch of its first paid answer.
	pub(crate) first: u32,
	/// The epoch of its last.
	pub(crate) last: u32,
	/// The epochs in which it had one: bit 0 for the one that runs, bit 1 for the one before, and so on.
	pub(crate) seen: u64,
	/// What was paid for it in the one that runs and each of the three before.
	pub(crate) fees: [u128; 4],
}

impl AccountUse {
	/// The epochs in which it had a paid answer, oldest first.
	pub(crate) fn epochs(&self, now: u32) -> Vec<u32> {
		let back = (0..u64::BITS).rev().filter(|bit| self.seen >> bit & 1 == 1);
		back.filter_map(|bit| now.checked_sub(bit)).collect()
	}
}
