//! The off-chain worker: hands jobs over once and posts what is ready.

use crate::mock::*;
use codec::{Decode, Encode};
use frame_support::{assert_ok, traits::OffchainWorker};
use opg_host::{WorkerExt, WorkerPort};
use opg_primitives::{
	job::{Desk, Job, Progress, Query, Ready, Task},
	node::worker_key::WORKER,
	Draw,
};
use sp_core::{
	offchain::{
		testing::{TestOffchainExt, TestTransactionPoolExt},
		OffchainWorkerExt, TransactionPoolExt,
	},
	Pair,
};
use sp_keystore::{testing::MemoryKeystore, Keystore, KeystoreExt};
use std::sync::{
	atomic::{AtomicU32, Ordering},
	Arc, Mutex,
};

/// Has every job it was given answered by the next time it is asked.
#[derive(Default)]
struct Worker {
	jobs: Mutex<Vec<Job>>,
	/// Answers nobody asked for.
	stray: Vec<Ready>,
	is_full: bool,
	offered: AtomicU32,
	polled: AtomicU32,
}

impl WorkerPort for Worker {
	fn submit(&self, mut task: &[u8]) -> bool {
		let Ok(Task::Run(job)) = Task::decode(&mut task) else { return false };
		self.offered.fetch_add(1, Ordering::Relaxed);
		if self.is_full {
			return false;
		}
		let mut jobs = self.jobs.lock().expect("no test panics here");
		assert!(!jobs.contains(&job), "a job is handed over once");
		jobs.push(job);
		true
	}

	fn poll(&self, mut query: &[u8]) -> Option<Vec<u8>> {
		let Ok(Query::Answers(Desk::Requests, live)) = Query::decode(&mut query) else {
			return None;
		};
		self.polled.fetch_add(1, Ordering::Relaxed);
		let mut jobs = self.jobs.lock().expect("no test panics here");
		jobs.retain(|job| live.contains(&(job.id.number, job.draw)));
		let ready = jobs
			.iter()
			.map(|job| {
				let (number, draw) = (job.id.number, job.draw);
				Ready { number, draw, outcome: output(), salt: [0; 32], proof: None }
			})
			.chain(self.stray.iter().cloned())
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
	with_worker(Arc::new(Worker::default()), nodes, test);
}

fn with_worker(
	worker: Arc<Worker>,
	nodes: &[u32],
	test: impl FnOnce(&dyn Fn() -> Vec<crate::Call<Test>>),
) {
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
	externalities.register_extension(WorkerExt(worker));
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

#[test]
fn leaves_the_worker_alone_on_a_machine_without_nodes() {
	let worker = Arc::new(Worker::default());
	with_worker(worker.clone(), &[], |off_chain| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(2);
		assert!(off_chain().is_empty());
	});
	assert_eq!(worker.polled.load(Ordering::Relaxed), 0);
}

#[test]
fn offers_no_more_jobs_to_a_full_worker_until_the_next_block() {
	let worker = Arc::new(Worker { is_full: true, ..Worker::default() });
	with_worker(worker.clone(), &[0], |off_chain| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		assert_ok!(ask(ALICE, 2, DEADLINE));
		run(2);
		for offered in [1, 2] {
			assert!(off_chain().is_empty());
			assert_eq!(worker.offered.load(Ordering::Relaxed), offered);
		}
	});
}

#[test]
fn posts_nothing_a_worker_has_by_another_draw_or_for_another_node() {
	let ready = |number| Ready {
		number,
		draw: Draw::zero(),
		outcome: output(),
		salt: [0; 32],
		proof: None,
	};
	let worker = Arc::new(Worker { stray: vec![ready(0), ready(7)], ..Worker::default() });
	with_worker(worker, &[0], |off_chain| {
		assert_ok!(ask(ALICE, 1, DEADLINE));
		run(2);
		assert!(off_chain().is_empty());
	});
}
