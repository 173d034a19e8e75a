//! The values of attributes.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::meta::ParseNestedMeta;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Error, LitInt, LitStr, Result, Token, parenthesized};

/// A Rust expression, whose type is checked by the compiler where the macro puts it.
pub(crate) struct Value {
    pub(crate) tokens: TokenStream,
    pub(crate) span: Span,
}

impl Value {
    /// The number, if the expression is a literal and not the name of a constant.
    pub(crate) fn literal(&self) -> Option<u64> {
        let literal: LitInt = syn::parse2(self.tokens.clone()).ok()?;
        literal.base10_parse().ok()
    }

    /// Refuses a literal outside a range. Constants are checked when the schema is built.
    pub(crate) fn check_range(&self, name: &str, least: u64, most: u64) -> Result<()> {
        match self.literal() {
            Some(number) if !(least..=most).contains(&number) => {
                let why = format!("`{name}` is {number}: it must be {least} to {most}");
                Err(Error::new(self.span, why))
            }
            _ => Ok(()),
        }
    }
}

/// A name in Milvus, and the expression that it is set to.
pub(crate) struct Pair {
    pub(crate) key: LitStr,
    pub(crate) value: Value,
}

/// Reads `= expression`, up to the next comma.
pub(crate) fn value(meta: &ParseNestedMeta<'_>) -> Result<Value> {
    expression(meta.value()?)
}

/// Reads `("key" = expression)`.
pub(crate) fn pair(meta: &ParseNestedMeta<'_>) -> Result<Pair> {
    let content;
    parenthesized!(content in meta.input);
    let key = content.parse()?;
    content.parse::<Token![=]>()?;
    let value = expression(&content)?;
    match content.is_empty() {
        true => Ok(Pair { key, value }),
        false => Err(content.error("expected one `\"key\" = value`")),
    }
}

fn expression(input: ParseStream<'_>) -> Result<Value> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    if tokens.is_empty() {
        return Err(input.error("expected a value"));
    }
    let span = tokens.span();
    Ok(Value { tokens, span })
}

/// An attribute that is given at most once.
pub(crate) fn once<T>(place: &mut Option<T>, meta: &ParseNestedMeta<'_>, value: T) -> Result<()> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(meta.error("this attribute is given twice")),
    }
}

/// Collects errors, so that all of them are shown at once.
#[derive(Default)]
pub(crate) struct Errors(Option<Error>);

impl Errors {
    pub(crate) fn add(&mut self, error: Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            none => *none = Some(error),
        }
    }

    pub(crate) fn refuse(&mut self, span: Span, why: impl std::fmt::Display) {
        self.add(Error::new(span, why));
    }

    /// The value of a result; `None` after its error was added.
    pub(crate) fn keep<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }

    pub(crate) fn any(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn finish(self) -> Result<()> {
        self.0.map_or(Ok(()), Err)
    }
}
