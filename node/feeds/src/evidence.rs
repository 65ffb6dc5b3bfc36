//! What sources answered, kept as files by content id for whoever wants to know where a number is from; the oldest are let go.
//!
//! The node's store keeps the files; one file of `redb` says which of them are evidence, and in which order they came. Files that are in the
//! store for another reason are left alone.

use bytes::Bytes;
use codec::{DecodeAll, Encode};
use opg_primitives::ContentId;
use opg_store::{content_id, BlobStore, EmbeddedStore, StoreError};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fs, path::PathBuf};

/// Places, in the order files came, to their content ids as SCALE and the bytes they count for.
const FILES: TableDefinition<u64, (&[u8], u64)> = TableDefinition::new("files");
/// Content ids to places.
const PLACES: TableDefinition<&[u8], u64> = TableDefinition::new("places");
/// The sum of all bytes, under [`HELD`].
const TOTALS: TableDefinition<&str, u64> = TableDefinition::new("totals");
const HELD: &str = "held";

/// What a file takes on disk at least.
const LEAST: u64 = 4_096;

/// Bytes of evidence kept unless configured otherwise: 256 MiB.
pub const DEFAULT_KEPT: u64 = 256 << 20;

/// What one address answered: an entry of the file whose content id an observation names as its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
	/// The address.
	pub url: String,
	/// The content id of what it answered.
	pub content: String,
}

/// The file that lists what was answered, by address.
pub fn list_of(answers: &BTreeMap<String, Bytes>) -> Vec<u8> {
	let entry = |(url, body): (&String, &Bytes)| Answered {
		url: url.clone(),
		content: content_id(body).to_string(),
	};
	let entries: Vec<_> = answers.iter().map(entry).collect();
	serde_json::to_vec(&entries).unwrap_or_default()
}

/// The entries of such a file.
pub fn read_list(file: &[u8]) -> Result<Vec<Answered>, serde_json::Error> {
	serde_json::from_slice(file)
}

/// Why evidence cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
	/// The list of files cannot be used.
	#[error(
		"the list of evidence {} cannot be used: {why}; stop the other node that has it open, or check the disk",
		path.display()
	)]
	List {
		/// Where it is.
		path: PathBuf,
		/// What is wrong with it.
		why: String,
	},
	/// The store does not take a file.
	#[error(transparent)]
	Store(#[from] StoreError),
}

/// Keeps what sources answered, up to so many bytes. Calls block.
#[derive(Debug)]
pub struct Evidence {
	store: EmbeddedStore,
	path: PathBuf,
	database: Database,
	most: u64,
}

impl Evidence {
	/// Keeps at most `most` bytes of evidence in `store`, and the list of it at `path`.
	pub fn open(
		path: impl Into<PathBuf>,
		store: EmbeddedStore,
		most: u64,
	) -> Result<Self, EvidenceError> {
		let path = path.into();
		let create = || -> Result<Database, redb::Error> {
			if let Some(folder) = path.parent() {
				fs::create_dir_all(folder)?;
			}
			let database = Database::create(&path)?;
			let transaction = database.begin_write()?;
			// Reading needs the tables to be there.
			transaction.open_table(FILES)?;
			transaction.open_table(PLACES)?;
			transaction.open_table(TOTALS)?;
			transaction.commit()?;
			Ok(database)
		};
		match create() {
			Ok(database) => Ok(Self { store, path, database, most }),
			Err(error) => Err(EvidenceError::List { path, why: error.to_string() }),
		}
	}

