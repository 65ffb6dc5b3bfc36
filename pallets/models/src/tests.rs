//! What publishers may and may not do, a file a theme.

mod circuit;
mod demand;
mod laws;
mod life;
mod refusals;
