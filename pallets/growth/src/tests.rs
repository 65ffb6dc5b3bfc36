//! What growth costs and whom it pays, a file a theme.

mod grant;
mod laws;
mod rebate;
