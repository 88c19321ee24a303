//! The tags of HTML that we have written: in pages, in figures, in what is generated.

/// A start tag, without its brackets.
pub struct Tag<'a>(&'a str);

impl<'a> Tag<'a> {
    /// In small letters.
    pub fn name(&self) -> String {
        let name = self.0.split([' ', '\n', '/']).next();
        name.unwrap_or_default().to_lowercase()
    }

    /// The value of an attribute, which stands between double quotes.
    pub fn attribute(&self, name: &str) -> Option<&'a str> {
        let found = self.0.match_indices(name).find_map(|(at, _)| {
            let before = self.0[..at].chars().next_back()?;
            let value = self.0[at + name.len()..].strip_prefix("=\"")?;
            before.is_whitespace().then_some(value)
        });
        found?.split('"').next()
    }
}

/// Every start tag of a text. Comments have none.
pub fn tags(html: &str) -> impl Iterator<Item = Tag<'_>> {
    let pieces = html.split('<').skip(1);
    let inside = pieces.filter(|piece| piece.starts_with(|c: char| c.is_ascii_alphabetic()));
    inside.filter_map(|piece| Some(Tag(piece.split('>').next()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_has_a_name_and_attributes() {
        let html = "a < b <TR data-id=\"no\"\nid=\"one\"><td>x</td></tr><!-- <!id=\"c\"> -->";
        let found: Vec<_> = tags(html)
            .map(|tag| (tag.name(), tag.attribute("id")))
            .collect();
        assert_eq!(
            found,
            [("tr".to_owned(), Some("one")), ("td".to_owned(), None)]
        );
    }
}
