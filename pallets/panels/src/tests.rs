//! What desks and nodes may do, and what panels come to, a file a theme.

mod closing;
mod commitment;
mod jury;
mod laws;
mod panel;
mod posting;
mod reveal;
mod verdict;
