//! A blob on its way to a file, checked before the file has its name.

use crate::{embedded::failed, flusher::Flusher, hasher::Hasher, Outline, StoreError};
use opg_primitives::{content::RAW_LIMIT, ContentId};
use std::{
	io::{self, Read, Write},
	mem,
	path::Path,
};
use tempfile::NamedTempFile;

/// Bytes after which the disk is asked to take them, of a blob that is to last.
const FLUSH_EACH: u64 = 32 << 20;

/// Takes a blob's bytes one after the other.
pub(crate) trait Receiver {
	/// Bytes taken so far.
	fn taken(&self) -> u64;

	/// Takes the next bytes.
	fn take(&mut self, bytes: &[u8]) -> Result<(), StoreError>;
}

/// A blob on its way to a file; dropped unfinished, it leaves nothing.
#[derive(Debug)]
pub(crate) struct Arrival {
	max: u64,
	file: NamedTempFile,
	/// Bytes in the file.
	written: u64,
	/// The bytes after those, not a whole chunk yet. Longer writes would be slower: the kernel takes larger pages for them, which a
	/// virtual machine has to get from its host.
	waiting: Vec<u8>,
	/// Knows the outline of what was written; nothing before there is a whole chunk.
	hasher: Option<Hasher>,
	/// When the disk is asked next; never, of a blob that nobody waits to be on disk.
	flush_at: Option<u64>,
	flusher: Option<Flusher>,
}

impl Arrival {
	/// A blob of at most `max` bytes, in a file that has no lasting name yet.
	pub(crate) fn new_in(folder: &Path, max: u64) -> Result<Self, StoreError> {
		let file = NamedTempFile::new_in(folder).map_err(failed("write to", folder))?;
		let (waiting, hasher, flusher) = (Vec::new(), None, None);
		Ok(Self { max, file, written: 0, waiting, hasher, flush_at: None, flusher })
	}

	/// The same of a blob that will be waited for until it is on disk: much of it goes there on the way.
	pub(crate) fn lasting(mut self) -> Self {
		self.flush_at = Some(FLUSH_EACH);
		self
	}

	/// The same beside the place that the blob is for.
	pub(crate) fn beside(path: &Path, max: u64) -> Result<Self, StoreError> {
		let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
		Self::new_in(folder.unwrap_or(Path::new(".")), max)
	}

	/// Takes all that `reader` gives; `unread` says what is told of a reader that fails.
	pub(crate) fn drain(
		&mut self,
		mut reader: impl Read,
		unread: impl FnOnce(io::Error) -> StoreError,
	) -> Result<(), StoreError> {
		loop {
			let room = RAW_LIMIT.saturating_sub(self.waiting.len());
			self.waiting.reserve_exact(room);
			if let Err(error) = reader.by_ref().take(room as u64).read_to_end(&mut self.waiting) {
				return Err(unread(error));
			}
			self.check_size(self.taken())?;
			if self.waiting.len() < RAW_LIMIT {
				return Ok(());
			}
			self.pass_waiting()?;
		}
	}

	/// Moves what came to `path`, if it is what was `expected`; says how long it is.
	pub(crate) fn save(self, expected: &ContentId, path: &Path) -> Result<u64, StoreError> {
		let arrived = self.finish()?;
		arrived.check(expected)?;
		arrived.move_to(path)
	}

	/// Writes the rest.
	pub(crate) fn finish(mut self) -> Result<Arrived, StoreError> {
		let outline = self.end().map_err(failed("write", self.file.path()))?;
		Ok(Arrived { id: outline.id(), size: outline.size(), file: self.file })
	}

	fn end(&mut self) -> io::Result<Outline> {
		self.file.write_all(&self.waiting)?;
		let rest = mem::take(&mut self.waiting);
		let mut outline =
			self.hasher.take().map_or_else(|| Ok(Outline::default()), Hasher::finish)?;
		if !rest.is_empty() {
			outline.push(&rest);
		}
		self.flusher.take().map_or(Ok(()), Flusher::finish)?;
		Ok(outline)
	}

	fn check_size(&self, size: u64) -> Result<(), StoreError> {
		if size > self.max {
			return Err(StoreError::TooLarge { size, max: self.max });
		}
		Ok(())
	}

	fn pass_waiting(&mut self) -> Result<(), StoreError> {
		self.pass().map_err(failed("write", self.file.path()))
	}

	/// Writes a whole chunk, and has it hashed meanwhile.
	fn pass(&mut self) -> io::Result<()> {
		self.file.write_all(&self.waiting)?;
		self.written = self.written.saturating_add(self.waiting.len() as u64);
		let hasher = self.hasher.take().map_or_else(Hasher::new, Ok)?;
		self.waiting = hasher.push(mem::take(&mut self.waiting))?;
		self.hasher = Some(hasher);
		self.flush()
	}

	fn flush(&mut self) -> io::Result<()> {
		if self.flush_at.is_none_or(|due| self.written < due) {
			return Ok(());
		}
		self.flush_at = Some(self.written.saturating_add(FLUSH_EACH));
		let flusher = match self.flusher.take() {
			Some(flusher) => flusher,
			None => Flusher::new(self.file.as_file().try_clone()?)?,
		};
		flusher.wake();
		self.flusher = Some(flusher);
		Ok(())
	}
}