	/// Keeps these files as the newest, and lets the oldest go that are too many then.
	pub fn keep<'a>(&self, files: impl IntoIterator<Item = &'a [u8]>) -> Result<(), EvidenceError> {
		let files: Vec<_> = files.into_iter().map(|file| (content_id(file), file)).collect();
		let mut own = Vec::new();
		for (id, file) in &files {
			let is_own = self.has(id)?;
			let is_here = self.store.has(id);
			if !is_here {
				self.store.put(file)?;
			}
			// What is here for another reason is not ours to let go.
			if is_own || !is_here {
				own.push((*id, LEAST.max(file.len() as u64)));
			}
		}
		let gone = self.list(&own).map_err(|error| self.unusable(&error))?;
		gone.iter().try_for_each(|id| self.store.let_go(id)).map_err(EvidenceError::Store)
	}

	/// Whether a file is kept as evidence.
	pub fn has(&self, id: &ContentId) -> Result<bool, EvidenceError> {
		let look = || -> Result<bool, redb::Error> {
			let transaction = self.database.begin_read()?;
			let places = transaction.open_table(PLACES)?;
			Ok(places.get(id.encode().as_slice())?.is_some())
		};
		look().map_err(|error| self.unusable(&error))
	}

	/// Notes files as the newest; gives those that are too many then.
	fn list(&self, own: &[(ContentId, u64)]) -> Result<Vec<ContentId>, redb::Error> {
		let transaction = self.database.begin_write()?;
		let mut gone = Vec::new();
		{
			let mut files = transaction.open_table(FILES)?;
			let mut places = transaction.open_table(PLACES)?;
			let mut totals = transaction.open_table(TOTALS)?;
			let mut held = totals.get(HELD)?.map_or(0, |held| held.value());
			let mut next = files.last()?.map_or(0, |(place, _)| place.value().saturating_add(1));
			for (id, bytes) in own {
				let name = id.encode();
				let before = places.insert(name.as_slice(), next)?.map(|place| place.value());
				if let Some(before) = before {
					let counted = files.remove(before)?.map_or(0, |file| file.value().1);
					held = held.saturating_sub(counted);
				}
				files.insert(next, (name.as_slice(), *bytes))?;
				held = held.saturating_add(*bytes);
				next = next.saturating_add(1);
			}
			while held > self.most {
				let Some((_, file)) = files.pop_first()? else { break };
				let (name, bytes) = file.value();
				places.remove(name)?;
				held = held.saturating_sub(bytes);
				gone.extend(ContentId::decode_all(&mut &*name).ok());
			}
			totals.insert(HELD, held)?;
		}
		transaction.commit()?;
		Ok(gone)
	}

	fn unusable(&self, error: &redb::Error) -> EvidenceError {
		EvidenceError::List { path: self.path.clone(), why: error.to_string() }
	}
}

#[cfg(test)]
mod tests {
	use super::{list_of, read_list, Evidence, LEAST};
	use opg_store::{content_id, BlobStore, EmbeddedStore, Limits};
	use std::{collections::BTreeMap, path::Path};

	fn open(folder: &Path, files: u64) -> (EmbeddedStore, Evidence) {
		let store = EmbeddedStore::open(folder.join("blobs"), Limits::default()).expect("a store");
		let evidence = Evidence::open(folder.join("evidence"), store.clone(), files * LEAST);
		(store, evidence.expect("a list"))
	}

	fn file(number: u8) -> Vec<u8> {
		vec![number; 10]
	}

	fn kept(store: &EmbeddedStore) -> Vec<u8> {
		(0..10).filter(|number| store.has(&content_id(&file(*number)))).collect()
	}

	#[test]
	fn the_oldest_are_let_go_and_what_comes_again_is_new() {
		let folder = tempfile::tempdir().expect("a folder");
		let (store, evidence) = open(folder.path(), 3);
		evidence.keep([file(0), file(1), file(2)].iter().map(Vec::as_slice)).expect("kept");
		evidence.keep([file(0)].iter().map(Vec::as_slice)).expect("kept");
		evidence.keep([file(3)].iter().map(Vec::as_slice)).expect("kept");
		assert_eq!(kept(&store), [0, 2, 3]);
		drop(evidence);
		let (store, evidence) = open(folder.path(), 3);
		evidence.keep([file(4)].iter().map(Vec::as_slice)).expect("kept");
		assert_eq!(kept(&store), [0, 3, 4], "also after the node began anew");
		let large = vec![7; 2 * LEAST as usize];
		evidence.keep([large.as_slice()]).expect("kept");
		assert_eq!(kept(&store), [4], "a large file counts for what it is");
	}

	#[test]
	fn what_the_store_has_for_another_reason_or_was_told_to_keep_stays() {
		let folder = tempfile::tempdir().expect("a folder");
		let (store, evidence) = open(folder.path(), 1);
		store.put(&file(0)).expect("a model, say");
		for number in 0..3 {
			let file = file(number);
			evidence.keep([file.as_slice()]).expect("kept");
			if number == 1 {
				store.pin(&content_id(&file)).expect("pinned");
			}
		}
		assert_eq!(kept(&store), [0, 1, 2]);
	}

	#[test]
	fn a_list_names_each_address_and_what_it_answered() {
		let answers = [("http://b/", "2"), ("http://a/", "1")]
			.map(|(url, body)| (url.to_owned(), body.as_bytes().into()));
		let list = read_list(&list_of(&BTreeMap::from(answers))).expect("a list");
		let urls: Vec<_> = list.iter().map(|one| one.url.as_str()).collect();
		assert_eq!(urls, ["http://a/", "http://b/"]);
		assert_eq!(list[0].content, content_id(b"1").to_string());
		assert!(read_list(b"{}").is_err());
	}
}
