mod check_schema;
mod from;
mod into;
mod list;

use bytes::{BufMut, Bytes};
pub use into::IntoQueryVector;
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint, key_len};

use crate::proto::common::PlaceholderType;

/// A vector to search for, or a text that Milvus converts to a vector.
///
/// Converted by `into()` from:
/// - 32-bit floats, as `Vec<f32>`, slice or array; also to search float16 and bfloat16 fields,
/// - a [`SparseVector`](crate::data::SparseVector),
/// - a text, for a field that a [`Function`](crate::schema::Function) such as BM25 computes,
/// - slices of `half::f16` and `half::bf16`, with the feature `half-2`.
///
/// All other types of vectors have constructors. The dimension must be that of the field that is searched; otherwise
/// the search fails with [`is_invalid_argument`](crate::Error::is_invalid_argument).
///
/// ```no_run
/// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
/// use milvus_otel::QueryVector;
/// use milvus_otel::data::SparseVector;
///
/// client.search("books", [0.1, 0.2, 0.3]).field("dense").await?;
/// client.search("books", SparseVector::from([(7, 0.5)])).field("sparse").await?;
/// client.search("books", "desert planet").field("words").await?;
/// client.search("books", QueryVector::binary(vec![0b1010_0001])).field("bits").await?;
/// # Ok(())
/// # }
/// ```
#[doc(alias = "EmbeddingList")]
#[derive(Clone)]
pub struct QueryVector {
    kind: PlaceholderType,
    content: Content,
    /// The size in bytes of each vector, if this is a list of vectors; otherwise 0.
    width: usize,
    /// Why the vector is invalid for any field.
    fault: Option<String>,
}

/// The numbers or the text of a [`QueryVector`].
#[derive(Clone)]
enum Content {
    Floats(Vec<f32>),
    Bytes(Bytes),
}

impl From<Vec<f32>> for Content {
    fn from(numbers: Vec<f32>) -> Self {
        if cfg!(target_endian = "little") {
            Self::Floats(numbers)
        } else {
            let bytes = numbers.iter().flat_map(|number| number.to_le_bytes());
            Self::Bytes(bytes.collect())
        }
    }
}

impl QueryVector {
    fn new(kind: PlaceholderType, bytes: impl Into<Bytes>) -> Self {
        Self::of(kind, Content::Bytes(bytes.into()))
    }

    fn of(kind: PlaceholderType, content: Content) -> Self {
        Self {
            kind,
            content,
            width: 0,
            fault: None,
        }
    }

    /// The encoded vector.
    fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Floats(numbers) => bytemuck::cast_slice(numbers),
            Content::Bytes(bytes) => bytes,
        }
    }

    /// A binary vector, with eight dimensions in each byte.
    pub fn binary(bytes: impl Into<Bytes>) -> Self {
        Self::new(PlaceholderType::BinaryVector, bytes)
    }

    /// A vector of IEEE 16-bit floats, as little-endian bytes (since Milvus 2.4).
    pub fn float16(bytes: impl Into<Bytes>) -> Self {
        Self::new(PlaceholderType::Float16Vector, bytes)
    }

    /// A vector of brain floats, as little-endian bytes (since Milvus 2.4).
    pub fn bfloat16(bytes: impl Into<Bytes>) -> Self {
        Self::new(PlaceholderType::BFloat16Vector, bytes)
    }

    /// A vector of signed 8-bit integers (since Milvus 2.6).
    pub fn int8(numbers: &[i8]) -> Self {
        Self::new(
            PlaceholderType::Int8Vector,
            bytemuck::cast_slice::<i8, u8>(numbers).to_vec(),
        )
    }
}

impl QueryVector {
    /// The dimension of a dense vector; `None` for other kinds.
    fn dimension(&self) -> Option<usize> {
        let bytes = self.bytes().len();
        match self.kind {
            PlaceholderType::FloatVector => Some(bytes / 4),
            PlaceholderType::Float16Vector | PlaceholderType::BFloat16Vector => Some(bytes / 2),
            PlaceholderType::Int8Vector => Some(bytes),
            PlaceholderType::BinaryVector => Some(bytes * 8),
            _ => None,
        }
    }

    /// The fault of bytes that end within a 16-bit float.
    fn incomplete_number(&self) -> Option<String> {
        let is_half = matches!(
            self.kind,
            PlaceholderType::Float16Vector | PlaceholderType::BFloat16Vector
        );
        let (kind, size) = (self.kind, self.bytes().len());
        let why = || format!("a {kind:?} of {size} bytes: each number takes two bytes");
        (is_half && !size.is_multiple_of(2)).then(why)
    }
}

impl PartialEq for QueryVector {
    fn eq(&self, other: &Self) -> bool {
        (self.kind, self.width) == (other.kind, other.width)
            && self.fault == other.fault
            && self.bytes() == other.bytes()
    }
}

impl std::fmt::Debug for QueryVector {
    /// Kind and size only: vectors and texts are user data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "QueryVector({:?}, {} bytes)",
            self.kind,
            self.bytes().len()
        )
    }
}

