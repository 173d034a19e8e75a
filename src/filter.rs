//! Which rows an operation is about.

mod bound;

use std::collections::HashMap;
use std::fmt;

pub use bound::Bound;

use crate::data::Id;
use crate::proto::schema::TemplateValue;

/// A boolean expression over fields, with values bound to the names in its braces.
///
/// Bound values need no quoting and cannot change what the expression means, whatever is in them; long lists are sent
/// in a fraction of the bytes; and the text may be shown, since it holds no user data. Milvus since 2.5 binds them
/// itself; for older servers and Milvus Lite see [`inlined`](Self::inlined). Where nothing is bound, a `&str` does as a
/// filter too.
///
/// Do not name a value like a field: Milvus Lite 2.5 reads `year == {year}` as a comparison of the field with itself.
///
/// ```
/// use milvus_otel::Filter;
///
/// let filter = Filter::new("year > {since} and tag in {tags}")
///     .bind("since", 1950)
///     .bind("tags", ["sf", "classic"]);
/// assert_eq!(filter.inlined().to_string(), r#"year > 1950 and tag in ["sf", "classic"]"#);
/// ```
#[derive(Clone, PartialEq, Default)]
pub struct Filter {
    template: String,
    values: Vec<(String, Bound)>,
}

impl Filter {
    /// An expression in Milvus' own language, with `{name}` where a value is to be bound.
    pub fn new(template: impl Into<String>) -> Self {
        Self {
            template: template.into(),
            values: Vec::new(),
        }
    }

    /// Binds a value to a name: a bool, number, text, JSON value, or list of these. The last one bound counts.
    #[must_use]
    pub fn bind(mut self, name: impl Into<String>, value: impl Into<Bound>) -> Self {
        let name = name.into();
        self.values.retain(|(bound, _)| *bound != name);
        self.values.push((name, value.into()));
        self
    }

    /// The same filter with its values written into the text, for servers that do not bind them: Milvus before 2.5
    /// and Milvus Lite. Texts are quoted, so that they still cannot change what the expression means.
    #[must_use]
    pub fn inlined(&self) -> Self {
        let mut text = String::with_capacity(self.template.len());
        let mut rest = self.template.as_str();
        let mut quote = None;
        while let Some(next) = rest.chars().next() {
            let value = (next == '{' && quote.is_none())
                .then(|| self.value_at(rest))
                .flatten();
            if let Some((length, value)) = value {
                text.push_str(&value.to_literal());
                rest = rest.get(length..).unwrap_or_default();
                continue;
            }
            // Within quotes braces are text, and so is a quote after a backslash.
            let mut taken = next.len_utf8();
            match (quote, next) {
                (Some(_), '\\') => taken += rest.chars().nth(1).map_or(0, char::len_utf8),
                (Some(open), _) if open == next => quote = None,
                (None, '"' | '\'') => quote = Some(next),
                _ => {}
            }
            text.push_str(rest.get(..taken).unwrap_or_default());
            rest = rest.get(taken..).unwrap_or_default();
        }
        Self::new(text)
    }

    /// The value that the braces at the start of `text` name, and how long they are.
    fn value_at(&self, text: &str) -> Option<(usize, &Bound)> {
        let end = text.find('}')?;
        let name = text.get(1..end)?.trim();
        let (_, value) = self.values.iter().find(|(bound, _)| bound == name)?;
        Some((end + 1, value))
    }

    /// The rows with these primary keys.
    pub(crate) fn ids(primary_key: &str, ids: &[Id]) -> Self {
        Self::new(format!("{primary_key} in [{}]", list(ids)))
    }

    /// The rows with other primary keys than these. Milvus Lite 2.5 does not take `not (.. in ..)`.
    pub(crate) fn other_ids(primary_key: &str, ids: &[Id]) -> Self {
        Self::new(format!("{primary_key} not in [{}]", list(ids)))
    }

    /// A primary key as it is written in an expression.
    pub(crate) fn literal(id: &Id) -> String {
        match id {
            Id::Int(id) => id.to_string(),
            Id::Text(id) => bound::quoted(id),
        }
    }

    /// Both this and another expression, which stands first so that the server can use it to skip data.
    pub(crate) fn after(&self, first: &str) -> Self {
        let template = match self.template.trim() {
            "" => first.to_owned(),
            own => format!("({first}) and ({own})"),
        };
        Self {
            template,
            values: self.values.clone(),
        }
    }

    /// Whether it lets all rows through.
    pub fn is_empty(&self) -> bool {
        self.template.trim().is_empty()
    }

    pub(crate) fn text(&self) -> &str {
        &self.template
    }

    pub(crate) fn values(&self) -> HashMap<String, TemplateValue> {
        self.values
            .iter()
            .map(|(name, value)| (name.clone(), value.to_proto()))
            .collect()
    }
}

fn list(ids: &[Id]) -> String {
    let literals: Vec<String> = ids.iter().map(Filter::literal).collect();
    literals.join(", ")
}

impl fmt::Display for Filter {
    /// The text as it was written, without the values bound to it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.template)
    }
}

impl fmt::Debug for Filter {
    /// Names of what is bound, not values: they are user data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.values.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Filter")
            .field("template", &self.template)
            .field("bound", &names)
            .finish()
    }
}

impl From<&str> for Filter {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Filter {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&Self> for Filter {
    fn from(filter: &Self) -> Self {
        filter.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_leave_their_place() {
        let filter = Filter::new(r#"name == {name} and note != "{name} \" {name}" and n in {n}"#)
            .bind("name", r#"x" or 1 == 1 or "" == "{n}"#)
            .bind("n", [1, 2]);
        assert_eq!(
            filter.inlined().to_string(),
            r#"name == "x\" or 1 == 1 or \"\" == \"{n}" and note != "{name} \" {name}" and n in [1, 2]"#
        );
        assert!(!format!("{filter:?}").contains("or 1"), "{filter:?}");
    }

    #[test]
    fn names_that_nothing_is_bound_to_stay() {
        let filter = Filter::new("a > {a} and b == {b").bind("c", true);
        assert_eq!(filter.inlined().to_string(), "a > {a} and b == {b");
        assert_eq!(
            filter.after("id > 3").text(),
            "(id > 3) and (a > {a} and b == {b)"
        );
        assert_eq!(Filter::new(" ").after("id > 3").text(), "id > 3");
    }

    #[test]
    fn keys_are_quoted() {
        let ids = [Id::from("a\"b"), Id::from("c\\")];
        assert_eq!(Filter::ids("pk", &ids).text(), r#"pk in ["a\"b", "c\\"]"#);
    }
}
