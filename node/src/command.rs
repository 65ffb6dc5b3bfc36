//! What each command does.

use crate::{
	chain_spec,
	cli::{Cli, RoleName, Subcommand},
	service, Between,
};
use sc_cli::SubstrateCli;
use sc_network::config::NetworkBackendType;

impl SubstrateCli for Cli {
	fn impl_name() -> String {
		"OPG Node".into()
	}

	fn impl_version() -> String {
		env!("CARGO_PKG_VERSION").into()
	}

	fn description() -> String {
		"A node of the OPG chain: AI inference that anyone can check".into()
	}

	fn author() -> String {
		"The OPG chain authors".into()
	}

	fn support_url() -> String {
		"README.md".into()
	}

	fn copyright_start_year() -> i32 {
		2026
	}

	fn load_spec(&self, id: &str) -> Result<Box<dyn sc_service::ChainSpec>, String> {
		Ok(Box::new(chain_spec::load(id)?))
	}
}

/// Runs what the command line asks for.
pub(crate) fn run(between: Between) -> sc_cli::Result<()> {
	let mut cli = Cli::from_args();
	if cli.run.shared_params.dev && cli.work.role.is_empty() {
		cli.work.role = vec![RoleName::Inference, RoleName::Storage, RoleName::Data];
	}
	match &cli.subcommand {
		Some(Subcommand::Engine) => opg_worker::engine::serve(),
		Some(Subcommand::Key(command)) => command.run(&cli),
		#[allow(deprecated)]
		Some(Subcommand::BuildSpec(command)) => cli
			.create_runner(command)?
			.sync_run(|config| command.run(config.chain_spec, config.network)),
		Some(Subcommand::ExportChainSpec(command)) => command.run(cli.load_spec(&command.chain)?),
		Some(Subcommand::CheckBlock(command)) => cli.create_runner(command)?.async_run(|config| {
			let parts = service::new_partial(&config)?;
			Ok((command.run(parts.client, parts.import_queue), parts.task_manager))
		}),
		Some(Subcommand::ExportBlocks(command)) => {
			cli.create_runner(command)?.async_run(|config| {
				let parts = service::new_partial(&config)?;
				Ok((command.run(parts.client, config.database), parts.task_manager))
			})
		},
		Some(Subcommand::ExportState(command)) => cli.create_runner(command)?.async_run(|config| {
			let parts = service::new_partial(&config)?;
			Ok((command.run(parts.client, config.chain_spec), parts.task_manager))
		}),
		Some(Subcommand::ImportBlocks(command)) => {
			cli.create_runner(command)?.async_run(|config| {
				let parts = service::new_partial(&config)?;
				Ok((command.run(parts.client, parts.import_queue), parts.task_manager))
			})
		},
		Some(Subcommand::PurgeChain(command)) => {
			cli.create_runner(command)?.sync_run(|config| command.run(config.database))
		},
		Some(Subcommand::Revert(command)) => cli.create_runner(command)?.async_run(|config| {
			let parts = service::new_partial(&config)?;
			let revert_consensus = Box::new(|client: std::sync::Arc<_>, backend, blocks| {
				sc_consensus_babe::revert(std::sync::Arc::clone(&client), backend, blocks)?;
				sc_consensus_grandpa::revert(client, blocks)?;
				Ok(())
			});
			let reverted = command.run(parts.client, parts.backend, Some(revert_consensus));
			Ok((reverted, parts.task_manager))
		}),
		Some(Subcommand::ChainInfo(command)) => cli
			.create_runner(command)?
			.sync_run(|config| command.run::<opg_runtime::OpaqueBlock>(&config)),
		None => {
			let work = cli.work.clone();
			let runner = cli.create_runner(&cli.run)?;
			runner.run_node_until_exit(|mut config| async move {
				// A worker learns of its jobs from off-chain workers, validator or not.
				config.offchain_worker.enabled |= !work.role.is_empty();
				match config.network.network_backend {
					NetworkBackendType::Libp2p => {
						service::new_full::<sc_network::NetworkWorker<_, _>>(config, work, between)
							.await
					},
					NetworkBackendType::Litep2p => {
						service::new_full::<sc_network::Litep2pNetworkBackend>(
							config, work, between,
						)
						.await
					},
				}
				.map_err(sc_cli::Error::Service)
			})
		},
	}
}
