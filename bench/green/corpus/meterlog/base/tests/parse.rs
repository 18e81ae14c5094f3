use meterlog::parse::{parse_line, parse_log, Reading};

#[test]
fn a_line() {
    assert_eq!(
        parse_line("m1;1700000000;12.5"),
        Reading { meter: "m1".into(), at: 1700000000, value: 12.5 }
    );
}

#[test]
fn a_log_with_empty_lines() {
    assert_eq!(parse_log("m1;1;1\n\nm2;2;2\n").len(), 2);
}

#[test]
#[should_panic(expected = "bad time")]
fn bad_time() {
    parse_line("m1;noon;1");
}

#[test]
#[should_panic(expected = "no value")]
fn no_value() {
    parse_line("m1;1");
}
