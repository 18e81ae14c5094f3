use ranges::{satisfies, Version};

fn is_in(version: &str, range: &str) -> bool {
    satisfies(&version.parse().unwrap(), range).unwrap()
}

#[test]
fn caret() {
    assert!(is_in("1.2.3", "^1.2.3"));
    assert!(is_in("1.9.0", "^1.2.3"));
    assert!(!is_in("1.2.2", "^1.2.3"));
    assert!(!is_in("2.0.0", "^1.2.3"));
}

#[test]
fn tilde() {
    assert!(is_in("1.2.9", "~1.2.3"));
    assert!(!is_in("1.3.0", "~1.2.3"));
}

#[test]
fn exact_and_least() {
    assert!(is_in("1.2.3", "1.2.3"));
    assert!(!is_in("1.2.4", "1.2.3"));
    assert!(is_in("3.0.0", ">=1.2.3"));
}

#[test]
fn errors() {
    assert_eq!("1.2".parse::<Version>(), Err("1.2: not three parts".to_string()));
    assert_eq!("1.x.3".parse::<Version>(), Err("1.x.3: x is no number".to_string()));
}
