use boltbin::names::tidy;

#[test]
fn tidies() {
    assert_eq!(tidy("  M8   bolt "), "M8 bolt");
}
