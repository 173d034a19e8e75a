//! The attributes of the struct.

use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Attribute, Error, Path, Result, parse_quote};

use crate::values::{Pair, Value, once, pair, value};

const NAMES: &str = "`name`, `dynamic`, `description`, `namespaces`, `consistency`, `shards`, `partitions`, `property(..)`, `field`, `function`, `index(..)`, `crate`";

/// The attributes `#[milvus(..)]` of the struct.
pub(crate) struct Container {
    pub(crate) name: Value,
    pub(crate) dynamic: Option<Span>,
    pub(crate) namespaces: Option<Span>,
    pub(crate) description: Option<Value>,
    pub(crate) consistency: Option<Value>,
    pub(crate) shards: Option<Value>,
    pub(crate) partitions: Option<Value>,
    pub(crate) properties: Vec<Pair>,
    /// Fields that are not in rows, such as those that functions compute.
    pub(crate) fields: Vec<Value>,
    pub(crate) functions: Vec<Value>,
    /// Indexes by the path that they index.
    pub(crate) indexes: Vec<Pair>,
    /// The path of the library.
    pub(crate) root: Path,
}

#[derive(Default)]
struct Parts {
    name: Option<Value>,
    dynamic: Option<Span>,
    namespaces: Option<Span>,
    description: Option<Value>,
    consistency: Option<Value>,
    shards: Option<Value>,
    partitions: Option<Value>,
    properties: Vec<Pair>,
    fields: Vec<Value>,
    functions: Vec<Value>,
    indexes: Vec<Pair>,
    root: Option<Path>,
}

impl Container {
    pub(crate) fn of(attributes: &[Attribute], ident: &syn::Ident) -> Result<Self> {
        let mut parts = Parts::default();
        for attribute in attributes {
            if attribute.path().is_ident("milvus") {
                attribute.parse_nested_meta(|meta| parts.read(&meta))?;
            }
        }
        let missing = || {
            let why = "name the collection: add `#[milvus(name = \"..\")]` to the struct";
            Error::new(ident.span(), why)
        };
        Ok(Self {
            name: parts.name.ok_or_else(missing)?,
            dynamic: parts.dynamic,
            namespaces: parts.namespaces,
            description: parts.description,
            consistency: parts.consistency,
            shards: parts.shards,
            partitions: parts.partitions,
            properties: parts.properties,
            fields: parts.fields,
            functions: parts.functions,
            indexes: parts.indexes,
            root: parts.root.unwrap_or_else(|| parse_quote!(::milvus_otel)),
        })
    }
}

impl Parts {
    fn read(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let name = meta.path.get_ident().map(ToString::to_string);
        match name.unwrap_or_default().as_str() {
            "name" => once(&mut self.name, meta, value(meta)?),
            "dynamic" => once(&mut self.dynamic, meta, meta.path.span()),
            "namespaces" => once(&mut self.namespaces, meta, meta.path.span()),
            "description" => once(&mut self.description, meta, value(meta)?),
            "consistency" => once(&mut self.consistency, meta, value(meta)?),
            "shards" => once(&mut self.shards, meta, value(meta)?),
            "partitions" => once(&mut self.partitions, meta, value(meta)?),
            "crate" => once(&mut self.root, meta, meta.value()?.parse()?),
            "property" => {
                self.properties.push(pair(meta)?);
                Ok(())
            }
            "field" => {
                self.fields.push(value(meta)?);
                Ok(())
            }
            "function" => {
                self.functions.push(value(meta)?);
                Ok(())
            }
            "index" => {
                self.indexes.push(pair(meta)?);
                Ok(())
            }
            _ => Err(meta.error(format!(
                "unknown attribute of a collection: expected {NAMES}"
            ))),
        }
    }
}
