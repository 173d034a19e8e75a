//! Removes literals of filters from the server's error messages.
//!
//! A server that cannot parse a filter quotes the filter, the part where parsing stopped, or a value, possibly
//! truncated, escaped or in a different case. Therefore, this module searches for the words of literals and for parts
//! of these words, not for whole literals.

use std::collections::HashSet;

use super::query_text::{Token, number_length, tokens, truncate, without_literals};

/// The minimum length, in characters, of an ASCII word that counts as part of a literal: shorter words occur in most
/// messages by chance. In other scripts, a single character counts.
const SHORTEST: usize = 3;
/// Messages that are searched for words are truncated to this many bytes.
const LONGEST: usize = 4096;

/// The literals and bound strings of filters.
#[derive(Debug, Default)]
pub(super) struct Secrets<'a> {
    filters: &'a [String],
    /// The words of the literals, in lower case.
    words: HashSet<String>,
    /// All `words` in one string, for the search for parts of words.
    all_words: String,
    numbers: Vec<f64>,
    /// Fields and keywords, which are not secret.
    names: HashSet<&'a str>,
}

impl<'a> Secrets<'a> {
    /// Collects the literals of filters and the strings bound to them.
    pub(super) fn new(filters: &'a [String], bound: &[String]) -> Self {
        let mut secrets = Self {
            filters,
            ..Self::default()
        };
        for filter in filters {
            for token in tokens(filter) {
                match token {
                    Token::Text(text) => {
                        secrets.add_words(text);
                        secrets.add_words(&unescape(text));
                    }
                    Token::Number(text) => {
                        secrets.add_words(text);
                        secrets.numbers.extend(parse_number(text));
                    }
                    Token::Name(name) => secrets.names.extend(name.split('.')),
                    Token::Key(key) => secrets.names.extend(words(key)),
                    Token::Other(_) => {}
                }
            }
        }
        for text in bound {
            secrets.add_words(text);
        }
        for word in &secrets.words {
            secrets.all_words.push_str(word);
            secrets.all_words.push(' ');
        }
        secrets
    }

    fn add_words(&mut self, text: &str) {
        self.words.extend(words(text).map(str::to_lowercase));
    }

    /// The message with everything that may be part of a literal replaced by `?`.
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
        truncate(&mut message, LONGEST);
        let mut out = String::with_capacity(message.len());
        for chunk in message.split_inclusive(char::is_whitespace) {
            // In a chunk that is quoted or contains part of a literal, words of any length count.
            let is_quoted = chunk.starts_with(['"', '\'', '`']);
            let mut redacted = String::with_capacity(chunk.len());
            if !is_quoted {
                self.redact_chunk(chunk, SHORTEST, &mut redacted);
            }
            if redacted != chunk {
                redacted.clear();
                self.redact_chunk(chunk, 1, &mut redacted);
            }
            out.push_str(&redacted);
        }
        out
    }

    fn redact_chunk(&self, chunk: &str, shortest: usize, out: &mut String) {
        let mut rest = chunk;
        while let Some(first) = rest.chars().next() {
            let length = if first == '\\' {
                let length = escape_length(rest);
                // The escape may represent a letter of a literal.
                let shown = &rest[..length];
                out.push_str(if length > 2 { "?" } else { shown });
                length
            } else if first.is_ascii_digit() {
                let length = number_length(rest).max(1);
                self.redact_number(&rest[..length], shortest, out);
                length
            } else if first.is_alphanumeric() {
                let length = word_length(rest);
                self.redact_word(&rest[..length], shortest, out);
                length
            } else {
                out.push(first);
                first.len_utf8()
            };
            rest = &rest[length..];
        }
    }

    fn redact_number(&self, text: &str, shortest: usize, out: &mut String) {
        if parse_number(text).is_some_and(|value| self.numbers.contains(&value)) {
            out.push('?');
            return;
        }
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let length = word_length(rest);
            if length == 0 {
                out.push(first);
                rest = &rest[first.len_utf8()..];
            } else {
                self.redact_word(&rest[..length], shortest, out);
                rest = &rest[length..];
            }
        }
    }

    fn redact_word(&self, word: &str, shortest: usize, out: &mut String) {
        let is_secret = !self.names.contains(word) && {
            let folded = word.to_lowercase();
            let long = |text: &str, least: usize| !text.is_ascii() || text.len() >= least;
            self.words.contains(&folded)
                || long(&folded, shortest) && self.all_words.contains(&folded)
                || self
                    .words
                    .iter()
                    .any(|secret| long(secret, SHORTEST) && folded.contains(secret.as_str()))
        };
        out.push_str(if is_secret { "?" } else { word });
    }
}

