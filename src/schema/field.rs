//! Fields and their types.

use std::fmt;

use super::default::DefaultValue;
use crate::proto::{MMAP_ENABLED, Parameters};

/// One field of a [`Schema`](super::Schema), by type; what cannot be left out is an argument.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub(super) name: String,
    pub(super) data_type: DataType,
    pub(super) description: String,
    pub(super) primary_key: bool,
    pub(super) auto_id: bool,
    pub(super) partition_key: bool,
    pub(super) clustering_key: bool,
    pub(super) nullable: bool,
    /// What rows without a value get.
    pub(super) default: Option<DefaultValue>,
    /// Whether a function of the schema computes it.
    pub(super) function_output: bool,
    /// Its name in an external source.
    pub(super) external_field: String,
    /// Parameters this crate has no setter for, as the server keeps them: `mmap.enabled`, `enable_analyzer`.
    pub(super) parameters: Parameters,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum DataType {
    /// True or false.
    Bool,
    /// A signed integer of 8 bits.
    Int8,
    /// A signed integer of 16 bits.
    Int16,
    /// A signed integer of 32 bits.
    Int32,
    /// A signed integer of 64 bits.
    Int64,
    /// An IEEE float of 32 bits.
    Float,
    /// An IEEE float of 64 bits.
    Double,
    /// Text of at most so many bytes of UTF-8 (1 to 65535).
    VarChar {
        /// The longest text, in bytes.
        max_length: u32,
    },
    /// Any JSON value.
    Json,
    /// So many values of one scalar type at most (1 to 4096).
    Array {
        /// The type of each value: no vector, JSON or array.
        element: Box<Self>,
        /// The longest array, in values.
        max_capacity: u32,
    },
    /// So many structs at most (1 to 4096), all with the same fields (Milvus 2.6.4); see
    /// [`Field::struct_array`].
    StructArray {
        /// What each struct has: scalars and dense vectors.
        fields: Vec<Field>,
        /// The longest array, in structs.
        max_capacity: u32,
    },
    /// A text of any length, kept apart from the other fields (Milvus 3.0).
    Text,
    /// A geometry in well-known text (Milvus 2.6.4).
    Geometry,
    /// A point in time with a time zone (Milvus 2.6.6), as an ISO 8601 text.
    Timestamptz,
    /// A day, as an ISO 8601 text (after Milvus 3.0).
    Date,
    /// A time of day without a time zone, as an ISO 8601 text (after Milvus 3.0).
    Time,
    /// A molecule in SMILES notation (after Milvus 3.0).
    Mol,
    /// A vector of 32-bit floats.
    FloatVector {
        /// Floats per vector (1 to 32768).
        dimension: u32,
    },
    /// A vector of IEEE 16-bit floats.
    Float16Vector {
        /// Floats per vector.
        dimension: u32,
    },
    /// A vector of brain floats: the upper 16 bits of a 32-bit float.
    BFloat16Vector {
        /// Floats per vector.
        dimension: u32,
    },
    /// A vector of signed 8-bit integers (Milvus 2.6).
    Int8Vector {
        /// Integers per vector.
        dimension: u32,
    },
    /// A vector of bits.
    BinaryVector {
        /// Bits per vector, a multiple of 8.
        dimension: u32,
    },
    /// A sparse vector of 32-bit floats (Milvus 2.4).
    SparseFloatVector,
    /// A type this version of the crate does not know, by its number in the contract.
    Unknown(i32),
}

impl DataType {
    /// Whether it can be searched by similarity.
    pub fn is_vector(&self) -> bool {
        self.dimension().is_some() || matches!(self, Self::SparseFloatVector)
    }

