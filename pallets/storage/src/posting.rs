//! The off-chain side: tells a node which files its owner keeps, and posts the pieces it found.

use crate::{Call, Config, Kept, Orders, Pallet, Showing, Slots};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use frame_support::BoundedVec;
use frame_system::offchain::SubmitTransaction;
use opg_primitives::{
	job::{FoundPiece, KeptFile, Query},
	node::WorkerId,
	seams::WorkerKeys,
	statement::{statement, Domain},
	NodeId,
};
use sp_application_crypto::RuntimeAppPublic;

const LOG_TARGET: &str = "runtime::storage";

/// Slots of a keeper that its node is told of.
const MAX_TOLD: usize = 4_096;

/// A slot, the file in it, and what is asked of it.
struct Duty {
	order: u64,
	slot: u8,
	file: KeptFile,
}

impl<T: Config> Pallet<T> {
	/// For the nodes whose worker keys are in this machine's key store: what is asked out, what was found in. Never waits for a disk.
	pub(crate) fn post_showings() {
		let nodes: Vec<(WorkerId, NodeId, Vec<Duty>)> = WorkerId::all()
			.into_iter()
			.filter_map(|worker| {
				let node = T::Nodes::by_worker(&worker)?;
				let owner = T::Nodes::owner(node)?;
				Some((worker, node, Self::duties(&owner)))
			})
			.collect();
		// Without a slot as well: the node then lets go what it kept. All of them in one question, since it lets go what it is not asked about.
		if nodes.is_empty() {
			return;
		}
		let files = nodes.iter().flat_map(|(_, _, duties)| duties).map(|duty| duty.file.clone());
		let Some(found) = poll_pieces(files.collect()) else { return };
		for (worker, node, duties) in nodes {
			Self::post(&worker, node, &duties, &found);
		}
	}

	/// The slots of a keeper in ascending order.
	fn duties(keeper: &T::AccountId) -> Vec<Duty> {
		let mut places: Vec<_> = Kept::<T>::iter_key_prefix(keeper).take(MAX_TOLD).collect();
		places.sort_unstable();
		let duty = |(order, slot)| {
			let (record, kept) = (Orders::<T>::get(order)?, Slots::<T>::get(order, slot)?);
			let is_asked = Self::is_asked(&record, &kept) && !Self::is_in_default(&kept);
			let asked = is_asked.then(|| Self::index_asked(&record, order, slot)).flatten();
			let file = KeptFile { content: record.content, pieces: record.pieces, asked };
			Some(Duty { order, slot, file })
		};
		places.into_iter().filter_map(duty).collect()
	}

	fn post(worker: &WorkerId, node: NodeId, duties: &[Duty], found: &[FoundPiece]) {
		let showings = duties.iter().filter_map(|Duty { order, slot, file }| {
			let piece = found.iter().find(|piece| {
				(piece.content, piece.pieces) == (file.content, file.pieces)
					&& Some(piece.index) == file.asked
			})?;
			Some(Showing {
				order: *order,
				slot: *slot,
				piece: piece.piece.clone().try_into().ok()?,
				path: piece.path.clone().try_into().ok()?,
			})
		});
		let showings = BoundedVec::<_, T::MaxShowings>::truncate_from(showings.collect());
		if showings.is_empty() {
			return;
		}
		let claim = statement(Domain::Showings, Self::genesis(), &(node, &showings));
		let Some(signature) = worker.sign(&claim) else {
			log::error!(target: LOG_TARGET, "node {node}: the key store did not sign showings");
			return;
		};
		let count = showings.len();
		let call = Call::show_by_node { node, showings, signature };
		let transaction = T::create_authorized_transaction(call.into());
		match SubmitTransaction::<T, Call<T>>::submit_transaction(transaction) {
			Ok(()) => log::debug!(target: LOG_TARGET, "node {node}: showed {count} pieces"),
			// As many wait there already, or the node holds other bytes than it should.
			Err(()) => log::debug!(target: LOG_TARGET, "node {node}: {count} pieces are not taken"),
		}
	}
}

fn poll_pieces(files: Vec<KeptFile>) -> Option<Vec<FoundPiece>> {
	let found = opg_host::worker::poll(&Query::Pieces(files).encode())?;
	Vec::decode(&mut found.as_slice()).ok()
}
