//! Embedded blob store: files named by their content, checked on every read.
//!
//! A blob lies at `<root>/<first two hex digits of its digest>/<content id>`. It is written to `<root>/incoming` first and
//! moved into place when it is whole and on disk, so a crash never leaves half a blob under its name. `<root>/pinned` has an empty file
//! for each blob that must stay; others go, the longest unused first, when a quota would be exceeded. `<root>/trees` has the tree over the
//! pieces of each blob that is kept for pay.

use crate::{
	arrival::{Arrival, Receiver},
	content_id, piece, BlobStore, Outline, PieceTree, StoreError, StoredTree,
};
use opg_primitives::{content::RAW_LIMIT, pieces, ContentId};
use std::{
	fs::{self, File},
	io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
	path::{Path, PathBuf},
	time::{Duration, SystemTime},
};

const LOG: &str = "worker::store";
const INCOMING: &str = "incoming";
const PINNED: &str = "pinned";
const TREES: &str = "trees";
/// After this long an unfinished upload belongs to nobody.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// Bytes of a blob unless configured otherwise: 2 GiB.
pub const DEFAULT_MAX_BLOB: u64 = 2 << 30;

pub(crate) fn failed(act: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
	let path = path.to_path_buf();
	move |source| StoreError::Io { act, path, source }
}

/// How much a store takes, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
	/// Of one blob.
	pub max_blob: u64,
	/// Of all blobs; no limit but the disk's if nothing.
	pub quota: Option<u64>,
}

impl Default for Limits {
	fn default() -> Self {
		Self { max_blob: DEFAULT_MAX_BLOB, quota: None }
	}
}

/// Blobs as files below one folder. Several processes may share it.
#[derive(Debug, Clone)]
pub struct EmbeddedStore {
	root: PathBuf,
	limits: Limits,
}

impl EmbeddedStore {
	/// Opens the store below `root`, creating the folder if need be.
	pub fn open(root: impl Into<PathBuf>, limits: Limits) -> Result<Self, StoreError> {
		let store = Self { root: root.into(), limits };
		for folder in [store.incoming(), store.root.join(PINNED), store.root.join(TREES)] {
			fs::create_dir_all(&folder).map_err(failed("create", &folder))?;
		}
		let incoming = store.incoming();
		store.sweep(&incoming).map_err(failed("tidy", &incoming))?;
		Ok(store)
	}

	/// How much it takes.
	pub const fn limits(&self) -> Limits {
		self.limits
	}

	/// Keeps `bytes` under `id`, if that is what they are.
	pub fn insert(&self, id: &ContentId, bytes: &[u8]) -> Result<(), StoreError> {
		let mut incoming = self.receive()?;
		incoming.write(bytes)?;
		incoming.finish(Some(id)).map(drop)
	}

	/// Keeps a copy of a file, without having it in memory at once.
	pub fn put_file(&self, path: &Path) -> Result<ContentId, StoreError> {
		let file = File::open(path).map_err(failed("open", path))?;
		let mut incoming = self.receive()?;
		incoming.arrival.drain(file, failed("read", path))?;
		incoming.finish(None)
	}

	/// Writes a blob to a file, checked on the way; says how long it is. Nothing is left of one that is damaged.
	pub fn save(&self, id: &ContentId, target: &Path) -> Result<u64, StoreError> {
		let path = self.path(id);
		let file = self.opened(&path, id)?;
		self.mark_used(&file);
		let mut arrival = Arrival::beside(target, self.limits.max_blob)?;
		arrival.drain(file, failed("read", &path))?;
		let arrived = arrival.finish()?;
		self.checked(id, arrived.id)?;
		arrived.move_to(target)
	}