impl Receiver for Arrival {
	fn taken(&self) -> u64 {
		self.written.saturating_add(self.waiting.len() as u64)
	}

	fn take(&mut self, mut bytes: &[u8]) -> Result<(), StoreError> {
		self.check_size(self.taken().saturating_add(bytes.len() as u64))?;
		while !bytes.is_empty() {
			let room = RAW_LIMIT.saturating_sub(self.waiting.len());
			let (head, rest) = bytes.split_at(room.min(bytes.len()));
			self.waiting.extend_from_slice(head);
			bytes = rest;
			if self.waiting.len() == RAW_LIMIT {
				self.pass_waiting()?;
			}
		}
		Ok(())
	}
}

/// A blob that is in a file, which has no lasting name yet.
#[derive(Debug)]
pub(crate) struct Arrived {
	/// What came.
	pub(crate) id: ContentId,
	/// How long it is.
	pub(crate) size: u64,
	/// Where it is.
	pub(crate) file: NamedTempFile,
}

impl Arrived {
	/// Whether it is what was `expected`.
	pub(crate) fn check(&self, expected: &ContentId) -> Result<(), StoreError> {
		if self.id != *expected {
			return Err(StoreError::WrongId { expected: *expected, found: self.id });
		}
		Ok(())
	}

	/// Gives the file a name; says how long it is.
	pub(crate) fn move_to(self, path: &Path) -> Result<u64, StoreError> {
		let moved = self.file.persist(path);
		moved.map_err(|refusal| failed("move into place", path)(refusal.error))?;
		Ok(self.size)
	}
}

#[cfg(test)]
mod tests {
	use super::{Arrival, Receiver, FLUSH_EACH};
	use crate::{content_id, StoreError};
	use opg_primitives::content::RAW_LIMIT;
	use std::{
		fs,
		io::{self, Read},
	};
	use tempfile::TempDir;

	fn blob(size: usize) -> Vec<u8> {
		(0..size).map(|index| (index % 239) as u8).collect()
	}

	#[test]
	fn bytes_of_several_chunks_arrive_whole_in_pieces_of_any_size() {
		let folder = TempDir::new().unwrap();
		let target = folder.path().join("target");
		for size in [0, RAW_LIMIT - 1, RAW_LIMIT, RAW_LIMIT + 1, 3 * RAW_LIMIT + 77] {
			let bytes = blob(size);
			for piece in [30_001, RAW_LIMIT, RAW_LIMIT + 5, 2 * RAW_LIMIT + 9] {
				let mut arrival = Arrival::new_in(folder.path(), u64::MAX).unwrap();
				for piece in bytes.chunks(piece) {
					arrival.take(piece).unwrap();
				}
				assert_eq!(arrival.taken(), size as u64);
				assert_eq!(arrival.save(&content_id(&bytes), &target).unwrap(), size as u64);
				assert!(fs::read(&target).unwrap() == bytes, "{size} bytes in pieces of {piece}");
			}
		}
	}

	#[test]
	fn what_is_to_last_arrives_whole_though_the_disk_takes_it_on_the_way() {
		let folder = TempDir::new().unwrap();
		let (target, size) = (folder.path().join("target"), 2 * FLUSH_EACH as usize + 5);
		let bytes = blob(size);
		let mut arrival = Arrival::new_in(folder.path(), u64::MAX).unwrap().lasting();
		arrival.take(&bytes).unwrap();
		assert!(arrival.flusher.is_some());
		assert_eq!(arrival.save(&content_id(&bytes), &target).unwrap(), size as u64);
		assert!(fs::read(&target).unwrap() == bytes);
	}

	#[test]
	fn what_a_reader_gives_comes_after_what_was_taken_before() {
		let folder = TempDir::new().unwrap();
		let (target, bytes) = (folder.path().join("target"), blob(2 * RAW_LIMIT + 4_321));
		let mut arrival = Arrival::beside(&target, u64::MAX).unwrap();
		arrival.take(&bytes[..1_000]).unwrap();
		arrival.drain(&bytes[1_000..], |error| panic!("{error}")).unwrap();
		arrival.save(&content_id(&bytes), &target).unwrap();
		assert!(fs::read(&target).unwrap() == bytes);
	}

	#[test]
	fn a_reader_that_fails_or_goes_on_too_long_leaves_nothing() {
		struct Broken;
		impl Read for Broken {
			fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
				Err(io::Error::other("broken"))
			}
		}
		let folder = TempDir::new().unwrap();
		let limit = RAW_LIMIT as u64 + 3;
		let mut arrival = Arrival::new_in(folder.path(), limit).unwrap();
		let told = |source| StoreError::Io { act: "read", path: "there".into(), source };
		let refusal = arrival.drain(blob(RAW_LIMIT).as_slice().chain(Broken), told);
		assert!(matches!(refusal, Err(StoreError::Io { act: "read", .. })));
		drop(arrival);
		let mut endless = Arrival::new_in(folder.path(), limit).unwrap();
		let refusal = endless.drain(io::repeat(1), told);
		assert!(matches!(refusal, Err(StoreError::TooLarge { max, .. }) if max == limit));
		drop(endless);
		assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
	}
}
