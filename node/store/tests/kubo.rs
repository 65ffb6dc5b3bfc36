//! The store against a real IPFS daemon; `scripts/long/ipfs.sh` starts one, names it in `OPG_IPFS_URL` and runs these.

use opg_primitives::content::RAW_LIMIT;
use opg_store::{
	content_id, BlobStore, EmbeddedStore, IpfsConfig, IpfsSource, Limits, Source, Stores,
};
use std::{process::Command, sync::Arc};
use tempfile::TempDir;

const SIZES: [usize; 9] = [
	0,
	1,
	RAW_LIMIT - 1,
	RAW_LIMIT,
	RAW_LIMIT + 1,
	1_000_000,
	174 * RAW_LIMIT,
	174 * RAW_LIMIT + 1,
	64 << 20,
];

fn pattern(size: usize) -> Vec<u8> {
	(0..size).map(|index| (index % 251) as u8).collect()
}

struct Rig {
	_folder: TempDir,
	home: EmbeddedStore,
	ipfs: Arc<IpfsSource>,
}

fn rig() -> Rig {
	let url = std::env::var("OPG_IPFS_URL").expect("OPG_IPFS_URL names the daemon's RPC");
	let folder = TempDir::new().unwrap();
	let home = EmbeddedStore::open(folder.path(), Limits::default()).unwrap();
	let ipfs = IpfsSource::new(IpfsConfig::new(url)).unwrap();
	Rig { _folder: folder, home, ipfs: Arc::new(ipfs) }
}

/// Runs the daemon's own command line.
fn ipfs(arguments: &[&str]) -> String {
	let program = std::env::var("OPG_IPFS").expect("OPG_IPFS names the daemon's program");
	let output = Command::new(program).args(arguments).output().unwrap();
	assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
	String::from_utf8(output.stdout).unwrap().trim().to_string()
}

#[test]
#[ignore = "asks a real IPFS daemon"]
fn files_have_the_ids_the_daemon_gives_them_and_come_back() {
	let rig = rig();
	for size in SIZES {
		let bytes = pattern(size);
		let id = rig.home.put(&bytes).unwrap();
		rig.ipfs.offer(&id, &rig.home).unwrap_or_else(|error| panic!("{size} bytes: {error}"));
		assert_eq!(rig.ipfs.size(&id).unwrap(), size as u64);
		let elsewhere = self::rig();
		elsewhere.ipfs.bring(&id, &elsewhere.home).unwrap();
		assert_eq!(elsewhere.home.get(&id).unwrap(), bytes, "{size} bytes");
		println!("{size} bytes: {id}");
	}
}

#[test]
#[ignore = "asks a real IPFS daemon"]
fn what_others_added_is_found() {
	let rig = rig();
	let file = rig.home.path(&content_id(b"")).parent().unwrap().to_path_buf();
	let path = file.with_file_name("added");
	let bytes = pattern(3_000_000);
	std::fs::write(&path, &bytes).unwrap();
	let said =
		ipfs(&["add", "--quieter", "--cid-version", "1", "--raw-leaves", path.to_str().unwrap()]);
	let id = content_id(&bytes);
	assert_eq!(said, id.to_string());
	let stores = Stores::new(rig.home.clone()).with(rig.ipfs.clone());
	assert_eq!(stores.get(&id).unwrap(), bytes);
}

#[test]
#[ignore = "asks a real IPFS daemon"]
fn pins_are_the_daemon_s() {
	let rig = rig();
	let id = rig.home.put(b"to be pinned").unwrap();
	rig.ipfs.offer(&id, &rig.home).unwrap();
	rig.ipfs.pin(&id).unwrap();
	assert!(ipfs(&["pin", "ls", "--type", "recursive", "--quiet"]).contains(&id.to_string()));
	rig.ipfs.unpin(&id).unwrap();
	assert!(!ipfs(&["pin", "ls", "--type", "recursive", "--quiet"]).contains(&id.to_string()));
}
