//! What servers say, without what they quote of a filter.
//!
//! A server that cannot parse a filter quotes it, or the part of it where it stopped, or a value: cut off, in other
//! case, with escapes. So it is not literals that are looked for but their words, and pieces of words.

use std::collections::HashSet;

use super::query_text::{Token, cut, number, tokens, without_literals};

/// Shorter pieces of a word are in most messages by chance. Scripts with more letters say more with fewer of them.
const SHORTEST: usize = 3;
/// More of a message than this is not told where words have to be looked for.
const LONGEST: usize = 4096;

/// What filters look for.
#[derive(Debug, Default)]
pub(super) struct Secrets<'a> {
    filters: &'a [String],
    /// Words of literals, in lower case.
    words: HashSet<String>,
    /// All of them in one text, to find pieces in.
    all_words: String,
    numbers: Vec<f64>,
    /// Fields and keywords, which are no secret.
    names: HashSet<&'a str>,
}

impl<'a> Secrets<'a> {
    /// The literals of filters, and texts that are bound to them.
    pub(super) fn new(filters: &'a [String], bound: &[String]) -> Self {
        let mut secrets = Self {
            filters,
            ..Self::default()
        };
        for filter in filters {
            for token in tokens(filter) {
                match token {
                    Token::Text(text) => {
                        secrets.text(text);
                        secrets.text(&unescaped(text));
                    }
                    Token::Number(text) => {
                        secrets.text(text);
                        secrets.numbers.extend(value(text));
                    }
                    Token::Name(name) => {
                        secrets.names.extend(name.split('.'));
                    }
                    Token::Key(key) => {
                        secrets.names.extend(words(key));
                    }
                    Token::Other(_) => {}
                }
            }
        }
        for text in bound {
            secrets.text(text);
        }
        for word in &secrets.words {
            secrets.all_words.push_str(word);
            secrets.all_words.push(' ');
        }
        secrets
    }

    fn text(&mut self, text: &str) {
        self.words.extend(words(text).map(str::to_lowercase));
    }

    /// The message with a `?` in the place of everything that may be of a literal.
    pub(super) fn redact(&self, message: &str, limit: usize) -> String {
        let mut message = message.to_owned();
        for filter in self.filters {
            if !filter.is_empty() && message.contains(filter.as_str()) {
                message = message.replace(filter, &without_literals(filter, limit));
            }
        }
        if self.words.is_empty() {
            return message;
        }
        cut(&mut message, LONGEST);
        let mut out = String::with_capacity(message.len());
        for chunk in message.split_inclusive(char::is_whitespace) {
            // Where a part of a chunk is of a literal, or the chunk is quoted, shorter parts are taken for such too.
            let strict = chunk.starts_with(['"', '\'', '`']) || self.marks(chunk, SHORTEST);
            self.chunk(chunk, if strict { 1 } else { SHORTEST }, &mut out);
        }
        out
    }

    /// Whether something in the chunk is of a literal.
    fn marks(&self, chunk: &str, shortest: usize) -> bool {
        let mut out = String::new();
        self.chunk(chunk, shortest, &mut out);
        out != chunk
    }

    fn chunk(&self, chunk: &str, shortest: usize, out: &mut String) {
        let mut rest = chunk;
        while let Some(first) = rest.chars().next() {
            let length = if first == '\\' {
                let length = escape(rest);
                // What it stands for may be a letter of a literal.
                let shown = &rest[..length];
                out.push_str(if length > 2 { "?" } else { shown });
                length
            } else if first.is_ascii_digit() {
                let length = number(rest).max(1);
                self.number(&rest[..length], shortest, out);
                length
            } else if first.is_alphanumeric() {
                let length = rest.find(|each: char| !each.is_alphanumeric());
                let length = length.unwrap_or(rest.len());
                self.word(&rest[..length], shortest, out);
                length
            } else {
                out.push(first);
                first.len_utf8()
            };
            rest = &rest[length..];
        }
    }

    fn number(&self, text: &str, shortest: usize, out: &mut String) {
        let same = value(text).is_some_and(|value| self.numbers.contains(&value));
        if same {
            out.push('?');
            return;
        }
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let in_word = |each: char| each.is_alphanumeric();
            let length = match rest.find(|each: char| !in_word(each)) {
                Some(0) => {
                    out.push(first);
                    rest = &rest[first.len_utf8()..];
                    continue;
                }
                length => length.unwrap_or(rest.len()),
            };
            self.word(&rest[..length], shortest, out);
            rest = &rest[length..];
        }
    }

    fn word(&self, word: &str, shortest: usize, out: &mut String) {
        let folded = word.to_lowercase();
        if self.words.contains(&folded) && !self.names.contains(word) {
            out.push('?');
            return;
        }
        if self.names.contains(word) {
            out.push_str(word);
            return;
        }
        let long = |text: &str, least: usize| !text.is_ascii() || text.chars().count() >= least;
        let is_piece = long(&folded, shortest) && self.all_words.contains(&folded);
        let has_piece = || {
            self.words
                .iter()
                .any(|secret| long(secret, SHORTEST) && folded.contains(secret.as_str()))
        };
        if is_piece || has_piece() {
            out.push('?');
        } else {
            out.push_str(word);
        }
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|each: char| !each.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// What a number is worth, however it is written.
fn value(text: &str) -> Option<f64> {
    let digits = text.replace('_', "");
    let hexadecimal = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"));
    match hexadecimal {
        #[expect(
            clippy::cast_precision_loss,
            reason = "compared with others of its kind"
        )]
        Some(digits) => u64::from_str_radix(digits, 16)
            .ok()
            .map(|value| value as f64),
        None => digits.parse().ok(),
    }
}

