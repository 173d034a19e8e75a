//! Columns of arrays of structs. Milvus expects one field per field of the structs, each with one array per row.

use super::super::scalars::Scalars;
use super::{ColumnData, Columns, scalar, type_name, vector};
use crate::proto::schema::{
    ArrayArray, DataType as Number, FieldData, ScalarField, StructArrayField, VectorArray,
    field_data::Field as Data, scalar_field::Data as Scalar, vector_field::Data as Vector,
};
use crate::schema::DataType;

impl Columns {
    /// A column of an array of structs (since Milvus 2.6.4): the number of structs in each row, and the fields of the structs
    /// as columns with one value per struct, first for the structs of the first row, then for those of the second, and
    /// so on. Vectors are not copied.
    ///
    /// ```
    /// use milvus_otel::data::Columns;
    ///
    /// let chunks = Columns::new()
    ///     .varchar("text", ["Call me", "Ishmael.", "Who are you?"])
    ///     .float_vector("embedding", 2, vec![0.1, 0.9, 0.8, 0.2, 0.5, 0.5]);
    /// let columns = Columns::new().int64("id", [1, 2]).struct_array("chunks", [2, 1], chunks);
    /// assert_eq!(columns.len(), 2);
    /// ```
    ///
    /// In a nullable field (since Milvus 3.0), a row without a value has `None` as its number of structs.
    pub fn struct_array(
        self,
        name: impl Into<String>,
        counts: impl Into<Scalars<usize>>,
        structs: Self,
    ) -> Self {
        let counts = counts.into();
        let rows = counts.rows();
        let fault = fault(&counts.values, &structs);
        let fields = match &fault {
            Some(_) => Vec::new(),
            None => (structs.columns.into_iter())
                .map(|column| arrays(column, &counts.values))
                .collect(),
        };
        self.push(ColumnData {
            name: name.into(),
            number: Number::ArrayOfStruct as i32,
            data: struct_arrays(fields),
            valid: counts.valid,
            rows,
            fault,
        })
    }
}

/// Why the columns of the structs are invalid for any schema.
fn fault(counts: &[usize], structs: &Columns) -> Option<String> {
    let total = counts
        .iter()
        .try_fold(0_usize, |total, count| total.checked_add(*count));
    if structs.columns.is_empty() {
        return Some("its structs have no fields".to_owned());
    }
    (structs.columns.iter().enumerate()).find_map(|(index, column)| {
        let name = &column.name;
        let found = |why: String| Some(format!("in {name:?} of its structs: {why}"));
        if let Some(fault) = &column.fault {
            return found(fault.clone());
        }
        let before = structs.columns.iter().take(index);
        if before.into_iter().any(|before| before.name == *name) {
            return found("it is given twice".to_owned());
        }
        if let Some(index) = column.valid.iter().position(|valid| !valid) {
            return found(format!(
                "expected a value in each struct, found none in struct {index} of the column"
            ));
        }
        if total != Some(column.rows) {
            let expected = total.map_or_else(|| "more".to_owned(), |total| total.to_string());
            return found(format!(
                "expected {expected} values, one for each struct, found {}",
                column.rows
            ));
        }
        if DataType::from_number(column.number).fits_in_struct() {
            return None;
        }
        let kind = type_name(column.number);
        found(format!("a struct cannot hold values of a column of {kind}"))
    })
}

/// An array of structs, from the fields of the structs.
pub(in super::super) fn struct_arrays(fields: Vec<FieldData>) -> Data {
    Data::StructArrays(StructArrayField { fields })
}

/// Turns a column with one value per element into a field with one array per row, of these lengths.
pub(in super::super) fn arrays(column: ColumnData, counts: &[usize]) -> FieldData {
    let element_type = column.number;
    let (number, data) = match column.data {
        Data::Vectors(vectors) => {
            let rows = VectorArray {
                dim: vectors.dim,
                data: vectors.split(counts),
                element_type,
            };
            (
                Number::ArrayOfVector as i32,
                vector(0, Vector::VectorArray(rows)),
            )
        }
        Data::Scalars(ScalarField { data: Some(data) }) => {
            let rows = data.split(counts).into_iter();
            let array = ArrayArray {
                data: rows.map(|data| ScalarField { data: Some(data) }).collect(),
                element_type,
            };
            (Number::Array as i32, scalar(Scalar::ArrayData(array)))
        }
        other @ (Data::Scalars(_) | Data::StructArrays(_)) => (column.number, other),
    };
    FieldData {
        r#type: number,
        field_name: column.name,
        field: Some(data),
        ..FieldData::default()
    }
}