/// The query vectors of one search.
#[derive(Debug, Clone)]
pub(crate) enum QueryVectors {
    One(QueryVector),
    Many(Vec<QueryVector>),
}

impl Default for QueryVectors {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl<N: Into<QueryVector>> FromIterator<N> for QueryVectors {
    fn from_iter<I: IntoIterator<Item = N>>(query_vectors: I) -> Self {
        Self::Many(query_vectors.into_iter().map(Into::into).collect())
    }
}

impl QueryVectors {
    pub(crate) fn len(&self) -> usize {
        self.all().len()
    }

    fn all(&self) -> &[QueryVector] {
        match self {
            Self::One(query_vector) => std::slice::from_ref(query_vector),
            Self::Many(query_vectors) => query_vectors,
        }
    }

    /// Refuses an empty list, and vectors of different kinds or dimensions.
    pub(crate) fn check(&self) -> Result<(), String> {
        let Some(first) = self.all().first() else {
            return Err("no query vector is given".to_owned());
        };
        for (index, query_vector) in self.all().iter().enumerate() {
            if let Some(fault) = &query_vector.fault {
                return Err(format!("embedding list {index}: {fault}"));
            }
            if query_vector.kind != first.kind {
                return Err(format!(
                    "query vectors must be of one type: vector 0 is a {:?}, vector {index} a {:?}",
                    first.kind, query_vector.kind
                ));
            }
            if query_vector.width != first.width {
                return Err(format!(
                    "embedding lists must have vectors of one dimension: list 0 has vectors of {} bytes, list {index} of {}",
                    first.width, query_vector.width
                ));
            }
            let (Some(dimension), Some(expected)) = (query_vector.dimension(), first.dimension())
            else {
                continue;
            };
            if let Some(why) = query_vector.incomplete_number() {
                return Err(format!("vector {index} is {why}"));
            }
            if dimension == 0 {
                return Err(format!("vector {index} has dimension 0"));
            }
            if query_vector.bytes().len() != first.bytes().len() {
                return Err(format!(
                    "query vectors must be of one dimension: vector 0 has {expected}, vector {index} has {dimension}"
                ));
            }
        }
        Ok(())
    }

    fn kind(&self) -> u64 {
        let first = self.all().first();
        first.map_or(0, |query_vector| {
            (query_vector.kind as i32).cast_unsigned().into()
        })
    }

    /// The encoded length of the `PlaceholderValue` with all vectors.
    fn placeholder_len(&self) -> usize {
        let query_vectors = self.all().iter();
        let values: usize = query_vectors
            .map(|query_vector| field_len(query_vector.bytes().len()))
            .sum();
        field_len(NAME.len()) + key_len(2) + encoded_len_varint(self.kind()) + values
    }

    /// The number of bytes that [`encode`](Self::encode) writes.
    pub(crate) fn encoded_len(&self) -> usize {
        field_len(self.placeholder_len())
    }

    /// Encodes the vectors as a `PlaceholderGroup`, without an intermediate copy.
    pub(crate) fn encode(&self, group: &mut impl BufMut) {
        encode_key(1, WireType::LengthDelimited, group);
        encode_varint(self.placeholder_len() as u64, group);
        encode_bytes(1, NAME.as_bytes(), group);
        encode_key(2, WireType::Varint, group);
        encode_varint(self.kind(), group);
        for query_vector in self.all() {
            encode_bytes(3, query_vector.bytes(), group);
        }
    }
}

/// The name of the only placeholder.
const NAME: &str = "$0";

/// The encoded length of a field with this number of bytes.
pub(super) fn field_len(length: usize) -> usize {
    key_len(1) + encoded_len_varint(length as u64) + length
}

pub(super) fn encode_bytes(tag: u32, bytes: &[u8], buffer: &mut impl BufMut) {
    encode_key(tag, WireType::LengthDelimited, buffer);
    encode_varint(bytes.len() as u64, buffer);
    buffer.put_slice(bytes);
}

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::*;
    use crate::proto::common::{PlaceholderGroup, PlaceholderValue};

    #[test]
    fn the_encoding_is_a_placeholder_group() {
        for dimension in [0_u8, 1, 31, 32, 200] {
            let vectors: Vec<Vec<f32>> = (0..3)
                .map(|row: u8| vec![f32::from(row); dimension.into()])
                .collect();
            let query_vectors: QueryVectors = vectors.iter().collect();
            let value =
                |vector: &Vec<f32>| Bytes::copy_from_slice(QueryVector::from(vector).bytes());
            let group = PlaceholderGroup {
                placeholders: vec![PlaceholderValue {
                    tag: "$0".into(),
                    r#type: PlaceholderType::FloatVector as i32,
                    values: vectors.iter().map(value).collect(),
                    ..PlaceholderValue::default()
                }],
            };
            let mut encoded = Vec::new();
            query_vectors.encode(&mut encoded);
            assert_eq!(encoded.len(), query_vectors.encoded_len());
            assert_eq!(encoded, group.encode_to_vec());
            assert_eq!(PlaceholderGroup::decode(&encoded[..]).unwrap(), group);
        }
    }
}
