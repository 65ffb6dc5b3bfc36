//! The engine with the real ONNX Runtime in a real child process.

mod rig;

use codec::Encode;
use opg_tensor::{ElementType, Tensor};
use opg_worker::{
	engine::{Accelerator, EngineConfig, EngineError, EngineHost},
	job::{LoadFailure, PortFault, RunFailure},
	ports::Engine,
};
use rig::{config, counting, engine, file, growing, load, mlp, model, numbers, port, run, ANY};
use std::{
	io::{Read, Write},
	os::unix::ffi::OsStrExt,
	process::{Command, Stdio},
	time::Duration,
};

const FOR_EVER: i64 = i64::MAX;

mod computes {
	use super::*;

	#[tokio::test]
	async fn a_float_model() {
		let engine = engine().await;
		load(&engine, &mlp(), "mlp").await.unwrap();
		let input = Tensor::from_f32(&[2, 4], &[1., 2., 3., 4., 0., 0., 0., 0.]).unwrap();
		let output = run(&engine, mlp().content, &[input]).await.unwrap();
		assert_eq!(output[0].shape, [2, 3]);
		// By Python's onnxruntime 1.31.1.
		let expected =
			[-1.2844092, -0.00250624, -0.90802693, 0.93637526, -0.12840068, 0.8083358f32];
		for (found, expected) in output[0].as_f32().unwrap().iter().zip(expected) {
			assert!((found - expected).abs() < 1e-5, "{found} is not {expected}");
		}
	}

	#[tokio::test]
	async fn the_same_bytes_every_time() {
		let engine = engine().await;
		load(&engine, &mlp(), "mlp").await.unwrap();
		let input = Tensor::from_f32(&[1, 4], &[0.1, -0.2, 0.3, -0.4]).unwrap();
		let first = run(&engine, mlp().content, std::slice::from_ref(&input)).await.unwrap();
		for _ in 0..100 {
			let again = run(&engine, mlp().content, std::slice::from_ref(&input)).await.unwrap();
			assert_eq!(again, first);
		}
	}

	#[tokio::test]
	async fn an_integer_model() {
		let engine = engine().await;
		let inputs = vec![port("x", ElementType::Int8, &[1, 3])];
		let outputs = vec![port("y", ElementType::Int32, &[1, 2])];
		let spec = model(5, "integers", inputs, outputs);
		load(&engine, &spec, "integers").await.unwrap();
		let input = Tensor::new(ElementType::Int8, vec![1, 3], vec![1, 2, 3]).unwrap();
		let output = run(&engine, spec.content, &[input]).await.unwrap();
		let expected = [-8i32, 24].iter().flat_map(|number| number.to_le_bytes()).collect();
		assert_eq!(output, [Tensor::new(ElementType::Int32, vec![1, 2], expected).unwrap()]);
	}

	#[tokio::test]
	async fn strings_and_bools() {
		let engine = engine().await;
		let side = |text, flag| {
			vec![port(text, ElementType::String, &[ANY]), port(flag, ElementType::Bool, &[ANY])]
		};
		let spec = model(6, "identity", side("text", "flag"), side("same_text", "other_flag"));
		load(&engine, &spec, "identity").await.unwrap();
		let text = Tensor::from_strings(&[3], &["", "grüße", "a b"]).unwrap();
		let flag = Tensor::new(ElementType::Bool, vec![3], vec![0, 1, 1]).unwrap();
		let output = run(&engine, spec.content, &[text.clone(), flag]).await.unwrap();
		let other = Tensor::new(ElementType::Bool, vec![3], vec![1, 0, 0]).unwrap();
		assert_eq!(output, [text, other]);

		let nul = Tensor::from_strings(&[1], &["a\0b"]).unwrap();
		let flag = Tensor::new(ElementType::Bool, vec![1], vec![0]).unwrap();
		let refused = run(&engine, spec.content, &[nul, flag]).await;
		assert!(matches!(refused, Err(RunFailure::Refused(_))), "{refused:?}");

		let none = Tensor::from_strings::<&str>(&[0], &[]).unwrap();
		let flag = Tensor::new(ElementType::Bool, vec![0], vec![]).unwrap();
		let output = run(&engine, spec.content, &[none.clone(), flag.clone()]).await.unwrap();
		assert_eq!(output, [none, flag]);
	}

