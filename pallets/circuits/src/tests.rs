//! What nodes may deliver and what follows, a file a theme.

mod deliver;
mod posting;
