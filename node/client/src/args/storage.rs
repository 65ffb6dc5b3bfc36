//! What is typed to have files kept, or to keep them.

use crate::amount::Amount;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Have files kept for pay, or keep them.
#[derive(Debug, Subcommand)]
pub(crate) enum StorageCommand {
	/// Ask for copies of a file and hold what they will cost
	Order(OrderArgs),
	/// Let an order last longer
	Extend {
		/// Its number
		order: u64,
		/// How many periods
		#[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
		periods: u32,
	},
	/// Take a slot of an order, with a bond; the file must be here
	Take {
		/// The order's number
		order: u64,
		/// The slot's, from 0
		slot: u8,
		/// The file
		file: PathBuf,
	},
	/// Show pieces of files whenever the chain asks for them, until stopped
	Keep {
		/// The files
		#[arg(required = true)]
		files: Vec<PathBuf>,
		/// End after one check in which something was shown
		#[arg(long)]
		once: bool,
	},
	/// Give a slot up
	Leave {
		/// The order's number
		order: u64,
		/// The slot's
		slot: u8,
	},
	/// Throw out a keeper that missed too many checks
	Evict {
		/// The order's number
		order: u64,
		/// The slot's
		slot: u8,
	},
	/// Close an order that is over: bonds and what is left of its purse return
	Close {
		/// Its number
		order: u64,
	},
	/// The orders there are, and who keeps their copies
	List,
}

/// What is to be kept, and for what.
#[derive(Debug, Args)]
pub(crate) struct OrderArgs {
	/// The file; put it where keepers find it (`opg blob put`)
	pub(crate) file: PathBuf,
	/// How many copies, each by another account
	#[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=16))]
	pub(crate) copies: u8,
	/// For how many periods, of one check each
	#[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
	pub(crate) periods: u32,
	/// What a copy earns for each period
	#[arg(long, value_name = "AMOUNT")]
	pub(crate) price: Amount,
}
