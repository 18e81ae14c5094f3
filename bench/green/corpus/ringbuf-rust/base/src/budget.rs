/// A budget in cents.
#[derive(Debug, PartialEq, Eq)]
pub struct Budget {
    cents: u32,
}

impl Budget {
    pub fn new(cents: u32) -> Self {
        Budget { cents }
    }

    pub fn cents(&self) -> u32 {
        self.cents
    }

    /// # Panics
    /// If the budget does not suffice.
    pub fn spend(&mut self, cents: u32) {
        assert!(cents <= self.cents, "budget exceeded");
        self.cents -= cents;
    }
}
