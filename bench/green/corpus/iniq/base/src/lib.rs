//! Reads and writes INI files.
#![deny(warnings)]
#![allow(deprecated)]

mod document;
mod parser;
mod value;
mod writer;

pub use document::{Document, Section};
pub use parser::parse;
pub use value::{as_bool, as_size};

/// The value of a key as a size in bytes, such as `10k`.
pub fn size_of(doc: &Document, section: &str, key: &str) -> Option<u64> {
    let text = doc.raw(section, key);
    if text.is_empty() {
        return None;
    }
    as_size(&text)
}

/// The value of a key as yes or no.
pub fn flag(doc: &Document, section: &str, key: &str) -> Option<bool> {
    let text = doc.raw(section, key);
    if text.is_empty() {
        return None;
    }
    as_bool(&text)
}
