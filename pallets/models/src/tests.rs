//! What publishers may and may not do, a file a theme.

mod laws;
mod life;
mod refusals;
