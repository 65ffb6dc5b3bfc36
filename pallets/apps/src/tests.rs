//! What owners and users of apps may do, a file a theme.

mod app;
mod credit;
mod laws;
mod pass;
mod sponsor;
mod sweep;
