//! A field of the collection, as a field of the struct declares it.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned;
use syn::{Path, Type};

use crate::attributes::Attributes;
use crate::check;
use crate::serde_names::{Case, SerdeField};
use crate::types::{DataType, Guess};
use crate::values::Errors;

/// A field that has been checked.
pub(crate) struct Declared {
    pub(crate) name: String,
    /// Where the name is written.
    pub(crate) span: Span,
    pub(crate) data_type: DataType,
    pub(crate) nullable: bool,
    pub(crate) attributes: Attributes,
    /// The dimension, if it is the length of the Rust type.
    dimension: Option<TokenStream>,
}

impl Declared {
    /// The field; nothing if it is not a field of the schema, or after its errors were added.
    pub(crate) fn of(
        field: &syn::Field,
        case: Option<Case>,
        dynamic: bool,
        errors: &mut Errors,
    ) -> Option<Self> {
        let ident = field.ident.as_ref()?;
        let attributes = errors.keep(Attributes::of(&field.attrs));
        let serde = errors.keep(SerdeField::of(&field.attrs));
        let (attributes, serde) = (attributes?, serde?);
        if serde.skip.is_some() || serde.flatten.is_some() {
            not_in_the_schema(&attributes, &serde, dynamic, errors);
            return None;
        }
        let rust = ident.to_string();
        let rust = rust.strip_prefix("r#").unwrap_or(&rust);
        let (name, span) = match (&serde.rename, case) {
            (Some(name), _) => (name.value(), name.span()),
            (None, Some(case)) => (case.apply(rust), ident.span()),
            (None, None) => (rust.to_owned(), ident.span()),
        };
        let guess = Guess::of(&field.ty, attributes.given());
        let data_type = match (attributes.data_type, &serde.with, guess.data_type) {
            (Some(data_type), ..) => data_type,
            (None, Some(with), _) => {
                errors.refuse(
                    *with,
                    "a function writes the value: add its type, such as `int64`, `varchar` or `json`",
                );
                return None;
            }
            (None, None, Ok(data_type)) => data_type,
            (None, None, Err(why)) => {
                errors.refuse(field.ty.span(), why);
                return None;
            }
        };
        // Rows to insert do not have a generated key yet.
        let generated = attributes.auto_id.is_some();
        let declared = Self {
            name,
            span,
            data_type,
            nullable: attributes.nullable.is_some() || guess.optional && !generated,
            dimension: guess
                .dimension
                .filter(|_| data_type.has_dimension() && attributes.dim.is_none()),
            attributes,
        };
        let absent = guess.optional || serde.skip_serializing || serde.skip_serializing_if;
        declared.check(&field.ty, absent, errors);
        Some(declared)
    }

    fn check(&self, rust: &Type, absent: bool, errors: &mut Errors) {
        check::name(&self.name, self.span, errors);
        check::sizes(self, rust.span(), self.dimension.is_some(), errors);
        check::keys(self, errors);
        if self.attributes.auto_id.is_some() && self.attributes.primary_key.is_some() && !absent {
            errors.refuse(
                rust.span(),
                "Milvus generates this key, so rows are inserted without it: use an `Option`, or add `#[serde(skip_serializing)]`",
            );
        }
    }

    /// The expression that makes the field; `root` is the path of the library.
    pub(crate) fn expression(&self, root: &Path) -> TokenStream {
        let field = quote!(#root::Field);
        let name = &self.name;
        let constructor = |name: &str| syn::Ident::new(name, Span::call_site());
        let Attributes {
            dim,
            max_length,
            max_capacity,
            structs,
            ..
        } = &self.attributes;
        let tokens = |value: &Option<crate::values::Value>| {
            let tokens = value.as_ref().map(|value| &value.tokens);
            tokens.cloned().unwrap_or_default()
        };
        let (length, capacity) = (tokens(max_length), tokens(max_capacity));
        let begin = match self.data_type {
            DataType::Plain(row) => {
                let constructor = constructor(row.name);
                quote!(#field::#constructor(#name))
            }
            DataType::VarChar => quote!(#field::varchar(#name, #length)),
            DataType::Dense(row) => {
                let constructor = constructor(row.name);
                let dimension = self.dimension.clone().unwrap_or_else(|| tokens(dim));
                quote!(#field::#constructor(#name, #dimension))
            }
            DataType::Array(row) => {
                let variant = constructor(row.variant);
                quote!(#field::array(#name, #root::schema::DataType::#variant, #capacity))
            }
            DataType::ArrayOfVarChar => quote! {
                #field::array(#name, #root::schema::DataType::VarChar { max_length: #length }, #capacity)
            },
            DataType::Structs => {
                let structs = tokens(structs);
                quote!(#field::struct_array(#name, #structs, #capacity))
            }
        };
        let setters = self.setters();
        quote!(#begin #setters)
    }

    fn setters(&self) -> TokenStream {
        let attributes = &self.attributes;
        let mut setters = TokenStream::new();
        for (is_set, setter) in [
            (attributes.primary_key.is_some(), quote!(.primary_key())),
            (attributes.auto_id.is_some(), quote!(.auto_id())),
            (attributes.partition_key.is_some(), quote!(.partition_key())),
            (
                attributes.clustering_key.is_some(),
                quote!(.clustering_key()),
            ),
            (self.nullable, quote!(.nullable())),
        ] {
            if is_set {
                setters.extend(setter);
            }
        }
        if let Some(value) = &attributes.analyzer {
            let value = &value.tokens;
            setters.extend(quote!(.analyzer(#value)));
        }
        if attributes.text_match.is_some() {
            setters.extend(quote!(.text_match()));
        }
        for (value, setter) in [
            (&attributes.default, quote!(default_value)),
            (&attributes.mmap, quote!(mmap)),
            (&attributes.description, quote!(description)),
        ] {
            if let Some(value) = value {
                let value = &value.tokens;
                setters.extend(quote!(.#setter(#value)));
            }
        }
        for pair in &attributes.parameters {
            let (key, value) = (&pair.key, &pair.value.tokens);
            setters.extend(quote!(.parameter(#key, #value)));
        }
        setters
    }
}

/// Checks a field of the struct that is not a field of the schema.
fn not_in_the_schema(
    attributes: &Attributes,
    serde: &SerdeField,
    dynamic: bool,
    errors: &mut Errors,
) {
    match (serde.flatten, attributes.first) {
        (Some(flatten), None) if !dynamic => errors.refuse(
            flatten,
            "flattened fields are not in the schema: add `dynamic` to the `#[milvus(..)]` of the struct",
        ),
        (Some(_), Some(attribute)) => errors.refuse(
            attribute,
            "flattened fields are dynamic fields, which have no attributes",
        ),
        (None, Some(attribute)) => errors.refuse(
            attribute,
            "serde skips this field, so rows do not have it: declare it on the struct, as in `#[milvus(field = Field::sparse_vector(\"words\"))]`",
        ),
        (Some(_) | None, None) => {}
    }
}
