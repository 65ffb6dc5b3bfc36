//! Files by content id: put, fetched, pinned and measured, with a node or an IPFS daemon.

use crate::{
	args::{BlobCommand, StoreArg},
	error::{Error, Result},
	freight,
	report::Report,
};
use opg_primitives::ContentId;
use opg_store::{IpfsConfig, IpfsSource};
use serde_json::json;
use std::{fs, path::Path};
use tokio::{runtime::Handle, task::spawn_blocking};

/// Carries out a command; `url` is the node's.
pub(crate) async fn run(command: BlobCommand, url: &str, report: Report) -> Result<()> {
	match command {
		BlobCommand::Put { file, store } => {
			let (content, bytes) = put(&file, &store, url, report).await?;
			let text = format!("{bytes} bytes are with {store} as\n{content}");
			report.result(&json!({ "content": content.to_string(), "bytes": bytes }), text);
		},
		BlobCommand::Get { content, file, store } => {
			let bytes = get(content, &file, &store, url, report).await?;
			let text = format!("{bytes} bytes are in {}.", file.display());
			report.result(&json!({ "content": content.to_string(), "bytes": bytes }), text);
		},
		BlobCommand::Pin { content, store } => {
			with_daemon(&store, move |ipfs| ipfs.pin(&content)).await?;
			let text = format!("{content} is pinned.");
			report.result(&json!({ "content": content.to_string(), "pinned": true }), text);
		},
		BlobCommand::Unpin { content, store } => {
			with_daemon(&store, move |ipfs| ipfs.unpin(&content)).await?;
			let text = format!("{content} is pinned no more.");
			report.result(&json!({ "content": content.to_string(), "pinned": false }), text);
		},
		BlobCommand::Stat { content, store } => {
			let bytes = with_daemon(&store, move |ipfs| ipfs.size(&content)).await?;
			let text = format!("{content} has {bytes} bytes.");
			report.result(&json!({ "content": content.to_string(), "bytes": bytes }), text);
		},
	}
	Ok(())
}

/// Puts a file into a store, and says what it is called there and how long it is.
pub(crate) async fn put(
	file: &Path,
	store: &StoreArg,
	url: &str,
	report: Report,
) -> Result<(ContentId, u64)> {
	let bytes = fs::metadata(file).map_err(unreadable(file))?.len();
	report.remark(format!("Uploading {bytes} bytes to {store} …"));
	let content = match store {
		StoreArg::Node => freight::put(&[url], file, report).await?,
		StoreArg::Ipfs(_) => {
			let file = file.to_path_buf();
			with_daemon(store, move |ipfs| ipfs.add(&file)).await?
		},
	};
	Ok((content, bytes))
}

/// Writes a blob to a file, and says how long it is. Nothing is left of one that did not come whole.
async fn get(
	content: ContentId,
	file: &Path,
	store: &StoreArg,
	url: &str,
	report: Report,
) -> Result<u64> {
	let target = file.to_path_buf();
	match store {
		StoreArg::Node => freight::get(url, content, file, report).await,
		StoreArg::Ipfs(_) => with_daemon(store, move |ipfs| ipfs.save(&content, &target)).await,
	}
}

fn unreadable(file: &Path) -> impl FnOnce(std::io::Error) -> Error {
	let file = file.to_path_buf();
	move |cause| Error::File { file, cause }
}

async fn with_daemon<Outcome: Send + 'static>(
	store: &StoreArg,
	act: impl FnOnce(&IpfsSource) -> Result<Outcome, opg_store::StoreError> + Send + 'static,
) -> Result<Outcome> {
	let StoreArg::Ipfs(url) = store else { return Err(Error::NoDaemon) };
	let (config, runtime) = (IpfsConfig::new(url), Handle::current());
	let done = spawn_blocking(move || act(&IpfsSource::new(config, runtime)?)).await;
	Ok(done.map_err(|error| Error::Disconnected(error.to_string()))??)
}
