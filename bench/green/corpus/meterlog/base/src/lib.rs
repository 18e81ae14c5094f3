//! Reads meter logs: one reading per line, `METER;UNIX_SECONDS;VALUE`.

pub mod duration;
pub mod parse;
pub mod stats;
