//! Files that are kept, checked and lost.

mod checks;
mod laws;
mod orders;
