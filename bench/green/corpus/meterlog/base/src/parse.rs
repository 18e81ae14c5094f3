/// One line of a log.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    pub meter: String,
    pub at: u64,
    pub value: f64,
}

/// Parses a line. Panics on rubbish.
pub fn parse_line(line: &str) -> Reading {
    let mut parts = line.split(';');
    let meter = parts.next().unwrap().to_string();
    let at = parts.next().expect("no time").parse().expect("bad time");
    let value = parts.next().expect("no value").parse().expect("bad value");
    Reading { meter, at, value }
}

pub fn parse_log(text: &str) -> Vec<Reading> {
    text.lines().filter(|l| !l.trim().is_empty()).map(parse_line).collect()
}
