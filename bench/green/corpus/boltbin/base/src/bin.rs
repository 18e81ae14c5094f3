/// How many pieces are in a bin.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Bin {
    level: i64,
}

impl Bin {
    pub fn with(level: i64) -> Bin {
        Bin { level }
    }

    pub fn level(&self) -> i64 {
        self.level
    }

    pub fn put(&mut self, pieces: i64) {
        self.level += pieces;
    }

    /// Takes pieces, and gives what is left.
    pub fn take(&mut self, pieces: i64) -> i64 {
        self.level -= pieces;
        self.level
    }

    pub fn is_low(&self) -> bool {
        self.level < 20
    }
}
