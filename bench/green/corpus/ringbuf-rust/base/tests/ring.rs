use ringbuf::Ring;

#[test]
fn keeps_the_last() {
    let mut r: Ring<i32, 3> = Ring::new();
    assert!(r.is_empty());
    for n in 1..=5 {
        r.push(n);
    }
    assert_eq!(r.to_vec(), [3, 4, 5]);
    assert_eq!(r.len(), 3);
}
