/// Parses seconds.
///
/// ```
/// assert_eq!(ringbuf::parse_seconds("90"), Some(90));
/// assert_eq!(ringbuf::parse_seconds("x"), None);
/// ```
pub fn parse_seconds(text: &str) -> Option<u64> {
    text.trim().parse().ok()
}
