//! Files of any length to and from the stores of nodes: in chunks, several at a time, each checked by itself.

use crate::{
	connection::{self, params},
	error::{Error, Result},
	report::Report,
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use opg_primitives::{content::RAW_LIMIT, ContentId};
use opg_store::{Outline, StoreError};
use serde::Deserialize;
use serde_json::{json, Value};
use std::{
	fs::File,
	io::{Read, Seek, SeekFrom, Write},
	path::Path,
};
use subxt::{ext::futures::future::try_join_all, rpcs::RpcClient};
use tempfile::NamedTempFile;

const OPEN: &str = "store_open";
const PUT_CHUNK: &str = "store_putChunk";
const OUTLINE: &str = "store_outline";
const GET_CHUNK: &str = "store_getChunk";
/// Chunks under way at a time.
const IN_FLIGHT: usize = 4;

/// What a node says of a file that is being put.
#[derive(Debug, Deserialize)]
struct Upload {
	content: String,
	missing: Vec<u64>,
}

/// What a node says of a file it has.
#[derive(Debug, Deserialize)]
struct FileOutline {
	size: u64,
	leaves: Vec<String>,
}

fn unreadable(file: &Path) -> impl FnOnce(std::io::Error) -> Error {
	let file = file.to_path_buf();
	move |cause| Error::File { file, cause }
}

fn opened(file: &Path) -> Result<File> {
	File::open(file).map_err(unreadable(file))
}

/// Puts a file into the stores of the nodes at `urls`; what a node has of it already is not sent again.
pub(crate) async fn put(urls: &[&str], file: &Path, report: Report) -> Result<ContentId> {
	let outline = Outline::of(opened(file)?).map_err(unreadable(file))?;
	for url in urls {
		put_to(url, file, &outline, report).await?;
	}
	Ok(outline.id())
}

async fn put_to(url: &str, file: &Path, outline: &Outline, report: Report) -> Result<()> {
	let rpc = connection::open(url).await?;
	let leaves: Vec<_> = outline.leaves().iter().map(|leaf| hex_of(leaf)).collect();
	let begun = params([json!(outline.size()), json!(leaves)])?;
	let upload: Upload = connection::call(&rpc, url, OPEN, begun).await?;
	let content = outline.id().to_string();
	if upload.content != content {
		return Err(Error::StoresDisagree { first: content, second: upload.content });
	}
	let chunks = outline.leaves().len();
	let bar = bar(chunks, report);
	let there = chunks - upload.missing.len().min(chunks);
	if there > 0 {
		report.remark(format!("{there} of {chunks} chunks are there already."));
	}
	bar.set_position(there as u64);
	let mut source = opened(file)?;
	let mut is_whole = upload.missing.is_empty();
	for indices in upload.missing.chunks(IN_FLIGHT) {
		let mut sent = Vec::new();
		for index in indices {
			let bytes = chunk(&mut source, *index).map_err(unreadable(file))?;
			let put = params([json!(content), json!(index), json!(hex_of(&bytes))])?;
			sent.push(connection::call::<bool>(&rpc, url, PUT_CHUNK, put));
		}
		is_whole |= try_join_all(sent).await?.contains(&true);
		bar.inc(indices.len() as u64);
	}
	bar.finish_and_clear();
	if !is_whole {
		return Err(Error::Chain(format!(
			"`{PUT_CHUNK}` took every chunk and made no file of them"
		)));
	}
	Ok(())
}

fn chunk(source: &mut File, index: u64) -> std::io::Result<Vec<u8>> {
	let mut bytes = Vec::with_capacity(RAW_LIMIT);
	source.seek(SeekFrom::Start(index.saturating_mul(RAW_LIMIT as u64)))?;
	source.take(RAW_LIMIT as u64).read_to_end(&mut bytes)?;
	Ok(bytes)
}

/// Writes a file that the node at `url` has, and says how long it is. Nothing is left of one that did not come whole.
pub(crate) async fn get(url: &str, id: ContentId, file: &Path, report: Report) -> Result<u64> {
	let rpc = connection::open(url).await?;
	let content = id.to_string();
	let asked = params([json!(content)])?;
	let said: FileOutline = connection::call(&rpc, url, OUTLINE, asked).await?;
	let outline = outline(&said).filter(|outline| outline.id() == id);
	let outline = outline.ok_or_else(|| odd(OUTLINE, "another file's chunks"))?;
	let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
	let mut target =
		NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(unreadable(file))?;
	let indices: Vec<u64> = (0..outline.leaves().len() as u64).collect();
	let bar = bar(indices.len(), report);
	for indices in indices.chunks(IN_FLIGHT) {
		let asked = indices.iter().map(|index| fetched(&rpc, url, &outline, &content, *index));
		for bytes in try_join_all(asked).await? {
			target.write_all(&bytes).map_err(unreadable(file))?;
			bar.inc(1);
		}
	}
	bar.finish_and_clear();
	target.persist(file).map_err(|refusal| unreadable(file)(refusal.error))?;
	Ok(outline.size())
}

/// A chunk, checked.
async fn fetched(
	rpc: &RpcClient,
	url: &str,
	outline: &Outline,
	content: &str,
	index: u64,
) -> Result<Vec<u8>> {
	let asked = params([json!(content), json!(index)])?;
	let said: String = connection::call(rpc, url, GET_CHUNK, asked).await?;
	let bytes = hex::decode(said.trim_start_matches("0x"));
	let bytes = bytes.map_err(|error| odd(GET_CHUNK, &error.to_string()))?;
	match outline.matches(index, &bytes) {
		true => Ok(bytes),
		false => {
			let (expected, found) = (outline.id(), opg_store::content_id(&bytes));
			Err(StoreError::WrongId { expected, found }.into())
		},
	}
}

fn outline(said: &FileOutline) -> Option<Outline> {
	let leaf = |text: &String| {
		let mut leaf = [0; 32];
		hex::decode_to_slice(text.trim_start_matches("0x"), &mut leaf).ok().map(|()| leaf)
	};
	Outline::new(said.size, said.leaves.iter().map(leaf).collect::<Option<Vec<_>>>()?)
}

fn hex_of(bytes: &[u8]) -> Value {
	Value::String(format!("0x{}", hex::encode(bytes)))
}

fn odd(method: &str, why: &str) -> Error {
	Error::Chain(format!("`{method}` answers {why}"))
}

/// How many chunks have passed.
fn bar(chunks: usize, report: Report) -> ProgressBar {
	let shown = report.moves() && chunks > IN_FLIGHT;
	let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
	let bar = ProgressBar::with_draw_target(Some(chunks as u64), target);
	match ProgressStyle::with_template("{bar:30} {percent} % {elapsed}, {eta} to go") {
		Ok(style) => bar.with_style(style),
		Err(_) => bar,
	}
}

#[cfg(test)]
mod tests {
	use super::{chunk, outline, FileOutline};
	use opg_primitives::content::RAW_LIMIT;
	use opg_store::Outline;
	use std::io::Write;

	#[test]
	fn chunks_of_a_file_are_those_of_its_outline() {
		let bytes: Vec<u8> = (0..2 * RAW_LIMIT + 9).map(|index| (index % 251) as u8).collect();
		let mut file = tempfile::tempfile().unwrap();
		file.write_all(&bytes).unwrap();
		let expected = Outline::of(bytes.as_slice()).unwrap();
		for index in [2, 0, 1] {
			assert!(expected.matches(index, &chunk(&mut file, index).unwrap()));
		}
	}

	#[test]
	fn what_a_node_says_of_a_file_is_an_outline_or_nothing() {
		let leaf = "0x".to_owned() + &"ab".repeat(32);
		let said = |size, leaves| outline(&FileOutline { size, leaves });
		assert_eq!(said(5, vec![leaf.clone()]), Outline::new(5, vec![[0xab; 32]]));
		assert_eq!(said(5, vec![leaf.clone(), leaf.clone()]), None, "too many chunks");
		assert_eq!(said(5, vec![leaf + "ab"]), None);
		assert_eq!(said(5, vec!["0x".into()]), None);
	}
}
