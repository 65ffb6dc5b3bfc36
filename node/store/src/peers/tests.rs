//! Blobs from other nodes: honest, lying, half there or gone.

use super::{PeerDesk, PeerNetwork, PeerSource, MAX_QUESTION};
use crate::{content_id, BlobStore, EmbeddedStore, Limits, Source, StoreError};
use codec::Encode;
use futures::future::BoxFuture;
use opg_primitives::{content::RAW_LIMIT, ContentId};
use std::{
	sync::{
		atomic::{AtomicUsize, Ordering},
		mpsc::channel,
		Arc,
	},
	thread::spawn,
	time::Duration,
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// How a node behaves.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
	Honest,
	/// Gives the right outline and wrong chunks.
	WrongChunks,
	/// Gives an outline of something else.
	WrongOutline,
	/// Answers this many questions, then is gone.
	Leaves(usize),
	Garbage,
}

struct Node {
	manner: Manner,
	desk: PeerDesk,
	asked: AtomicUsize,
}

struct Network(Vec<Arc<Node>>);

impl PeerNetwork for Network {
	type Peer = usize;

	fn peers(&self) -> BoxFuture<'_, Vec<usize>> {
		Box::pin(async { (0..self.0.len()).collect() })
	}

	fn ask(&self, peer: usize, question: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, String>> {
		Box::pin(async move {
			assert!(question.len() as u64 <= MAX_QUESTION);
			let node = &self.0[peer];
			let turn = node.asked.fetch_add(1, Ordering::SeqCst);
			let is_outline = question[0] == 0;
			let answer = node.desk.answer(&question).ok_or("it does not understand")?;
			match node.manner {
				Manner::Leaves(after) if turn >= after => Err("gone".into()),
				Manner::Garbage => Ok(vec![7; 40]),
				Manner::WrongOutline if is_outline => Ok(Some((3u64, vec![[1u8; 32]])).encode()),
				Manner::WrongChunks if !is_outline => Ok(Some(vec![9u8; 100]).encode()),
				_ => Ok(answer),
			}
		})
	}
}

struct Rig {
	_folders: Vec<TempDir>,
	home: EmbeddedStore,
	nodes: Vec<Arc<Node>>,
	source: PeerSource<Network>,
	_runtime: Runtime,
}

fn store() -> (TempDir, EmbeddedStore) {
	let folder = TempDir::new().unwrap();
	let store = EmbeddedStore::open(folder.path(), Limits::default()).unwrap();
	(folder, store)
}

/// Nodes of these manners, all of which hold `bytes`.
fn rig(bytes: &[u8], manners: &[Manner]) -> Rig {
	let (folder, home) = store();
	let mut folders = vec![folder];
	let mut nodes = Vec::new();
	for manner in manners {
		let (folder, store) = store();
		folders.push(folder);
		store.put(bytes).unwrap();
		let desk = PeerDesk::new(store);
		nodes.push(Arc::new(Node { manner: *manner, desk, asked: AtomicUsize::new(0) }));
	}
	let runtime = Runtime::new().unwrap();
	let source = PeerSource::new(runtime.handle().clone());
	source.connect(Network(nodes.clone()));
	Rig { _folders: folders, home, nodes, source, _runtime: runtime }
}

fn blob(chunks: usize) -> (Vec<u8>, ContentId) {
	let bytes: Vec<u8> = (0..chunks * RAW_LIMIT + 3).map(|index| (index % 239) as u8).collect();
	let id = content_id(&bytes);
	(bytes, id)
}

#[test]
fn a_blob_comes_in_parts_from_all_who_have_it() {
	let (bytes, id) = blob(20);
	let rig = rig(&bytes, &[Manner::Honest; 3]);
	rig.source.bring(&id, &rig.home).unwrap();
	assert_eq!(rig.home.get(&id).unwrap(), bytes);
	assert!(rig.nodes.iter().all(|node| node.asked.load(Ordering::SeqCst) > 4));
}

#[test]
fn small_and_empty_blobs_come_too() {
	for bytes in [&b""[..], b"small"] {
		let rig = rig(bytes, &[Manner::Honest]);
		rig.source.bring(&content_id(bytes), &rig.home).unwrap();
		assert_eq!(rig.home.get(&content_id(bytes)).unwrap(), bytes);
	}
}

