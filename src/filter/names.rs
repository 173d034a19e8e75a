//! The names in braces in the text of a filter.

/// The text with names in braces replaced. `replace` returns what stands in the place of `{name}`, or `None` to keep it.
/// Braces in quotes are text.
pub(super) fn replaced(text: &str, mut replace: impl FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut quote = None;
    while let Some(next) = rest.chars().next() {
        if next == '{'
            && quote.is_none()
            && let Some((length, name)) = name_at(rest)
            && let Some(replacement) = replace(name)
        {
            out.push_str(&replacement);
            rest = rest.get(length..).unwrap_or_default();
            continue;
        }
        // Inside quotes, braces and escaped quotes are text.
        let mut taken = next.len_utf8();
        match (quote, next) {
            (Some(_), '\\') => taken += rest.chars().nth(1).map_or(0, char::len_utf8),
            (Some(open), _) if open == next => quote = None,
            (None, '"' | '\'') => quote = Some(next),
            _ => {}
        }
        out.push_str(rest.get(..taken).unwrap_or_default());
        rest = rest.get(taken..).unwrap_or_default();
    }
    out
}

/// The names in braces, without repetitions.
pub(super) fn names(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    if text.contains('{') {
        replaced(text, |name| {
            if is_name(name) && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
            None
        });
    }
    names
}

/// The name in the braces at the start of `text`, and the length including the braces.
fn name_at(text: &str) -> Option<(usize, &str)> {
    let end = text.find('}')?;
    Some((end + 1, text.get(1..end)?.trim()))
}

/// Whether the text is an identifier, and not, for example, the content of a JSON object.
pub(super) fn is_name(text: &str) -> bool {
    let letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    text.starts_with(|first: char| letter(first) && !first.is_ascii_digit())
        && text.chars().all(letter)
}
