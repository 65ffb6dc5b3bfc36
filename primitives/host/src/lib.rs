//! What the runtime may call of its node beside what every Substrate node offers.
//!
//! [`worker`]: an off-chain worker hands jobs and rounds of feeds to its node and fetches what is ready. Its functions return at once. The node
//! grants them to off-chain calls alone, through [`WorkerExt`]; anywhere else (block execution, validation, other tools) they
//! answer `false` or `None`, so execution stays deterministic.
//!
//! [`bn_254`]: arithmetic that proofs are checked with, in the node's machine code instead of the runtime's Wasm. They are
//! functions of their arguments alone and answer any bytes with a value; [`HostEngine`] is how the runtime calls them.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

extern crate alloc;

mod bn254;
mod engine;

pub use bn254::bn_254;
pub use engine::HostEngine;

use alloc::vec::Vec;
#[cfg(not(substrate_runtime))]
use sp_externalities::ExternalitiesExt;
use sp_runtime_interface::{
	pass_by::{AllocateAndReturnByCodec, PassFatPointerAndRead},
	runtime_interface,
};

/// What a node offers its off-chain workers: messages are SCALE forms of `opg_primitives::job`.
#[cfg(feature = "std")]
pub trait WorkerPort: Send + Sync {
	/// Takes a `Task`; false if the queue is full or the message is not understood.
	fn submit(&self, task: &[u8]) -> bool;

	/// Answers a `Query` from what is known now.
	fn poll(&self, query: &[u8]) -> Option<Vec<u8>>;

	/// Takes the rounds of feeds to observe, an `Outlook`, and gives what is known of them, a list of `Gathered`; `None` where
	/// nothing is observed. What is not named may be forgotten.
	fn observe(&self, _outlook: &[u8]) -> Option<Vec<u8>> {
		None
	}
}

#[cfg(feature = "std")]
sp_externalities::decl_extension! {
	/// Grants an off-chain call its node's worker.
	pub struct WorkerExt(std::sync::Arc<dyn WorkerPort>);
}

/// The node's worker, as an off-chain worker sees it.
#[runtime_interface]
pub trait Worker {
	/// Hands a task over; false if it was not taken. Never waits.
	fn submit(&mut self, task: PassFatPointerAndRead<&[u8]>) -> bool {
		self.extension::<WorkerExt>().is_some_and(|port| port.0.submit(task))
	}

	/// What is known now; `None` where there is no worker. Never waits.
	fn poll(
		&mut self,
		query: PassFatPointerAndRead<&[u8]>,
	) -> AllocateAndReturnByCodec<Option<Vec<u8>>> {
		self.extension::<WorkerExt>().and_then(|port| port.0.poll(query))
	}

	/// Hands the rounds of feeds to observe over and fetches what is known of them; `None` where there is no worker, or it observes
	/// nothing. Never waits.
	fn observe(
		&mut self,
		outlook: PassFatPointerAndRead<&[u8]>,
	) -> AllocateAndReturnByCodec<Option<Vec<u8>>> {
		self.extension::<WorkerExt>().and_then(|port| port.0.observe(outlook))
	}
}
