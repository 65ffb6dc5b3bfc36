//! Panels: nodes that answer the same question without seeing each other's answers, and what they decide.

use crate::{Draw, Input, ModelId, NodeId, Outcome, RequestId};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// A panel's number, counted from 0.
pub type PanelId = u64;

/// What a panel was convened for.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Case {
	/// To answer a request.
	#[codec(index = 0)]
	Request(RequestId),
	/// To run a settled request again.
	#[codec(index = 1)]
	Check(RequestId),
	/// To make the key of a model's circuit again.
	#[codec(index = 2)]
	Audit(ModelId),
}

/// An answer that was given and paid before the panel met.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
	/// Who gave it; they are judged with the panel.
	pub by: Vec<NodeId>,
	/// The answer.
	pub outcome: Outcome,
}

/// What a panel is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question<AccountId, Balance> {
	/// Why.
	pub case: Case,
	/// The model to run.
	pub model: ModelId,
	/// How many nodes answer.
	pub nodes: u8,
	/// How many must agree.
	pub agree: u8,
	/// Decides who is drawn.
	pub seed: Draw,
	/// Who asked: none of its nodes is drawn.
	pub asker: AccountId,
	/// What one answer is paid.
	pub fee: Balance,
	/// The answer in doubt, where there is one.
	pub claim: Option<Claim>,
}

/// What a panel came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
	/// Enough agree and nobody differs.
	Agreed {
		/// One of the answers given; a claim itself where it stands.
		outcome: Outcome,
		/// Who agrees with it, those of a claim left out.
		by: Vec<NodeId>,
	},
	/// Answers differ: a jury is needed ([`Panels::escalate`]).
	Split,
	/// Two thirds of a jury agree.
	Decided {
		/// One of the answers given.
		outcome: Outcome,
		/// Who of the first panel agrees with it.
		by: Vec<NodeId>,
		/// Who of the jury does.
		jurors: Vec<NodeId>,
		/// Who gave another answer, those of a claim included; they were punished.
		wrong: Vec<NodeId>,
	},
	/// Nobody can say; nobody was punished for an answer.
	Undecided,
}

/// Panels, as those with a question see them.
pub trait Panels<AccountId, Balance> {
	/// Draws a panel; false if there are too few nodes or no room at present.
	fn convene(question: Question<AccountId, Balance>) -> bool;

	/// Draws the jury of a panel that split; false if there are too few nodes or no room at present. A panel that waits for its jury
	/// too long ends undecided.
	fn escalate(case: Case, seed: Draw) -> bool;

	/// Whether the panel, with its jury, can still come to something, so that its question should wait for it.
	fn is_revealing(case: Case) -> bool;

	/// Blocks from a draw to the verdict of one panel on this model at the latest, extensions left out.
	fn least_time(model: ModelId) -> u32;

	/// Blocks that a panel whose commitments are in, and the jury after it, may take at the most.
	fn most_time() -> u32;
}

/// Those with questions, as panels see them. A desk whose question is over need not say so: the panel ends by itself, and what it decides
/// is of no use to anybody then.
pub trait CaseDesk {
	/// What the model is to be run on; `None` once the question is over.
	fn input(case: Case) -> Option<Input>;

	/// Takes a verdict. After [`Verdict::Split`] the panel waits for its jury; after any other it is gone.
	fn decided(case: Case, verdict: Verdict);
}
