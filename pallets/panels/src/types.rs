//! A panel's record, its seats and phases, and what nodes send about it.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use opg_primitives::{
	request::{jury_of, MAX_QUORUM},
	seams::{Case, PanelId},
	Draw, ModelId, NodeId, Outcome,
};
use opg_tensor::NumericProfile;
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{traits::ConstU32, BoundedVec};

/// The most seats of a panel, its jury's included.
pub const MAX_SEATS: u32 = MAX_QUORUM as u32 + jury_of(MAX_QUORUM) as u32;

/// Bounds the seats of a panel.
pub type MaxSeats = ConstU32<MAX_SEATS>;
/// Bounds those who gave a claim.
pub type MaxClaimants = ConstU32<{ MAX_QUORUM as u32 }>;

/// How a seat stands.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum SeatState {
	/// It owes a commitment.
	Drawn,
	/// It owes the reveal of this commitment.
	Committed(H256),
	/// Its answer is known.
	Revealed,
	/// It missed, and its node's place was given back.
	Missed,
}

/// A node's part in a panel.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Seat {
	/// The node; no other seat of the panel has it.
	pub node: NodeId,
	/// How it stands.
	pub state: SeatState,
}

/// What a panel waits for.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Phase<BlockNumber> {
	/// Commitments of the seats drawn last.
	Commit {
		/// When they are late, by the clock.
		closes_at: BlockNumber,
		/// A place kept for the end of the reveals, so that a full ring ends no panel.
		reveals_by: BlockNumber,
	},
	/// Reveals of those who committed.
	Reveal {
		/// When they are late, by the clock.
		closes_at: BlockNumber,
		/// The chain's block that closed the commitments; no node shows its answer before that block is final.
		since: BlockNumber,
		/// How often more time was given.
		extensions: u32,
	},
	/// Nothing: the answers differ, and a jury is to be drawn.
	Split {
		/// When that is given up, by the clock.
		closes_at: BlockNumber,
	},
}

/// A panel and, once its answers differ, its jury.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Panel<AccountId, Balance, BlockNumber> {
	/// Why it was convened.
	pub case: Case,
	/// The model its nodes run.
	pub model: ModelId,
	/// How close their answers must be.
	pub profile: NumericProfile,
	/// Who asked.
	pub asker: AccountId,
	/// What one answer is worth.
	pub fee: Balance,
	/// How many of the first seats must agree.
	pub agree: u8,
	/// How many seats were drawn first; those after them are the jury's.
	pub size: u8,
	/// Who gave the claim, where there is one.
	pub claimants: Option<BoundedVec<NodeId, MaxClaimants>>,
	/// The seats: first the panel's, then the jury's.
	pub seats: BoundedVec<Seat, MaxSeats>,
	/// The draw of the seats drawn last.
	pub draw: Draw,
	/// What it waits for.
	pub phase: Phase<BlockNumber>,
}

impl<AccountId, Balance, BlockNumber: Copy> Panel<AccountId, Balance, BlockNumber> {
	/// Whether its jury was drawn.
	pub fn has_jury(&self) -> bool {
		self.seats.len() > usize::from(self.size)
	}

	/// Where the seats drawn last begin.
	fn present_from(&self) -> usize {
		if self.has_jury() {
			self.size.into()
		} else {
			0
		}
	}

	/// The seats drawn last.
	pub fn present(&self) -> impl Iterator<Item = &Seat> {
		self.seats.iter().skip(self.present_from())
	}

	/// The seats drawn last, to be changed.
	pub fn present_mut(&mut self) -> impl Iterator<Item = &mut Seat> {
		let from = self.present_from();
		self.seats.iter_mut().skip(from)
	}

	/// How a node's seat stands; `None` where it has none.
	pub fn seat(&self, node: NodeId) -> Option<SeatState> {
		self.seats.iter().find(|seat| seat.node == node).map(|seat| seat.state)
	}

	/// Whether a commitment of the node is waited for.
	pub fn owes_commitment(&self, node: NodeId) -> bool {
		matches!(self.phase, Phase::Commit { .. }) && self.seat(node) == Some(SeatState::Drawn)
	}

	/// The commitment whose reveal by the node is waited for, and the block that must be final before.
	pub fn owes_reveal(&self, node: NodeId) -> Option<(H256, BlockNumber)> {
		match (self.phase, self.seat(node)) {
			(Phase::Reveal { since, .. }, Some(SeatState::Committed(hash))) => Some((hash, since)),
			_ => None,
		}
	}

	/// When its phase ends, by the clock.
	pub fn closes_at(&self) -> BlockNumber {
		match self.phase {
			Phase::Commit { closes_at, .. }
			| Phase::Reveal { closes_at, .. }
			| Phase::Split { closes_at } => closes_at,
		}
	}

	/// How many seats drawn last stand as `is_so` says.
	pub fn count(&self, is_so: impl Fn(SeatState) -> bool) -> u32 {
		self.present().filter(|seat| is_so(seat.state)).count() as u32
	}
}

/// Where an answer comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Source {
	/// It was in doubt before the panel met.
	Claim,
	/// A seat, by its place in the panel's record.
	Seat(u8),
}

/// A commitment to an answer that is not shown yet.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Commit {
	/// The panel.
	pub panel: PanelId,
	/// The draw by which the node sits in it.
	pub draw: Draw,
	/// The hash that hides the answer.
	pub commitment: H256,
}

/// An answer committed to before.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Reveal {
	/// The panel.
	pub panel: PanelId,
	/// The draw by which the node sits in it.
	pub draw: Draw,
	/// The secret that hid the answer.
	pub salt: [u8; 32],
	/// The answer.
	pub outcome: Outcome,
}

/// How a panel ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Ending {
	/// Enough nodes agreed and nobody differed.
	Agreed,
	/// Two thirds of the jury agreed.
	Decided,
	/// Nobody can say.
	Undecided,
}
