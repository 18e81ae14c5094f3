//! Versions, and ranges such as ^1.2.3.

use std::str::FromStr;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    pub major: u64,
    pub minor: u64,
    pub patch: u64,
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('.').collect();
        if parts.len() != 3 {
            return Err(format!("{text}: not three parts"));
        }
        let number = |part: &str| part.parse::<u64>().map_err(|_| format!("{text}: {part} is no number"));
        Ok(Version { major: number(parts[0])?, minor: number(parts[1])?, patch: number(parts[2])? })
    }
}

/// Whether the version is in the range.
pub fn satisfies(version: &Version, range: &str) -> Result<bool, String> {
    if let Some(text) = range.strip_prefix('^') {
        let least: Version = text.parse()?;
        return Ok(*version >= least && version.major == least.major);
    }
    if let Some(text) = range.strip_prefix('~') {
        let least: Version = text.parse()?;
        return Ok(*version >= least && version.major == least.major && version.minor == least.minor);
    }
    if let Some(text) = range.strip_prefix(">=") {
        return Ok(*version >= text.parse()?);
    }
    Ok(*version == range.parse()?)
}
