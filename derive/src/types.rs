//! Which data type of Milvus a Rust type is stored as.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{Expr, GenericArgument, Lit, PathArguments, Type};

/// A data type, without the attributes that it needs, such as its dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DataType {
    /// A type without parameters.
    Plain(&'static Row),
    VarChar,
    /// A vector of a number of dimensions.
    Dense(&'static Row),
    /// An array of values of a type without parameters.
    Array(&'static Row),
    ArrayOfVarChar,
    /// An array of structs.
    Structs,
}

/// The name of a type in attributes, which is also its constructor in `Field`, and its variant in `DataType`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) variant: &'static str,
}

macro_rules! rows {
    ($($name:literal $variant:literal),* $(,)?) => {
        &[$(Row { name: $name, variant: $variant }),*]
    };
}

const PLAIN: &[Row] = rows![
    "bool" "Bool",
    "int8" "Int8",
    "int16" "Int16",
    "int32" "Int32",
    "int64" "Int64",
    "float" "Float",
    "double" "Double",
    "json" "Json",
    "text" "Text",
    "geometry" "Geometry",
    "timestamptz" "Timestamptz",
    "date" "Date",
    "time" "Time",
    "mol" "Mol",
    "sparse_vector" "SparseFloatVector",
];

const DENSE: &[Row] = rows![
    "float_vector" "FloatVector",
    "float16_vector" "Float16Vector",
    "bfloat16_vector" "BFloat16Vector",
    "int8_vector" "Int8Vector",
    "binary_vector" "BinaryVector",
];

/// The names of all types, for errors.
pub(crate) fn names() -> String {
    let rows = PLAIN.iter().chain(DENSE);
    let names: Vec<String> = rows.map(|row| format!("`{}`", row.name)).collect();
    format!("{}, `varchar`, `array(..)`", names.join(", "))
}

fn row(rows: &'static [Row], name: &str) -> Option<&'static Row> {
    rows.iter().find(|row| row.name == name)
}

impl DataType {
    /// The type with this name in attributes.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let plain = || row(PLAIN, name).map(Self::Plain);
        let dense = || row(DENSE, name).map(Self::Dense);
        match name {
            "varchar" => Some(Self::VarChar),
            _ => plain().or_else(dense),
        }
    }

    /// The array whose elements have this type.
    pub(crate) fn array_of(element: Self) -> Option<Self> {
        match element {
            Self::Plain(row) if !matches!(row.name, "json" | "sparse_vector") => {
                Some(Self::Array(row))
            }
            Self::VarChar => Some(Self::ArrayOfVarChar),
            _ => None,
        }
    }

    pub(crate) fn is_vector(self) -> bool {
        matches!(self, Self::Dense(_)) || self.is("sparse_vector")
    }

    pub(crate) fn is(self, name: &str) -> bool {
        match self {
            Self::Plain(row) | Self::Dense(row) => row.name == name,
            Self::VarChar => name == "varchar",
            Self::Array(_) | Self::ArrayOfVarChar | Self::Structs => false,
        }
    }

    /// Whether a primary or partition key can have the type.
    pub(crate) fn is_key(self) -> bool {
        self.is("int64") || self.is("varchar")
    }

    pub(crate) fn has_dimension(self) -> bool {
        matches!(self, Self::Dense(_))
    }

    pub(crate) fn has_length(self) -> bool {
        matches!(self, Self::VarChar | Self::ArrayOfVarChar)
    }

    pub(crate) fn has_capacity(self) -> bool {
        matches!(self, Self::Array(_) | Self::ArrayOfVarChar | Self::Structs)
    }
}

/// What the Rust type of a field says about its data type.
#[derive(Debug)]
pub(crate) struct Guess {
    pub(crate) data_type: Result<DataType, String>,
    /// Whether it is an `Option`.
    pub(crate) optional: bool,
    /// The dimension, if the type is an array of a fixed length.
    pub(crate) dimension: Option<TokenStream>,
}

/// Which attribute tells vectors from arrays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Given {
    Dimension,
    Capacity,
    Neither,
}

impl Guess {
    pub(crate) fn of(outer: &Type, given: Given) -> Self {
        let outer = peel(outer);
        let inner = argument(outer, &["Option"]);
        let inner_type = inner.map_or(outer, peel);
        let mut dimension = None;
        let data_type = match inner_type {
            Type::Array(array) if given != Given::Capacity => {
                let element = list(peel(&array.elem), Given::Dimension);
                let is_bits = element
                    .as_ref()
                    .is_ok_and(|found| found.is("binary_vector"));
                dimension = Some(length(&array.len, is_bits));
                element
            }
            Type::Array(array) => list(peel(&array.elem), given),
            Type::Slice(slice) => list(peel(&slice.elem), given),
            inner_type => match argument(inner_type, &["Vec", "VecDeque"]) {
                Some(element) => list(peel(element), given),
                None => scalar(inner_type),
            },
        };
        Self {
            data_type,
            optional: inner.is_some(),
            dimension,
        }
    }
}

