//! This crate's Wasm on the node's executor.

use codec::{Decode, Encode};
use opg_engines::{Answer, Task};
use sc_executor::WasmExecutor;
use sp_core::traits::{CallContext, CodeExecutor, RuntimeCode, WrappedRuntimeCode};

/// What a node offers its runtime, as far as arithmetic and memory go.
type HostFunctions = (sp_io::SubstrateHostFunctions, opg_host::bn_254::HostFunctions);

/// The executor that nodes run runtimes on, with this crate in place of one.
pub(crate) struct Executor {
	executor: WasmExecutor<HostFunctions>,
	code: &'static [u8],
}

impl Executor {
	/// Compiles the Wasm; fails where it was not built.
	pub(crate) fn new() -> Self {
		let code = opg_engines::wasm().expect("there is no Wasm: build without SKIP_WASM_BUILD");
		Self { executor: WasmExecutor::builder().build(), code }
	}

	/// Has an export answer a task.
	pub(crate) fn answer(&self, export: &str, task: &Task) -> Answer {
		let fetcher = WrappedRuntimeCode(self.code.into());
		let code = RuntimeCode { code_fetcher: &fetcher, hash: vec![1; 32], heap_pages: None };
		let mut state = sp_io::TestExternalities::default();
		let (said, _) = self.executor.call(
			&mut state.ext(),
			&code,
			export,
			&task.encode(),
			CallContext::Offchain,
		);
		let said = said.unwrap_or_else(|error| panic!("{export}: {error}"));
		Answer::decode(&mut said.as_slice()).expect("an answer")
	}
}
