//! What workflows do and refuse, a file a theme.

mod laws;
mod run;
mod workflow;
