//! The indexes of vectors that no index is declared for.

use crate::index::{Index, Metric};
use crate::schema::{DataType, Field, FunctionKind, Schema};

/// An index for each vector of the schema that these indexes are not for. Without it, Milvus would not load the collection.
pub(super) fn default_indexes(
    schema: &Schema,
    declared: &[(String, Index)],
) -> Vec<(String, Index)> {
    let of_fields = schema.fields().iter().flat_map(|field| {
        let inner = match field.data_type() {
            DataType::StructArray { fields, .. } => fields.as_slice(),
            _ => &[],
        };
        let inner = inner.iter().map(move |inner| {
            let path = format!("{}[{}]", field.name(), inner.name());
            (path, metric_of_lists(inner))
        });
        let own = (field.name().to_owned(), metric(field, schema));
        std::iter::once(own).chain(inner)
    });
    of_fields
        .filter_map(|(path, metric)| Some((path, Index::auto(metric?))))
        .filter(|(path, _)| !declared.iter().any(|(known, _)| known == path))
        .collect()
}

/// The metric of a field; `None` if it has no vectors.
fn metric(field: &Field, schema: &Schema) -> Option<Metric> {
    let is_output = |kind| {
        let mut functions = schema.functions().iter();
        functions.any(|function| {
            function.kind() == kind && function.outputs().iter().any(|name| name == field.name())
        })
    };
    Some(match field.data_type() {
        _ if is_output(FunctionKind::Bm25) => Metric::Bm25,
        _ if is_output(FunctionKind::MinHash) => Metric::MinHashJaccard,
        DataType::SparseFloatVector => Metric::InnerProduct,
        DataType::BinaryVector { .. } => Metric::Hamming,
        other if other.is_vector() => Metric::Cosine,
        _ => return None,
    })
}

/// The metric of a field of structs, whose vectors are searched as lists.
fn metric_of_lists(field: &Field) -> Option<Metric> {
    Some(match field.data_type() {
        DataType::BinaryVector { .. } => Metric::MaxSimHamming,
        other if other.is_vector() => Metric::MaxSimCosine,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Function;

    #[test]
    fn every_vector_without_a_declared_index_gets_one_with_the_metric_of_its_type() {
        let chunk = [
            Field::varchar("text", 9),
            Field::float_vector("dense", 2),
            Field::binary_vector("bits", 8),
        ];
        let schema = Schema::builder()
            .field(Field::int64("id").primary_key())
            .field(Field::varchar("text", 9).analyzer(serde_json::json!({})))
            .field(Field::float_vector("declared", 2))
            .field(Field::float16_vector("half", 2))
            .field(Field::sparse_vector("sparse"))
            .field(Field::sparse_vector("words"))
            .field(Field::binary_vector("bits", 8))
            .field(Field::struct_array("chunks", chunk, 4))
            .function(Function::bm25("bm25", "text", "words"))
            .build()
            .unwrap();
        let declared = ("declared".to_owned(), Index::flat(Metric::L2));
        let expected = [
            ("half", Metric::Cosine),
            ("sparse", Metric::InnerProduct),
            ("words", Metric::Bm25),
            ("bits", Metric::Hamming),
            ("chunks[dense]", Metric::MaxSimCosine),
            ("chunks[bits]", Metric::MaxSimHamming),
        ];
        assert_eq!(
            default_indexes(&schema, &[declared]),
            expected.map(|(path, metric)| (path.to_owned(), Index::auto(metric)))
        );
    }
}
