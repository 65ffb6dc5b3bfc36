//! Blobs by content id: files on this machine, and where else to find them.
//!
//! [`EmbeddedStore`] keeps blobs as files. [`Stores`] puts it in front of [`Source`]s, such as an IPFS daemon ([`IpfsSource`]) or
//! other nodes: what is not here is looked for there in order, checked against its content id and kept. Nothing here trusts
//! bytes for where they came from.

mod arrival;
mod assembly;
mod content;
mod embedded;
mod flusher;
mod hasher;
mod ipfs;
mod peers;
mod pieces;
mod stores;
mod uploads;

pub use assembly::{Assembly, AssemblyError};
pub use content::{content_id, Outline, Outliner, MAX_LINKS};
pub use embedded::{EmbeddedStore, Incoming, Limits, DEFAULT_MAX_BLOB};
pub use ipfs::{IpfsConfig, IpfsSource};
pub use peers::{PeerDesk, PeerNetwork, PeerSource, MAX_ANSWER, MAX_QUESTION};
pub use pieces::{is_piece, piece, PieceTree, StoredTree};
pub use stores::Stores;
pub use uploads::{UploadError, Uploads};

use opg_primitives::ContentId;
use std::{io, path::PathBuf};

/// Why a blob could not be kept or given.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
	/// Nobody put it here.
	#[error("blob {0} is not in this store; put it there, or check its content id")]
	Absent(ContentId),
	/// No store that was asked has it.
	#[error("blob {id} was not to be had: {tried}")]
	NotFound {
		/// The blob asked for.
		id: ContentId,
		/// What each store said.
		tried: String,
	},
	/// The file's bytes had changed; the file was removed.
	#[error("blob {id} was damaged on disk and has been removed (its bytes are {found}); put it again and check the disk")]
	Corrupt {
		/// The blob asked for.
		id: ContentId,
		/// What the file held instead.
		found: ContentId,
	},
	/// The bytes offered are not those the id names.
	#[error("these bytes are {found}, not {expected}; whoever gave them is wrong or lying")]
	WrongId {
		/// The blob they were said to be.
		expected: ContentId,
		/// What they are.
		found: ContentId,
	},
	/// Longer than the store takes.
	#[error("a blob of {size} bytes is over this store's limit of {max}; raise the limit or use a smaller file")]
	TooLarge {
		/// Bytes of the blob, or as many as were seen of it.
		size: u64,
		/// Bytes the store takes.
		max: u64,
	},
	/// What is pinned leaves no room.
	#[error(
		"{needed} bytes do not fit: the store may hold {quota} and has {pinned} pinned; unpin something or raise the quota"
	)]
	Full {
		/// Bytes of the blob.
		needed: u64,
		/// Bytes the store may hold.
		quota: u64,
		/// Bytes that must not be removed.
		pinned: u64,
	},
	/// The file system refused.
	#[error("cannot {act} {}: {source}; check the disk's space and the folder's permissions", path.display())]
	Io {
		/// What was tried.
		act: &'static str,
		/// Where.
		path: PathBuf,
		/// What the system said.
		source: io::Error,
	},
	/// Another store is down, slow or refuses.
	#[error("{store}: {why}")]
	Unreachable {
		/// Which.
		store: String,
		/// What it said.
		why: String,
	},
}

/// Blobs by content id. Calls block, so make them on threads meant for that.
pub trait BlobStore: Send + Sync + 'static {
	/// Makes the blob present on this machine, fetching it if the store knows how.
	fn fetch(&self, id: &ContentId) -> Result<(), StoreError>;

	/// Whether the blob is present; says nothing of its bytes.
	fn has(&self, id: &ContentId) -> bool;

	/// The blob's bytes, checked against `id`.
	fn get(&self, id: &ContentId) -> Result<Vec<u8>, StoreError>;

	/// Keeps `bytes` and says what they are called.
	fn put(&self, bytes: &[u8]) -> Result<ContentId, StoreError>;
}

/// Somewhere else blobs may be found. Calls block.
pub trait Source: Send + Sync + 'static {
	/// What people call it.
	fn name(&self) -> String;

	/// Brings a blob into `home`, checked against `id`.
	fn bring(&self, id: &ContentId, home: &EmbeddedStore) -> Result<(), StoreError>;

	/// Tells it of a blob that `home` holds. What cannot take blobs does nothing.
	fn offer(&self, id: &ContentId, home: &EmbeddedStore) -> Result<(), StoreError>;
}
