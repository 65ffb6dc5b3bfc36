//! Embedded blob store: files named by their content, checked on every read.
//!
//! A blob lies at `<root>/<first two hex digits of its digest>/<content id>`. It is written to `<root>/incoming` first and
//! moved into place when it is whole and on disk, so a crash never leaves half a blob under its name.

mod content;

pub use content::{content_id, MAX_LINKS};

use crate::ports::{BlobStore, StoreError};
use opg_primitives::ContentId;
use std::{
	fs::{self, File},
	io::{self, Read, Write},
	path::{Path, PathBuf},
	time::{Duration, SystemTime},
};

const LOG: &str = "worker::store";
const INCOMING: &str = "incoming";
/// After this long an unfinished upload belongs to nobody.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// Bytes of a blob unless configured otherwise: 1 GiB.
pub const DEFAULT_MAX_BLOB: u64 = 1 << 30;

fn failed(act: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
	let path = path.to_path_buf();
	move |source| StoreError::Io { act, path, source }
}

/// Blobs as files below one folder. Several processes may share it.
#[derive(Debug, Clone)]
pub struct EmbeddedStore {
	root: PathBuf,
	max_blob: u64,
}

impl EmbeddedStore {
	/// Opens the store below `root`, creating the folder if need be; takes blobs of up to `max_blob` bytes.
	pub fn open(root: impl Into<PathBuf>, max_blob: u64) -> Result<Self, StoreError> {
		let store = Self { root: root.into(), max_blob };
		let incoming = store.root.join(INCOMING);
		fs::create_dir_all(&incoming).map_err(failed("create", &incoming))?;
		store.sweep(&incoming).map_err(failed("tidy", &incoming))?;
		Ok(store)
	}

	/// Keeps `bytes` under `id`, if that is what they are.
	pub fn insert(&self, id: &ContentId, bytes: &[u8]) -> Result<(), StoreError> {
		self.check_size(bytes.len() as u64)?;
		let found = content_id(bytes);
		if found != *id {
			return Err(StoreError::WrongId { expected: *id, found });
		}
		self.write(id, bytes)
	}

	/// Where the blob lies if it is here.
	pub fn path(&self, id: &ContentId) -> PathBuf {
		self.shard(id).join(id.to_string())
	}

	fn shard(&self, id: &ContentId) -> PathBuf {
		let [first, ..] = id.digest;
		self.root.join(format!("{first:02x}"))
	}

	fn check_size(&self, size: u64) -> Result<(), StoreError> {
		if size > self.max_blob {
			return Err(StoreError::TooLarge { size, max: self.max_blob });
		}
		Ok(())
	}

	fn write(&self, id: &ContentId, bytes: &[u8]) -> Result<(), StoreError> {
		let shard = self.shard(id);
		fs::create_dir_all(&shard).map_err(failed("create", &shard))?;
		let incoming = self.root.join(INCOMING);
		let mut file =
			tempfile::NamedTempFile::new_in(&incoming).map_err(failed("write to", &incoming))?;
		let path = self.path(id);
		file.write_all(bytes)
			.and_then(|()| file.as_file().sync_all())
			.map_err(failed("write", file.path()))?;
		file.persist(&path).map_err(|error| failed("move into place", &path)(error.error))?;
		// The name is on disk only once its folder is.
		File::open(&shard).and_then(|folder| folder.sync_all()).map_err(failed("sync", &shard))
	}

	fn read(&self, path: &Path, id: &ContentId) -> Result<Vec<u8>, StoreError> {
		let file = match File::open(path) {
			Err(error) if error.kind() == io::ErrorKind::NotFound => {
				return Err(StoreError::Absent(*id));
			},
			opened => opened.map_err(failed("open", path))?,
		};
		let size = file.metadata().map_err(failed("read", path))?.len();
		self.check_size(size)?;
		let mut bytes = Vec::with_capacity(size as usize);
		// The file may grow while it is read.
		file.take(self.max_blob.saturating_add(1))
			.read_to_end(&mut bytes)
			.map_err(failed("read", path))?;
		self.check_size(bytes.len() as u64)?;
		Ok(bytes)
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
		let path = self.path(id);
		let bytes = self.read(&path, id)?;
		let found = content_id(&bytes);
		if found == *id {
			return Ok(bytes);
		}
		log::error!(target: LOG, "blob {id} is damaged: {} is removed", path.display());
		fs::remove_file(&path).map_err(failed("remove", &path))?;
		Err(StoreError::Corrupt { id: *id, found })
	}

	fn put(&self, bytes: &[u8]) -> Result<ContentId, StoreError> {
		self.check_size(bytes.len() as u64)?;
		let id = content_id(bytes);
		// A damaged file under this name is replaced: its bytes are checked, not its presence.
		if self.get(&id).is_err() {
			self.write(&id, bytes)?;
		}
		Ok(id)
	}
}

#[cfg(test)]
mod tests;
