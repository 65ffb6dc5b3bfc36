//! What was signed, on disk: a node that was killed says the same after it about the same round.
//!
//! One file of the embedded store `redb`. A sighting is on disk before anybody sees it.

use codec::{Decode, DecodeAll, Encode};
use opg_primitives::{
	feed::{FeedId, Round, Token, Values},
	node::{WorkerId, WorkerSignature},
};
use redb::{Database, ReadableTable, TableDefinition};
use sp_core::H256;
use std::{fs, path::PathBuf};

/// [`Name`] to [`Signed`], as SCALE; by feed and round, so that what is old lies together.
const SIGNED: TableDefinition<(u32, u32, &[u8]), &[u8]> = TableDefinition::new("signed");

/// Rounds of a feed that are kept.
const KEPT: Round = 64;

/// Which sighting of a round it is: by whom, and by which version of the sources.
#[derive(Debug, Clone, PartialEq, Eq, Encode)]
pub struct Name {
	/// Who signed it.
	pub worker: WorkerId,
	/// The version of the sources.
	pub version: u32,
}

/// What was signed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Signed {
	/// What was seen.
	pub values: Values,
	/// The hash of what the sources answered.
	pub evidence: H256,
	/// The signature.
	pub signature: WorkerSignature,
	/// What the source answered, if it signs.
	pub token: Option<Token>,
}

/// Why the journal cannot be used.
#[derive(Debug, thiserror::Error)]
#[error(
	"the journal of observations {} cannot be used: {why}; stop the other node that has it open, or check the disk",
	path.display()
)]
pub struct JournalError {
	path: PathBuf,
	why: String,
}

/// What was signed, in a file. Calls block.
#[derive(Debug)]
pub struct Journal {
	path: PathBuf,
	database: Database,
}

impl Journal {
	/// Opens the journal at `path`, creating file and folder if need be.
	pub fn open(path: impl Into<PathBuf>) -> Result<Self, JournalError> {
		let path = path.into();
		let create = || -> Result<Database, redb::Error> {
			if let Some(folder) = path.parent() {
				fs::create_dir_all(folder)?;
			}
			let database = Database::create(&path)?;
			let transaction = database.begin_write()?;
			// Reading needs the table to be there.
			transaction.open_table(SIGNED)?;
			transaction.commit()?;
			Ok(database)
		};
		match create() {
			Ok(database) => Ok(Self { path, database }),
			Err(error) => Err(JournalError { path, why: error.to_string() }),
		}
	}

	/// What was signed of a round, if anything was; otherwise `make` says it, and it is on disk before it is returned.
	///
	/// `None` if there is nothing and `make` makes nothing.
	pub fn signed_or(
		&self,
		feed: FeedId,
		round: Round,
		name: &Name,
		make: impl FnOnce() -> Option<Signed>,
	) -> Result<Option<Signed>, JournalError> {
		let work = || -> Result<Option<Signed>, redb::Error> {
			let name = name.encode();
			let transaction = self.database.begin_write()?;
			let mut table = transaction.open_table(SIGNED)?;
			let known = table
				.get((feed, round, name.as_slice()))?
				.and_then(|bytes| Signed::decode_all(&mut bytes.value()).ok());
			if known.is_some() {
				return Ok(known);
			}
			let Some(made) = make() else { return Ok(None) };
			table.insert((feed, round, name.as_slice()), made.encode().as_slice())?;
			let oldest = round.saturating_sub(KEPT);
			table.retain_in((feed, 0, &[][..])..(feed, oldest, &[][..]), |_, _| false)?;
			drop(table);
			transaction.commit()?;
			Ok(Some(made))
		};
		work().map_err(|error| JournalError { path: self.path.clone(), why: error.to_string() })
	}
}

#[cfg(test)]
mod tests {
	use super::{Journal, Name, Signed, Values, KEPT};
	use sp_core::{sr25519, Pair, H256};

	fn name(worker: u8) -> Name {
		let pair = sr25519::Pair::from_seed(&[worker; 32]);
		Name { worker: pair.public().into(), version: 1 }
	}

	fn signed(value: i64) -> Signed {
		let values = Values::numbers([Some(value), None]);
		// A signature of the same is another each time.
		let signature = sr25519::Signature::from_raw([7; 64]).into();
		Signed { values, evidence: H256::repeat_byte(3), signature, token: None }
	}

	#[test]
	fn says_the_same_again_also_after_the_node_was_killed() {
		let folder = tempfile::tempdir().expect("a folder");
		let path = folder.path().join("data").join("observations");
		let journal = Journal::open(&path).expect("opens");
		assert_eq!(journal.signed_or(1, 7, &name(1), || None).expect("reads"), None);
		let first = journal.signed_or(1, 7, &name(1), || Some(signed(5))).expect("writes");
		assert_eq!(first, Some(signed(5)));
		drop(journal);
		let journal = Journal::open(&path).expect("opens again");
		let again = journal.signed_or(1, 7, &name(1), || Some(signed(6))).expect("reads");
		assert_eq!(again, Some(signed(5)));
		for (feed, round, worker) in [(2, 7, 1), (1, 8, 1), (1, 7, 2)] {
			let other = journal.signed_or(feed, round, &name(worker), || Some(signed(6)));
			assert_eq!(other.expect("writes"), Some(signed(6)), "{feed} {round} {worker}");
		}
	}

	#[test]
	fn forgets_rounds_long_gone_of_the_same_feed() {
		let folder = tempfile::tempdir().expect("a folder");
		let journal = Journal::open(folder.path().join("observations")).expect("opens");
		for (feed, round) in [(1, 1), (1, 2), (2, 1)] {
			journal.signed_or(feed, round, &name(1), || Some(signed(5))).expect("writes");
		}
		journal.signed_or(1, KEPT + 2, &name(1), || Some(signed(5))).expect("writes");
		let kept = |feed, round| {
			journal.signed_or(feed, round, &name(1), || None).expect("reads").is_some()
		};
		assert!(!kept(1, 1) && kept(1, 2) && kept(2, 1));
	}

	#[test]
	fn is_one_node_s_and_says_so() {
		let folder = tempfile::tempdir().expect("a folder");
		let path = folder.path().join("observations");
		let _first = Journal::open(&path).expect("opens");
		let said = Journal::open(&path).expect_err("in use").to_string();
		assert!(said.contains("stop the other node"), "{said}");
	}
}
