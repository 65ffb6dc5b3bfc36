//! The off-chain side: hands a node's jobs to its worker and posts what is ready, many answers in one transaction.

use crate::{Assigned, Call, Config, Inputs, MaxBatch, Pallet, Requests};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use frame_support::BoundedVec;
use frame_system::offchain::SubmitTransaction;
use opg_primitives::{
	job::{Answer, Desk, Job, JobId, Progress, Query, Ready, Task},
	node::WorkerId,
	seams::{ModelCatalogue, NodeRegistry, Provers},
	statement::{statement, Domain},
	Draw, NodeId, RequestId, TrustMode,
};
use sp_application_crypto::RuntimeAppPublic;

const LOG_TARGET: &str = "runtime::inference";

impl<T: Config> Pallet<T> {
	/// For the nodes whose worker keys are in this machine's key store: new jobs out, ready answers in. Never waits for a model.
	pub(crate) fn post_answers() {
		let nodes: Vec<(WorkerId, NodeId)> = WorkerId::all()
			.into_iter()
			.filter_map(|worker| T::Nodes::by_worker(&worker).map(|node| (worker, node)))
			.collect();
		if nodes.is_empty() {
			return;
		}
		// All of them in one question: the worker forgets what it is not asked about.
		let live = nodes.iter().flat_map(|(_, node)| Assigned::<T>::iter_prefix(node)).collect();
		let Some(progress) = poll_progress(live) else { return };
		Self::submit_jobs(progress.unknown);
		for (worker, node) in nodes {
			let is_its_own =
				|ready: &&Ready| Assigned::<T>::get(node, ready.number) == Some(ready.draw);
			let (proved, plain): (Vec<_>, Vec<_>) = progress
				.ready
				.iter()
				.filter(is_its_own)
				.cloned()
				.partition(|ready| ready.proof.is_some());
			let answers = plain.into_iter().map(|ready| {
				let Ready { number: request, draw, outcome, .. } = ready;
				Answer { request, draw, outcome }
			});
			Self::post(&worker, node, answers.collect());
			for ready in proved {
				T::Provers::post(&worker, node, ready);
			}
		}
	}

	fn submit_jobs(jobs: Vec<(RequestId, Draw)>) {
		for (request, draw) in jobs {
			let Some(job) = Self::job(request, draw) else { continue };
			if !opg_host::worker::submit(&Task::Run(job).encode()) {
				// The queue is full: the next block offers it again.
				log::debug!(target: LOG_TARGET, "the worker did not take request {request}");
				return;
			}
		}
	}

	fn job(request: RequestId, draw: Draw) -> Option<Job> {
		let record = Requests::<T>::get(request)?;
		let model = T::Models::spec(record.model)?;
		let id = JobId { desk: Desk::Requests, number: request };
		let is_proved = record.trust == TrustMode::Proved;
		Some(Job { id, draw, model, input: Inputs::<T>::get(request)?, is_proved })
	}

	fn post(worker: &WorkerId, node: NodeId, ready: Vec<Answer>) {
		let answers = BoundedVec::<_, MaxBatch>::truncate_from(ready);
		let Some(number) = T::Nodes::next_batch(node).filter(|_| !answers.is_empty()) else {
			return;
		};
		let claim = statement(Domain::Answers, Self::genesis(), &(node, number, &answers));
		let Some(signature) = worker.sign(&claim) else {
			log::error!(target: LOG_TARGET, "node {node}: the key store did not sign answers");
			return;
		};
		let count = answers.len();
		let call = Call::answer { node, number, answers, signature };
		let transaction = T::create_authorized_transaction(call.into());
		match SubmitTransaction::<T, Call<T>>::submit_transaction(transaction) {
			Ok(()) => {
				log::debug!(target: LOG_TARGET, "node {node}: posted batch {number} of {count}");
			},
			// One that is as long waits there already.
			Err(()) => log::debug!(target: LOG_TARGET, "node {node}: batch {number} is known"),
		}
	}
}

fn poll_progress(live: Vec<(RequestId, Draw)>) -> Option<Progress> {
	let known = opg_host::worker::poll(&Query::Answers(Desk::Requests, live).encode())?;
	Progress::decode(&mut known.as_slice()).ok()
}
