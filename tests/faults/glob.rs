//! Texts with parts that are not known beforehand.

/// Whether a text has the form of a pattern, in which `*` stands for any text.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

#[test]
fn a_star_stands_for_any_text() {
    for (pattern, text, wanted) in [
        ("ok", "ok", true),
        ("ok", "okay", false),
        ("ok", "not ok", false),
        ("*", "", true),
        ("lost *: closed", "lost http://a: closed", true),
        ("lost *: closed", "lost http://a: reset", false),
        ("lost *: closed", "was lost http://a: closed", false),
        ("a*b*c", "a1b2b3c", true),
        ("a*b*c", "a1c", false),
        ("a*", "b", false),
    ] {
        assert_eq!(matches(pattern, text), wanted, "{pattern:?} {text:?}");
    }
}
