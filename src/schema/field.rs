//! Fields and their types.

use std::fmt;

use super::default::DefaultValue;
use super::named::is_named;
use crate::proto::schema::DataType as Number;
use crate::proto::{MMAP_ENABLED, Parameters};

/// A field of a [`Schema`](super::Schema).
///
/// There is a constructor for each data type, whose arguments are the name and the required parameters of the type. The
/// [schema's builder](super::SchemaBuilder::build) checks the field: its name has 1 to 255 letters, digits and
/// underscores, and does not begin with a digit.
///
/// ```
/// use milvus_otel::Field;
/// use milvus_otel::schema::DataType;
///
/// let id = Field::int64("id").primary_key().auto_id();
/// let language = Field::varchar("language", 8).default_value("en");
/// let tags = Field::array("tags", DataType::VarChar { max_length: 64 }, 16).nullable();
/// assert_eq!(tags.data_type().to_string(), "array of at most 16 varchar of at most 64 bytes");
/// ```
#[doc(alias = "FieldSchema")]
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
    /// The value for rows without one.
    pub(super) default: Option<DefaultValue>,
    /// Whether a function of the schema computes the field.
    pub(super) function_output: bool,
    /// The name in an external source.
    pub(super) external_field: String,
    /// All other parameters, such as `mmap.enabled` and `enable_analyzer`.
    pub(super) parameters: Parameters,
}

