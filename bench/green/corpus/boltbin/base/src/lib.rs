//! Bins of a hardware store.
pub mod bin;
pub mod journal;
pub mod names;
pub mod weights;
