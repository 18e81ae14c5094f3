use boltbin::weights::{left_kg, total_kg};

#[test]
fn total() {
    assert_eq!(total_kg(&[0.1, 0.2]), 0.3);
    assert_eq!(total_kg(&[1.13, 2.01]), 3.14);
    assert_eq!(total_kg(&[]), 0.0);
}

#[test]
fn left() {
    assert_eq!(left_kg(8.0, &[1.13, 2.01]), 4.86);
}
