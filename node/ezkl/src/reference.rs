//! Reference strings on disk, as EZKL reads them.

use crate::error::EzklError;
use opg_verifiers::ezkl::insecure::InsecureSrs;
use std::{
	fs::{self, File},
	io::{BufWriter, Read, Write},
	path::{Path, PathBuf},
};

/// The seed of the reference string that development chains believe in; anybody can forge proofs under it.
pub const DEVELOPMENT_SEED: &str = "opg-development";

/// Most rows of a development circuit, as a power of two: beyond it the file has gigabytes.
const MAX_LOGROWS: u32 = 22;

/// Where reference strings are to be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReferenceStrings {
	/// In this file.
	File(PathBuf),
	/// Made when they are needed, in this folder, of the seed that is no secret.
	Development(PathBuf),
	/// Nowhere.
	None,
}

impl ReferenceStrings {
	/// A file for circuits of 2 to the power `logrows` rows. Making it takes some seconds the first time.
	pub fn file(&self, logrows: u32) -> Result<PathBuf, EzklError> {
		match self {
			Self::File(file) => {
				let rows = rows_of(file).map_err(EzklError::file(file))?;
				if rows < logrows {
					return Err(EzklError::ReferenceString(format!(
						"{} is for circuits of 2^{rows} rows at most, and this one has 2^{logrows}",
						file.display()
					)));
				}
				Ok(file.clone())
			},
			Self::Development(folder) => development(folder, logrows),
			Self::None => Err(EzklError::ReferenceString(
				"no reference string was named (--srs), and only development chains believe in one that anybody can make"
					.into(),
			)),
		}
	}
}

/// The power of two that a file begins with.
fn rows_of(file: &Path) -> std::io::Result<u32> {
	let mut bytes = [0; 4];
	File::open(file)?.read_exact(&mut bytes)?;
	Ok(u32::from_le_bytes(bytes))
}

fn development(folder: &Path, logrows: u32) -> Result<PathBuf, EzklError> {
	let file = folder.join(format!("insecure-{DEVELOPMENT_SEED}-k{logrows}.srs"));
	if file.is_file() {
		return Ok(file);
	}
	if logrows > MAX_LOGROWS {
		return Err(EzklError::ReferenceString(format!(
			"the circuit has 2^{logrows} rows, and a development reference string is made for 2^{MAX_LOGROWS} at most"
		)));
	}
	fs::create_dir_all(folder).map_err(EzklError::file(folder))?;
	// Under another name until it is whole, so that nobody takes half of it.
	let unfinished = tempfile::NamedTempFile::new_in(folder).map_err(EzklError::file(folder))?;
	let mut out = BufWriter::new(unfinished.as_file());
	let written = InsecureSrs::of_seed(DEVELOPMENT_SEED).write(logrows, &mut out);
	written.and_then(|()| out.flush()).map_err(EzklError::file(&file))?;
	drop(out);
	unfinished.persist(&file).map_err(|error| EzklError::file(&file)(error.error))?;
	Ok(file)
}

#[cfg(test)]
mod tests {
	use super::{rows_of, ReferenceStrings};
	use std::fs;

	#[test]
	fn one_for_development_is_made_once_and_kept() {
		let folder = tempfile::tempdir().unwrap();
		let strings = ReferenceStrings::Development(folder.path().join("srs"));
		let file = strings.file(4).unwrap();
		assert_eq!(rows_of(&file).unwrap(), 4);
		let made = fs::metadata(&file).unwrap().modified().unwrap();
		assert_eq!(strings.file(4).unwrap(), file);
		assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), made);
		assert!(strings.file(23).is_err());
		assert_eq!(fs::read_dir(folder.path().join("srs")).unwrap().count(), 1);
	}

	#[test]
	fn a_file_for_fewer_rows_is_refused_with_both_numbers() {
		let folder = tempfile::tempdir().unwrap();
		let file = ReferenceStrings::Development(folder.path().into()).file(3).unwrap();
		let given = ReferenceStrings::File(file.clone());
		assert_eq!(given.file(3).unwrap(), file);
		let text = given.file(5).unwrap_err().to_string();
		assert!(text.contains("2^3") && text.contains("2^5"), "{text}");
		assert!(ReferenceStrings::None.file(3).unwrap_err().to_string().contains("--srs"));
	}
}
