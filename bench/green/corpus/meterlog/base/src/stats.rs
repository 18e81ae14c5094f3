use crate::parse::Reading;

/// Consumption of a meter: last value minus first, by time.
pub fn consumption(readings: &[Reading], meter: &str) -> Option<f64> {
    let mut mine: Vec<&Reading> = readings.iter().filter(|r| r.meter == meter).collect();
    if mine.is_empty() {
        return None;
    }
    mine.sort_by_key(|r| r.at);
    Some(mine[mine.len() - 1].value - mine[0].value)
}

/// The middle value.
pub fn median(values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let mut v = values.to_vec();
    v.sort_by(|a, b| a.partial_cmp(b).unwrap());
    Some(v[v.len() / 2])
}
