//! A blob put together from chunks, in any order and by several givers, each chunk checked by itself; it goes on where it stopped.

use crate::{embedded::failed, EmbeddedStore, Outline, StoreError};
use opg_primitives::{content::RAW_LIMIT, ContentId};
use std::{
	collections::BTreeSet,
	fs::{self, File, OpenOptions},
	io::{Read, Seek, SeekFrom, Write},
	path::PathBuf,
};

/// Why a chunk was not taken.
#[derive(Debug, thiserror::Error)]
pub enum AssemblyError {
	/// The bytes are not those of the chunk.
	#[error("chunk {0} has other bytes than it should; whoever gave it is wrong or lying")]
	WrongChunk(u64),
	/// The disk refused.
	#[error(transparent)]
	Store(#[from] StoreError),
}

/// A blob of which some chunks are here.
#[derive(Debug)]
pub struct Assembly {
	store: EmbeddedStore,
	id: ContentId,
	outline: Outline,
	path: PathBuf,
	file: File,
	missing: BTreeSet<u64>,
}

impl Assembly {
	/// Begins, or goes on with what an earlier one left: its chunks are checked again.
	pub fn open(
		store: &EmbeddedStore,
		id: ContentId,
		outline: Outline,
	) -> Result<Self, StoreError> {
		let found = outline.id();
		if found != id {
			return Err(StoreError::WrongId { expected: id, found });
		}
		store.check_size(outline.size())?;
		let path = store.incoming().join(format!("{id}.part"));
		let mut file = OpenOptions::new()
			.read(true)
			.write(true)
			.create(true)
			.truncate(false)
			.open(&path)
			.map_err(failed("open", &path))?;
		file.set_len(outline.size()).map_err(failed("reserve", &path))?;
		let mut missing = BTreeSet::new();
		let mut chunk = Vec::with_capacity(RAW_LIMIT);
		for index in 0..outline.leaves().len() as u64 {
			chunk.clear();
			(&mut file)
				.take(RAW_LIMIT as u64)
				.read_to_end(&mut chunk)
				.map_err(failed("read", &path))?;
			if !outline.matches(index, &chunk) {
				missing.insert(index);
			}
		}
		Ok(Self { store: store.clone(), id, outline, path, file, missing })
	}

	/// Chunks still to come, the first ones first.
	pub fn missing(&self) -> impl Iterator<Item = u64> + '_ {
		self.missing.iter().copied()
	}

	/// Whether nothing is missing.
	pub fn is_whole(&self) -> bool {
		self.missing.is_empty()
	}

	/// Takes a chunk.
	pub fn put(&mut self, index: u64, bytes: &[u8]) -> Result<(), AssemblyError> {
		if !self.outline.matches(index, bytes) {
			return Err(AssemblyError::WrongChunk(index));
		}
		self.file
			.seek(SeekFrom::Start(index.saturating_mul(RAW_LIMIT as u64)))
			.and_then(|_| self.file.write_all(bytes))
			.map_err(failed("write", &self.path))?;
		self.missing.remove(&index);
		Ok(())
	}

	/// Moves the blob into its place once nothing is missing; says whether it did.
	pub fn finish(self) -> Result<bool, StoreError> {
		if !self.missing.is_empty() {
			return Ok(false);
		}
		self.store.settle(&self.id, self.outline.size(), &self.file, |path| {
			fs::rename(&self.path, path)
		})?;
		Ok(true)
	}
}

#[cfg(test)]
mod tests {
	use super::{Assembly, AssemblyError};
	use crate::{content_id, BlobStore, EmbeddedStore, Limits, Outline, StoreError};
	use opg_primitives::content::RAW_LIMIT;
	use tempfile::TempDir;

	fn blob() -> (Vec<u8>, Outline) {
		let bytes: Vec<u8> = (0..3 * RAW_LIMIT + 9).map(|index| (index % 249) as u8).collect();
		let mut outline = Outline::default();
		bytes.chunks(RAW_LIMIT).for_each(|chunk| outline.push(chunk));
		(bytes, outline)
	}

	fn store() -> (TempDir, EmbeddedStore) {
		let folder = TempDir::new().unwrap();
		let store = EmbeddedStore::open(folder.path(), Limits::default()).unwrap();
		(folder, store)
	}

	#[test]
	fn chunks_in_any_order_make_the_blob() {
		let ((bytes, outline), (_folder, store)) = (blob(), store());
		let id = content_id(&bytes);
		let mut assembly = Assembly::open(&store, id, outline).unwrap();
		for index in [3, 0, 2, 1] {
			let begin = index * RAW_LIMIT;
			let end = bytes.len().min(begin + RAW_LIMIT);
			assembly.put(index as u64, &bytes[begin..end]).unwrap();
		}
		assert!(assembly.finish().unwrap());
		assert_eq!(store.get(&id).unwrap(), bytes);
	}

	#[test]
	fn a_wrong_chunk_is_refused_and_costs_nothing_else() {
		let ((bytes, outline), (_folder, store)) = (blob(), store());
		let mut assembly = Assembly::open(&store, content_id(&bytes), outline).unwrap();
		assembly.put(0, &bytes[..RAW_LIMIT]).unwrap();
		let wrong = assembly.put(1, &bytes[..RAW_LIMIT]);
		assert!(matches!(wrong, Err(AssemblyError::WrongChunk(1))));
		assert_eq!(assembly.missing().collect::<Vec<_>>(), [1, 2, 3]);
		assert!(!assembly.finish().unwrap());
		assert!(!store.has(&content_id(&bytes)));
	}

	#[test]
	fn what_stopped_goes_on_and_checks_what_it_has() {
		let ((bytes, outline), (_folder, store)) = (blob(), store());
		let id = content_id(&bytes);
		let mut first = Assembly::open(&store, id, outline.clone()).unwrap();
		first.put(1, &bytes[RAW_LIMIT..2 * RAW_LIMIT]).unwrap();
		first.put(2, &bytes[2 * RAW_LIMIT..3 * RAW_LIMIT]).unwrap();
		let path = first.path.clone();
		drop(first);
		let mut damaged = std::fs::read(&path).unwrap();
		damaged[2 * RAW_LIMIT] ^= 1;
		std::fs::write(&path, damaged).unwrap();
		let again = Assembly::open(&store, id, outline).unwrap();
		assert_eq!(again.missing().collect::<Vec<_>>(), [0, 2, 3]);
	}

	#[test]
	fn another_blob_s_outline_is_refused() {
		let ((_, outline), (_folder, store)) = (blob(), store());
		let refusal = Assembly::open(&store, content_id(b"another"), outline);
		assert!(matches!(refusal, Err(StoreError::WrongId { .. })));
	}
}
