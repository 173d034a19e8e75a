//! Filters as they may be shown.

/// Longer texts are cut.
pub(super) const DEFAULT_LIMIT: usize = 1024;

/// The filter with every literal replaced by `?`, cut to `limit` bytes.
///
/// Numbers and quoted strings are literals, and a list of literals is one. A string in brackets right behind a name
/// is a JSON key, `meta["year"]`, and stays.
pub(crate) fn without_literals(filter: &str, limit: usize) -> String {
    let mut out = String::with_capacity(filter.len().min(limit));
    let mut rest = filter;
    while let Some(first) = rest.chars().next() {
        if out.len() > limit {
            break;
        }
        let taken = match first {
            '"' | '\'' => {
                let end = quoted(rest, first);
                let text = &rest[..end];
                if is_key(&out) {
                    out.push_str(text)
                } else {
                    literal(&mut out)
                }
                end
            }
            _ if first.is_ascii_digit() || (first == '.' && starts_with_digit(&rest[1..])) => {
                literal(&mut out);
                number(rest)
            }
            _ if first.is_alphabetic() || first == '_' || first == '$' => {
                let end = rest
                    .find(|each: char| {
                        !(each.is_alphanumeric() || each == '_' || each == '$' || each == '.')
                    })
                    .unwrap_or(rest.len());
                out.push_str(&rest[..end]);
                end
            }
            _ => {
                out.push(first);
                first.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    cut(&mut out, limit);
    out
}

/// Cuts a text to so many bytes, at a character's end.
pub(super) fn cut(text: &mut String, limit: usize) {
    if text.len() > limit {
        let end = (0..=limit)
            .rev()
            .find(|end| text.is_char_boundary(*end))
            .unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
}

/// Adds a `?`, unless it would stand in a list behind another.
fn literal(out: &mut String) {
    // A sign belongs to the number, where it is no operator.
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

/// Whether what comes next is in brackets behind a name, as a JSON key is.
fn is_key(before: &str) -> bool {
    let Some(name) = before.trim_end().strip_suffix('[') else {
        return false;
    };
    let name = name.trim_end();
    let last = name
        .rsplit(|each: char| !(each.is_alphanumeric() || each == '_' || each == '$'))
        .next()
        .unwrap_or_default();
    let keyword = ["in", "not", "and", "or", "like"]
        .iter()
        .any(|keyword| last.eq_ignore_ascii_case(keyword));
    name.ends_with(']') || (!last.is_empty() && !keyword)
}

/// Shorter literals are in every message by chance.
const SHORTEST: usize = 3;

/// The numbers in a filter, those within quoted strings included.
pub(super) fn numbers(filter: &str) -> impl Iterator<Item = &str> {
    let (mut rest, mut in_name) = (filter, false);
    std::iter::from_fn(move || {
        while let Some(first) = rest.chars().next() {
            if first.is_ascii_digit() && !in_name {
                let (digits, after) = rest.split_at(number(rest));
                rest = after;
                return Some(digits);
            }
            in_name = first.is_alphanumeric() || first == '_' || first == '$';
            rest = &rest[first.len_utf8()..];
        }
        None
    })
    .filter(|digits| digits.len() >= SHORTEST)
}

/// What stands between quotes in a filter. Escapes do not matter: a quote in a text only makes two of it.
pub(super) fn quoted_texts(filter: &str) -> impl Iterator<Item = &str> {
    let mut rest = filter;
    std::iter::from_fn(move || {
        let open = rest.find(['"', '\''])?;
        let (quote, after) = rest.get(open..)?.split_at_checked(1)?;
        let (text, next) = after.split_once(quote).unwrap_or((after, ""));
        rest = next;
        Some(text)
    })
    .filter(|text| text.len() >= SHORTEST)
}

/// Where the string that begins here ends, its quotes included; an unfinished one ends with the text.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, each) in text.char_indices().skip(1) {
        match each {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if each == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Where the number that begins here ends: `1`, `0x1f`, `1.5e-3`.
fn number(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut end = 0;
    while let Some(byte) = bytes.get(end) {
        let exponent_sign = matches!(byte, b'+' | b'-')
            && matches!(bytes.get(end.wrapping_sub(1)), Some(b'e' | b'E'))
            && !text.starts_with("0x");
        if byte.is_ascii_alphanumeric() || *byte == b'.' || *byte == b'_' || exponent_sign {
            end += 1;
        } else {
            break;
        }
    }
    end
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|each: char| each.is_ascii_digit())
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
    fn a_long_filter_is_cut_between_characters() {
        assert_eq!(without_literals("ääää", 5), "ää…");
        assert_eq!(without_literals("abc", 3), "abc");
    }

    proptest! {
        #[test]
        fn no_digit_outside_a_name_and_no_quoted_text_is_left(secret in "[0-9]{3,8}", name in "[a-z]{1,6}") {
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
        fn anything_is_taken(filter in ".*", limit in 0_usize..50) {
            let shown = without_literals(&filter, limit);
            prop_assert!(shown.len() <= limit + '…'.len_utf8());
        }
    }
}
