//! The inference worker inside a node, testable without one: jobs in, answers out.
//!
//! Off-chain workers hand [`Task`](opg_primitives::job::Task)s to a [`WorkerHandle`] and ask it for answers; neither call
//! ever waits. Behind it stands
//!
//! * [`job`]: the life of a job as a pure state machine;
//! * [`ports`]: what that life needs from outside;
//! * [`journal`]: answers on disk, so that a commitment outlives the node that made it;
//! * [`engine`]: ONNX Runtime in a child process;
//! * [`prover`]: EZKL in a child process;
//! * [`Keeper`]: files kept for pay, and the pieces of them that the chain asks for;
//! * [`Worker`]: the shell that joins them on a tokio runtime.

#![warn(clippy::unwrap_used, clippy::expect_used)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod engine;
pub mod job;
pub mod journal;
mod keeper;
pub mod ports;
pub mod prover;
mod worker;

pub use keeper::Keeper;
pub use worker::{Worker, WorkerConfig, WorkerHandle};

/// Bytes of an output an engine passes on at most: more than any answer holds.
pub(crate) const MAX_OUTPUT: usize = 64 << 20;
