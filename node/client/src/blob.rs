//! Files by content id: put, fetched, pinned and measured, with a node, an IPFS daemon or a folder.

use crate::{
	args::{BlobCommand, StoreArg},
	error::{Error, Result},
	freight,
	report::Report,
};
use opg_primitives::ContentId;
use opg_store::{EmbeddedStore, IpfsConfig, IpfsSource, Limits, StoreError};
use serde_json::json;
use std::{fs, path::Path};
use tokio::task::spawn_blocking;

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
			with_shelf(&store, move |shelf| shelf.pin(&content)).await?;
			let text = format!("{content} is pinned.");
			report.result(&json!({ "content": content.to_string(), "pinned": true }), text);
		},
		BlobCommand::Unpin { content, store } => {
			with_shelf(&store, move |shelf| shelf.unpin(&content)).await?;
			let text = format!("{content} is pinned no more.");
			report.result(&json!({ "content": content.to_string(), "pinned": false }), text);
		},
		BlobCommand::Stat { content, store } => {
			let bytes = with_shelf(&store, move |shelf| shelf.size(&content)).await?;
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
		store => {
			let file = file.to_path_buf();
			with_shelf(store, move |shelf| shelf.add(&file)).await?
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
		store => with_shelf(store, move |shelf| shelf.save(&content, &target)).await,
	}
}

fn unreadable(file: &Path) -> impl FnOnce(std::io::Error) -> Error {
	let file = file.to_path_buf();
	move |cause| Error::File { file, cause }
}

async fn with_shelf<Outcome: Send + 'static>(
	store: &StoreArg,
	act: impl FnOnce(&Shelf) -> Result<Outcome, StoreError> + Send + 'static,
) -> Result<Outcome> {
	let store = store.clone();
	let done = spawn_blocking(move || Ok(act(&Shelf::open(&store)?)?)).await;
	done.map_err(|error| Error::Disconnected(error.to_string()))?
}

/// A store that is asked without a node. Its calls block.
enum Shelf {
	Ipfs(IpfsSource),
	Embedded(EmbeddedStore),
}

impl Shelf {
	fn open(store: &StoreArg) -> Result<Self> {
		match store {
			StoreArg::Node => Err(Error::NoShelf),
			StoreArg::Ipfs(url) => Ok(Self::Ipfs(IpfsSource::new(IpfsConfig::new(url))?)),
			StoreArg::Embedded(folder) => {
				Ok(Self::Embedded(EmbeddedStore::open(folder, Limits::default())?))
			},
		}
	}

	fn add(&self, file: &Path) -> Result<ContentId, StoreError> {
		match self {
			Self::Ipfs(ipfs) => ipfs.add(file),
			Self::Embedded(home) => home.put_file(file),
		}
	}

	fn save(&self, id: &ContentId, target: &Path) -> Result<u64, StoreError> {
		match self {
			Self::Ipfs(ipfs) => ipfs.save(id, target),
			Self::Embedded(home) => home.save(id, target),
		}
	}

	fn pin(&self, id: &ContentId) -> Result<(), StoreError> {
		match self {
			Self::Ipfs(ipfs) => ipfs.pin(id),
			Self::Embedded(home) => home.pin(id),
		}
	}

	fn unpin(&self, id: &ContentId) -> Result<(), StoreError> {
		match self {
			Self::Ipfs(ipfs) => ipfs.unpin(id),
			Self::Embedded(home) => home.unpin(id),
		}
	}

	fn size(&self, id: &ContentId) -> Result<u64, StoreError> {
		match self {
			Self::Ipfs(ipfs) => ipfs.size(id),
			Self::Embedded(home) => home.size(id),
		}
	}
}