/// How long the escape is that begins here: `\n`, `\x41`, `\u79d8`, `\U0001f4da`, `\347`.
fn escape(text: &str) -> usize {
    let digits = |from: usize, most: usize, radix: u32| {
        let tail = text.get(from..).unwrap_or_default();
        let digits = tail.chars().take(most);
        digits.take_while(|digit| digit.is_digit(radix)).count()
    };
    match text.chars().nth(1) {
        Some('x') => 2 + digits(2, 2, 16),
        Some('u') => 2 + digits(2, 4, 16),
        Some('U') => 2 + digits(2, 8, 16),
        Some('0'..='7') => 1 + digits(1, 3, 8),
        Some(other) => 1 + other.len_utf8(),
        None => 1,
    }
}

/// A text with its escapes replaced by what they stand for.
fn unescaped(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some(at) = rest.find('\\') {
        let (before, from) = rest.split_at(at);
        bytes.extend_from_slice(before.as_bytes());
        let (escape, after) = from.split_at(escape(from));
        rest = after;
        let digits = escape.get(2..).unwrap_or_default();
        let letter = |radix| {
            u32::from_str_radix(digits, radix)
                .ok()
                .and_then(char::from_u32)
        };
        match escape.as_bytes().get(1) {
            // A byte of a letter, perhaps.
            Some(b'x') => bytes.extend(u8::from_str_radix(digits, 16).ok()),
            Some(b'0'..=b'7') => bytes.extend(u8::from_str_radix(&escape[1..], 8).ok()),
            Some(b'u' | b'U') => {
                let letter = letter(16).map(String::from).unwrap_or_default();
                bytes.extend_from_slice(letter.as_bytes());
            }
            // A control character parts words.
            Some(b'n' | b't' | b'r' | b'a' | b'b' | b'f' | b'v') => bytes.push(b' '),
            Some(_) => bytes.extend_from_slice(&escape.as_bytes()[1..]),
            None => {}
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn redacted(filter: &str, message: &str) -> String {
        let filters = [filter.to_owned()];
        Secrets::new(&filters, &[]).redact(message, 1000)
    }

    #[test]
    fn nothing_of_a_literal_is_shown() {
        let filter = r#"mail == "bob@example.com" and title == 'Die Würde' and age > 42 and id in [7, 123456789]"#;
        for (said, shown) in [
            ("invalid: bob@exam", "invalid: ?@?"),
            ("near 'bob@ex", "near '?@?"),
            ("near \"ex\"", "near \"?\""),
            ("near BOB@EXAMPLE", "near ?@?"),
            (r"near Die W\u00fcrde", "near ? ???"),
            (r"near Die W\303\274rde", "near ? ????"),
            ("near Wür", "near ?"),
            (
                "age: 42.0 is too old, not 420",
                "age: ? is too old, not 420",
            ),
            ("value 7, and 0x7, at 1:7", "value ?, and ?, at ?:?"),
            ("got 12345", "got ?"),
            (
                "field mail does not exist: age",
                "field mail does not exist: age",
            ),
            (
                "the collection books is not loaded",
                "the collection books is not loaded",
            ),
            ("vector dimension 768, not 5", "vector dimension 768, not 5"),
        ] {
            let redacted = redacted(filter, said);
            assert_eq!(redacted, shown, "{said}");
        }
        let quoted = format!("cannot parse expression: {filter}, error: unknown");
        let shown = "cannot parse expression: mail == ? and title == ? and age > ? and id in [?], error: unknown";
        assert_eq!(redacted(filter, &quoted), shown);
    }

    #[test]
    fn literals_of_one_letter_and_texts_that_are_bound() {
        assert_eq!(
            redacted("a == 'x'", "cannot use x here"),
            "cannot use ? here"
        );
        assert_eq!(redacted(r#"a == "\u79d8密""#, "near 秘密の"), "near ?");
        let bound = ["Frank Herbert".to_owned()];
        let said = "cannot compare frank with a number";
        let shown = Secrets::new(&[], &bound).redact(said, 100);
        assert_eq!(shown, "cannot compare ? with a number");
    }

    proptest! {
        #[test]
        fn no_piece_of_a_literal_however_it_is_written(
            literal in "[a-z]{4,12}( [0-9]{4,8})?",
            from in 0_usize..6,
            length in 3_usize..20,
            form in 0..4,
        ) {
            prop_assume!(literal != "name");
            let piece: String = literal.chars().skip(from).take(length).collect();
            prop_assume!(piece.trim().len() >= 3 && !piece.starts_with(' ') && !piece.ends_with(' '));
            prop_assume!(piece.split(' ').all(|word| word.len() >= 3));
            let said = match form {
                0 => piece.to_uppercase(),
                1 => format!("'{piece}'<EOF>"),
                2 => format!("\\\"{piece}..."),
                _ => piece.clone(),
            };
            let shown = redacted(&format!("name == \"{literal}\""), &format!("!! {said}"));
            for word in piece.split(' ') {
                prop_assert!(!shown.to_lowercase().contains(word), "{said} -> {shown}");
            }
        }

        #[test]
        fn any_message_is_taken(filter in ".*", message in ".*") {
            redacted(&filter, &message);
            redacted(&format!("a == '{filter}'"), &message);
        }
    }
}