    /// The dimension of a dense vector type.
    pub fn dimension(&self) -> Option<u32> {
        match self {
            Self::FloatVector { dimension }
            | Self::Float16Vector { dimension }
            | Self::BFloat16Vector { dimension }
            | Self::Int8Vector { dimension }
            | Self::BinaryVector { dimension } => Some(*dimension),
            _ => None,
        }
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::Int8 => f.write_str("int8"),
            Self::Int16 => f.write_str("int16"),
            Self::Int32 => f.write_str("int32"),
            Self::Int64 => f.write_str("int64"),
            Self::Float => f.write_str("float"),
            Self::Double => f.write_str("double"),
            Self::VarChar { max_length } => write!(f, "varchar of at most {max_length} bytes"),
            Self::Json => f.write_str("json"),
            Self::Array {
                element,
                max_capacity,
            } => write!(f, "array of at most {max_capacity} {element}"),
            Self::StructArray {
                fields,
                max_capacity,
            } => {
                let names: Vec<&str> = fields.iter().map(Field::name).collect();
                let names = names.join(", ");
                write!(f, "array of at most {max_capacity} structs of {names}")
            }
            Self::Text => f.write_str("text"),
            Self::Geometry => f.write_str("geometry"),
            Self::Timestamptz => f.write_str("timestamptz"),
            Self::Date => f.write_str("date"),
            Self::Time => f.write_str("time"),
            Self::Mol => f.write_str("mol"),
            Self::FloatVector { dimension } => write!(f, "float vector of {dimension}"),
            Self::Float16Vector { dimension } => write!(f, "float16 vector of {dimension}"),
            Self::BFloat16Vector { dimension } => write!(f, "bfloat16 vector of {dimension}"),
            Self::Int8Vector { dimension } => write!(f, "int8 vector of {dimension}"),
            Self::BinaryVector { dimension } => write!(f, "binary vector of {dimension} bits"),
            Self::SparseFloatVector => f.write_str("sparse float vector"),
            Self::Unknown(number) => write!(f, "type {number}"),
        }
    }
}

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) => $data_type:expr;)*) => {
        $(
            $(#[$doc])*
            pub fn $name(name: impl Into<String> $(, $argument: $type)*) -> Self {
                Self::new(name, $data_type)
            }
        )*
    };
}

impl Field {
    /// A field of any type.
    pub fn new(name: impl Into<String>, data_type: DataType) -> Self {
        Self {
            name: name.into(),
            data_type,
            description: String::new(),
            primary_key: false,
            auto_id: false,
            partition_key: false,
            clustering_key: false,
            nullable: false,
            default: None,
            function_output: false,
            external_field: String::new(),
            parameters: Parameters::default(),
        }
    }

    constructors! {
        /// True or false.
        bool() => DataType::Bool;
        /// A signed integer of 8 bits.
        int8() => DataType::Int8;
        /// A signed integer of 16 bits.
        int16() => DataType::Int16;
        /// A signed integer of 32 bits.
        int32() => DataType::Int32;
        /// A signed integer of 64 bits; may be the primary key.
        int64() => DataType::Int64;
        /// A float of 32 bits.
        float() => DataType::Float;
        /// A float of 64 bits.
        double() => DataType::Double;
        /// Text of at most `max_length` bytes of UTF-8 (1 to 65535); may be the primary key.
        varchar(max_length: u32) => DataType::VarChar { max_length };
        /// Texts of any length (Milvus 3.0).
        text() => DataType::Text;
        /// Any JSON value.
        json() => DataType::Json;
        /// At most `max_capacity` values (1 to 4096) of a scalar type.
        array(element: DataType, max_capacity: u32) => DataType::Array { element: Box::new(element), max_capacity };
        /// Vectors of `dimension` 32-bit floats (1 to 32768).
        float_vector(dimension: u32) => DataType::FloatVector { dimension };
        /// Vectors of `dimension` IEEE 16-bit floats.
        float16_vector(dimension: u32) => DataType::Float16Vector { dimension };
        /// Vectors of `dimension` brain floats.
        bfloat16_vector(dimension: u32) => DataType::BFloat16Vector { dimension };
        /// Vectors of `dimension` signed 8-bit integers (Milvus 2.6).
        int8_vector(dimension: u32) => DataType::Int8Vector { dimension };
        /// Vectors of `dimension` bits, a multiple of 8.
        binary_vector(dimension: u32) => DataType::BinaryVector { dimension };
        /// Sparse vectors of 32-bit floats (Milvus 2.4).
        sparse_vector() => DataType::SparseFloatVector;
        /// Geometries in well-known text (Milvus 2.6.4).
        geometry() => DataType::Geometry;
        /// Points in time with a time zone (Milvus 2.6.6): `2026-03-01T12:00:00+02:00`.
        timestamptz() => DataType::Timestamptz;
        /// Days (after Milvus 3.0): `2026-03-01`.
        date() => DataType::Date;
        /// Times of day without a time zone (after Milvus 3.0): `12:00:00`.
        time() => DataType::Time;
        /// Molecules in SMILES notation (after Milvus 3.0): `c1ccccc1`.
        mol() => DataType::Mol;
    }

