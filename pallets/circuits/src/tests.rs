//! What nodes may deliver and accounts prove later, and what follows, a file a theme.

mod deliver;
mod late_proof;
mod laws;
mod posting;
