//! What workflows do and refuse, a file a theme.

mod ask;
mod laws;
mod run;
mod workflow;
