//! What the values of a field must have in common, to be sent in one column.

use std::fmt;

use milvus_otel::data::Value;
use milvus_otel::proto::schema::DataType;

/// The type of a value, in as much detail as a column has.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shape {
    pub(super) data_type: DataType,
    /// The type of the elements of an array; `None` if it is empty.
    pub(super) element: Option<DataType>,
    /// The dimension of a dense vector.
    pub(super) dimension: Option<usize>,
}

impl Shape {
    /// The shape of a value; `None` for null. The error says why the fake cannot send the value.
    pub(super) fn of(value: &Value) -> Result<Option<Self>, String> {
        let data_type = match value {
            Value::Null => return Ok(None),
            Value::Array(_) => DataType::Array,
            Value::FloatVector(_) => DataType::FloatVector,
            Value::Float16Vector(_) => DataType::Float16Vector,
            Value::BFloat16Vector(_) => DataType::BFloat16Vector,
            Value::Int8Vector(_) => DataType::Int8Vector,
            Value::Bytes(_) => DataType::BinaryVector,
            Value::SparseVector(_) => DataType::SparseFloatVector,
            scalar => scalar_type(scalar)
                .ok_or("a value of a type that the fake does not send: script it")?,
        };
        let element = match value {
            Value::Array(elements) => element_type(elements)?,
            _ => None,
        };
        let dimension = match value {
            Value::FloatVector(numbers) => Some(numbers.len()),
            Value::Float16Vector(bytes) | Value::BFloat16Vector(bytes) => {
                if !bytes.len().is_multiple_of(2) {
                    return Err("a vector with half a number".to_owned());
                }
                Some(bytes.len() / 2)
            }
            Value::Int8Vector(bytes) => Some(bytes.len()),
            Value::Bytes(bytes) => Some(bytes.len() * 8),
            _ => None,
        };
        Ok(Some(Self {
            data_type,
            element,
            dimension,
        }))
    }

    /// The shape of all values; `None` if all of them are null.
    ///
    /// # Panics
    ///
    /// There is none.
    #[track_caller]
    pub(super) fn of_all(name: &str, values: &[Value]) -> Option<Self> {
        let mut first: Option<(usize, Self)> = None;
        for (row, value) in values.iter().enumerate() {
            let shape = match Self::of(value) {
                Ok(Some(shape)) => shape,
                Ok(None) => continue,
                Err(why) => panic!("row {row} of a canned answer has {why}, in field {name:?}"),
            };
            match &mut first {
                None => first = Some((row, shape)),
                Some((before, known)) => {
                    assert!(
                        known.includes(&shape),
                        "row {row} of a canned answer has {shape} in field {name:?}, but row {before} has {known}"
                    );
                    // Of an empty array, nothing is known.
                    known.element = known.element.or(shape.element);
                }
            }
        }
        first.map(|(_, shape)| shape)
    }

    fn includes(&self, other: &Self) -> bool {
        let is_same_element =
            self.element.is_none() || other.element.is_none() || self.element == other.element;
        self.data_type == other.data_type && self.dimension == other.dimension && is_same_element
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.data_type.as_str_name())?;
        match (self.element, self.dimension) {
            (Some(element), _) => write!(f, " of {}", element.as_str_name()),
            (None, Some(dimension)) => write!(f, " of dimension {dimension}"),
            (None, None) => Ok(()),
        }
    }
}

/// The type of a scalar; `None` for other values.
fn scalar_type(value: &Value) -> Option<DataType> {
    Some(match value {
        Value::Bool(_) => DataType::Bool,
        Value::Int(_) => DataType::Int64,
        Value::Float(_) => DataType::Float,
        Value::Double(_) => DataType::Double,
        Value::Text(_) => DataType::VarChar,
        Value::Json(_) => DataType::Json,
        _ => return None,
    })
}

/// The type of all elements of an array; `None` if there are none.
fn element_type(elements: &[Value]) -> Result<Option<DataType>, String> {
    let mut known = None;
    for element in elements {
        let found = scalar_type(element).filter(|found| *found != DataType::Json);
        let found = found.ok_or("an array with elements that the fake does not send: script it")?;
        if *known.get_or_insert(found) != found {
            return Err("an array with elements of different types".to_owned());
        }
    }
    Ok(known)
}
