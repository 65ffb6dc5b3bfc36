//! What may be asked, how nodes are drawn, and what follows from what they find, a file a theme.

mod draws;
mod endings;
mod laws;
mod refusals;
