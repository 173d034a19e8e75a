//! Where the values of a filter go, as the server wants them.

use super::bound::Smallest;
use super::{Bound, Filter};

/// Where a server wants the values of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Placing {
    /// Apart from the text: Milvus since 2.5.
    Apart,
    /// Within the text: Milvus before 2.5.
    Within,
    /// Within the text, and in lists as literals: Milvus Lite 3.
    WithinLiterals,
    /// Within the text, and without line breaks: Milvus Lite 2.5 takes `\n` for `n`.
    #[default]
    WithinLine,
}

impl Placing {
    fn smallest(self) -> Smallest {
        match self {
            Self::WithinLiterals => Smallest::Literal,
            Self::Apart | Self::Within | Self::WithinLine => Smallest::Difference,
        }
    }
}

impl Filter {
    /// As a server can be asked that wants values there. The error says what it cannot be told.
    pub(crate) fn for_server(self, placing: Placing) -> Result<Self, String> {
        if let Some((name, _)) = self.values.iter().find(|(_, value)| value.is_too_large()) {
            return Err(format!(
                "the value of {{{name}}} in the filter is or holds an integer above {}: Milvus would round it",
                i64::MAX
            ));
        }
        if let Some((name, _)) = self.values.iter().find(|(_, value)| value.is_not_finite()) {
            return Err(format!(
                "the value of {{{name}}} in the filter is or holds NaN or infinity: it must be a number"
            ));
        }
        if placing == Placing::Apart {
            return Ok(self);
        }
        for (name, value) in &self.values {
            if let Some(what) = value.unwritable() {
                return Err(format!(
                    "the value of {{{name}}} in the filter is or holds {what}: this server needs it within the text, \
                     which has no word for it"
                ));
            }
        }
        let (written, unbound) = if self.template.contains('{') {
            self.written(placing.smallest())
        } else {
            // What is bound to no name in it is not sent either.
            let values = Vec::new();
            (Self { values, ..self }, None)
        };
        if let Some(name) = unbound {
            return Err(format!(
                "the filter has {{{name}}}, and nothing is bound to it: call .bind({name:?}, ..)"
            ));
        }
        if placing == Placing::WithinLine && written.line_break {
            return Err(
                "a value or primary key in the filter has a line break, which Milvus Lite 2.5 takes for a letter"
                    .to_owned(),
            );
        }
        Ok(written)
    }

    /// The same filter with its values written into the text, as servers get it that do not bind them: Milvus before
    /// 2.5 and Milvus Lite. Texts are quoted, so that they still cannot change what the expression means. Bytes become
    /// null, which no server takes. For requests by [`Client::raw`](crate::Client::raw); all other operations do it
    /// where it is needed.
    #[must_use]
    pub fn inlined(&self) -> Self {
        self.written(Smallest::Difference).0
    }

    /// The filter with its values in the text, and the first name in it that nothing is bound to.
    fn written(&self, smallest: Smallest) -> (Self, Option<String>) {
        let mut written = Self {
            line_break: self.line_break,
            ..Self::new(String::with_capacity(self.template.len()))
        };
        let text = &mut written.template;
        let mut unbound = None;
        let mut rest = self.template.as_str();
        let mut quote = None;
        while let Some(next) = rest.chars().next() {
            if next == '{'
                && quote.is_none()
                && let Some((length, name)) = name_at(rest)
            {
                match self.value_of(name) {
                    Some(value) => {
                        text.push_str(&value.to_literal(smallest));
                        written.line_break |= value.has_line_break();
                        rest = rest.get(length..).unwrap_or_default();
                        continue;
                    }
                    None if is_name(name) => {
                        unbound.get_or_insert_with(|| name.to_owned());
                    }
                    None => {}
                }
            }
            // Within quotes braces are text, and so is a quote after a backslash.
            let mut taken = next.len_utf8();
            match (quote, next) {
                (Some(_), '\\') => taken += rest.chars().nth(1).map_or(0, char::len_utf8),
                (Some(open), _) if open == next => quote = None,
                (None, '"' | '\'') => quote = Some(next),
                _ => {}
            }
            text.push_str(rest.get(..taken).unwrap_or_default());
            rest = rest.get(taken..).unwrap_or_default();
        }
        (written, unbound)
    }

    pub(super) fn value_of(&self, name: &str) -> Option<&Bound> {
        let found = self.values.iter().find(|(bound, _)| bound == name);
        found.map(|(_, value)| value)
    }
}

/// What the braces at the start of `text` hold, and how long they are.
fn name_at(text: &str) -> Option<(usize, &str)> {
    let end = text.find('}')?;
    Some((end + 1, text.get(1..end)?.trim()))
}

/// Whether it may be the name of a field, and is no piece of JSON.
fn is_name(text: &str) -> bool {
    let letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    text.starts_with(|first: char| letter(first) && !first.is_ascii_digit())
        && text.chars().all(letter)
}
