//! The off-chain side: hands a node's jobs to its worker, commits to what is ready, and shows it when that is safe.

use crate::{
	types::{Commit, Reveal},
	Call, Config, Jobs, MaxCommits, MaxReveals, Pallet, Panels,
};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use frame_support::BoundedVec;
use frame_system::offchain::SubmitTransaction;
use opg_primitives::{
	job::{Desk, Job, JobId, Progress, Query, Ready, Task},
	node::WorkerId,
	seams::{CaseDesk, ModelCatalogue, NodeRegistry, PanelId},
	statement::{statement, Domain},
	Draw, NodeId,
};
use sp_application_crypto::RuntimeAppPublic;
use sp_runtime::traits::UniqueSaturatedInto;

const LOG_TARGET: &str = "runtime::panels";

impl<T: Config> Pallet<T> {
	/// For the nodes whose worker keys are in this machine's key store: new jobs out, commitments and reveals in. Never waits for a
	/// model.
	pub(crate) fn post() {
		let nodes: Vec<(WorkerId, NodeId)> = WorkerId::all()
			.into_iter()
			.filter_map(|worker| T::Nodes::by_worker(&worker).map(|node| (worker, node)))
			.collect();
		if nodes.is_empty() {
			return;
		}
		// All of them in one question: the worker forgets what it is not asked about.
		let live = nodes.iter().flat_map(|(_, node)| Jobs::<T>::iter_prefix(node)).collect();
		let Some(mut progress) = poll_progress(live) else { return };
		Self::submit_jobs(progress.unknown);
		// Where a list has no room for all, the oldest go first.
		progress.ready.sort_by_key(|ready| ready.number);
		for (worker, node) in nodes {
			Self::post_commits(&worker, node, &progress.ready);
			Self::post_reveals(&worker, node, &progress.ready, progress.finalised);
		}
	}

	fn submit_jobs(jobs: Vec<(PanelId, Draw)>) {
		for (panel, draw) in jobs {
			let Some(job) = Self::job_of(panel, draw) else { continue };
			if !opg_host::worker::submit(&Task::Run(job).encode()) {
				// The queue is full: the next block offers it again.
				log::debug!(target: LOG_TARGET, "the worker did not take panel {panel}");
				return;
			}
		}
	}

	fn job_of(panel: PanelId, draw: Draw) -> Option<Job> {
		let record = Panels::<T>::get(panel)?;
		let id = JobId { desk: Desk::Panels, number: panel };
		let model = T::Models::spec(record.model)?;
		let input = T::Desk::input(record.case)?;
		Some(Job { id, draw, model, input, is_proved: false })
	}

	fn post_commits(worker: &WorkerId, node: NodeId, ready: &[Ready]) {
		let is_due = |ready: &&Ready| {
			Self::job(node, ready.number, ready.draw)
				.is_some_and(|record| record.owes_commitment(node))
		};
		let commit = |ready: &Ready| Commit {
			panel: ready.number,
			draw: ready.draw,
			commitment: Self::commitment_to(ready, node),
		};
		let commits: Vec<Commit> = ready.iter().filter(is_due).map(commit).collect();
		let commits = BoundedVec::<_, MaxCommits>::truncate_from(commits);
		if commits.is_empty() {
			return;
		}
		let claim = statement(Domain::Commits, Self::genesis(), &(node, &commits));
		let Some(signature) = worker.sign(&claim) else { return refused_to_sign(node) };
		Self::submit_call(Call::commit { node, commits, signature });
	}

	fn post_reveals(worker: &WorkerId, node: NodeId, ready: &[Ready], finalised: u64) {
		let reveal = |ready: &Ready| Reveal {
			panel: ready.number,
			draw: ready.draw,
			salt: ready.salt,
			outcome: ready.outcome.clone(),
		};
		let is_due = |ready: &&Ready| Self::may_reveal(node, ready, finalised);
		let reveals: Vec<Reveal> = ready.iter().filter(is_due).map(reveal).collect();
		let reveals = BoundedVec::<_, MaxReveals>::truncate_from(reveals);
		if reveals.is_empty() {
			return;
		}
		let claim = statement(Domain::Reveals, Self::genesis(), &(node, &reveals));
		let Some(signature) = worker.sign(&claim) else { return refused_to_sign(node) };
		Self::submit_call(Call::reveal { node, reveals, signature });
	}

	/// Not before the end of the commitments is final: on another fork others could still copy what is shown on this one.
	fn may_reveal(node: NodeId, ready: &Ready, finalised: u64) -> bool {
		let owed =
			Self::job(node, ready.number, ready.draw).and_then(|record| record.owes_reveal(node));
		let Some((hash, since)) = owed else { return false };
		if finalised < UniqueSaturatedInto::<u64>::unique_saturated_into(since) {
			return false;
		}
		let opens = Self::commitment_to(ready, node) == hash;
		if !opens {
			// One such answer would have the whole list refused.
			log::error!(target: LOG_TARGET, "node {node}: not what it committed to for panel {}", ready.number);
		}
		opens
	}

	fn commitment_to(ready: &Ready, node: NodeId) -> sp_core::H256 {
		Self::commitment(ready.number, ready.draw, node, &ready.salt, &ready.outcome)
	}

	fn submit_call(call: Call<T>) {
		let transaction = T::create_authorized_transaction(call.into());
		if SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).is_err() {
			// One that is as long waits there already.
			log::debug!(target: LOG_TARGET, "the pool knows these commitments or reveals");
		}
	}
}

fn refused_to_sign(node: NodeId) {
	log::error!(target: LOG_TARGET, "node {node}: the key store did not sign");
}

fn poll_progress(live: Vec<(PanelId, Draw)>) -> Option<Progress> {
	let known = opg_host::worker::poll(&Query::Answers(Desk::Panels, live).encode())?;
	Progress::decode(&mut known.as_slice()).ok()
}