/// The length of the word at the start of a text.
fn word_length(text: &str) -> usize {
    text.find(|each: char| !each.is_alphanumeric())
        .unwrap_or(text.len())
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|each: char| !each.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// The value of a decimal or hexadecimal number, which may contain underscores.
fn parse_number(text: &str) -> Option<f64> {
    let digits = text.replace('_', "");
    let hexadecimal = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"));
    match hexadecimal {
        #[expect(
            clippy::cast_precision_loss,
            reason = "compared with numbers parsed by this function"
        )]
        Some(digits) => u64::from_str_radix(digits, 16)
            .ok()
            .map(|value| value as f64),
        None => digits.parse().ok(),
    }
}

/// The length of the escape at the start of a text: `\n`, `\x41`, `\u79d8`, `\U0001f4da`, `\347`.
fn escape_length(text: &str) -> usize {
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

/// Replaces escapes by the characters they represent.
fn unescape(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some(at) = rest.find('\\') {
        let (before, from) = rest.split_at(at);
        bytes.extend_from_slice(before.as_bytes());
        let (escape, after) = from.split_at(escape_length(from));
        rest = after;
        let digits = escape.get(2..).unwrap_or_default();
        let letter = |radix| {
            u32::from_str_radix(digits, radix)
                .ok()
                .and_then(char::from_u32)
        };
        match escape.as_bytes().get(1) {
            // This may be one byte of a longer UTF-8 character.
            Some(b'x') => bytes.extend(u8::from_str_radix(digits, 16).ok()),
            Some(b'0'..=b'7') => bytes.extend(u8::from_str_radix(&escape[1..], 8).ok()),
            Some(b'u' | b'U') => {
                let letter = letter(16).map(String::from).unwrap_or_default();
                bytes.extend_from_slice(letter.as_bytes());
            }
            // A control character separates words.
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
    fn parts_of_literals_are_redacted() {
        let filter = r#"mail == "bob@example.com" and title == 'Die Würde' and age > 42 and id in [7, 123456789]"#;
        for (message, shown) in [
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
            let redacted = redacted(filter, message);
            assert_eq!(redacted, shown, "{message}");
        }
        let quoted = format!("cannot parse expression: {filter}, error: unknown");
        let shown = "cannot parse expression: mail == ? and title == ? and age > ? and id in [?], error: unknown";
        assert_eq!(redacted(filter, &quoted), shown);
    }

    #[test]
    fn literals_of_one_letter_and_bound_strings_are_redacted() {
        assert_eq!(
            redacted("a == 'x'", "cannot use x here"),
            "cannot use ? here"
        );
        assert_eq!(redacted(r#"a == "\u79d8密""#, "near 秘密の"), "near ?");
        let bound = ["Frank Herbert".to_owned()];
        let message = "cannot compare frank with a number";
        let shown = Secrets::new(&[], &bound).redact(message, 100);
        assert_eq!(shown, "cannot compare ? with a number");
    }

    proptest! {
        #[test]
        fn no_part_of_a_literal_is_shown_in_any_form(
            literal in "[a-z]{4,12}( [0-9]{4,8})?",
            from in 0_usize..6,
            length in 3_usize..20,
            form in 0..4,
        ) {
            prop_assume!(literal != "name");
            let piece: String = literal.chars().skip(from).take(length).collect();
            prop_assume!(piece.trim().len() >= 3 && !piece.starts_with(' ') && !piece.ends_with(' '));
            prop_assume!(piece.split(' ').all(|word| word.len() >= 3));
            let quoted = match form {
                0 => piece.to_uppercase(),
                1 => format!("'{piece}'<EOF>"),
                2 => format!("\\\"{piece}..."),
                _ => piece.clone(),
            };
            let shown = redacted(&format!("name == \"{literal}\""), &format!("!! {quoted}"));
            for word in piece.split(' ') {
                prop_assert!(!shown.to_lowercase().contains(word), "{quoted} -> {shown}");
            }
        }

        #[test]
        fn no_message_panics(filter in ".*", message in ".*") {
            redacted(&filter, &message);
            redacted(&format!("a == '{filter}'"), &message);
        }
    }
}
