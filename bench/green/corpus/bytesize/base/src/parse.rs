use crate::UNITS;

#[derive(Debug, PartialEq)]
pub struct ParseError(pub String);

impl std::fmt::Display for ParseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not a size: {}", self.0)
    }
}

impl std::error::Error for ParseError {}

/// Read a size such as `1.5 KiB`; a bare number means bytes.
pub fn parse(text: &str) -> Result<u64, ParseError> {
    let error = || ParseError(text.to_string());
    let text = text.trim();
    let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let number: f64 = number.trim().parse().map_err(|_| error())?;
    let unit = if unit.is_empty() { "B" } else { unit };
    let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(error)?;
    if number < 0.0 {
        return Err(error());
    }
    Ok((number * *factor as f64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_numbers_are_bytes() {
        assert_eq!(parse("17"), Ok(17));
        assert_eq!(parse(" 17 B "), Ok(17));
    }

    #[test]
    fn units() {
        assert_eq!(parse("1.5 KiB"), Ok(1536));
        assert_eq!(parse("2MiB"), Ok(2 << 20));
    }

    #[test]
    fn junk() {
        for text in ["", "KiB", "x", "1 kb", "-1", "1 2"] {
            assert_eq!(parse(text), Err(ParseError(text.to_string())), "{text}");
        }
    }
}
