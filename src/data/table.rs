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

/// The rows of a result, stored by column.
///
/// Columns use the buffer of the response: vectors are not copied, and JSON is not parsed until it is read. With the
/// feature `arrow-60`, a table converts into a `RecordBatch` of Arrow: see the module `data::arrow`.
///
/// ```no_run
/// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
/// let table = client.query("books").filter("year > 1950").output(["id", "embedding"]).columns().await?;
/// if let Some(column) = table.column("embedding") {
///     for row in 0..table.len() {
///         println!("{:?}: {:?}", table.value(row, "id"), column.vector(row));
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Default)]
pub struct Table {
    fields: Vec<ReceivedField>,
    rows: usize,
    /// The dynamic fields that were requested; all if empty.
    dynamic_names: Vec<String>,
    /// For each row the indexes of the structs that matched; empty if the server did not send them.
    matched_elements: Vec<Vec<u64>>,
}

impl Table {
    /// The names of the fields, in the order in which the server sent them.
    pub(crate) fn field_order(&self) -> Vec<String> {
        let names = self.fields.iter().map(|each| each.field.field_name.clone());
        names.collect()
    }

    /// Puts the fields into this order. Milvus sends them in any, page by page; the columns of pages are in one.
    pub(crate) fn reorder(&mut self, order: &[String]) {
        let place = |name: &str| order.iter().position(|each| each == name);
        self.fields
            .sort_by_key(|each| place(&each.field.field_name).unwrap_or(order.len()));
    }

    pub(crate) fn new(fields: Vec<FieldData>, rows: usize) -> Result<Self, String> {
        Ok(Self {
            fields: structs::join_struct_arrays(fields)
                .into_iter()
                .map(|field| ReceivedField::new(field, rows))
                .collect::<Result<_, String>>()?,
            rows,
            dynamic_names: Vec::new(),
            matched_elements: Vec::new(),
        })
    }

    /// Adds the indexes of the structs that a filter matched.
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

    /// Hides dynamic fields that were not requested. A server sends all if one is requested.
    pub(crate) fn with_output_fields(mut self, output: &[String]) -> Self {
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

    /// Adds the primary keys as a column, unless the table has a column of this name.
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

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The indexes, from 0, of the structs of a row that matched the `element_filter` of the query (since Milvus 3.0); `None`
    /// without such a filter. pymilvus returns one row per struct, with its index as `offset`.
    pub fn matched_elements(&self, row: usize) -> Option<&[u64]> {
        self.matched_elements.get(row).map(Vec::as_slice)
    }

    /// The column with this name. `chunks[text]` is the field `text` of the structs in `chunks`.
    pub fn column(&self, name: &str) -> Option<Column<'_>> {
        let own = |name| self.columns().find(|column| column.name() == name);
        own(name).or_else(|| {
            let (array, inner) = split_path(name)?;
            own(array)?.field(inner)
        })
    }

    /// All columns, in the order of the server. Dynamic fields are together in one JSON column, `$meta`.
    pub fn columns(&self) -> impl Iterator<Item = Column<'_>> {
        self.fields.iter().map(|received| Column {
            received,
            rows: self.rows,
        })
    }

    /// The value of a field or dynamic field in a row; `None` if there is no such field or row.
    pub fn value(&self, row: usize, name: &str) -> Option<Value> {
        if row >= self.rows {
            return None;
        }
        if let Some(column) = self.column(name).filter(|column| !column.is_dynamic()) {
            return Some(column.value(row));
        }
        let value = self.dynamic_fields(row).ok()?.remove(name)?;
        Some(value.into())
    }

    /// The dynamic fields that were requested; all if empty.
    #[cfg(feature = "arrow-60")]
    pub(super) fn dynamic_names(&self) -> &[String] {
        &self.dynamic_names
    }

    /// The requested dynamic fields of a row, parsed.
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
            .map_err(|error| format!("its dynamic fields are not JSON: {error}"))?;
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

/// A column of a [`Table`]: the values of one field.
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

    /// The number of rows, including nulls.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Whether this is the column of dynamic fields, whose values are JSON objects.
    pub fn is_dynamic(&self) -> bool {
        self.received.field.is_dynamic
    }

    /// Whether this row is null. True for a row that does not exist.
    pub fn is_null(&self, row: usize) -> bool {
        row >= self.rows || self.received.is_null(row)
    }

    /// The fields of an array of structs, as columns with one array per row. Empty for other types.
    pub fn fields(&self) -> impl Iterator<Item = Self> + use<'a> {
        let rows = self.rows;
        let column = move |received| Self { received, rows };
        self.received.inner.iter().map(column)
    }

    /// One field of an array of structs, as a column with one array per row.
    pub fn field(&self, name: &str) -> Option<Self> {
        self.fields().find(|field| field.name() == name)
    }

    /// The number of elements of the array in this row; 0 for null and for other types.
    pub fn elements(&self, row: usize) -> usize {
        self.cell(row).len()
    }

    /// The dimension of dense vectors; `None` for other types.
    pub fn dimension(&self) -> Option<usize> {
        let vectors = self.vectors()?;
        match &vectors.data {
            Some(Vector::SparseFloatVector(_)) => None,
            Some(Vector::VectorArray(rows)) => usize::try_from(rows.dim).ok(),
            _ => usize::try_from(vectors.dim).ok(),
        }
    }

    /// The value in this row, as an owned value. [`Value::Null`] for a row that does not exist.
    pub fn value(&self, row: usize) -> Value {
        self.cell(row).to_value()
    }

    /// All values of a bool field; `None` for other types, and if a row is null.
    pub fn bools(&self) -> Option<&'a [bool]> {
        match self.scalars()? {
            Scalar::BoolData(values) => Some(&values.data),
            _ => None,
        }
    }

    /// All values of an int8, int16 or int32 field; `None` for other types, and if a row is null.
    pub fn int32s(&self) -> Option<&'a [i32]> {
        match self.scalars()? {
            Scalar::IntData(values) => Some(&values.data),
            _ => None,
        }
    }

    /// All values of an int64 field; `None` for other types, and if a row is null.
    pub fn int64s(&self) -> Option<&'a [i64]> {
        match self.scalars()? {
            Scalar::LongData(values) => Some(&values.data),
            _ => None,
        }
    }

    /// All values of a varchar field; `None` for other types, and if a row is null.
    pub fn texts(&self) -> Option<&'a [String]> {
        match self.scalars()? {
            Scalar::StringData(values) => Some(&values.data),
            _ => None,
        }
    }

    /// The concatenated values of a float, double or dense vector field, as little-endian bytes; `None` for other
    /// types. Null rows can be missing in it.
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

    /// The concatenated numbers of a float or float vector field, decoded while iterating; `None` for other types.
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

    /// The numbers of the float, float16 or bfloat16 vector in this row; `None` for null and for other types. For a
    /// field of structs, the vectors of all structs of the row are concatenated.
    pub fn vector(&self, row: usize) -> Option<Vec<f32>> {
        self.cell(row).numbers()
    }

    pub(crate) fn cell(&self, row: usize) -> Cell<'a> {
        if row >= self.rows {
            return Cell::Null;
        }
        self.received.cell(row)
    }

    #[cfg(feature = "arrow-60")]
    pub(super) fn received(&self) -> &'a ReceivedField {
        self.received
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
