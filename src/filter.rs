//! Expressions that select rows, with values bound to them.

mod bound;
mod placing;

use std::collections::HashMap;
use std::fmt;

pub use bound::Bound;
pub(crate) use placing::Placing;

use crate::data::Id;
use crate::proto::schema::TemplateValue;

/// A boolean expression over fields, with values bound to the names in its braces.
///
/// Bound values need no quoting and cannot change what the expression means, whatever is in them; and the text may be
/// shown, since it holds no user data. Where nothing is bound, a `&str` does as a filter too.
///
/// Milvus since 2.5 binds the values itself: they are sent apart from the text, long lists in a fraction of the bytes.
/// Other servers do not know them, and Milvus Lite 2.5 even reads `year == {year}` as a comparison of the field with
/// itself, which a delete must never be. So the values go apart only to a server that said, when the client
/// [connected](crate::ClientBuilder::connect), that it is Milvus 2.5 or newer. To all others, and from a client that
/// connects [lazily](crate::ClientBuilder::connect_lazy), they go [within the text](Self::inlined), quoted. Null and
/// bytes, which no text can say, are refused there, and so is a name in braces that nothing is bound to; and a line break
/// where the server may be Milvus Lite 2.5, which takes it for a letter.
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
    /// Whether this crate has written a line break into the text, within a value or a primary key.
    line_break: bool,
}

impl Filter {
    /// An expression in Milvus' own language, with `{name}` where a value is to be bound.
    pub fn new(template: impl Into<String>) -> Self {
        Self {
            template: template.into(),
            values: Vec::new(),
            line_break: false,
        }
    }

    /// Binds a value to a name: a bool, number, text, JSON value, or list of these; or bytes, for the sets that
    /// Milvus 3.0 reads. The last one bound counts.
    #[must_use]
    pub fn bind(mut self, name: impl Into<String>, value: impl Into<Bound>) -> Self {
        let name = name.into();
        self.values.retain(|(bound, _)| *bound != name);
        self.values.push((name, value.into()));
        self
    }

    /// The rows with these primary keys.
    pub(crate) fn ids(primary_key: &str, ids: &[Id]) -> Self {
        let mut filter = Self::default();
        let list = filter.list(ids);
        filter.after(&format!("{primary_key} in {list}"))
    }

    /// Of these rows those with other primary keys. Milvus Lite 2.5 does not take `not (.. in ..)`.
    pub(crate) fn without_ids(&self, primary_key: &str, ids: &[Id]) -> Self {
        let mut filter = self.clone();
        let list = filter.list(ids);
        filter.after(&format!("{primary_key} not in {list}"))
    }

    /// Of these rows those with larger primary keys.
    pub(crate) fn after_id(&self, primary_key: &str, id: &Id) -> Self {
        self.beyond(primary_key, ">", id)
    }

    /// Of these rows the one with this primary key, and those with larger ones.
    pub(crate) fn since_id(&self, primary_key: &str, id: &Id) -> Self {
        self.beyond(primary_key, ">=", id)
    }

    fn beyond(&self, primary_key: &str, compared: &str, id: &Id) -> Self {
        let mut filter = self.clone();
        let key = filter.key(id);
        filter.after(&format!("{primary_key} {compared} {key}"))
    }

    /// A primary key as it is written in the expression.
    fn key(&mut self, id: &Id) -> String {
        match id {
            Id::Int(i64::MIN) => self.bound(id),
            Id::Int(id) => id.to_string(),
            Id::Text(text) => {
                self.line_break |= text.contains(bound::LINE_BREAKS);
                bound::quoted(text)
            }
        }
    }

    fn list(&mut self, ids: &[Id]) -> String {
        if ids.contains(&Id::Int(i64::MIN)) {
            return self.bound(ids);
        }
        let keys: Vec<String> = ids.iter().map(|id| self.key(id)).collect();
        format!("[{}]", keys.join(", "))
    }

    /// Binds a key that servers want spelled differently, to a name that is free.
    fn bound(&mut self, key: impl Into<Bound>) -> String {
        let is_free =
            |name: &String| !self.template.contains(name) && self.value_of(name).is_none();
        let name = (0..).map(|number| format!("key_{number}")).find(is_free);
        let name = name.unwrap_or_default();
        self.values.push((name.clone(), key.into()));
        format!("{{{name}}}")
    }

    /// The same rows, said twice: Milvus Lite 3 looks up the keys of a plain list of them, and forgets limit and offset.
    pub(crate) fn twice(&self) -> Self {
        self.after(&format!("({})", self.template))
    }

    /// Whether it begins as a list of keys does: `id in [1, 2]`.
    pub(crate) fn is_list(&self) -> bool {
        let text = self.template.trim_start_matches([' ', '(']);
        let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let rest = text.get(end.unwrap_or_default()..).unwrap_or_default();
        let rest = rest.trim_start();
        let word = rest.get(..2).unwrap_or_default();
        let list = rest.get(2..).unwrap_or_default();
        word.eq_ignore_ascii_case("in") && list.trim_start().starts_with('[')
    }

    /// Both this and a comparison, which stands first so that the server can use it to skip data.
    fn after(&self, first: &str) -> Self {
        let template = match self.template.trim() {
            "" => first.to_owned(),
            own => format!("{first} and ({own})"),
        };
        Self {
            template,
            values: self.values.clone(),
            line_break: self.line_break,
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

impl From<&String> for Filter {
    fn from(text: &String) -> Self {
        Self::new(text)
    }
}

impl From<&Self> for Filter {
    fn from(filter: &Self) -> Self {
        filter.clone()
    }
}

#[cfg(test)]
mod tests;
