use bytesize::{parse, show};

#[test]
fn what_is_shown_can_be_read() {
    for bytes in [0, 1, 1023, 1024, 1536, 10 << 20, 3 << 30, 7 << 40] {
        assert_eq!(parse(&show(bytes)), Ok(bytes), "{}", show(bytes));
    }
}
