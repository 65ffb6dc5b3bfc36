//! What the engine refuses, in words that say what to do.

use super::*;

#[tokio::test]
async fn a_library_that_is_not_there() {
	let missing = EngineConfig { library: "/no/such.so".into(), ..config() };
	let error = EngineHost::start(missing).await.unwrap_err().to_string();
	assert!(error.contains("/no/such.so") && error.contains("scripts/setup.sh"), "{error}");
}

#[tokio::test]
async fn a_file_that_is_no_library() {
	let library = rig::package().join("Cargo.toml");
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
async fn an_accelerator_by_name_where_there_is_none() {
	for (accelerator, name, needs) in
		[(Accelerator::Cuda, "cuda", "CUDA 13"), (Accelerator::TensorRt, "tensorrt", "TensorRT")]
	{
		let gpu_memory = Some(1 << 30);
		let named = EngineConfig { accelerator, gpu_memory, ..config() };
		let error = EngineHost::start(named).await.unwrap_err();
		assert!(matches!(error, EngineError::Refused(_)), "{error}");
		let error = error.to_string();
		let asked = format!("{name} was asked for by name");
		assert!(error.contains(&asked) && error.contains(needs), "{error}");
	}
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
	let wide = model(3, "mlp", vec![port("x", f32, &[ANY, 5])], vec![port("y", f32, &[ANY, 3])]);
	let failure = load(&engine, &wide, "mlp").await.unwrap_err();
	assert!(matches!(failure, LoadFailure::Ports(PortFault::Shape { .. })), "{failure}");
	let named = model(3, "mlp", vec![port("x", f32, &[ANY, 4])], vec![port("z", f32, &[ANY, 3])]);
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
	let failure = run(&engine, spec.content, &[one.clone(), numbers(&[5000])]).await.unwrap_err();
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
