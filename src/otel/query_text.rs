//! Filters without their literals, for spans and logs.

mod tokens;

pub(super) use tokens::{List, Token, list, number_length, tokens};

/// The default limit of `db.query.text`, in bytes.
pub(super) const DEFAULT_LIMIT: usize = 1024;

/// The filter with every literal replaced by `?`, cut to `limit` bytes.
///
/// Numbers and quoted strings are literals; a list of literals becomes a single `?`. A string in brackets right after a
/// name is a JSON key, `meta["year"]`, and is kept.
pub(crate) fn without_literals(filter: &str, limit: usize) -> String {
    let mut out = String::with_capacity(filter.len().min(limit));
    for token in tokens(filter) {
        if out.len() > limit {
            break;
        }
        match token {
            Token::Text(_) | Token::Number(_) => literal(&mut out),
            Token::Key(text) | Token::Name(text) => out.push_str(text),
            Token::Other(letter) => out.push(letter),
        }
    }
    truncate(&mut out, limit);
    out
}

/// Truncates a text to `limit` bytes, at the end of a character, and adds `…`.
pub(super) fn truncate(text: &mut String, limit: usize) {
    if text.len() > limit {
        let end = (0..=limit)
            .rev()
            .find(|end| text.is_char_boundary(*end))
            .unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
}

/// Adds a `?`, unless it would follow another one in a list.
fn literal(out: &mut String) {
    // A sign that is not an operator belongs to the number.
    if let Some(before) = out.strip_suffix(['-', '+'])
        && before
            .trim_end()
            .ends_with(['(', '[', ',', '=', '<', '>', '?'])
        && !before.trim_end().ends_with('?')
    {
        out.pop();
    }
    if out
        .trim_end()
        .strip_suffix(',')
        .is_some_and(|list| list.trim_end().ends_with('?'))
    {
        let list = out.trim_end().len() - 1;
        out.truncate(list);
        let end = out.trim_end().len();
        out.truncate(end);
    } else {
        out.push('?');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn literals_become_question_marks() {
        for (filter, shown) in [
            ("year > 1950", "year > ?"),
            ("year>1950 and name == 'Frank'", "year>? and name == ?"),
            (r#"name == "a \" b" or x < -1.5e-3"#, "name == ? or x < ?"),
            ("id in [1, 2, 3]", "id in [?]"),
            (r#"tag in ["a", 'b' ,"c"]"#, "tag in [?]"),
            (r#"tag in["secret"]"#, "tag in[?]"),
            (
                r#"meta["year"] > 3 and meta['a']["b"] == "x""#,
                r#"meta["year"] > ? and meta['a']["b"] == ?"#,
            ),
            ("field1 == 0x1F and v2.x < .5", "field1 == ? and v2.x < ?"),
            ("a - 1 > b", "a - ? > b"),
            (r#"name like "abc%""#, "name like ?"),
            (r#"ARRAY_CONTAINS(tags, "x")"#, "ARRAY_CONTAINS(tags, ?)"),
            (r#"text == "unfinished"#, "text == ?"),
            ("age > {age}", "age > {age}"),
            ("名前 == \"秘密\"", "名前 == ?"),
            ("", ""),
        ] {
            assert_eq!(without_literals(filter, 100), shown, "{filter}");
        }
    }

    #[test]
    fn a_string_in_brackets_after_a_number_is_not_a_key() {
        for (filter, shown) in [
            (r#"3ta["x"]"#, "?[?]"),
            (r#"a.in ["x"]"#, "a.in [?]"),
            (r#"a . ["x"]"#, "a . [?]"),
            (r#"meta [ "year" ] ["b"]"#, r#"meta [ "year" ] ["b"]"#),
        ] {
            assert_eq!(without_literals(filter, 100), shown, "{filter}");
        }
    }

    #[test]
    fn a_long_filter_is_cut_between_characters() {
        assert_eq!(without_literals("ääää", 5), "ää…");
        assert_eq!(without_literals("abc", 3), "abc");
    }

    proptest! {
        #[test]
        fn no_number_or_quoted_text_remains(secret in "[0-9]{3,8}", name in "[a-z]{1,6}") {
            for filter in [
                format!("{name} == {secret}"),
                format!("{name} in [{secret}, -{secret}]"),
                format!("{name} == '{secret}' && {secret} < {name}"),
                format!("{name} in ['{secret}']"),
            ] {
                let shown = without_literals(&filter, 1000);
                prop_assert!(!shown.contains(&secret), "{} -> {}", filter, shown);
            }
        }

        #[test]
        fn no_filter_panics(filter in ".*", limit in 0_usize..50) {
            let shown = without_literals(&filter, limit);
            prop_assert!(shown.len() <= limit + '…'.len_utf8());
        }

        #[test]
        fn a_filter_without_literals_is_unchanged(filter in r#"[a-e0-9."'\[\]?,<>=+ -]{0,24}"#) {
            let shown = without_literals(&filter, 1000);
            prop_assert_eq!(without_literals(&shown, 1000), shown);
        }
    }
}
