//! The OPG chain node: validates, runs models, keeps files, answers RPC.

mod chain_spec;
mod cli;
mod command;
mod inference;
mod rpc;
mod service;

fn main() -> sc_cli::Result<()> {
	command::run()
}
