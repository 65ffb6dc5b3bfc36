//! ONNX Runtime inside the child: one library, its sessions by content id, tensors in and out.

use crate::engine::{
	frames::{Hello, Refusal, Setup},
	sandbox::Sandbox,
	shortage,
	signature::{Declared, Signature},
	Accelerator,
};
use opg_primitives::ContentId;
use opg_tensor::{ElementType, Tensor};
use ort::{
	environment::Environment,
	ep,
	memory::Allocator,
	session::{
		builder::{GraphOptimizationLevel, SessionBuilder},
		Session, SessionInputValue,
	},
	value::{DynTensor, DynTensorValueType, Outlet, Shape, TensorElementType, ValueType},
};
use std::{borrow::Cow, path::Path};

/// `y = x + x` on four floats: run once at the start, so that a library that loads but cannot compute is found out.
const PROBE: &[u8] = include_bytes!("probe.onnx");

/// Characters of an error that travel to the host.
const MAX_WORDS: usize = 1024;

/// Where ONNX Runtime looks for data a model keeps beside its file: nowhere, for a model is one file.
const NO_FOLDER: &str = "/dev/null";

/// How sessions are made.
pub(super) struct Tuning {
	max_models: usize,
	threads: usize,
	gpu_memory: Option<usize>,
}

impl From<&Setup> for Tuning {
	fn from(setup: &Setup) -> Self {
		Self {
			max_models: setup.max_models.max(1) as usize,
			threads: setup.threads.max(1) as usize,
			gpu_memory: setup.gpu_memory.map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX)),
		}
	}
}

/// ONNX Runtime and the models it has loaded.
pub(super) struct Sessions {
	environment: Environment,
	accelerator: Accelerator,
	/// Least recently used first.
	loaded: Vec<(ContentId, Session)>,
	tuning: Tuning,
}

impl Sessions {
	/// Loads the library and tries the accelerator; the error is a sentence.
	pub(super) fn start(
		library: &Path,
		accelerator: Accelerator,
		tuning: Tuning,
	) -> Result<(Self, Hello), String> {
		if !library.is_file() {
			return Err(format!(
				"there is no ONNX Runtime library at {}; run scripts/setup.sh",
				library.display()
			));
		}
		let unusable = |error: &dyn std::fmt::Display| {
			format!(
				"ONNX Runtime at {} cannot be used: {error}; run scripts/setup.sh",
				library.display()
			)
		};
		let environment = ort::init_from(library)
			.map_err(|error| unusable(&error))?
			.with_telemetry(false)
			.build()
			.map_err(|error| unusable(&error))?;
		environment.set_log_level(ort::logging::LogLevel::Fatal);
		let mut sessions =
			Self { environment, accelerator: Accelerator::Cpu, loaded: Vec::new(), tuning };
		let remark = sessions.choose(accelerator)?;
		let hello = Hello {
			runtime: ort::info().to_owned(),
			accelerator: sessions.accelerator,
			remark,
			sandbox: Sandbox::default(),
		};
		Ok((sessions, hello))
	}

	/// Loads a model, or finds it loaded; says what it declares.
	pub(super) fn load(&mut self, content: ContentId, model: &[u8]) -> Result<Signature, Refusal> {
		if !self.recall(&content) {
			let session = self.session(self.accelerator, model).map_err(Refusal::Runtime)?;
			if self.loaded.len() >= self.tuning.max_models {
				self.loaded.drain(..1);
			}
			self.loaded.push((content, session));
		}
		let (_, session) = self.loaded.last().ok_or(Refusal::NotLoaded)?;
		Ok(Signature {
			inputs: session.inputs().iter().map(declared).collect(),
			outputs: session.outputs().iter().map(declared).collect(),
		})
	}

	pub(super) fn unload(&mut self, content: &ContentId) {
		self.loaded.retain(|(id, _)| id != content);
	}

	/// Runs a loaded model on encoded tensors.
	pub(super) fn run(
		&mut self,
		content: &ContentId,
		inputs: &[u8],
		max_output: u64,
	) -> Result<Vec<u8>, Refusal> {
		if !self.recall(content) {
			return Err(Refusal::NotLoaded);
		}
		let (_, session) = self.loaded.last_mut().ok_or(Refusal::NotLoaded)?;
		let tensors = opg_tensor::decode(inputs, inputs.len())
			.map_err(|error| Refusal::Runtime(words(error)))?;
		let tensors = run(session, &tensors, max_output)?;
		let encoded = opg_tensor::encode(&tensors);
		if encoded.len() as u64 > max_output {
			return Err(Refusal::OutputTooLong(encoded.len() as u64));
		}
		Ok(encoded)
	}

