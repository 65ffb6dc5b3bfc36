//! What is played: who attacks and how, and how users ask.

use crate::strategies::Strategy;
use opg_primitives::TrustMode;
use opg_runtime::Balance;

/// A quorum of three, and one of five.
pub(crate) const TWO_OF_THREE: TrustMode = TrustMode::Quorum { nodes: 3, agree: 2 };
pub(crate) const THREE_OF_FIVE: TrustMode = TrustMode::Quorum { nodes: 5, agree: 3 };

/// How users ask.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Traffic {
	/// One node answers.
	Attested,
	/// Two of three agree.
	TwoOfThree,
	/// Three of five agree.
	ThreeOfFive,
	/// The first two by turns.
	Mixed,
}

impl Traffic {
	pub(crate) const ALL: [Self; 4] =
		[Self::Attested, Self::TwoOfThree, Self::ThreeOfFive, Self::Mixed];

	/// The seats of a quorum.
	pub(crate) const fn seats(self) -> u32 {
		self.trust(1).nodes() as u32
	}

	pub(crate) const fn name(self) -> &'static str {
		match self {
			Self::Attested => "Attested",
			Self::TwoOfThree => "2 of 3",
			Self::ThreeOfFive => "3 of 5",
			Self::Mixed => "Attested and 2 of 3",
		}
	}

	/// Questions a block.
	pub(crate) const fn rate(self) -> u32 {
		match self {
			Self::Attested => 50,
			Self::TwoOfThree => 20,
			Self::ThreeOfFive => 12,
			Self::Mixed => 30,
		}
	}

	pub(crate) const fn trust(self, turn: u32) -> TrustMode {
		match self {
			Self::Attested => TrustMode::Attested,
			Self::TwoOfThree => TWO_OF_THREE,
			Self::ThreeOfFive => THREE_OF_FIVE,
			Self::Mixed if turn % 2 == 0 => TrustMode::Attested,
			Self::Mixed => TWO_OF_THREE,
		}
	}
}

/// Which operators are the attacker's.
#[derive(Clone, Debug)]
pub(crate) enum Cartel {
	/// So many of them.
	First(u32),
	/// Those the first quorum consists of, and others drawn evenly: as many in all. The operators
	/// are alike, so this is how a
	/// quorum of the attacker's looks once it has come.
	AroundAQuorum(u32),
}

/// What is played.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
	pub(crate) strategy: Strategy,
	pub(crate) cartel: Cartel,
	pub(crate) traffic: Traffic,
	/// What users pay for an answer.
	pub(crate) price: Balance,
	/// How often users ask.
	pub(crate) requests: u32,
	/// Of a thousand wrong answers, how many users dispute.
	pub(crate) disputed: u64,
	/// Blocks before users ask first: another block draws other nodes.
	pub(crate) delay: u32,
	pub(crate) seed: u64,
}