/// The number of dimensions of an array of this length; `is_bits` if each element has eight.
fn length(length: &Expr, is_bits: bool) -> TokenStream {
    if let Expr::Lit(literal) = length
        && let Lit::Int(number) = &literal.lit
        && let Ok(elements) = number.base10_parse::<u32>()
    {
        let dimensions = elements.saturating_mul(if is_bits { 8 } else { 1 });
        let mut literal = Literal::u32_unsuffixed(dimensions);
        literal.set_span(number.span());
        return quote!(#literal);
    }
    match is_bits {
        true => quote!(8 * (#length) as u32),
        false => quote!((#length) as u32),
    }
}

/// The type inside references, parentheses and pointers, which serde ignores too.
fn peel(outer: &Type) -> &Type {
    match outer {
        Type::Reference(reference) => peel(&reference.elem),
        Type::Paren(inner) => peel(&inner.elem),
        Type::Group(inner) => peel(&inner.elem),
        _ => argument(outer, &["Box", "Arc", "Rc", "Cow"]).map_or(outer, peel),
    }
}

/// The type argument of a type with one of these names.
fn argument<'a>(outer: &'a Type, names: &[&str]) -> Option<&'a Type> {
    let Type::Path(path) = outer else {
        return None;
    };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    if !names.iter().any(|name| last.ident == name) {
        return None;
    }
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    })
}

/// The last part of the path, such as `Value` of `serde_json::Value`.
fn name(simple: &Type) -> Option<String> {
    match simple {
        Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

fn scalar(simple: &Type) -> Result<DataType, String> {
    let name = name(simple).ok_or_else(unknown)?;
    let known = match name.as_str() {
        "bool" => "bool",
        "i8" => "int8",
        "i16" => "int16",
        "i32" => "int32",
        "i64" => "int64",
        "f32" => "float",
        "f64" => "double",
        "String" | "str" => "varchar",
        "Value" | "Map" | "HashMap" | "BTreeMap" => "json",
        "SparseVector" => "sparse_vector",
        _ => return Err(unsigned(&name).unwrap_or_else(unknown)),
    };
    DataType::named(known).ok_or_else(unknown)
}

fn list(element: &Type, given: Given) -> Result<DataType, String> {
    let name = name(element).unwrap_or_default();
    let vector = match name.as_str() {
        "f32" => Some("float_vector"),
        "i8" => Some("int8_vector"),
        "u8" => Some("binary_vector"),
        _ => None,
    };
    match (vector, given) {
        (Some(vector), Given::Dimension) => DataType::named(vector).ok_or_else(unknown),
        (_, Given::Dimension) if matches!(name.as_str(), "f16" | "bf16") => Err(
            "in rows, vectors of 16-bit floats are lists of `f32`: write `Vec<f32>` and add `float16_vector` or `bfloat16_vector`"
                .to_owned(),
        ),
        (None, Given::Dimension) => Err(
            "elements of vectors are `f32`, `i8` (int8 vectors) or `u8` (8 dimensions of binary vectors)"
                .to_owned(),
        ),
        (_, Given::Capacity) => {
            let array = scalar(element).ok().and_then(DataType::array_of);
            array.ok_or_else(|| {
                unsigned(&name).unwrap_or_else(|| {
                    "no type of Milvus is known for the elements: add the type, such as `array(int64)`, or the fields of structs, as in `structs = [Field::varchar(\"text\", 1024)]`"
                        .to_owned()
                })
            })
        }
        (Some("float_vector" | "int8_vector"), Given::Neither) => Err(
            "add `dim = ..` for a vector, or `max_capacity = ..` for an array".to_owned(),
        ),
        (Some(_), Given::Neither) => {
            Err("add `dim = ..` for a binary vector, the number of its bits".to_owned())
        }
        (None, Given::Neither) => {
            Err("add `max_capacity = ..`, the largest number of elements: 1 to 4096".to_owned())
        }
    }
}

/// What to do about an unsigned integer type, which Milvus does not have.
fn unsigned(name: &str) -> Option<String> {
    let (rust, milvus) = match name {
        "u8" => ("i16", "int16"),
        "u16" => ("i32", "int32"),
        "u32" | "u64" | "usize" => ("i64", "int64"),
        _ => return None,
    };
    Some(format!(
        "Milvus has no unsigned integers: use `{rust}`, or add `{milvus}` to refuse values that do not fit when they are written"
    ))
}

fn unknown() -> String {
    "no type of Milvus is known for this Rust type: add the one that serde writes, such as `int64`, `varchar` or `json`"
        .to_owned()
}
