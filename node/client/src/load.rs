//! A load: many accounts that send as fast as blocks take, over one connection.

use crate::{
	amount::Amount,
	chain::{
		self, account, AtBlock, Chain, ACCOUNT, ALREADY_IMPORTED, BATCH_ALL, BLOCK_TIME,
		BLOCK_WEIGHTS, EXISTENTIAL_DEPOSIT, INVALID, NOW, POOL_FULL, PRIORITY_TOO_LOW, SUBMIT,
		TRANSFER,
	},
	connection::{Batches, Refusal},
	error::{Error, Result},
	lane::{deal, Lane},
	plan::Limits,
	records::{Account, Batch, BlockWeights},
	report::Report,
};
use std::collections::{BTreeMap, VecDeque};
use subxt::{dynamic::Value, ext::futures::future::try_join_all, utils::AccountId32};
use subxt_signer::{sr25519::Keypair, DeriveJunction};

/// Blocks for which transactions signed ahead may be taken.
pub(crate) const LIFE: u64 = 1_024;
/// Streams of batches under way at once: a node checks the transactions of one batch one after the other.
const STREAMS: usize = 4;
/// The most transactions in a batch.
const BATCH: usize = 250;
/// The most bytes of transactions in a batch; in hex and JSON they are more than twice as long.
const BATCH_BYTES: usize = 2 * 1024 * 1024;

/// An account that sends.
pub(crate) struct Sender {
	pub(crate) keys: Keypair,
	pub(crate) account: AccountId32,
}

/// Accounts derived from the key that pays for them: nobody else can spend what they are given.
pub(crate) fn senders(payer: &Keypair, count: u16) -> Vec<Sender> {
	let root = payer.derive([DeriveJunction::hard("opg-bench")]);
	let senders = (0..count).map(|index| {
		let keys = root.derive([DeriveJunction::hard(index)]);
		Sender { account: account(&keys), keys }
	});
	senders.collect()
}

/// What the runtime says of its blocks.
pub(crate) fn limits(at: &AtBlock) -> Result<Limits> {
	let weights: BlockWeights = chain::constant(at, BLOCK_WEIGHTS)?;
	let normal = weights.per_class.normal;
	Ok(Limits {
		normal: normal.max_total.unwrap_or(weights.max_block).ref_time,
		base: normal.base_extrinsic.ref_time,
		block_time: chain::constant(at, BLOCK_TIME)?,
		existential_deposit: chain::constant(at, EXISTENTIAL_DEPOSIT)?,
	})
}

/// A block's own time, in milliseconds.
pub(crate) async fn time(at: &AtBlock) -> Result<u64> {
	let now: Option<u64> = chain::read(at, NOW, ()).await?;
	now.ok_or_else(|| Error::Chain(format!("it has no {}.{}", NOW.0, NOW.1)))
}

/// Gives every sender what it lacks of `funds`, in one transaction.
pub(crate) async fn fund(
	chain: &Chain,
	payer: &Keypair,
	senders: &[Sender],
	funds: u128,
	report: Report,
) -> Result<()> {
	let at = chain.best().await?;
	let keys = senders.iter().map(|sender| (sender.account.0,));
	let found: Vec<Option<Account>> = chain.read_many(&at, ACCOUNT, keys).await?;
	let missing: Vec<_> = senders
		.iter()
		.zip(found)
		.map(|(sender, found)| {
			(sender.account, funds.saturating_sub(found.map_or(0, |found| found.data.free)))
		})
		.filter(|(_, missing)| *missing > 0)
		.collect();
	let needed = Amount(missing.iter().map(|(_, missing)| *missing).sum());
	if missing.is_empty() {
		return Ok(());
	}
	let paying = chain::account_at(&at, &account(payer)).await?;
	let has = Amount(paying.map_or(0, |paying| paying.data.free));
	if has < needed {
		return Err(Error::Funds { needed, has });
	}
	report.remark(format!("Giving {} accounts {needed} in all …", missing.len()));
	let calls = missing.into_iter().map(|(account, missing)| transfer(account, missing)).collect();
	chain.send(payer, BATCH_ALL, Batch { calls }).await?;
	Ok(())
}

/// A transfer as a call within a call.
fn transfer(to: AccountId32, amount: u128) -> Value {
	let (pallet, call) = TRANSFER;
	let to = Value::unnamed_variant("Id", [Value::from_bytes(to.0)]);
	let call = Value::named_variant(call, [("dest", to), ("value", Value::u128(amount))]);
	Value::unnamed_variant(pallet, [call])
}

/// Signs the transaction of a sender (by its place) and number.
pub(crate) type Sign<'a> = &'a dyn Fn(usize, u64) -> Result<Vec<u8>>;

