//! Other nodes as a source of blobs: they are asked for the outline of a file and then for its chunks, several at a time.
//!
//! A peer is believed nothing: an outline must give the content id that was asked for, and a chunk the digest in the outline. Who
//! gives another chunk, or none, is not asked for more of this blob. How questions travel is the node's business ([`PeerNetwork`]).

use crate::{Assembly, AssemblyError, BlobStore, EmbeddedStore, Outline, Source, StoreError};
use codec::{Decode, DecodeAll, Encode};
use futures::{future::BoxFuture, stream, StreamExt};
use opg_primitives::{content::RAW_LIMIT, ContentId};
use std::{
	collections::VecDeque,
	fmt::Display,
	sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};
use tokio::runtime::Handle;

/// Bytes of a question at most.
pub const MAX_QUESTION: u64 = 64;
/// Bytes of an answer at most: the outline of a file of 7 GiB.
pub const MAX_ANSWER: u64 = 1 << 20;
const _: () = assert!(RAW_LIMIT as u64 + 16 < MAX_ANSWER);

/// Questions under way at a time.
const IN_FLIGHT: usize = 8;
/// Outlines kept at hand by who answers.
const OUTLINES: usize = 64;

/// What one node asks another.
#[derive(Debug, Encode, Decode)]
enum Question {
	/// Size and digests of the chunks; answered by `Option<(u64, Vec<[u8; 32]>)>`.
	Outline(ContentId),
	/// The bytes of one chunk; answered by `Option<Vec<u8>>`.
	Chunk(ContentId, u64),
}

/// Brings questions to other nodes.
pub trait PeerNetwork: Send + Sync + 'static {
	/// Another node.
	type Peer: Clone + Display + Send + Sync;

	/// Who is connected now.
	fn peers(&self) -> BoxFuture<'_, Vec<Self::Peer>>;

	/// Asks one of them; an error says why there is no answer. Ends by itself.
	fn ask(&self, peer: Self::Peer, question: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, String>>;
}

/// The nodes this one is connected with. Its calls block on the runtime it was made with.
#[derive(Debug)]
pub struct PeerSource<Network> {
	network: OnceLock<Network>,
	runtime: Handle,
}

impl<Network: PeerNetwork> PeerSource<Network> {
	/// A source that has nobody to ask until it is connected.
	pub const fn new(runtime: Handle) -> Self {
		Self { network: OnceLock::new(), runtime }
	}

	/// Says who carries questions; once.
	pub fn connect(&self, network: Network) {
		if self.network.set(network).is_err() {
			log::error!(target: "worker::store", "the source of peers was connected twice");
		}
	}

	fn unreachable(&self, why: impl ToString) -> StoreError {
		StoreError::Unreachable { store: self.name(), why: why.to_string() }
	}

	async fn assemble(&self, id: &ContentId, home: &EmbeddedStore) -> Result<(), StoreError> {
		let network = self.network.get().ok_or_else(|| self.unreachable("no network yet"))?;
		let (outline, mut holders) = holders(network, id).await;
		let Some(outline) = outline else {
			return Err(self.unreachable("no connected node has it"));
		};
		let mut assembly = Assembly::open(home, *id, outline)?;
		loop {
			let due: Vec<_> = assembly.missing().take(IN_FLIGHT).collect();
			if due.is_empty() {
				return assembly.finish().map(drop);
			}
			if holders.is_empty() {
				return Err(self.unreachable("every node that had it stopped giving it"));
			}
			let asked = due.iter().zip(holders.iter().cycle()).map(|(index, holder)| async {
				(*index, holder.clone(), chunk(network, holder, id, *index).await)
			});
			let given: Vec<_> = stream::iter(asked).buffer_unordered(IN_FLIGHT).collect().await;
			let mut unfit = Vec::new();
			for (index, holder, bytes) in given {
				let taken = match bytes {
					Ok(bytes) => assembly.put(index, &bytes),
					Err(why) => {
						log::debug!(target: "worker::store", "{holder} gave no chunk: {why}");
						unfit.push(holder.to_string());
						continue;
					},
				};
				match taken {
					Ok(()) => {},
					Err(AssemblyError::WrongChunk(index)) => {
						log::warn!(target: "worker::store", "{holder} gave wrong bytes as chunk {index} of {id}");
						unfit.push(holder.to_string());
					},
					Err(AssemblyError::Store(error)) => return Err(error),
				}
			}
			holders.retain(|holder| !unfit.contains(&holder.to_string()));
		}
	}
}

