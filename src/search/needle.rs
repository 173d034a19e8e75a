use bytes::Bytes;
use prost::Message;

use crate::data::SparseVector;
use crate::proto::common::{PlaceholderGroup, PlaceholderType, PlaceholderValue};

/// What is searched for: a vector, or a text that Milvus makes one of.
///
/// Made by `into()` from float vectors (`Vec<f32>`, `&[f32]`, arrays), [`SparseVector`], and texts for fields that a
/// function such as BM25 fills; the other kinds have constructors.
#[derive(Clone, PartialEq)]
pub struct Needle {
    kind: PlaceholderType,
    bytes: Bytes,
}

impl Needle {
    fn new(kind: PlaceholderType, bytes: impl Into<Bytes>) -> Self {
        Self {
            kind,
            bytes: bytes.into(),
        }
    }

    /// A binary vector, eight bits to a byte.
    pub fn binary(bytes: impl Into<Bytes>) -> Self {
        Self::new(PlaceholderType::BinaryVector, bytes)
    }

    /// A vector of IEEE 16-bit floats, little-endian.
    pub fn float16(bytes: impl Into<Bytes>) -> Self {
        Self::new(PlaceholderType::Float16Vector, bytes)
    }

    /// A vector of brain floats, little-endian.
    pub fn bfloat16(bytes: impl Into<Bytes>) -> Self {
        Self::new(PlaceholderType::BFloat16Vector, bytes)
    }

    /// A vector of signed 8-bit integers.
    pub fn int8(numbers: &[i8]) -> Self {
        Self::new(
            PlaceholderType::Int8Vector,
            bytemuck::cast_slice::<i8, u8>(numbers).to_vec(),
        )
    }
}

impl std::fmt::Debug for Needle {
    /// Kind and size only: vectors and texts are user data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Needle({:?}, {} bytes)", self.kind, self.bytes.len())
    }
}

fn floats(numbers: &[f32]) -> Needle {
    let array = crate::wire::FloatArray::from(numbers);
    Needle::new(PlaceholderType::FloatVector, array.as_le_bytes().clone())
}

impl From<&[f32]> for Needle {
    fn from(numbers: &[f32]) -> Self {
        floats(numbers)
    }
}

impl From<&Vec<f32>> for Needle {
    fn from(numbers: &Vec<f32>) -> Self {
        floats(numbers)
    }
}

impl From<Vec<f32>> for Needle {
    fn from(numbers: Vec<f32>) -> Self {
        let array = crate::wire::FloatArray::from(numbers);
        Self::new(PlaceholderType::FloatVector, array.as_le_bytes().clone())
    }
}

impl<const N: usize> From<[f32; N]> for Needle {
    fn from(numbers: [f32; N]) -> Self {
        floats(&numbers)
    }
}

impl<const N: usize> From<&[f32; N]> for Needle {
    fn from(numbers: &[f32; N]) -> Self {
        floats(numbers)
    }
}

impl From<SparseVector> for Needle {
    fn from(vector: SparseVector) -> Self {
        Self::new(
            PlaceholderType::SparseFloatVector,
            vector.as_bytes().clone(),
        )
    }
}

impl From<&SparseVector> for Needle {
    fn from(vector: &SparseVector) -> Self {
        vector.clone().into()
    }
}

impl From<&str> for Needle {
    fn from(text: &str) -> Self {
        Self::new(PlaceholderType::VarChar, text.as_bytes().to_vec())
    }
}

impl From<String> for Needle {
    fn from(text: String) -> Self {
        Self::new(PlaceholderType::VarChar, text.into_bytes())
    }
}

#[cfg(feature = "half-2")]
impl From<&[half::f16]> for Needle {
    fn from(numbers: &[half::f16]) -> Self {
        Self::float16(
            numbers
                .iter()
                .flat_map(|number| number.to_le_bytes())
                .collect::<Bytes>(),
        )
    }
}

#[cfg(feature = "half-2")]
impl From<&[half::bf16]> for Needle {
    fn from(numbers: &[half::bf16]) -> Self {
        Self::bfloat16(
            numbers
                .iter()
                .flat_map(|number| number.to_le_bytes())
                .collect::<Bytes>(),
        )
    }
}

/// The vectors of one search.
#[derive(Debug, Clone, Default)]
pub(crate) struct Needles(Vec<Needle>);

impl<N: Into<Needle>> FromIterator<N> for Needles {
    fn from_iter<I: IntoIterator<Item = N>>(needles: I) -> Self {
        Self(needles.into_iter().map(Into::into).collect())
    }
}

impl Needles {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The group of placeholders as Milvus wants it, encoded once and without copying vectors before that.
    pub(crate) fn encode(&self) -> Result<Bytes, String> {
        let Some(first) = self.0.first() else {
            return Err("there is nothing to search for".to_owned());
        };
        for (index, needle) in self.0.iter().enumerate() {
            if needle.kind != first.kind {
                return Err(format!(
                    "what is searched for must be of one kind: the first is a {:?}, number {index} a {:?}",
                    first.kind, needle.kind
                ));
            }
            if needle.kind == PlaceholderType::FloatVector
                && needle.bytes.len() != first.bytes.len()
            {
                return Err(format!(
                    "vectors must be of one dimension: the first has {}, number {index} has {}",
                    first.bytes.len() / 4,
                    needle.bytes.len() / 4
                ));
            }
        }
        let group = PlaceholderGroup {
            placeholders: vec![PlaceholderValue {
                tag: "$0".to_owned(),
                r#type: first.kind as i32,
                values: self.0.iter().map(|needle| needle.bytes.clone()).collect(),
                ..PlaceholderValue::default()
            }],
        };
        Ok(group.encode_to_vec().into())
    }
}
