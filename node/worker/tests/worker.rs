//! The whole worker as a node sees it: SCALE messages in and out, a real store, a real engine.

mod rig;

use codec::{Decode, Encode};
use opg_host::WorkerPort;
use opg_primitives::{
	job::{Answer, Job, Progress, Query, Serving, Task},
	Draw, Input, ModelSpec, Outcome, RequestId,
};
use opg_tensor::Tensor;
use opg_worker::{
	engine::{EngineConfig, EngineHost},
	job::ServePolicy,
	ports::BlobStore,
	store::EmbeddedStore,
	Worker, WorkerConfig, WorkerHandle,
};
use rig::{config, counting, file, growing, mlp, numbers, ANY, PATIENCE};
use std::{process::Command, sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::runtime::Handle;

struct Node {
	worker: WorkerHandle,
	engine: EngineHost,
	store: EmbeddedStore,
	_folder: TempDir,
}

impl Node {
	async fn start() -> Self {
		Self::with(config(), WorkerConfig::default()).await
	}

	async fn with(engine: EngineConfig, worker: WorkerConfig) -> Self {
		let folder = TempDir::new().unwrap();
		let store = EmbeddedStore::open(folder.path(), 1 << 20).unwrap();
		let engine = EngineHost::start(engine).await.unwrap();
		let worker = WorkerConfig { tick: Duration::from_millis(20), ..worker };
		let worker = Worker::start(
			worker,
			Arc::new(store.clone()),
			Arc::new(engine.clone()),
			&Handle::current(),
		);
		Self { worker, engine, store, _folder: folder }
	}

	fn put(&self, name: &str) {
		self.store.put(&file(name)).unwrap();
	}

	fn submit(&self, task: Task) -> bool {
		self.worker.submit(&task.encode())
	}

	fn ask(&self, request: RequestId, model: &Arc<ModelSpec>, inputs: &[Tensor]) {
		let input = Input::Inline(opg_tensor::encode(inputs).try_into().unwrap());
		let job = Job { request, draw: draw(), model: (**model).clone(), input };
		assert!(self.submit(Task::Run(job)));
	}

	fn serving(&self) -> Serving {
		let answer = self.worker.poll(&Query::Serving.encode()).unwrap();
		Serving::decode(&mut &answer[..]).unwrap()
	}

	fn answers(&self, live: &[RequestId]) -> Vec<Answer> {
		let live = live.iter().map(|request| (*request, draw())).collect();
		let answer = self.worker.poll(&Query::Answers(live).encode()).unwrap();
		Progress::decode(&mut &answer[..]).unwrap().ready
	}

	async fn until(&self, what: &str, condition: impl Fn(&Self) -> bool) {
		let waited = tokio::time::timeout(PATIENCE, async {
			while !condition(self) {
				tokio::time::sleep(Duration::from_millis(10)).await;
			}
		});
		assert!(waited.await.is_ok(), "{what} never came: {:?}", self.worker.stats());
	}

	/// The tensors answered, once they are.
	async fn answer(&self, request: RequestId, live: &[RequestId]) -> Vec<Tensor> {
		let found =
			|node: &Self| node.answers(live).into_iter().find(|answer| answer.request == request);
		self.until("an answer", |node| found(node).is_some()).await;
		let Outcome::Output(bytes) = found(self).unwrap().outcome;
		opg_tensor::decode(&bytes, bytes.len()).unwrap()
	}
}

fn draw() -> Draw {
	Draw::repeat_byte(9)
}

fn row() -> Tensor {
	Tensor::from_f32(&[1, 4], &[1., 2., 3., 4.]).unwrap()
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
	assert!(node.answers(&[]).is_empty());
	assert!(node.answers(&[7]).is_empty(), "what the chain does not ask for is forgotten");
	assert_eq!(node.worker.stats().answered_total, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_and_an_input_that_come_late_are_waited_for() {
	let node = Node::start().await;
	let input = opg_tensor::encode(&[row()]);
	let content = opg_worker::store::content_id(&input);
	let job =
		Job { request: 1, draw: draw(), model: (*mlp()).clone(), input: Input::Stored(content) };
	assert!(node.submit(Task::Run(job)));
	node.until("the job", |node| node.worker.stats().waiting == 1).await;
	node.put("mlp");
	node.until("the model", |node| node.serving().loaded == [0]).await;
	assert!(node.answers(&[1]).is_empty());
	node.store.put(&input).unwrap();
	assert_eq!(node.answer(1, &[1]).await[0].shape, [1, 3]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_job_fails_and_the_others_are_answered() {
	let engine = EngineConfig { run_limit: Duration::from_secs(2), ..config() };
	let node = Node::with(engine, WorkerConfig::default()).await;
	node.put("mlp");
	node.put("loop");
	node.ask(1, &counting(), &[numbers(&[i64::MAX])]);
	node.ask(2, &counting(), &[numbers(&[3])]);
	node.ask(3, &mlp(), &[row()]);
	let live = [1, 2, 3];
	assert_eq!(node.answer(2, &live).await, [numbers(&[3])]);
	assert_eq!(node.answer(3, &live).await[0].shape, [1, 3]);
	node.until("the failure", |node| node.worker.stats().failed == 1).await;
	assert_eq!(node.answers(&live).len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_whose_child_is_killed_from_outside_is_run_again() {
	let node = Node::start().await;
	node.put("loop");
	const TIMES: i64 = 2_000_000;
	node.ask(1, &counting(), &[numbers(&[TIMES])]);
	node.until("the run", |node| node.worker.stats().running == 1).await;
	let child = node.engine.child_id().to_string();
	assert!(Command::new("kill").args(["-9", &child]).status().unwrap().success());
	assert_eq!(node.answer(1, &[1]).await, [numbers(&[TIMES])]);
	assert_eq!(node.engine.restarts(), 1);
	assert!(node.worker.stats().rerun_total >= 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_output_the_chain_would_not_take_is_no_answer() {
	let node = Node::start().await;
	node.put("grows");
	let one = Tensor::from_f32(&[1], &[1.]).unwrap();
	node.ask(1, &growing(&[3]), &[one.clone(), numbers(&[4])]);
	node.until("the failure", |node| node.worker.stats().failed == 1).await;
	node.ask(2, &growing(&[3]), &[one.clone(), numbers(&[3])]);
	assert_eq!(node.answer(2, &[1, 2]).await[0].shape, [3]);
	node.ask(3, &growing(&[ANY]), &[one, numbers(&[5000])]);
	node.until("the second failure", |node| node.worker.stats().failed == 2).await;
	assert_eq!(node.answers(&[1, 2, 3]).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_input_that_does_not_fit_is_no_answer() {
	let node = Node::start().await;
	node.put("mlp");
	node.ask(1, &mlp(), &[numbers(&[1])]);
	let garbage = Input::Inline(vec![255; 40].try_into().unwrap());
	let job = Job { request: 2, draw: draw(), model: (*mlp()).clone(), input: garbage };
	assert!(node.submit(Task::Run(job)));
	node.until("the failures", |node| node.worker.stats().failed == 2).await;
	assert_eq!(node.engine.restarts(), 0, "the engine was not even asked");
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
