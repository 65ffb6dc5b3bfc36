//! The embedded store keeps what it was given and says so when a disk does not.

use super::{EmbeddedStore, Limits, INCOMING, PINNED};
use crate::{content_id, BlobStore, PieceTree, StoreError};
use std::{
	fs::{self, File},
	time::{Duration, SystemTime},
};
use tempfile::TempDir;

const LIMIT: u64 = 1_000_000;

fn up_to(max_blob: u64) -> Limits {
	Limits { max_blob, quota: None }
}

fn store() -> (TempDir, EmbeddedStore) {
	let folder = TempDir::new().unwrap();
	let store = EmbeddedStore::open(folder.path().join("blobs"), up_to(LIMIT)).unwrap();
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
	let again = EmbeddedStore::open(folder.path().join("blobs"), up_to(LIMIT)).unwrap();
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
	let wider = EmbeddedStore::open(folder.path().join("blobs"), up_to(LIMIT + 1)).unwrap();
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
	let error = EmbeddedStore::open(&file, up_to(LIMIT)).unwrap_err();
	assert!(error.to_string().contains("file/incoming"), "{error}");
}

/// A store of three blobs of 100 bytes at most, and the blobs put into it, each last used some seconds after the one before.
fn full() -> (TempDir, EmbeddedStore, Vec<opg_primitives::ContentId>) {
	let folder = TempDir::new().unwrap();
	let limits = Limits { max_blob: LIMIT, quota: Some(300) };
	let store = EmbeddedStore::open(folder.path(), limits).unwrap();
	let ids: Vec<_> = (0..3).map(|byte| store.put(&[byte; 100]).unwrap()).collect();
	for (turn, id) in ids.iter().enumerate() {
		let used = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000 + turn as u64);
		File::options().write(true).open(store.path(id)).unwrap().set_modified(used).unwrap();
	}
	(folder, store, ids)
}

#[test]
fn what_was_unused_for_longest_makes_room() {
	let (_folder, store, ids) = full();
	store.get(&ids[0]).unwrap();
	let new = store.put(&[9; 100]).unwrap();
	let here = [ids[0], ids[1], ids[2], new].map(|id| store.has(&id));
	assert_eq!(here, [true, false, true, true]);
}

#[test]
fn what_is_pinned_stays_and_what_then_does_not_fit_is_refused() {
	let (_folder, store, ids) = full();
	store.pin(&ids[0]).unwrap();
	store.pin(&ids[1]).unwrap();
	let refusal = store.put(&[9; 101]);
	assert!(matches!(refusal, Err(StoreError::Full { needed: 101, quota: 300, pinned: 200 })));
	assert!(ids.iter().all(|id| store.has(id)), "nothing went for it");
	store.put(&[9; 100]).unwrap();
	assert_eq!([0, 1, 2].map(|index| store.has(&ids[index])), [true, true, false]);
	store.unpin(&ids[0]).unwrap();
	store.unpin(&ids[0]).unwrap();
	assert!(!store.is_pinned(&ids[0]));
	store.put(&[8; 101]).unwrap();
	assert!(!store.has(&ids[0]) && store.has(&ids[1]));
}

#[test]
fn what_is_let_go_is_gone_unless_it_is_pinned() {
	let (_folder, store) = store();
	let (loose, pinned) = (store.put(b"loose").unwrap(), store.put(b"pinned").unwrap());
	store.pin(&pinned).unwrap();
	for id in [loose, pinned] {
		store.let_go(&id).unwrap();
	}
	assert!(!store.has(&loose) && store.has(&pinned));
	store.let_go(&loose).unwrap();
}

#[test]
fn what_is_put_again_needs_no_room() {
	let (_folder, store, ids) = full();
	store.put(&[1; 100]).unwrap();
	assert!(ids.iter().all(|id| store.has(id)));
}

