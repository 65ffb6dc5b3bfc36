//! A keeper finds what is asked, fetches what is not here, and never shows what a disk has lost.

use super::Keeper;
use codec::{DecodeAll, Encode};
use opg_host::WorkerPort;
use opg_primitives::{
	job::{FoundPiece, KeptFile, Query},
	ContentId,
};
use opg_store::{
	content_id, is_piece, BlobStore, EmbeddedStore, Limits, PieceTree, Source, StoreError, Stores,
};
use sp_core::H256;
use std::{
	fs,
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc,
	},
	time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Has one file, or is away.
struct Elsewhere {
	bytes: Vec<u8>,
	is_away: AtomicBool,
}

impl Source for Elsewhere {
	fn name(&self) -> String {
		"elsewhere".into()
	}

	fn bring(&self, id: &ContentId, home: &EmbeddedStore) -> Result<(), StoreError> {
		match self.is_away.load(Ordering::SeqCst) {
			false => home.insert(id, &self.bytes),
			true => Err(StoreError::Unreachable { store: self.name(), why: "it is away".into() }),
		}
	}

	fn offer(&self, _: &ContentId, _: &EmbeddedStore) -> Result<(), StoreError> {
		Ok(())
	}
}

struct Rig {
	_folder: TempDir,
	_runtime: Runtime,
	home: EmbeddedStore,
	elsewhere: Arc<Elsewhere>,
	keeper: Keeper,
	bytes: Vec<u8>,
	tree: PieceTree,
}

impl Rig {
	fn new() -> Self {
		let bytes: Vec<u8> = (0..400_000u32).map(|index| (index % 251) as u8).collect();
		let folder = TempDir::new().unwrap();
		let home = EmbeddedStore::open(folder.path(), Limits::default()).unwrap();
		let elsewhere =
			Arc::new(Elsewhere { bytes: bytes.clone(), is_away: AtomicBool::new(false) });
		let stores = Stores::new(home.clone()).with(elsewhere.clone());
		let runtime = Runtime::new().unwrap();
		let keeper = Keeper::new(stores, runtime.handle().clone());
		let tree = PieceTree::of(bytes.as_slice()).unwrap();
		Self { _folder: folder, _runtime: runtime, home, elsewhere, keeper, bytes, tree }
	}

	fn id(&self) -> ContentId {
		content_id(&self.bytes)
	}

	fn kept(&self, asked: Option<u32>) -> KeptFile {
		KeptFile { content: self.id(), pieces: self.tree.root(), asked }
	}

	fn poll(&self, kept: Vec<KeptFile>) -> Vec<FoundPiece> {
		let answer = self.keeper.poll(&Query::Pieces(kept).encode()).unwrap();
		Vec::decode_all(&mut answer.as_slice()).unwrap()
	}

	/// Polls as blocks do, until `done`.
	fn until(&self, kept: &[KeptFile], done: impl Fn(&[FoundPiece]) -> bool) -> Vec<FoundPiece> {
		let begin = Instant::now();
		loop {
			let found = self.poll(kept.to_vec());
			if done(&found) {
				return found;
			}
			assert!(begin.elapsed() < Duration::from_secs(60), "it never came");
			std::thread::yield_now();
		}
	}
}

#[test]
fn a_file_is_fetched_and_pinned_before_anything_is_asked_of_it() {
	let rig = Rig::new();
	rig.until(&[rig.kept(None)], |_| rig.home.has(&rig.id()));
	assert!(rig.home.is_pinned(&rig.id()));
	rig.poll(vec![]);
	assert!(!rig.home.is_pinned(&rig.id()), "it may go when it is kept no more");
}

#[test]
fn every_piece_asked_is_found_with_its_way_to_the_root() {
	let rig = Rig::new();
	let kept = [0, 7, 390].map(|index| rig.kept(Some(index)));
	let found = rig.until(&kept, |found| found.len() == 3);
	for (piece, index) in found.iter().zip([0, 7, 390]) {
		assert_eq!(piece.index, index);
		let (root, count) = (rig.tree.root(), rig.tree.count());
		assert!(is_piece(root, count, index, &piece.piece, piece.path.clone()));
	}
	assert!(rig.poll(vec![rig.kept(None)]).is_empty(), "what is not asked any more is forgotten");
}

#[test]
fn a_damaged_piece_is_never_shown_and_comes_again_from_elsewhere() {
	let rig = Rig::new();
	rig.until(&[rig.kept(Some(1))], |found| !found.is_empty());
	rig.elsewhere.is_away.store(true, Ordering::SeqCst);
	let mut damaged = rig.bytes.clone();
	damaged[5 * 1_024] ^= 1;
	fs::write(rig.home.path(&rig.id()), damaged).unwrap();
	let kept = [rig.kept(Some(5))];
	rig.until(&kept, |found| {
		assert!(found.is_empty());
		!rig.home.has(&rig.id())
	});
	rig.elsewhere.is_away.store(false, Ordering::SeqCst);
	let found = rig.until(&kept, |found| !found.is_empty());
	assert_eq!(found[0].piece, rig.bytes[5 * 1_024..6 * 1_024]);
}

#[test]
fn an_order_with_another_root_is_never_shown() {
	let rig = Rig::new();
	let wrong = KeptFile { pieces: H256::repeat_byte(9), ..rig.kept(Some(0)) };
	let kept = [wrong, rig.kept(Some(0))];
	let found = rig.until(&kept, |found| !found.is_empty());
	assert!(found.iter().all(|piece| piece.pieces == rig.tree.root()));
}

#[test]
fn other_questions_are_not_the_keepers() {
	let rig = Rig::new();
	assert!(rig.keeper.poll(&Query::Serving.encode()).is_none());
	assert!(rig.keeper.poll(b"nonsense").is_none());
	assert!(!rig.keeper.submit(b"anything"));
}
