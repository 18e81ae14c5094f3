use std::io::{BufWriter, Write};

/// What happened, one line for each.
pub struct Journal<W: Write> {
    to: BufWriter<W>,
    lines: usize,
}

impl<W: Write> Journal<W> {
    pub fn new(to: W) -> Self {
        Journal { to: BufWriter::new(to), lines: 0 }
    }

    pub fn note(&mut self, text: &str) -> std::io::Result<()> {
        writeln!(self.to, "{text}")?;
        self.lines += 1;
        Ok(())
    }

    /// Writes what is left, and gives the number of lines.
    pub fn close(mut self) -> usize {
        self.to.flush().expect("the journal cannot be written");
        self.lines
    }
}