	/// Makes a loaded model the most recently used.
	fn recall(&mut self, content: &ContentId) -> bool {
		let Some(at) = self.loaded.iter().position(|(id, _)| id == content) else {
			return false;
		};
		if let Some(recent) = self.loaded.get_mut(at..) {
			recent.rotate_left(1);
		}
		true
	}

	fn choose(&mut self, asked: Accelerator) -> Result<Option<String>, String> {
		let why = match asked {
			Accelerator::Cpu => None,
			Accelerator::Auto => match self.probe(Accelerator::Cuda) {
				Ok(()) => {
					self.accelerator = Accelerator::Cuda;
					return Ok(None);
				},
				Err(why) => Some(why),
			},
			Accelerator::Cuda | Accelerator::TensorRt => {
				self.probe(asked).map_err(|why| absent(asked, &why))?;
				self.accelerator = asked;
				return Ok(None);
			},
		};
		self.probe(Accelerator::Cpu)?;
		Ok(why)
	}

	fn probe(&self, accelerator: Accelerator) -> Result<(), String> {
		let mut session = self.session(accelerator, PROBE)?;
		let input = Tensor::from_f32(&[4], &[0.5, 1.0, -2.0, 4.0]).map_err(words)?;
		let output = run(&mut session, &[input], u64::MAX).map_err(|why| format!("{why:?}"))?;
		let found = output.first().and_then(Tensor::as_f32);
		if found.as_deref() != Some(&[1.0, 2.0, -4.0, 8.0]) {
			return Err(format!("ONNX Runtime computes wrongly on {accelerator}: {found:?}"));
		}
		Ok(())
	}

	fn session(&self, accelerator: Accelerator, model: &[u8]) -> Result<Session, String> {
		let mut builder = self.builder(accelerator).map_err(words)?;
		builder.commit_from_memory(model).map_err(words)
	}

	/// The optimisation level is part of what an answer depends on, so it is fixed: the fusions of level 2 are the same on every
	/// CPU, the layouts of level 3 are not. Without an arena a run gives its memory back: what one model once took is there
	/// for the others.
	fn builder(&self, accelerator: Accelerator) -> ort::Result<SessionBuilder> {
		let builder = Session::builder(&self.environment)?
			.with_intra_threads(self.tuning.threads)?
			.with_inter_threads(1)?
			.with_optimization_level(GraphOptimizationLevel::Level2)?
			.with_deterministic_compute(true)?
			.with_config_entry("session.model_external_initializers_file_folder_path", NO_FOLDER)?;
		let mut providers = Vec::new();
		if accelerator == Accelerator::TensorRt {
			let mut tensorrt = ep::TensorRT::default();
			if let Some(limit) = self.tuning.gpu_memory {
				tensorrt = tensorrt.with_max_workspace_size(limit);
			}
			providers.push(tensorrt.build().error_on_failure());
		}
		if matches!(accelerator, Accelerator::Cuda | Accelerator::TensorRt) {
			let mut cuda = ep::CUDA::default().with_tf32(false);
			if let Some(limit) = self.tuning.gpu_memory {
				cuda = cuda.with_memory_limit(limit);
			}
			providers.push(cuda.build().error_on_failure());
		}
		providers.push(ep::CPU::default().with_arena_allocator(false).build());
		Ok(builder.with_execution_providers(providers)?)
	}
}

fn absent(accelerator: Accelerator, why: &str) -> String {
	let tensorrt = if accelerator == Accelerator::TensorRt { ", TensorRT 10" } else { "" };
	format!(
		"accelerator {accelerator} was asked for by name and is not available: {why}; it needs an NVIDIA GPU, the GPU build of \
		 ONNX Runtime, CUDA 13, cuDNN 9{tensorrt}; or ask for cpu"
	)
}

fn refusal(error: ort::Error) -> Refusal {
	let said = error.to_string();
	if shortage::in_error(&said) {
		Refusal::OutOfMemory(words(said))
	} else {
		Refusal::Runtime(words(said))
	}
}

fn run(session: &mut Session, tensors: &[Tensor], max_output: u64) -> Result<Vec<Tensor>, Refusal> {
	let allocator = Allocator::default();
	let mut values: Vec<(Cow<'_, str>, SessionInputValue<'_>)> = Vec::new();
	for (port, tensor) in session.inputs().iter().zip(tensors) {
		let value = to_value(&allocator, tensor)?;
		values.push((Cow::Owned(port.name().to_owned()), value.into()));
	}
	let outputs = session.run(values).map_err(refusal)?;
	let mut tensors = Vec::with_capacity(outputs.len());
	let mut left = max_output;
	for value in outputs.values() {
		let value = value.downcast::<DynTensorValueType>().map_err(refusal)?;
		let tensor = from_value(&value, left)?;
		left = left.saturating_sub(tensor.data.len() as u64);
		tensors.push(tensor);
	}
	Ok(tensors)
}

