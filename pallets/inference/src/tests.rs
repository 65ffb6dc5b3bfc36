//! What callers and nodes may do, a file a theme.

mod answer;
mod assignment;
mod deadline;
mod laws;
mod posting;
mod request;
