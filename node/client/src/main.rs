//! `opg`: what a person types to publish models, ask them, and run nodes on an OPG chain.

mod amount;
mod answer;
mod app;
mod args;
mod audit;
mod batch;
mod bench;
mod blob;
mod chain;
mod circuit;
mod claim;
mod connection;
mod dispute;
mod error;
mod estimate;
mod external;
mod fault;
mod feed;
mod filling;
mod footing;
mod freight;
mod growth;
mod infer;
mod input;
mod keys;
mod lane;
mod late_proof;
mod load;
mod measure;
mod model;
mod node;
mod onnx;
mod plan;
mod ports;
mod proof;
mod proving;
mod records;
mod report;
mod request;
mod stats;
mod status;
mod storage;
mod throttle;
mod throughput;
mod trust;
mod validator;
mod workflow;

use args::{Command, Opg, ProofCommand};
use chain::Chain;
use clap::{CommandFactory, Parser};
use error::Result;
use report::Report;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
	let opg = Opg::parse();
	let report = Report { json: opg.json };
	match run(opg, report).await {
		Ok(code) => code,
		Err(error) => {
			report.error(&error);
			ExitCode::from(error.exit_code())
		},
	}
}

async fn run(opg: Opg, report: Report) -> Result<ExitCode> {
	let Opg { url, keys, command, .. } = opg;
	if let Command::Completions { shell } = command {
		clap_complete::generate(shell, &mut Opg::command(), "opg", &mut std::io::stdout());
		return Ok(ExitCode::SUCCESS);
	}
	if let Command::Proof(ProofCommand::Verify(files)) = &command {
		return proof::verify(files, report);
	}
	if let Command::Proof(ProofCommand::Srs(args)) = &command {
		proof::write_srs(args, report)?;
		return Ok(ExitCode::SUCCESS);
	}
	if let Command::Blob(command) = command {
		blob::run(command, &url, report).await?;
		return Ok(ExitCode::SUCCESS);
	}
	let chain = Chain::connect(&url).await?;
	if let Command::Stats(command) = command {
		return stats::run(command, &chain, report).await;
	}
	match command {
		Command::Model(command) if model::signs(&command) => {
			let keys = keys::signer(&keys, &chain).await?;
			model::change(command, &url, &chain, &keys, report).await
		},
		Command::Model(command) => model::show(&command, &url, &chain, report).await,
		Command::Infer(args) => {
			let keys = keys::signer(&keys, &chain).await?;
			infer::infer(args, &url, &chain, &keys, report).await
		},
		Command::Estimate(args) => estimate::estimate(&args, &chain, report).await,
		Command::App(command) => app::run(command, &keys, &chain, report).await,
		Command::Growth(command) => growth::run(command, &keys, &chain, report).await,
		Command::Request(command) => request::run(command, &url, &keys, &chain, report).await,
		Command::Proof(command) => proof::run(command, &keys, &chain, report).await,
		Command::Node(command) => node::run(command, &url, &keys, &chain, report).await,
		Command::Validator(command) => validator::run(command, &url, &keys, &chain, report).await,
		Command::Bench(command) => bench::run(command, &url, keys, &chain, report).await,
		Command::Status => status::status(&keys, &url, &chain, report).await,
		Command::Storage(command) => storage::run(command, &keys, &chain, report).await,
		Command::Feed(command) => feed::run(command, &url, &keys, &chain, report).await,
		Command::Workflow(command) => workflow::run(command, &url, &keys, &chain, report).await,
		Command::Blob(_) | Command::Stats(_) | Command::Completions { .. } => Ok(()),
	}?;
	Ok(ExitCode::SUCCESS)
}
