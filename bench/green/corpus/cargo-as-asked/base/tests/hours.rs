use spans::{is_duration, seconds};

#[test]
fn hours() {
    assert_eq!(seconds("1h"), Some(3600));
}

#[test]
fn an_hour_is_sixty_minutes() {
    assert_eq!(seconds("1h"), seconds("60m"));
}

#[test]
fn words_are_no_duration() {
    assert!(!is_duration("soon"));
}
