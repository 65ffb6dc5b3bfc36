//! The program `opg-hostile-node`: an `opg-node` whose worker cheats in the way `OPG_MISCHIEF` names. For tests alone.

mod copying;
mod mischief;

use mischief::{Cheat, Mischief};
use opg_host::WorkerPort;
use std::{env, sync::Arc};

fn main() -> sc_cli::Result<()> {
	opg_node::run_with(between)
}

fn between(honest: Arc<dyn WorkerPort>) -> Arc<dyn WorkerPort> {
	match Mischief::from_environment() {
		Ok(Mischief::Copy) => {
			let rpc = env::var("OPG_HOSTILE_RPC").unwrap_or_default();
			Arc::new(copying::Copier::start(honest, rpc))
		},
		Ok(mischief) => Arc::new(Cheat::new(honest, mischief)),
		Err(why) => {
			eprintln!("{why}");
			std::process::exit(2)
		},
	}
}
