//! Which rows an operation is about.

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
        Self {
            line_break: ids.iter().any(has_line_break),
            ..Self::new(format!("{primary_key} in [{}]", list(ids)))
        }
    }

    /// Of these rows those with other primary keys. Milvus Lite 2.5 does not take `not (.. in ..)`.
    pub(crate) fn without_ids(&self, primary_key: &str, ids: &[Id]) -> Self {
        let mut all = self.after(&format!("{primary_key} not in [{}]", list(ids)));
        all.line_break |= ids.iter().any(has_line_break);
        all
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
        let mut all = self.after(&format!("{primary_key} {compared} {}", literal(id)));
        all.line_break |= has_line_break(id);
        all
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

fn list(ids: &[Id]) -> String {
    let literals: Vec<String> = ids.iter().map(literal).collect();
    literals.join(", ")
}

/// A primary key as it is written in an expression.
fn literal(id: &Id) -> String {
    match id {
        Id::Int(id) => id.to_string(),
        Id::Text(id) => bound::quoted(id),
    }
}

fn has_line_break(id: &Id) -> bool {
    id.as_text()
        .is_some_and(|id| id.contains(bound::LINE_BREAKS))
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
            "id > 3 and (a > {a} and b == {b)"
        );
        assert_eq!(Filter::new(" ").after("id > 3").text(), "id > 3");
    }

    #[test]
    fn integers_that_milvus_would_round_are_refused() {
        let id = |value: Bound| Filter::new("id == {id}").bind("id", value);
        let (most, more) = (i64::MAX.unsigned_abs(), i64::MAX.unsigned_abs() + 1);
        for placing in [Placing::Apart, Placing::Within, Placing::WithinLine] {
            assert!(id(most.into()).for_server(placing).is_ok());
            assert!(id([3_usize, 4].into()).for_server(placing).is_ok());
            let objects = serde_json::json!([{ "a": more }]);
            for large in [more.into(), [1, more].into(), objects.into()] {
                let why = id(large).for_server(placing).unwrap_err();
                let text = "the value of {id} in the filter is or holds an integer above 9223372036854775807";
                assert!(why.starts_with(text), "{why}");
            }
        }
    }

    #[test]
    fn values_go_apart_only_to_a_server_that_binds_them() {
        let filter = Filter::new("id == {id}").bind("id", 3);
        assert_eq!(
            filter.clone().for_server(Placing::Apart),
            Ok(filter.clone())
        );
        for placing in [Placing::Within, Placing::WithinLine] {
            assert_eq!(
                filter.clone().for_server(placing),
                Ok(Filter::new("id == 3"))
            );
            let nameless = Filter::new("id == 3").bind("id", 4);
            assert_eq!(nameless.for_server(placing), Ok(Filter::new("id == 3")));
        }
        let bytes = Bound::from(bytes::Bytes::from_static(b"MRB1"));
        for null in [Bound::from(f64::NAN), Bound::from([f32::INFINITY]), bytes] {
            let filter = Filter::new("id == {id}").bind("id", null);
            assert!(filter.clone().for_server(Placing::Apart).is_ok());
            let why = filter.for_server(Placing::Within).unwrap_err();
            assert!(why.starts_with("the value of {id}"), "{why}");
        }
    }

    #[test]
    fn a_name_that_nothing_is_bound_to_is_not_sent_to_who_may_take_it_for_a_field() {
        for unbound in ["year == {year}", "a in {a} and year in { year }"] {
            let filter = Filter::new(unbound).bind("a", [1]);
            assert!(filter.clone().for_server(Placing::Apart).is_ok());
            let why = filter.for_server(Placing::Within).unwrap_err();
            assert!(why.contains("{year}"), "{why}");
        }
        for none in ["a == '{year}'", "a == {", "a == {\"b\": 3}", "a == {}"] {
            let filter = Filter::new(none).for_server(Placing::WithinLine);
            assert_eq!(filter.unwrap().text(), none);
        }
    }

    #[test]
    fn a_line_break_is_not_said_where_it_is_taken_for_a_letter() {
        let key = Id::from("a\nb");
        let all = Filter::new("n > 3");
        let filters = [
            Filter::new("t == {t}").bind("t", "a\nb"),
            Filter::new("t in {t}").bind("t", ["a", "b\r"]),
            Filter::ids("pk", std::slice::from_ref(&key)),
            all.without_ids("pk", std::slice::from_ref(&key)),
            all.after_id("pk", &key).after_id("pk", &Id::from("c")),
        ];
        for filter in filters {
            let why = filter.clone().for_server(Placing::WithinLine).unwrap_err();
            assert!(why.contains("has a line break"), "{why}");
            let inlined = filter.inlined().for_server(Placing::WithinLine);
            assert!(inlined.is_err());
            let text = filter.for_server(Placing::Within).unwrap();
            assert!(
                text.text().contains("\\n") || text.text().contains("\\r"),
                "{text}"
            );
        }
    }

    #[test]
    fn control_characters_stay_what_they_are() {
        let ids = [Id::from("\u{1}\t\r\n\u{7f}")];
        assert_eq!(
            Filter::ids("pk", &ids).text(),
            "pk in [\"\u{1}\t\\r\\n\u{7f}\"]"
        );
    }

    #[test]
    fn keys_are_quoted() {
        let ids = [Id::from("a\"b"), Id::from("c\\")];
        assert_eq!(Filter::ids("pk", &ids).text(), r#"pk in ["a\"b", "c\\"]"#);
    }
}
