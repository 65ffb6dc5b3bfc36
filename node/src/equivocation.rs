//! Reports who authored two blocks for one slot, with both headers as they were sealed: the proof that the chain accepts.

use crate::service::Client;
use opg_runtime::OpaqueBlock as Block;
use sc_client_api::HeaderBackend;
use sc_consensus::{BlockCheckParams, BlockImport, BlockImportParams, ImportResult};
use sc_consensus_babe::{find_pre_digest, AuthorityId, BabeApi};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_api::{ApiExt, ProvideRuntimeApi};
use sp_blockchain::Error;
use sp_consensus::BlockOrigin;
use sp_consensus_babe::{check_equivocation_proof, AuthorityIndex, EquivocationProof, Slot};
use sp_runtime::traits::Header as _;
use std::{
	collections::BTreeMap,
	sync::{Arc, Mutex, PoisonError},
};

type Header = <Block as sp_runtime::traits::Block>::Header;
type Hash = <Block as sp_runtime::traits::Block>::Hash;

/// Slots back from the newest whose headers are kept.
const SLOTS_KEPT: u64 = 128;

/// Imports blocks as `inner` does, and compares each that others made with those of the same author and slot.
///
/// BABE's own import queue compares headers from which it has taken the seal, and what it reports of them is refused.
#[derive(Clone)]
pub(crate) struct Watched<Inner> {
	inner: Inner,
	client: Arc<Client>,
	pool: OffchainTransactionPoolFactory<Block>,
	seen: Arc<Mutex<Seen>>,
}

impl<Inner> Watched<Inner> {
	pub(crate) fn new(
		inner: Inner,
		client: Arc<Client>,
		pool: OffchainTransactionPoolFactory<Block>,
	) -> Self {
		Self { inner, client, pool, seen: Arc::default() }
	}

	/// Compares a sealed header with what its author made for the same slot before; tells the chain if they differ.
	fn compare(&self, header: Header) -> Result<(), Error> {
		let digest = find_pre_digest::<Block>(&header)
			.map_err(|error| Error::Application(Box::new(error)))?;
		let (slot, author) = (digest.slot(), digest.authority_index());
		let twin = {
			// Nothing that holds the lock can stop half way.
			let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
			seen.twin(slot, author, &header)
		};
		match twin {
			Some(twin) => self.report(slot, author, twin, header),
			None => Ok(()),
		}
	}

	fn report(
		&self,
		slot: Slot,
		author: AuthorityIndex,
		one: Header,
		other: Header,
	) -> Result<(), Error> {
		let parent = *other.parent_hash();
		// In the same order everywhere, so that all nodes send one and the same transaction.
		let (first, second) = if one.hash() < other.hash() { (one, other) } else { (other, one) };
		let proof = |offender: &AuthorityId| EquivocationProof {
			slot,
			offender: offender.clone(),
			first_header: first.clone(),
			second_header: second.clone(),
		};
		let Some(proof) = self
			.authors(parent, author)?
			.iter()
			.map(proof)
			.find(|proof| check_equivocation_proof(proof.clone()))
		else {
			log::warn!(target: "babe", "Two blocks of author {author} for slot {slot}, but no key that made both");
			return Ok(());
		};
		log::warn!(
			target: "babe",
			"Author {} made two blocks for slot {slot}: {:?} and {:?}",
			proof.offender, proof.first_header.hash(), proof.second_header.hash(),
		);

		let best = self.client.info().best_hash;
		for at in [parent, best] {
			let api = self.client.runtime_api();
			let owner = api.generate_key_ownership_proof(at, slot, proof.offender.clone())?;
			let Some(owner) = owner else { continue };
			let mut api = self.client.runtime_api();
			api.register_extension(self.pool.offchain_transaction_pool(best));
			return match api.submit_report_equivocation_unsigned_extrinsic(
				best,
				proof.clone(),
				owner,
			)? {
				Some(()) => Ok(()),
				None => Err(Error::Application("the runtime would not report it".into())),
			};
		}
		// Who is no authority any more has nothing to lose.
		Ok(())
	}

