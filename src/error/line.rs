//! Text on one line.

use std::borrow::Cow;

/// Replaces each line break, with the blanks around it, with one space, and escapes other control characters. Server
/// messages contain positions in filters, stack traces and arbitrary names, but an error must be one line of a log.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if !text.chars().any(breaks_line) {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        if is_line_break(letter) {
            line.truncate(line.trim_end().len());
            line.push(' ');
            while rest.next_if(|next| next.is_whitespace()).is_some() {}
        } else if letter == '\t' {
            line.push(' ');
        } else if breaks_line(letter) {
            line.extend(letter.escape_unicode());
        } else {
            line.push(letter);
        }
    }
    Cow::Owned(line)
}

fn is_line_break(letter: char) -> bool {
    matches!(
        letter,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

fn breaks_line(letter: char) -> bool {
    letter.is_control() || is_line_break(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_several_lines_becomes_one() {
        for (text, line) in [
            ("plain", "plain"),
            ("", ""),
            (
                "unexpected '>' at column 5\n  id >>> 3\n      ^\n",
                "unexpected '>' at column 5 id >>> 3 ^",
            ),
            ("a \r\n\r\n b", "a b"),
            ("a\tb", "a b"),
            ("a\u{2028}b\u{85}c\u{b}d", "a b c d"),
            ("\u{1b}[31mred\0", "\\u{1b}[31mred\\u{0}"),
            ("颜色 é", "颜色 é"),
        ] {
            assert_eq!(one_line(text), line);
        }
    }
}
