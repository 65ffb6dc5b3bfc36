//! Heartbeats: what a worker reports, who may report it, and the off-chain worker that does.

use crate::{Call, Config, Error, NodeOf, Nodes, Pallet, Served, Status, WeightInfo, Workers};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use frame_support::{
	dispatch::DispatchResultWithPostInfo,
	pallet_prelude::{
		InvalidTransaction, TransactionSource, TransactionValidityWithRefund, ValidTransaction,
	},
	traits::Get,
	weights::Weight,
	BoundedVec,
};
use frame_system::{offchain::SubmitTransaction, pallet_prelude::BlockNumberFor};
use opg_primitives::{
	job::{Query, Serving, Task},
	node::{WorkerId, WorkerSignature},
	seams::ModelCatalogue,
	statement::{statement, Domain},
	ModelId, NodeId,
};
use sp_application_crypto::RuntimeAppPublic;
use sp_runtime::traits::Saturating;

const LOG_TARGET: &str = "runtime::nodes";

/// Blocks a heartbeat stays in the pool; the next ones follow anyway.
const LONGEVITY: u64 = 5;

/// Models a worker is told of in one block.
const OFFERS_PER_BLOCK: u32 = 16;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_heartbeat(
		node: NodeId,
		models: BoundedVec<ModelId, T::MaxServed>,
	) -> DispatchResultWithPostInfo {
		let named = models.len() as u32;
		let mut record = Nodes::<T>::get(node).ok_or(Error::<T>::NodeUnknown)?;
		match record.status {
			Status::Active => {},
			Status::Unbonding { .. } => return Err(Error::<T>::NodeUnbonding.into()),
			Status::Jailed { .. } => return Err(Error::<T>::NodeJailed.into()),
		}
		let moved = Self::serve(node, &record, models)?;
		record.last_seen = Some(frame_system::Pallet::<T>::block_number());
		record.next_heartbeat = record.next_heartbeat.saturating_add(1);
		Nodes::<T>::insert(node, record);
		Ok(Some(T::WeightInfo::heartbeat(named, moved)).into())
	}

	/// Cheap facts first, the signature last: any peer may send anything.
	pub(crate) fn authorize_heartbeat(
		_source: TransactionSource,
		node: &NodeId,
		number: &u64,
		models: &BoundedVec<ModelId, T::MaxServed>,
		signature: &WorkerSignature,
	) -> TransactionValidityWithRefund {
		let record = Nodes::<T>::get(node).ok_or(InvalidTransaction::BadSigner)?;
		if record.status != Status::Active {
			return Err(InvalidTransaction::BadSigner.into());
		}
		if *number < record.next_heartbeat || !Self::may_report(&record) {
			return Err(InvalidTransaction::Stale.into());
		}
		if *number > record.next_heartbeat {
			return Err(InvalidTransaction::Future.into());
		}
		// A call that is free must not fail once included: it could be included again.
		if !Self::is_ascending(models) {
			return Err(InvalidTransaction::Call.into());
		}
		let claim = statement(Domain::Heartbeat, Self::genesis(), &(node, number, models));
		if !record.worker.verify(&claim, signature) {
			return Err(InvalidTransaction::BadProof.into());
		}
		ValidTransaction::with_tag_prefix("OpgHeartbeat")
			.priority(1)
			.and_provides((node, number))
			.longevity(LONGEVITY)
			.propagate(true)
			.build()
			.map(|validity| (validity, Weight::zero()))
	}

	fn blocks_since_seen(record: &NodeOf<T>) -> Option<BlockNumberFor<T>> {
		let now = frame_system::Pallet::<T>::block_number();
		record.last_seen.map(|seen| now.saturating_sub(seen))
	}

	fn may_report(record: &NodeOf<T>) -> bool {
		Self::blocks_since_seen(record).is_none_or(|blocks| blocks >= T::HeartbeatGap::get())
	}

	/// The off-chain side: tells the node's worker of new models and reports what it has loaded.
	pub(crate) fn report(_now: BlockNumberFor<T>) {
		for worker in WorkerId::all() {
			let Some(node) = Workers::<T>::get(&worker) else { continue };
			let Some(record) = Nodes::<T>::get(node) else { continue };
			if record.status != Status::Active {
				continue;
			}
			let Some(serving) = poll_serving() else { return };
			Self::offer_models(serving.next);
			if let Some(models) = Self::due_report(node, &record, serving.loaded) {
				Self::send_heartbeat(&worker, node, record.next_heartbeat, models);
			}
		}
	}

	fn offer_models(from: ModelId) {
		let next = T::Models::next();
		for model in (from..next).take(OFFERS_PER_BLOCK as usize) {
			let Some(spec) = T::Models::spec(model) else { continue };
			if !opg_host::worker::submit(&Task::Serve(spec).encode()) {
				log::warn!(target: LOG_TARGET, "the worker did not take model {model}");
				return;
			}
		}
	}

	/// What to report, if it is time: every period, and at once when the models changed.
	fn due_report(
		node: NodeId,
		record: &NodeOf<T>,
		loaded: Vec<ModelId>,
	) -> Option<BoundedVec<ModelId, T::MaxServed>> {
		let models = BoundedVec::truncate_from(
			loaded.into_iter().filter(|model| Self::may_serve(record, *model)).collect::<Vec<_>>(),
		);
		let is_due = Self::blocks_since_seen(record)
			.is_none_or(|blocks| blocks >= T::HeartbeatPeriod::get());
		let has_news = models != Served::<T>::get(node);
		(Self::may_report(record) && (is_due || has_news)).then_some(models)
	}

	fn send_heartbeat(
		worker: &WorkerId,
		node: NodeId,
		number: u64,
		models: BoundedVec<ModelId, T::MaxServed>,
	) {
		let claim = statement(Domain::Heartbeat, Self::genesis(), &(node, number, &models));
		let Some(signature) = worker.sign(&claim) else {
			log::error!(target: LOG_TARGET, "node {node}: the key store did not sign a heartbeat");
			return;
		};
		let call = Call::heartbeat { node, number, models, signature };
		let transaction = T::create_authorized_transaction(call.into());
		if SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).is_err() {
			log::debug!(target: LOG_TARGET, "node {node}: the pool has heartbeat {number} already");
		}
	}
}

fn poll_serving() -> Option<Serving> {
	let known = opg_host::worker::poll(&Query::Serving.encode())?;
	Serving::decode(&mut known.as_slice()).ok()
}
