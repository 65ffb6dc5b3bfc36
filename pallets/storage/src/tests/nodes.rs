//! Showings that nodes send by themselves: what enters a block, what it pays, and what the off-chain worker does.

use crate::{mock::*, types::PIECE, Call, Event, Kept, Showing};
use binary_merkle_tree::merkle_proof;
use codec::{Decode, Encode};
use frame_support::{
	assert_ok,
	pallet_prelude::{InvalidTransaction, TransactionSource, TransactionValidityError},
	traits::{Authorize, OffchainWorker, UnfilteredDispatchable},
	BoundedVec,
};
use opg_host::{WorkerExt, WorkerPort};
use opg_primitives::{
	job::{FoundPiece, KeptFile, Query},
	node::{worker_key::WORKER, WorkerSignature},
	statement::{statement, Domain},
	NodeId,
};
use sp_core::{
	offchain::{
		testing::{TestOffchainExt, TestTransactionPoolExt},
		OffchainWorkerExt, TransactionPoolExt,
	},
	Pair,
};
use sp_keystore::{testing::MemoryKeystore, Keystore, KeystoreExt};
use sp_runtime::{traits::BlakeTwo256, DispatchResult};
use std::sync::{Arc, Mutex};

const NODE: NodeId = ALICE as NodeId;

fn order_and_take() {
	assert_ok!(Storage::order(signed(OWNER), draft()));
	assert_ok!(Storage::take(signed(ALICE), 0, 0));
}

fn signature(node: NodeId, showings: &Showings) -> WorkerSignature {
	let claim = statement(Domain::Showings, System::block_hash(0), &(node, showings));
	pair(node).sign(&claim).into()
}

type Showings = BoundedVec<Showing, <Test as crate::Config>::MaxShowings>;

fn call(node: NodeId, showings: Vec<Showing>) -> Call<Test> {
	let showings = Showings::truncate_from(showings);
	let signature = signature(node, &showings);
	Call::show_by_node { node, showings, signature }
}

/// What becomes of a transaction: refused by the pool, or taken into a block.
fn send(call: Call<Test>) -> Result<DispatchResult, TransactionValidityError> {
	call.authorize(TransactionSource::External).expect("it is authorised")?;
	let origin = frame_system::RawOrigin::Authorized.into();
	Ok(call.dispatch_bypass_filter(origin).map(drop).map_err(|failure| failure.error))
}

fn refused(call: Call<Test>, why: InvalidTransaction) {
	assert_eq!(send(call), Err(why.into()));
}

#[test]
fn a_node_shows_for_its_owner_who_is_paid() {
	build_and_execute(|| {
		order_and_take();
		next_check();
		events();
		let before = Balances::free_balance(ALICE);
		let right = showing(0, 0).expect("a piece");
		assert_eq!(send(call(NODE, vec![right.clone()])), Ok(Ok(())));
		assert_eq!(events(), [Event::Shown { order: 0, slot: 0, paid: PRICE, earned: 0 }]);
		assert_eq!(Balances::free_balance(ALICE), before + PRICE);
		refused(call(NODE, vec![right]), InvalidTransaction::Stale);
	});
}

#[test]
fn many_slots_are_shown_at_once_and_all_or_none_enter_a_block() {
	build_and_execute(|| {
		for order in 0..3 {
			assert_ok!(Storage::order(signed(OWNER), draft()));
			assert_ok!(Storage::take(signed(ALICE), order, 0));
		}
		next_check();
		let all: Vec<_> = (0..3).map(|order| showing(order, 0).expect("a piece")).collect();
		let mut wrong = all.clone();
		wrong[1].piece[0] ^= 1;
		refused(call(NODE, wrong), InvalidTransaction::BadProof);
		let mut unordered = all.clone();
		unordered.swap(0, 1);
		refused(call(NODE, unordered), InvalidTransaction::Call);
		refused(call(NODE, vec![all[0].clone(), all[0].clone()]), InvalidTransaction::Call);
		refused(call(NODE, vec![]), InvalidTransaction::Call);
		assert_eq!(send(call(NODE, all)), Ok(Ok(())));
		refused(call(NODE, vec![showing_of(0)]), InvalidTransaction::Stale);
	});
}

/// Something that looks like a showing of an order's first slot.
fn showing_of(order: u64) -> Showing {
	Showing {
		order,
		slot: 0,
		piece: vec![1; PIECE as usize].try_into().expect("a piece"),
		path: vec![].try_into().expect("a path"),
	}
}

#[test]
fn nobody_shows_for_another_or_with_another_key() {
	build_and_execute(|| {
		order_and_take();
		next_check();
		let right = showing(0, 0).expect("a piece");
		refused(call(BOB as NodeId, vec![right.clone()]), InvalidTransaction::Stale);
		refused(call(CAROL as NodeId, vec![right.clone()]), InvalidTransaction::BadSigner);
		let showings = Showings::truncate_from(vec![right.clone()]);
		let forged = signature(BOB as NodeId, &showings);
		let forged = Call::show_by_node { node: NODE, showings, signature: forged };
		refused(forged, InvalidTransaction::BadProof);
		let late = call(NODE, vec![right]);
		end_check();
		refused(late, InvalidTransaction::Stale);
	});
}

