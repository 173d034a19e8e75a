//! The tokens of a filter.

use super::super::fail::Outcome;
use super::refuse;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Word(String),
    /// Unsigned, so that the smallest integer fits into one token after a minus.
    Int(i128),
    Double(f64),
    Text(String),
    /// A name in braces, to which a value is bound.
    Placeholder(String),
    Symbol(&'static str),
    End,
}

/// The longer ones first.
const SYMBOLS: [&str; 24] = [
    "==", "!=", "<=", ">=", "&&", "||", "**", "<", ">", "(", ")", "[", "]", ",", "+", "-", "*",
    "/", "%", "!", "=", "&", "|", "^",
];

/// A token, and the byte at which it begins.
pub(super) type Placed = (usize, Token);

pub(super) fn tokens(text: &str) -> Outcome<Vec<Placed>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let spaces = rest.len() - rest.trim_start().len();
        if spaces > 0 {
            at += spaces;
            continue;
        }
        let (token, length) = token(rest, at)?;
        tokens.push((at, token));
        at += length;
    }
    tokens.push((text.len(), Token::End));
    Ok(tokens)
}

fn token(rest: &str, at: usize) -> Outcome<(Token, usize)> {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$';
    let first = rest.chars().next().unwrap_or_default();
    let end =
        |is_part: &dyn Fn(char) -> bool| rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
    if first == '"' || first == '\'' {
        return quoted(rest, first, at);
    }
    if first.is_ascii_digit()
        || (first == '.'
            && rest
                .chars()
                .nth(1)
                .is_some_and(|next| next.is_ascii_digit()))
    {
        return number(rest, at);
    }
    if first == '{' {
        let close = rest
            .find('}')
            .ok_or_else(|| refuse(format_args!("no brace closes that at byte {at}")))?;
        let name = rest.get(1..close).unwrap_or_default().trim();
        return Ok((Token::Placeholder(name.to_owned()), close + 1));
    }
    if is_word(first) {
        let end = end(&is_word);
        return Ok((
            Token::Word(rest.get(..end).unwrap_or_default().to_owned()),
            end,
        ));
    }
    let symbol = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol));
    let symbol = symbol
        .ok_or_else(|| refuse(format_args!("unexpected character {first:?} at byte {at}")))?;
    Ok((Token::Symbol(symbol), symbol.len()))
}

fn number(rest: &str, at: usize) -> Outcome<(Token, usize)> {
    let mut end = 0;
    let mut before = ' ';
    for letter in rest.chars() {
        let is_sign = (letter == '+' || letter == '-') && matches!(before, 'e' | 'E');
        if !(letter.is_ascii_alphanumeric() || letter == '.' || is_sign) {
            break;
        }
        end += letter.len_utf8();
        before = letter;
    }
    let text = rest.get(..end).unwrap_or_default();
    let token = match (text.parse(), text.parse()) {
        (Ok(int), _) => Token::Int(int),
        (Err(_), Ok(double)) => Token::Double(double),
        _ => return Err(refuse(format_args!("no number at byte {at}"))),
    };
    Ok((token, end))
}

fn quoted(rest: &str, quote: char, at: usize) -> Outcome<(Token, usize)> {
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1);
    while let Some((place, letter)) = letters.next() {
        if letter == quote {
            return Ok((Token::Text(text), place + 1));
        }
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        let Some((_, escaped)) = letters.next() else {
            break;
        };
        match escaped {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            '0' => text.push('\0'),
            'u' | 'x' => {
                let digits = if escaped == 'u' { 4 } else { 2 };
                let hex: String = letters
                    .by_ref()
                    .take(digits)
                    .map(|(_, digit)| digit)
                    .collect();
                let letter = u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32);
                text.push(
                    letter.ok_or_else(|| {
                        refuse(format_args!("a bad escape at byte {}", at + place))
                    })?,
                );
            }
            // In a pattern, these escapes belong to the pattern.
            '%' | '_' => {
                text.push('\\');
                text.push(escaped);
            }
            other => text.push(other),
        }
    }
    Err(refuse(format_args!("no quote closes that at byte {at}")))
}
