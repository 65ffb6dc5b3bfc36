//! What callers and nodes may do, a file a theme.

mod answer;
mod app;
mod assignment;
mod check;
mod counting;
mod deadline;
mod fault;
mod late_proof;
mod laws;
mod posting;
mod proved;
mod quorum;
mod request;
mod sampling;
mod surplus;
