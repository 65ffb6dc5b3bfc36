//! What the tests with a real ONNX Runtime share: where it is, the fixtures, and an engine over them.

#![allow(dead_code)]

use opg_primitives::{
	job::{Desk, JobId},
	ContentId, Draw, ModelId, ModelSpec, Port,
};
use opg_store::content_id;
use opg_tensor::{Dimension, ElementType, NumericProfile, Tensor};
use opg_worker::{
	engine::{Accelerator, EngineCommand, EngineConfig, EngineHost},
	job::{LoadFailure, RunFailure},
	ports::Engine,
};
use std::{env, path::PathBuf, process::Command, sync::Arc, time::Duration};

/// Far more than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);
/// As often as a loop can be told to go round.
pub(crate) const FOR_EVER: i64 = i64::MAX;
/// Axis of any length, in [`port`].
pub(crate) const ANY: i64 = -1;

/// The folder of this package, in which `cargo test` starts its tests: read then, since checkouts may share a build.
pub(crate) fn package() -> PathBuf {
	env::current_dir().unwrap()
}

pub(crate) fn library() -> PathBuf {
	let path = match env::var_os("OPG_ONNXRUNTIME") {
		Some(path) => PathBuf::from(path),
		None => package().join("../../.opg/onnxruntime/libonnxruntime.so"),
	};
	assert!(
		path.is_file(),
		"there is no ONNX Runtime at {}: run scripts/setup.sh, or name its library in OPG_ONNXRUNTIME",
		path.display()
	);
	path
}

pub(crate) fn config() -> EngineConfig {
	let command = EngineCommand { program: env!("CARGO_BIN_EXE_opg-engine").into(), args: vec![] };
	EngineConfig {
		accelerator: Accelerator::Cpu,
		start_limit: PATIENCE,
		load_limit: PATIENCE,
		run_limit: PATIENCE,
		..EngineConfig::new(command, library())
	}
}

pub(crate) async fn engine() -> EngineHost {
	EngineHost::start(config()).await.unwrap()
}

pub(crate) fn file(name: &str) -> Vec<u8> {
	std::fs::read(package().join("tests/fixtures").join(format!("{name}.onnx"))).unwrap()
}

pub(crate) fn port(name: &str, element: ElementType, shape: &[i64]) -> Port {
	let axis = |length: &i64| u32::try_from(*length).map_or(Dimension::Any, Dimension::Fixed);
	Port {
		name: name.as_bytes().to_vec().try_into().unwrap(),
		element,
		shape: shape.iter().map(axis).collect::<Vec<_>>().try_into().unwrap(),
	}
}

/// A model's number, file and ports, as the chain would have them.
pub(crate) fn model(
	id: ModelId,
	name: &str,
	inputs: Vec<Port>,
	outputs: Vec<Port>,
) -> Arc<ModelSpec> {
	Arc::new(ModelSpec {
		id,
		content: content_id(&file(name)),
		inputs: inputs.try_into().unwrap(),
		outputs: outputs.try_into().unwrap(),
		profile: NumericProfile::Exact,
		circuit: None,
	})
}

pub(crate) fn mlp() -> Arc<ModelSpec> {
	let (f32, n) = (ElementType::Float32, ANY);
	model(0, "mlp", vec![port("x", f32, &[n, 4])], vec![port("y", f32, &[n, 3])])
}

pub(crate) fn counting() -> Arc<ModelSpec> {
	let i64 = ElementType::Int64;
	model(1, "loop", vec![port("times", i64, &[1])], vec![port("sum", i64, &[1])])
}

pub(crate) fn growing(outputs: &[i64]) -> Arc<ModelSpec> {
	expanding(2, "grows", outputs)
}

/// Says in its file what it does not do.
pub(crate) fn lying() -> Arc<ModelSpec> {
	expanding(3, "lies", &[3])
}

fn expanding(id: ModelId, name: &str, outputs: &[i64]) -> Arc<ModelSpec> {
	let (f32, i64) = (ElementType::Float32, ElementType::Int64);
	let inputs = vec![port("x", f32, &[1]), port("shape", i64, &[1])];
	model(id, name, inputs, vec![port("y", f32, outputs)])
}

/// Takes as much memory as it is told.
pub(crate) fn hungry() -> Arc<ModelSpec> {
	let inputs = vec![port("count", ElementType::Int64, &[1])];
	model(4, "huge", inputs, vec![port("top", ElementType::Float32, &[1])])
}

pub(crate) fn rooting() -> Arc<ModelSpec> {
	let f32 = ElementType::Float32;
	model(5, "nan", vec![port("x", f32, &[ANY])], vec![port("y", f32, &[ANY])])
}

pub(crate) fn identity() -> Arc<ModelSpec> {
	let side = |text, flag| {
		vec![port(text, ElementType::String, &[ANY]), port(flag, ElementType::Bool, &[ANY])]
	};
	model(6, "identity", side("text", "flag"), side("same_text", "other_flag"))
}

pub(crate) async fn load(
	engine: &EngineHost,
	spec: &Arc<ModelSpec>,
	name: &str,
) -> Result<(), LoadFailure> {
	engine.load(spec.clone(), file(name)).await
}

pub(crate) async fn run(
	engine: &EngineHost,
	content: ContentId,
	inputs: &[Tensor],
) -> Result<Vec<Tensor>, RunFailure> {
	let output = engine.run(content, opg_tensor::encode(inputs), 8192).await?;
	Ok(opg_tensor::decode(&output, 8192).unwrap())
}

pub(crate) fn numbers(values: &[i64]) -> Tensor {
	Tensor::from_i64(&[values.len() as u32], values).unwrap()
}

/// Sends a signal, by its name; a process that has just ended is no error.
pub(crate) fn signal(process: u32, name: &str) {
	assert_ne!(process, 0);
	let kill = Command::new("kill").args(["-s", name, &process.to_string()]).output();
	kill.unwrap();
}

pub(crate) fn request(number: u64) -> JobId {
	JobId { desk: Desk::Requests, number }
}

pub(crate) fn draw() -> Draw {
	Draw::repeat_byte(9)
}
