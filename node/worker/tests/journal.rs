//! The journal in a file and a node killed at work: what was once given is given again, and nothing is answered twice.

use codec::{Decode, Encode};
use futures::future::BoxFuture;
use opg_host::WorkerPort;
use opg_primitives::{
	job::{Desk, Job, JobId, Progress, Query, Task},
	ContentId, Draw, Input, ModelSpec, Outcome,
};
use opg_store::{content_id, EmbeddedStore, Limits};
use opg_tensor::{ElementType, NumericProfile, Tensor};
use opg_worker::{
	job::{LoadFailure, RunFailure, Salt, MAX_UNASKED},
	journal::FileJournal,
	ports::{BlobStore, Engine, Journal, Ports},
	Worker, WorkerConfig, WorkerHandle,
};
use std::{
	collections::BTreeMap,
	env,
	io::{BufRead, BufReader, Write},
	path::{Path, PathBuf},
	process::{self, Child, Command, Stdio},
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc,
	},
	thread,
	time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::runtime::{Handle, Runtime};

const FOLDER: &str = "OPG_TEST_FOLDER";
const MODEL: &[u8] = b"nobody reads this";
/// Far more than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// Jobs the chain asks for at a time.
const WINDOW: u64 = 16;

/// Answers every run differently, so that a job run twice shows.
struct Counting {
	runs: AtomicU64,
	life: u32,
}

impl Engine for Counting {
	fn capacity(&self) -> usize {
		1
	}

	fn load(&self, _: Arc<ModelSpec>, _: Vec<u8>) -> BoxFuture<'static, Result<(), LoadFailure>> {
		Box::pin(async { Ok(()) })
	}

	fn unload(&self, _: ContentId) -> BoxFuture<'static, ()> {
		Box::pin(async {})
	}

	fn run(
		&self,
		_: ContentId,
		_: Vec<u8>,
		_: usize,
	) -> BoxFuture<'static, Result<Vec<u8>, RunFailure>> {
		let run = self.runs.fetch_add(1, Ordering::SeqCst);
		let output = Tensor::from_i64(&[2], &[self.life.into(), run as i64]).unwrap();
		Box::pin(async move { Ok(opg_tensor::encode(&[output])) })
	}
}

fn spec() -> ModelSpec {
	let output = opg_primitives::Port {
		name: b"y".to_vec().try_into().unwrap(),
		element: ElementType::Int64,
		shape: vec![opg_tensor::Dimension::Fixed(2)].try_into().unwrap(),
	};
	ModelSpec {
		id: 0,
		content: content_id(MODEL),
		inputs: Default::default(),
		outputs: vec![output].try_into().unwrap(),
		profile: NumericProfile::Exact,
		circuit: None,
	}
}

fn draw() -> Draw {
	Draw::repeat_byte(3)
}

fn id(number: u64) -> JobId {
	JobId { desk: Desk::Panels, number }
}

fn journal(folder: &Path) -> Arc<FileJournal> {
	Arc::new(FileJournal::open(folder.join("answers")).unwrap())
}

fn start(folder: &Path, journal: Arc<FileJournal>, runtime: &Handle) -> WorkerHandle {
	let store =
		EmbeddedStore::open(folder.join("blobs"), Limits { max_blob: 1 << 20, quota: None })
			.unwrap();
	store.put(MODEL).unwrap();
	let ports = Ports {
		store: Arc::new(store),
		engine: Arc::new(Counting { runs: AtomicU64::new(0), life: process::id() }),
		prover: None,
		journal,
		finalised: Arc::new(|| 0),
	};
	Worker::start(WorkerConfig::default(), ports, runtime).unwrap()
}

fn poll(worker: &WorkerHandle, live: impl Iterator<Item = u64>) -> Progress {
	let live = live.map(|number| (number, draw())).collect();
	let progress = worker.poll(&Query::Answers(Desk::Panels, live).encode()).unwrap();
	Progress::decode(&mut &progress[..]).unwrap()
}