#[test]
fn a_file_and_single_chunks_give_the_same_as_the_bytes() {
	let (folder, store) = store();
	let bytes: Vec<u8> = (0..700_000).map(|index| (index % 253) as u8).collect();
	let file = folder.path().join("file");
	fs::write(&file, &bytes).unwrap();
	let id = store.put_file(&file).unwrap();
	assert_eq!((id, store.size(&id).unwrap()), (content_id(&bytes), 700_000));
	let outline = store.outline(&id).unwrap();
	assert_eq!(outline.id(), id);
	for index in 0..3 {
		assert!(outline.matches(index, &store.chunk(&id, index).unwrap()));
	}
	assert!(store.chunk(&id, 3).unwrap().is_empty());
	let absent = store.put_file(&folder.path().join("absent"));
	assert!(matches!(absent, Err(StoreError::Io { act: "open", .. })));
}

#[test]
fn a_blob_comes_whole_into_a_file_or_not_at_all() {
	let (folder, store) = store();
	let bytes: Vec<u8> = (0..700_000).map(|index| (index % 253) as u8).collect();
	let (id, target) = (store.put(&bytes).unwrap(), folder.path().join("target"));
	assert_eq!(store.save(&id, &target).unwrap(), 700_000);
	assert_eq!(fs::read(&target).unwrap(), bytes);
	fs::remove_file(&target).unwrap();
	let mut damaged = bytes.clone();
	damaged[600_000] ^= 1;
	fs::write(store.path(&id), &damaged).unwrap();
	let found = content_id(&damaged);
	let refusal = store.save(&id, &target);
	assert!(
		matches!(refusal, Err(StoreError::Corrupt { id: i, found: f }) if i == id && f == found)
	);
	assert!(!target.exists() && !store.has(&id));
	assert!(matches!(store.save(&id, &target), Err(StoreError::Absent(_))));
	assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing but the store is left");
}

#[test]
fn the_outline_of_a_damaged_blob_is_refused() {
	let (_folder, store) = store();
	let id = store.put(&[5; 300_000]).unwrap();
	fs::write(store.path(&id), [6; 300_000]).unwrap();
	assert!(matches!(store.outline(&id), Err(StoreError::Corrupt { .. })));
	assert!(!store.has(&id));
}

#[test]
fn bytes_may_come_in_pieces_of_any_size() {
	let (_folder, store) = store();
	let bytes: Vec<u8> = (0..900_000).map(|index| (index % 241) as u8).collect();
	for pieces in [[1, 262_143, 5, 300_000], [262_144, 262_144, 1, 2], [600_000, 7, 7, 7]] {
		let mut incoming = store.receive().unwrap();
		let mut rest = bytes.as_slice();
		for piece in pieces {
			let (head, tail) = rest.split_at(piece);
			incoming.write(head).unwrap();
			rest = tail;
		}
		incoming.write(rest).unwrap();
		assert_eq!(incoming.finish(None).unwrap(), content_id(&bytes));
	}
	assert_eq!(fs::read_dir(store.root.join(PINNED)).unwrap().count(), 0);
}

#[test]
fn the_tree_over_the_pieces_is_made_once_and_goes_with_its_blob() {
	let (_folder, store) = store();
	let bytes: Vec<u8> = (0..300_000u32).map(|index| (index % 251) as u8).collect();
	let id = store.put(&bytes).unwrap();
	let tree = PieceTree::of(bytes.as_slice()).unwrap();
	assert_eq!(store.pieces(&id).unwrap().root().unwrap(), tree.root());
	let mut damaged = bytes.clone();
	damaged[5] ^= 1;
	std::fs::write(store.path(&id), damaged).unwrap();
	let kept = store.pieces(&id).unwrap();
	assert_eq!(kept.root().unwrap(), tree.root(), "it is not made again");
	assert!(!kept.holds(0, &store.piece(&id, 0).unwrap()).unwrap(), "and tells what was lost");
	assert!(kept.holds(1, &store.piece(&id, 1).unwrap()).unwrap());
	assert!(matches!(store.outline(&id), Err(StoreError::Corrupt { .. })));
	assert!(matches!(store.pieces(&id), Err(StoreError::Absent(_))));
	assert_eq!(std::fs::read_dir(store.root.join("trees")).unwrap().count(), 0);
}