	#[tokio::test]
	async fn every_numeric_type_without_touching_a_bit() {
		let engine = engine().await;
		let kinds = [
			("f16", ElementType::Float16),
			("bf16", ElementType::BFloat16),
			("f64", ElementType::Float64),
			("u8", ElementType::Uint8),
			("i16", ElementType::Int16),
			("u16", ElementType::Uint16),
			("i64", ElementType::Int64),
			("u32", ElementType::Uint32),
			("u64", ElementType::Uint64),
		];
		let side = |tail: &str| {
			kinds.iter().map(|(name, kind)| port(&format!("{name}{tail}"), *kind, &[2])).collect()
		};
		let spec = model(7, "every", side(""), side("_out"));
		load(&engine, &spec, "every").await.unwrap();
		// All ones is a NaN in the float types.
		let tensors: Vec<_> = kinds
			.iter()
			.map(|(_, kind)| {
				let size = kind.size().unwrap();
				let mut data: Vec<u8> = (1..=size as u8).collect();
				data.extend(vec![0xff; size]);
				Tensor::new(*kind, vec![2], data).unwrap()
			})
			.collect();
		assert_eq!(run(&engine, spec.content, &tensors).await.unwrap(), tensors);
	}
}

mod refuses {
	use super::*;

	#[tokio::test]
	async fn a_library_that_is_not_there() {
		let missing = EngineConfig { library: "/no/such.so".into(), ..config() };
		let error = EngineHost::start(missing).await.unwrap_err().to_string();
		assert!(error.contains("/no/such.so") && error.contains("scripts/setup.sh"), "{error}");
	}

	#[tokio::test]
	async fn a_file_that_is_no_library() {
		let library = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml").into();
		let wrong = EngineConfig { library, ..config() };
		let error = EngineHost::start(wrong).await.unwrap_err().to_string();
		assert!(error.contains("scripts/setup.sh"), "{error}");
	}

	#[tokio::test]
	async fn a_program_that_is_not_there_or_is_another() {
		let mut wrong = config();
		wrong.command.program = "/no/such/program".into();
		let error = EngineHost::start(wrong.clone()).await.unwrap_err();
		assert!(matches!(error, EngineError::Spawn { .. }), "{error}");
		wrong.command.program = "/bin/false".into();
		let error = EngineHost::start(wrong).await.unwrap_err();
		assert!(matches!(error, EngineError::Broken(_)), "{error}");
	}

	/// The library of `scripts/setup.sh` is the CPU build, so this holds on machines with a GPU too.
	#[tokio::test]
	async fn cuda_by_name_where_there_is_none() {
		let cuda = EngineConfig { accelerator: Accelerator::Cuda, ..config() };
		let error = EngineHost::start(cuda).await.unwrap_err();
		assert!(matches!(error, EngineError::Refused(_)), "{error}");
		let error = error.to_string();
		assert!(error.contains("cuda was asked for by name") && error.contains("GPU"), "{error}");
	}

	#[tokio::test]
	async fn a_truncated_model() {
		let engine = engine().await;
		let spec = model(3, "truncated", vec![], vec![]);
		let failure = load(&engine, &spec, "truncated").await.unwrap_err();
		assert!(matches!(failure, LoadFailure::Refused(_)), "{failure}");
	}

	#[tokio::test]
	async fn a_model_with_other_ports_than_the_chain_says() {
		let engine = engine().await;
		let f32 = ElementType::Float32;
		let wide =
			model(3, "mlp", vec![port("x", f32, &[ANY, 5])], vec![port("y", f32, &[ANY, 3])]);
		let failure = load(&engine, &wide, "mlp").await.unwrap_err();
		assert!(matches!(failure, LoadFailure::Ports(PortFault::Shape { .. })), "{failure}");
		let named =
			model(3, "mlp", vec![port("x", f32, &[ANY, 4])], vec![port("z", f32, &[ANY, 3])]);
		let failure = load(&engine, &named, "mlp").await.unwrap_err();
		assert!(matches!(failure, LoadFailure::Ports(PortFault::Name { .. })), "{failure}");
	}

