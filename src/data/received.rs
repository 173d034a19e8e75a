//! Received fields: validation, and access to the values.

use super::cell::{Cell, ReceivedField, Struct};
use crate::proto::schema::{
    DataType as Number, FieldData, ScalarField, StructArrayField, VectorField,
    field_data::Field as Data, scalar_field::Data as Scalars, vector_field::Data as Vectors,
};
use crate::schema::inner_name;

/// The number of values of a field.
///
/// # Errors
///
/// The field is malformed.
fn count(field: &FieldData) -> Result<usize, String> {
    match &field.field {
        None => Ok(0),
        Some(Data::Scalars(scalars)) => Ok(scalars.count()),
        Some(Data::StructArrays(_)) => Err("it is an array of structs inside structs".to_owned()),
        Some(Data::Vectors(vectors)) => {
            if let Some(Vectors::VectorArray(rows)) = &vectors.data {
                for (row, vectors) in rows.data.iter().enumerate() {
                    let nested = matches!(vectors.data, Some(Vectors::VectorArray(_)));
                    let count = if nested {
                        Err("its vectors are arrays of vectors".to_owned())
                    } else {
                        vectors.count()
                    };
                    count.map_err(|why| format!("row {row}: {why}"))?;
                }
            }
            vectors.count()
        }
    }
}

/// The number of rows of a field, including nulls.
pub(crate) fn rows_of(field: &FieldData) -> Result<usize, String> {
    if let Some(Data::StructArrays(structs)) = &field.field {
        let counts = structs.fields.iter().map(|field| match &field.field {
            Some(Data::StructArrays(_)) => count(field),
            _ => rows_of(field),
        });
        let most = counts.reduce(|one, other| Ok(one?.max(other?)));
        return most
            .unwrap_or(Ok(field.valid_data.len()))
            .map_err(|why| format!("field {:?}: {why}", field.field_name));
    }
    match field.valid_data.len() {
        0 => count(field).map_err(|why| format!("field {:?}: {why}", field.field_name)),
        rows => Ok(rows),
    }
}

/// Whether the field has no values, or has values of a kind that this version does not know, and that prost has
/// skipped.
fn has_no_values(field: &FieldData) -> bool {
    match &field.field {
        Some(Data::Scalars(scalars)) => scalars.data.is_none(),
        Some(Data::Vectors(vectors)) => vectors.data.is_none(),
        Some(Data::StructArrays(_)) => false,
        None => true,
    }
}

/// The value at an index; null past the end.
///
/// Each arm builds the final cell, because a conversion afterwards makes reading small typed rows about 12 % slower.
pub(super) fn cell_at(field: &FieldData, index: usize) -> Cell<'_> {
    if has_no_values(field) {
        return Cell::Unknown(field.r#type);
    }
    match &field.field {
        // Milvus Lite sends bools as integers.
        Some(Data::Scalars(ScalarField {
            data: Some(Scalars::IntData(values)),
        })) if field.r#type == Number::Bool as i32 => {
            let value = values.data.get(index);
            value.map_or(Cell::Null, |value| Cell::Bool(*value != 0))
        }
        Some(Data::Scalars(scalars)) => scalars.cell(index),
        Some(Data::Vectors(vectors)) => vectors.cell(index),
        Some(Data::StructArrays(_)) | None => Cell::Null,
    }
}

impl ReceivedField {
    /// Checks a field with this number of rows.
    ///
    /// # Errors
    ///
    /// The field does not have one value or null per row.
    pub(super) fn new(mut field: FieldData, rows: usize) -> Result<Self, String> {
        if let Some(Data::StructArrays(structs)) = field.field.take_if(is_struct_array) {
            return Self::from_structs(field, structs, rows);
        }
        let refuse = |why: String| format!("field {:?}: {why}", field.field_name);
        let count = count(&field).map_err(refuse)?;
        let valid = &field.valid_data;
        let present = valid.iter().filter(|valid| **valid).count();
        let fits = valid.is_empty() || valid.len() == rows;
        let indexes = if fits && (count == rows || has_no_values(&field)) {
            None
        } else if valid.len() == rows && count == present {
            let ranks = valid.iter().scan(0, |next, valid| {
                let index = *next;
                *next += usize::from(*valid);
                Some(index)
            });
            Some(ranks.collect())
        } else {
            return Err(refuse(format!(
                "{count} values and {} validity marks for {rows} rows",
                valid.len()
            )));
        };
        Ok(Self {
            field,
            indexes,
            inner: Vec::new(),
        })
    }

    /// A field that has a value in every row.
    pub(super) fn without_nulls(field: FieldData) -> Self {
        Self {
            field,
            indexes: None,
            inner: Vec::new(),
        }
    }

