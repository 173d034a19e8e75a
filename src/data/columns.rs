pub(super) mod structs;

use serde_json::Value as Json;

use super::scalars::Scalars;
use super::sparse::SparseVector;
use super::vectors::{ByteVectors, FloatVectors};
use crate::proto::schema::{
    ArrayArray, BoolArray, DataType as Number, FieldData, IntArray, JsonArray, LongArray,
    MolSmilesArray, ScalarField, SparseFloatArray, StringArray, VectorField,
    field_data::Field as Data, scalar_field::Data as Scalar, vector_field::Data as Vector,
};
use crate::schema::Field;
use crate::wire::{DoubleArray, FloatArray};

/// Rows to be written, column by column. This is the fastest way to write: vectors are not copied or converted, and
/// there is no work per row.
///
/// ```
/// use milvus_otel::data::Columns;
///
/// let vectors: Vec<f32> = vec![0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
/// let columns = Columns::new()
///     .int64("id", [1, 2])
///     .varchar("title", [Some("Dune"), None])
///     .array("tags", [vec!["sand", "worm"], vec![]])
///     .float_vector("embedding", 3, vectors);
/// assert_eq!(columns.len(), 2);
/// ```
///
/// All columns need the same number of rows. Columns that are not in the schema become dynamic fields, if the
/// collection has them. Columns are checked against the schema by [`insert`](crate::Client::insert) and
/// [`upsert`](crate::Client::upsert), before anything is sent; the error names the field and the row.
#[doc(alias = "FieldColumn")]
#[doc(alias = "FieldData")]
#[derive(Clone, Default, PartialEq)]
pub struct Columns {
    pub(super) columns: Vec<ColumnData>,
}

/// One column to be written.
#[derive(Clone, PartialEq)]
pub(super) struct ColumnData {
    pub(super) name: String,
    /// The number of the data type in Milvus' protocol.
    pub(super) number: i32,
    pub(super) data: Data,
    /// Whether each row has a value; empty if all have one. `data` contains no values for the other rows.
    pub(super) valid: Vec<bool>,
    pub(super) rows: usize,
    /// Why the column is invalid for any schema.
    pub(super) fault: Option<String>,
}

impl ColumnData {
    fn new<T>(
        name: String,
        number: Number,
        scalars: Scalars<T>,
        wrap: impl FnOnce(Vec<T>) -> Data,
    ) -> Self {
        let rows = scalars.rows();
        Self {
            name,
            number: number as i32,
            valid: scalars.valid,
            rows,
            data: wrap(scalars.values),
            fault: None,
        }
    }

    /// The row of the value at this index: `data` has no values for null rows.
    pub(super) fn row_of(&self, index: usize) -> usize {
        let mut present = self.valid.iter().enumerate().filter(|(_, valid)| **valid);
        present.nth(index).map_or(index, |(row, _)| row)
    }

    /// Whether this is a generated primary key that is null in all rows. It is then treated as if it were not there.
    pub(super) fn is_left_out(&self, field: &Field) -> bool {
        field.is_auto_id() && !self.valid.is_empty() && !self.valid.contains(&true)
    }

    pub(super) fn into_proto(mut self) -> FieldData {
        if let Data::StructArrays(structs) = &mut self.data {
            // Milvus expects the validity of the array in each field of the structs.
            for field in &mut structs.fields {
                field.valid_data.clone_from(&self.valid);
            }
            self.valid.clear();
        }
        FieldData {
            r#type: self.number,
            field_name: self.name,
            valid_data: self.valid,
            field: Some(self.data),
            ..FieldData::default()
        }
    }
}

/// The name of the type with this number in Milvus' protocol.
pub(super) fn type_name(number: i32) -> String {
    Number::try_from(number).map_or_else(
        |_| format!("type {number}"),
        |number| number.as_str_name().to_lowercase(),
    )
}

pub(super) fn scalar(data: Scalar) -> Data {
    Data::Scalars(ScalarField { data: Some(data) })
}

pub(super) fn vector(dimension: u32, data: Vector) -> Data {
    Data::Vectors(VectorField {
        dim: dimension.into(),
        data: Some(data),
    })
}

impl std::fmt::Debug for Columns {
    /// Names and counts only: values are user data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        f.debug_struct("Columns")
            .field("rows", &self.len())
            .field("names", &names)
            .finish()
    }
}

