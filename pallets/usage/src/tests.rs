//! What is counted, what is kept of it and for how long, a file a theme.

mod account;
mod api;
mod cohort;
mod epoch;
mod laws;
mod note;
mod record;
mod scope;
mod sweep;
