use boltbin::bin::Bin;

#[test]
fn put_and_take() {
    let mut bin = Bin::with(30);
    bin.put(12);
    assert_eq!(bin.take(2), 40);
    assert_eq!(bin.level(), 40);
}

#[test]
fn low() {
    assert!(Bin::with(19).is_low());
    assert!(!Bin::with(20).is_low());
}
