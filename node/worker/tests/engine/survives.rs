//! What kills a child and never the engine.

use super::*;

#[tokio::test]
async fn a_model_that_never_ends() {
	let limit = Duration::from_secs(2);
	let engine = EngineHost::start(EngineConfig { run_limit: limit, ..config() }).await.unwrap();
	load(&engine, &counting(), "loop").await.unwrap();
	let (for_ever, once) = ([numbers(&[FOR_EVER])], [numbers(&[1])]);
	let (endless, behind) = tokio::join!(
		run(&engine, counting().content, &for_ever),
		run(&engine, counting().content, &once),
	);
	assert_eq!(endless, Err(RunFailure::TimedOut(limit)));
	assert_eq!(behind, Err(RunFailure::Interrupted), "the one behind is not to blame");
	let lost = run(&engine, counting().content, &[numbers(&[1])]).await;
	assert_eq!(lost, Err(RunFailure::NotLoaded), "a new child has no models");
	load(&engine, &counting(), "loop").await.unwrap();
	let sum = run(&engine, counting().content, &[numbers(&[5])]).await.unwrap();
	assert_eq!(sum, [numbers(&[5])]);
	assert_eq!(engine.restarts(), 1);
}

#[tokio::test]
async fn a_model_that_takes_all_memory() {
	let memory_limit = Some(2 << 30);
	let engine = EngineHost::start(EngineConfig { memory_limit, ..config() }).await.unwrap();
	load(&engine, &hungry(), "huge").await.unwrap();
	let failure = run(&engine, hungry().content, &[numbers(&[1 << 30])]).await.unwrap_err();
	let RunFailure::OutOfMemory { died: false, why } = failure else {
		panic!("4 GiB did not fit in 2: {failure:?}");
	};
	assert!(!why.is_empty());
	let top = run(&engine, hungry().content, &[numbers(&[1000])]).await.unwrap();
	assert_eq!(top[0].as_f32().unwrap(), [0.5]);
	assert_eq!(engine.restarts(), 0);
}

/// Otherwise the limit would hold for all models together, and one of them could starve the others.
#[tokio::test]
async fn a_model_that_took_much_memory_by_getting_it_back() {
	let engine = engine().await;
	load(&engine, &hungry(), "huge").await.unwrap();
	run(&engine, hungry().content, &[numbers(&[1000])]).await.unwrap();
	let before = address_space(&engine);
	run(&engine, hungry().content, &[numbers(&[100 << 20])]).await.unwrap();
	let kept = address_space(&engine).saturating_sub(before);
	assert!(kept < 100 << 20, "{kept} bytes of 400 MiB were kept");
}

#[tokio::test]
async fn signals_to_its_child_at_work_and_at_rest() {
	for (number, name) in [("9", "KILL"), ("11", "SEGV"), ("15", "TERM"), ("6", "ABRT")] {
		let engine = engine().await;
		load(&engine, &counting(), "loop").await.unwrap();
		let working = tokio::spawn({
			let engine = engine.clone();
			async move { run(&engine, counting().content, &[numbers(&[FOR_EVER])]).await }
		});
		until_at_work(&engine).await;
		end(&engine, name).await;
		let failure = working.await.unwrap().unwrap_err();
		let RunFailure::Crashed(how) = &failure else { panic!("{failure}") };
		assert!(how.contains(&format!("signal: {number} ")), "{how}");

		load(&engine, &mlp(), "mlp").await.unwrap();
		run(&engine, mlp().content, &[row()]).await.unwrap();
		end(&engine, name).await;
		load(&engine, &mlp(), "mlp").await.unwrap();
	}
}

#[tokio::test]
async fn a_child_that_ends_by_itself() {
	let engine = with_child("dd bs=1 count=3000 status=none | \"$0\"").await;
	let how = first_crash(&engine).await;
	assert!(how.contains("exit status: 0"), "{how}");
	load(&engine, &mlp(), "mlp").await.unwrap();
	assert!(engine.restarts() > 0);
}

#[tokio::test]
async fn a_child_that_dies_of_hunger_and_says_so() {
	let says = "echo 'memory allocation of 9 bytes failed' >&2; kill -ABRT $$";
	let engine = with_child(&format!("dd bs=1 count=3000 status=none | \"$0\"; {says}")).await;
	load(&engine, &mlp(), "mlp").await.unwrap();
	let failure = loop {
		if let Err(failure) = run(&engine, mlp().content, &[row()]).await {
			break failure;
		}
	};
	assert!(matches!(failure, RunFailure::OutOfMemory { died: true, .. }), "{failure}");
}

/// An engine whose child is run by a shell script: `$0` is the real one.
async fn with_child(script: &str) -> EngineHost {
	let child = config().command.program.into_os_string();
	let args = vec!["-c".into(), script.into(), child];
	let command = EngineCommand { program: "sh".into(), args };
	EngineHost::start(EngineConfig { command, ..config() }).await.unwrap()
}

async fn first_crash(engine: &EngineHost) -> String {
	load(engine, &mlp(), "mlp").await.unwrap();
	loop {
		if let Err(failure) = run(engine, mlp().content, &[row()]).await {
			let RunFailure::Crashed(how) = failure else { panic!("{failure}") };
			return how;
		}
	}
}

/// Sends a signal until it works: Rust's runtime takes the first SEGV for a fault that would come again by itself.
async fn end(engine: &EngineHost, name: &str) {
	let restarts = engine.restarts();
	let child = engine.child_id();
	while engine.restarts() == restarts {
		if engine.child_id() == child {
			signal(child, name);
		}
		tokio::time::sleep(Duration::from_millis(20)).await;
	}
}

/// Until the child has used the processor for a while: it is in the middle of a run.
async fn until_at_work(engine: &EngineHost) {
	let ticks = || -> u64 {
		let stat = fs::read_to_string(format!("/proc/{}/stat", engine.child_id())).unwrap();
		let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
		fields[11].parse().unwrap()
	};
	let before = ticks();
	while ticks() < before + 10 {
		tokio::time::sleep(Duration::from_millis(10)).await;
	}
}

fn address_space(engine: &EngineHost) -> u64 {
	let pages = fs::read_to_string(format!("/proc/{}/statm", engine.child_id())).unwrap();
	let pages: u64 = pages.split_whitespace().next().unwrap().parse().unwrap();
	pages * 4096
}
