//! Hits as a batch of Arrow.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, Float32Array, Int64Array, RecordBatch, StringArray, UInt32Array, UInt64Array,
};
use arrow_schema::{DataType as ArrowType, Field as ArrowField};

use super::hit::Hits;
use crate::data::Id;
use crate::data::arrow::{batch, column, columns, field};
use crate::error::Error;

const QUERY: &str = "_query";
const SCORE: &str = "_score";
const ELEMENT: &str = "_element";
const ID: &str = "_id";

/// One row per hit: the index of its query vector, its score, and the requested fields. See the
/// [columns](crate::data::arrow#hits).
impl TryFrom<&Hits> for RecordBatch {
    type Error = Error;

    /// # Errors
    ///
    /// A column has a type or a value that this version of the crate cannot read; the message names the column.
    fn try_from(hits: &Hits) -> Result<Self, Error> {
        let columns = columns_of(hits);
        let batch = columns.and_then(|columns| batch(columns, hits.ids().len()));
        batch.map_err(|why| Error::invalid_response("record_batch", why))
    }
}

/// See the conversion of `&Hits`.
impl TryFrom<Hits> for RecordBatch {
    type Error = Error;

    /// # Errors
    ///
    /// A column has a type or a value that this version of the crate cannot read; the message names the column.
    fn try_from(hits: Hits) -> Result<Self, Error> {
        Self::try_from(&hits)
    }
}

fn columns_of(hits: &Hits) -> Result<Vec<(ArrowField, ArrayRef)>, String> {
    let queries = (0..).zip(hits.counts());
    let queries = queries.flat_map(|(query, count)| std::iter::repeat_n(query, *count));
    let queries: ArrayRef = Arc::new(UInt32Array::from_iter_values(queries));
    let scores: ArrayRef = Arc::new(Float32Array::from(hits.scores().to_vec()));
    let mut all = vec![
        (field(QUERY, ArrowType::UInt32, false), queries),
        (field(SCORE, ArrowType::Float32, false), scores),
    ];
    let elements: Vec<Option<u64>> = (0..hits.ids().len()).map(|hit| hits.element(hit)).collect();
    if elements.iter().any(Option::is_some) {
        let elements: ArrayRef = Arc::new(UInt64Array::from(elements));
        all.push((field(ELEMENT, ArrowType::UInt64, false), elements));
    }
    if !hits.has_keys && !hits.ids().is_empty() {
        all.push(ids(hits.ids()));
    }
    let ours = all.len();
    all.extend(columns(hits.table())?);
    if let Some((field, _)) = all.iter().skip(ours).find(|(field, _)| {
        let mut names = all.iter().take(ours);
        names.any(|(ours, _)| ours.name() == field.name())
    }) {
        return Err(format!(
            "the name of field {:?} is that of a column of the batch: leave the field out of the output",
            field.name()
        ));
    }
    for groups in hits.group_columns() {
        let is_there = |(field, _): &(ArrowField, ArrayRef)| field.name() == groups.name();
        if !all.iter().any(is_there) {
            all.push(column(groups)?);
        }
    }
    Ok(all)
}

/// The primary keys of hits whose fields do not have them.
fn ids(ids: &[Id]) -> (ArrowField, ArrayRef) {
    let numbers: Option<Vec<i64>> = ids.iter().map(Id::as_int).collect();
    match numbers {
        Some(numbers) => {
            let keys: ArrayRef = Arc::new(Int64Array::from(numbers));
            (field(ID, ArrowType::Int64, false), keys)
        }
        None => {
            let keys = StringArray::from_iter_values(ids.iter().map(Id::to_string));
            (field(ID, ArrowType::Utf8, false), Arc::new(keys))
        }
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Int64Type, UInt64Type};

    use super::*;
    use crate::data::Value;
    use crate::search::Hit;

    fn names(batch: &RecordBatch) -> Vec<String> {
        let schema = batch.schema();
        schema
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect()
    }

    #[test]
    fn hits_are_rows_with_query_score_element_key_and_groups() {
        let hit = |id: i64, element| Hit {
            element,
            groups: vec![("author".to_owned(), Value::Text("Lem".to_owned()))],
            ..Hit::new(id, 0.5).with_field("year", id + 1960)
        };
        let queries = vec![
            vec![hit(1, Some(0)), hit(1, Some(2))],
            vec![],
            vec![hit(7, None)],
        ];
        let batch = RecordBatch::try_from(Hits::from(queries)).unwrap();
        let expected = ["_query", "_score", "_element", "_id", "year", "author"];
        assert_eq!(names(&batch), expected);
        let column = |name| batch.column_by_name(name).unwrap();
        let queries: &UInt32Array = column("_query").as_primitive();
        assert_eq!(queries.values()[..], [0, 0, 2]);
        let elements = column("_element").as_primitive::<UInt64Type>();
        assert_eq!(
            elements.iter().collect::<Vec<_>>(),
            [Some(0), Some(2), None]
        );
        let keys = column("_id").as_primitive::<Int64Type>();
        assert_eq!(keys.values()[..], [1, 1, 7]);
        let years = column("year").as_primitive::<Int64Type>();
        assert_eq!(years.values()[..], [1961, 1961, 1967]);
        assert_eq!(column("author").as_string::<i32>().value(2), "Lem");

        let texts = Hits::from_iter([Hit::new("a", 0.5)]);
        let texts = RecordBatch::try_from(texts).unwrap();
        assert_eq!(
            texts
                .column_by_name("_id")
                .unwrap()
                .as_string::<i32>()
                .value(0),
            "a"
        );
        let none = RecordBatch::try_from(Hits::default()).unwrap();
        assert_eq!(names(&none), ["_query", "_score"]);
    }

    #[test]
    fn a_field_with_the_name_of_a_column_of_hits_is_refused() {
        let hits = Hits::from_iter([Hit::new(1, 0.5).with_field("_score", 3)]);
        let refused = RecordBatch::try_from(hits).unwrap_err();
        assert_eq!(
            refused.message(),
            "the name of field \"_score\" is that of a column of the batch: leave the field out of the output"
        );
    }
}
