//! The attributes of fields.

use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Attribute, Ident, Result, parenthesized};

use crate::types::{self, DataType, Given};
use crate::values::{Pair, Value, once, pair, value};

/// The names of all attributes of fields, except for types.
const NAMES: &str = "`primary_key`, `auto_id`, `partition_key`, `clustering_key`, `nullable`, `dim`, `max_length`, `max_capacity`, `structs`, `default`, `index`, `analyzer`, `text_match`, `mmap`, `description`, `parameter(..)`";

/// The attributes `#[milvus(..)]` of a field. Flags are kept as their spans.
#[derive(Default)]
pub(crate) struct Attributes {
    pub(crate) primary_key: Option<Span>,
    pub(crate) auto_id: Option<Span>,
    pub(crate) partition_key: Option<Span>,
    pub(crate) clustering_key: Option<Span>,
    pub(crate) nullable: Option<Span>,
    pub(crate) text_match: Option<Span>,
    pub(crate) data_type: Option<DataType>,
    pub(crate) dim: Option<Value>,
    pub(crate) max_length: Option<Value>,
    pub(crate) max_capacity: Option<Value>,
    pub(crate) structs: Option<Value>,
    pub(crate) default: Option<Value>,
    pub(crate) index: Option<Value>,
    pub(crate) analyzer: Option<Value>,
    pub(crate) mmap: Option<Value>,
    pub(crate) description: Option<Value>,
    pub(crate) parameters: Vec<Pair>,
    /// The first attribute, whichever it is.
    pub(crate) first: Option<Span>,
}

impl Attributes {
    pub(crate) fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut all = Self::default();
        for attribute in attributes {
            if attribute.path().is_ident("milvus") {
                all.first.get_or_insert_with(|| attribute.path().span());
                attribute.parse_nested_meta(|meta| all.read(&meta))?;
            }
        }
        if all.structs.is_some() {
            all.data_type.get_or_insert(DataType::Structs);
        }
        Ok(all)
    }

    fn read(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let name = meta.path.get_ident().map(ToString::to_string);
        let name = name.unwrap_or_default();
        let flag = match name.as_str() {
            "primary_key" => Some(&mut self.primary_key),
            "auto_id" => Some(&mut self.auto_id),
            "partition_key" => Some(&mut self.partition_key),
            "clustering_key" => Some(&mut self.clustering_key),
            "nullable" => Some(&mut self.nullable),
            "text_match" => Some(&mut self.text_match),
            _ => None,
        };
        if let Some(flag) = flag {
            return once(flag, meta, meta.path.span());
        }
        let place = match name.as_str() {
            "dim" => Some(&mut self.dim),
            "max_length" => Some(&mut self.max_length),
            "max_capacity" => Some(&mut self.max_capacity),
            "structs" => Some(&mut self.structs),
            "default" => Some(&mut self.default),
            "index" => Some(&mut self.index),
            "analyzer" => Some(&mut self.analyzer),
            "mmap" => Some(&mut self.mmap),
            "description" => Some(&mut self.description),
            _ => None,
        };
        if let Some(place) = place {
            return once(place, meta, value(meta)?);
        }
        if name == "parameter" {
            self.parameters.push(pair(meta)?);
            return Ok(());
        }
        match data_type(meta, &name)? {
            Some(data_type) => once(&mut self.data_type, meta, data_type),
            None => Err(meta.error(format!(
                "unknown attribute of a field: expected {NAMES}, or a type: {}",
                types::names()
            ))),
        }
    }

    /// Says which attribute tells vectors from arrays.
    pub(crate) fn given(&self) -> Given {
        match (&self.dim, &self.max_capacity) {
            (Some(_), _) => Given::Dimension,
            (None, Some(_)) => Given::Capacity,
            (None, None) => Given::Neither,
        }
    }
}

/// Reads a type, such as `varchar` or `array(int64)`.
fn data_type(meta: &ParseNestedMeta<'_>, name: &str) -> Result<Option<DataType>> {
    if name != "array" {
        return Ok(DataType::named(name));
    }
    let content;
    parenthesized!(content in meta.input);
    let element: Ident = content.parse()?;
    let array = DataType::named(&element.to_string()).and_then(DataType::array_of);
    match array {
        Some(array) if content.is_empty() => Ok(Some(array)),
        _ => Err(syn::Error::new(
            element.span(),
            "an array has elements of one scalar type, such as `array(int64)` or `array(varchar)`",
        )),
    }
}
