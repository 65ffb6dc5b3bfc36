//! What is typed about feeds.

use crate::amount::Amount;
use clap::Subcommand;
use std::path::PathBuf;

pub(super) const CREATE_HELP: &str = r#"The file is JSON:

  {
    "name": "prices",
    "period": 4, "heartbeat": 20, "deviation": "0.1%", "max_age": 60, "jump": "10%",
    "seats": 5, "quorum": 3, "reward": "0.001OPG",
    "keys": [{ "name": "BTC/USD", "decimals": 2, "min": "1", "max": "10000000" }],
    "sources": [{ "url": "https://prices.example/{base}/{quote:lower}", "path": "/data/price" }]
  }

period, heartbeat and max_age are in blocks. A report is due when a number moved by more than deviation, or after heartbeat blocks;
deviation 0: every round. A number that moves by more than jump waits for the next round to confirm it; 0: never.
In url and path, {key} stands for the key's name, {base} and {quote} for what is before and after its first / or -, and
{base:lower} for small letters. path is a JSON pointer.

A feed of bytes has "bytes": "winner" instead of keys, the name that {key} stands for, and neither deviation nor jump. Told are the bytes
that a quorum of nodes saw alike, and a report is due when they changed. A source gives them as a JSON string of up to 256 bytes; one
that begins with 0x is hex.

A source may sign what it answers: with "ed25519": "0x..." or "secp256k1": "0x..." (its public key, 32 or 33 bytes) it must answer with
a JSON web signature of a flat JSON object, with the second it was signed in as "iat"; it is the feed's only source then, with one
url for all keys and a path of one step."#;

const TRACE_HELP: &str = "\
The digest that the chain keeps of a round is the content id of what its nodes saw; what each saw
follows from the bytes it was answered; and the median of that is the number, or what a quorum
saw alike is the value. Every step is computed again here; the bytes come from a data node, which
keeps them for some time.

With --json it is one object: feed, key, round, at (its first block), value, reported (the content
id of what was seen), seats (seat, value, evidence, answers with url, content and bytes, and follows:
whether the value follows from the answers, null where they are not kept here), and traced: whether
the value follows from bytes that the node has kept.";

/// Outside numbers on the chain: read them, or have them observed.
#[derive(Debug, Subcommand)]
pub(crate) enum FeedCommand {
	/// The feeds there are
	List,
	/// A feed: what it tells now, its purse, who observes it
	Show {
		/// Its number
		feed: u32,
	},
	/// Make a feed, described by a file
	#[command(after_long_help = CREATE_HELP)]
	Create {
		/// The file
		file: PathBuf,
		/// What it begins with; a term of an hour must be in it
		#[arg(long, value_name = "AMOUNT")]
		purse: Amount,
	},
	/// Add to a feed's purse; anybody may
	Fund {
		/// Its number
		feed: u32,
		/// How much
		amount: Amount,
	},
	/// What a key was in the last rounds
	History {
		/// The feed's number
		feed: u32,
		/// The key's name; the first key if none
		#[arg(long)]
		key: Option<String>,
		/// How many rounds, of those the chain keeps
		#[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
		rounds: u16,
	},
	/// Where a value is from: back to the bytes that sources answered
	#[command(after_long_help = TRACE_HELP)]
	Trace {
		/// The feed's number
		feed: u32,
		/// The key's name; the first key if none
		#[arg(long)]
		key: Option<String>,
		/// The round [default: the last that is reported]
		#[arg(long)]
		round: Option<u32>,
		/// A data node that has kept what sources answered [default: --url]
		#[arg(long, value_name = "URL")]
		store_url: Option<String>,
	},
	/// Vouch for a feed's sources with the sudo key of a test chain; on others governance does it
	Curate {
		/// Its number
		feed: u32,
		/// Take it back
		#[arg(long)]
		not: bool,
	},
	/// End a feed of yours: its observers are paid, the rest of its purse returns
	Close {
		/// Its number
		feed: u32,
	},
}

#[cfg(test)]
mod tests {
	use super::FeedCommand;
	use crate::args::{Command, Opg};
	use clap::Parser;

	#[test]
	fn a_feed_is_named_by_its_number_and_a_key_by_its_name() {
		let opg = Opg::parse_from(["opg", "feed", "history", "3", "--key", "BTC/USD"]);
		let Command::Feed(FeedCommand::History { feed, key, rounds }) = opg.command else {
			panic!("another command")
		};
		assert_eq!((feed, key.as_deref(), rounds), (3, Some("BTC/USD"), 64));
		assert!(Opg::try_parse_from(["opg", "feed", "fund", "3", "much"]).is_err());
		assert!(Opg::try_parse_from(["opg", "feed", "history", "3", "--rounds", "0"]).is_err());
	}
}
