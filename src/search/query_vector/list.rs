//! Query vectors that are lists of vectors.

use bytes::BytesMut;

use super::{Content, QueryVector};
use crate::proto::common::PlaceholderType;

impl QueryVector {
    /// A list of vectors, which is compared with the list of vectors in a field `array[name]` of an array of structs.
    /// Since Milvus 2.6.4.
    ///
    /// The vectors must be dense, and have the same type and dimension. The index of the field needs one of the metrics
    /// that begin with [`MaxSim`](crate::Metric::MaxSim). A field with another metric is searched for a single vector,
    /// and the hits are single structs: see [`Hit::element`](crate::Hit::element).
    ///
    /// ```
    /// use milvus_otel::QueryVector;
    ///
    /// let floats = QueryVector::embedding_list([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]);
    /// let bits = QueryVector::embedding_list([QueryVector::binary(vec![0b1010_0001]), QueryVector::binary(vec![0])]);
    /// ```
    ///
    /// Invalid lists are refused when the search is awaited.
    pub fn embedding_list<N: Into<Self>>(vectors: impl IntoIterator<Item = N>) -> Self {
        let vectors: Vec<Self> = vectors.into_iter().map(Into::into).collect();
        let width = vectors.first().map_or(0, |first| first.bytes().len());
        let kind = match vectors.first().map(|first| first.kind) {
            Some(PlaceholderType::BinaryVector) => PlaceholderType::EmbListBinaryVector,
            Some(PlaceholderType::Float16Vector) => PlaceholderType::EmbListFloat16Vector,
            Some(PlaceholderType::BFloat16Vector) => PlaceholderType::EmbListBFloat16Vector,
            Some(PlaceholderType::Int8Vector) => PlaceholderType::EmbListInt8Vector,
            _ => PlaceholderType::EmbListFloatVector,
        };
        let mut bytes = BytesMut::with_capacity(vectors.iter().map(|one| one.bytes().len()).sum());
        for vector in &vectors {
            bytes.extend_from_slice(vector.bytes());
        }
        Self {
            kind,
            content: Content::Bytes(bytes.freeze()),
            width,
            fault: list_fault(&vectors),
        }
    }
}

/// The fault of a list of these vectors.
fn list_fault(vectors: &[QueryVector]) -> Option<String> {
    let Some(first) = vectors.first() else {
        return Some("it is empty".to_owned());
    };
    (vectors.iter().enumerate()).find_map(|(index, vector)| {
        let (kind, size) = (vector.kind, vector.bytes().len());
        if let Some(fault) = &vector.fault {
            return Some(format!("vector {index}: {fault}"));
        }
        let Some(dimension) = vector.dimension() else {
            return Some(format!(
                "vector {index} is a {kind:?}: embedding lists can only have dense vectors"
            ));
        };
        if let Some(why) = vector.incomplete_number() {
            return Some(format!("vector {index} is {why}"));
        }
        if dimension == 0 {
            return Some(format!("vector {index} has dimension 0"));
        }
        if kind != first.kind {
            let first = first.kind;
            return Some(format!(
                "its vectors must be of one type: vector 0 is a {first:?}, vector {index} a {kind:?}"
            ));
        }
        (size != first.bytes().len()).then(|| {
            let first = first.bytes().len();
            format!(
                "its vectors must be of one dimension: vector 0 has {first} bytes, vector {index} has {size}"
            )
        })
    })
}

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::super::QueryVectors;
    use super::*;
    use crate::data::SparseVector;
    use crate::proto::common::PlaceholderGroup;

    #[test]
    fn an_embedding_list_is_sent_as_one_value() {
        let halves = |bytes: [u8; 4]| QueryVector::float16(bytes.to_vec());
        let int8s = |numbers: [i8; 2]| QueryVector::int8(&numbers);
        for (list, kind, bytes) in [
            (
                QueryVector::embedding_list([[1.0, 0.0], [0.5, 2.0]]),
                PlaceholderType::EmbListFloatVector,
                [1.0_f32, 0.0, 0.5, 2.0].map(f32::to_le_bytes).concat(),
            ),
            (
                QueryVector::embedding_list([halves([1, 2, 3, 4]), halves([5, 6, 7, 8])]),
                PlaceholderType::EmbListFloat16Vector,
                (1..=8).collect(),
            ),
            (
                QueryVector::embedding_list([QueryVector::bfloat16(vec![1, 2])]),
                PlaceholderType::EmbListBFloat16Vector,
                vec![1, 2],
            ),
            (
                QueryVector::embedding_list([int8s([1, -1]), int8s([2, 3])]),
                PlaceholderType::EmbListInt8Vector,
                vec![1, 255, 2, 3],
            ),
            (
                QueryVector::embedding_list([QueryVector::binary(vec![7])]),
                PlaceholderType::EmbListBinaryVector,
                vec![7],
            ),
        ] {
            let query_vectors: QueryVectors = [list.clone(), list].into_iter().collect();
            query_vectors.check().unwrap();
            let mut encoded = Vec::new();
            query_vectors.encode(&mut encoded);
            let group = PlaceholderGroup::decode(&encoded[..]).unwrap();
            let placeholder = &group.placeholders[0];
            assert_eq!(placeholder.r#type, kind as i32);
            assert_eq!(placeholder.values, [bytes.clone(), bytes]);
            assert!(!placeholder.element_level);
        }
    }

    #[test]
    fn invalid_embedding_lists_are_refused() {
        let list = |query_vectors: Vec<QueryVector>| QueryVector::embedding_list(query_vectors);
        let float = || QueryVector::from([1.0, 2.0]);
        for (query_vectors, why) in [
            (vec![list(vec![])], "embedding list 0: it is empty"),
            (
                vec![list(vec![float()]), list(vec![float(), [1.0].into()])],
                "embedding list 1: its vectors must be of one dimension: vector 0 has 8 bytes, vector 1 has 4",
            ),
            (
                vec![list(vec![float(), QueryVector::binary(vec![1; 8])])],
                "embedding list 0: its vectors must be of one type: vector 0 is a FloatVector, vector 1 a BinaryVector",
            ),
            (
                vec![list(vec!["text".into()])],
                "embedding list 0: vector 0 is a VarChar: embedding lists can only have dense vectors",
            ),
            (
                vec![list(vec![SparseVector::from([(1, 0.5)]).into()])],
                "embedding list 0: vector 0 is a SparseFloatVector: embedding lists can only have dense vectors",
            ),
            (
                vec![list(vec![list(vec![float()])])],
                "embedding list 0: vector 0 is a EmbListFloatVector: embedding lists can only have dense vectors",
            ),
            (
                vec![list(vec![QueryVector::from([])])],
                "embedding list 0: vector 0 has dimension 0",
            ),
            (
                vec![list(vec![QueryVector::bfloat16(vec![0; 3])])],
                "embedding list 0: vector 0 is a BFloat16Vector of 3 bytes: each number takes two bytes",
            ),
            (
                vec![list(vec![float()]), float()],
                "query vectors must be of one type: vector 0 is a EmbListFloatVector, vector 1 a FloatVector",
            ),
            (
                vec![list(vec![float()]), list(vec![[1.0; 3].into()])],
                "embedding lists must have vectors of one dimension: list 0 has vectors of 8 bytes, list 1 of 12",
            ),
        ] {
            let query_vectors: QueryVectors = query_vectors.into_iter().collect();
            assert_eq!(query_vectors.check().unwrap_err(), why);
        }
    }
}
