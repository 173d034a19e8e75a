use std::fmt;

use bytes::Bytes;

use super::DYNAMIC_FIELD;
use super::cell::{Cell, ReceivedField};
use super::float16;
use super::structs;
use super::value::Value;
use crate::proto::milvus::ElementIndices;
use crate::proto::schema::{
    DataType as Number, FieldData, ScalarField, VectorField, field_data::Field as Data,
    scalar_field::Data as Scalar, vector_field::Data as Vector,
};
use crate::schema::split_path;

/// Received rows, column by column, in the buffer they came in.
///
/// Vectors are not copied and JSON is not parsed until asked for.
#[derive(Clone, PartialEq, Default)]
pub struct Table {
    fields: Vec<ReceivedField>,
    rows: usize,
    /// Which dynamic fields were asked for; all when empty.
    dynamic_names: Vec<String>,
    /// For each row, where the server says it.
    matched_elements: Vec<Vec<u64>>,
}

impl Table {
    pub(crate) fn new(fields: Vec<FieldData>, rows: usize) -> Result<Self, String> {
        Ok(Self {
            fields: structs::gathered(fields)
                .into_iter()
                .map(|field| ReceivedField::new(field, rows))
                .collect::<Result<_, String>>()?,
            rows,
            dynamic_names: Vec::new(),
            matched_elements: Vec::new(),
        })
    }

    /// Takes what a server says of the structs that a filter matched.
    pub(crate) fn with_matched_elements(
        mut self,
        elements: Vec<ElementIndices>,
    ) -> Result<Self, String> {
        if !elements.is_empty() && elements.len() != self.rows {
            let (found, rows) = (elements.len(), self.rows);
            return Err(format!("matched structs of {found} rows for {rows} rows"));
        }
        let of_row = |elements: ElementIndices| {
            let elements = elements.indices.unwrap_or_default().data.into_iter();
            let number = |element| {
                u64::try_from(element).map_err(|_| format!("number {element} of a row's structs"))
            };
            elements.map(number).collect::<Result<_, _>>()
        };
        self.matched_elements = elements.into_iter().map(of_row).collect::<Result<_, _>>()?;
        Ok(self)
    }

    /// Makes only those dynamic fields visible that were asked for, where any was.
    pub(crate) fn asked_for(mut self, output: &[String]) -> Self {
        let is_column = |name: &String| self.column(name).is_some();
        let all = output
            .iter()
            .any(|name| name == "*" || name == DYNAMIC_FIELD);
        if !all {
            self.dynamic_names = output
                .iter()
                .filter(|name| !is_column(name))
                .cloned()
                .collect();
        }
        self
    }

    /// Adds the primary keys as a column, unless there is one of this name.
    pub(crate) fn with_ids(
        mut self,
        name: String,
        ids: crate::proto::schema::i_ds::IdField,
    ) -> Self {
        use crate::proto::schema::i_ds::IdField;
        if name.is_empty() || self.column(&name).is_some() {
            return self;
        }
        let (number, count, data) = match ids {
            IdField::IntId(ids) => (Number::Int64, ids.data.len(), Scalar::LongData(ids)),
            IdField::StrId(ids) => (Number::VarChar, ids.data.len(), Scalar::StringData(ids)),
        };
        if count == self.rows {
            self.fields.push(ReceivedField::without_nulls(FieldData {
                r#type: number as i32,
                field_name: name,
                field: Some(Data::Scalars(ScalarField { data: Some(data) })),
                ..FieldData::default()
            }));
        }
        self
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Which structs of this row matched, from 0, where the filter has an `element_filter` (Milvus 3.0). pymilvus gives
    /// each in a row of its own, as `offset`.
    pub fn matched_elements(&self, row: usize) -> Option<&[u64]> {
        self.matched_elements.get(row).map(Vec::as_slice)
    }

    /// The column of this name; `chunks[text]` is what the structs of `chunks` have as `text`.
    pub fn column(&self, name: &str) -> Option<Column<'_>> {
        let own = |name| self.columns().find(|column| column.name() == name);
        own(name).or_else(|| {
            let (array, inner) = split_path(name)?;
            own(array)?.field(inner)
        })
    }

    /// The columns, as the server sent them; dynamic fields are one JSON column, `$meta`.
    pub fn columns(&self) -> impl Iterator<Item = Column<'_>> {
        self.fields.iter().map(|received| Column {
            received,
            rows: self.rows,
        })
    }

    /// One value; of dynamic fields too. `None` when no field of this name was received, or no such row.
    pub fn value(&self, row: usize, name: &str) -> Option<Value> {
        if row >= self.rows {
            return None;
        }
        if let Some(column) = self.column(name).filter(|column| !column.is_dynamic()) {
            return Some(column.value(row));
        }
        let value = self.dynamic_fields(row).ok()?.remove(name)?;
        Some(match value {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(value) => Value::Bool(value),
            serde_json::Value::String(text) => Value::Text(text),
            serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(value), _) => Value::Int(value),
                (None, Some(value)) if number.is_f64() => Value::Double(value),
                // An integer above i64's.
                _ => Value::Json(number.to_string().into_bytes().into()),
            },
            other => Value::Json(other.to_string().into_bytes().into()),
        })
    }

    /// The dynamic fields of a row that were asked for, parsed.
    pub(super) fn dynamic_fields(
        &self,
        row: usize,
    ) -> Result<serde_json::Map<String, serde_json::Value>, String> {
        let Some(column) = self.columns().find(Column::is_dynamic) else {
            return Ok(serde_json::Map::new());
        };
        let Cell::Json(text) = column.cell(row) else {
            return Ok(serde_json::Map::new());
        };
        let fields: serde_json::Value = serde_json::from_slice(text)
            .map_err(|error| format!("its dynamic fields are no JSON: {error}"))?;
        let serde_json::Value::Object(mut fields) = fields else {
            return Ok(serde_json::Map::new());
        };
        if !self.dynamic_names.is_empty() {
            fields.retain(|name, _| self.dynamic_names.contains(name));
        }
        Ok(fields)
    }
}

