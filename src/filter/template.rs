//! The values of a filter, in the form that the server supports.

use super::bound::MinIntegerForm;
use super::{Bound, Filter, names};

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
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        if self.nothing {
            return Err(
                "the filter matches nothing, which Milvus has no expression for".to_owned(),
            );
        }
        if let Some((name, _)) = self.values.iter().find(|(_, value)| value.is_too_large()) {
            return Err(format!(
                "the value bound to {{{name}}} in the filter is or contains an integer above {}, which Milvus would round",
                i64::MAX
            ));
        }
        let mut faults = self.values.iter();
        if let Some((name, fault)) = faults.find_map(|(name, value)| Some((name, value.fault()?))) {
            return Err(format!(
                "the value bound to {{{name}}} in the filter is or contains {fault}"
            ));
        }
        if support == TemplateSupport::Native {
            // The text of a request with bound values is recorded in telemetry as it is. Without them, its literals are
            // removed, and a part without bound values may have some.
            let has_literals = self.literals && !self.values.is_empty();
            let mut values = self.values.iter();
            return Ok(
                if has_literals && values.all(|(_, value)| value.without_literal().is_none()) {
                    self.inline_values(MinIntegerForm::Literal).0
                } else {
                    self
                },
            );
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
            nothing: self.nothing,
            fault: self.fault.clone(),
            ..Self::default()
        };
        let mut unbound = None;
        written.template = names::replaced(&self.template, |name| {
            let Some(value) = self.value_of(name) else {
                if names::is_name(name) {
                    unbound.get_or_insert_with(|| name.to_owned());
                }
                return None;
            };
            written.line_break |= value.has_line_break();
            Some(value.to_literal(min_integer))
        });
        (written, unbound)
    }

    pub(super) fn value_of(&self, name: &str) -> Option<&Bound> {
        let found = self.values.iter().find(|(bound, _)| bound == name);
        found.map(|(_, value)| value)
    }
}
