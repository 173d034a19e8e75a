//! The values of a filter, in the form that the server supports.

use super::bound::MinIntegerForm;
use super::{Bound, Filter};

/// How a server supports values that are bound to names in a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum TemplateSupport {
    /// The values are sent separately: Milvus 2.5 and newer.
    Native,
    /// The values are written into the text: Milvus before 2.5.
    Inline,
    /// As `Inline`, but lists may contain only literals: Milvus Lite 3.
    InlineLiterals,
    /// As `Inline`, but without line breaks: Milvus Lite 2.5 reads `\n` as `n`.
    #[default]
    InlineSingleLine,
}

impl TemplateSupport {
    fn min_integer(self) -> MinIntegerForm {
        match self {
            Self::InlineLiterals => MinIntegerForm::Literal,
            Self::Native | Self::Inline | Self::InlineSingleLine => MinIntegerForm::Difference,
        }
    }
}

impl Filter {
    /// The filter in the form that the server supports.
    ///
    /// # Errors
    ///
    /// The server cannot evaluate the filter correctly.
    pub(crate) fn for_server(self, support: TemplateSupport) -> Result<Self, String> {
        if let Some((name, _)) = self.values.iter().find(|(_, value)| value.is_too_large()) {
            return Err(format!(
                "the value bound to {{{name}}} in the filter is or contains an integer above {}, which Milvus would round",
                i64::MAX
            ));
        }
        if let Some((name, _)) = self.values.iter().find(|(_, value)| value.is_not_finite()) {
            return Err(format!(
                "the value bound to {{{name}}} in the filter is or contains NaN or infinity: bind finite numbers only"
            ));
        }
        if support == TemplateSupport::Native {
            return Ok(self);
        }
        for (name, value) in &self.values {
            if let Some(what) = value.without_literal() {
                return Err(format!(
                    "the value bound to {{{name}}} in the filter is or contains {what}, which cannot be written in the text of \
                     a filter, as this server requires"
                ));
            }
        }
        let (written, unbound) = if self.template.contains('{') {
            self.inline_values(support.min_integer())
        } else {
            // No name in the text refers to the values.
            let values = Vec::new();
            (Self { values, ..self }, None)
        };
        if let Some(name) = unbound {
            return Err(format!(
                "the filter has the placeholder {{{name}}}, but no value is bound to it: call .bind({name:?}, ..)"
            ));
        }
        if support == TemplateSupport::InlineSingleLine && written.line_break {
            return Err(
                "a value or primary key in the filter contains a line break, which Milvus Lite 2.5 reads as the letter n"
                    .to_owned(),
            );
        }
        Ok(written)
    }

    /// Writes the bound values into the text, for servers that do not bind values: Milvus before 2.5 and Milvus Lite.
    ///
    /// Texts are quoted, so that they cannot change the meaning of the expression. Bytes become `null`, which servers
    /// refuse. This is needed only for requests by [`Client::raw`](crate::Client::raw); operations do it if the server
    /// requires it.
    #[must_use]
    pub fn inlined(&self) -> Self {
        self.inline_values(MinIntegerForm::Difference).0
    }

    /// The filter with its values in the text, and the first name that has no value.
    fn inline_values(&self, min_integer: MinIntegerForm) -> (Self, Option<String>) {
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
                        text.push_str(&value.to_literal(min_integer));
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
            // Inside quotes, braces and escaped quotes are text.
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

/// The name in the braces at the start of `text`, and the length including the braces.
fn name_at(text: &str) -> Option<(usize, &str)> {
    let end = text.find('}')?;
    Some((end + 1, text.get(1..end)?.trim()))
}

/// Whether the text between braces is an identifier, and not the content of a JSON object.
fn is_name(text: &str) -> bool {
    let letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    text.starts_with(|first: char| letter(first) && !first.is_ascii_digit())
        && text.chars().all(letter)
}
