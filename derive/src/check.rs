//! Checks of fields while the program is compiled. Values of constants and expressions are checked by the schema's
//! builder.

use proc_macro2::Span;

use crate::field::Declared;
use crate::values::Errors;

/// Checks the name of a field against Milvus' rule.
pub(crate) fn name(name: &str, span: Span, errors: &mut Errors) {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let is_valid = !name.is_empty()
        && name.len() <= 255
        && name.chars().all(is_letter)
        && !name.starts_with(|first: char| first.is_ascii_digit());
    if !is_valid {
        errors.refuse(
            span,
            format!(
                "Milvus refuses the field name {name:?}: use at most 255 letters, digits and underscores, and no digit at the beginning"
            ),
        );
    }
}

/// Checks the attributes that depend on the data type. `has_dimension` says that the Rust type has the dimension.
pub(crate) fn sizes(field: &Declared, rust: Span, has_dimension: bool, errors: &mut Errors) {
    let (data_type, attributes) = (field.data_type, &field.attributes);
    let most_bytes = "the largest number of bytes of a text: 1 to 65535";
    for (name, value, is_used, is_known, meaning, of) in [
        (
            "dim",
            &attributes.dim,
            data_type.has_dimension(),
            has_dimension,
            "the number of dimensions",
            "dense vectors",
        ),
        (
            "max_length",
            &attributes.max_length,
            data_type.has_length(),
            false,
            most_bytes,
            "varchar fields and arrays of them",
        ),
        (
            "max_capacity",
            &attributes.max_capacity,
            data_type.has_capacity(),
            false,
            "the largest number of elements: 1 to 4096",
            "arrays",
        ),
    ] {
        match value {
            None if is_used && !is_known => {
                errors.refuse(rust, format!("add `{name} = ..`, {meaning}"));
            }
            Some(value) if !is_used => {
                errors.refuse(value.span, format!("`{name}` is for {of}"));
            }
            None | Some(_) => {}
        }
    }
    for (name, value, most) in [
        ("dim", &attributes.dim, 32768),
        ("max_length", &attributes.max_length, 65535),
        ("max_capacity", &attributes.max_capacity, 4096),
    ] {
        if let Some(value) = value {
            errors.keep(value.check_range(name, 1, most));
        }
    }
    if let Some(value) = &attributes.dim
        && let Some(bits) = value.literal()
        && data_type.is("binary_vector")
        && bits % 8 != 0
    {
        let why = format!("`dim` is {bits}: for binary vectors, it must be a multiple of 8");
        errors.refuse(value.span, why);
    }
    for (name, span) in [
        (
            "analyzer",
            attributes.analyzer.as_ref().map(|value| value.span),
        ),
        ("text_match", attributes.text_match),
    ] {
        if let Some(span) = span
            && !data_type.is("varchar")
        {
            errors.refuse(span, format!("`{name}` is for varchar fields"));
        }
    }
    if let Some(span) = attributes.text_match
        && attributes.analyzer.is_none()
    {
        errors.refuse(span, "`text_match` needs an `analyzer = ..`");
    }
}

/// Checks keys, and what they cannot be combined with.
pub(crate) fn keys(field: &Declared, errors: &mut Errors) {
    let (data_type, attributes) = (field.data_type, &field.attributes);
    for (name, span) in [
        ("primary", attributes.primary_key),
        ("partition", attributes.partition_key),
    ] {
        if let Some(span) = span
            && !data_type.is_key()
        {
            let why = format!("a {name} key is an `i64` or a `String` (int64 or varchar)");
            errors.refuse(span, why);
        }
    }
    if let Some(span) = attributes.auto_id
        && attributes.primary_key.is_none()
    {
        errors.refuse(span, "`auto_id` is for the primary key: add `primary_key`");
    }
    if attributes.primary_key.is_none() {
        return;
    }
    if let Some(span) = attributes.partition_key {
        errors.refuse(span, "the primary key cannot be the partition key");
    }
    if let Some(value) = &attributes.default {
        errors.refuse(value.span, "the primary key cannot have a default value");
    }
    if field.nullable {
        let span = attributes.nullable.unwrap_or(field.span);
        errors.refuse(
            span,
            "the primary key cannot be null, unless Milvus generates it: remove the `Option`, or add `auto_id`",
        );
    }
}
