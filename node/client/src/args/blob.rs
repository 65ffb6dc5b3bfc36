//! What is typed to put and fetch files.

use clap::Subcommand;
use opg_primitives::ContentId;
use std::{
	fmt::{self, Display},
	path::PathBuf,
};

/// Where a file is put or found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StoreArg {
	/// With the node at --url.
	Node,
	/// With an IPFS daemon, by the URL of its RPC.
	Ipfs(String),
}

impl Display for StoreArg {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Node => f.write_str("node"),
			Self::Ipfs(url) => write!(f, "ipfs={url}"),
		}
	}
}

pub(super) fn read_store(text: &str) -> Result<StoreArg, String> {
	match text.split_once('=').unwrap_or((text, "http://127.0.0.1:5001")) {
		("node", _) => Ok(StoreArg::Node),
		("ipfs", url) if url.starts_with("http://") => Ok(StoreArg::Ipfs(url.into())),
		("ipfs", url) => Err(format!("{url:?} is no http:// URL of an IPFS daemon's RPC")),
		_ => Err("name node, ipfs or ipfs=URL".into()),
	}
}

fn read_content(text: &str) -> Result<ContentId, String> {
	text.parse().map_err(|error: opg_primitives::content::ContentIdError| error.to_string())
}

/// Files by content id, with a node or an IPFS daemon.
#[derive(Debug, Subcommand)]
pub(crate) enum BlobCommand {
	/// Put a file; its content id is the last line printed
	Put {
		/// The file
		file: PathBuf,
		/// node, ipfs or ipfs=URL
		#[arg(long, value_name = "STORE", default_value = "node", value_parser = read_store)]
		store: StoreArg,
	},
	/// Fetch a file and check it against its content id
	Get {
		/// Its content id
		#[arg(value_parser = read_content)]
		content: ContentId,
		/// Where to write it
		file: PathBuf,
		/// node, ipfs or ipfs=URL
		#[arg(long, value_name = "STORE", default_value = "node", value_parser = read_store)]
		store: StoreArg,
	},
	/// Have an IPFS daemon keep a file, which it fetches if it must
	Pin {
		/// Its content id
		#[arg(value_parser = read_content)]
		content: ContentId,
		/// ipfs or ipfs=URL
		#[arg(long, value_name = "STORE", default_value = "ipfs", value_parser = read_store)]
		store: StoreArg,
	},
	/// Let an IPFS daemon drop a file
	Unpin {
		/// Its content id
		#[arg(value_parser = read_content)]
		content: ContentId,
		/// ipfs or ipfs=URL
		#[arg(long, value_name = "STORE", default_value = "ipfs", value_parser = read_store)]
		store: StoreArg,
	},
	/// How long a file is that an IPFS daemon has or finds
	Stat {
		/// Its content id
		#[arg(value_parser = read_content)]
		content: ContentId,
		/// ipfs or ipfs=URL
		#[arg(long, value_name = "STORE", default_value = "ipfs", value_parser = read_store)]
		store: StoreArg,
	},
}
