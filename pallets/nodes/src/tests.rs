//! What nodes may and must do, a file a theme.

mod draw;
mod exposure;
mod heartbeat;
mod jail;
mod laws;
mod observers;
mod operators;
mod registration;
mod reporting;
mod seats;
