//! The off-chain worker: offers models to the node's worker and reports what it has loaded.

use crate::mock::*;
use codec::{Decode, Encode};
use frame_support::traits::OffchainWorker;
use opg_host::{WorkerExt, WorkerPort};
use opg_primitives::{
	job::{Query, Serving, Task},
	node::worker_key::WORKER,
	seams::NodeRegistry,
	ModelId,
};
use sp_core::{
	offchain::{testing::TestTransactionPoolExt, OffchainWorkerExt, TransactionPoolExt},
	Pair,
};
use sp_io::TestExternalities;
use sp_keystore::{testing::MemoryKeystore, Keystore, KeystoreExt};
use std::sync::{Arc, Mutex};

/// Loads whatever it is offered.
#[derive(Default)]
struct Worker(Mutex<Vec<ModelId>>);

impl WorkerPort for Worker {
	fn submit(&self, mut task: &[u8]) -> bool {
		if let Ok(Task::Serve(spec)) = Task::decode(&mut task) {
			self.0.lock().expect("no test panics here").push(spec.id);
		}
		true
	}

	fn poll(&self, mut query: &[u8]) -> Option<Vec<u8>> {
		assert_eq!(Query::decode(&mut query), Ok(Query::Serving));
		let loaded = self.0.lock().expect("no test panics here").clone();
		let next = loaded.last().map_or(0, |model| model + 1);
		Some(Serving { loaded, next }.encode())
	}
}

fn with_worker(test: impl FnOnce(&dyn Fn() -> Vec<Extrinsic>)) {
	let mut externalities: TestExternalities = externalities();
	let (pool, sent) = TestTransactionPoolExt::new();
	let (offchain, _) = sp_core::offchain::testing::TestOffchainExt::new();
	let keystore = MemoryKeystore::new();
	keystore.insert(WORKER, "//0", &pair("0").public().0).expect("a fresh store");
	externalities.register_extension(OffchainWorkerExt::new(offchain));
	externalities.register_extension(TransactionPoolExt::new(pool));
	externalities.register_extension(KeystoreExt::new(keystore));
	externalities.register_extension(WorkerExt(Arc::new(Worker::default())));
	externalities.execute_with(|| {
		test(&|| {
			let sent = std::mem::take(&mut sent.write().transactions);
			sent.into_iter()
				.map(|bytes| Extrinsic::decode(&mut bytes.as_slice()).expect("our own bytes"))
				.collect()
		});
	});
}

fn run_at(block: u64) {
	System::set_block_number(block);
	<Registry as OffchainWorker<u64>>::offchain_worker(block);
}

fn reported(sent: Vec<Extrinsic>) -> Vec<Vec<ModelId>> {
	sent.into_iter()
		.map(|extrinsic| match extrinsic.function {
			RuntimeCall::Registry(call) => {
				frame_support::assert_ok!(authorize(&call));
				match call {
					crate::Call::heartbeat { models, .. } => models.into_inner(),
					_ => unreachable!("only heartbeats are sent"),
				}
			},
			_ => unreachable!("only this pallet's calls are sent"),
		})
		.collect()
}

#[test]
fn sends_a_signed_heartbeat_and_news_of_models_at_once() {
	with_worker(|sent| {
		let node = register(ALICE, BOND);
		run_at(2);
		// The models were offered in the same run, after the worker was asked what it has.
		assert_eq!(reported(sent()), [Vec::<ModelId>::new()]);
		report(node, &[]);
		run_at(3);
		assert_eq!(reported(sent()), Vec::<Vec<ModelId>>::new(), "not again within the gap");
		run_at(4);
		assert_eq!(reported(sent()), [vec![0, 1, 2, 3]]);
		report(node, &[0, 1, 2, 3]);
		run_at(11);
		assert_eq!(reported(sent()), Vec::<Vec<ModelId>>::new(), "no news, no period over");
		run_at(12);
		assert_eq!(reported(sent()), [vec![0, 1, 2, 3]]);
	});
}

#[test]
fn sends_nothing_from_jail() {
	with_worker(|sent| {
		let node = register(ALICE, 2 * BOND);
		(0..4).for_each(|_| Registry::punish(node, 0, FEE));
		run_at(2);
		assert!(sent().is_empty());
		run_at(51);
		frame_support::assert_ok!(Registry::leave_jail(RuntimeOrigin::signed(ALICE), node));
		run_at(52);
		assert_eq!(reported(sent()).len(), 1);
	});
}

#[test]
fn sends_nothing_for_a_key_that_is_no_nodes() {
	with_worker(|sent| {
		run_at(2);
		assert!(sent().is_empty());
	});
}