    /// Makes its values identify rows. Exactly one int64 or varchar field of a schema does.
    #[must_use]
    pub fn primary_key(mut self) -> Self {
        self.primary_key = true;
        self
    }

    /// Lets Milvus generate the primary key's values; rows are then inserted without it, or with null. A given key is
    /// refused, unless the collection's property `allow_insert_auto_id` is true (Milvus 2.6).
    #[must_use]
    pub fn auto_id(mut self) -> Self {
        self.auto_id = true;
        self
    }

    /// Spreads rows over partitions by this field's values. At most one int64 or varchar field of a schema does.
    #[must_use]
    pub fn partition_key(mut self) -> Self {
        self.partition_key = true;
        self
    }

    /// Keeps rows of similar values together when segments are compacted.
    #[must_use]
    pub fn clustering_key(mut self) -> Self {
        self.clustering_key = true;
        self
    }

    /// Allows rows without a value (Milvus 2.5).
    #[must_use]
    pub fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// What rows without a value get (Milvus 2.5): a bool, number or text, as the field's type wants it. In a float field
    /// a number is rounded to the nearest 32-bit float, as Milvus keeps it.
    #[must_use]
    pub fn default_value(mut self, value: impl Into<DefaultValue>) -> Self {
        self.default = Some(value.into().of(&self.data_type));
        self
    }

    /// Breaks texts of a varchar field into words, for BM25 and `TEXT_MATCH` (Milvus 2.5). The analyzer goes by
    /// Milvus' own description: `{"type": "english"}`, or `{}` for the standard one.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "descriptions are written where they are used"
    )]
    pub fn analyzer(self, description: serde_json::Value) -> Self {
        let field = self.parameter("enable_analyzer", "true");
        match description.as_object() {
            Some(empty) if empty.is_empty() => field,
            _ => field.parameter("analyzer_params", description.to_string()),
        }
    }

    /// Lets filters ask by `TEXT_MATCH` for words of this varchar field, which needs an [`analyzer`](Self::analyzer).
    #[must_use]
    pub fn text_match(self) -> Self {
        self.parameter("enable_match", "true")
    }

    /// Keeps the field's data in files that are mapped into memory.
    #[must_use]
    pub fn mmap(self, enabled: bool) -> Self {
        self.parameter(MMAP_ENABLED, if enabled { "true" } else { "false" })
    }

    /// Free text about the field, kept by the server.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = text.into();
        self
    }

    /// A parameter this crate has no setter for, in Milvus' own words: `("mmap.enabled", "true")`. The last one
    /// of a name counts.
    #[must_use]
    pub fn parameter(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.set(key, value.into());
        self
    }

    /// The field's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it holds.
    pub fn data_type(&self) -> &DataType {
        &self.data_type
    }

    /// Whether its values identify rows.
    pub fn is_primary_key(&self) -> bool {
        self.primary_key
    }

    /// Whether Milvus makes up its values.
    pub fn is_auto_id(&self) -> bool {
        self.auto_id
    }

    /// Whether rows are spread over partitions by it.
    pub fn is_partition_key(&self) -> bool {
        self.partition_key
    }

    /// Whether rows are kept together by it.
    pub fn is_clustering_key(&self) -> bool {
        self.clustering_key
    }

    /// Whether rows may be without a value.
    pub fn is_nullable(&self) -> bool {
        self.nullable
    }

    /// What rows without a value get.
    pub fn default(&self) -> Option<&DefaultValue> {
        self.default.as_ref()
    }

    /// Whether rows without a value get one that the schema says.
    pub fn has_default(&self) -> bool {
        self.default.is_some()
    }

    /// Whether Milvus computes it from other fields, so that rows come without it.
    pub fn is_function_output(&self) -> bool {
        self.function_output
    }

    /// Parameters without a getter of their own, in Milvus' own words.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parameters.iter()
    }
}
