/// Seconds of a text such as `90s`, `2m` or `1h`.
pub fn seconds(text: &str) -> Option<u64> {
    let unit = text.chars().last()?;
    let n: u64 = text[..text.len() - unit.len_utf8()].parse().ok()?;
    match unit {
        's' => Some(n),
        'm' => Some(n),
        'h' => Some(n * 3600),
        _ => None,
    }
}

/// Whether a text is a duration.
pub fn is_duration(text: &str) -> bool {
    seconds(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_seconds() {
        assert_eq!(seconds("90s"), Some(90));
    }

    #[test]
    fn minutes_have_sixty_seconds() {
        assert_eq!(seconds("2m"), Some(120));
    }

    #[test]
    fn other_units_are_nothing() {
        assert_eq!(seconds("3x"), None);
    }
}