	/// The keys that number `author` may stand for after `parent`: a new epoch may begin there.
	fn authors(&self, parent: Hash, author: AuthorityIndex) -> Result<Vec<AuthorityId>, Error> {
		let api = self.client.runtime_api();
		let index = usize::try_from(author).unwrap_or(usize::MAX);
		let epochs = [api.current_epoch(parent)?, api.next_epoch(parent)?];
		Ok(epochs
			.iter()
			.filter_map(|epoch| epoch.authorities.get(index))
			.map(|(key, _)| key.clone())
			.collect())
	}
}

#[async_trait::async_trait]
impl<Inner> BlockImport<Block> for Watched<Inner>
where
	Inner: BlockImport<Block> + Send + Sync,
{
	type Error = Inner::Error;

	async fn check_block(
		&self,
		block: BlockCheckParams<Block>,
	) -> Result<ImportResult, Self::Error> {
		self.inner.check_block(block).await
	}

	async fn import_block(
		&self,
		block: BlockImportParams<Block>,
	) -> Result<ImportResult, Self::Error> {
		// Old blocks are no news, and nobody gives himself away.
		let news =
			matches!(block.origin, BlockOrigin::NetworkBroadcast | BlockOrigin::ConsensusBroadcast);
		let header = news.then(|| block.post_header());
		let result = self.inner.import_block(block).await?;
		if let (ImportResult::Imported(_), Some(header)) = (&result, header) {
			if let Err(error) = self.compare(header) {
				log::warn!(target: "babe", "An author of two blocks for one slot could not be reported: {error}");
			}
		}
		Ok(result)
	}
}

/// The first header of each author in each of the last slots.
#[derive(Default)]
struct Seen(BTreeMap<(Slot, AuthorityIndex), Header>);

impl Seen {
	/// Another header of the same author for the same slot; notes this one if it is the first.
	fn twin(&mut self, slot: Slot, author: AuthorityIndex, header: &Header) -> Option<Header> {
		let newest = self.0.last_key_value().map_or(slot, |((newest, _), _)| (*newest).max(slot));
		let oldest = Slot::from(newest.saturating_sub(SLOTS_KEPT));
		if slot < oldest {
			return None;
		}
		self.0 = self.0.split_off(&(oldest, 0));
		let first = self.0.entry((slot, author)).or_insert_with(|| header.clone());
		(first.hash() != header.hash()).then(|| first.clone())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use opg_runtime::BlockNumber;

	fn header(number: BlockNumber, root: u8) -> Header {
		let root = Hash::repeat_byte(root);
		Header::new(number, root, root, Hash::default(), Default::default())
	}

	#[test]
	fn one_block_a_slot_has_no_twin() {
		let mut seen = Seen::default();
		assert_eq!(seen.twin(7.into(), 0, &header(1, 1)), None);
		assert_eq!(seen.twin(7.into(), 1, &header(1, 2)), None);
		assert_eq!(seen.twin(8.into(), 0, &header(2, 3)), None);
		assert_eq!(seen.twin(7.into(), 0, &header(1, 1)), None);
	}

	#[test]
	fn a_second_block_for_a_slot_is_the_firsts_twin() {
		let mut seen = Seen::default();
		seen.twin(7.into(), 3, &header(1, 1));
		seen.twin(9.into(), 3, &header(2, 2));
		assert_eq!(seen.twin(7.into(), 3, &header(1, 4)), Some(header(1, 1)));
	}

	#[test]
	fn only_the_last_slots_are_kept() {
		let mut seen = Seen::default();
		for slot in 0..3 * SLOTS_KEPT {
			seen.twin(slot.into(), 0, &header(1, 1));
		}
		assert_eq!(seen.0.len() as u64, SLOTS_KEPT + 1);
		assert_eq!(seen.twin(1.into(), 0, &header(1, 2)), None);
		assert_eq!(seen.0.len() as u64, SLOTS_KEPT + 1);
	}
}
