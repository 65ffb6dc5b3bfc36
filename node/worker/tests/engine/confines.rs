//! What a child may do: compute.

use super::*;
use landlock::{Access, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr, ABI};

#[tokio::test]
async fn its_child_with_what_the_kernel_has_and_says_so() {
	let engine = engine().await;
	let sandbox = &engine.hello().sandbox;
	let here = |it: bool| move |guard: &Guard| it == (*guard == Guard::InForce);
	let seccomp = fs::exists("/proc/sys/kernel/seccomp/actions_avail").unwrap();
	let landlock = Ruleset::default()
		.set_compatibility(CompatLevel::HardRequirement)
		.handle_access(AccessFs::from_all(ABI::V1))
		.and_then(Ruleset::create)
		.is_ok();
	assert!(here(seccomp)(&sandbox.seccomp), "{sandbox:?}");
	assert!(here(landlock)(&sandbox.landlock), "{sandbox:?}");
	for task in tasks(&engine) {
		let status = fs::read_to_string(task.join("status")).unwrap();
		let says = |line: &str| status.lines().any(|found| found == line);
		assert!(says("Seccomp:\t2") || !seccomp, "{status}");
		assert!(says("NoNewPrivs:\t1") || !(seccomp || landlock), "{status}");
	}
	let open = EngineConfig { sandbox: false, ..config() };
	let open = EngineHost::start(open).await.unwrap();
	assert_eq!(open.hello().sandbox, Sandbox::default());
}

/// A thread that was there before the sandbox would be outside of it, and one of the library's own would be up to something.
#[tokio::test]
async fn its_child_to_two_threads_one_that_works_and_one_that_watches() {
	let engine = engine().await;
	load(&engine, &mlp(), "mlp").await.unwrap();
	run(&engine, mlp().content, &[row()]).await.unwrap();
	let names = || {
		let names = tasks(&engine).into_iter().map(|task| fs::read_to_string(task.join("comm")));
		let mut names: Vec<_> = names.map(|name| name.unwrap().trim().to_owned()).collect();
		names.sort();
		names
	};
	// A thread bears its parent's name until it first runs.
	while !names().contains(&"engine-watch".to_owned()) {
		tokio::time::sleep(Duration::from_millis(10)).await;
	}
	assert_eq!(names(), ["engine-watch", "opg-engine"]);
}

#[tokio::test]
async fn every_child_after_the_first_as_well() {
	let engine = engine().await;
	signal(engine.child_id(), "KILL");
	load(&engine, &mlp(), "mlp").await.unwrap_or(());
	while engine.restarts() == 0 {
		tokio::time::sleep(Duration::from_millis(10)).await;
	}
	let status = fs::read_to_string(format!("/proc/{}/status", engine.child_id())).unwrap();
	let first = engine.hello().sandbox.seccomp == Guard::InForce;
	assert_eq!(status.contains("Seccomp:\t2"), first, "{status}");
}

#[tokio::test]
async fn its_child_to_the_back_of_the_queue_for_the_processor() {
	let engine = EngineHost::start(EngineConfig { niceness: 13, ..config() }).await.unwrap();
	let stat = fs::read_to_string(format!("/proc/{}/stat", engine.child_id())).unwrap();
	let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
	assert_eq!(fields[16], "13");
	let score = format!("/proc/{}/oom_score_adj", engine.child_id());
	assert_eq!(fs::read_to_string(score).unwrap().trim(), "1000");
}

#[tokio::test]
async fn a_model_to_its_own_file() {
	let f32 = ElementType::Float32;
	let prying = model(8, "prying", vec![port("x", f32, &[4])], vec![port("y", f32, &[4])]);
	for sandbox in [true, false] {
		let config = EngineConfig { sandbox, ..config() };
		let engine = EngineHost::start(config).await.unwrap();
		let failure = load(&engine, &prying, "prying").await.unwrap_err();
		let LoadFailure::Refused(why) = &failure else { panic!("{failure}") };
		assert!(why.contains("External data"), "{why}");
	}
}
