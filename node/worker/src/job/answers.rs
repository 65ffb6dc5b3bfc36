//! Answers given or about to be given: written down before anybody hears of them, kept until nobody asks any more.

use super::{
	failure::JobFailure,
	message::{Command, Line, Made, Notice, Ticket},
};
use codec::{Decode, Encode};
use opg_primitives::{
	job::{Desk, JobId, Ready},
	Draw, Outcome,
};
use std::collections::{BTreeMap, BTreeSet};

/// What hides an answer in a commitment.
pub type Salt = [u8; 32];

/// Times in succession that a desk must not ask for an answer before it goes.
///
/// Off-chain workers of a short-lived fork do not ask for jobs of the chain that wins, nor do those of a node that has just
/// started and is some blocks behind. A commitment outlives both, and no other answer would open it.
pub const MAX_UNASKED: u32 = 100;

/// An answer as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Record {
	/// The job answered.
	pub id: JobId,
	/// The draw by which the node had it.
	pub draw: Draw,
	/// The answer.
	pub outcome: Outcome,
	/// What hides it.
	pub salt: Salt,
	/// Its proof, where one was asked for.
	pub proof: Option<Vec<u8>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
	/// To be written at the next tick.
	Unkept,
	/// On its way to the journal.
	Keeping(Ticket),
	/// On disk.
	Kept(Salt),
}

#[derive(Debug)]
struct Answer {
	made: Made,
	/// What is behind a fault; not known of answers from before a restart.
	failure: Option<JobFailure>,
	stage: Stage,
	/// Times in succession its desk did not ask for it.
	unasked: u32,
}

/// Answers by job and draw: one and the same job may come back by an older draw when a fork does.
#[derive(Debug, Default)]
pub(super) struct Answers {
	answers: BTreeMap<(JobId, Draw), Answer>,
	keeping: BTreeMap<Ticket, (JobId, Draw)>,
	next_ticket: Ticket,
	/// The journal takes nothing: said once.
	stuck: bool,
}

impl Answers {
	/// The answers of an earlier life of the node.
	pub(super) fn restored(records: Vec<Record>) -> Self {
		let answers = records.into_iter().map(|Record { id, draw, outcome, salt, proof }| {
			let (made, stage) = (Made { outcome, proof }, Stage::Kept(salt));
			((id, draw), Answer { made, failure: None, stage, unasked: 0 })
		});
		Self { answers: answers.collect(), ..Self::default() }
	}

	pub(super) fn len(&self) -> usize {
		self.answers.len()
	}

	pub(super) fn unkept(&self) -> usize {
		let unkept = |answer: &&Answer| !matches!(answer.stage, Stage::Kept(_));
		self.answers.values().filter(unkept).count()
	}

	pub(super) fn holds(&self, id: JobId, draw: Draw) -> bool {
		self.answers.contains_key(&(id, draw))
	}

	pub(super) fn failure(&self, id: JobId, draw: Draw) -> Option<&JobFailure> {
		self.answers.get(&(id, draw))?.failure.as_ref()
	}

	/// An answer, if it is on disk.
	pub(super) fn ready(&self, id: JobId, draw: Draw) -> Option<Ready> {
		let answer = self.answers.get(&(id, draw))?;
		let Stage::Kept(salt) = answer.stage else { return None };
		let Made { outcome, proof } = answer.made.clone();
		Some(Ready { number: id.number, draw, outcome, salt, proof })
	}

	pub(super) fn add(
		&mut self,
		(id, draw): (JobId, Draw),
		made: Made,
		failure: Option<JobFailure>,
		out: &mut Vec<Command>,
	) {
		let stage = Stage::Unkept;
		self.answers.insert((id, draw), Answer { made, failure, stage, unasked: 0 });
		self.keep((id, draw), out);
	}

