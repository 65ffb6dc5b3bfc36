//! Where the pallets meet, by theme.

pub mod ai;
pub mod consensus;
pub mod economics;
pub mod governance;
pub mod staking;
pub mod system;
