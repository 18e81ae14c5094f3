/// `yes`, `on`, `true`, `1` and their opposites.
pub fn as_bool(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "on" | "true" | "1" => Some(true),
        "no" | "off" | "false" | "0" => Some(false),
        _ => None,
    }
}

/// Bytes with an optional `k`, `m` or `g`.
pub fn as_size(text: &str) -> Option<u64> {
    let (digits, unit) = match text.char_indices().last()? {
        (i, 'k' | 'K') => (&text[..i], 1 << 10),
        (i, 'm' | 'M') => (&text[..i], 1 << 20),
        (i, 'g' | 'G') => (&text[..i], 1 << 30),
        _ => (text, 1),
    };
    digits.parse::<u64>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bools() {
        assert_eq!(as_bool("Yes"), Some(true));
        assert_eq!(as_bool("off"), Some(false));
        assert_eq!(as_bool("maybe"), None);
    }

    #[test]
    fn sizes() {
        assert_eq!(as_size("12"), Some(12));
        assert_eq!(as_size("10k"), Some(10240));
        assert_eq!(as_size("2G"), Some(2 << 30));
        assert_eq!(as_size("99999999999g"), None);
        assert_eq!(as_size("k"), None);
        assert_eq!(as_size(""), None);
    }
}
