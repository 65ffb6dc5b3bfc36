//! Seeds: the inputs a target begins with, made by its own code so that they follow every change of a format.

use std::{env, fs, path::Path, process};

/// The folder a target is to write its seeds to, instead of running.
const FOLDER: &str = "OPG_FUZZ_SEEDS";

/// Writes what `seeds` gives and ends the process, if asked to; one file each, named by its number.
pub fn plant(seeds: impl FnOnce() -> Vec<Vec<u8>>) {
	let Some(folder) = env::var_os(FOLDER) else { return };
	for (number, seed) in seeds().into_iter().enumerate() {
		let file = Path::new(&folder).join(format!("seed-{number}"));
		fs::write(&file, seed).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
	}
	process::exit(0);
}
