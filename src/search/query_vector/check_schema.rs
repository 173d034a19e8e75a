//! Checks that query vectors fit the field that is searched.

use super::{QueryVector, QueryVectors};
use crate::error::NO_FIELD;
use crate::proto::common::PlaceholderType as Kind;
use crate::schema::{DataType, Field, Schema, split_path};

/// The field with this name or path, and whether it is a field of structs.
fn resolve<'a>(schema: &'a Schema, name: &str) -> Option<(&'a Field, bool)> {
    if let Some(field) = schema.field(name) {
        return Some((field, false));
    }
    let (array, inner) = split_path(name)?;
    match schema.field(array)?.data_type() {
        DataType::StructArray { fields, .. } => {
            let field = fields.iter().find(|field| field.name() == inner)?;
            Some((field, true))
        }
        _ => None,
    }
}

/// The names and paths of all vector fields.
fn vector_paths(schema: &Schema) -> Vec<String> {
    let paths = |field: &Field| match field.data_type() {
        DataType::StructArray { fields, .. } => {
            let inner = fields.iter().filter(|inner| inner.data_type().is_vector());
            let path = |inner: &Field| format!("{}[{}]", field.name(), inner.name());
            inner.map(path).collect()
        }
        data_type if data_type.is_vector() => vec![field.name().to_owned()],
        _ => Vec::new(),
    };
    schema.fields().iter().flat_map(paths).collect()
}

impl QueryVectors {
    /// Checks that the vectors fit the field with this name or path; without a name, the only vector field. The error
    /// names the field, its type, and that of the vectors.
    pub(crate) fn check_schema(&self, schema: &Schema, field: Option<&str>) -> Result<(), String> {
        let all = vector_paths(schema);
        let name = match (field, &all[..]) {
            // The description may be incomplete. The server will decide.
            (_, []) => return Ok(()),
            (Some(name), _) => name,
            (None, [only]) => only,
            // Since Milvus 2.4, the server requires a name if there are several. It will decide.
            (None, _) => return Ok(()),
        };
        let Some((field, in_structs)) = resolve(schema, name) else {
            return Err(format!(
                "{NO_FIELD} {name:?} to search: its vector fields are {}",
                all.join(", ")
            ));
        };
        let data_type = field.data_type();
        if !data_type.is_vector() {
            return Err(format!(
                "field {name:?} has type {data_type}: only vector fields can be searched"
            ));
        }
        let misfit = |query_vector: &&QueryVector| !query_vector.fits(field, in_structs);
        match self.all().iter().find(misfit) {
            Some(query_vector) => Err(format!(
                "field {name:?} is a {data_type} and cannot be searched with a {}",
                query_vector.description()
            )),
            None => Ok(()),
        }
    }
}

impl QueryVector {
    fn fits(&self, field: &Field, in_structs: bool) -> bool {
        let dimension = if self.width > 0 {
            // A list of vectors.
            self.numbers_in(self.width)
        } else {
            self.numbers_in(self.bytes().len())
        };
        let same = |expected: u32| u32::try_from(dimension) == Ok(expected);
        match (self.kind, field.data_type()) {
            (Kind::VarChar, _) => field.is_function_output(),
            (Kind::SparseFloatVector, DataType::SparseFloatVector) => true,
            // Some servers convert 32-bit floats to 16 bits, others refuse them.
            (
                Kind::FloatVector,
                DataType::FloatVector { dimension }
                | DataType::Float16Vector { dimension }
                | DataType::BFloat16Vector { dimension },
            )
            | (Kind::Float16Vector, DataType::Float16Vector { dimension })
            | (Kind::BFloat16Vector, DataType::BFloat16Vector { dimension })
            | (Kind::Int8Vector, DataType::Int8Vector { dimension })
            | (Kind::BinaryVector, DataType::BinaryVector { dimension }) => same(*dimension),
            (Kind::EmbListFloatVector, DataType::FloatVector { dimension })
            | (Kind::EmbListFloat16Vector, DataType::Float16Vector { dimension })
            | (Kind::EmbListBFloat16Vector, DataType::BFloat16Vector { dimension })
            | (Kind::EmbListInt8Vector, DataType::Int8Vector { dimension })
            | (Kind::EmbListBinaryVector, DataType::BinaryVector { dimension }) => {
                in_structs && same(*dimension)
            }
            // The server decides about types that this version does not know.
            (_, DataType::Unknown(_)) => true,
            _ => false,
        }
    }

    /// The dimension of a vector of this kind with this number of bytes.
    fn numbers_in(&self, bytes: usize) -> usize {
        match self.kind {
            Kind::FloatVector | Kind::EmbListFloatVector => bytes / 4,
            Kind::Float16Vector
            | Kind::BFloat16Vector
            | Kind::EmbListFloat16Vector
            | Kind::EmbListBFloat16Vector => bytes / 2,
            Kind::BinaryVector | Kind::EmbListBinaryVector => bytes * 8,
            _ => bytes,
        }
    }