/// Accounts at work.
pub(crate) struct Load<'a> {
	chain: &'a Chain,
	batches: Batches,
	senders: &'a [Sender],
	lanes: Vec<Lane>,
	before: u64,
	finality: Finality,
	sign: Sign<'a>,
}

impl<'a> Load<'a> {
	/// A load of `senders`, which must have nothing in the pool, through the node at `url`.
	pub(crate) async fn new(
		chain: &'a Chain,
		url: &str,
		senders: &'a [Sender],
		sign: Sign<'a>,
	) -> Result<Self> {
		let numbers = numbers(chain, &chain.best().await?, senders).await?;
		Ok(Self {
			chain,
			batches: Batches::open(url).await?,
			senders,
			before: numbers.iter().sum(),
			lanes: numbers.into_iter().map(Lane::new).collect(),
			finality: Finality::default(),
			sign,
		})
	}

	/// How many transactions of this load blocks took.
	pub(crate) fn included(&self) -> u64 {
		let numbers: u64 = self.lanes.iter().map(Lane::included).sum();
		numbers.saturating_sub(self.before)
	}

	/// How many were sent that no block has.
	pub(crate) fn in_pool(&self) -> u64 {
		self.lanes.iter().map(Lane::in_pool).sum()
	}

	/// How many more to send, so that `ready` are there that no block has, and the pool never holds more than `most`.
	pub(crate) fn room(&self, ready: u64, most: u64) -> u64 {
		let not_final = self.included().saturating_sub(self.finality.count);
		let held = self.in_pool().saturating_add(not_final);
		ready.saturating_sub(self.in_pool()).min(most.saturating_sub(held))
	}

	/// Signs until `count` are ready to be sent, as many in each lane.
	pub(crate) fn sign_ahead(&mut self, count: u64) -> Result<()> {
		let each = count.div_ceil(u64::try_from(self.lanes.len()).unwrap_or(u64::MAX).max(1));
		(0..self.lanes.len()).try_for_each(|lane| self.stock_up(lane, each))
	}

	fn stock_up(&mut self, index: usize, count: u64) -> Result<()> {
		let lane = &mut self.lanes[index];
		while lane.stock() < count {
			lane.add((self.sign)(index, lane.next_number())?);
		}
		Ok(())
	}

	/// Takes in what a block took.
	pub(crate) async fn observe(&mut self, at: &AtBlock) -> Result<()> {
		let numbers = numbers(self.chain, at, self.senders).await?;
		for (lane, number) in self.lanes.iter_mut().zip(numbers) {
			lane.observe(at.block_number(), number);
		}
		self.finality.note(at.block_number(), self.included());
		self.finality.advance(self.chain.finalized().await?.block_number());
		Ok(())
	}

	/// Sends `wanted` more while block `block` is the newest, and signs as many for the next time.
	pub(crate) async fn send(&mut self, block: u64, wanted: u64) -> Result<()> {
		let in_pool: Vec<_> = self.lanes.iter().map(Lane::in_pool).collect();
		let mut streams: [Vec<Signed>; STREAMS] = Default::default();
		for (index, share) in deal(wanted, &in_pool).into_iter().enumerate() {
			self.stock_up(index, share)?;
			let sent = self.lanes[index].send(block, share);
			streams[index % STREAMS].extend(sent.into_iter().map(|bytes| (index, bytes)));
		}
		let submitted = streams.iter().map(|stream| submit(&self.batches, stream));
		for not_taken in try_join_all(submitted).await? {
			not_taken.into_iter().for_each(|(lane, count)| self.lanes[lane].take_back(count));
		}
		self.sign_ahead(wanted)
	}
}

/// How much of what blocks took is final: a pool forgets nothing sooner.
#[derive(Debug, Default)]
struct Finality {
	/// Blocks that were not final, and how many transactions were taken up to each.
	blocks: VecDeque<(u64, u64)>,
	/// How many transactions final blocks took.
	count: u64,
}

impl Finality {
	fn note(&mut self, block: u64, count: u64) {
		self.blocks.push_back((block, count));
	}

	fn advance(&mut self, finalized: u64) {
		while let Some((_, count)) = self.blocks.front().filter(|(block, _)| *block <= finalized) {
			self.count = self.count.max(*count);
			self.blocks.pop_front();
		}
	}
}

async fn numbers(chain: &Chain, at: &AtBlock, senders: &[Sender]) -> Result<Vec<u64>> {
	let keys = senders.iter().map(|sender| (sender.account.0,));
	let found: Vec<Option<Account>> = chain.read_many(at, ACCOUNT, keys).await?;
	Ok(found.into_iter().map(|found| found.map_or(0, |found| found.nonce)).collect())
}

/// A lane's place and a transaction of it.
type Signed = (usize, Vec<u8>);