	pub(super) fn kept(&mut self, ticket: Ticket, salt: Salt) {
		self.stuck = false;
		let key = self.keeping.remove(&ticket);
		if let Some(answer) = key.and_then(|key| self.answers.get_mut(&key)) {
			answer.stage = Stage::Kept(salt);
		}
	}

	pub(super) fn not_kept(&mut self, ticket: Ticket, reason: String, out: &mut Vec<Command>) {
		let Some(key) = self.keeping.remove(&ticket) else { return };
		let Some(answer) = self.answers.get_mut(&key) else { return };
		answer.stage = Stage::Unkept;
		if !std::mem::replace(&mut self.stuck, true) {
			out.push(Command::Report(Notice::AnswerNotKept(key.0, reason)));
		}
	}

	/// Sends what is not written down to the journal again.
	pub(super) fn retry(&mut self, out: &mut Vec<Command>) {
		let unkept = |(key, answer): (&(JobId, Draw), &Answer)| {
			(answer.stage == Stage::Unkept).then_some(*key)
		};
		for key in self.answers.iter().filter_map(unkept).collect::<Vec<_>>() {
			self.keep(key, out);
		}
	}

	/// Notes which jobs a desk asks for, and lets go of what it has not asked for long enough.
	pub(super) fn asked(
		&mut self,
		desk: Desk,
		live: &BTreeSet<(u64, Draw)>,
		out: &mut Vec<Command>,
	) {
		let mut dead = Vec::new();
		for (key, answer) in self.answers.iter_mut().filter(|((id, _), _)| id.desk == desk) {
			let asked = live.contains(&(key.0.number, key.1));
			answer.unasked = if asked { 0 } else { answer.unasked.saturating_add(1) };
			if answer.unasked >= MAX_UNASKED {
				dead.push(*key);
			}
		}
		for key in dead {
			self.forget(key, out);
		}
	}

	/// Whether an answer could go to make room for a job.
	pub(super) fn can_spare(&self) -> bool {
		self.answers.values().any(|answer| answer.unasked > 0)
	}

	/// Lets go of the answer not asked for the longest.
	pub(super) fn spare(&mut self, out: &mut Vec<Command>) {
		let unasked = self.answers.iter().filter(|(_, answer)| answer.unasked > 0);
		let longest = unasked.max_by_key(|(_, answer)| answer.unasked).map(|(key, _)| *key);
		if let Some(key) = longest {
			self.forget(key, out);
		}
	}

	fn keep(&mut self, key: (JobId, Draw), out: &mut Vec<Command>) {
		let Some(answer) = self.answers.get_mut(&key) else { return };
		let ticket = self.next_ticket;
		self.next_ticket = ticket.saturating_add(1);
		answer.stage = Stage::Keeping(ticket);
		self.keeping.insert(ticket, key);
		let (id, draw) = key;
		let made = answer.made.clone();
		out.push(Command::Journal(Line::Keep { ticket, id, draw, made }));
	}

	fn forget(&mut self, key: (JobId, Draw), out: &mut Vec<Command>) {
		let Some(answer) = self.answers.remove(&key) else { return };
		if let Stage::Keeping(ticket) = answer.stage {
			self.keeping.remove(&ticket);
		}
		// Even if it is not known to be on disk: a write that failed may have got there all the same.
		let (id, draw) = key;
		out.push(Command::Journal(Line::Forget { id, draw }));
	}

	#[cfg(test)]
	pub(super) fn check(&self) {
		for (ticket, key) in &self.keeping {
			let stage = self.answers.get(key).map(|answer| answer.stage);
			assert_eq!(stage, Some(Stage::Keeping(*ticket)), "a line on its way has its answer");
		}
		let keeping = |answer: &&Answer| matches!(answer.stage, Stage::Keeping(_));
		assert_eq!(self.answers.values().filter(keeping).count(), self.keeping.len());
		assert!(self.answers.values().all(|answer| answer.unasked < MAX_UNASKED));
	}
}