    /// The description of the vector, in the words of a field's type.
    fn description(&self) -> String {
        let dimension = self.numbers_in(if self.width > 0 {
            self.width
        } else {
            self.bytes().len()
        });
        match self.kind {
            Kind::VarChar => "text: no function computes it".to_owned(),
            Kind::SparseFloatVector => "sparse float vector".to_owned(),
            Kind::FloatVector => format!("float vector of {dimension}"),
            Kind::Float16Vector => format!("float16 vector of {dimension}"),
            Kind::BFloat16Vector => format!("bfloat16 vector of {dimension}"),
            Kind::Int8Vector => format!("int8 vector of {dimension}"),
            Kind::BinaryVector => format!("binary vector of {dimension} bits"),
            Kind::EmbListFloatVector => format!("list of float vectors of {dimension}"),
            Kind::EmbListFloat16Vector => format!("list of float16 vectors of {dimension}"),
            Kind::EmbListBFloat16Vector => format!("list of bfloat16 vectors of {dimension}"),
            Kind::EmbListInt8Vector => format!("list of int8 vectors of {dimension}"),
            Kind::EmbListBinaryVector => format!("list of binary vectors of {dimension} bits"),
            kind => format!("{kind:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::data::SparseVector;
    use crate::schema::Function;

    fn schema() -> Schema {
        let text = Field::varchar("text", 99).analyzer(json!({}));
        let schema = Schema::builder()
            .field(Field::int64("id").primary_key())
            .field(text)
            .field(Field::float_vector("v", 2))
            .field(Field::binary_vector("bits", 16))
            .field(Field::float16_vector("half", 2))
            .field(Field::int8_vector("int8", 2))
            .field(Field::sparse_vector("sparse"))
            .field(Field::sparse_vector("words"))
            .field(Field::struct_array(
                "chunks",
                [Field::float_vector("v", 3)],
                8,
            ))
            .function(Function::bm25("f", "text", "words"));
        schema.build().unwrap()
    }

    fn sparse() -> QueryVector {
        SparseVector::from([(1, 0.5)]).into()
    }

    #[test]
    fn vectors_that_fit_are_accepted() {
        for (field, query_vector) in [
            ("v", QueryVector::from([1.0, 2.0])),
            ("half", QueryVector::from([1.0, 2.0])),
            ("half", QueryVector::float16(vec![0; 4])),
            ("int8", QueryVector::int8(&[1, 2])),
            ("bits", QueryVector::binary(vec![0; 2])),
            ("sparse", sparse()),
            ("words", sparse()),
            ("words", "dog".into()),
            ("chunks[v]", QueryVector::from([1.0, 2.0, 3.0])),
            (
                "chunks[v]",
                QueryVector::embedding_list([[1.0, 2.0, 3.0]; 2]),
            ),
        ] {
            let query_vectors = QueryVectors::One(query_vector);
            assert_eq!(
                query_vectors.check_schema(&schema(), Some(field)),
                Ok(()),
                "{field}"
            );
        }
        // The server decides if no field is named and there are several.
        assert_eq!(
            QueryVectors::One([1.0].into()).check_schema(&schema(), None),
            Ok(())
        );
    }

    #[test]
    fn vectors_that_do_not_fit_are_refused() {
        for (field, query_vector, why) in [
            (
                "v",
                QueryVector::from([1.0, 2.0, 3.0]),
                "field \"v\" is a float vector of 2 and cannot be searched with a float vector of 3",
            ),
            (
                "v",
                QueryVector::binary(vec![0; 8]),
                "field \"v\" is a float vector of 2 and cannot be searched with a binary vector of 64 bits",
            ),
            (
                "v",
                sparse(),
                "field \"v\" is a float vector of 2 and cannot be searched with a sparse float vector",
            ),
            (
                "v",
                "dog".into(),
                "field \"v\" is a float vector of 2 and cannot be searched with a text: no function computes it",
            ),
            (
                "bits",
                QueryVector::from([1.0; 4]),
                "field \"bits\" is a binary vector of 16 bits and cannot be searched with a float vector of 4",
            ),
            (
                "sparse",
                QueryVector::from([1.0; 4]),
                "field \"sparse\" is a sparse float vector and cannot be searched with a float vector of 4",
            ),
            (
                "half",
                QueryVector::bfloat16(vec![0; 4]),
                "field \"half\" is a float16 vector of 2 and cannot be searched with a bfloat16 vector of 2",
            ),
            (
                "chunks[v]",
                QueryVector::embedding_list([[1.0, 2.0]; 3]),
                "field \"chunks[v]\" is a float vector of 3 and cannot be searched with a list of float vectors of 2",
            ),
            (
                "id",
                QueryVector::from([1.0]),
                "field \"id\" has type int64: only vector fields can be searched",
            ),
            (
                "chunks[w]",
                QueryVector::from([1.0]),
                "the collection has no field \"chunks[w]\" to search: \
                 its vector fields are v, bits, half, int8, sparse, words, chunks[v]",
            ),
        ] {
            let query_vectors = QueryVectors::One(query_vector);
            assert_eq!(
                query_vectors
                    .check_schema(&schema(), Some(field))
                    .unwrap_err(),
                why
            );
        }
        let only = Schema::builder()
            .field(Field::int64("id").primary_key())
            .field(Field::float_vector("v", 2));
        let why = QueryVectors::One([1.0].into()).check_schema(&only.build().unwrap(), None);
        assert!(why.unwrap_err().starts_with("field \"v\""));
    }
}
