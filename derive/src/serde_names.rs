//! What serde's attributes say about the rows: names, and fields that are left out.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Error, LitStr, Result, Token, parenthesized};

/// serde's rules for names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

impl Case {
    fn of(rule: &LitStr) -> Result<Self> {
        Ok(match rule.value().as_str() {
            "lowercase" => Self::Lower,
            "UPPERCASE" => Self::Upper,
            "PascalCase" => Self::Pascal,
            "camelCase" => Self::Camel,
            "snake_case" => Self::Snake,
            "SCREAMING_SNAKE_CASE" => Self::ScreamingSnake,
            "kebab-case" => Self::Kebab,
            "SCREAMING-KEBAB-CASE" => Self::ScreamingKebab,
            _ => return Err(Error::new(rule.span(), "serde has no such rule for names")),
        })
    }

    /// The name of a field, as serde changes it.
    pub(crate) fn apply(self, field: &str) -> String {
        match self {
            Self::Lower | Self::Snake => field.to_owned(),
            Self::Upper | Self::ScreamingSnake => field.to_ascii_uppercase(),
            Self::Kebab => field.replace('_', "-"),
            Self::ScreamingKebab => field.to_ascii_uppercase().replace('_', "-"),
            Self::Pascal => pascal(field),
            Self::Camel => {
                let pascal = pascal(field);
                let mut rest = pascal.chars();
                let first = rest.next().map(|first| first.to_ascii_lowercase());
                first.into_iter().chain(rest).collect()
            }
        }
    }
}

fn pascal(field: &str) -> String {
    let mut name = String::new();
    let mut begins = true;
    for letter in field.chars() {
        match letter {
            '_' => begins = true,
            _ if begins => {
                name.push(letter.to_ascii_uppercase());
                begins = false;
            }
            _ => name.push(letter),
        }
    }
    name
}

/// The serde attributes of a struct.
pub(crate) fn rename_all(attributes: &[Attribute]) -> Result<Option<Case>> {
    let mut case = None;
    each(attributes, |meta, name| {
        match name {
            "rename_all" => case = renamed(meta)?.map(|rule| Case::of(&rule)).transpose()?,
            "transparent" | "tag" | "into" | "from" | "try_from" | "remote" => {
                let why =
                    format!("with serde's `{name}`, rows do not have the fields of the struct");
                return Err(meta.error(why));
            }
            _ => skip(meta)?,
        }
        Ok(())
    })?;
    Ok(case)
}

/// The serde attributes of a field.
#[derive(Default)]
pub(crate) struct SerdeField {
    pub(crate) rename: Option<LitStr>,
    /// The field is in no row.
    pub(crate) skip: Option<Span>,
    /// The field is not in rows that are written.
    pub(crate) skip_serializing: bool,
    /// The field may be left out of rows that are written.
    pub(crate) skip_serializing_if: bool,
    pub(crate) flatten: Option<Span>,
    /// The value is written by the user's function.
    pub(crate) with: Option<Span>,
}

impl SerdeField {
    pub(crate) fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut field = Self::default();
        let mut skip_deserializing = None;
        each(attributes, |meta, name| {
            let span = meta.path.segments.first().map(|first| first.ident.span());
            match name {
                "rename" => field.rename = renamed(meta)?,
                "skip" => field.skip = span,
                "skip_serializing" => field.skip_serializing = true,
                "skip_deserializing" => skip_deserializing = span,
                "flatten" => field.flatten = span,
                "skip_serializing_if" => {
                    field.skip_serializing_if = true;
                    skip(meta)?;
                }
                "with" | "serialize_with" => {
                    field.with = span;
                    skip(meta)?;
                }
                _ => skip(meta)?,
            }
            Ok(())
        })?;
        if field.skip_serializing && field.skip.is_none() {
            field.skip = skip_deserializing;
        }
        Ok(field)
    }
}

fn each(
    attributes: &[Attribute],
    mut read: impl FnMut(&ParseNestedMeta<'_>, &str) -> Result<()>,
) -> Result<()> {
    for attribute in attributes {
        if attribute.path().is_ident("serde") {
            attribute.parse_nested_meta(|meta| {
                let name = meta.path.get_ident().map(ToString::to_string);
                read(&meta, &name.unwrap_or_default())
            })?;
        }
    }
    Ok(())
}

/// Reads `= "name"`, or `(serialize = "name", deserialize = "name")`.
fn renamed(meta: &ParseNestedMeta<'_>) -> Result<Option<LitStr>> {
    if meta.input.peek(Token![=]) {
        return meta.value()?.parse().map(Some);
    }
    let (mut serialize, mut deserialize) = (None, None);
    meta.parse_nested_meta(|direction| {
        let name: LitStr = direction.value()?.parse()?;
        match direction.path.is_ident("serialize") {
            true => serialize = Some(name),
            false => deserialize = Some(name),
        }
        Ok(())
    })?;
    if serialize.as_ref().map(LitStr::value) != deserialize.as_ref().map(LitStr::value) {
        return Err(meta.error("rows are written and read with different names: use one name"));
    }
    Ok(serialize)
}

/// Skips the value of an attribute that does not affect names.
fn skip(meta: &ParseNestedMeta<'_>) -> Result<()> {
    if meta.input.peek(syn::token::Paren) {
        let content;
        parenthesized!(content in meta.input);
        content.parse::<TokenStream>()?;
    }
    while !meta.input.is_empty() && !meta.input.peek(Token![,]) {
        meta.input.parse::<TokenTree>()?;
    }
    Ok(())
}
