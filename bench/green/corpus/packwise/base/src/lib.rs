//! Puts items into crates.

mod boxes;
mod label;
mod plan;

pub use boxes::{Crate, Item};
pub use label::label;
pub use plan::{plan, Placement};
