use crate::UNITS;

/// Write a size with one decimal in the largest unit that fits.
pub fn show(bytes: u64) -> String {
    let (name, factor) = UNITS.iter().rev().find(|(_, f)| bytes >= *f).unwrap_or(&UNITS[0]);
    if *factor == 1 {
        return format!("{bytes} B");
    }
    format!("{:.1} {name}", bytes as f64 / *factor as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small() {
        assert_eq!(show(0), "0 B");
        assert_eq!(show(1023), "1023 B");
    }

    #[test]
    fn large() {
        assert_eq!(show(1536), "1.5 KiB");
        assert_eq!(show(5 << 40), "5.0 TiB");
    }
}
