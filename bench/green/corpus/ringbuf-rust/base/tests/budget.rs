use ringbuf::Budget;

#[test]
fn spends() {
    let mut b = Budget::new(100);
    b.spend(40);
    assert_eq!(b.cents(), 60);
    b.spend(60);
    assert_eq!(b, Budget::new(0));
}

#[test]
#[should_panic(expected = "budget exceeded")]
fn too_much_panics() {
    Budget::new(1).spend(2);
}