	/// Begins to take a blob piece by piece.
	pub fn receive(&self) -> Result<Incoming<'_>, StoreError> {
		let arrival = Arrival::new_in(&self.incoming(), self.limits.max_blob)?.lasting();
		Ok(Incoming { store: self, arrival })
	}

	/// Where the blob lies if it is here.
	pub fn path(&self, id: &ContentId) -> PathBuf {
		self.shard(id).join(id.to_string())
	}

	/// Bytes of a blob that is here.
	pub fn size(&self, id: &ContentId) -> Result<u64, StoreError> {
		let path = self.path(id);
		Ok(self.opened(&path, id)?.metadata().map_err(failed("read", &path))?.len())
	}

	/// Reads a blob's outline, and so checks its bytes; what is damaged is removed.
	pub fn outline(&self, id: &ContentId) -> Result<Outline, StoreError> {
		let path = self.path(id);
		let file = self.opened(&path, id)?;
		let outline = Outline::of(file).map_err(failed("read", &path))?;
		self.checked(id, outline.id()).map(|()| outline)
	}

	/// A blob's chunk at `index`, not checked.
	pub fn chunk(&self, id: &ContentId, index: u64) -> Result<Vec<u8>, StoreError> {
		let path = self.path(id);
		let mut file = self.opened(&path, id)?;
		let mut chunk = Vec::new();
		file.seek(SeekFrom::Start(index.saturating_mul(RAW_LIMIT as u64)))
			.and_then(|_| file.take(RAW_LIMIT as u64).read_to_end(&mut chunk))
			.map_err(failed("read", &path))?;
		Ok(chunk)
	}

	/// The tree over a blob's pieces; the blob is read for it once, and checked.
	pub fn pieces(&self, id: &ContentId) -> Result<StoredTree, StoreError> {
		let path = self.tree_path(id);
		let count = pieces::count(self.size(id)?);
		let open = || match File::open(&path) {
			Ok(file) => StoredTree::open(file, count),
			Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
			Err(error) => Err(error),
		};
		if let Some(tree) = open().map_err(failed("read", &path))? {
			return Ok(tree);
		}
		self.outline(id)?;
		let incoming = self.incoming();
		let blob = self.opened(&self.path(id), id)?;
		let written = PieceTree::of(BufReader::with_capacity(RAW_LIMIT, blob)).and_then(|tree| {
			let file = tempfile::NamedTempFile::new_in(&incoming)?;
			let mut buffer = BufWriter::new(file.as_file());
			tree.write(&mut buffer)?;
			buffer.flush()?;
			drop(buffer);
			file.persist(&path).map_err(|refusal| refusal.error).map(drop)
		});
		written.map_err(failed("write", &path))?;
		let torn = || failed("read", &path)(io::Error::other("another process changed the blob"));
		open().map_err(failed("read", &path))?.ok_or_else(torn)
	}

	/// One piece of a blob, not checked.
	pub fn piece(&self, id: &ContentId, index: u32) -> Result<Vec<u8>, StoreError> {
		let path = self.path(id);
		piece(self.opened(&path, id)?, index).map_err(failed("read", &path))
	}

	/// Keeps a blob whatever the quota; it need not be here yet.
	pub fn pin(&self, id: &ContentId) -> Result<(), StoreError> {
		let path = self.pin_path(id);
		File::create(&path).map(drop).map_err(failed("create", &path))
	}

	/// Lets a blob go when room is needed.
	pub fn unpin(&self, id: &ContentId) -> Result<(), StoreError> {
		let path = self.pin_path(id);
		match fs::remove_file(&path) {
			Err(error) if error.kind() != io::ErrorKind::NotFound => {
				Err(failed("remove", &path)(error))
			},
			_ => Ok(()),
		}
	}

	/// Removes a blob unless it is pinned; one that is not here is gone already.
	pub fn let_go(&self, id: &ContentId) -> Result<(), StoreError> {
		if self.is_pinned(id) || !self.has(id) {
			return Ok(());
		}
		self.remove(id)
	}

	/// Whether a blob is kept whatever the quota.
	pub fn is_pinned(&self, id: &ContentId) -> bool {
		self.pin_path(id).exists()
	}

	pub(crate) fn incoming(&self) -> PathBuf {
		self.root.join(INCOMING)
	}

	fn pin_path(&self, id: &ContentId) -> PathBuf {
		self.root.join(PINNED).join(id.to_string())
	}

	fn tree_path(&self, id: &ContentId) -> PathBuf {
		self.root.join(TREES).join(id.to_string())
	}

	/// Removes a blob and what was made of it.
	fn remove(&self, id: &ContentId) -> Result<(), StoreError> {
		let path = self.path(id);
		// Without the blob its tree is of no use, and it need not be there.
		let _ = fs::remove_file(self.tree_path(id));
		fs::remove_file(&path).map_err(failed("remove", &path))
	}

	fn shard(&self, id: &ContentId) -> PathBuf {
		let [first, ..] = id.digest;
		self.root.join(format!("{first:02x}"))
	}

	pub(crate) fn check_size(&self, size: u64) -> Result<(), StoreError> {
		let max = self.limits.max_blob;
		if size > max {
			return Err(StoreError::TooLarge { size, max });
		}
		Ok(())
	}

	/// Moves a whole file into its place.
	pub(crate) fn settle(
		&self,
		id: &ContentId,
		size: u64,
		file: &File,
		place: impl FnOnce(&Path) -> io::Result<()>,
	) -> Result<(), StoreError> {
		self.make_room(id, size)?;
		let shard = self.shard(id);
		fs::create_dir_all(&shard).map_err(failed("create", &shard))?;
		let path = self.path(id);
		file.sync_all().map_err(failed("write", &path))?;
		place(&path).map_err(failed("move into place", &path))?;
		// The name is on disk only once its folder is.
		File::open(&shard).and_then(|folder| folder.sync_all()).map_err(failed("sync", &shard))
	}

	/// Removes what was unused for longest until `needed` more bytes fit.
	fn make_room(&self, id: &ContentId, needed: u64) -> Result<(), StoreError> {
		let Some(quota) = self.limits.quota else { return Ok(()) };
		let mut blobs = self.blobs().map_err(failed("list", &self.root))?;
		blobs.retain(|blob| blob.id != *id);
		let mut held = blobs.iter().fold(0u64, |sum, blob| sum.saturating_add(blob.size));
		blobs.retain(|blob| !self.is_pinned(&blob.id));
		let loose = blobs.iter().fold(0u64, |sum, blob| sum.saturating_add(blob.size));
		let pinned = held.saturating_sub(loose);
		if needed.saturating_add(pinned) > quota {
			return Err(StoreError::Full { needed, quota, pinned });
		}
		blobs.sort_by_key(|blob| blob.used);
		for blob in blobs {
			if held.saturating_add(needed) <= quota {
				break;
			}
			self.remove(&blob.id)?;
			log::info!(target: LOG, "blob {} of {} bytes makes room", blob.id, blob.size);
			held = held.saturating_sub(blob.size);
		}
		Ok(())
	}

	/// Every blob that is here.
	fn blobs(&self) -> io::Result<Vec<Kept>> {
		let mut blobs = Vec::new();
		for shard in fs::read_dir(&self.root)? {
			let shard = shard?;
			let is_shard = shard.file_name().to_str().is_some_and(|name| name.len() == 2);
			if !is_shard {
				continue;
			}
			for entry in fs::read_dir(shard.path())? {
				let entry = entry?;
				let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
					continue;
				};
				let meta = entry.metadata()?;
				blobs.push(Kept { id, size: meta.len(), used: meta.modified()? });
			}
		}
		Ok(blobs)
	}

	fn opened(&self, path: &Path, id: &ContentId) -> Result<File, StoreError> {
		let file = match File::open(path) {
			Err(error) if error.kind() == io::ErrorKind::NotFound => {
				return Err(StoreError::Absent(*id));
			},
			opened => opened.map_err(failed("open", path))?,
		};
		let size = file.metadata().map_err(failed("read", path))?.len();
		self.check_size(size).map(|()| file)
	}

	fn read(&self, path: &Path, id: &ContentId) -> Result<Vec<u8>, StoreError> {
		let file = self.opened(path, id)?;
		self.mark_used(&file);
		let size = file.metadata().map_err(failed("read", path))?.len();
		let mut bytes = Vec::with_capacity(size as usize);
		// The file may grow while it is read.
		file.take(self.limits.max_blob.saturating_add(1))
			.read_to_end(&mut bytes)
			.map_err(failed("read", path))?;
		self.check_size(bytes.len() as u64)?;
		Ok(bytes)
	}

	/// When a blob was used decides what goes first. A read-only disk forgets that, and nothing else.
	fn mark_used(&self, file: &File) {
		let _ = file.set_modified(SystemTime::now());
	}

	/// Removes a blob whose bytes turned out to be others.
	fn checked(&self, id: &ContentId, found: ContentId) -> Result<(), StoreError> {
		if found == *id {
			return Ok(());
		}
		log::error!(target: LOG, "blob {id} is damaged: {} is removed", self.path(id).display());
		self.remove(id)?;
		Err(StoreError::Corrupt { id: *id, found })
	}

	fn sweep(&self, incoming: &Path) -> io::Result<()> {
		let now = SystemTime::now();
		for entry in fs::read_dir(incoming)? {
			let entry = entry?;
			let age = entry.metadata()?.modified().ok().and_then(|at| now.duration_since(at).ok());
			if age.is_some_and(|age| age > ABANDONED) {
				fs::remove_file(entry.path())?;
			}
		}
		Ok(())
	}
}

