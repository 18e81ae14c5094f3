use crate::{Crate, Item};

/// An item in one of the crates.
#[derive(Debug, Clone, PartialEq)]
pub struct Placement {
    pub item: String,
    pub crate_index: usize,
}

/// Puts each item into the first crate that has room for it; None if there is none.
pub fn plan(items: &[Item], crates: &[Crate]) -> Option<Vec<Placement>> {
    let mut left: Vec<u64> = crates.iter().map(Crate::volume).collect();
    let mut placements = Vec::new();
    for item in items {
        let at = choose(item, crates, &left)?;
        left[at] -= item.volume();
        placements.push(Placement { item: item.name.clone(), crate_index: at });
    }
    Some(placements)
}

fn choose(item: &Item, crates: &[Crate], left: &[u64]) -> Option<usize> {
    (0..crates.len()).find(|&at| crates[at].holds(item) && left[at] >= item.volume())
}
