use crate::Item;

/// The label of a crate: its number, then a line for each item.
pub fn label(number: usize, destination: &str, items: &[Item]) -> String {
    let mut text = format!("CRATE {number}\nTO {}\n", destination.to_uppercase());
    for item in items {
        text.push_str(&format!("- {} ({} g)\n", item.name, item.weight));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_label(got: &str, want: &[&str]) {
        let lines: Vec<&str> = got.lines().collect();
        assert_eq!(lines, want);
    }

    #[test]
    fn empty() {
        assert_label(&label(3, "Bern", &[]), &["CRATE 3", "TO BERN"]);
    }

    #[test]
    fn items() {
        let cup = Item::new("cup", [80, 90, 80], 300);
        let pan = Item::new("pan", [300, 100, 500], 1200);
        assert_label(
            &label(1, "Genf", &[cup, pan]),
            &["CRATE 1", "TO GENF", "- cup (300 g)", "- pan (1200 g)"],
        );
    }
}
