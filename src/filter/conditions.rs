//! Filters that compare one field.

use super::{Bound, Filter, IntoList, Shape, bound, names};

/// Constructors of comparisons: the name, and the operator in Milvus' language.
macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident $operator:literal;)*) => {
        $(
            $(#[$doc])*
            pub fn $name(field: impl Into<String>, value: impl Into<Bound>) -> Self {
                Self::on(&field.into(), value, |field, value| format!(concat!("{} ", $operator, " {}"), field, value))
            }
        )*
    };
}

/// Constructors of calls of a function with a field and a value.
macro_rules! calls {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            pub fn $name(field: impl Into<String>, value: impl Into<Bound>) -> Self {
                Self::call(stringify!($name), &field.into(), value.into())
            }
        )*
    };
}

/// Constructors of calls of a function with a field and a list of values.
macro_rules! list_calls {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            pub fn $name<K>(field: impl Into<String>, values: impl IntoList<K>) -> Self {
                Self::call(stringify!($name), &field.into(), values.into_list())
            }
        )*
    };
}

/// # Conditions
///
/// The value is bound, so it can come from users. The field is the name of a field or dynamic field, or a path in a JSON
/// field such as `meta["year"]`; other texts are refused when the operation is awaited.
impl Filter {
    comparisons! {
        /// Selects rows whose field is equal to a value.
        #[doc(alias = "matches")]
        #[doc(alias = "term")]
        eq "==";
        /// Selects rows whose field is not equal to a value, and not null.
        ne "!=";
        /// Selects rows whose field is less than a value.
        lt "<";
        /// Selects rows whose field is less than a value, or equal.
        #[doc(alias = "lte")]
        le "<=";
        /// Selects rows whose field is greater than a value.
        gt ">";
        /// Selects rows whose field is greater than a value, or equal.
        #[doc(alias = "gte")]
        ge ">=";
    }

    calls! {
        /// Selects rows whose array contains a value. Since Milvus 2.3.
        array_contains;
        /// Selects rows in which the list at a path of a JSON field contains a value.
        json_contains;
    }

    list_calls! {
        /// Selects rows whose array contains all values of a list. Since Milvus 2.3.
        array_contains_all;
        /// Selects rows whose array contains at least one value of a list. Since Milvus 2.3.
        array_contains_any;
        /// Selects rows in which the list at a path of a JSON field contains all values of a list.
        json_contains_all;
        /// Selects rows in which the list at a path of a JSON field contains at least one value of a list.
        json_contains_any;
    }

    /// Selects rows whose field is equal to one of the values. Without values, it matches nothing.
    ///
    /// ```
    /// use milvus_otel::Filter;
    ///
    /// let filter = Filter::is_in("language", ["en", "de"]);
    /// assert_eq!(filter.inlined().to_string(), r#"language in ["en", "de"]"#);
    /// ```
    #[doc(alias = "in_list")]
    #[doc(alias = "in_")]
    #[doc(alias = "one_of")]
    pub fn is_in<K>(field: impl Into<String>, values: impl IntoList<K>) -> Self {
        let values = values.into_list();
        let is_empty = values.is_empty_list();
        let filter = Self::on(&field.into(), values, |field, list| {
            format!("{field} in {list}")
        });
        match filter.fault {
            None if is_empty => Self::nothing(),
            _ => filter,
        }
    }

    /// Selects rows whose field is not equal to any of the values, and not null. Without values, the filter is empty, and
    /// selects all rows.
    pub fn not_in<K>(field: impl Into<String>, values: impl IntoList<K>) -> Self {
        let values = values.into_list();
        let is_empty = values.is_empty_list();
        let filter = Self::on(&field.into(), values, |field, list| {
            format!("{field} not in {list}")
        });
        match filter.fault {
            None if is_empty => Self::default(),
            _ => filter,
        }
    }