/// A blob that is here.
struct Kept {
	id: ContentId,
	size: u64,
	used: SystemTime,
}

/// A blob on its way into a store; dropped unfinished, it leaves nothing.
#[derive(Debug)]
pub struct Incoming<'a> {
	store: &'a EmbeddedStore,
	arrival: Arrival,
}

impl Incoming<'_> {
	/// Takes the next bytes.
	pub fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
		self.arrival.take(bytes)
	}

	/// Keeps what came, if it is what was `expected`.
	pub fn finish(self, expected: Option<&ContentId>) -> Result<ContentId, StoreError> {
		let arrived = self.arrival.finish()?;
		expected.map_or(Ok(()), |expected| arrived.check(expected))?;
		let (id, size) = (arrived.id, arrived.size);
		let (file, temporary) = arrived.file.into_parts();
		self.store.settle(&id, size, &file, |path| {
			temporary.persist(path).map_err(|refusal| refusal.error)
		})?;
		Ok(id)
	}
}

impl Receiver for Incoming<'_> {
	fn taken(&self) -> u64 {
		self.arrival.taken()
	}

	fn take(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
		self.arrival.take(bytes)
	}
}

impl BlobStore for EmbeddedStore {
	fn fetch(&self, id: &ContentId) -> Result<(), StoreError> {
		if self.has(id) {
			Ok(())
		} else {
			Err(StoreError::Absent(*id))
		}
	}

	fn has(&self, id: &ContentId) -> bool {
		self.path(id).is_file()
	}

	fn get(&self, id: &ContentId) -> Result<Vec<u8>, StoreError> {
		let bytes = self.read(&self.path(id), id)?;
		self.checked(id, content_id(&bytes)).map(|()| bytes)
	}

	fn put(&self, bytes: &[u8]) -> Result<ContentId, StoreError> {
		// A damaged file under this name is replaced by the whole one.
		let mut incoming = self.receive()?;
		incoming.write(bytes)?;
		incoming.finish(None)
	}
}

#[cfg(test)]
mod tests;