/// Who has a blob, and its outline.
async fn holders<Network: PeerNetwork>(
	network: &Network,
	id: &ContentId,
) -> (Option<Outline>, Vec<Network::Peer>) {
	let question = Question::Outline(*id).encode();
	let asked = network.peers().await.into_iter().map(|peer| {
		let question = question.clone();
		async move { (peer.clone(), network.ask(peer, question).await) }
	});
	let answers: Vec<_> = stream::iter(asked).buffer_unordered(IN_FLIGHT).collect().await;
	let (mut outline, mut holders) = (None, Vec::new());
	for (peer, answer) in answers {
		let Ok(answer) = answer else { continue };
		let Ok(Some((size, leaves))) =
			Option::<(u64, Vec<[u8; 32]>)>::decode_all(&mut answer.as_slice())
		else {
			continue;
		};
		match Outline::new(size, leaves).filter(|outline| outline.id() == *id) {
			Some(found) => {
				outline = Some(found);
				holders.push(peer);
			},
			None => log::warn!(target: "worker::store", "{peer} gave a wrong outline of {id}"),
		}
	}
	(outline, holders)
}

async fn chunk<Network: PeerNetwork>(
	network: &Network,
	peer: &Network::Peer,
	id: &ContentId,
	index: u64,
) -> Result<Vec<u8>, String> {
	let answer = network.ask(peer.clone(), Question::Chunk(*id, index).encode()).await?;
	let bytes = Option::<Vec<u8>>::decode_all(&mut answer.as_slice());
	bytes.map_err(|error| error.to_string())?.ok_or_else(|| "it has it no more".into())
}

impl<Network: PeerNetwork> Source for PeerSource<Network> {
	fn name(&self) -> String {
		"peers".into()
	}

	fn bring(&self, id: &ContentId, home: &EmbeddedStore) -> Result<(), StoreError> {
		self.runtime.block_on(self.assemble(id, home))
	}

	// Others ask for what they need.
	fn offer(&self, _: &ContentId, _: &EmbeddedStore) -> Result<(), StoreError> {
		Ok(())
	}
}

/// Answers other nodes from this one's store. Calls block.
#[derive(Debug)]
pub struct PeerDesk {
	store: EmbeddedStore,
	/// The outlines asked for last: each takes reading a whole file.
	places: Mutex<VecDeque<(ContentId, Arc<Place>)>>,
}

/// An outline, once somebody has read the file; nothing where it could not be read.
type Place = OnceLock<Option<Arc<Outline>>>;

impl PeerDesk {
	/// Answers from `store`.
	pub const fn new(store: EmbeddedStore) -> Self {
		Self { store, places: Mutex::new(VecDeque::new()) }
	}

	/// The answer to a question; nothing to what is none.
	pub fn answer(&self, question: &[u8]) -> Option<Vec<u8>> {
		let answer = match Question::decode_all(&mut &*question).ok()? {
			Question::Outline(id) => self
				.outline(&id)
				.map(|outline| (outline.size(), outline.leaves().to_vec()))
				.encode(),
			Question::Chunk(id, index) => self.chunk(&id, index).encode(),
		};
		(answer.len() as u64 <= MAX_ANSWER).then_some(answer)
	}

	fn outline(&self, id: &ContentId) -> Option<Arc<Outline>> {
		if !self.store.has(id) {
			return None;
		}
		let place = self.place(id);
		// The same file is read once however many ask; who asks for others does not wait for that.
		let outline = place.get_or_init(|| self.store.outline(id).ok().map(Arc::new)).clone();
		if outline.is_none() {
			self.places().retain(|(_, other)| !Arc::ptr_eq(other, &place));
		}
		outline
	}

	/// Where the outline of a blob is kept, or will be.
	fn place(&self, id: &ContentId) -> Arc<Place> {
		let mut places = self.places();
		if let Some((_, place)) = places.iter().find(|(known, _)| known == id) {
			return place.clone();
		}
		if places.len() >= OUTLINES {
			places.pop_front();
		}
		let place = Arc::new(Place::new());
		places.push_back((*id, place.clone()));
		place
	}

	fn places(&self) -> MutexGuard<'_, VecDeque<(ContentId, Arc<Place>)>> {
		self.places.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Only chunks of what was asked for as a whole are given, so that a blob is checked before any of it leaves.
	fn chunk(&self, id: &ContentId, index: u64) -> Option<Vec<u8>> {
		let outline = self.outline(id)?;
		let bytes = self.store.chunk(id, index).ok()?;
		outline.matches(index, &bytes).then_some(bytes)
	}
}

#[cfg(test)]
mod tests;