	#[tokio::test]
	async fn an_input_of_another_shape_and_goes_on() {
		let engine = engine().await;
		load(&engine, &mlp(), "mlp").await.unwrap();
		let wide = Tensor::from_f32(&[1, 5], &[0.; 5]).unwrap();
		let failure = run(&engine, mlp().content, &[wide]).await.unwrap_err();
		assert!(matches!(failure, RunFailure::Refused(_)), "{failure}");
		let right = Tensor::from_f32(&[1, 4], &[0.; 4]).unwrap();
		run(&engine, mlp().content, &[right]).await.unwrap();
		assert_eq!(engine.restarts(), 0);
	}

	#[tokio::test]
	async fn an_output_longer_than_asked_for() {
		let engine = engine().await;
		let spec = growing(&[ANY]);
		load(&engine, &spec, "grows").await.unwrap();
		let one = Tensor::from_f32(&[1], &[1.]).unwrap();
		let failure =
			run(&engine, spec.content, &[one.clone(), numbers(&[5000])]).await.unwrap_err();
		assert!(
			matches!(failure, RunFailure::OutputTooLong { bytes: 20_000.., limit: 8192 }),
			"{failure}"
		);
		run(&engine, spec.content, &[one, numbers(&[500])]).await.unwrap();
	}

	#[tokio::test]
	async fn a_model_it_does_not_have() {
		let engine = engine().await;
		let failure = run(&engine, mlp().content, &[]).await.unwrap_err();
		assert_eq!(failure, RunFailure::NotLoaded);
		load(&engine, &mlp(), "mlp").await.unwrap();
		engine.unload(mlp().content).await;
		let failure = run(&engine, mlp().content, &[]).await.unwrap_err();
		assert_eq!(failure, RunFailure::NotLoaded);
	}

	#[tokio::test]
	async fn to_keep_more_models_than_it_may() {
		let engine = EngineHost::start(EngineConfig { max_models: 1, ..config() }).await.unwrap();
		load(&engine, &mlp(), "mlp").await.unwrap();
		load(&engine, &counting(), "loop").await.unwrap();
		run(&engine, counting().content, &[numbers(&[1])]).await.unwrap();
		let failure = run(&engine, mlp().content, &[]).await.unwrap_err();
		assert_eq!(failure, RunFailure::NotLoaded, "the least recently used one went");
	}
}

mod survives {
	use super::*;

	#[tokio::test]
	async fn a_model_that_never_ends() {
		let limit = Duration::from_secs(2);
		let engine =
			EngineHost::start(EngineConfig { run_limit: limit, ..config() }).await.unwrap();
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
		let spec = model(
			4,
			"huge",
			vec![port("count", ElementType::Int64, &[1])],
			vec![port("top", ElementType::Float32, &[1])],
		);
		load(&engine, &spec, "huge").await.unwrap();
		let failure = run(&engine, spec.content, &[numbers(&[1 << 30])]).await.unwrap_err();
		assert!(
			matches!(failure, RunFailure::Refused(_) | RunFailure::Crashed(_)),
			"4 GiB did not fit in 2: {failure}"
		);
		load(&engine, &spec, "huge").await.unwrap();
		let top = run(&engine, spec.content, &[numbers(&[1000])]).await.unwrap();
		assert_eq!(top[0].as_f32().unwrap(), [0.5]);
	}

	#[tokio::test]
	async fn the_death_of_its_child_at_work_and_at_rest() {
		let engine = engine().await;
		load(&engine, &counting(), "loop").await.unwrap();
		let working = tokio::spawn({
			let engine = engine.clone();
			async move { run(&engine, counting().content, &[numbers(&[FOR_EVER])]).await }
		});
		tokio::time::sleep(Duration::from_millis(200)).await;
		kill(engine.child_id());
		let failure = working.await.unwrap().unwrap_err();
		assert!(matches!(&failure, RunFailure::Crashed(how) if how.contains("9")), "{failure}");

		load(&engine, &mlp(), "mlp").await.unwrap();
		kill(engine.child_id());
		while engine.restarts() < 2 {
			tokio::time::sleep(Duration::from_millis(10)).await;
		}
		load(&engine, &mlp(), "mlp").await.unwrap();
	}

	fn kill(child: u32) {
		assert_ne!(child, 0);
		let done = Command::new("kill").args(["-9", &child.to_string()]).status().unwrap();
		assert!(done.success());
	}
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
	send((library, Accelerator::Cpu, None::<u64>, 1u32).encode());
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
