//! What is searched for, held against the field that is searched.

use super::{QueryVector, QueryVectors};
use crate::error::NO_FIELD;
use crate::proto::common::PlaceholderType as Kind;
use crate::schema::{DataType, Field, Schema, split_path};

/// The field that a search is about, and whether it is one of structs.
fn searched<'a>(schema: &'a Schema, name: &str) -> Option<(&'a Field, bool)> {
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

/// The paths of all fields that can be searched.
fn searchable(schema: &Schema) -> Vec<String> {
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
    /// Whether a field of the schema can be searched for them; the only one there is where none is named. The error
    /// names the field, and says what it holds and what was searched for.
    pub(crate) fn fit(&self, schema: &Schema, field: Option<&str>) -> Result<(), String> {
        let all = searchable(schema);
        let name = match (field, &all[..]) {
            // Nothing can be searched, or the description is not whole: the server will say.
            (_, []) => return Ok(()),
            (Some(name), _) => name,
            (None, [only]) => only,
            // Servers since 2.4 want to be told which of several.
            (None, _) => return Ok(()),
        };
        let Some((field, in_structs)) = searched(schema, name) else {
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
        let unfit = |query_vector: &&QueryVector| !query_vector.fits(field, in_structs);
        match self.all().iter().find(unfit) {
            Some(query_vector) => Err(format!(
                "field {name:?} is a {data_type}, and cannot be searched for a {}",
                query_vector.described()
            )),
            None => Ok(()),
        }
    }
}

impl QueryVector {
    fn fits(&self, field: &Field, in_structs: bool) -> bool {
        let dimension = if self.width > 0 {
            // Of a list of vectors.
            self.numbers_in(self.width)
        } else {
            self.numbers_in(self.bytes().len())
        };
        let same = |expected: u32| u32::try_from(dimension) == Ok(expected);
        match (self.kind, field.data_type()) {
            (Kind::VarChar, _) => field.is_function_output(),
            (Kind::SparseFloatVector, DataType::SparseFloatVector) => true,
            // Whether 32-bit floats are narrowed is the server's to say.
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
            // What this version of the crate does not know is the server's to say.
            (_, DataType::Unknown(_)) => true,
            _ => false,
        }
    }

    /// The dimension of a vector of this kind that takes this many bytes.
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

    /// As a schema describes fields.
    fn described(&self) -> String {
        let dimension = self.numbers_in(if self.width > 0 {
            self.width
        } else {
            self.bytes().len()
        });
        match self.kind {
            Kind::VarChar => "text: no function fills it".to_owned(),
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
    fn what_fits_is_searched_for() {
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
            assert_eq!(query_vectors.fit(&schema(), Some(field)), Ok(()), "{field}");
        }
        // Which of several it is, is the server's question.
        assert_eq!(QueryVectors::One([1.0].into()).fit(&schema(), None), Ok(()));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (field, query_vector, why) in [
            (
                "v",
                QueryVector::from([1.0, 2.0, 3.0]),
                "field \"v\" is a float vector of 2, and cannot be searched for a float vector of 3",
            ),
            (
                "v",
                QueryVector::binary(vec![0; 8]),
                "field \"v\" is a float vector of 2, and cannot be searched for a binary vector of 64 bits",
            ),
            (
                "v",
                sparse(),
                "field \"v\" is a float vector of 2, and cannot be searched for a sparse float vector",
            ),
            (
                "v",
                "dog".into(),
                "field \"v\" is a float vector of 2, and cannot be searched for a text: no function fills it",
            ),
            (
                "bits",
                QueryVector::from([1.0; 4]),
                "field \"bits\" is a binary vector of 16 bits, and cannot be searched for a float vector of 4",
            ),
            (
                "sparse",
                QueryVector::from([1.0; 4]),
                "field \"sparse\" is a sparse float vector, and cannot be searched for a float vector of 4",
            ),
            (
                "half",
                QueryVector::bfloat16(vec![0; 4]),
                "field \"half\" is a float16 vector of 2, and cannot be searched for a bfloat16 vector of 2",
            ),
            (
                "chunks[v]",
                QueryVector::embedding_list([[1.0, 2.0]; 3]),
                "field \"chunks[v]\" is a float vector of 3, and cannot be searched for a list of float vectors of 2",
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
            assert_eq!(query_vectors.fit(&schema(), Some(field)).unwrap_err(), why);
        }
        let only = Schema::builder()
            .field(Field::int64("id").primary_key())
            .field(Field::float_vector("v", 2));
        let why = QueryVectors::One([1.0].into()).fit(&only.build().unwrap(), None);
        assert!(why.unwrap_err().starts_with("field \"v\""));
    }
}
