//! The whole worker as a node sees it: SCALE messages in and out, a real store, a real engine.

mod rig;

use codec::{Decode, Encode};
use opg_host::WorkerPort;
use opg_primitives::{
	job::{Desk, Job, Progress, Query, Ready, Serving, Task},
	request::FaultKind,
	Input, ModelSpec, Outcome,
};
use opg_seal::{seal, OpenError, SecretKey};
use opg_store::{content_id, EmbeddedStore, Limits};
use opg_tensor::Tensor;
use opg_worker::{
	engine::{EngineConfig, EngineHost},
	job::{JobFailure, RunFailure, ServePolicy, MAX_UNASKED},
	journal::MemoryJournal,
	ports::{BlobStore, Journal, Ports},
	Worker, WorkerConfig, WorkerHandle,
};
use rig::{
	config, counting, draw, file, growing, hungry, identity, lying, mlp, numbers, request, rooting,
	signal, ANY, FOR_EVER, PATIENCE,
};
use std::{
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc,
	},
	time::Duration,
};
use tempfile::TempDir;
use tokio::runtime::Handle;

struct Node {
	worker: WorkerHandle,
	engine: EngineHost,
	store: EmbeddedStore,
	journal: Arc<MemoryJournal>,
	finalised: Arc<AtomicU64>,
	_folder: TempDir,
}

impl Node {
	async fn start() -> Self {
		Self::with(config(), WorkerConfig::default()).await
	}

	async fn with(engine: EngineConfig, worker: WorkerConfig) -> Self {
		Self::resume(engine, worker, Arc::default()).await
	}

	async fn resume(
		engine: EngineConfig,
		worker: WorkerConfig,
		journal: Arc<MemoryJournal>,
	) -> Self {
		let folder = TempDir::new().unwrap();
		let store =
			EmbeddedStore::open(folder.path(), Limits { max_blob: 1 << 20, quota: None }).unwrap();
		let engine = EngineHost::start(engine).await.unwrap();
		let finalised = Arc::new(AtomicU64::new(0));
		let newest = finalised.clone();
		let ports = Ports {
			store: Arc::new(store.clone()),
			engine: Arc::new(engine.clone()),
			prover: None,
			journal: journal.clone(),
			finalised: Arc::new(move || newest.load(Ordering::SeqCst)),
		};
		let worker = WorkerConfig { tick: Duration::from_millis(20), ..worker };
		let worker = Worker::start(worker, ports, &Handle::current()).unwrap();
		Self { worker, engine, store, journal, finalised, _folder: folder }
	}

	fn put(&self, name: &str) {
		self.store.put(&file(name)).unwrap();
	}

	fn submit(&self, task: Task) -> bool {
		self.worker.submit(&task.encode())
	}

	fn ask(&self, number: u64, model: &Arc<ModelSpec>, inputs: &[Tensor]) {
		self.ask_with(number, model, opg_tensor::encode(inputs));
	}

	fn ask_with(&self, number: u64, model: &Arc<ModelSpec>, input: Vec<u8>) {
		self.ask_for(number, model, Input::Inline(input.try_into().unwrap()));
	}

	fn ask_for(&self, number: u64, model: &Arc<ModelSpec>, input: Input) {
		let (id, model) = (request(number), (**model).clone());
		let job = Job { id, draw: draw(), model, input, is_proved: false };
		assert!(self.submit(Task::Run(job)));
	}

	fn serving(&self) -> Serving {
		let answer = self.worker.poll(&Query::Serving.encode()).unwrap();
		Serving::decode(&mut &answer[..]).unwrap()
	}

	fn progress(&self, live: &[u64]) -> Progress {
		let live = live.iter().map(|number| (*number, draw())).collect();
		let answer = self.worker.poll(&Query::Answers(Desk::Requests, live).encode()).unwrap();
		Progress::decode(&mut &answer[..]).unwrap()
	}

	fn answers(&self, live: &[u64]) -> Vec<Ready> {
		self.progress(live).ready
	}

	async fn until(&self, what: &str, condition: impl Fn(&Self) -> bool) {
		let waited = tokio::time::timeout(PATIENCE, async {
			while !condition(self) {
				tokio::time::sleep(Duration::from_millis(10)).await;
			}
		});
		assert!(waited.await.is_ok(), "{what} never came: {:?}", self.worker.stats());
	}

	/// What a job gave, once it has.
	async fn outcome(&self, number: u64, live: &[u64]) -> Outcome {
		let found =
			|node: &Self| node.answers(live).into_iter().find(|ready| ready.number == number);
		self.until("an answer", |node| found(node).is_some()).await;
		found(self).unwrap().outcome
	}

