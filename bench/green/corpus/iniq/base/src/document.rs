use std::str::FromStr;

/// Keys and values in the order of the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Section {
    pub name: String,
    pub entries: Vec<(String, String)>,
}

/// A whole file; the first section has no name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    pub sections: Vec<Section>,
}

impl Document {
    /// The value of a key; the last one wins.
    pub fn get(&self, section: &str, key: &str) -> Option<&str> {
        self.sections
            .iter()
            .rev()
            .filter(|s| s.name == section)
            .flat_map(|s| s.entries.iter().rev())
            .find(|(k, _)| k == key)
            .map(|(_, v)| v.as_str())
    }

    /// The value of a key, or an empty text.
    #[deprecated(since = "0.4.0", note = "cannot tell an empty value from none, use get")]
    pub fn raw(&self, section: &str, key: &str) -> String {
        self.get(section, key).unwrap_or("").to_string()
    }

    /// All keys of a section.
    pub fn keys(&self, section: &str) -> Vec<&str> {
        self.sections
            .iter()
            .filter(|s| s.name == section)
            .flat_map(|s| s.entries.iter().map(|(k, _)| k.as_str()))
            .collect()
    }
}

impl FromStr for Document {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        crate::parse(text)
    }
}
