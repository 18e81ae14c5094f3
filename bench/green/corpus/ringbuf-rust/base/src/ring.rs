/// Keeps the last `N` values.
#[derive(Debug, Clone)]
pub struct Ring<T, const N: usize> {
    values: Vec<T>,
}

impl<T: Clone, const N: usize> Ring<T, N> {
    pub fn new() -> Self {
        Ring { values: Vec::with_capacity(N) }
    }

    /// Adds a value; the oldest one is dropped when full.
    pub fn push(&mut self, value: T) {
        if self.values.len() == N {
            self.values.remove(0);
        }
        self.values.push(value);
    }

    pub fn to_vec(&self) -> Vec<T> {
        self.values.clone()
    }

    pub fn len(&self) -> usize {
        self.values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

impl<T: Clone, const N: usize> Default for Ring<T, N> {
    fn default() -> Self {
        Self::new()
    }
}
