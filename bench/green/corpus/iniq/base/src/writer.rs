use crate::Document;
use std::fmt;

fn needs_quotes(value: &str) -> bool {
    value.trim() != value || value.contains(';')
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, section) in self.sections.iter().enumerate() {
            if index > 0 {
                if !self.sections[index - 1].entries.is_empty() {
                    writeln!(f)?;
                }
                writeln!(f, "[{}]", section.name)?;
            }
            for (key, value) in &section.entries {
                if needs_quotes(value) {
                    writeln!(f, "{key} = \"{value}\"")?;
                } else {
                    writeln!(f, "{key} = {value}")?;
                }
            }
        }
        Ok(())
    }
}
