//! The verdict: what answers come to, as a pure function of them.

use alloc::vec::Vec;
use core::cmp::Reverse;
use opg_primitives::{request::MAX_OUTPUT_BYTES, seams::Verdict, FaultKind, NodeId, Outcome};
use opg_tensor::{compare, decode, Agreement, NumericProfile, Tensor};

/// Whose answer it is; in the order in which answers of equal standing are preferred.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Voice {
	/// Those whose answer is in doubt.
	Claim,
	/// A node drawn first.
	Panel,
	/// A juror.
	Jury,
}

/// An answer and who gave it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Answer {
	pub(crate) voice: Voice,
	pub(crate) by: Vec<NodeId>,
	pub(crate) outcome: Outcome,
}

/// What a panel without a jury came to. The claim stands by `agree` nodes of the panel: who gave it does not count.
pub(crate) fn of_panel(answers: &[Answer], profile: NumericProfile, agree: u8) -> Verdict {
	let table = Table::new(answers, profile);
	if table.has_apart() {
		return Verdict::Split;
	}
	let chosen = [Voice::Claim, Voice::Panel]
		.into_iter()
		.find_map(|of| table.most_agreed(of, Voice::Panel, agree.into(), |_| true));
	match chosen {
		Some((place, answer)) => Verdict::Agreed {
			outcome: answer.outcome.clone(),
			by: table.agreeing(place, Voice::Panel),
		},
		None => Verdict::Undecided,
	}
}

/// What a jury of `drawn` seats came to. A fault is never its verdict: a fault refutes nothing.
pub(crate) fn of_jury(answers: &[Answer], profile: NumericProfile, drawn: u32) -> Verdict {
	let table = Table::new(answers, profile);
	let needed = two_thirds(drawn) as usize;
	let chosen = [Voice::Claim, Voice::Panel, Voice::Jury]
		.into_iter()
		.find_map(|of| table.most_agreed(of, Voice::Jury, needed, is_output));
	match chosen {
		Some((place, answer)) => Verdict::Decided {
			outcome: answer.outcome.clone(),
			by: table.agreeing(place, Voice::Panel),
			jurors: table.agreeing(place, Voice::Jury),
			wrong: table.differing(place),
		},
		None => Verdict::Undecided,
	}
}

/// Two thirds of `seats`, rounded up.
fn two_thirds(seats: u32) -> u32 {
	seats.saturating_mul(2).div_ceil(3)
}

/// An answer as it is compared: decoded once.
enum Body {
	Output(Vec<Tensor>),
	Fault(FaultKind),
}

impl Body {
	fn of(outcome: &Outcome) -> Self {
		match outcome {
			Outcome::Output(bytes) => decode(bytes, MAX_OUTPUT_BYTES as usize)
				.map_or(Self::Fault(FaultKind::OutputMismatch), Self::Output),
			Outcome::Fault(kind) => Self::Fault(*kind),
		}
	}

	/// A slower or smaller machine may fail where another does not, so a fault is never apart from anything.
	fn agreement(&self, other: &Self, profile: NumericProfile) -> Agreement {
		match (self, other) {
			(Self::Output(left), Self::Output(right)) => compare(left, right, profile),
			(Self::Fault(left), Self::Fault(right)) if left == right => Agreement::Same,
			_ => Agreement::Near,
		}
	}
}

/// How every answer stands to every other.
struct Table<'a> {
	answers: &'a [Answer],
	/// Row i holds the agreement of answer i with each answer before it.
	rows: Vec<Vec<Agreement>>,
}

impl<'a> Table<'a> {
	fn new(answers: &'a [Answer], profile: NumericProfile) -> Self {
		let bodies: Vec<Body> = answers.iter().map(|answer| Body::of(&answer.outcome)).collect();
		let rows = bodies
			.iter()
			.enumerate()
			.map(|(place, body)| {
				bodies.iter().take(place).map(|before| body.agreement(before, profile)).collect()
			})
			.collect();
		Self { answers, rows }
	}

	fn agreement(&self, left: usize, right: usize) -> Agreement {
		if left == right {
			return Agreement::Same;
		}
		let row = self.rows.get(left.max(right));
		// Nothing follows from an answer that is not there.
		row.and_then(|row| row.get(left.min(right))).copied().unwrap_or(Agreement::Near)
	}

	fn has_apart(&self) -> bool {
		self.rows.iter().flatten().any(|agreement| *agreement == Agreement::Apart)
	}

	/// The answer of `of` that the most answers of `voters` are the same as, if `needed` are; the first of several.
	fn most_agreed(
		&self,
		of: Voice,
		voters: Voice,
		needed: usize,
		counts: impl Fn(&Outcome) -> bool,
	) -> Option<(usize, &'a Answer)> {
		self.answers
			.iter()
			.enumerate()
			.filter(|(_, answer)| answer.voice == of && counts(&answer.outcome))
			.map(|(place, answer)| (self.same_as(place, voters).count(), place, answer))
			.filter(|(votes, ..)| *votes >= needed)
			.max_by_key(|(votes, place, _)| (*votes, Reverse(*place)))
			.map(|(_, place, answer)| (place, answer))
	}

	fn same_as(&self, place: usize, voters: Voice) -> impl Iterator<Item = &'a Answer> + '_ {
		self.answers
			.iter()
			.enumerate()
			.filter(move |(other, answer)| {
				answer.voice == voters && self.agreement(place, *other) == Agreement::Same
			})
			.map(|(_, answer)| answer)
	}

	fn agreeing(&self, place: usize, voters: Voice) -> Vec<NodeId> {
		self.same_as(place, voters).flat_map(|answer| answer.by.iter().copied()).collect()
	}

	/// Who gave an answer apart from the one at `place`.
	fn differing(&self, place: usize) -> Vec<NodeId> {
		self.answers
			.iter()
			.enumerate()
			.filter(|(other, _)| self.agreement(place, *other) == Agreement::Apart)
			.flat_map(|(_, answer)| answer.by.iter().copied())
			.collect()
	}
}

fn is_output(outcome: &Outcome) -> bool {
	matches!(outcome, Outcome::Output(_))
}