	/// The tensors answered, once they are.
	async fn answer(&self, number: u64, live: &[u64]) -> Vec<Tensor> {
		match self.outcome(number, live).await {
			Outcome::Output(bytes) => opg_tensor::decode(&bytes, bytes.len()).unwrap(),
			Outcome::Fault(kind) => {
				let why = self.worker.failure(request(number), draw());
				panic!("{number} is answered by the fault {kind:?}: {why:?}")
			},
		}
	}

	/// The fault answered, once it is.
	async fn fault(&self, number: u64, live: &[u64]) -> FaultKind {
		let outcome = self.outcome(number, live).await;
		outcome.fault().unwrap_or_else(|| panic!("{number} is answered by {outcome:?}"))
	}
}

fn row() -> Tensor {
	Tensor::from_f32(&[1, 4], &[1., 2., 3., 4.]).unwrap()
}

fn one() -> Tensor {
	Tensor::from_f32(&[1], &[1.]).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_published_model_is_served_and_a_job_answered() {
	let node = Node::start().await;
	node.put("mlp");
	assert_eq!(node.serving(), Serving { loaded: vec![], next: 0 });
	assert!(node.submit(Task::Serve((*mlp()).clone())));
	node.until("the model", |node| node.serving().loaded == [0]).await;
	assert_eq!(node.serving().next, 1);
	node.ask(7, &mlp(), &[row()]);
	let output = node.answer(7, &[7]).await;
	assert_eq!(output[0].shape, [1, 3]);
	assert_eq!(node.worker.stats().answered_total, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_and_an_input_that_come_late_are_waited_for() {
	let slow = WorkerConfig { tick: Duration::from_millis(500), ..WorkerConfig::default() };
	let node = Node::with(config(), slow).await;
	let input = opg_tensor::encode(&[row()]);
	node.ask_for(1, &mlp(), Input::Stored(content_id(&input)));
	node.until("the job", |node| node.worker.stats().waiting == 1).await;
	node.store.put(&input).unwrap();
	assert!(node.answers(&[1]).is_empty());
	node.put("mlp");
	assert_eq!(node.answer(1, &[1]).await[0].shape, [1, 3]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_input_sealed_for_this_node_is_answered_and_one_for_others_is_not() {
	let key = SecretKey::from_bytes([7; 32]);
	let worker = WorkerConfig { sealing: Some(key.clone()), ..WorkerConfig::default() };
	let node = Node::with(config(), worker).await;
	node.put("mlp");
	let input = opg_tensor::encode(&[row()]);
	let readers = [key.public(), SecretKey::from_bytes([8; 32]).public()];
	let [ours, theirs] =
		readers.map(|reader| node.store.put(&seal(&input, &[reader]).unwrap()).unwrap());
	node.ask_for(1, &mlp(), Input::Stored(ours));
	node.ask_for(2, &mlp(), Input::Stored(theirs));
	assert_eq!(node.answer(1, &[1, 2]).await[0].shape, [1, 3]);
	node.until("the refusal", |node| node.answers(&[1, 2]).len() == 2).await;
	let failure = node.worker.failure(request(2), draw());
	assert_eq!(failure, Some(JobFailure::Run(RunFailure::Sealed(OpenError::NotForUs))));
	assert_eq!(failure.and_then(|failure| failure.fault()), Some(FaultKind::Unavailable));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_final_is_said_at_every_poll() {
	let node = Node::start().await;
	assert_eq!(node.progress(&[]).finalised, 0);
	node.finalised.store(41, Ordering::SeqCst);
	assert_eq!(node.progress(&[]).finalised, 41);
}

mod faults {
	use super::*;

	/// Every way to fail at once, and an honest job between any two of them.
	#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
	async fn are_answered_each_by_its_name_and_the_others_get_their_answers() {
		let memory_limit = Some(2 << 30);
		let run_limit = Duration::from_secs(5);
		let engine = EngineConfig { run_limit, memory_limit, ..config() };
		let node = Node::with(engine, WorkerConfig::default()).await;
		for name in ["mlp", "loop", "grows", "lies", "huge", "nan", "identity"] {
			node.put(name);
		}
		let nul = [
			Tensor::from_strings(&[1], &["a\0b"]).unwrap(),
			Tensor::new(opg_tensor::ElementType::Bool, vec![1], vec![0]).unwrap(),
		];
		let unfit = opg_tensor::encode(&[numbers(&[1])]);
		node.store.put(&unfit).unwrap();
		let absent = content_id(b"nobody has this");

		node.ask(1, &counting(), &[numbers(&[FOR_EVER])]);
		node.ask(101, &mlp(), &[row()]);
		node.ask(2, &hungry(), &[numbers(&[1 << 30])]);
		node.ask(102, &counting(), &[numbers(&[3])]);
		node.ask(3, &growing(&[ANY]), &[one(), numbers(&[5000])]);
		node.ask(103, &growing(&[ANY]), &[one(), numbers(&[500])]);
		node.ask(4, &lying(), &[one(), numbers(&[4])]);
		node.ask(104, &lying(), &[one(), numbers(&[3])]);
		node.ask(5, &identity(), &nul);
		node.ask(105, &hungry(), &[numbers(&[1000])]);
		node.ask_for(6, &mlp(), Input::Stored(content_id(&unfit)));
		node.ask_with(7, &mlp(), vec![255; 40]);
		node.ask_for(8, &mlp(), Input::Stored(absent));
		node.ask(106, &rooting(), &[Tensor::from_f32(&[1], &[-1.]).unwrap()]);

		let live: Vec<u64> = (1..=8).chain(101..=106).collect();
		for (number, kind) in [
			(1, FaultKind::Looped),
			(2, FaultKind::OutOfMemory),
			(3, FaultKind::OutputTooLong),
			(4, FaultKind::OutputMismatch),
			(5, FaultKind::Refused),
			(6, FaultKind::InputMismatch),
			(7, FaultKind::InputMismatch),
			(8, FaultKind::Unavailable),
		] {
			assert_eq!(node.fault(number, &live).await, kind, "{number}");
		}
		for number in 101..=105 {
			node.answer(number, &live).await;
		}
		let root = node.answer(106, &live).await;
		assert!(root[0].as_f32().unwrap()[0].is_nan(), "NaN is an answer, not a fault");

		assert_eq!(node.engine.restarts(), 1, "only the endless one cost a child");
		let salts: std::collections::BTreeSet<_> =
			node.answers(&live).into_iter().map(|ready| ready.salt).collect();
		assert_eq!(salts.len(), live.len(), "faults have salts of their own too");
		let stats = node.worker.stats();
		assert_eq!((stats.faulted_total, stats.failed, stats.waiting, stats.running), (8, 0, 0, 0));
		node.ask(107, &counting(), &[numbers(&[4])]);
		assert_eq!(node.answer(107, &[107]).await, [numbers(&[4])]);
	}

	#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
	async fn for_a_job_whose_child_dies_again_and_again_and_the_model_lives_on() {
		let node = Node::start().await;
		node.put("loop");
		node.put("mlp");
		node.ask(1, &counting(), &[numbers(&[FOR_EVER])]);
		node.ask(2, &mlp(), &[row()]);
		let live = [1, 2];
		let killed = tokio::time::timeout(PATIENCE, async {
			let mut seen_at_work = 0;
			while !node.answers(&live).iter().any(|ready| ready.number == 1) {
				let child = node.engine.child_id();
				let at_work = node.worker.stats().running > 0;
				// Twice, so that it is in the endless run and not still taking the models in.
				if at_work && child != 0 && child == seen_at_work {
					signal(child, "SEGV");
				}
				seen_at_work = if at_work { child } else { 0 };
				tokio::time::sleep(Duration::from_millis(150)).await;
			}
		});
		killed.await.unwrap();
		assert_eq!(node.fault(1, &live).await, FaultKind::Crashed);
		let why = node.worker.failure(request(1), draw());
		assert!(matches!(why, Some(JobFailure::Run(RunFailure::Crashed(_)))), "{why:?}");
		node.until("another child", |node| node.engine.restarts() >= 2).await;
		assert_eq!(node.answer(2, &live).await[0].shape, [1, 3]);
		node.ask(3, &counting(), &[numbers(&[3])]);
		assert_eq!(node.answer(3, &[3]).await, [numbers(&[3])]);
	}

	#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
	async fn of_a_model_that_keeps_looping_are_answered_without_running_it() {
		let engine = EngineConfig { run_limit: Duration::from_secs(2), ..config() };
		let node = Node::with(engine, WorkerConfig::default()).await;
		node.put("loop");
		node.put("mlp");
		for number in 1..=5 {
			node.ask(number, &counting(), &[numbers(&[FOR_EVER])]);
		}
		let live = [1, 2, 3, 4, 5, 6];
		for number in 1..=5 {
			assert_eq!(node.fault(number, &live).await, FaultKind::Looped);
		}
		assert!(node.engine.restarts() <= 3, "the model is in quarantine after three");
		node.ask(6, &mlp(), &[row()]);
		assert_eq!(node.answer(6, &live).await[0].shape, [1, 3]);
	}

	#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
	async fn never_come_of_one_death_from_outside() {
		let node = Node::start().await;
		node.put("loop");
		const TIMES: i64 = 2_000_000;
		node.ask(1, &counting(), &[numbers(&[TIMES])]);
		node.until("the run", |node| node.worker.stats().running == 1).await;
		signal(node.engine.child_id(), "KILL");
		assert_eq!(node.answer(1, &[1]).await, [numbers(&[TIMES])]);
		assert_eq!(node.engine.restarts(), 1);
		assert!(node.worker.stats().rerun_total >= 1);
	}
}

mod the_journal {
	use super::*;

	#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
	async fn gives_the_next_life_what_this_one_answered() {
		let node = Node::start().await;
		node.put("mlp");
		node.put("grows");
		node.ask(1, &mlp(), &[row()]);
		node.ask(2, &growing(&[3]), &[one(), numbers(&[4])]);
		node.answer(1, &[1, 2]).await;
		assert_eq!(node.fault(2, &[1, 2]).await, FaultKind::OutputMismatch);
		let before = node.answers(&[1, 2]);

		let next = Node::resume(config(), WorkerConfig::default(), node.journal.clone()).await;
		assert_eq!(next.answers(&[1, 2]), before, "at the first poll, salts and all");
		next.ask(1, &mlp(), &[row()]);
		assert_eq!(next.worker.stats().taken_total, 0, "it is not run again");
	}

	#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
	async fn forgets_what_the_chain_does() {
		let node = Node::start().await;
		node.put("mlp");
		node.ask(1, &mlp(), &[row()]);
		node.ask(2, &mlp(), &[row()]);
		node.answer(1, &[1, 2]).await;
		node.answer(2, &[1, 2]).await;
		for _ in 0..MAX_UNASKED {
			assert_eq!(node.progress(&[2]).unknown, []);
		}
		node.until("the end of the first", |node| node.journal.read().unwrap().len() == 1).await;
		assert_eq!(node.progress(&[1, 2]).unknown, [(1, draw())]);
		assert_eq!(node.answers(&[2]).len(), 1);
	}

	#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
	async fn holds_back_an_answer_it_cannot_take() {
		let node = Node::start().await;
		node.put("mlp");
		node.journal.refuse(true);
		node.ask(1, &mlp(), &[row()]);
		node.until("the answer", |node| node.worker.stats().unkept == 1).await;
		let progress = node.progress(&[1]);
		assert_eq!((progress.ready, progress.unknown), (vec![], vec![]));
		node.journal.refuse(false);
		let answer = node.answer(1, &[1]).await;
		assert_eq!(answer[0].shape, [1, 3]);
		let ready = node.answers(&[1]);
		assert_eq!(node.journal.read().unwrap()[0].salt, ready[0].salt);
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_model_file_is_not_served_and_comes_back_when_put_again() {
	let node = Node::start().await;
	node.put("mlp");
	std::fs::write(node.store.path(&mlp().content), b"damaged").unwrap();
	assert!(node.submit(Task::Serve((*mlp()).clone())));
	node.until("its removal", |node| !node.store.has(&mlp().content)).await;
	assert!(node.serving().loaded.is_empty());
	node.put("mlp");
	node.until("the model", |node| node.serving().loaded == [0]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_input_that_does_not_fit_never_reaches_the_engine() {
	let node = Node::start().await;
	node.put("mlp");
	node.ask(1, &mlp(), &[numbers(&[1])]);
	assert_eq!(node.fault(1, &[1]).await, FaultKind::InputMismatch);
	assert_eq!(node.engine.restarts(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_not_understood_are_refused() {
	let node = Node::start().await;
	assert!(!node.worker.submit(&[]));
	assert!(!node.worker.submit(&[9, 9, 9]));
	let mut long = Task::Serve((*mlp()).clone()).encode();
	long.push(0);
	assert!(!node.worker.submit(&long));
	assert_eq!(node.worker.poll(&[]), None);
	assert_eq!(node.worker.poll(&[7]), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_serves_nothing_loads_nothing() {
	let mut off = WorkerConfig::default();
	off.limits.serve = ServePolicy::None;
	let node = Node::with(config(), off).await;
	node.put("mlp");
	assert!(node.submit(Task::Serve((*mlp()).clone())));
	assert_eq!(node.serving(), Serving { loaded: vec![], next: 1 });
}
