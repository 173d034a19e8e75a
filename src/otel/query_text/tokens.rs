//! The tokens of a filter.

/// A token of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::otel) enum Token<'a> {
    /// A quoted string, with its quotes.
    Text(&'a str),
    /// A quoted string in brackets right after a name, as in `meta["year"]`.
    Key(&'a str),
    Number(&'a str),
    /// A field, a function or a keyword.
    Name(&'a str),
    Other(char),
}

/// The tokens of a filter, in order. Concatenated, they are the filter.
pub(in crate::otel) fn tokens(filter: &str) -> impl Iterator<Item = Token<'_>> {
    let (mut rest, mut place) = (filter, Place::Elsewhere);
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let (token, length) = match first {
            '"' | '\'' => {
                let length = string_length(rest, first);
                let kind = if place == Place::Brackets {
                    Token::Key
                } else {
                    Token::Text
                };
                (kind(&rest[..length]), length)
            }
            _ if is_number(rest) => {
                let length = number_length(rest);
                (Token::Number(&rest[..length]), length)
            }
            _ if first.is_alphabetic() || first == '_' || first == '$' => {
                let in_name = |each: char| is_of_name(each) || each == '.';
                let length = rest.find(|each: char| !in_name(each)).unwrap_or(rest.len());
                (Token::Name(&rest[..length]), length)
            }
            _ => (Token::Other(first), first.len_utf8()),
        };
        rest = &rest[length..];
        place = place.after(token);
        Some(token)
    })
}

/// The position of the next token. Whitespace does not change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// After a name, or after the brackets of a key.
    Name,
    /// After a `[` that follows a name: a string here is a JSON key.
    Brackets,
    Elsewhere,
}

impl Place {
    fn after(self, token: Token<'_>) -> Self {
        match token {
            Token::Other(letter) if letter.is_whitespace() => self,
            Token::Other('[') if self == Self::Name => Self::Brackets,
            Token::Other(']') => Self::Name,
            Token::Name(name) if is_field(name) => Self::Name,
            _ => Self::Elsewhere,
        }
    }
}

/// Whether a name is a field, not a keyword that may precede a list.
fn is_field(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    let keyword = ["in", "not", "and", "or", "like"]
        .iter()
        .any(|keyword| last.eq_ignore_ascii_case(keyword));
    !last.is_empty() && !keyword
}

fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '$'
}

/// The length of the string at the start of a text, with its quotes; an unterminated string ends with the text.
fn string_length(text: &str, quote: char) -> usize {
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

/// The length of the number at the start of a text: `1`, `0x1f`, `1.5e-3`.
pub(in crate::otel) fn number_length(text: &str) -> usize {
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

/// Whether a number begins here.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('.').unwrap_or(text);
    digits.starts_with(|each: char| each.is_ascii_digit())
}

/// The number of values in a filter that is a single list.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::otel) enum List {
    /// `id in [1, 2, 3]`
    Of(i64),
    /// `id in {ids}`
    Bound,
}

pub(in crate::otel) fn list(filter: &str) -> Option<List> {
    let mut tokens = tokens(filter).filter(|token| !matches!(token, Token::Other(' ')));
    let is_in = |token| matches!(token, Token::Name(name) if name.eq_ignore_ascii_case("in"));
    let Token::Name(_) = tokens.next()? else {
        return None;
    };
    tokens.next().filter(|token| is_in(*token))?;
    match tokens.next()? {
        Token::Other('{') => {
            let ends = [tokens.next()?, tokens.next()?];
            (matches!(ends, [Token::Name(_), Token::Other('}')]) && tokens.next().is_none())
                .then_some(List::Bound)
        }
        Token::Other('[') => {
            let mut values = 0;
            loop {
                match tokens.next()? {
                    Token::Text(_) | Token::Number(_) => values += 1,
                    Token::Other(',' | '-' | '+') => {}
                    Token::Other(']') if tokens.next().is_none() => return Some(List::Of(values)),
                    _ => return None,
                }
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_a_filter_that_is_a_single_list_are_counted() {
        for (filter, values) in [
            ("id in [1, 2, -3]", Some(List::Of(3))),
            (r#" name IN ["a, b",'c'] "#, Some(List::Of(2))),
            ("id in []", Some(List::Of(0))),
            ("id in {ids}", Some(List::Bound)),
            ("id in [1] and year in [2]", None),
            ("id not in [1]", None),
            ("id in [[1], [2]]", None),
            ("id in {ids} or true", None),
            ("id == 1", None),
            ("id in", None),
            ("", None),
        ] {
            assert_eq!(list(filter), values, "{filter}");
        }
    }
}
