//! Copies the runtime's Wasm where the builder expects an optimiser (why: docs/decisions/0002-no-wasm-opt.md).

use std::{fs, io, path::Path};

/// The passes the runtime's builder names.
#[derive(Clone, Copy, Debug)]
pub enum Pass {
	/// Drop DWARF sections: the release profile emits none.
	StripDwarf,
	/// Lower sign-extension instructions: the target emits none.
	SignextLowering,
}

/// The options the runtime's builder sets; none changes the copy.
#[derive(Clone, Copy, Debug, Default)]
pub struct OptimizationOptions;

impl OptimizationOptions {
	/// Level 0, the only level the builder uses.
	pub fn new_opt_level_0() -> Self {
		Self
	}

	/// Accepted, without effect.
	pub fn mvp_features_only(&mut self) -> &mut Self {
		self
	}

	/// Accepted, without effect.
	pub fn debug_info(&mut self, _keep: bool) -> &mut Self {
		self
	}

	/// Accepted, without effect.
	pub fn add_pass(&mut self, _pass: Pass) -> &mut Self {
		self
	}

	/// Copies `from` to `to`; the builder also asks for a file to replace itself, which is done already.
	pub fn run(&self, from: impl AsRef<Path>, to: impl AsRef<Path>) -> io::Result<()> {
		if from.as_ref() == to.as_ref() {
			return Ok(());
		}
		fs::copy(from, to).map(|_| ())
	}
}