fn to_value(allocator: &Allocator, tensor: &Tensor) -> Result<DynTensor, Refusal> {
	let shape: Vec<i64> = tensor.shape.iter().map(|length| i64::from(*length)).collect();
	if tensor.element == ElementType::String {
		let strings = tensor.as_strings().unwrap_or_default();
		let made = ort::value::Tensor::from_string_array((shape, strings.as_slice()));
		return made.map(|value| value.upcast()).map_err(refusal);
	}
	let mut value = DynTensor::new(allocator, to_runtime(tensor.element), Shape::from(shape))
		.map_err(refusal)?;
	if value.size() != Some(tensor.data.len()) {
		return Err(Refusal::Runtime("an input's data is not as long as its shape asks".into()));
	}
	if !tensor.data.is_empty() {
		// SAFETY: the tensor was just made on the CPU by the default allocator and holds `size()` bytes, checked above to be
		// as many as the data; any bytes are sound for the numeric types, and `decode` made sure that bools are 0 or 1.
		unsafe {
			std::ptr::copy_nonoverlapping(
				tensor.data.as_ptr(),
				value.data_ptr_mut().cast::<u8>(),
				tensor.data.len(),
			);
		}
	}
	Ok(value)
}

fn from_value(value: &ort::value::DynTensorRef<'_>, max_bytes: u64) -> Result<Tensor, Refusal> {
	let element = from_runtime(*value.data_type()).map_err(|name| {
		Refusal::Runtime(format!("an output holds {name}, which this network does not carry"))
	})?;
	let shape = value.shape().iter().map(|length| u32::try_from(*length)).collect::<Result<_, _>>();
	let shape: Vec<u32> =
		shape.map_err(|_| Refusal::Runtime("an output's axis is too long".into()))?;
	if element == ElementType::String {
		let (_, strings) = value.try_extract_strings().map_err(refusal)?;
		let bytes = strings.iter().map(|text| text.len() as u64 + 4).sum::<u64>();
		if bytes > max_bytes {
			return Err(Refusal::OutputTooLong(bytes));
		}
		return Tensor::from_strings(&shape, &strings)
			.map_err(|error| Refusal::Runtime(words(error)));
	}
	if !value.memory_info().is_cpu_accessible() {
		return Err(Refusal::Runtime("an output stayed on the accelerator".into()));
	}
	let size = value.size().ok_or_else(|| Refusal::Runtime("an output has no size".into()))?;
	if size as u64 > max_bytes {
		return Err(Refusal::OutputTooLong(size as u64));
	}
	let mut data = vec![0; size];
	if size > 0 {
		// SAFETY: the tensor lies in memory the CPU reaches and holds `size()` bytes; `data` was made that long.
		unsafe {
			std::ptr::copy_nonoverlapping(value.data_ptr().cast::<u8>(), data.as_mut_ptr(), size);
		}
	}
	if element == ElementType::Bool {
		data.iter_mut().for_each(|byte| *byte = u8::from(*byte != 0));
	}
	Tensor::new(element, shape, data).map_err(|error| Refusal::Runtime(words(error)))
}

fn declared(outlet: &Outlet) -> Declared {
	let name = outlet.name().to_owned();
	match outlet.dtype() {
		ValueType::Tensor { ty, shape, .. } => Declared {
			name,
			element: from_runtime(*ty),
			shape: shape.iter().map(|length| u64::try_from(*length).ok()).collect(),
		},
		other => Declared { name, element: Err(format!("{other}")), shape: Vec::new() },
	}
}

fn to_runtime(element: ElementType) -> TensorElementType {
	match element {
		ElementType::Float32 => TensorElementType::Float32,
		ElementType::Float64 => TensorElementType::Float64,
		ElementType::Float16 => TensorElementType::Float16,
		ElementType::BFloat16 => TensorElementType::Bfloat16,
		ElementType::Int8 => TensorElementType::Int8,
		ElementType::Int16 => TensorElementType::Int16,
		ElementType::Int32 => TensorElementType::Int32,
		ElementType::Int64 => TensorElementType::Int64,
		ElementType::Uint8 => TensorElementType::Uint8,
		ElementType::Uint16 => TensorElementType::Uint16,
		ElementType::Uint32 => TensorElementType::Uint32,
		ElementType::Uint64 => TensorElementType::Uint64,
		ElementType::Bool => TensorElementType::Bool,
		ElementType::String => TensorElementType::String,
	}
}

fn from_runtime(element: TensorElementType) -> Result<ElementType, String> {
	ElementType::ALL
		.into_iter()
		.find(|known| to_runtime(*known) == element)
		.ok_or_else(|| element.to_string())
}

/// An error in words, bounded: ONNX Runtime can be made to quote a model at length.
fn words(error: impl std::fmt::Display) -> String {
	error.to_string().chars().take(MAX_WORDS).collect()
}
