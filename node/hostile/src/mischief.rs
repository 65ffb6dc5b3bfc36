//! Ways to cheat that need no more than standing between the off-chain workers and the honest worker.

use codec::{DecodeAll, Encode};
use opg_host::WorkerPort;
use opg_primitives::{
	job::{Desk, Progress, Query, Ready, Task},
	request::MAX_OUTPUT_BYTES,
	FaultKind, Outcome,
};
use std::{
	collections::BTreeMap,
	env, fs,
	path::{Path, PathBuf},
	process,
	sync::{Arc, Mutex, PoisonError},
};

/// Polls for which a colluding node waits to see who else was drawn.
const LOOK_AROUND: u32 = 2;
/// Polls after which a withholding node has committed.
const COMMITTED: u32 = 3;

/// A way to cheat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mischief {
	/// Every answer is wrong, in the same way for everybody who lies.
	Lie,
	/// Lies when another colluding node sits on the same panel, and is honest otherwise; the folder is where they meet.
	Collude(PathBuf),
	/// Commits to answers and never shows them.
	Withhold,
	/// Never answers.
	Silence,
	/// Says of every question that there is no answer.
	Fault,
	/// Waits until others have shown their answers and gives theirs.
	Copy,
	/// Gives the first answer it proved, with its proof, to every other question.
	OldProof,
	/// Proves every answer, and gives the first one that it proved with that proof.
	OldOutput,
}

impl Mischief {
	/// What the environment asks for.
	pub(crate) fn from_environment() -> Result<Self, String> {
		let name = env::var("OPG_MISCHIEF").unwrap_or_default();
		Ok(match name.as_str() {
			"lie" => Self::Lie,
			"collude" => Self::Collude(
				env::var("OPG_HOSTILE_MEET")
					.map_err(|_| "name the folder where they meet in OPG_HOSTILE_MEET")?
					.into(),
			),
			"withhold" => Self::Withhold,
			"silence" => Self::Silence,
			"fault" => Self::Fault,
			"copy" => Self::Copy,
			"old-proof" => Self::OldProof,
			"old-output" => Self::OldOutput,
			_ => {
				return Err(format!(
					"OPG_MISCHIEF is '{name}'; it must be lie, collude, withhold, silence, fault, copy, old-proof or old-output"
				))
			},
		})
	}
}

/// A worker that cheats.
pub(crate) struct Cheat {
	honest: Arc<dyn WorkerPort>,
	mischief: Mischief,
	/// How often each answer was ready when asked for.
	polls: Mutex<BTreeMap<u64, u32>>,
	/// The first answer that it proved.
	proved: Mutex<Option<Ready>>,
}

impl Cheat {
	pub(crate) fn new(honest: Arc<dyn WorkerPort>, mischief: Mischief) -> Self {
		Self { honest, mischief, polls: Mutex::default(), proved: Mutex::default() }
	}

	/// What is said instead of the truth, if anything.
	fn instead(&self, desk: Desk, mut ready: Ready) -> Option<Ready> {
		let polls = self.count(desk, ready.number);
		match &self.mischief {
			Mischief::Lie => ready.outcome = falsified(ready.outcome),
			Mischief::Collude(meeting) if desk == Desk::Panels => {
				let company = meet(meeting, &ready);
				if polls <= LOOK_AROUND {
					return None;
				}
				if company > 1 {
					ready.outcome = falsified(ready.outcome);
				}
			},
			Mischief::Withhold if desk == Desk::Panels && polls > COMMITTED => return None,
			Mischief::Silence => return None,
			Mischief::Fault => ready.outcome = Outcome::Fault(FaultKind::Looped),
			Mischief::OldProof | Mischief::OldOutput if ready.proof.is_some() => {
				let mut proved = self.proved.lock().unwrap_or_else(PoisonError::into_inner);
				let first = proved.get_or_insert_with(|| ready.clone());
				ready.outcome = first.outcome.clone();
				if self.mischief == Mischief::OldProof {
					ready.proof = first.proof.clone();
				}
			},
			_ => {},
		}
		Some(ready)
	}

	fn count(&self, desk: Desk, number: u64) -> u32 {
		let mut polls = self.polls.lock().unwrap_or_else(PoisonError::into_inner);
		let polls = polls.entry(number * 2 + u64::from(desk == Desk::Panels)).or_default();
		*polls += 1;
		*polls
	}
}

impl WorkerPort for Cheat {
	fn submit(&self, task: &[u8]) -> bool {
		self.honest.submit(task)
	}

	fn poll(&self, query: &[u8]) -> Option<Vec<u8>> {
		let answer = self.honest.poll(query)?;
		let Ok(Query::Answers(desk, _)) = Query::decode_all(&mut &*query) else {
			return Some(answer);
		};
		let mut progress = Progress::decode_all(&mut answer.as_slice()).ok()?;
		progress.ready =
			progress.ready.into_iter().filter_map(|ready| self.instead(desk, ready)).collect();
		Some(progress.encode())
	}
}

/// A wrong answer that fits the model as the right one does: the highest byte of every element is another.
pub(crate) fn falsified(outcome: Outcome) -> Outcome {
	let Outcome::Output(bytes) = &outcome else { return outcome };
	let Ok(mut tensors) = opg_tensor::decode(bytes, MAX_OUTPUT_BYTES as usize) else {
		return outcome;
	};
	for tensor in &mut tensors {
		let size = tensor.element.size().unwrap_or(1);
		tensor.data.iter_mut().skip(size - 1).step_by(size).for_each(|byte| *byte ^= 0x02);
	}
	match opg_tensor::encode(&tensors).try_into() {
		Ok(bytes) => Outcome::Output(bytes),
		Err(_) => outcome,
	}
}

/// Leaves a mark for a draw and says how many nodes left one.
fn meet(meeting: &Path, ready: &Ready) -> usize {
	let place = meeting.join(hex::encode(ready.draw));
	let mark = place.join(process::id().to_string());
	if fs::create_dir_all(&place).and_then(|()| fs::write(mark, [])).is_err() {
		return 1;
	}
	fs::read_dir(place).map_or(1, Iterator::count)
}

/// Whether a task is a panel's.
pub(crate) fn panel_of(task: &[u8]) -> Option<u64> {
	match Task::decode_all(&mut &*task) {
		Ok(Task::Run(job)) if job.id.desk == Desk::Panels => Some(job.id.number),
		_ => None,
	}
}

#[cfg(test)]
mod tests {
	use super::falsified;
	use opg_primitives::Outcome;
	use opg_tensor::{compare, decode, encode, Agreement, NumericProfile, Tensor};

	#[test]
	fn a_falsified_answer_fits_and_is_far_from_the_right_one() {
		let right = Tensor::from_f32(&[3], &[0.5, 1.0, -2.0]).expect("three elements");
		let outcome = Outcome::Output(encode(&[right.clone()]).try_into().expect("short"));
		let Outcome::Output(wrong) = falsified(outcome) else { panic!("an output") };
		let wrong = decode(&wrong, 1_000).expect("tensors");
		let profile = NumericProfile::Tolerance { abs: 1_000, rel: 1_000_000 };
		assert_eq!(wrong[0].shape, right.shape);
		assert_eq!(compare(&[right], &wrong, profile), Agreement::Apart);
	}
}
