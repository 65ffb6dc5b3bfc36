//! What a journal keeps, and what it does when it cannot.

use super::{FileJournal, MemoryJournal};
use crate::{
	job::Record,
	ports::{Change, Journal, JournalError},
};
use opg_primitives::{
	job::{Desk, JobId},
	request::FaultKind,
	Draw, Outcome,
};
use redb::{backends::InMemoryBackend, Database, StorageBackend};
use std::{
	fs, io,
	path::PathBuf,
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc,
	},
};
use tempfile::TempDir;

fn record(desk: Desk, number: u64, seed: u8) -> Record {
	Record {
		id: JobId { desk, number },
		draw: Draw::repeat_byte(seed),
		outcome: Outcome::Output(vec![seed; 8192].try_into().unwrap()),
		salt: [seed; 32],
		proof: Some(vec![seed; 3_072]),
	}
}

fn faulty(number: u64) -> Record {
	let outcome = Outcome::Fault(FaultKind::Looped);
	Record { outcome, ..record(Desk::Panels, number, 3) }
}

fn keep(record: &Record) -> Change {
	Change::Keep(record.clone())
}

fn forget(record: &Record) -> Change {
	Change::Forget(record.id, record.draw)
}

fn keeps_what_it_is_told(journal: &dyn Journal) {
	let (request, panel) = (record(Desk::Requests, 7, 1), record(Desk::Panels, 7, 1));
	let (redrawn, fault) = (record(Desk::Panels, 7, 2), faulty(1));
	assert_eq!(journal.read().unwrap(), []);
	journal.write(&[keep(&request), keep(&panel), keep(&redrawn), keep(&fault)]).unwrap();
	let all = journal.read().unwrap();
	assert_eq!(all.len(), 4, "desk and draw tell jobs apart");
	for record in [&request, &panel, &redrawn, &fault] {
		assert!(all.contains(record));
	}
	let other = Record { salt: [9; 32], ..panel.clone() };
	journal.write(&[keep(&other), forget(&request), forget(&fault)]).unwrap();
	let left = journal.read().unwrap();
	assert_eq!(left.len(), 2);
	assert!(left.contains(&other) && left.contains(&redrawn));
	journal.write(&[keep(&request), forget(&request), forget(&request)]).unwrap();
	assert_eq!(journal.read().unwrap().len(), 2, "changes are made in their order");
}

#[test]
fn both_journals_keep_what_they_are_told() {
	let folder = TempDir::new().unwrap();
	keeps_what_it_is_told(&FileJournal::open(folder.path().join("new/answers")).unwrap());
	keeps_what_it_is_told(&MemoryJournal::default());
}

#[test]
fn a_file_that_was_closed_holds_the_same_when_it_is_opened() {
	let folder = TempDir::new().unwrap();
	let path = folder.path().join("answers");
	let answer = record(Desk::Panels, 7, 1);
	FileJournal::open(&path).unwrap().write(&[keep(&answer)]).unwrap();
	assert_eq!(FileJournal::open(&path).unwrap().read().unwrap(), [answer]);
}

#[test]
fn a_file_in_use_is_refused_with_what_to_do() {
	let folder = TempDir::new().unwrap();
	let path = folder.path().join("answers");
	let _first = FileJournal::open(&path).unwrap();
	let error = FileJournal::open(&path).unwrap_err();
	assert!(matches!(&error, JournalError::InUse(found) if *found == path), "{error}");
}

#[test]
fn a_file_that_is_no_journal_is_refused_and_left_alone() {
	let folder = TempDir::new().unwrap();
	let path = folder.path().join("answers");
	fs::write(&path, vec![7; 10_000]).unwrap();
	let error = FileJournal::open(&path).unwrap_err();
	assert!(error.to_string().contains(&path.display().to_string()), "{error}");
	assert_eq!(fs::read(&path).unwrap(), vec![7; 10_000]);
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error_that_names_it() {
	let folder = TempDir::new().unwrap();
	fs::write(folder.path().join("file"), "").unwrap();
	let error = FileJournal::open(folder.path().join("file/answers")).unwrap_err();
	assert!(error.to_string().contains("file/answers"), "{error}");
}

/// A disk shared by successive openings, which can be full.
#[derive(Debug, Clone)]
struct Disk {
	contents: Arc<InMemoryBackend>,
	full: Arc<AtomicBool>,
}

impl StorageBackend for Disk {
	fn len(&self) -> io::Result<u64> {
		self.contents.len()
	}

	fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
		self.contents.read(offset, out)
	}

	fn set_len(&self, len: u64) -> io::Result<()> {
		self.contents.set_len(len)
	}

	fn sync_data(&self) -> io::Result<()> {
		self.contents.sync_data()
	}

	fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
		if self.full.load(Ordering::SeqCst) {
			return Err(io::Error::new(io::ErrorKind::StorageFull, "no space left"));
		}
		self.contents.write(offset, data)
	}
}

#[test]
fn a_disk_that_was_full_for_a_while_costs_nothing_but_the_writes_it_refused() {
	let contents = Arc::new(InMemoryBackend::new());
	let disk = Disk { contents, full: Arc::default() };
	let full = disk.full.clone();
	let open = move |_: &std::path::Path| Database::builder().create_with_backend(disk.clone());
	let journal = FileJournal::with(PathBuf::from("disk"), Box::new(open)).unwrap();
	let (before, during, after) =
		(record(Desk::Panels, 1, 1), record(Desk::Panels, 2, 2), record(Desk::Panels, 3, 3));
	journal.write(&[keep(&before)]).unwrap();
	full.store(true, Ordering::SeqCst);
	for _ in 0..3 {
		let error = journal.write(&[keep(&during)]).unwrap_err().to_string();
		assert!(error.contains("no space left") || error.contains("disk"), "{error}");
	}
	full.store(false, Ordering::SeqCst);
	journal.write(&[keep(&after)]).unwrap();
	assert_eq!(journal.read().unwrap(), [before, after]);
}
