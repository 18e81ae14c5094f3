use meterlog::parse::parse_log;
use meterlog::stats::{consumption, median};

#[test]
fn consumption_by_time() {
    let log = parse_log("m1;20;15\nm1;10;10\nm2;10;7\n");
    assert_eq!(consumption(&log, "m1"), Some(5.0));
    assert_eq!(consumption(&log, "m2"), Some(0.0));
    assert_eq!(consumption(&log, "m3"), None);
}

#[test]
fn median_of_odd() {
    assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
    assert_eq!(median(&[]), None);
}
