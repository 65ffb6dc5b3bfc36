//! What nodes may and must do, a file a theme.

mod draw;
mod heartbeat;
mod laws;
mod registration;
mod reporting;
