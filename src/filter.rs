//! Expressions that select rows, with values bound to them.

mod bound;
mod compose;
mod conditions;
mod into_list;
mod names;
mod template;

use std::collections::HashMap;
use std::fmt;

pub use bound::Bound;
pub use compose::Condition;
pub use into_list::IntoList;
pub(crate) use template::TemplateSupport;

use crate::data::Id;
use crate::proto::schema::TemplateValue;

/// A boolean expression that selects rows, in the [expression language of Milvus](https://milvus.io/docs/boolean.md),
/// with values [bound](https://milvus.io/docs/filtering-templating.md) to names in braces.
///
/// Bound values need no quoting, and cannot change the meaning of the expression, so they can come from users. The text
/// of a filter with bound values is recorded in telemetry, without the values. Without bound values, a `&str` can be
/// used in place of a `Filter`.
///
/// Milvus 2.5 and newer binds the values itself: they are sent separately from the text, and long lists take a fraction
/// of the bytes. Other servers do not support this. (Milvus Lite 2.5 even reads `year == {year}` as a comparison of the
/// field with itself, which is true for all rows.) So the values are sent separately only if the server has reported
/// Milvus 2.5 or newer when the client [connected](crate::ClientBuilder::connect). Otherwise, and in the first calls of a
/// client that connects [lazily](crate::ClientBuilder::connect_lazy), the values are
/// [written into the text](Self::inlined), with quotes. Some filters are then refused:
///
/// - if a value is null or bytes, which have no literal,
/// - if a name in braces has no value,
/// - if a value contains a line break and the server may be Milvus Lite 2.5, which reads it as a letter.
///
/// ```
/// use milvus_otel::Filter;
///
/// let filter = Filter::new("year > {since} and tag in {tags}")
///     .bind("since", 1950)
///     .bind("tags", ["sf", "classic"]);
/// assert_eq!(filter.inlined().to_string(), r#"year > 1950 and tag in ["sf", "classic"]"#);
/// ```
///
/// # Conditions
///
/// Filters are composed by [`and`](Self::and), [`or`](Self::or), `!`, [`all`](Self::all) and [`any`](Self::any). Bound
/// values stay bound, under other names if two filters bind the same one. A condition can be an `Option`: `None` is left
/// out. There is a constructor for each comparison, such as [`eq`](Self::eq).
///
/// ```
/// use milvus_otel::Filter;
///
/// // The parameters of a request.
/// let (since, until, languages) = (Some(1950), None::<i32>, ["en", "de"]);
///
/// let filter = Filter::all([
///     since.map(|year| Filter::ge("year", year)),
///     until.map(|year| Filter::lt("year", year)),
///     Some(Filter::is_in("language", languages)),
/// ]);
/// assert_eq!(filter.to_string(), "year >= {year} and language in {language}");
///
/// let filter = filter.and(!Filter::new("year == {year}").bind("year", 1984));
/// assert_eq!(
///     filter.inlined().to_string(),
///     r#"year >= 1950 and language in ["en", "de"] and not (year == 1984)"#
/// );
/// ```
#[derive(Clone, Default)]
#[doc(alias = "expr")]
#[doc(alias = "filter_params")]
pub struct Filter {
    template: String,
    values: Vec<(String, Bound)>,
    /// Whether this crate has written a value or primary key with a line break into the text.
    line_break: bool,
    /// Whether the filter matches no row; the text is then empty. Milvus has no expression for it.
    nothing: bool,
    /// How the text is combined with others.
    shape: Shape,
    /// Whether a part has text without bound values, which may contain literals.
    literals: bool,
    /// Why the filter is invalid.
    fault: Option<String>,
}

/// The outermost operator of a filter, which decides where it needs parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Shape {
    /// Any text of the user.
    #[default]
    Text,
    /// One comparison that this crate has written, or something in parentheses.
    Atom,
    And,
    Or,
}

impl Filter {
    /// An expression, with `{name}` in the places of values that are [bound](Self::bind).
    pub fn new(template: impl Into<String>) -> Self {
        let template = template.into();
        Self {
            literals: !template.trim().is_empty(),
            template,
            ..Self::default()
        }
    }

