//! A fixed size ring buffer and friends.
#![deny(warnings)]

mod budget;
mod duration;
mod ring;

pub use budget::Budget;
pub use duration::parse_seconds;
pub use ring::Ring;
