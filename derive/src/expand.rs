//! The implementation of the trait.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, Result};

use crate::attributes::Attributes;
use crate::container::Container;
use crate::field::Declared;
use crate::serde_names;
use crate::values::Errors;

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        let why = "a collection is a struct, whose fields are the fields of its rows";
        return Err(Error::new(input.ident.span(), why));
    };
    let Fields::Named(fields) = &data.fields else {
        let why = "the fields of the struct need names, which are the names in Milvus";
        return Err(Error::new(input.ident.span(), why));
    };
    let mut errors = Errors::default();
    let container = errors.keep(Container::of(&input.attrs, &input.ident));
    let case = errors.keep(serde_names::rename_all(&input.attrs)).flatten();
    // After an error in the attributes of the struct, the errors in its fields are still useful.
    let dynamic = container
        .as_ref()
        .is_none_or(|container| container.dynamic.is_some());
    let declared: Vec<Option<Declared>> = fields
        .named
        .iter()
        .map(|field| Declared::of(field, case, dynamic, &mut errors))
        .collect();
    let Some(container) = container else {
        return errors.finish().map(|()| TokenStream::new());
    };
    let all: Vec<&Declared> = declared.iter().flatten().collect();
    check(input, &container, &all, &mut errors);
    errors.finish()?;
    Ok(implementation(input, &container, &all))
}

/// The keys of which there is at most one, and where a field has the attribute.
type Key = (&'static str, fn(&Attributes) -> Option<Span>);
const KEYS: [Key; 3] = [
    ("primary", |attributes| attributes.primary_key),
    ("partition", |attributes| attributes.partition_key),
    ("clustering", |attributes| attributes.clustering_key),
];

/// The rules for several fields.
fn check(input: &DeriveInput, container: &Container, all: &[&Declared], errors: &mut Errors) {
    for (number, field) in all.iter().enumerate() {
        let before = all.iter().take(number);
        if before.clone().any(|other| other.name == field.name) {
            errors.refuse(field.span, format!("two fields are named {:?}", field.name));
        }
        for (name, key) in KEYS {
            if let Some(span) = key(&field.attributes)
                && before.clone().any(|other| key(&other.attributes).is_some())
            {
                let why = format!("a collection has one {name} key: this is the second");
                errors.refuse(span, why);
            }
        }
    }
    // Only the schema's builder knows the fields that the struct declares with expressions, and fields with errors.
    if !container.fields.is_empty() || errors.any() {
        return;
    }
    if !all
        .iter()
        .any(|field| field.attributes.primary_key.is_some())
    {
        errors.refuse(
            input.ident.span(),
            "the collection has no primary key: add `#[milvus(primary_key)]` to an `i64` or `String`",
        );
    }
    let holds_vectors =
        |field: &&&Declared| field.data_type.is_vector() || field.attributes.structs.is_some();
    if !all.iter().any(|field| holds_vectors(&field)) {
        errors.refuse(
            input.ident.span(),
            "the collection has no vectors: add `#[milvus(dim = ..)]` to a `Vec<f32>`",
        );
    }
}

fn implementation(input: &DeriveInput, container: &Container, all: &[&Declared]) -> TokenStream {
    let root = &container.root;
    let (ident, name) = (&input.ident, &container.name.tokens);
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    let fields = all.iter().map(|field| field.expression(root));
    let more = container.fields.iter().map(|field| &field.tokens);
    let functions = container.functions.iter().map(|function| &function.tokens);
    let description = container.description.as_ref().map(|text| {
        let text = &text.tokens;
        quote!(.description(#text))
    });
    let dynamic = container.dynamic.map(|_| quote!(.dynamic_fields(true)));
    let namespaces = container.namespaces.map(|_| quote!(.namespaces(true)));
    let of_fields = all.iter().filter_map(|field| {
        let index = &field.attributes.index.as_ref()?.tokens;
        let name = &field.name;
        Some(quote!((::std::string::String::from(#name), #index)))
    });
    let of_paths = container.indexes.iter().map(|pair| {
        let (path, index) = (&pair.key, &pair.value.tokens);
        quote!((::std::string::String::from(#path), #index))
    });
    let options = options(container);
    quote! {
        #[automatically_derived]
        impl #generics #root::Collection for #ident #arguments #bounds {
            const NAME: &'static str = #name;

            fn schema() -> #root::Result<#root::Schema> {
                #root::Schema::builder()
                    #(.field(#fields))*
                    #(.field(#more))*
                    #(.function(#functions))*
                    #description
                    #dynamic
                    #namespaces
                    .build()
            }

            fn indexes() -> ::std::vec::Vec<(::std::string::String, #root::Index)> {
                ::std::vec![#(#of_fields,)* #(#of_paths,)*]
            }

            #options
        }
    }
}

/// The method that returns the options, unless all of them have their defaults.
fn options(container: &Container) -> Option<TokenStream> {
    let root = &container.root;
    let mut setters = TokenStream::new();
    for (value, setter) in [
        (&container.consistency, quote!(consistency)),
        (&container.shards, quote!(shards)),
        (&container.partitions, quote!(partitions)),
    ] {
        if let Some(value) = value {
            let value = &value.tokens;
            setters.extend(quote!(.#setter(#value)));
        }
    }
    for pair in &container.properties {
        let (key, value) = (&pair.key, &pair.value.tokens);
        setters.extend(quote!(.property(#key, #value)));
    }
    (!setters.is_empty()).then(|| {
        quote! {
            fn options() -> #root::ops::CollectionOptions {
                #root::ops::CollectionOptions::new() #setters
            }
        }
    })
}
