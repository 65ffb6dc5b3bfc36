//! The off-chain worker: hands jobs over once and posts what is ready.

use crate::mock::*;
use codec::{Decode, Encode};
use frame_support::{assert_ok, traits::OffchainWorker};
use opg_host::{WorkerExt, WorkerPort};
use opg_primitives::{
	job::{Desk, Job, Progress, Query, Ready, Task},
	node::worker_key::WORKER,
};
use sp_core::{
	offchain::{
		testing::{TestOffchainExt, TestTransactionPoolExt},
		OffchainWorkerExt, TransactionPoolExt,
	},
	Pair,
};
use sp_keystore::{testing::MemoryKeystore, Keystore, KeystoreExt};
use std::sync::{Arc, Mutex};

/// Has every job it was given answered by the next time it is asked.
#[derive(Default)]
struct Worker(Mutex<Vec<Job>>);

impl WorkerPort for Worker {
	fn submit(&self, mut task: &[u8]) -> bool {
		let Ok(Task::Run(job)) = Task::decode(&mut task) else { return false };
		let mut jobs = self.0.lock().expect("no test panics here");
		assert!(!jobs.contains(&job), "a job is handed over once");
		jobs.push(job);
		true
	}

	fn poll(&self, mut query: &[u8]) -> Option<Vec<u8>> {
		let Ok(Query::Answers(Desk::Requests, live)) = Query::decode(&mut query) else {
			return None;
		};
		let mut jobs = self.0.lock().expect("no test panics here");
		jobs.retain(|job| live.contains(&(job.id.number, job.draw)));
		let ready = jobs
			.iter()
			.map(|job| {
				let (number, draw) = (job.id.number, job.draw);
				Ready { number, draw, outcome: output(), salt: [0; 32] }
			})
			.collect();
		let is_known = |(request, draw): &(u64, _)| {
			jobs.iter().any(|job| job.id.number == *request && job.draw == *draw)
		};
		let unknown = live.into_iter().filter(|job| !is_known(job)).collect();
		Some(Progress { ready, unknown, finalised: 0 }.encode())
	}
}

/// A chain whose off-chain workers have the keys of `nodes` and a worker, and what they sent so far.
fn with_keys_of(nodes: &[u32], test: impl FnOnce(&dyn Fn() -> Vec<crate::Call<Test>>)) {
	let mut externalities = externalities();
	let (pool, sent) = TestTransactionPoolExt::new();
	let (offchain, _) = TestOffchainExt::new();
	let keystore = MemoryKeystore::new();
	for node in nodes {
		let public = pair(*node).public().0;
		keystore.insert(WORKER, &format!("//{node}"), &public).expect("a fresh store");
	}
	externalities.register_extension(OffchainWorkerExt::new(offchain));
	externalities.register_extension(TransactionPoolExt::new(pool));
	externalities.register_extension(KeystoreExt::new(keystore));
	externalities.register_extension(WorkerExt(Arc::new(Worker::default())));
	externalities.execute_with(|| {
		test(&|| {
			Inference::offchain_worker(System::block_number());
			let sent = std::mem::take(&mut sent.write().transactions);
			let call = |bytes: Vec<u8>| {
				let extrinsic = Extrinsic::decode(&mut bytes.as_slice()).expect("our own bytes");
				match extrinsic.function {
					RuntimeCall::Inference(call) => call,
					_ => unreachable!("only this pallet's calls are sent"),
				}
			};
			sent.into_iter().map(call).collect()
		});
	});
}

#[test]
fn hands_a_job_over_in_one_block_and_posts_its_answer_in_a_later_one() {
	with_keys_of(&[0], |off_chain| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(2);
		assert!(off_chain().is_empty(), "nothing waits for the model");
		run(1);
		let sent = off_chain();
		assert_eq!(sent.len(), 1);
		assert!(sent.into_iter().all(include));
		assert_eq!(held(ALICE), 0);
		run(1);
		assert!(off_chain().is_empty(), "what is settled is not posted again");
	});
}

#[test]
fn serves_two_nodes_of_one_machine_without_forgetting_either() {
	with_keys_of(&[0, 1], |off_chain| {
		for key in 0..4 {
			assert_ok!(ask(ALICE, key, DEADLINE));
		}
		run(2);
		assert!(off_chain().is_empty());
		run(1);
		let sent = off_chain();
		assert_eq!(sent.len(), 2, "a batch for each node");
		assert!(sent.into_iter().all(include));
		assert_eq!(held(ALICE), 0);
	});
}
