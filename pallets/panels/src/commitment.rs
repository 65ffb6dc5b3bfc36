//! Commitments: what hides an answer until every answer is given.

use crate::{submission::Standing, Commit, Config, Event, MaxCommits, Pallet, Panels, SeatState};
use frame_support::{
	pallet_prelude::{TransactionSource, TransactionValidityWithRefund},
	BoundedVec,
};
use opg_primitives::{
	node::WorkerSignature,
	seams::PanelId,
	statement::{statement, Domain},
	Draw, NodeId, Outcome,
};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::traits::BlockNumberProvider;

impl<T: Config> Pallet<T> {
	/// The hash by which `node` commits to `outcome`. It names panel, draw and node, so nobody else can open it.
	pub fn commitment(
		panel: PanelId,
		draw: Draw,
		node: NodeId,
		salt: &[u8; 32],
		outcome: &Outcome,
	) -> H256 {
		let hidden = (panel, draw, node, salt, outcome);
		H256(blake2_256(&statement(Domain::Commitment, Self::genesis(), &hidden)))
	}

	pub(crate) fn authorize_commit(
		_source: TransactionSource,
		node: &NodeId,
		commits: &BoundedVec<Commit, MaxCommits>,
		signature: &WorkerSignature,
	) -> TransactionValidityWithRefund {
		let standing = |commit: &Commit| (commit.panel, Self::commit_standing(*node, commit));
		Self::authorize_list(
			Domain::Commits,
			"OpgCommits",
			*node,
			commits.as_slice(),
			signature,
			standing,
		)
	}

	pub(crate) fn do_commit(node: NodeId, commits: BoundedVec<Commit, MaxCommits>) {
		let mut stale: u32 = 0;
		for commit in &commits {
			if !Self::take_commitment(node, commit) {
				stale = stale.saturating_add(1);
			}
		}
		Self::charge_stale(node, stale);
	}

	fn commit_standing(node: NodeId, commit: &Commit) -> Standing {
		match Self::job(node, commit.panel, commit.draw) {
			Some(record) if record.owes_commitment(node) => Standing::Live,
			Some(_) => Standing::Stale,
			None => Self::standing_without_job(node, commit.panel),
		}
	}

	/// False if the node owes no such commitment.
	fn take_commitment(node: NodeId, commit: &Commit) -> bool {
		let panel = commit.panel;
		let Some(mut record) =
			Self::job(node, panel, commit.draw).filter(|record| record.owes_commitment(node))
		else {
			return false;
		};
		for seat in record.present_mut().filter(|seat| seat.node == node) {
			seat.state = SeatState::Committed(commit.commitment);
		}
		Self::deposit_event(Event::Committed { panel, node });
		let is_complete = record.count(|state| state == SeatState::Drawn) == 0;
		let now = T::Clock::current_block_number();
		let place = is_complete.then(|| Self::reserve_reveals(panel, &record, now)).flatten();
		match place {
			Some(place) => Self::close_commits(panel, record, place),
			// Without room for an earlier end the phase ends at its time.
			None => Panels::<T>::insert(panel, record),
		}
		true
	}
}
