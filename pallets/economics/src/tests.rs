//! What the supply, its allocations, fees and rewards may and must do, a file a theme.

mod claim;
mod fees;
mod genesis;
mod laws;
mod rewards;
mod stream;
mod vesting;
