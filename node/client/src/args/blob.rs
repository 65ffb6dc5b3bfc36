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
	/// In files below a folder, as a node keeps them.
	Embedded(PathBuf),
}

impl Display for StoreArg {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Node => f.write_str("node"),
			Self::Ipfs(url) => write!(f, "ipfs={url}"),
			Self::Embedded(folder) => write!(f, "embedded={}", folder.display()),
		}
	}
}

pub(super) fn read_store(text: &str) -> Result<StoreArg, String> {
	match text.split_once('=') {
		None if text == "node" => Ok(StoreArg::Node),
		None if text == "ipfs" => Ok(StoreArg::Ipfs("http://127.0.0.1:5001".into())),
		Some(("ipfs", url)) if url.starts_with("http://") => Ok(StoreArg::Ipfs(url.into())),
		Some(("ipfs", url)) => Err(format!("{url:?} is no http:// URL of an IPFS daemon's RPC")),
		Some(("embedded", folder)) if !folder.is_empty() => Ok(StoreArg::Embedded(folder.into())),
		_ => Err("name node, ipfs, ipfs=URL or embedded=FOLDER".into()),
	}
}

fn read_content(text: &str) -> Result<ContentId, String> {
	text.parse().map_err(|error: opg_primitives::content::ContentIdError| error.to_string())
}

/// Files by content id, with a node, an IPFS daemon or a folder.
#[derive(Debug, Subcommand)]
pub(crate) enum BlobCommand {
	/// Put a file; its content id is the last line printed
	Put {
		/// The file
		file: PathBuf,
		/// node, ipfs, ipfs=URL, or embedded=FOLDER (files as a node keeps them)
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
		/// node, ipfs, ipfs=URL, or embedded=FOLDER (files as a node keeps them)
		#[arg(long, value_name = "STORE", default_value = "node", value_parser = read_store)]
		store: StoreArg,
	},
	/// Have a store keep a file; an IPFS daemon fetches it if it must
	Pin {
		/// Its content id
		#[arg(value_parser = read_content)]
		content: ContentId,
		/// ipfs, ipfs=URL or embedded=FOLDER
		#[arg(long, value_name = "STORE", default_value = "ipfs", value_parser = read_store)]
		store: StoreArg,
	},
	/// Let a store drop a file
	Unpin {
		/// Its content id
		#[arg(value_parser = read_content)]
		content: ContentId,
		/// ipfs, ipfs=URL or embedded=FOLDER
		#[arg(long, value_name = "STORE", default_value = "ipfs", value_parser = read_store)]
		store: StoreArg,
	},
	/// How long a file is that a store has, or an IPFS daemon finds
	Stat {
		/// Its content id
		#[arg(value_parser = read_content)]
		content: ContentId,
		/// ipfs, ipfs=URL or embedded=FOLDER
		#[arg(long, value_name = "STORE", default_value = "ipfs", value_parser = read_store)]
		store: StoreArg,
	},
}

#[cfg(test)]
mod tests {
	use super::{read_store, StoreArg};

	#[test]
	fn stores_are_named_as_they_are_shown() {
		for store in ["node", "ipfs=http://127.0.0.1:5001", "embedded=/var/blobs"] {
			assert_eq!(read_store(store).unwrap().to_string(), store);
		}
		assert_eq!(read_store("ipfs"), Ok(StoreArg::Ipfs("http://127.0.0.1:5001".into())));
		for refused in ["", "embedded", "embedded=", "node=x", "ipfs=ftp://x", "tape"] {
			assert!(read_store(refused).is_err(), "{refused}");
		}
	}
}
