//! Read and write sizes such as `1.5 MiB`.

mod parse;
mod show;

pub use parse::{parse, ParseError};
pub use show::show;

pub(crate) const UNITS: [(&str, u64); 5] =
    [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40)];