    /// Binds a value to a name: a bool, number, text, JSON value, or a list of these; or bytes, for the bitmaps of
    /// Milvus 3.0. A second value for a name replaces the first.
    ///
    /// NaN, infinity, and integers that do not fit into an `i64` are refused when the operation is awaited.
    #[must_use]
    pub fn bind(mut self, name: impl Into<String>, value: impl Into<Bound>) -> Self {
        let name = name.into();
        // A text whose values are bound is taken for one without literals.
        self.literals &= self.shape != Shape::Text;
        self.values.retain(|(bound, _)| *bound != name);
        self.values.push((name, value.into()));
        self
    }

    /// Selects the rows with these primary keys.
    pub(crate) fn ids(primary_key: &str, ids: &[Id]) -> Self {
        let mut filter = Self::default();
        let list = filter.list(ids);
        filter.and_first(&format!("{primary_key} in {list}"))
    }

    /// Excludes rows with these primary keys. Milvus Lite 2.5 does not accept `not (.. in ..)`.
    pub(crate) fn without_ids(&self, primary_key: &str, ids: &[Id]) -> Self {
        let mut filter = self.clone();
        let list = filter.list(ids);
        filter.and_first(&format!("{primary_key} not in {list}"))
    }

    /// Restricts the rows to those with larger primary keys.
    pub(crate) fn after_id(&self, primary_key: &str, id: &Id) -> Self {
        self.and_key(primary_key, ">", id)
    }

    /// Restricts the rows to those with this primary key or larger ones.
    pub(crate) fn since_id(&self, primary_key: &str, id: &Id) -> Self {
        self.and_key(primary_key, ">=", id)
    }

    fn and_key(&self, primary_key: &str, compared: &str, id: &Id) -> Self {
        let mut filter = self.clone();
        let key = filter.key(id);
        filter.and_first(&format!("{primary_key} {compared} {key}"))
    }

    /// The literal of a primary key.
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

    /// Binds a key whose literal depends on the server, to an unused name.
    fn bound(&mut self, key: impl Into<Bound>) -> String {
        let is_free =
            |name: &String| !self.template.contains(name) && self.value_of(name).is_none();
        let name = (0..).map(|number| format!("key_{number}")).find(is_free);
        let name = name.unwrap_or_default();
        self.values.push((name.clone(), key.into()));
        format!("{{{name}}}")
    }

    /// Repeats the expression (`a and a`). For a plain list of keys, Milvus Lite 3 ignores limit and offset.
    pub(crate) fn repeated(&self) -> Self {
        self.and_first(&format!("({})", self.template))
    }

    /// Whether the expression starts like a list of keys: `id in [1, 2]`.
    pub(crate) fn is_list(&self) -> bool {
        let text = self.template.trim_start_matches([' ', '(']);
        let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let rest = text.get(end.unwrap_or_default()..).unwrap_or_default();
        let rest = rest.trim_start();
        let word = rest.get(..2).unwrap_or_default();
        let list = rest.get(2..).unwrap_or_default();
        word.eq_ignore_ascii_case("in") && list.trim_start().starts_with('[')
    }

    /// Adds a condition. It is put first, so that the server can skip data by it.
    fn and_first(&self, first: &str) -> Self {
        let template = match self.template.trim() {
            "" => first.to_owned(),
            own => format!("{first} and ({own})"),
        };
        Self {
            template,
            shape: Shape::Text,
            ..self.clone()
        }
    }

    /// Whether the expression is empty, which selects all rows.
    pub fn is_empty(&self) -> bool {
        self.template.trim().is_empty() && !self.nothing && self.fault.is_none()
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
    /// The text of the expression, without the bound values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.template)
    }
}

impl fmt::Debug for Filter {
    /// Omits values, which are user data: those that are bound and, as in spans, a text without bound values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.values.iter().map(|(name, _)| name.as_str()).collect();
        let template = match self.template.as_str() {
            text if !text.is_empty() && (names.is_empty() || self.literals) => "<redacted>",
            text => text,
        };
        f.debug_struct("Filter")
            .field("template", &template)
            .field("bound", &names)
            .finish()
    }
}

impl PartialEq for Filter {
    /// Compares the text and the bound values.
    fn eq(&self, other: &Self) -> bool {
        let parts = |filter: &Self| (filter.line_break, filter.nothing);
        parts(self) == parts(other)
            && self.template == other.template
            && self.values == other.values
            && self.fault == other.fault
    }
}

impl<F: Into<Self>> From<Option<F>> for Filter {
    /// `None` is an empty filter, which selects all rows.
    fn from(filter: Option<F>) -> Self {
        filter.map(Into::into).unwrap_or_default()
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
