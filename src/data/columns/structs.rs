//! Arrays of structs on their way to a server, which takes them field by field, each with an array per row.

use super::super::cell;
use super::super::scalars::Scalars;
use super::super::split::{take_scalars, take_vectors};
use super::{ColumnData, Columns, scalar, type_name, vector};
use crate::proto::schema::{
    ArrayArray, BoolArray, DataType as Number, FieldData, IntArray, LongArray, ScalarField,
    StringArray, StructArrayField, VectorArray, VectorField, field_data::Field as Data,
    scalar_field::Data as Scalar, vector_field::Data as Vector,
};

impl Columns {
    /// A column of an array of structs: how many structs each row has, and what all of them have, as columns of their
    /// own in which the structs of the first row come first, then those of the second, and so on. Vectors are not
    /// copied.
    ///
    /// ```
    /// use milvus_otel::Columns;
    ///
    /// let chunks = Columns::new()
    ///     .varchar("text", ["Call me", "Ishmael.", "Who are you?"])
    ///     .float_vector("embedding", 2, vec![0.1, 0.9, 0.8, 0.2, 0.5, 0.5]);
    /// let columns = Columns::new().int64("id", [1, 2]).struct_array("chunks", [2, 1], chunks);
    /// assert_eq!(columns.len(), 2);
    /// ```
    ///
    /// Rows without a value are `None` among the numbers of structs, where the field is nullable (Milvus 3.0).
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

/// What is wrong with the columns of all structs, whatever the schema says.
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
                "expected a value in each struct, found nothing in number {index} of all"
            ));
        }
        if total != Some(column.rows) {
            let expected = total.map_or_else(|| "more".to_owned(), |total| total.to_string());
            return found(format!(
                "expected {expected} values, as many as all rows have structs, found {}",
                column.rows
            ));
        }
        let can_be_inside = match &column.data {
            Data::Scalars(ScalarField { data: Some(data) }) => {
                !TEXTS.contains(&column.number) && !is_nested(data)
            }
            Data::Vectors(vectors) => {
                !matches!(vectors.data, Some(Vector::SparseFloatVector(_)) | None)
            }
            _ => false,
        };
        if can_be_inside {
            return None;
        }
        let kind = type_name(column.number);
        found(format!(
            "a struct cannot have what a column of {kind} holds"
        ))
    })
}

/// Types whose values are texts on the wire too, and which a struct cannot have.
const TEXTS: [i32; 4] = [
    Number::Text as i32,
    Number::Timestamptz as i32,
    Number::Date as i32,
    Number::Time as i32,
];

fn is_nested(data: &Scalar) -> bool {
    !matches!(
        data,
        Scalar::BoolData(_)
            | Scalar::IntData(_)
            | Scalar::LongData(_)
            | Scalar::FloatData(_)
            | Scalar::DoubleData(_)
            | Scalar::StringData(_)
    )
}

/// The fields of structs, each with an array per row.
pub(in super::super) fn struct_arrays(fields: Vec<FieldData>) -> Data {
    Data::StructArrays(StructArrayField { fields })
}

/// A field of all structs as one array per row.
pub(in super::super) fn arrays(column: ColumnData, counts: &[usize]) -> FieldData {
    let element_type = column.number;
    let (number, data) = match column.data {
        Data::Vectors(vectors) => (
            Number::ArrayOfVector as i32,
            cut_vectors(&vectors, counts, element_type),
        ),
        Data::Scalars(ScalarField { data: Some(data) }) => {
            let rows = cut_scalars(data, counts).into_iter();
            let array = ArrayArray {
                data: rows.map(|data| ScalarField { data: Some(data) }).collect(),
                element_type,
            };
            (Number::Array as i32, scalar(Scalar::ArrayData(array)))
        }
        other => (column.number, other),
    };
    FieldData {
        r#type: number,
        field_name: column.name,
        field: Some(data),
        ..FieldData::default()
    }
}

fn cut_vectors(vectors: &VectorField, counts: &[usize], element_type: i32) -> Data {
    let width = cell::width(vectors);
    let mut start = 0;
    let row = |count: &usize| {
        let values = start..start + count;
        start = values.end;
        VectorField {
            dim: vectors.dim,
            data: (vectors.data.as_ref()).map(|data| take_vectors(data, values, width)),
        }
    };
    let data = counts.iter().map(row).collect();
    vector(
        0,
        Vector::VectorArray(VectorArray {
            dim: vectors.dim,
            data,
            element_type,
        }),
    )
}

/// The values of each row, without a copy of texts and numbers of 32 and 64 bits.
fn cut_scalars(data: Scalar, counts: &[usize]) -> Vec<Scalar> {
    macro_rules! cut {
        ($variant:ident, $array:ident, $values:expr) => {{
            let mut rest = $values.data.into_iter();
            let row = |count: &usize| {
                let data = rest.by_ref().take(*count).collect();
                Scalar::$variant($array { data })
            };
            counts.iter().map(row).collect()
        }};
    }
    match data {
        Scalar::BoolData(values) => cut!(BoolData, BoolArray, values),
        Scalar::IntData(values) => cut!(IntData, IntArray, values),
        Scalar::LongData(values) => cut!(LongData, LongArray, values),
        Scalar::StringData(values) => cut!(StringData, StringArray, values),
        other => {
            let mut start = 0;
            let row = |count: &usize| {
                let values = start..start + count;
                start = values.end;
                take_scalars(&other, values)
            };
            counts.iter().map(row).collect()
        }
    }
}
