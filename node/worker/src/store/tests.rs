//! The embedded store keeps what it was given and says so when a disk does not.

use super::{content_id, EmbeddedStore, INCOMING};
use crate::ports::{BlobStore, StoreError};
use std::fs;
use tempfile::TempDir;

const LIMIT: u64 = 1_000_000;

fn store() -> (TempDir, EmbeddedStore) {
	let folder = TempDir::new().unwrap();
	let store = EmbeddedStore::open(folder.path().join("blobs"), LIMIT).unwrap();
	(folder, store)
}

#[test]
fn a_blob_comes_back_as_it_was_put() {
	let (_folder, store) = store();
	for size in [0usize, 1, 262_144, 262_145, 600_000] {
		let bytes = vec![7; size];
		let id = store.put(&bytes).unwrap();
		assert_eq!(id, content_id(&bytes));
		assert!(store.has(&id));
		assert_eq!(store.get(&id).unwrap(), bytes);
	}
}

#[test]
fn a_blob_outlives_the_store_that_took_it() {
	let (folder, store) = store();
	let id = store.put(b"kept").unwrap();
	drop(store);
	let again = EmbeddedStore::open(folder.path().join("blobs"), LIMIT).unwrap();
	assert_eq!(again.get(&id).unwrap(), b"kept");
}

#[test]
fn an_unknown_blob_is_absent() {
	let (_folder, store) = store();
	let id = content_id(b"never put");
	assert!(!store.has(&id));
	assert!(matches!(store.get(&id), Err(StoreError::Absent(absent)) if absent == id));
	assert!(matches!(store.fetch(&id), Err(StoreError::Absent(_))));
}

#[test]
fn a_changed_byte_is_reported_and_the_file_removed() {
	let (_folder, store) = store();
	let id = store.put(b"honest bytes").unwrap();
	fs::write(store.path(&id), b"honest bytez").unwrap();
	let found = content_id(b"honest bytez");
	assert!(
		matches!(store.get(&id), Err(StoreError::Corrupt { id: i, found: f }) if i == id && f == found)
	);
	assert!(!store.has(&id));
	assert!(matches!(store.get(&id), Err(StoreError::Absent(_))));
}

#[test]
fn a_truncated_file_is_corrupt_and_can_be_put_again() {
	let (_folder, store) = store();
	let bytes = vec![3; 300_000];
	let id = store.put(&bytes).unwrap();
	fs::write(store.path(&id), &bytes[..200_000]).unwrap();
	assert_eq!(store.put(&bytes).unwrap(), id);
	assert_eq!(store.get(&id).unwrap(), bytes);
}

#[test]
fn bytes_of_another_id_are_refused_and_nothing_is_kept() {
	let (_folder, store) = store();
	let expected = content_id(b"asked for");
	let refused = store.insert(&expected, b"given");
	assert!(matches!(refused, Err(StoreError::WrongId { expected: e, .. }) if e == expected));
	assert!(!store.has(&expected));
	store.insert(&expected, b"asked for").unwrap();
	assert_eq!(store.get(&expected).unwrap(), b"asked for");
}

#[test]
fn a_blob_over_the_limit_is_refused_when_put_and_when_read() {
	let (folder, store) = store();
	let bytes = vec![0; LIMIT as usize + 1];
	assert!(
		matches!(store.put(&bytes), Err(StoreError::TooLarge { size, max: LIMIT }) if size == LIMIT + 1)
	);
	let wider = EmbeddedStore::open(folder.path().join("blobs"), LIMIT + 1).unwrap();
	let id = wider.put(&bytes).unwrap();
	assert!(matches!(store.get(&id), Err(StoreError::TooLarge { .. })));
	assert!(wider.has(&id));
}

#[test]
fn an_unfinished_write_leaves_no_blob() {
	let (folder, store) = store();
	let id = content_id(b"half");
	fs::write(folder.path().join("blobs").join(INCOMING).join("half"), b"ha").unwrap();
	assert!(!store.has(&id));
	store.put(b"whole").unwrap();
	let left = fs::read_dir(folder.path().join("blobs").join(INCOMING)).unwrap().count();
	assert_eq!(left, 1, "a finished write leaves nothing behind");
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
	let folder = TempDir::new().unwrap();
	let file = folder.path().join("file");
	fs::write(&file, b"in the way").unwrap();
	let error = EmbeddedStore::open(&file, LIMIT).unwrap_err();
	assert!(error.to_string().contains("file/incoming"), "{error}");
}