    /// Selects rows whose text begins with a prefix.
    ///
    /// ```
    /// use milvus_otel::Filter;
    ///
    /// let filter = Filter::starts_with("title", "The ");
    /// assert_eq!(filter.inlined().to_string(), r#"title >= "The " and title < "The!""#);
    /// ```
    pub fn starts_with(field: impl Into<String>, prefix: impl Into<String>) -> Self {
        // A range, because Milvus 2.3 cannot match `%` and `_` by `like`.
        let (field, prefix) = (field.into(), prefix.into());
        let end = end_of_prefix(&prefix).map(|end| Self::lt(&field, end));
        Self::ge(&field, prefix).and(end)
    }

    /// Selects rows whose text matches a [pattern](https://milvus.io/docs/basic-operators.md), in which `%` stands for
    /// any text, and `_` for one character. Milvus 2.3 supports only patterns that end with `%`. Milvus 2.3 and Milvus
    /// Lite 2.5 do not support escaping the two characters.
    pub fn like(field: impl Into<String>, pattern: impl AsRef<str>) -> Self {
        Self::with_literal(&field.into(), pattern.as_ref(), |field, pattern| {
            format!("{field} like {pattern}")
        })
    }

    /// Selects rows whose text contains at least one of the words of `text`. An analyzer splits both into words. The field
    /// needs [`Field::text_match`](crate::Field::text_match). See Milvus' manual on
    /// [text match](https://milvus.io/docs/keyword-match.md). Since Milvus 2.5.
    ///
    /// ```
    /// use milvus_otel::Filter;
    ///
    /// let filter = Filter::text_match("title", "desert \"planet\"");
    /// assert_eq!(filter.to_string(), r#"text_match(title, "desert \"planet\"")"#);
    /// ```
    #[doc(alias = "full_text")]
    pub fn text_match(field: impl Into<String>, text: impl AsRef<str>) -> Self {
        Self::with_literal(&field.into(), text.as_ref(), |field, text| {
            format!("text_match({field}, {text})")
        })
    }

    /// Selects rows whose text contains the words of a phrase, in their order. `slop` is the number of positions by which
    /// words may be moved: with 0 they must follow each other, with 1 there may be one word between two of them. The field
    /// needs [`Field::text_match`](crate::Field::text_match). See Milvus' manual on
    /// [phrase match](https://milvus.io/docs/phrase-match.md). Since Milvus 2.6.
    ///
    /// ```
    /// use milvus_otel::Filter;
    ///
    /// let filter = Filter::phrase_match("title", "left hand", 1);
    /// assert_eq!(filter.to_string(), r#"phrase_match(title, "left hand", 1)"#);
    /// ```
    pub fn phrase_match(field: impl Into<String>, phrase: impl AsRef<str>, slop: u32) -> Self {
        Self::with_literal(&field.into(), phrase.as_ref(), |field, phrase| {
            format!("phrase_match({field}, {phrase}, {slop})")
        })
    }

    /// Selects rows whose field is null. Since Milvus 2.5.
    pub fn is_null(field: impl Into<String>) -> Self {
        Self::unary(&field.into(), |field| format!("{field} is null"))
    }

    /// Selects rows whose field is not null. Since Milvus 2.5.
    pub fn is_not_null(field: impl Into<String>) -> Self {
        Self::unary(&field.into(), |field| format!("{field} is not null"))
    }

    /// Milvus takes some texts only as literals, so they are written into the expression, with quotes.
    fn with_literal(field: &str, text: &str, condition: impl FnOnce(&str, &str) -> String) -> Self {
        let mut filter = Self::unary(field, |field| condition(field, &bound::quoted(text)));
        filter.line_break = text.contains(bound::LINE_BREAKS);
        filter.literals = true;
        filter
    }

    fn call(function: &str, field: &str, value: Bound) -> Self {
        Self::on(field, value, |field, value| {
            format!("{function}({field}, {value})")
        })
    }

    fn on(field: &str, value: impl Into<Bound>, text: impl FnOnce(&str, &str) -> String) -> Self {
        let name = placeholder(field);
        let mut filter = Self::unary(field, |field| text(field, &format!("{{{name}}}")));
        if filter.fault.is_none() {
            filter.values.push((name, value.into()));
        }
        filter
    }

    fn unary(field: &str, text: impl FnOnce(&str) -> String) -> Self {
        if is_path(field) {
            Self {
                template: text(field),
                shape: Shape::Atom,
                ..Self::default()
            }
        } else {
            Self {
                fault: Some(format!(
                    "{field:?} in the filter is not a field: expected a name, or a path such as meta[\"year\"]"
                )),
                ..Self::default()
            }
        }
    }
}

