//! The off-chain worker: hands jobs over once, commits to what is ready, and shows it once that is safe.

use crate::{mock::*, Call};
use codec::{Decode, Encode};
use frame_support::traits::OffchainWorker;
use opg_host::{WorkerExt, WorkerPort};
use opg_primitives::{
	job::{Desk, Job, JobId, Progress, Query, Ready, Task},
	node::worker_key::WORKER,
	seams::{Case, Verdict},
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
use std::sync::{Arc, Mutex};

const CASE: Case = Case::Request(0);

/// Has every job it was given done by the next time it is asked.
#[derive(Default)]
struct Worker {
	jobs: Mutex<Vec<Job>>,
	finalised: Mutex<u64>,
	secret: Mutex<[u8; 32]>,
}

impl WorkerPort for Worker {
	fn submit(&self, mut task: &[u8]) -> bool {
		let Ok(Task::Run(job)) = Task::decode(&mut task) else { return false };
		let mut jobs = self.jobs.lock().expect("no test panics here");
		// Two nodes of one machine in one panel have one job.
		if !jobs.contains(&job) {
			jobs.push(job);
		}
		true
	}

	fn poll(&self, mut query: &[u8]) -> Option<Vec<u8>> {
		let Ok(Query::Answers(Desk::Panels, live)) = Query::decode(&mut query) else { return None };
		let mut jobs = self.jobs.lock().expect("no test panics here");
		jobs.retain(|job| live.contains(&(job.id.number, job.draw)));
		let salt = *self.secret.lock().expect("no test panics here");
		let ready = jobs
			.iter()
			.rev()
			.map(|job| Ready {
				number: job.id.number,
				draw: job.draw,
				outcome: output(1.0),
				salt,
				proof: None,
			})
			.collect();
		let is_known = |(panel, draw): &(u64, _)| {
			jobs.iter().any(|job| job.id.number == *panel && job.draw == *draw)
		};
		let unknown = live.into_iter().filter(|job| !is_known(job)).collect();
		let finalised = *self.finalised.lock().expect("no test panics here");
		Some(Progress { ready, unknown, finalised }.encode())
	}
}

/// A chain whose off-chain workers have the keys of `nodes` and a worker, and what they send when asked.
fn with_keys_of(nodes: &[NodeId], test: impl FnOnce(&Worker, &dyn Fn() -> Vec<Call<Test>>)) {
	let mut externalities = externalities();
	let (pool, sent) = TestTransactionPoolExt::new();
	let (offchain, _) = TestOffchainExt::new();
	let keystore = MemoryKeystore::new();
	for node in nodes {
		let hex: String = seed(*node).iter().map(|byte| format!("{byte:02x}")).collect();
		let public = pair(*node).public().0;
		keystore.insert(WORKER, &format!("0x{hex}"), &public).expect("a fresh store");
	}
	let worker = Arc::new(Worker::default());
	externalities.register_extension(OffchainWorkerExt::new(offchain));
	externalities.register_extension(TransactionPoolExt::new(pool));
	externalities.register_extension(KeystoreExt::new(keystore));
	externalities.register_extension(WorkerExt(worker.clone()));
	externalities.execute_with(|| {
		test(&worker, &|| {
			Panels::offchain_worker(System::block_number());
			let sent = std::mem::take(&mut sent.write().transactions);
			let call = |bytes: Vec<u8>| {
				let extrinsic = Extrinsic::decode(&mut bytes.as_slice()).expect("our own bytes");
				match extrinsic.function {
					RuntimeCall::Panels(call) => call,
					_ => unreachable!("only this pallet's calls are sent"),
				}
			};
			sent.into_iter().map(call).collect()
		});
		check_laws();
	});
}

/// Has these nodes do all that is left to do by themselves.
fn commit_without_a_worker(nodes: &[NodeId]) {
	nodes.iter().for_each(|node| take_commit(0, *node, &output(1.0)));
}

#[test]
fn hands_a_job_over_then_commits_then_reveals() {
	with_keys_of(&[0], |worker, off_chain| {
		assert!(convene(question(CASE)));
		assert!(off_chain().is_empty(), "nothing waits for the model");
		let id = JobId { desk: Desk::Panels, number: 0 };
		assert_eq!(worker.jobs.lock().unwrap().iter().map(|job| job.id).collect::<Vec<_>>(), [id]);
		run(1);
		let sent = off_chain();
		assert!(matches!(sent[..], [Call::commit { node: 0, .. }]));
		assert!(sent.into_iter().all(include));
		run(1);
		assert!(off_chain().is_empty(), "it committed, and others have not");
		commit_without_a_worker(&[2, 4]);
		*worker.finalised.lock().unwrap() = 100;
		run(1);
		let sent = off_chain();
		assert!(matches!(sent[..], [Call::reveal { node: 0, .. }]));
		assert!(sent.into_iter().all(include));
		run(1);
		assert!(off_chain().is_empty(), "what is shown is not shown again");
		assert!(worker.jobs.lock().unwrap().is_empty(), "and may be forgotten");
	});
}

#[test]
fn shows_nothing_before_the_end_of_the_commitments_is_final() {
	with_keys_of(&[0], |worker, off_chain| {
		assert!(convene(question(CASE)));
		off_chain();
		run(1);
		assert!(off_chain().into_iter().all(include));
		commit_without_a_worker(&[2, 4]);
		let closed_in = System::block_number();
		run(2);
		*worker.finalised.lock().unwrap() = closed_in - 1;
		assert!(off_chain().is_empty());
		*worker.finalised.lock().unwrap() = closed_in;
		assert_eq!(off_chain().len(), 1);
	});
}

#[test]
fn serves_all_nodes_of_one_machine() {
	with_keys_of(&[0, 2, 4], |worker, off_chain| {
		assert!(convene(question(CASE)));
		assert!(convene(question(Case::Request(1))));
		off_chain();
		run(1);
		let sent = off_chain();
		assert_eq!(sent.len(), 3, "a list for each node");
		assert!(sent.into_iter().all(include));
		*worker.finalised.lock().unwrap() = 100;
		run(1);
		assert!(off_chain().into_iter().all(include));
		run(1);
		assert!(matches!(
			Verdicts::get()[..],
			[(_, Verdict::Agreed { .. }), (_, Verdict::Agreed { .. })]
		));
	});
}

#[test]
fn puts_the_oldest_panels_first() {
	with_keys_of(&[0], |_, off_chain| {
		for case in 0..4 {
			assert!(convene(question(Case::Request(case))));
			off_chain();
		}
		run(1);
		let sent = off_chain();
		let [Call::commit { commits, .. }] = &sent[..] else { panic!("one list") };
		assert!(commits.is_sorted_by_key(|commit| commit.panel));
		assert_eq!(commits.len(), 3, "as many as a node carries");
	});
}

#[test]
fn does_not_show_what_it_did_not_commit_to() {
	with_keys_of(&[0], |worker, off_chain| {
		assert!(convene(question(CASE)));
		off_chain();
		run(1);
		assert!(off_chain().into_iter().all(include));
		commit_without_a_worker(&[2, 4]);
		*worker.secret.lock().unwrap() = [1; 32];
		*worker.finalised.lock().unwrap() = 100;
		run(1);
		assert!(off_chain().is_empty(), "its list would be refused");
	});
}

#[test]
fn hands_over_nothing_once_the_question_is_over() {
	with_keys_of(&[0], |worker, off_chain| {
		assert!(convene(question(CASE)));
		IsOver::set(true);
		assert!(off_chain().is_empty());
		assert!(worker.jobs.lock().unwrap().is_empty());
	});
}

#[test]
fn says_nothing_for_nodes_whose_keys_are_elsewhere() {
	with_keys_of(&[6], |_, off_chain| {
		assert!(convene(question(CASE)));
		off_chain();
		run(1);
		assert!(off_chain().is_empty());
	});
}