#[test]
fn who_gives_wrong_bytes_is_not_asked_again() {
	let (bytes, id) = blob(30);
	let manners = [Manner::WrongChunks, Manner::WrongOutline, Manner::Garbage, Manner::Honest];
	let rig = rig(&bytes, &manners);
	rig.source.bring(&id, &rig.home).unwrap();
	assert_eq!(rig.home.get(&id).unwrap(), bytes);
	let asked: Vec<_> =
		rig.nodes[..3].iter().map(|node| node.asked.load(Ordering::SeqCst)).collect();
	assert!(asked[0] <= 6 && asked[1] == 1 && asked[2] == 1, "{asked:?}");
}

#[test]
fn a_download_goes_on_where_it_stopped() {
	let (bytes, id) = blob(30);
	let first = rig(&bytes, &[Manner::Leaves(17)]);
	let refusal = first.source.bring(&id, &first.home).unwrap_err();
	assert!(refusal.to_string().contains("stopped giving it"), "{refusal}");
	assert!(!first.home.has(&id));
	let second = rig(&bytes, &[Manner::Honest]);
	second.source.bring(&id, &first.home).unwrap();
	assert_eq!(first.home.get(&id).unwrap(), bytes);
	let asked = second.nodes[0].asked.load(Ordering::SeqCst);
	assert_eq!(asked, 1 + 31 - 16, "what was here is not asked for again");
}

#[test]
fn nobody_has_it_and_nobody_is_there_are_said() {
	let (bytes, _) = blob(1);
	let rig = rig(&bytes, &[Manner::Honest]);
	let refusal = rig.source.bring(&content_id(b"other"), &rig.home).unwrap_err();
	assert!(refusal.to_string().contains("no connected node has it"), "{refusal}");
	let runtime = Runtime::new().unwrap();
	let alone = PeerSource::<Network>::new(runtime.handle().clone());
	let refusal = alone.bring(&content_id(b"other"), &rig.home);
	assert!(matches!(refusal, Err(StoreError::Unreachable { .. })));
}

#[test]
fn who_asks_for_another_blob_does_not_wait_for_one_that_is_being_read() {
	let (bytes, id) = blob(1);
	let (_folder, store) = store();
	store.put(&bytes).unwrap();
	let desk = Arc::new(PeerDesk::new(store));
	let slow = desk.place(&content_id(b"large"));
	let (begun, has_begun) = channel();
	let (end, may_end) = channel::<()>();
	let reading = spawn(move || {
		slow.get_or_init(|| {
			begun.send(()).unwrap();
			may_end.recv().unwrap();
			None
		});
	});
	has_begun.recv().unwrap();
	let (answered, answer) = channel();
	spawn(move || answered.send(desk.outline(&id).is_some()));
	assert_eq!(answer.recv_timeout(Duration::from_secs(20)), Ok(true));
	end.send(()).unwrap();
	reading.join().unwrap();
}

#[test]
fn a_blob_that_could_not_be_read_is_read_again_when_it_is_whole() {
	let (bytes, id) = blob(1);
	let (_folder, store) = store();
	store.put(&bytes).unwrap();
	std::fs::write(store.path(&id), b"damaged").unwrap();
	let desk = PeerDesk::new(store.clone());
	assert!(desk.outline(&id).is_none());
	store.put(&bytes).unwrap();
	assert!(desk.outline(&id).is_some());
}

#[test]
fn a_desk_gives_no_damaged_blob_and_answers_no_nonsense() {
	let (bytes, id) = blob(2);
	let (_folder, store) = store();
	store.put(&bytes).unwrap();
	let desk = PeerDesk::new(store.clone());
	assert!(desk.outline(&id).is_some());
	let mut damaged = bytes.clone();
	damaged[5] ^= 1;
	std::fs::write(store.path(&id), damaged).unwrap();
	assert!(desk.chunk(&id, 0).is_none() && desk.chunk(&id, 1).is_some());
	assert!(desk.chunk(&id, 9).is_none());
	for nonsense in [&b""[..], &[9; 40], &[0; 10]] {
		assert!(desk.answer(nonsense).is_none());
	}
}
