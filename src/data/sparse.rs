use std::collections::BTreeMap;
use std::fmt;

use bytes::{BufMut, Bytes, BytesMut};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A sparse vector of 32-bit floats: the dimensions that are not zero, and their values.
///
/// Dimensions go from 0 to 4294967294, and each can occur once; values must not be NaN. A received vector shares the
/// buffer of the response. Typed rows can also use `BTreeMap<u32, f32>` or `Vec<(u32, f32)>`.
///
/// ```
/// use milvus_otel::data::SparseVector;
///
/// let vector = SparseVector::from([(7, 0.5), (1024, 0.25)]);
/// assert_eq!(vector.iter().collect::<Vec<_>>(), [(7, 0.5), (1024, 0.25)]);
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct SparseVector {
    /// Pairs of a little-endian u32 and f32, ordered by dimension, which is the wire format.
    bytes: Bytes,
}

impl SparseVector {
    /// The dimensions and their values, ordered by dimension.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u32, f32)> + '_ {
        pairs(&self.bytes)
    }

    /// The number of dimensions that have a value.
    pub fn len(&self) -> usize {
        self.bytes.len() / 8
    }

    /// Whether no dimension has a value.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The wire format: for each dimension a little-endian `u32`, followed by its value as a little-endian `f32`.
    pub fn as_bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// A vector in its wire format. An incomplete pair at the end is dropped.
    pub(crate) fn from_wire(bytes: &Bytes) -> Self {
        let whole = bytes.len() - bytes.len() % 8;
        Self {
            bytes: bytes.slice(..whole),
        }
    }
}

pub(super) fn pairs(bytes: &[u8]) -> impl ExactSizeIterator<Item = (u32, f32)> + '_ {
    bytes
        .as_chunks::<8>()
        .0
        .iter()
        .map(|[a, b, c, d, e, f, g, h]| {
            (
                u32::from_le_bytes([*a, *b, *c, *d]),
                f32::from_le_bytes([*e, *f, *g, *h]),
            )
        })
}

/// Refuses vectors that Milvus does not accept. The pairs must be sorted.
pub(super) fn check(row: &[u8]) -> Result<(), String> {
    let mut last = None;
    for (dimension, value) in pairs(row) {
        if last == Some(dimension) {
            return Err(format!(
                "expected each dimension once, found {dimension} twice"
            ));
        }
        if dimension == u32::MAX {
            return Err(format!(
                "expected dimensions up to 4294967294, found {dimension}"
            ));
        }
        if value.is_nan() {
            return Err(format!(
                "expected numbers, found NaN at dimension {dimension}"
            ));
        }
        last = Some(dimension);
    }
    Ok(())
}

impl FromIterator<(u32, f32)> for SparseVector {
    fn from_iter<I: IntoIterator<Item = (u32, f32)>>(values: I) -> Self {
        let mut pairs: Vec<(u32, f32)> = values.into_iter().collect();
        pairs.sort_by_key(|(dimension, _)| *dimension);
        let mut bytes = BytesMut::with_capacity(pairs.len() * 8);
        for (dimension, value) in pairs {
            bytes.put_u32_le(dimension);
            bytes.put_f32_le(value);
        }
        Self {
            bytes: bytes.freeze(),
        }
    }
}

impl<const N: usize> From<[(u32, f32); N]> for SparseVector {
    fn from(pairs: [(u32, f32); N]) -> Self {
        pairs.into_iter().collect()
    }
}

impl From<Vec<(u32, f32)>> for SparseVector {
    fn from(pairs: Vec<(u32, f32)>) -> Self {
        pairs.into_iter().collect()
    }
}

impl From<BTreeMap<u32, f32>> for SparseVector {
    fn from(pairs: BTreeMap<u32, f32>) -> Self {
        pairs.into_iter().collect()
    }
}

impl fmt::Debug for SparseVector {
    /// The count only: values are user data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SparseVector({} values)", self.len())
    }
}

impl Serialize for SparseVector {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (dimension, value) in self.iter() {
            map.serialize_entry(&dimension, &value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for SparseVector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = SparseVector;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a sparse vector: a map from dimension to value")
            }

            fn visit_map<A: de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<SparseVector, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry::<u32, f32>()? {
                    pairs.push(pair);
                }
                Ok(pairs.into())
            }

            fn visit_seq<A: de::SeqAccess<'de>>(
                self,
                mut seq: A,
            ) -> Result<SparseVector, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = seq.next_element::<(u32, f32)>()? {
                    pairs.push(pair);
                }
                Ok(pairs.into())
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}
