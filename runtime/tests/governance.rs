//! Governance, stakes and safety over the real runtime: from a preimage to what it changes, from a stake to its reward.

mod chain;

#[path = "governance/elections.rs"]
mod elections;
#[path = "governance/network.rs"]
mod network;
#[path = "governance/pools.rs"]
mod pools;
#[path = "governance/proxies.rs"]
mod proxies;
#[path = "governance/referenda.rs"]
mod referenda;
#[path = "governance/safety.rs"]
mod safety;
#[path = "governance/tracks.rs"]
mod tracks;
#[path = "governance/votes.rs"]
mod votes;