/// The first text, in the order of code points, after all that begin with the prefix; `None` if none follows them.
fn end_of_prefix(prefix: &str) -> Option<String> {
    let mut end = prefix.to_owned();
    while let Some(last) = end.pop() {
        let next = match u32::from(last) + 1 {
            // No characters: halves of others in UTF-16.
            0xd800 => Some('\u{e000}'),
            next => char::from_u32(next),
        };
        if let Some(next) = next {
            end.push(next);
            return Some(end);
        }
    }
    None
}

/// A name for the value that is compared with this field.
fn placeholder(field: &str) -> String {
    let letters = field.trim_start_matches('$').chars();
    let letters = letters.map(|letter| {
        if letter.is_ascii_alphanumeric() {
            letter
        } else {
            '_'
        }
    });
    let name: String = letters.collect();
    let name = name.trim_matches('_');
    let mut short = String::new();
    for letter in name.chars().take(64) {
        if !(letter == '_' && short.ends_with('_')) {
            short.push(letter);
        }
    }
    if names::is_name(&short) {
        short
    } else {
        format!("value_{short}")
    }
}

/// Whether the text is a name, followed by keys and indexes in brackets: `name`, `meta["year"]`, `$meta["a"][0]`.
fn is_path(text: &str) -> bool {
    let end = text.find('[').unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    if !names::is_name(name.strip_prefix('$').unwrap_or(name)) {
        return false;
    }
    while !rest.is_empty() {
        let Some(after) = rest.strip_prefix('[').and_then(after_key) else {
            return false;
        };
        rest = after;
    }
    true
}

/// What follows the bracket that closes a key in quotes or an index.
fn after_key(text: &str) -> Option<&str> {
    let quote = text.chars().next()?;
    if quote != '"' && quote != '\'' {
        let (index, rest) = text.split_once(']')?;
        let is_index = !index.is_empty() && index.chars().all(|digit| digit.is_ascii_digit());
        return is_index.then_some(rest);
    }
    let mut letters = text.char_indices().skip(1);
    while let Some((index, letter)) = letters.next() {
        if letter == '\\' {
            letters.next()?;
        } else if letter == quote {
            return text.get(index + 1..)?.strip_prefix(']');
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_and_paths_are_fields() {
        for path in [
            "a",
            "_a1",
            "$meta",
            "m[\"year\"]",
            "$meta['a'][0][\"b]\\\"\"]",
        ] {
            assert!(is_path(path), "{path}");
        }
        for text in [
            "",
            "1a",
            "a b",
            "a == 1 or a",
            "a[",
            "a[]",
            "a[b]",
            "a[\"b]",
            "a[\"b\"] or 1",
            "a[0]x",
            "a.b",
            "ä",
        ] {
            assert!(!is_path(text), "{text}");
            let filter = Filter::eq(text, 1);
            let why = filter
                .for_server(super::super::TemplateSupport::Native)
                .unwrap_err();
            assert!(why.contains("is not a field"), "{why}");
        }
    }

    #[test]
    fn values_have_names_like_their_fields() {
        for (field, name) in [
            ("year", "year"),
            ("$meta[\"a b\"]", "meta_a_b"),
            ("m['x'][0]", "m_x_0"),
            ("_", "value_"),
        ] {
            assert_eq!(placeholder(field), name);
        }
    }

    #[test]
    fn a_prefix_is_a_range() {
        for (prefix, end) in [
            ("a", Some("b")),
            ("100%_", Some("100%`")),
            ("a\u{10ffff}\u{10ffff}", Some("b")),
            ("\u{d7ff}", Some("\u{e000}")),
            ("\u{10ffff}", None),
            ("", None),
        ] {
            assert_eq!(end_of_prefix(prefix).as_deref(), end, "{prefix}");
        }
        let filter = Filter::starts_with("t", "a") | Filter::starts_with("t", "");
        let text = filter.inlined().to_string();
        assert_eq!(text, r#"(t >= "a" and t < "b") or t >= """#);
    }
}