    /// Checks an array of structs, which servers send field by field. Fields of the structs without values were not
    /// requested, and are dropped.
    fn from_structs(
        mut field: FieldData,
        structs: StructArrayField,
        rows: usize,
    ) -> Result<Self, String> {
        let array = field.field_name.clone();
        let refuse = |why: String| format!("field {array:?}: {why}");
        let is_there =
            |field: &FieldData| rows == 0 || !field.valid_data.is_empty() || count(field) != Ok(0);
        let fields = structs.fields.into_iter().filter(is_there);
        let inner = fields
            .map(|mut inner| {
                inner.field_name = inner_name(&array, &inner.field_name).to_owned();
                share_dimension(&mut inner);
                if matches!(inner.field, Some(Data::StructArrays(_))) {
                    return Err(format!(
                        "field {:?}: it is an array of structs inside structs",
                        inner.field_name
                    ));
                }
                Self::new(inner, rows)
            })
            .collect::<Result<Vec<_>, _>>()
            .map_err(refuse)?;
        // Only whole arrays can be null, but the validity is sent with each field of the structs.
        let is_null = |row: &usize| {
            field.valid_data.get(*row) == Some(&false)
                || inner.iter().any(|inner| inner.is_null(*row))
        };
        let nulls: Vec<usize> = (0..rows).filter(is_null).collect();
        field.valid_data.clear();
        if !nulls.is_empty() {
            field.valid_data.resize(rows, true);
            for row in nulls {
                if let Some(valid) = field.valid_data.get_mut(row) {
                    *valid = false;
                }
            }
        }
        for row in (0..rows).filter(|row| field.valid_data.get(*row) != Some(&false)) {
            let is_known = |inner: &&Self| !matches!(inner.cell(row), Cell::Unknown(_));
            let mut known = inner.iter().filter(is_known);
            let Some(first) = known.next() else { continue };
            let expected = first.cell(row).len();
            for other in known {
                let found = other.cell(row).len();
                if found != expected {
                    return Err(refuse(format!(
                        "row {row}: the structs have {expected} values in {:?} and {found} in {:?}",
                        first.name(),
                        other.name()
                    )));
                }
            }
        }
        Ok(Self {
            field,
            indexes: None,
            inner,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.field.field_name
    }

    pub(super) fn is_null(&self, row: usize) -> bool {
        self.field.valid_data.get(row) == Some(&false)
    }

    pub(super) fn cell(&self, row: usize) -> Cell<'_> {
        if self.is_null(row) {
            return Cell::Null;
        }
        if !self.inner.is_empty() {
            return Cell::Structs(&self.inner, row);
        }
        let index = match &self.indexes {
            Some(indexes) => indexes.get(row).copied().unwrap_or(usize::MAX),
            None => row,
        };
        cell_at(&self.field, index)
    }
}

fn is_struct_array(data: &mut Data) -> bool {
    matches!(data, Data::StructArrays(_))
}

/// Copies the dimension to each row, because some servers send it only once for all rows.
fn share_dimension(field: &mut FieldData) {
    if let Some(Data::Vectors(VectorField {
        data: Some(Vectors::VectorArray(array)),
        ..
    })) = &mut field.field
    {
        for row in array.data.iter_mut().filter(|row| row.dim == 0) {
            row.dim = array.dim;
        }
    }
}

impl<'a> Struct<'a> {
    /// The fields, in the order they were received.
    pub(super) fn entries(self) -> impl Iterator<Item = (&'a str, Cell<'a>)> {
        let value = move |field: &'a ReceivedField| field.cell(self.row).element(self.index);
        (self.fields.iter()).map(move |field| (field.name(), value(field)))
    }
}

impl<'a> Cell<'a> {
    /// The number of elements of an array of scalars, vectors or structs; 0 for other values.
    pub(super) fn len(self) -> usize {
        match self {
            Self::Array(array) => array.count(),
            Self::Vectors(vectors) => vectors.count().unwrap_or_default(),
            Self::Structs(fields, row) => {
                let mut arrays = fields.iter().map(|field| field.cell(row));
                let known = arrays.find(|array| !matches!(array, Self::Unknown(_)));
                known.map_or(0, Self::len)
            }
            _ => 0,
        }
    }

    /// An element of an array of scalars, vectors or structs.
    pub(super) fn element(self, index: usize) -> Self {
        match self {
            Self::Array(array) => array.cell(index),
            Self::Vectors(vectors) => vectors.cell(index),
            Self::Structs(fields, row) => Self::Struct(Struct { fields, row, index }),
            Self::Unknown(data_type) => Self::Unknown(data_type),
            _ => Self::Null,
        }
    }

    pub(super) fn elements(self) -> impl ExactSizeIterator<Item = Self> + 'a {
        (0..self.len()).map(move |index| self.element(index))
    }
}