impl fmt::Debug for Table {
    /// Names and counts only: values are user data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self
            .columns()
            .map(|column| column.received.field.field_name.as_str())
            .collect();
        f.debug_struct("Table")
            .field("rows", &self.rows)
            .field("columns", &names)
            .finish()
    }
}

/// One field of all rows of a [`Table`].
#[derive(Clone, Copy)]
pub struct Column<'a> {
    received: &'a ReceivedField,
    rows: usize,
}

impl<'a> Column<'a> {
    /// The field's name.
    pub fn name(&self) -> &'a str {
        &self.received.field.field_name
    }

    /// How many rows there are, nulls included.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Whether it holds the dynamic fields of all rows, as JSON objects.
    pub fn is_dynamic(&self) -> bool {
        self.received.field.is_dynamic
    }

    /// Whether this row has no value.
    pub fn is_null(&self, row: usize) -> bool {
        row >= self.rows || self.received.is_null(row)
    }

    /// What the structs of an array of structs have: columns of arrays, one per row. Of other fields there are none.
    pub fn fields(&self) -> impl Iterator<Item = Self> + use<'a> {
        let rows = self.rows;
        let column = move |received| Self { received, rows };
        self.received.inner.iter().map(column)
    }

    /// What the structs of an array of structs have by this name.
    pub fn field(&self, name: &str) -> Option<Self> {
        self.fields().find(|field| field.name() == name)
    }

    /// How many elements an array has in this row; 0 of what is no array, and of null.
    pub fn elements(&self, row: usize) -> usize {
        self.cell(row).len()
    }

    /// The dimension of dense vectors.
    pub fn dimension(&self) -> Option<usize> {
        let vectors = self.vectors()?;
        match &vectors.data {
            Some(Vector::SparseFloatVector(_)) => None,
            Some(Vector::VectorArray(rows)) => usize::try_from(rows.dim).ok(),
            _ => usize::try_from(vectors.dim).ok(),
        }
    }

    /// One value, copied out.
    pub fn value(&self, row: usize) -> Value {
        self.cell(row).to_value()
    }

    /// The values of a bool field, where no row is null.
    pub fn bools(&self) -> Option<&'a [bool]> {
        match self.scalars()? {
            Scalar::BoolData(values) => Some(&values.data),
            _ => None,
        }
    }

    /// The values of an int8, int16 or int32 field, where no row is null.
    pub fn int32s(&self) -> Option<&'a [i32]> {
        match self.scalars()? {
            Scalar::IntData(values) => Some(&values.data),
            _ => None,
        }
    }

    /// The values of an int64 field, where no row is null.
    pub fn int64s(&self) -> Option<&'a [i64]> {
        match self.scalars()? {
            Scalar::LongData(values) => Some(&values.data),
            _ => None,
        }
    }

    /// The values of a varchar field, where no row is null.
    pub fn texts(&self) -> Option<&'a [String]> {
        match self.scalars()? {
            Scalar::StringData(values) => Some(&values.data),
            _ => None,
        }
    }

    /// The bytes of a float, double or dense vector field as they were received, little-endian, row after row.
    pub fn bytes(&self) -> Option<&'a Bytes> {
        if let Some(vectors) = self.vectors() {
            return vectors.data.as_ref()?.bytes();
        }
        match self.scalars()? {
            Scalar::FloatData(array) => Some(array.as_le_bytes()),
            Scalar::DoubleData(array) => Some(array.as_le_bytes()),
            _ => None,
        }
    }

    /// The numbers of a float or float vector field, row after row, decoded one by one from where they were received.
    pub fn floats(&self) -> Option<impl ExactSizeIterator<Item = f32> + use<'a>> {
        let bytes = match (self.vectors(), self.scalars()) {
            (
                Some(VectorField {
                    data: Some(Vector::FloatVector(array)),
                    ..
                }),
                _,
            )
            | (_, Some(Scalar::FloatData(array))) => array.as_le_bytes(),
            _ => return None,
        };
        Some(float16::floats(bytes))
    }

    /// The numbers of one row's float, float16 or bfloat16 vector; of several vectors, as the structs of a row have
    /// them, one after the other.
    pub fn vector(&self, row: usize) -> Option<Vec<f32>> {
        self.cell(row).numbers()
    }

    pub(crate) fn cell(&self, row: usize) -> Cell<'a> {
        if row >= self.rows {
            return Cell::Null;
        }
        self.received.cell(row)
    }

    fn scalars(&self) -> Option<&'a Scalar> {
        let whole = self.received.field.valid_data.iter().all(|valid| *valid);
        match &self.received.field.field {
            Some(Data::Scalars(scalars)) if whole => scalars.data.as_ref(),
            _ => None,
        }
    }

    fn vectors(&self) -> Option<&'a VectorField> {
        match &self.received.field.field {
            Some(Data::Vectors(vectors)) => Some(vectors),
            _ => None,
        }
    }
}

impl fmt::Debug for Column<'_> {
    /// Name and count only: values are user data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Column")
            .field("name", &self.name())
            .field("rows", &self.rows)
            .finish()
    }
}
