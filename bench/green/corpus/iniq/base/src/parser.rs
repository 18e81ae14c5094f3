use crate::{Document, Section};

/// Reads a document; the error names the line.
pub fn parse(text: &str) -> Result<Document, String> {
    let mut doc = Document::default();
    doc.sections.push(Section::default());
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || line.starts_with(';') {
            continue;
        }
        if let Some(rest) = line.strip_prefix('[') {
            let name = rest
                .strip_suffix(']')
                .ok_or_else(|| format!("line {}: section without ]", index + 1))?;
            doc.sections.push(Section {
                name: name.trim().to_string(),
                entries: Vec::new(),
            });
            continue;
        }
        let (key, value) = line
            .split_once('=')
            .ok_or_else(|| format!("line {}: no = in {line:?}", index + 1))?;
        let key = key.trim();
        if key.is_empty() {
            return Err(format!("line {}: no key", index + 1));
        }
        let entry = (key.to_string(), unquote(value.trim()));
        doc.sections.last_mut().unwrap().entries.push(entry);
    }
    Ok(doc)
}

fn unquote(value: &str) -> String {
    match value.strip_prefix('"').and_then(|v| v.strip_suffix('"')) {
        Some(inner) => inner.to_string(),
        None => value.split(';').next().unwrap_or("").trim().to_string(),
    }
}
