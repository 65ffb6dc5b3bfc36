//! Where the pallets meet, by theme.

pub mod accounts;
pub mod ai;
pub mod apps;
pub mod audits;
pub mod consensus;
pub mod economics;
pub mod elections;
pub mod feeds;
pub mod governance;
pub mod growth;
pub mod origins;
pub mod pace;
pub mod parameters;
pub mod pools;
pub mod proofs;
pub mod safety;
pub mod sponsors;
pub mod staking;
pub mod storage;
pub mod system;
pub mod tracks;
pub mod treasury;
pub mod votes;
pub mod workflows;
