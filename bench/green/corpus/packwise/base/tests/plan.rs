use packwise::{plan, Crate, Item, Placement};

fn at(item: &str, crate_index: usize) -> Placement {
    Placement { item: item.to_string(), crate_index }
}

#[test]
fn one_crate() {
    let items = [Item::new("cup", [80, 90, 80], 300), Item::new("jar", [90, 90, 90], 700)];
    let crates = [Crate::new([200, 200, 200], 5000)];
    assert_eq!(plan(&items, &crates), Some(vec![at("cup", 0), at("jar", 0)]));
}

#[test]
fn the_next_crate_if_one_is_full() {
    let items = [Item::new("a", [90, 90, 90], 300), Item::new("b", [90, 90, 90], 700)];
    let crates = [Crate::new([100, 100, 100], 5000), Crate::new([100, 100, 100], 5000)];
    assert_eq!(plan(&items, &crates), Some(vec![at("a", 0), at("b", 1)]));
}

#[test]
fn too_large() {
    assert_eq!(plan(&[Item::new("pole", [10, 3000, 10], 1)], &[Crate::new([100, 100, 100], 5000)]), None);
}