fn line(number: u64, salt: &Salt, outcome: &Outcome) -> String {
	format!("{number} {salt:?} {outcome:?}")
}

/// A node that is given job after job, says what it gives, and never ends.
#[test]
#[ignore = "runs until it is killed: the test below runs it in a process of its own"]
fn a_node_at_work() {
	let folder = PathBuf::from(env::var_os(FOLDER).unwrap());
	let runtime = Runtime::new().unwrap();
	let worker = start(&folder, journal(&folder), runtime.handle());
	let mut first = 0;
	loop {
		let live = first..first + WINDOW;
		let progress = poll(&worker, live.clone());
		for (number, draw) in progress.unknown {
			let input = Input::Inline(opg_tensor::encode(&[]).try_into().unwrap());
			let job = Job { id: id(number), draw, model: spec(), input, is_proved: false };
			assert!(worker.submit(&Task::Run(job).encode()));
		}
		let mut said = std::io::stdout().lock();
		for ready in &progress.ready {
			let line = line(ready.number, &ready.salt, &ready.outcome);
			writeln!(said, "given {line}").unwrap();
		}
		said.flush().unwrap();
		if progress.ready.len() as u64 == WINDOW {
			first += WINDOW / 2;
		}
		thread::sleep(Duration::from_millis(1));
	}
}

fn life(folder: &Path) -> Child {
	Command::new(env::current_exe().unwrap())
		.args(["--exact", "a_node_at_work", "--ignored", "--nocapture"])
		.env(FOLDER, folder)
		.stdout(Stdio::piped())
		.spawn()
		.unwrap()
}

#[test]
fn a_node_killed_at_work_gives_the_same_answers_and_salts_in_its_next_lives() {
	let folder = TempDir::new().unwrap();
	let mut given: BTreeMap<u64, String> = BTreeMap::new();
	for lines in [150, 400, 700] {
		let mut node = life(folder.path());
		let said = BufReader::new(node.stdout.take().unwrap());
		let mut lines_left = lines;
		for said in said.lines() {
			let said = said.unwrap();
			let Some(line) = said.split("given ").nth(1) else { continue };
			let number = line.split(' ').next().unwrap().parse().unwrap();
			let before = given.entry(number).or_insert_with(|| line.to_owned());
			assert_eq!(before, line, "the same as ever");
			lines_left -= 1;
			if lines_left == 0 {
				// With signal 9, and whatever it was writing.
				node.kill().unwrap();
			}
		}
		node.wait().unwrap();
		assert!(lines_left <= 0, "it ended by itself");
		let kept = journal(folder.path()).read().unwrap();
		let kept: BTreeMap<_, _> = kept
			.iter()
			.map(|record| {
				let line = line(record.id.number, &record.salt, &record.outcome);
				(record.id.number, line)
			})
			.collect();
		for (number, line) in &given {
			assert_eq!(kept.get(number), Some(line), "what was given is on disk");
		}
		// What is on disk counts, given or not.
		given.extend(kept);
	}
	assert!(given.len() as u64 > WINDOW, "it got somewhere: {}", given.len());

	let runtime = Runtime::new().unwrap();
	let journal = journal(folder.path());
	let worker = start(folder.path(), journal.clone(), runtime.handle());
	let answers = poll(&worker, given.keys().copied());
	assert_eq!(answers.unknown, []);
	for ready in answers.ready {
		let line = line(ready.number, &ready.salt, &ready.outcome);
		assert_eq!(given.get(&ready.number), Some(&line));
	}
	for _ in 0..MAX_UNASKED {
		poll(&worker, std::iter::empty());
	}
	let patience = Instant::now();
	while !journal.read().unwrap().is_empty() {
		assert!(patience.elapsed() < PATIENCE, "what nobody asks for stays on disk");
		thread::sleep(Duration::from_millis(10));
	}
}
