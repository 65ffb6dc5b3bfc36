//! Answers on disk: what was answered before a crash is answered the same after it.
//!
//! One file of the embedded store `redb`. Each batch of changes is a transaction that is synced before [`Journal::write`]
//! returns, and a file left behind by a killed node is repaired when it is opened. After an error the file is opened anew at
//! the next call, so a disk that was full for a while stops nothing for good.

use crate::{
	job::Record,
	ports::{Change, Journal, JournalError},
};
use codec::{DecodeAll, Encode};
use opg_primitives::{job::JobId, Draw};
use redb::{
	Database, DatabaseError, ReadableDatabase, ReadableTable, StorageError, TableDefinition,
};
use std::{
	collections::BTreeMap,
	fmt,
	fs::{self, File},
	io,
	path::{Path, PathBuf},
	sync::{
		atomic::{AtomicBool, Ordering},
		Mutex, MutexGuard, PoisonError,
	},
};

/// [`JobId`] and [`Draw`] to [`Record`], as SCALE.
const ANSWERS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("answers");

type Open = dyn Fn(&Path) -> Result<Database, DatabaseError> + Send + Sync;

/// A journal in a file.
pub struct FileJournal {
	path: PathBuf,
	open: Box<Open>,
	/// `None` after an error: a database that met one takes nothing more.
	database: Mutex<Option<Database>>,
}

impl fmt::Debug for FileJournal {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("FileJournal").field("path", &self.path).finish_non_exhaustive()
	}
}

impl FileJournal {
	/// Opens the journal at `path`, creating file and folder if need be.
	pub fn open(path: impl Into<PathBuf>) -> Result<Self, JournalError> {
		let path = path.into();
		if !path.exists() {
			create(&path).map_err(|error| {
				let why = error.to_string();
				JournalError::Refused { act: "create", path: path.clone(), why }
			})?;
		}
		Self::with(path, Box::new(|path| Database::open(path)))
	}

	fn with(path: PathBuf, open: Box<Open>) -> Result<Self, JournalError> {
		let journal = Self { path, open, database: Mutex::new(None) };
		journal.on_database("open", |database| {
			// Reading needs the table to be there.
			let transaction = database.begin_write()?;
			transaction.open_table(ANSWERS)?;
			transaction.commit()?;
			Ok(())
		})?;
		Ok(journal)
	}

	fn on_database<T>(
		&self,
		act: &'static str,
		work: impl FnOnce(&Database) -> Result<T, redb::Error>,
	) -> Result<T, JournalError> {
		let mut guard = lock(&self.database);
		let database = match guard.take() {
			Some(database) => database,
			None => (self.open)(&self.path).map_err(|error| self.failed(act, error.into()))?,
		};
		let result = work(&database).map_err(|error| self.failed(act, error));
		if result.is_ok() {
			*guard = Some(database);
		}
		result
	}

	fn failed(&self, act: &'static str, error: redb::Error) -> JournalError {
		let (path, why) = (self.path.clone(), error.to_string());
		match error {
			redb::Error::DatabaseAlreadyOpen => JournalError::InUse(path),
			redb::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
				JournalError::Damaged { path, why }
			},
			redb::Error::Io(_) | redb::Error::PreviousIo => {
				JournalError::Refused { act, path, why }
			},
			_ => JournalError::Damaged { path, why },
		}
	}
}

/// Makes an empty file under another name first: a node killed meanwhile must not leave half a file that no node opens.
fn create(path: &Path) -> Result<(), redb::Error> {
	let named = path.parent().filter(|folder| !folder.as_os_str().is_empty());
	let folder = named.unwrap_or(Path::new("."));
	fs::create_dir_all(folder)?;
	let unfinished = path.with_extension("unfinished");
	match fs::remove_file(&unfinished) {
		Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
		_ => {},
	}
	drop(Database::create(&unfinished)?);
	fs::rename(&unfinished, path)?;
	// The name is on disk only once its folder is.
	File::open(folder)?.sync_all()?;
	Ok(())
}

impl Journal for FileJournal {
	fn read(&self) -> Result<Vec<Record>, JournalError> {
		self.on_database("read", |database| {
			let table = database.begin_read()?.open_table(ANSWERS)?;
			let mut records = Vec::new();
			for entry in table.iter()? {
				let (_, value) = entry?;
				let record = Record::decode_all(&mut value.value()).map_err(|error| {
					StorageError::Corrupted(format!("an answer of another version: {error}"))
				})?;
				records.push(record);
			}
			Ok(records)
		})
	}

	fn write(&self, changes: &[Change]) -> Result<(), JournalError> {
		self.on_database("write to", |database| {
			let transaction = database.begin_write()?;
			{
				let mut table = transaction.open_table(ANSWERS)?;
				for change in changes {
					match change {
						Change::Keep(record) => {
							let key = (record.id, record.draw).encode();
							table.insert(key.as_slice(), record.encode().as_slice())?;
						},
						Change::Forget(id, draw) => {
							table.remove((id, draw).encode().as_slice())?;
						},
					}
				}
			}
			transaction.commit()?;
			Ok(())
		})
	}
}

/// A journal that is gone with its process: for tests.
#[derive(Debug, Default)]
pub struct MemoryJournal {
	records: Mutex<BTreeMap<(JobId, Draw), Record>>,
	refuses: AtomicBool,
}

impl MemoryJournal {
	/// Makes every write fail from now on, or succeed again.
	pub fn refuse(&self, refuses: bool) {
		self.refuses.store(refuses, Ordering::SeqCst);
	}
}

impl Journal for MemoryJournal {
	fn read(&self) -> Result<Vec<Record>, JournalError> {
		Ok(lock(&self.records).values().cloned().collect())
	}

	fn write(&self, changes: &[Change]) -> Result<(), JournalError> {
		if self.refuses.load(Ordering::SeqCst) {
			let why = "it was told to refuse".into();
			return Err(JournalError::Refused { act: "write to", path: PathBuf::new(), why });
		}
		let mut records = lock(&self.records);
		for change in changes {
			match change {
				Change::Keep(record) => {
					records.insert((record.id, record.draw), record.clone());
				},
				Change::Forget(id, draw) => {
					records.remove(&(*id, *draw));
				},
			}
		}
		Ok(())
	}
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
	mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
