//! Files that are kept, checked and lost.

mod checks;
mod earning;
mod laws;
mod nodes;
mod orders;
