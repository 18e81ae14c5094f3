/// Weights of deliveries in kilograms.
pub fn total_kg(deliveries: &[f64]) -> f64 {
    let sum: f64 = deliveries.iter().sum();
    (sum * 1000.0).round() / 1000.0
}

/// What a truck still takes.
pub fn left_kg(limit: f64, deliveries: &[f64]) -> f64 {
    ((limit - total_kg(deliveries)) * 1000.0).round() / 1000.0
}