macro_rules! scalar_columns {
    ($($(#[$doc:meta])* $name:ident: $type:ty => $number:ident, $wrap:expr;)*) => {
        $(
            $(#[$doc])*
            pub fn $name(self, name: impl Into<String>, values: impl Into<Scalars<$type>>) -> Self {
                self.push(ColumnData::new(name.into(), Number::$number, values.into(), $wrap))
            }
        )*
    };
}

macro_rules! byte_vector_columns {
    ($($(#[$doc:meta])* $name:ident => $number:ident, $variant:ident, $bits:literal;)*) => {
        $(
            $(#[$doc])*
            pub fn $name(self, name: impl Into<String>, dimension: u32, vectors: impl Into<ByteVectors>) -> Self {
                let vectors = vectors.into();
                let width = dimension as usize * $bits / 8;
                let (rows, fault) = vectors.rows.count(vectors.data.len(), width, "bytes");
                self.push(ColumnData {
                    name: name.into(),
                    number: Number::$number as i32,
                    data: vector(dimension, Vector::$variant(vectors.data)),
                    valid: vectors.rows.valid,
                    rows,
                    fault,
                })
            }
        )*
    };
}

impl Columns {
    /// Starts without columns.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of rows, taken from the first column.
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, |column| column.rows)
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn push(mut self, column: ColumnData) -> Self {
        self.columns.push(column);
        self
    }

    scalar_columns! {
        /// A column of a bool field.
        bool: bool => Bool, |data| scalar(Scalar::BoolData(BoolArray { data }));
        /// A column of an int8 field.
        int8: i8 => Int8, ints;
        /// A column of an int16 field.
        int16: i16 => Int16, ints;
        /// A column of an int32 field.
        int32: i32 => Int32, ints;
        /// A column of an int64 field.
        int64: i64 => Int64, |data| scalar(Scalar::LongData(LongArray { data }));
        /// A column of a float field.
        float: f32 => Float, |data| scalar(Scalar::FloatData(FloatArray::from(data)));
        /// A column of a double field.
        double: f64 => Double, |data| scalar(Scalar::DoubleData(DoubleArray::from(data)));
        /// A column of a varchar field.
        varchar: String => VarChar, |data| scalar(Scalar::StringData(StringArray { data }));
        /// A column of a text field (since Milvus 3.0).
        text: String => Text, |data| scalar(Scalar::StringData(StringArray { data }));
        /// A column of a geometry field, as well-known text such as `POINT (1 2)` (since Milvus 2.6.4).
        geometry: String => Geometry, |data| scalar(Scalar::GeometryWktData(crate::proto::schema::GeometryWktArray { data }));
        /// A column of a timestamptz field, as ISO 8601 text such as `2026-03-01T12:00:00+02:00` (since Milvus 2.6.6).
        timestamptz: String => Timestamptz, |data| scalar(Scalar::StringData(StringArray { data }));
        /// A column of a date field, as ISO 8601 text such as `2026-03-01` (after Milvus 3.0).
        date: String => Date, |data| scalar(Scalar::StringData(StringArray { data }));
        /// A column of a time field, as ISO 8601 text without a time zone, such as `12:00:00` (after Milvus 3.0).
        time: String => Time, |data| scalar(Scalar::StringData(StringArray { data }));
        /// A column of a mol field, in SMILES notation such as `c1ccccc1` (after Milvus 3.0).
        mol: String => Mol, |data| scalar(Scalar::MolSmilesData(MolSmilesArray { data }));
        /// A column of a JSON field.
        json: Json => Json, |values: Vec<Json>| {
            let data = values.iter().map(|value| value.to_string().into_bytes().into()).collect();
            scalar(Scalar::JsonData(JsonArray { data }))
        };
        /// A column of a sparse float vector field (since Milvus 2.4).
        sparse_vector: SparseVector => SparseFloatVector, |vectors: Vec<SparseVector>| {
            let dimensions = vectors.iter().filter_map(|vector| vector.iter().last());
            let dim = dimensions.map(|(last, _)| i64::from(last) + 1).max().unwrap_or_default();
            let contents = vectors.iter().map(|vector| vector.as_bytes().clone()).collect();
            vector(0, Vector::SparseFloatVector(SparseFloatArray { contents, dim }))
        };
    }

    byte_vector_columns! {
        /// A column of binary vectors of `dimension` bits, with eight bits in each byte.
        binary_vector => BinaryVector, BinaryVector, 1;
        /// A column of IEEE 16-bit float vectors (since Milvus 2.4): little-endian bytes, or `half::f16` with the feature
        /// `half-2`.
        float16_vector => Float16Vector, Float16Vector, 16;
        /// A column of brain float vectors (since Milvus 2.4): little-endian bytes, or `half::bf16` with the feature
        /// `half-2`.
        bfloat16_vector => BFloat16Vector, Bfloat16Vector, 16;
        /// A column of signed 8-bit integer vectors (since Milvus 2.6).
        int8_vector => Int8Vector, Int8Vector, 8;
    }

    /// A column of an array field: one `Vec` per row. The element type must be that of the field.
    pub fn array<T: Element>(
        self,
        name: impl Into<String>,
        values: impl Into<Scalars<Vec<T>>>,
    ) -> Self {
        self.push(ColumnData::new(
            name.into(),
            Number::Array,
            values.into(),
            |rows| {
                let rows = rows.into_iter().map(|values| ScalarField {
                    data: Some(T::wrap(values)),
                });
                scalar(Scalar::ArrayData(ArrayArray {
                    data: rows.collect(),
                    element_type: T::NUMBER as i32,
                }))
            },
        ))
    }

    /// A column of 32-bit float vectors. A flat `Vec<f32>` (all vectors, concatenated) is not copied. Rows of a
    /// nullable field (since Milvus 3.0) can be `None`: see [`FloatVectors`].
    pub fn float_vector(
        self,
        name: impl Into<String>,
        dimension: u32,
        vectors: impl Into<FloatVectors>,
    ) -> Self {
        let vectors = vectors.into();
        let (rows, fault) = (vectors.rows).count(vectors.data.len(), dimension as usize, "floats");
        let truncated = || "its bytes end in the middle of a float".to_owned();
        self.push(ColumnData {
            name: name.into(),
            number: Number::FloatVector as i32,
            data: vector(dimension, Vector::FloatVector(vectors.data)),
            valid: vectors.rows.valid,
            rows,
            fault: fault.or_else(|| vectors.truncated.then(truncated)),
        })
    }
}

fn ints<T: Into<i32>>(data: Vec<T>) -> Data {
    scalar(Scalar::IntData(IntArray {
        data: data.into_iter().map(Into::into).collect(),
    }))
}

/// A type of the elements of an [array column](Columns::array): `bool`, `i8`, `i16`, `i32`, `i64`, `f32`, `f64`,
/// `String` or `&str`.
pub trait Element: sealed::Sealed {}
impl<T: sealed::Sealed> Element for T {}

mod sealed {
    use super::*;

    #[expect(
        unnameable_types,
        reason = "sealed, so that other crates cannot implement it"
    )]
    pub trait Sealed: Sized {
        const NUMBER: Number;
        fn wrap(values: Vec<Self>) -> Scalar;
    }

    macro_rules! elements {
        ($($type:ty => $number:ident, $wrap:expr;)*) => {
            $(impl Sealed for $type {
                const NUMBER: Number = Number::$number;

                fn wrap(values: Vec<Self>) -> Scalar {
                    let wrap: fn(Vec<Self>) -> Scalar = $wrap;
                    wrap(values)
                }
            })*
        };
    }
    elements! {
        bool => Bool, |data| Scalar::BoolData(BoolArray { data });
        i8 => Int8, |data| Scalar::IntData(IntArray { data: data.into_iter().map(Into::into).collect() });
        i16 => Int16, |data| Scalar::IntData(IntArray { data: data.into_iter().map(Into::into).collect() });
        i32 => Int32, |data| Scalar::IntData(IntArray { data });
        i64 => Int64, |data| Scalar::LongData(LongArray { data });
        f32 => Float, |data| Scalar::FloatData(data.into());
        f64 => Double, |data| Scalar::DoubleData(data.into());
        String => VarChar, |data| Scalar::StringData(StringArray { data });
        &str => VarChar, |data| Scalar::StringData(StringArray { data: data.into_iter().map(str::to_owned).collect() });
    }
}
