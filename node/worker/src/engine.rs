//! ONNX Runtime in a child process: a model that crashes, loops or eats memory costs the child, never the node.
//!
//! [`EngineHost`] is the parent's side: it starts the child by an [`EngineCommand`], keeps a few requests on their way to it,
//! kills it when the one being executed takes too long, and starts another. [`serve`] is the child's side.
//!
//! Requests are executed in order, one at a time, so when a child dies the oldest unanswered one is to blame
//! (`Crashed`, `TimedOut`); the others come back as `Interrupted`. A new child has no models: a run answers `NotLoaded`.
//!
//! Three things hold a child on the CPU. `RLIMIT_AS` bounds its address space, and a [`Sandbox`] leaves it nothing but computing once
//! library and accelerator are set up; it stands behind everybody else for the processor, and before everybody else when the
//! kernel has to end somebody for want of memory. A child that keeps dying is started again ever more seldom.
//!
//! Limits: on an accelerator neither the address space is bounded nor the sandbox put up, for the driver reserves far more than it
//! uses, and opens devices, libraries and caches as it runs; there only time limits, priority and the provider's own memory
//! limit hold. A string with a NUL inside cannot be given to ONNX Runtime and is refused.

mod accelerator;
mod child;
mod config;
mod frames;
mod host;
mod life;
mod sandbox;
mod session;
mod shortage;
mod signature;
mod watch;

pub use accelerator::{Accelerator, UnknownAccelerator};
pub use child::serve;
pub use config::{EngineCommand, EngineConfig, EngineError};
pub use frames::Hello;
pub use host::EngineHost;
pub use sandbox::{Guard, Sandbox};

const LOG: &str = "worker::engine";
