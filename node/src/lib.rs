//! The OPG chain node: validates, runs models, observes feeds, keeps files, answers RPC.

#![deny(missing_docs)]

mod blobs;
mod chain_spec;
mod cli;
mod command;
mod equivocation;
mod feeds;
mod in_turn;
mod inference;
mod roles;
mod rpc;
mod service;

use opg_host::WorkerPort;
use std::sync::Arc;

/// Puts something between off-chain workers and the node's worker.
pub type Between = fn(Arc<dyn WorkerPort>) -> Arc<dyn WorkerPort>;

/// Runs what the command line asks for.
pub fn run() -> sc_cli::Result<()> {
	run_with(|worker| worker)
}

/// As [`run`], with something between off-chain workers and the node's worker: tests run nodes that do not do as they should.
pub fn run_with(between: Between) -> sc_cli::Result<()> {
	command::run(between)
}
