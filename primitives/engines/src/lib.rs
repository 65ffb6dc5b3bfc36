//! The ways to check proofs side by side: in machine code, in Wasm, and in Wasm with the node's arithmetic.
//!
//! Nothing here goes on a chain. [`answer`] is compiled as it stands and, like a runtime, to Wasm, once with each engine, so
//! that tests can hold the three against each other and benches can time them. A runtime would do as well and takes twenty times as
//! long to build.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

extern crate alloc;

mod task;
#[cfg(substrate_runtime)]
mod wasm;

pub use task::{answer, Answer, Claim, Key, System, Task, Way};

// As the builder writes it.
#[cfg(feature = "std")]
#[allow(dead_code, missing_docs, unreachable_pub)]
mod binary {
	include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));
}

/// This crate as Wasm; `None` where it was built with `SKIP_WASM_BUILD`.
#[cfg(feature = "std")]
pub fn wasm() -> Option<&'static [u8]> {
	binary::WASM_BINARY
}

/// The exported functions that [`answer`] by the runtime's own arithmetic, and by the node's.
pub const EXPORTS: [&str; 2] = ["pure_answer", "host_answer"];
