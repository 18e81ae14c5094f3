/// Something to be packed; sides in millimetres, weight in grams.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub name: String,
    pub sides: [u32; 3],
    pub weight: u32,
}

impl Item {
    pub fn new(name: &str, sides: [u32; 3], weight: u32) -> Self {
        Item { name: name.to_string(), sides, weight }
    }

    pub fn volume(&self) -> u64 {
        self.sides.iter().map(|&side| u64::from(side)).product()
    }
}

/// What items are packed into.
#[derive(Debug, Clone, PartialEq)]
pub struct Crate {
    pub sides: [u32; 3],
    pub max_weight: u32,
}

impl Crate {
    pub fn new(sides: [u32; 3], max_weight: u32) -> Self {
        Crate { sides, max_weight }
    }

    pub fn volume(&self) -> u64 {
        self.sides.iter().map(|&side| u64::from(side)).product()
    }

    /// Whether an item of this weight may be in it at all.
    pub fn carries(&self, weight: u32) -> bool {
        self.max_weight > weight
    }

    /// Whether an item fits into the empty crate as it stands.
    pub fn holds(&self, item: &Item) -> bool {
        let [width, height, depth] = item.sides;
        width <= self.sides[0] && height <= self.sides[1] && depth < self.sides[2]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumes() {
        assert_eq!(Item::new("cup", [80, 90, 80], 300).volume(), 576_000);
        assert_eq!(Crate::new([2000, 2000, 2000], 1).volume(), 8_000_000_000);
    }

    #[test]
    fn holds() {
        let crate_ = Crate::new([100, 100, 100], 5000);
        assert!(crate_.holds(&Item::new("cup", [80, 90, 80], 300)));
        assert!(!crate_.holds(&Item::new("pole", [80, 190, 80], 300)));
    }

    #[test]
    fn carries() {
        assert!(Crate::new([1, 1, 1], 500).carries(499));
        assert!(!Crate::new([1, 1, 1], 500).carries(501));
    }
}
