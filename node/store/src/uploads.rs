//! Files that are put here chunk by chunk, by whoever publishes them: in any order, and from where it stopped.

use crate::{Assembly, AssemblyError, BlobStore, EmbeddedStore, Outline, StoreError};
use opg_primitives::ContentId;
use std::{
	collections::VecDeque,
	sync::{Arc, Mutex, PoisonError},
};

/// Files under way at a time; the one that began first makes room, and goes on when it is opened again.
const AT_A_TIME: usize = 4;

/// Why a chunk was not taken.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
	/// Nobody opened it, or too many were opened since.
	#[error("blob {0} is not being put here; open it again, and give what is missing")]
	NotOpen(ContentId),
	/// The size and the chunks do not belong together.
	#[error("a file of {size} bytes has not {chunks} chunks")]
	NoOutline {
		/// Bytes.
		size: u64,
		/// Chunks.
		chunks: usize,
	},
	/// The chunk is not what it should be, or the disk refused.
	#[error(transparent)]
	Chunk(#[from] AssemblyError),
	/// The file is refused, or the disk refused.
	#[error(transparent)]
	Store(#[from] StoreError),
}

/// A file under way; nothing once it is whole.
type Slot = Arc<Mutex<Option<Assembly>>>;

/// Files under way to one store. Calls block.
#[derive(Debug)]
pub struct Uploads {
	store: EmbeddedStore,
	open: Mutex<VecDeque<(ContentId, Slot)>>,
}

impl Uploads {
	/// Nothing under way yet.
	pub const fn new(store: EmbeddedStore) -> Self {
		Self { store, open: Mutex::new(VecDeque::new()) }
	}

	/// Begins a file, or goes on with one; says what it is called and which chunks are missing.
	pub fn open(
		&self,
		size: u64,
		leaves: Vec<[u8; 32]>,
	) -> Result<(ContentId, Vec<u64>), UploadError> {
		let chunks = leaves.len();
		let outline = Outline::new(size, leaves).ok_or(UploadError::NoOutline { size, chunks })?;
		let id = outline.id();
		if self.store.has(&id) {
			return Ok((id, Vec::new()));
		}
		let assembly = Assembly::open(&self.store, id, outline)?;
		let missing: Vec<_> = assembly.missing().collect();
		if missing.is_empty() {
			assembly.finish()?;
			return Ok((id, missing));
		}
		let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
		open.retain(|(other, _)| *other != id);
		if open.len() >= AT_A_TIME {
			open.pop_front();
		}
		open.push_back((id, Arc::new(Mutex::new(Some(assembly)))));
		Ok((id, missing))
	}

	/// Takes a chunk; whether the file is whole with it, and in its place.
	pub fn put(&self, id: &ContentId, index: u64, bytes: &[u8]) -> Result<bool, UploadError> {
		let slot = {
			let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
			open.iter().find(|(other, _)| other == id).map(|(_, slot)| slot.clone())
		};
		let Some(slot) = slot else {
			// Another's chunk may have been the last.
			return if self.store.has(id) { Ok(true) } else { Err(UploadError::NotOpen(*id)) };
		};
		let mut held = slot.lock().unwrap_or_else(PoisonError::into_inner);
		let Some(assembly) = held.as_mut() else { return Ok(true) };
		assembly.put(index, bytes)?;
		if !assembly.is_whole() {
			return Ok(false);
		}
		let Some(assembly) = held.take() else { return Ok(true) };
		assembly.finish()?;
		self.open
			.lock()
			.unwrap_or_else(PoisonError::into_inner)
			.retain(|(_, other)| !Arc::ptr_eq(other, &slot));
		Ok(true)
	}
}

#[cfg(test)]
mod tests {
	use super::{UploadError, Uploads, AT_A_TIME};
	use crate::{content_id, AssemblyError, BlobStore, EmbeddedStore, Limits, Outline, StoreError};
	use opg_primitives::content::RAW_LIMIT;
	use tempfile::TempDir;

	fn blob(seed: usize, chunks: usize) -> (Vec<u8>, Outline) {
		let size = chunks * RAW_LIMIT - 5;
		let bytes: Vec<u8> = (seed..seed + size).map(|index| (index % 247) as u8).collect();
		let outline = Outline::of(bytes.as_slice()).unwrap();
		(bytes, outline)
	}

	fn store() -> (TempDir, EmbeddedStore) {
		let folder = TempDir::new().unwrap();
		let limits = Limits { max_blob: 2 << 20, quota: None };
		let store = EmbeddedStore::open(folder.path(), limits).unwrap();
		(folder, store)
	}

	fn open(uploads: &Uploads, outline: &Outline) -> Vec<u64> {
		let (id, missing) = uploads.open(outline.size(), outline.leaves().to_vec()).unwrap();
		assert_eq!(id, outline.id());
		missing
	}

	fn chunk(bytes: &[u8], index: u64) -> &[u8] {
		bytes.chunks(RAW_LIMIT).nth(index as usize).unwrap()
	}

	#[test]
	fn a_file_is_whole_with_its_last_chunk_whatever_their_order() {
		let ((_folder, store), (bytes, outline)) = (store(), blob(0, 5));
		let (uploads, id) = (Uploads::new(store.clone()), outline.id());
		assert_eq!(open(&uploads, &outline), [0, 1, 2, 3, 4]);
		for index in [4, 0, 3, 1] {
			assert!(!uploads.put(&id, index, chunk(&bytes, index)).unwrap());
			assert!(!store.has(&id));
		}
		assert!(uploads.put(&id, 2, chunk(&bytes, 2)).unwrap());
		assert_eq!(store.get(&id).unwrap(), bytes);
		assert!(open(&uploads, &outline).is_empty(), "it is here");
		assert!(uploads.put(&id, 2, chunk(&bytes, 2)).unwrap(), "and nothing is missed");
	}

	#[test]
	fn an_upload_that_stopped_goes_on_with_what_is_missing_after_a_restart_too() {
		let ((_folder, store), (bytes, outline)) = (store(), blob(0, 5));
		let (first, id) = (Uploads::new(store.clone()), outline.id());
		open(&first, &outline);
		for index in [1, 2] {
			first.put(&id, index, chunk(&bytes, index)).unwrap();
		}
		drop(first);
		let second = Uploads::new(store.clone());
		let refusal = second.put(&id, 0, chunk(&bytes, 0));
		assert!(matches!(refusal, Err(UploadError::NotOpen(other)) if other == id));
		assert_eq!(open(&second, &outline), [0, 3, 4]);
		for index in [0, 3, 4] {
			second.put(&id, index, chunk(&bytes, index)).unwrap();
		}
		assert_eq!(store.get(&id).unwrap(), bytes);
	}

	#[test]
	fn wrong_chunks_outlines_and_sizes_are_refused_and_nothing_is_kept() {
		let ((_folder, store), (bytes, outline)) = (store(), blob(0, 3));
		let (uploads, id) = (Uploads::new(store.clone()), outline.id());
		open(&uploads, &outline);
		let wrong = uploads.put(&id, 0, chunk(&bytes, 1));
		assert!(matches!(wrong, Err(UploadError::Chunk(AssemblyError::WrongChunk(0)))));
		assert!(matches!(
			uploads.put(&id, 9, b"beyond"),
			Err(UploadError::Chunk(AssemblyError::WrongChunk(9)))
		));
		assert!(matches!(
			uploads.open(outline.size(), vec![[0; 32]; 2]),
			Err(UploadError::NoOutline { chunks: 2, .. })
		));
		let (_, large) = blob(0, 9);
		let refusal = uploads.open(large.size(), large.leaves().to_vec());
		assert!(matches!(refusal, Err(UploadError::Store(StoreError::TooLarge { .. }))));
		assert!(!store.has(&id) && !store.has(&content_id(&bytes[..RAW_LIMIT])));
	}

	#[test]
	fn an_empty_file_is_whole_at_once() {
		let (_folder, store) = store();
		let (id, missing) = Uploads::new(store.clone()).open(0, vec![]).unwrap();
		assert!(missing.is_empty() && store.has(&id) && id == content_id(b""));
	}

	#[test]
	fn who_came_first_makes_room_and_may_come_again() {
		let (_folder, store) = store();
		let uploads = Uploads::new(store);
		let (bytes, first) = blob(0, 2);
		open(&uploads, &first);
		uploads.put(&first.id(), 0, chunk(&bytes, 0)).unwrap();
		for seed in 1..=AT_A_TIME {
			open(&uploads, &blob(seed, 2).1);
		}
		let refusal = uploads.put(&first.id(), 1, chunk(&bytes, 1));
		assert!(matches!(refusal, Err(UploadError::NotOpen(_))));
		assert_eq!(open(&uploads, &first), [1]);
		assert!(uploads.put(&first.id(), 1, chunk(&bytes, 1)).unwrap());
	}
}
