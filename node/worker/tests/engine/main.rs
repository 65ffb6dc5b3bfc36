//! The engine with the real ONNX Runtime in a real child process.

mod computes;
mod confines;
mod refuses;
#[path = "../rig/mod.rs"]
mod rig;
mod survives;

use codec::Encode;
use opg_tensor::{ElementType, Tensor};
use opg_worker::{
	engine::{Accelerator, EngineCommand, EngineConfig, EngineError, EngineHost, Guard, Sandbox},
	job::{LoadFailure, PortFault, RunFailure},
	ports::Engine,
};
use rig::{
	config, counting, engine, file, growing, hungry, identity, load, lying, mlp, model, numbers,
	port, rooting, run, signal, ANY, FOR_EVER,
};
use std::{
	fs,
	io::{Read, Write},
	os::unix::ffi::OsStrExt,
	process::{Command, Stdio},
	time::Duration,
};

fn row() -> Tensor {
	Tensor::from_f32(&[1, 4], &[0.1, -0.2, 0.3, -0.4]).unwrap()
}

fn tasks(engine: &EngineHost) -> Vec<std::path::PathBuf> {
	let tasks = fs::read_dir(format!("/proc/{}/task", engine.child_id())).unwrap();
	tasks.map(|task| task.unwrap().path()).collect()
}

#[tokio::test]
async fn auto_says_what_it_found() {
	let auto = EngineConfig { accelerator: Accelerator::Auto, ..config() };
	let engine = EngineHost::start(auto).await.unwrap();
	let hello = engine.hello();
	assert!(hello.runtime.contains("ORT Build Info"), "{}", hello.runtime);
	assert_eq!(hello.accelerator, Accelerator::Cpu);
	assert!(hello.remark.is_some(), "it says why it is not the GPU");
}

#[tokio::test]
async fn many_requests_at_once_are_answered_each_with_its_own() {
	let engine = engine().await;
	load(&engine, &counting(), "loop").await.unwrap();
	let all = (0..300i64).map(|times| {
		let engine = engine.clone();
		async move { run(&engine, counting().content, &[numbers(&[times])]).await.unwrap() }
	});
	let sums = futures::future::join_all(all).await;
	for (times, sum) in (0..).zip(sums) {
		assert_eq!(sum, [numbers(&[times])]);
	}
}

/// The pipes stay open here, as they would if another process held them: the child must see for itself that its host is gone.
#[test]
fn a_child_ends_with_its_host_in_the_middle_of_a_run() {
	let mut host = Command::new("sh")
		.args(["-c", "exec 3<&0; \"$0\" <&3 & wait", env!("CARGO_BIN_EXE_opg-engine")])
		.stdin(Stdio::piped())
		.stdout(Stdio::piped())
		.spawn()
		.unwrap();
	let mut stdin = host.stdin.take().unwrap();
	let mut send = |message: Vec<u8>| {
		stdin.write_all(&(message.len() as u32).to_le_bytes()).unwrap();
		stdin.write_all(&message).unwrap();
	};
	let library = rig::library().as_os_str().as_bytes().to_vec();
	let (unlimited, one) = (None::<u64>, 1u32);
	send((library, Accelerator::Cpu, unlimited, unlimited, one, one, 10u8, true).encode());
	send((0u8, counting().content, file("loop")).encode());
	let inputs = opg_tensor::encode(&[numbers(&[FOR_EVER])]);
	send((2u8, counting().content, inputs, 8192u64).encode());
	let mut stdout = host.stdout.take().unwrap();
	for _ in ["greeting", "loaded"] {
		let mut length = [0; 4];
		stdout.read_exact(&mut length).unwrap();
		let mut reply = vec![0; u32::from_le_bytes(length) as usize];
		stdout.read_exact(&mut reply).unwrap();
	}
	host.kill().unwrap();
	host.wait().unwrap();
	let mut rest = Vec::new();
	stdout.read_to_end(&mut rest).unwrap();
	assert!(rest.is_empty(), "the output ends with the child, which did not finish its run");
}

#[test]
fn a_child_ends_with_its_input() {
	let child = Command::new(env!("CARGO_BIN_EXE_opg-engine")).stdin(Stdio::null()).status();
	assert!(child.unwrap().success());
}
