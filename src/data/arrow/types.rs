//! The Arrow types of Milvus' types.

use arrow_schema::{ArrowError, DataType as ArrowType, Field as ArrowField, Fields};

use crate::schema::{DataType, Field, Schema};

/// The key and the value that mark a field of JSON texts, in the canonical extension types of Arrow.
const JSON: (&str, &str) = ("ARROW:extension:name", "arrow.json");

/// Whether a field is marked as JSON.
pub(super) fn is_json(field: &ArrowField) -> bool {
    let (key, name) = JSON;
    field.metadata().get(key).is_some_and(|found| found == name)
}

/// A field of a batch. All are nullable, so that the batches of a query have one schema, whether they contain nulls or
/// not.
pub(crate) fn field(name: &str, data_type: ArrowType, is_json: bool) -> ArrowField {
    let field = ArrowField::new(name, data_type, true);
    if is_json {
        field.with_metadata([JSON])
    } else {
        field
    }
}

/// A list of items of this type.
pub(super) fn list(item: ArrowType) -> ArrowType {
    ArrowType::new_list(item, true)
}

/// A vector with this many numbers of this type.
pub(super) fn vector(number: ArrowType, length: usize) -> ArrowType {
    ArrowType::new_fixed_size_list(number, i32::try_from(length).unwrap_or(i32::MAX), true)
}

/// The two lists of a sparse vector.
pub(super) fn sparse() -> Fields {
    Fields::from(vec![
        field("indices", list(ArrowType::UInt32), false),
        field("values", list(ArrowType::Float32), false),
    ])
}

fn structs(fields: &[Field]) -> Result<ArrowType, ArrowError> {
    let fields = fields.iter().map(typed).collect::<Result<Fields, _>>()?;
    Ok(list(ArrowType::Struct(fields)))
}

fn of(data_type: &DataType) -> Option<ArrowType> {
    let dense = |number, width: u32| {
        let length = data_type.dimension().unwrap_or_default() / width;
        Some(vector(number, length as usize))
    };
    Some(match data_type {
        DataType::Bool => ArrowType::Boolean,
        DataType::Int8 => ArrowType::Int8,
        DataType::Int16 => ArrowType::Int16,
        DataType::Int32 => ArrowType::Int32,
        DataType::Int64 => ArrowType::Int64,
        DataType::Float => ArrowType::Float32,
        DataType::Double => ArrowType::Float64,
        DataType::VarChar { .. }
        | DataType::Text
        | DataType::Json
        | DataType::Geometry
        | DataType::Timestamptz
        | DataType::Date
        | DataType::Time
        | DataType::Mol => ArrowType::Utf8,
        DataType::Array { element, .. } => list(of(element)?),
        DataType::FloatVector { .. } => return dense(ArrowType::Float32, 1),
        DataType::Float16Vector { .. } => return dense(ArrowType::Float16, 1),
        DataType::BFloat16Vector { .. } => return dense(ArrowType::UInt16, 1),
        DataType::Int8Vector { .. } => return dense(ArrowType::Int8, 1),
        DataType::BinaryVector { .. } => return dense(ArrowType::UInt8, 8),
        DataType::SparseFloatVector => ArrowType::Struct(sparse()),
        DataType::StructArray { .. } | DataType::Unknown(_) => return None,
    })
}

fn typed(field: &Field) -> Result<ArrowField, ArrowError> {
    let data_type = field.data_type();
    let arrow = match data_type {
        DataType::StructArray { fields, .. } => structs(fields)?,
        _ => of(data_type).ok_or_else(|| {
            let name = field.name();
            ArrowError::SchemaError(format!("field {name:?} is of {data_type}"))
        })?,
    };
    Ok(self::field(
        field.name(),
        arrow,
        *data_type == DataType::Json,
    ))
}

/// The schema of the batches that a query returns for all fields, without dynamic fields. All fields are nullable. See the
/// [types](crate::data::arrow).
impl TryFrom<&Schema> for arrow_schema::Schema {
    type Error = ArrowError;

    /// # Errors
    ///
    /// A field has a type that this version of the crate does not support.
    fn try_from(schema: &Schema) -> Result<Self, ArrowError> {
        let fields = schema.fields().iter().map(typed);
        Ok(Self::new(fields.collect::<Result<Vec<_>, _>>()?))
    }
}
