//! A replacement for prost in generated code with `#[prost(prost_path = "crate::wire::sharing")]`: large fields of type
//! `bytes` are not copied into the encoded message.

pub(crate) use prost::*;

pub(crate) mod encoding {
    pub(crate) use prost::encoding::*;

    /// A field of type `bytes`.
    pub(crate) mod bytes {
        use ::bytes::{BufMut, Bytes};
        pub(crate) use prost::encoding::bytes::merge;
        use prost::encoding::{self, WireType};

        use crate::wire::zero_copy;

        /// Writes the field, or leaves its bytes out.
        pub(crate) fn encode(tag: u32, value: &Bytes, buffer: &mut impl BufMut) {
            encoding::encode_key(tag, WireType::LengthDelimited, buffer);
            encoding::encode_varint(value.len() as u64, buffer);
            zero_copy::put(value, buffer);
        }

        /// The length of the field. Records that it was counted.
        pub(crate) fn encoded_len(tag: u32, value: &Bytes) -> usize {
            zero_copy::count(value);
            encoding::bytes::encoded_len(tag, value)
        }
    }
}

#[cfg(test)]
mod tests;