/// Submits transactions in their order; returns how many of each lane, from its end, the node did not take.
async fn submit(batches: &Batches, stream: &[Signed]) -> Result<BTreeMap<usize, u64>> {
	let mut not_taken = BTreeMap::new();
	for batch in cut(stream) {
		let params = batch.iter().map(|(_, bytes)| format!("0x{}", hex::encode(bytes)));
		let answers = batches.call(SUBMIT, params).await?;
		for ((lane, _), answer) in batch.iter().zip(answers) {
			let is_taken = answer.map_or_else(|refusal| is_there(&refusal), |()| Ok(true))?;
			// What comes after a gap waits for it, so it is sent again as well.
			if !is_taken || not_taken.contains_key(lane) {
				*not_taken.entry(*lane).or_default() += 1;
			}
		}
	}
	Ok(not_taken)
}

/// Whether a transaction the node refused is in the pool or a block anyway; false if the pool is full.
fn is_there(refusal: &Refusal) -> Result<bool> {
	match refusal.code {
		ALREADY_IMPORTED | PRIORITY_TOO_LOW => Ok(true),
		INVALID if refusal.reason.contains("outdated") => Ok(true),
		INVALID if refusal.reason.contains("Inability to pay") => Err(Error::Balance),
		POOL_FULL => Ok(false),
		_ => Err(Error::Refused(refusal.reason.trim_end_matches('.').into())),
	}
}

/// Cuts a stream into batches.
fn cut(mut stream: &[Signed]) -> Vec<&[Signed]> {
	let mut batches = Vec::new();
	while !stream.is_empty() {
		let mut bytes = 0;
		let fits = |(_, next): &&Signed| {
			bytes += next.len();
			bytes <= BATCH_BYTES
		};
		let length = stream.iter().take(BATCH).take_while(fits).count().max(1);
		let (batch, rest) = stream.split_at(length);
		batches.push(batch);
		stream = rest;
	}
	batches
}

#[cfg(test)]
mod tests {
	use super::{cut, is_there, senders, Finality, Signed, BATCH, BATCH_BYTES};
	use crate::{
		chain::{ALREADY_IMPORTED, INVALID, POOL_FULL},
		connection::Refusal,
		error::Error,
	};
	use std::collections::BTreeSet;
	use subxt_signer::sr25519::dev;

	fn lengths(stream: &[Signed]) -> Vec<usize> {
		cut(stream).into_iter().map(<[_]>::len).collect()
	}

	fn refusal(code: i32, reason: &str) -> Refusal {
		Refusal { code, reason: reason.into() }
	}

	#[test]
	fn every_sender_has_an_account_of_its_own_and_the_same_next_time() {
		let accounts = || senders(&dev::alice(), 50).into_iter().map(|sender| sender.account.0);
		assert_eq!(accounts().collect::<BTreeSet<_>>().len(), 50);
		assert_eq!(accounts().collect::<Vec<_>>(), accounts().collect::<Vec<_>>());
		assert_ne!(senders(&dev::bob(), 1)[0].account, senders(&dev::alice(), 1)[0].account);
	}

	#[test]
	fn what_final_blocks_took_is_final() {
		let mut finality = Finality::default();
		for (block, count) in [(4, 10), (5, 30), (7, 60)] {
			finality.note(block, count);
		}
		let mut up_to = |block| {
			finality.advance(block);
			finality.count
		};
		assert_eq!([3, 4, 6, 7, 9].map(&mut up_to), [0, 10, 30, 60, 60]);
	}

	#[test]
	fn a_stream_is_cut_by_number_and_by_length() {
		assert_eq!(lengths(&vec![(0, vec![1]); BATCH + 3]), [BATCH, 3]);
		let long = vec![0; BATCH_BYTES / 2];
		assert_eq!(lengths(&vec![(0, long); 3]), [2, 1]);
		assert_eq!(lengths(&[(0, vec![0; BATCH_BYTES + 1]), (0, vec![1])]), [1, 1]);
		assert!(lengths(&[]).is_empty());
	}

	#[test]
	fn what_is_in_the_pool_or_a_block_already_counts_as_taken() {
		assert!(is_there(&refusal(ALREADY_IMPORTED, "Already imported")).unwrap());
		assert!(is_there(&refusal(INVALID, "Transaction is outdated")).unwrap());
		assert!(!is_there(&refusal(POOL_FULL, "Immediately dropped")).unwrap());
	}

	#[test]
	fn any_other_refusal_ends_the_load() {
		let unpaid = refusal(INVALID, "Inability to pay some fees");
		assert!(matches!(is_there(&unpaid), Err(Error::Balance)));
		assert!(matches!(is_there(&refusal(INVALID, "bad proof")), Err(Error::Refused(_))));
	}
}
