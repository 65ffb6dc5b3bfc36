//! ONNX Runtime in a child process: a model that crashes, loops or eats memory costs the child, never the node.
//!
//! [`EngineHost`] is the parent's side: it starts the child by an [`EngineCommand`], keeps a few requests on their way to it,
//! kills it when the one being executed takes too long, and starts another. [`serve`] is the child's side.
//!
//! Requests are executed in order, one at a time, so when a child dies the oldest unanswered one is to blame
//! (`Crashed`, `TimedOut`); the others come back as `Interrupted`. A new child has no models: a run answers `NotLoaded`.
//!
//! Limits: on the CPU the child's address space is bounded by `RLIMIT_AS`; on CUDA it is not, for the driver reserves far more
//! than it uses, so there only the time limits hold. A string with a NUL inside cannot be given to ONNX Runtime and is refused.

mod accelerator;
mod child;
mod config;
mod frames;
mod host;
mod life;
mod session;
mod signature;

pub use accelerator::{Accelerator, UnknownAccelerator};
pub use child::serve;
pub use config::{EngineCommand, EngineConfig, EngineError};
pub use frames::Hello;
pub use host::EngineHost;

const LOG: &str = "worker::engine";