#[test]
fn a_keeper_has_its_slots_in_one_place_until_they_are_free() {
	build_and_execute(|| {
		assert_ok!(Storage::order(signed(OWNER), draft()));
		assert_ok!(Storage::order(signed(OWNER), draft()));
		assert_ok!(Storage::take(signed(ALICE), 0, 0));
		assert_ok!(Storage::take(signed(ALICE), 1, 1));
		assert_ok!(Storage::take(signed(BOB), 1, 0));
		let slots = |who: u64| {
			let mut slots: Vec<_> = Kept::<Test>::iter_key_prefix(who).collect();
			slots.sort_unstable();
			slots
		};
		assert_eq!((slots(ALICE), slots(BOB)), (vec![(0, 0), (1, 1)], vec![(1, 0)]));
		assert_ok!(Storage::leave(signed(ALICE), 0, 0));
		assert_eq!(slots(ALICE), [(1, 1)]);
	});
}

/// Has every piece of [`file`] at hand, and remembers what it was told.
#[derive(Default)]
struct Node {
	told: Mutex<Vec<KeptFile>>,
	lies: bool,
}

impl WorkerPort for Node {
	fn submit(&self, _: &[u8]) -> bool {
		false
	}

	fn poll(&self, mut query: &[u8]) -> Option<Vec<u8>> {
		let Ok(Query::Pieces(files)) = Query::decode(&mut query) else { return None };
		let file = file();
		let all = pieces(&file);
		let found = |kept: &KeptFile| {
			let index = kept.asked?;
			let mut piece = all[index as usize].to_vec();
			piece[0] ^= u8::from(self.lies);
			let path = merkle_proof::<BlakeTwo256, _, _>(all.clone(), index).proof;
			let (content, pieces) = (kept.content, kept.pieces);
			Some(FoundPiece { content, pieces, index, piece, path })
		};
		let answer: Vec<_> = files.iter().filter_map(found).collect();
		*self.told.lock().expect("no test panics here") = files;
		Some(answer.encode())
	}
}

/// A chain whose off-chain workers have Alice's worker key and her node, and what they sent since they were asked last.
fn with_node(node: Arc<Node>, test: impl FnOnce(&dyn Fn() -> Vec<Call<Test>>)) {
	let mut externalities = externalities();
	let (pool, sent) = TestTransactionPoolExt::new();
	let (offchain, _) = TestOffchainExt::new();
	let keystore = MemoryKeystore::new();
	let public = pair(NODE).public().0;
	keystore.insert(WORKER, &format!("//{NODE}"), &public).expect("a fresh store");
	externalities.register_extension(OffchainWorkerExt::new(offchain));
	externalities.register_extension(TransactionPoolExt::new(pool));
	externalities.register_extension(KeystoreExt::new(keystore));
	externalities.register_extension(WorkerExt(node));
	run(externalities, || {
		test(&|| {
			Storage::offchain_worker(System::block_number());
			let sent = std::mem::take(&mut sent.write().transactions);
			let call = |bytes: Vec<u8>| {
				let extrinsic = Extrinsic::decode(&mut bytes.as_slice()).expect("our own bytes");
				match extrinsic.function {
					RuntimeCall::Storage(call) => call,
					other => panic!("another pallet's call: {other:?}"),
				}
			};
			sent.into_iter().map(call).collect()
		});
	});
}

#[test]
fn a_node_is_told_what_its_owner_keeps_and_posts_what_is_asked() {
	let node = Arc::new(Node::default());
	with_node(node.clone(), |work| {
		assert!(work().is_empty(), "there is nothing to keep");
		order_and_take();
		assert_ok!(Storage::take(signed(BOB), 0, 1));
		assert!(work().is_empty(), "nothing is asked yet");
		let told = |node: &Node| node.told.lock().expect("no test panics here").clone();
		assert_eq!(told(&node).len(), 1, "it may fetch the file before it is asked for");
		assert_eq!((told(&node)[0].content, told(&node)[0].asked), (CONTENT, None));
		next_check();
		let mut sent = work();
		assert_eq!(sent.len(), 1);
		assert_eq!(send(sent.remove(0)), Ok(Ok(())));
		assert!(work().is_empty(), "it was shown");
		assert_ok!(Storage::leave(signed(ALICE), 0, 0));
		work();
		assert!(told(&node).is_empty(), "it may let the file go");
	});
}

#[test]
fn what_a_node_has_wrong_never_enters_a_block() {
	with_node(Arc::new(Node { lies: true, ..Node::default() }), |work| {
		order_and_take();
		next_check();
		let mut sent = work();
		refused(sent.remove(0), InvalidTransaction::BadProof);
	});
}