macro_rules! data_types {
    (
        plain { $($(#[$doc:meta])* $variant:ident, $constructor:ident, $shown:literal;)* }
        dense { $($(#[$dense_doc:meta])* $dense:ident, $dense_constructor:ident, $dense_shown:literal;)* }
        other { $($other:ident;)* }
    ) => {
        /// The [data type](https://milvus.io/docs/schema.md) of a field.
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum DataType {
            $($(#[$doc])* $variant,)*
            /// UTF-8 text of at most `max_length` bytes.
            VarChar {
                /// Maximum length in bytes, 1 to 65535.
                max_length: u32,
            },
            /// An array of values of one scalar type.
            Array {
                /// The type of each value: a scalar type, but not JSON or another array.
                element: Box<Self>,
                /// Maximum number of values, 1 to 4096.
                max_capacity: u32,
            },
            /// An array of structs with the same fields (since Milvus 2.6.4); see [`Field::struct_array`].
            StructArray {
                /// The fields of each struct: scalars and dense vectors.
                fields: Vec<Field>,
                /// Maximum number of structs, 1 to 4096.
                max_capacity: u32,
            },
            $($(#[$dense_doc])* $dense {
                /// The number of dimensions, 1 to 32768.
                dimension: u32,
            },)*
            /// A type that this version of the crate does not support, by its number in Milvus' protocol.
            Unknown(i32),
        }

        impl DataType {
            /// The dimension of a dense vector type; `None` for other types.
            pub fn dimension(&self) -> Option<u32> {
                match self {
                    $(Self::$dense { dimension } => Some(*dimension),)*
                    $(Self::$variant => None,)*
                    Self::VarChar { .. } | Self::Array { .. } | Self::StructArray { .. } | Self::Unknown(_) => None,
                }
            }

            /// The names of the types that are no arrays.
            pub(super) const NAMES: &'static [&'static str] = &[
                $(stringify!($constructor),)*
                "varchar",
                $(stringify!($dense_constructor),)*
            ];

            /// The name of the type, without its parameters: that of the constructor of [`Field`], such as `varchar` or
            /// `float_vector`. For [`Unknown`](Self::Unknown), the number.
            pub fn name(&self) -> String {
                let name = match self {
                    $(Self::$variant => stringify!($constructor),)*
                    Self::VarChar { .. } => "varchar",
                    Self::Array { .. } => "array",
                    Self::StructArray { .. } => "struct_array",
                    $(Self::$dense { .. } => stringify!($dense_constructor),)*
                    Self::Unknown(number) => return number.to_string(),
                };
                name.to_owned()
            }

            /// The type with this name, which is no array. `parameter` returns what is given for `max_length` or
            /// `dimension`.
            ///
            /// # Errors
            ///
            /// `None` if there is no such type, or the error of `parameter`.
            pub(super) fn from_name(
                name: &str,
                parameter: &mut dyn FnMut(&str) -> Result<u32, String>,
            ) -> Result<Self, Option<String>> {
                let is = |constructor, variant| is_named(name, constructor) || is_named(name, variant);
                Ok(match () {
                    $(() if is(stringify!($constructor), stringify!($variant)) => Self::$variant,)*
                    () if is_named(name, "varchar") => Self::VarChar { max_length: parameter("max_length")? },
                    $(() if is(stringify!($dense_constructor), stringify!($dense)) => {
                        Self::$dense { dimension: parameter("dimension")? }
                    })*
                    () => return Err(None),
                })
            }

            /// The number of the type in Milvus' protocol.
            pub(crate) fn number(&self) -> i32 {
                let number = match self {
                    $(Self::$variant => Number::$variant,)*
                    Self::VarChar { .. } => Number::VarChar,
                    Self::Array { .. } => Number::Array,
                    Self::StructArray { .. } => Number::ArrayOfStruct,
                    $(Self::$dense { .. } => Number::$dense,)*
                    Self::Unknown(number) => return *number,
                };
                number as i32
            }

            /// The type with this number, with the element type and the parameters of its field. Not for arrays of
            /// structs, which are described separately.
            pub(super) fn of_field(number: i32, element: i32, parameter: &mut dyn FnMut(&str) -> u32) -> Self {
                let Ok(known) = Number::try_from(number) else {
                    return Self::Unknown(number);
                };
                match known {
                    $(Number::$variant => Self::$variant,)*
                    Number::VarChar => Self::VarChar {
                        max_length: parameter("max_length"),
                    },
                    Number::Array => Self::Array {
                        max_capacity: parameter("max_capacity"),
                        element: Box::new(Self::of_field(element, Number::None as i32, parameter)),
                    },
                    $(Number::$dense => Self::$dense {
                        dimension: parameter("dim"),
                    },)*
                    $(Number::$other => Self::Unknown(number),)*
                }
            }
        }

        impl fmt::Display for DataType {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$variant => f.write_str($shown),)*
                    Self::VarChar { max_length } => write!(f, "varchar of at most {max_length} bytes"),
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
                    $(Self::$dense { dimension } => write!(f, $dense_shown, dimension),)*
                    Self::Unknown(number) => write!(f, "type {number}"),
                }
            }
        }

        impl Field {
            $(
                $(#[$doc])*
                pub fn $constructor(name: impl Into<String>) -> Self {
                    Self::new(name, DataType::$variant)
                }
            )*

            /// UTF-8 text of at most `max_length` bytes (1 to 65535). It can be the primary key.
            pub fn varchar(name: impl Into<String>, max_length: u32) -> Self {
                Self::new(name, DataType::VarChar { max_length })
            }

            /// An array of at most `max_capacity` values (1 to 4096) of a scalar type.
            pub fn array(name: impl Into<String>, element: DataType, max_capacity: u32) -> Self {
                let element = Box::new(element);
                Self::new(name, DataType::Array { element, max_capacity })
            }

            $(
                $(#[$dense_doc])*
                pub fn $dense_constructor(name: impl Into<String>, dimension: u32) -> Self {
                    Self::new(name, DataType::$dense { dimension })
                }
            )*
        }
    };
}

// One row per type of Milvus' protocol: the variant, the constructor of a field, and the name in errors.
data_types! {
    plain {
        /// True or false.
        Bool, bool, "bool";
        /// A signed integer of 8 bits.
        Int8, int8, "int8";
        /// A signed integer of 16 bits.
        Int16, int16, "int16";
        /// A signed integer of 32 bits.
        Int32, int32, "int32";
        /// A signed integer of 64 bits. It can be the primary key.
        Int64, int64, "int64";
        /// An IEEE float of 32 bits.
        Float, float, "float";
        /// An IEEE float of 64 bits.
        Double, double, "double";
        /// Any JSON value.
        Json, json, "json";
        /// Text of any length, stored separately from the other fields (since Milvus 3.0).
        Text, text, "text";
        /// A geometry in well-known text, such as `POINT (1 2)` (since Milvus 2.6.4).
        Geometry, geometry, "geometry";
        /// A point in time with a time zone, as ISO 8601 text (since Milvus 2.6.6): `2026-03-01T12:00:00+02:00`.
        Timestamptz, timestamptz, "timestamptz";
        /// A day, as ISO 8601 text (after Milvus 3.0): `2026-03-01`.
        Date, date, "date";
        /// A time of day without a time zone, as ISO 8601 text (after Milvus 3.0): `12:00:00`.
        Time, time, "time";
        /// A molecule in SMILES notation (after Milvus 3.0): `c1ccccc1`.
        Mol, mol, "mol";
        /// A sparse vector of 32-bit floats (since Milvus 2.4).
        SparseFloatVector, sparse_vector, "sparse float vector";
    }
    dense {
        /// A vector of `dimension` 32-bit floats (1 to 32768).
        FloatVector, float_vector, "float vector of {}";
        /// A vector of `dimension` IEEE 16-bit floats (since Milvus 2.4).
        Float16Vector, float16_vector, "float16 vector of {}";
        /// A vector of `dimension` brain floats, the upper 16 bits of 32-bit floats (since Milvus 2.4).
        BFloat16Vector, bfloat16_vector, "bfloat16 vector of {}";
        /// A vector of `dimension` signed 8-bit integers (since Milvus 2.6).
        Int8Vector, int8_vector, "int8 vector of {}";
        /// A vector of `dimension` bits; the dimension must be a multiple of 8.
        BinaryVector, binary_vector, "binary vector of {} bits";
    }
    // Numbers that are not types of fields.
    other {
        None;
        String;
        Decimal;
        ArrayOfVector;
        ArrayOfStruct;
        Struct;
    }
}

impl DataType {
    /// Whether this is a type of vectors.
    pub fn is_vector(&self) -> bool {
        self.dimension().is_some() || matches!(self, Self::SparseFloatVector)
    }

    /// The type with this number, without parameters.
    pub(crate) fn from_number(number: i32) -> Self {
        Self::of_field(number, Number::None as i32, &mut |_| 0)
    }

    /// Whether a field of an array of structs can have this type.
    pub(crate) fn fits_in_struct(&self) -> bool {
        match self {
            Self::Bool
            | Self::Int8
            | Self::Int16
            | Self::Int32
            | Self::Int64
            | Self::Float
            | Self::Double
            | Self::VarChar { .. } => true,
            Self::Json
            | Self::Text
            | Self::Geometry
            | Self::Timestamptz
            | Self::Date
            | Self::Time
            | Self::Mol
            | Self::Array { .. }
            | Self::StructArray { .. }
            | Self::SparseFloatVector
            | Self::Unknown(_) => false,
            Self::FloatVector { .. }
            | Self::Float16Vector { .. }
            | Self::BFloat16Vector { .. }
            | Self::Int8Vector { .. }
            | Self::BinaryVector { .. } => true,
        }
    }
}

impl Field {
    /// A field of any type. There is also a constructor for each type, such as [`int64`](Self::int64).
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

    /// Makes the field the primary key. Each schema has exactly one, an int64 or varchar field. Milvus does not enforce
    /// that keys are unique.
    #[must_use]
    pub fn primary_key(mut self) -> Self {
        self.primary_key = true;
        self
    }

    /// Lets Milvus generate the primary key. Rows are then inserted without it, or with null. Other values are refused,
    /// unless the property `allow_insert_auto_id` of the collection is true (since Milvus 2.6).
    #[must_use]
    pub fn auto_id(mut self) -> Self {
        self.auto_id = true;
        self
    }

    /// Makes the field the [partition key](https://milvus.io/docs/use-partition-key.md), by whose values Milvus
    /// distributes rows to partitions. A schema has at most one, an int64 or varchar field. Since Milvus 2.2.9.
    #[must_use]
    pub fn partition_key(mut self) -> Self {
        self.partition_key = true;
        self
    }

    /// Makes the field the [clustering key](https://milvus.io/docs/clustering-compaction.md): clustering compaction
    /// stores rows with similar values together. A schema has at most one. Since Milvus 2.4.7.
    #[must_use]
    pub fn clustering_key(mut self) -> Self {
        self.clustering_key = true;
        self
    }

    /// Allows [null](https://milvus.io/docs/nullable-and-default.md). Not for primary keys. Since Milvus 2.5; for
    /// vector fields, since Milvus 3.0 and in recent versions of 2.6.
    #[must_use]
    pub fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// Sets the [value of rows without one](https://milvus.io/docs/nullable-and-default.md). It must fit the type of
    /// the field; see [`DefaultValue`]. For a float field, it is rounded to the nearest 32-bit float. Since Milvus 2.5.
    #[must_use]
    pub fn default_value(mut self, value: impl Into<DefaultValue>) -> Self {
        self.default = Some(value.into().of(&self.data_type));
        self
    }

    /// Sets the [analyzer](https://milvus.io/docs/analyzer-overview.md) that splits the texts of a varchar field into
    /// words, for BM25 and `TEXT_MATCH`, such as `{"type": "english"}`; `{}` is the standard analyzer. Since Milvus 2.5.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers pass a `json!` literal"
    )]
    pub fn analyzer(self, description: serde_json::Value) -> Self {
        let field = self.parameter("enable_analyzer", "true");
        match description.as_object() {
            Some(empty) if empty.is_empty() => field,
            _ => field.parameter("analyzer_params", description.to_string()),
        }
    }

    /// Allows `TEXT_MATCH` on this varchar field in filters. The field needs an [`analyzer`](Self::analyzer). Since
    /// Milvus 2.5.
    #[must_use]
    pub fn text_match(self) -> Self {
        self.parameter("enable_match", "true")
    }

    /// Sets whether the server maps the data of the field into memory from files, in place of loading it. Default: the
    /// setting of the collection or server.
    #[must_use]
    pub fn mmap(self, enabled: bool) -> Self {
        self.parameter(MMAP_ENABLED, if enabled { "true" } else { "false" })
    }

    /// Sets the description of the field. Default: empty.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = text.into();
        self
    }

    /// Sets a parameter by its name in Milvus, such as `("mmap.enabled", "true")`. A second value for a name replaces
    /// the first.
    #[must_use]
    pub fn parameter(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.set(key, value.into());
        self
    }

    /// The field's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The data type of the field.
    pub fn data_type(&self) -> &DataType {
        &self.data_type
    }

    /// Whether the field is the primary key.
    pub fn is_primary_key(&self) -> bool {
        self.primary_key
    }

    /// Whether Milvus generates the values.
    pub fn is_auto_id(&self) -> bool {
        self.auto_id
    }

    /// Whether the field is the partition key.
    pub fn is_partition_key(&self) -> bool {
        self.partition_key
    }

    /// Whether the field is the clustering key.
    pub fn is_clustering_key(&self) -> bool {
        self.clustering_key
    }

    /// Whether the field can be null.
    pub fn is_nullable(&self) -> bool {
        self.nullable
    }

    /// The default value.
    pub fn default(&self) -> Option<&DefaultValue> {
        self.default.as_ref()
    }

    /// Whether the field has a default value.
    pub fn has_default(&self) -> bool {
        self.default.is_some()
    }

    /// Whether a function computes the field. Rows are then inserted without it.
    pub fn is_function_output(&self) -> bool {
        self.function_output
    }

    /// The parameters that no other method returns, such as `mmap.enabled`.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parameters.iter()
    }
}
