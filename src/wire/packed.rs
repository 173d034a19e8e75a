//! `repeated float` and `repeated double`, kept as bytes in the format of the wire.

use std::fmt;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use prost::encoding::{self, DecodeContext, WireType};
use prost::{DecodeError, Message};

use super::sharing::encoding::bytes as sharing;

/// Numbers whose memory is the bytes of an array.
struct Owner<T>(Vec<T>);

impl<T: bytemuck::NoUninit> AsRef<[u8]> for Owner<T> {
    fn as_ref(&self) -> &[u8] {
        bytemuck::cast_slice(&self.0)
    }
}

/// The bytes of numbers in memory, without a copy.
pub(crate) fn owned<T: bytemuck::NoUninit + Send>(numbers: Vec<T>) -> Bytes {
    Bytes::from_owner(Owner(numbers))
}

macro_rules! packed_array {
    ($(#[$doc:meta])* $name:ident, $number:ty, $width:literal, $unpacked:pat) => {
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq, Eq)]
        pub struct $name {
            data: Bytes,
        }

        impl $name {
            /// Creates an array from little-endian bytes, without a copy; `None` if they end within a number.
            pub fn from_le_bytes(data: Bytes) -> Option<Self> {
                data.len().is_multiple_of($width).then_some(Self { data })
            }

            /// Returns the numbers as little-endian bytes, the format of the wire.
            pub fn as_le_bytes(&self) -> &Bytes {
                &self.data
            }

            /// Returns the number of elements.
            pub fn len(&self) -> usize {
                self.data.len() / $width
            }

            /// Whether the array is empty.
            pub fn is_empty(&self) -> bool {
                self.data.is_empty()
            }

            /// Iterates over the numbers, decoding one at a time.
            pub fn iter(&self) -> impl ExactSizeIterator<Item = $number> + '_ {
                self.data.as_chunks::<$width>().0.iter().map(|bytes| <$number>::from_le_bytes(*bytes))
            }

            /// Returns the number at this index.
            pub fn get(&self, index: usize) -> Option<$number> {
                self.data.as_chunks::<$width>().0.get(index).map(|bytes| <$number>::from_le_bytes(*bytes))
            }

            /// The numbers, copied out.
            pub fn to_vec(&self) -> Vec<$number> {
                self.iter().collect()
            }

            fn append(&mut self, more: Bytes) {
                if self.data.is_empty() {
                    self.data = more;
                    return;
                }
                let mut joined = std::mem::take(&mut self.data)
                    .try_into_mut()
                    .unwrap_or_else(|shared| BytesMut::from(shared.as_ref()));
                joined.extend_from_slice(&more);
                self.data = joined.freeze();
            }
        }

        impl From<Vec<$number>> for $name {
            /// Takes ownership of the numbers without copying them (on big-endian machines: copies and swaps).
            fn from(numbers: Vec<$number>) -> Self {
                let data = if cfg!(target_endian = "little") {
                    owned(numbers)
                } else {
                    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
                };
                Self { data }
            }
        }

        impl From<&[$number]> for $name {
            fn from(numbers: &[$number]) -> Self {
                if cfg!(target_endian = "little") {
                    Self { data: Bytes::copy_from_slice(bytemuck::cast_slice(numbers)) }
                } else {
                    numbers.to_vec().into()
                }
            }
        }

        impl fmt::Debug for $name {
            /// Only the count: numbers are user data.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({} values)", stringify!($name), self.len())
            }
        }

        impl Message for $name {
            fn encode_raw(&self, buffer: &mut impl BufMut) {
                if !self.data.is_empty() {
                    sharing::encode(1, &self.data, buffer);
                }
            }

            fn merge_field(
                &mut self,
                tag: u32,
                wire_type: WireType,
                buffer: &mut impl Buf,
                context: DecodeContext,
            ) -> Result<(), DecodeError> {
                match (tag, wire_type) {
                    (1, WireType::LengthDelimited) => {
                        let length = encoding::decode_varint(buffer)?;
                        let length = usize::try_from(length).ok().filter(|length| *length <= buffer.remaining());
                        let length = length.ok_or_else(|| malformed("a packed array extends past the end of the message"))?;
                        if !length.is_multiple_of($width) {
                            return Err(malformed("a packed array ends in the middle of a number"));
                        }
                        self.append(buffer.copy_to_bytes(length));
                        Ok(())
                    }
                    (1, $unpacked) if buffer.remaining() >= $width => {
                        self.append(buffer.copy_to_bytes($width));
                        Ok(())
                    }
                    (1, _) => Err(malformed("an array of numbers has another wire type")),
                    _ => encoding::skip_field(wire_type, tag, buffer, context),
                }
            }

            fn encoded_len(&self) -> usize {
                if self.data.is_empty() { 0 } else { sharing::encoded_len(1, &self.data) }
            }

            fn clear(&mut self) {
                self.data.clear();
            }
        }
    };
}

packed_array! {
    /// `milvus.proto.schema.FloatArray`: vectors row after row, or a column of floats, as the bytes on the wire.
    ///
    /// Encoding copies the bytes at most once, and decoding shares the received buffer.
    FloatArray, f32, 4, WireType::ThirtyTwoBit
}

packed_array! {
    /// `milvus.proto.schema.DoubleArray`: a column of doubles as the bytes on the wire, like [`FloatArray`].
    DoubleArray, f64, 8, WireType::SixtyFourBit
}

#[expect(
    deprecated,
    reason = "prost 0.14 has no other way for a hand-written message to refuse its bytes"
)]
fn malformed(why: &'static str) -> DecodeError {
    DecodeError::new(why)
}

#[cfg(test)]
mod tests;
