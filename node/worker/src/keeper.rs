//! Keeps files for pay: fetches and pins those its node's owner keeps, and has the pieces at hand that the chain asks for.
//!
//! [`Keeper::poll`] is told of every file in every block, and answers with what is at hand; the rest is looked up meanwhile. A piece
//! is compared with its hash before it is given: what a disk has lost is fetched again if anybody has it, and never shown.

use codec::{DecodeAll, Encode};
use opg_host::WorkerPort;
use opg_primitives::{
	job::{FoundPiece, KeptFile, Query},
	ContentId,
};
use opg_store::{BlobStore, StoreError, Stores};
use sp_core::H256;
use std::{
	collections::{BTreeMap, BTreeSet},
	fmt,
	sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::{runtime::Handle, sync::Semaphore};

const LOG: &str = "worker::keeper";
/// Files looked at at a time.
const MAX_READS: usize = 2;
/// What failed is tried again after 1, 2, 4 … this many polls.
const LONGEST_PAUSE: u32 = 16;

/// Why a piece is not at hand.
#[derive(Debug, thiserror::Error)]
enum KeepError {
	#[error(transparent)]
	Store(#[from] StoreError),
	#[error("the tree over its pieces cannot be read: {0}")]
	Tree(#[from] std::io::Error),
	#[error("its pieces have the root {found:?}, and the order says {expected:?}: give the slot up, it can never be shown")]
	OtherPieces { expected: H256, found: H256 },
	#[error("piece {0} is damaged on disk; the file is fetched again if anybody has it")]
	Damaged(u32),
}

/// A file by its content and the root over its pieces.
type Name = (ContentId, H256);

/// What is known of a file.
#[derive(Default)]
struct File {
	/// The pieces asked of it.
	asked: BTreeSet<u32>,
	/// Those at hand.
	found: BTreeMap<u32, FoundPiece>,
	/// Whether it was seen to be here, with these pieces.
	is_here: bool,
	is_busy: bool,
	failures: u32,
	/// Polls to let pass before it is tried again.
	pause: u32,
}

impl File {
	fn missing(&self) -> Vec<u32> {
		self.asked.iter().filter(|index| !self.found.contains_key(*index)).copied().collect()
	}

	/// Whether it is to be looked at now.
	fn is_due(&mut self) -> bool {
		if self.is_busy || (self.is_here && self.missing().is_empty()) {
			return false;
		}
		self.pause = self.pause.saturating_sub(1);
		self.pause == 0
	}
}

struct Shared {
	stores: Stores,
	files: Mutex<BTreeMap<Name, File>>,
	reads: Semaphore,
}

/// A node's keeper. Clones are the same one.
#[derive(Clone)]
pub struct Keeper {
	shared: Arc<Shared>,
	runtime: Handle,
}

impl fmt::Debug for Keeper {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Keeper").finish_non_exhaustive()
	}
}

impl Keeper {
	/// Keeps files in `stores`; reads them on `runtime`.
	pub fn new(stores: Stores, runtime: Handle) -> Self {
		let (files, reads) = (Mutex::default(), Semaphore::new(MAX_READS));
		Self { shared: Arc::new(Shared { stores, files, reads }), runtime }
	}

	/// The pieces at hand of those asked; what is not is looked up, and what is not named is let go.
	fn pieces(&self, kept: &[KeptFile]) -> Vec<FoundPiece> {
		let mut files = self.shared.lock();
		let mut asked = BTreeMap::<Name, BTreeSet<u32>>::new();
		for file in kept {
			asked.entry((file.content, file.pieces)).or_default().extend(file.asked);
		}
		files.retain(|name, _| {
			let is_kept = asked.contains_key(name);
			if !is_kept {
				self.shared.let_go(&name.0, &asked);
			}
			is_kept
		});
		let mut at_hand = Vec::new();
		for (name, asked) in asked {
			let file = files.entry(name).or_default();
			file.found.retain(|index, _| asked.contains(index));
			file.asked = asked;
			at_hand.extend(file.found.values().cloned());
			if file.is_due() {
				file.is_busy = true;
				self.look_up(name, file.missing());
			}
		}
		at_hand
	}

	fn look_up(&self, name: Name, indices: Vec<u32>) {
		let shared = self.shared.clone();
		self.runtime.spawn(async move {
			let Ok(_permit) = shared.reads.acquire().await else { return };
			let reader = shared.clone();
			let read = tokio::task::spawn_blocking(move || reader.read(name, &indices)).await;
			if let Ok(read) = read {
				shared.note(name, read);
			}
		});
	}
}

impl Shared {
	fn lock(&self) -> MutexGuard<'_, BTreeMap<Name, File>> {
		self.files.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Unpins a file unless another order's copy of it is kept.
	fn let_go(&self, content: &ContentId, kept: &BTreeMap<Name, BTreeSet<u32>>) {
		if kept.keys().any(|(other, _)| other == content) {
			return;
		}
		log::info!(target: LOG, "{content} is kept no more");
		if let Err(error) = self.stores.home().unpin(content) {
			log::warn!(target: LOG, "{content} stays pinned: {error}");
		}
	}

	/// Makes sure that a file is here, and reads pieces of it.
	fn read(&self, (content, root): Name, indices: &[u32]) -> Result<Vec<FoundPiece>, KeepError> {
		let home = self.stores.home();
		home.pin(&content)?;
		self.stores.fetch(&content)?;
		let tree = home.pieces(&content)?;
		if tree.root()? != root {
			return Err(KeepError::OtherPieces { expected: root, found: tree.root()? });
		}
		let mut found = Vec::new();
		for index in indices {
			let piece = home.piece(&content, *index)?;
			if !tree.holds(*index, &piece)? {
				// Whatever is left of the file is worth nothing: reading it whole says so, and removes it.
				home.outline(&content)?;
				return Err(KeepError::Damaged(*index));
			}
			let path = tree.path(*index)?.unwrap_or_default();
			found.push(FoundPiece { content, pieces: root, index: *index, piece, path });
		}
		Ok(found)
	}

	fn note(&self, name: Name, read: Result<Vec<FoundPiece>, KeepError>) {
		let mut files = self.lock();
		let Some(file) = files.get_mut(&name) else { return };
		file.is_busy = false;
		match read {
			Ok(found) => {
				if !file.is_here {
					log::info!(target: LOG, "{} is here and kept", name.0);
				}
				file.is_here = true;
				(file.failures, file.pause) = (0, 0);
				file.found.extend(found.into_iter().map(|piece| (piece.index, piece)));
			},
			Err(error) => {
				log::warn!(target: LOG, "{} cannot be shown to be here: {error}", name.0);
				file.is_here = false;
				file.failures = file.failures.saturating_add(1);
				file.pause = 1u32.checked_shl(file.failures).unwrap_or(u32::MAX).min(LONGEST_PAUSE);
			},
		}
	}
}

impl WorkerPort for Keeper {
	// There is nothing a keeper is given to do but by what it is asked.
	fn submit(&self, _: &[u8]) -> bool {
		false
	}

	fn poll(&self, mut query: &[u8]) -> Option<Vec<u8>> {
		match Query::decode_all(&mut query).ok()? {
			Query::Pieces(kept) => Some(self.pieces(&kept).encode()),
			Query::Serving | Query::Answers(..) => None,
		}
	}
}

#[cfg(test)]
mod tests;
