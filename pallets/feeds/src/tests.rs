//! What feeds do and refuse, a file a theme.

mod bytes;
mod conduct;
mod feed;
mod laws;
mod posting;
mod report;
mod signed;
mod term;
